//! The program itself: what it prints, where, and how it exits.

use std::{
    path::Path,
    process::{Command, Output},
};

const SECRET: &str = "0123456789012345678901234567890123456789";

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stockbridge"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn serving_without_a_database_is_one_line_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"], &[]);
    let expected = "stockbridge: there is no database at ./data/stockbridge.db; run `stockbridge migrate` to make it, or set STOCKBRIDGE_DATABASE__URL\n";
    assert_eq!((code, out.as_str(), err.as_str()), (Some(1), "", expected));
}

#[test]
fn serving_on_a_port_in_use_is_one_line_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["serve", "demo"] {
        let (code, out, err) = run(folder.path(), &[command, "--listen", &address], &[]);
        assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
        assert!(
            err.contains("is in use by another program; stop that one, or choose another port with --listen"),
            "{err}"
        );
    }
}

#[test]
fn an_unknown_variable_is_one_line_with_the_one_that_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["migrate"], &[("STOCKBRIDGE_DATABSE__URL", "x")]);
    let expected = "stockbridge: unknown setting STOCKBRIDGE_DATABSE__URL in the environment; did you mean STOCKBRIDGE_DATABASE__URL?\n";
    assert_eq!((code, out.as_str(), err.as_str()), (Some(1), "", expected));
}

#[test]
fn a_token_is_alone_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let business = "biz_01h455vb4pex5vsknk084sn02q";
    let arguments = ["token", "--role", "owner", "--subject", "me", "--business", business];
    let (code, out, err) = run(folder.path(), &arguments, &[("STOCKBRIDGE_AUTH__HS256_SECRET", SECRET)]);
    assert_eq!((code, err.as_str(), out.trim().split('.').count(), out.lines().count()), (Some(0), "", 3, 1));
    let (code, out, err) = run(folder.path(), &arguments, &[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.starts_with("stockbridge: auth.hs256_secret is not set; "), "{err}");
}

#[test]
fn migrating_makes_the_database_once() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["migrate"], &[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("The database is up to date; ") && out.ends_with(" made.\n"), "{out}");
    assert!(folder.path().join("data/stockbridge.db").exists());
    assert_eq!(run(folder.path(), &["migrate"], &[]).1, "The database is up to date.\n");
}

#[test]
fn the_schema_is_printed_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = run(folder.path(), &["schema"], &[]);
    assert_eq!((code, out.contains("type Query")), (Some(0), true));
}

#[test]
fn the_doctor_says_what_to_do_and_fails_until_all_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = run(folder.path(), &["doctor"], &[]);
    assert_eq!(code, Some(1));
    for line in
        ["ok    configuration ", "FAIL  tokens ", "FAIL  vault ", "ok    clock ", "FAIL  database ", "note  providers "]
    {
        assert!(out.contains(line), "{line:?} is not in\n{out}");
    }
    let key = "[{ id = \"a\", key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\" }]";
    let well = [("STOCKBRIDGE_AUTH__HS256_SECRET", SECRET), ("STOCKBRIDGE_VAULT__KEYS", key)];
    assert_eq!(run(folder.path(), &["migrate"], &well).0, Some(0));
    let (code, out, _) = run(folder.path(), &["doctor", "--json"], &well);
    let findings: serde_json::Value = serde_json::from_str(&out).unwrap();
    let failed = findings.as_array().unwrap().iter().filter(|finding| finding["outcome"] == "fail").count();
    assert_eq!((code, failed), (Some(0), 0), "{out}");
    let (code, out, _) = run(folder.path(), &["doctor"], &[("STOCKBRIDGE_NONSENSE", "1")]);
    assert_eq!(
        (code, out.contains("FAIL  configuration   unknown setting STOCKBRIDGE_NONSENSE")),
        (Some(1), true),
        "{out}"
    );
}
