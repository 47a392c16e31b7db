//! What is read, what is refused, and in which words.

use std::path::PathBuf;

use rstest::rstest;

use super::*;

const ID: &str = "acme";

struct Setup {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Setup {
    fn file(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stockbridge.toml");
        std::fs::write(&file, text).unwrap();
        let sources = Sources { file: Some(file), provider_ids: vec![ID, "other", "two-words"], ..Sources::default() };
        Self { folder, sources }
    }

    fn with(mut self, variable: &str, value: &str) -> Self {
        self.sources.variables.push((variable.to_owned(), value.to_owned()));
        self
    }

    fn load(&self) -> Result<Config, Problem> {
        Config::load(&self.sources)
    }

    fn refusal(&self) -> String {
        let folder = self.folder.path().display().to_string();
        self.load().unwrap_err().to_string().replace(&format!("{folder}/"), "")
    }
}

#[test]
fn defaults_listen_on_loopback_and_keep_the_data_in_a_file() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database.url.expose(), "sqlite://./data/stockbridge.db");
    assert_eq!((config.limits.page_default, config.limits.page_max, config.sync.lease_seconds), (25, 250, 300));
}

#[test]
fn variables_win_over_the_file_and_the_file_over_defaults() {
    let setup = Setup::file("[server]\nlisten = \"127.0.0.1:9000\"\n[limits]\ndepth = 7\nbatch = 3")
        .with("STOCKBRIDGE_LIMITS__DEPTH", "9");
    let config = setup.load().unwrap();
    assert_eq!(config.server.listen.port(), 9000);
    assert_eq!((config.limits.depth, config.limits.batch, config.limits.aliases), (9, 3, 50));
}

#[test]
fn lists_and_tables_can_be_given_in_variables() {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let setup = Setup::file("")
        .with("STOCKBRIDGE_VAULT__KEYS", &format!("[{{ id = \"a\", key = \"{key}\" }}]"))
        .with("STOCKBRIDGE_SERVER__ORIGINS", "[\"https://a.example\", \"https://b.example\"]")
        .with("STOCKBRIDGE_PROVIDERS__ACME__CLIENT_ID", "12345")
        .with("STOCKBRIDGE_PROVIDERS__ACME__CLIENT_SECRET", "67890")
        .with("STOCKBRIDGE_PROVIDERS__ACME__ENDPOINTS", "{ api = \"http://127.0.0.1:9\" }");
    let setup = setup
        .with("STOCKBRIDGE_PROVIDERS__TWO_WORDS__CLIENT_ID", "a")
        .with("STOCKBRIDGE_PROVIDERS__TWO_WORDS__CLIENT_SECRET", "b");
    let config = setup.load().unwrap();
    assert_eq!(config.providers["two-words"].client_id, "a", "a variable's name can hold no dash");
    assert_eq!(config.vault.keys.first().unwrap().bytes(), Ok([0; 32]));
    assert_eq!(config.server.origins.len(), 2);
    let client = &config.providers[ID];
    assert_eq!((client.client_id.as_str(), client.client_secret.expose()), ("12345", "67890"));
    assert_eq!(client.settings(7).endpoints["api"].as_str(), "http://127.0.0.1:9/");
    assert_eq!(client.settings(7).transport.log_body_bytes, 7);
}

#[rstest]
#[case::key(
    "[server]\nlisen = \"127.0.0.1:1\"",
    "unknown setting server.lisen in stockbridge.toml; did you mean server.listen?"
)]
#[case::section(
    "[servers]\nlisten = \"127.0.0.1:1\"",
    "unknown setting servers in stockbridge.toml; did you mean server?"
)]
#[case::far_from_all(
    "[server]\nxyzzy = 1",
    "unknown setting server.xyzzy in stockbridge.toml; docs/CONFIGURATION.md lists all of them"
)]
#[case::provider(
    "[providers.akme]\nclient_id = \"x\"",
    "unknown setting providers.akme in stockbridge.toml; did you mean providers.acme?"
)]
#[case::provider_key(
    "[providers.acme]\nclient_idd = \"x\"",
    "unknown setting providers.acme.client_idd in stockbridge.toml; did you mean providers.acme.client_id?"
)]
#[case::vault_key(
    "[vault]\nkeys = [{ id = \"a\", keey = \"x\" }]",
    "unknown setting vault.keys.0.keey in stockbridge.toml; did you mean vault.keys.0.key?"
)]
#[case::wrong_type(
    "[limits]\ndepth = \"deep\"",
    "limits.depth in stockbridge.toml: invalid type: found string \"deep\", expected usize"
)]
fn what_is_unknown_or_wrong_in_the_file_is_named_with_its_place(#[case] text: &str, #[case] message: &str) {
    assert_eq!(Setup::file(text).refusal(), message);
}

