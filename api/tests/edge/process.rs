//! The program itself: what it prints, where, and how it exits.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use providers::registry::PROVIDERS;
use serde_json::{Value, json};

use super::server::answer;

const SECRET: &str = "0123456789012345678901234567890123456789";

pub(super) fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
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
    assert!(out.contains("adds up: ") && out.contains("businesses: 0"), "{out}");
    let failed = findings.as_array().unwrap().iter().filter(|finding| finding["outcome"] == "fail").count();
    assert_eq!((code, failed), (Some(0), 0), "{out}");
    let (code, out, _) = run(folder.path(), &["doctor"], &[("STOCKBRIDGE_NONSENSE", "1")]);
    assert_eq!(
        (code, out.contains("FAIL  configuration   unknown setting STOCKBRIDGE_NONSENSE")),
        (Some(1), true),
        "{out}"
    );
}

pub(super) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A running program, ended with the test.
pub(super) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is what most tests wait for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    pub(super) fn start(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stockbridge"));
        command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// The first line of its standard output, which must be JSON.
    pub(super) fn announced(&mut self) -> Value {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Ends it as an operator does; its exit code and what it wrote to standard error.
    fn terminate(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").arg(self.0.id().to_string()).status().unwrap();
        assert!(told.success());
        let status = self.0.wait().unwrap();
        let mut text = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        (status.code(), text)
    }
}

#[tokio::test]
async fn the_demo_says_where_it_is_answers_its_token_and_goes_on_where_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--data-dir", "demo data", "--json", "--items", "3"];
    let (mut businesses, mut places) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let mut demo = Running::start(folder.path(), &arguments, &[]);
        let said = demo.announced();
        let text = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("{name} in {said}")).to_owned();
        let token = |role: &str| said["tokens"][role].as_str().unwrap_or_else(|| panic!("{role} in {said}")).to_owned();
        assert_eq!(
            said["tokens"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["ACCOUNTANT", "ADMIN", "BUILDER", "OWNER"]
        );
        let client = client();
        let home = text("graphqlUrl").replace("graphql", "");
        let request = client.post(text("graphqlUrl")).bearer_auth(token("OWNER"));
        let (status, body) = answer(request.json(&json!({"query": "{ __typename }"}))).await;
        assert_eq!((status, &body["data"]), (200, &json!({"__typename": "Query"})), "{body}");
        assert_eq!(client.get(format!("{home}health/ready")).send().await.unwrap().status().as_u16(), 200);
        // A sandbox of every accounting system that has one, the first one under its own name too.
        let sandboxes = said["sandboxes"].as_array().unwrap();
        let expected: Vec<_> = PROVIDERS.iter().filter(|entry| entry.sandbox.is_some()).collect();
        assert_eq!(sandboxes.len(), expected.len(), "{said}");
        for (sandbox, entry) in sandboxes.iter().zip(expected) {
            assert_eq!((&sandbox["provider"], &sandbox["name"]), (&json!(entry.id), &json!(entry.name)));
            assert!(client.get(sandbox["url"].as_str().unwrap()).send().await.unwrap().status().is_success());
        }
        assert_eq!(text("sandboxUrl"), sandboxes[0]["url"].as_str().unwrap());
        places.push(said["sandboxes"].clone());
        assert_eq!(text("consoleUrl"), format!("{home}console/#token={}", token("OWNER")));
        assert_eq!(text("graphiqlUrl"), format!("{home}graphiql#token={}", token("OWNER")));
        businesses.push(text("businessId"));
        let (code, err) = demo.terminate();
        assert_eq!(code, Some(0), "{err}");
        assert!(!err.contains(&token("OWNER")), "the token is in the log");
    }
    assert_eq!(businesses[0], businesses[1]);
    assert_eq!(places[0], places[1]);
    let keys = std::fs::metadata(folder.path().join("demo data/keys.json")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&keys.permissions()) & 0o777, 0o600);
}

#[tokio::test]
async fn a_sandbox_says_how_to_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut sandbox = Running::start(folder.path(), &["sandbox", "--json", "--no-throttle"], &[]);
    let said = sandbox.announced();
    assert!(said["endpoints"].as_object().is_some_and(|endpoints| !endpoints.is_empty()), "{said}");
    assert!(["provider", "clientId", "clientSecret"].iter().all(|name| said[name].is_string()), "{said}");
    assert!(client().get(said["url"].as_str().unwrap()).send().await.unwrap().status().is_success());
    let (code, err) = sandbox.terminate();
    assert_eq!(code, Some(0), "{err}");
}

#[tokio::test]
async fn serving_ends_in_order_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("STOCKBRIDGE_AUTH__HS256_SECRET", SECRET),
        ("STOCKBRIDGE_VAULT__KEYS", "[{ id = \"a\", key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\" }]"),
        ("STOCKBRIDGE_TELEMETRY__FORMAT", "json"),
    ];
    assert_eq!(run(folder.path(), &["migrate"], &variables).0, Some(0));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Running::start(folder.path(), &["serve", "--listen", &free.to_string()], &variables);
    let client = client();
    let up = async {
        while client.get(format!("http://{free}/health/live")).send().await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), up).await.unwrap();
    let (second, _, said) = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"], &variables);
    assert_eq!(second, Some(1), "{said}");
    assert!(said.contains("another stockbridge serves from ./data/stockbridge.db; stop that one"), "{said}");
    let (code, err) = server.terminate();
    assert_eq!(code, Some(0), "{err}");
    for line in err.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(entry["timestamp"].is_string() && entry["level"].is_string(), "{line}");
    }
    assert!(err.contains("\"stopped\""), "{err}");
}