#[rstest]
#[case(
    "STOCKBRIDGE_SERVER__LISEN",
    "unknown setting STOCKBRIDGE_SERVER__LISEN in the environment; did you mean STOCKBRIDGE_SERVER__LISTEN?"
)]
#[case(
    "STOCKBRIDGE_SERVER_LISTEN",
    "unknown setting STOCKBRIDGE_SERVER_LISTEN in the environment; did you mean STOCKBRIDGE_SERVER__LISTEN?"
)]
#[case(
    "STOCKBRIDGE_XYZZY",
    "unknown setting STOCKBRIDGE_XYZZY in the environment; docs/CONFIGURATION.md lists all of them"
)]
#[case(
    "STOCKBRIDGE_PROVIDERS__AKME__CLIENT_ID",
    "unknown setting providers.akme in the environment (STOCKBRIDGE_… variables); did you mean providers.acme?"
)]
fn variables_that_name_no_setting_are_refused(#[case] variable: &str, #[case] message: &str) {
    assert_eq!(Setup::file("").with(variable, "127.0.0.1:1").refusal(), message);
}

#[test]
fn variables_of_other_programs_and_of_the_command_line_are_left_alone() {
    Setup::file("").with("STOCKBRIDGE_CONFIG", "x").with("HOME", "/root").with("STOCKBRIDGER", "1").load().unwrap();
}

#[rstest]
#[case(
    "[auth]\nhs256_secret = \"short\"",
    "auth.hs256_secret must have at least 32 characters; make one with `openssl rand -base64 32` (variable STOCKBRIDGE_AUTH__HS256_SECRET, or auth.hs256_secret in the configuration file)"
)]
#[case(
    "[auth]\nhs256_secret = \"0123456789012345678901234567890123\"\njwks_url = \"https://a.example\"",
    "auth.jwks_url cannot be given together with auth.hs256_secret: choose one (variable STOCKBRIDGE_AUTH__JWKS_URL, or auth.jwks_url in the configuration file)"
)]
#[case(
    "[vault]\nkeys = [{ id = \"a\", key = \"c2hvcnQ=\" }]",
    "vault.keys key \"a\" is not 32 bytes in base64; make one with `openssl rand -base64 32` (variable STOCKBRIDGE_VAULT__KEYS, or vault.keys in the configuration file)"
)]
#[case(
    "[server]\npublic_url = \"https://a.example/stock\"",
    "server.public_url must be http:// or https:// with a host and no path; the gateway needs a host name of its own (variable STOCKBRIDGE_SERVER__PUBLIC_URL, or server.public_url in the configuration file)"
)]
#[case(
    "[server]\norigins = [\"file:///tmp/x\"]",
    "server.origins must be a list of http:// or https:// addresses, as in [\"https://console.example\"] (variable STOCKBRIDGE_SERVER__ORIGINS, or server.origins in the configuration file)"
)]
#[case(
    "[database]\nurl = \"mysql://x\"",
    "database.url must begin with sqlite:// or postgres:// (variable STOCKBRIDGE_DATABASE__URL, or database.url in the configuration file)"
)]
#[case(
    "[sync]\nheartbeat_seconds = 200",
    "sync.heartbeat_seconds must be at most a third of sync.lease_seconds (variable STOCKBRIDGE_SYNC__HEARTBEAT_SECONDS, or sync.heartbeat_seconds in the configuration file)"
)]
#[case(
    "[limits]\npage_default = 300",
    "limits.page_default must be at least 1 and not more than limits.page_max (variable STOCKBRIDGE_LIMITS__PAGE_DEFAULT, or limits.page_default in the configuration file)"
)]
#[case(
    "[auth]\njwks_url = \"http://keys.example/jwks\"",
    "auth.jwks_url must be https, or http on this machine: whoever can change the keys on the way can make tokens (variable STOCKBRIDGE_AUTH__JWKS_URL, or auth.jwks_url in the configuration file)"
)]
#[case(
    "[providers.acme]\nclient_id = \"x\"",
    "providers.acme.client_secret is missing; the provider's developer site has it (variable STOCKBRIDGE_PROVIDERS__ACME__CLIENT_SECRET, or providers.acme.client_secret in the configuration file)"
)]
fn impossible_values_are_refused_with_the_variable_and_the_way_out(#[case] text: &str, #[case] message: &str) {
    assert_eq!(Setup::file(text).refusal(), message);
}

#[rstest]
#[case::number("[auth]\nhs256_secret = 4711471147114711")]
#[case::unfinished("[auth]\nhs256_secret = \"geheim4711")]
#[case::list("[auth]\nhs256_secret = [\"geheim4711\"]")]
#[case::url("[database]\nurl = 4711")]
#[case::key("[vault]\nkeys = [{ id = \"a\", key = 4711 }]")]
#[case::no_base64("[vault]\nkeys = [{ id = \"a\", key = \"geheim4711\" }]")]
fn a_secret_that_cannot_be_read_is_not_repeated(#[case] text: &str) {
    let refusal = Setup::file(text).refusal();
    assert!(!refusal.contains("4711"), "{refusal}");
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
}

#[test]
fn secrets_do_not_show_in_debug() {
    let text = "[auth]\nhs256_secret = \"geheim-geheim-geheim-geheim-geheim\"\n[database]\nurl = \"postgres://u:geheim@h/d\"\n\
        [vault]\nkeys = [{ id = \"a\", key = \"Z2VoZWltZ2VoZWltZ2VoZWltZ2VoZWltZ2VoZWltLS0=\" }]\n\
        [providers.acme]\nclient_id = \"x\"\nclient_secret = \"geheim\"";
    let shown = format!("{:?}", Setup::file(text).load().unwrap());
    assert!(!shown.contains("geheim") && !shown.contains("Z2Vo"), "{shown}");
    assert_eq!(shown.matches("[REDACTED]").count(), 4, "{shown}");
}

#[test]
fn a_file_that_is_named_must_exist_and_the_default_one_need_not() {
    let missing = PathBuf::from("/nonexistent/stockbridge.toml");
    let default = Sources { default_file: Some(missing.clone()), ..Sources::default() };
    Config::load(&default).unwrap();
    let named = Sources { file: Some(missing), ..Sources::default() };
    let message = "configuration file /nonexistent/stockbridge.toml does not exist; give its path with --config";
    assert_eq!(Config::load(&named).unwrap_err().to_string(), message);
}

#[test]
fn every_setting_is_documented_with_its_variable() {
    for field in fields() {
        let variable = format!("`{}`", field.variable());
        assert!(field.help.ends_with(&variable), "{}: {:?} does not end in {variable}", field.path, field.help);
    }
}

#[test]
fn the_page_lists_every_setting_as_the_code_has_it() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/CONFIGURATION.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, markdown()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == markdown(),
        "docs/CONFIGURATION.md differs; run this test with UPDATE_DOCS=1 and look at the change"
    );
}

/// Reads each section with one made-up key: the reader's complaint lists every key it knows.
#[test]
fn every_key_that_is_read_is_in_the_list_of_settings() {
    let listed: Vec<String> = fields().into_iter().map(|field| field.path).collect();
    let known = |path: &str, kind: &figment::error::Kind| match kind {
        figment::error::Kind::UnknownField(_, known) => {
            known.iter().map(|key| format!("{path}.{key}")).collect::<Vec<_>>()
        }
        other => panic!("{path}: {other}"),
    };
    let refused = |text: &str| Figment::new().merge(Toml::string(text)).extract::<Config>().unwrap_err().kind;
    let figment::error::Kind::UnknownField(_, sections) = refused("no_such_key = 1") else { panic!() };
    let mut found = Vec::new();
    for section in sections {
        let path = if *section == "providers" { "providers.<id>" } else { section };
        found.extend(known(path, &refused(&format!("[{}]\nno_such_key = 1", path.replace("<id>", ID)))));
    }
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(found), sorted(listed));
}
