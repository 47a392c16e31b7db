//! Sandboxes from the command line: every one of them, every kind of fault, at the start and while it runs.
//!
//! Rule: no provider is named. A sandbox is asked itself which kinds of faults it has; a kind that this file does not know
//! fails the test. The call that is broken is one for a token, which every one of them has.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use providers::{
    CallObserver, CallRecord,
    registry::{PROVIDERS, ProviderEntry},
    settings::{ProviderSettings, TransportSettings},
};
use reqwest::{Client, header::RETRY_AFTER};
use secrecy::SecretString;
use serde_json::Value;

use super::process::{Running, client, run};

/// A sandbox in a process of its own.
struct Sandbox {
    /// Until the end of the test.
    _process: Running,
    url: String,
    token_url: String,
    credentials: (String, String),
    http: Client,
}

fn with_sandbox() -> impl Iterator<Item = &'static ProviderEntry> {
    PROVIDERS.iter().copied().filter(|entry| entry.sandbox.is_some())
}

/// Remembers where a call went.
#[derive(Default)]
struct Observed(Mutex<Vec<String>>);

#[async_trait]
impl CallObserver for Observed {
    async fn observe(&self, record: CallRecord) {
        self.0.lock().unwrap().push(record.url);
    }
}

impl Sandbox {
    async fn start(folder: &Path, entry: &ProviderEntry, faults: &[&str]) -> Self {
        let mut arguments = vec!["sandbox", "--provider", entry.id, "--json", "--no-throttle"];
        arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
        let mut process = Running::start(folder, &arguments, &[]);
        let said = process.announced();
        assert_eq!(said["provider"], entry.id);
        let url = said["url"].as_str().unwrap().to_owned();
        let http = client();
        let token_url = token_url(entry, &said).await;
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { _process: process, url, token_url, credentials: (text("clientId"), text("clientSecret")), http }
    }

    /// What becomes of a call with a refresh token that nobody knows; rightly it is `invalid_grant`.
    async fn call(&self) -> String {
        let form = [("grant_type", "refresh_token"), ("refresh_token", "nobody's")];
        let (id, secret) = &self.credentials;
        let request = self.http.post(&self.token_url).basic_auth(id, Some(secret)).form(&form);
        let sent = request.timeout(Duration::from_millis(900)).send().await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if error.is_timeout() => return "silence".to_owned(),
            Err(_) => return "reset".to_owned(),
        };
        let status = answer.status().as_u16();
        let advice = answer.headers().get(RETRY_AFTER).map(|value| format!("after {}", value.to_str().unwrap()));
        let Ok(text) = answer.text().await else { return format!("{status} half") };
        let what = match serde_json::from_str::<Value>(&text) {
            Ok(body) => body["error"].as_str().map(str::to_owned).or_else(|| body.as_object().map(first_field)),
            Err(_) if text.contains("<html") => Some("page".to_owned()),
            Err(_) => Some("half".to_owned()),
        };
        [Some(status.to_string()), what, advice].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn command(&self, folder: &Path, name: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
        run(folder, &[&["sandbox", name, "--url", &self.url], arguments].concat(), &[])
    }
}

fn first_field(body: &serde_json::Map<String, Value>) -> String {
    body.keys().next().cloned().unwrap_or_default()
}

/// Where the provider itself would ask for a token.
async fn token_url(entry: &ProviderEntry, said: &Value) -> String {
    let endpoints = said["endpoints"].as_object().unwrap().iter();
    let settings = ProviderSettings {
        client_id: said["clientId"].as_str().unwrap().to_owned(),
        client_secret: SecretString::from(said["clientSecret"].as_str().unwrap()),
        environment: None,
        endpoints: endpoints.map(|(name, url)| (name.clone(), url.as_str().unwrap().parse().unwrap())).collect(),
        webhook_key: None,
        options: BTreeMap::new(),
        transport: TransportSettings { attempts: 1, ..TransportSettings::default() },
    };
    let observed = Arc::new(Observed::default());
    let provider = (entry.build)(&settings).unwrap();
    // Refused, or broken by a fault that waits for the first call; it is where it went that counts.
    let _ = provider.refresh(&SecretString::from("nobody's"), observed.clone()).await;
    let asked = observed.0.lock().unwrap().last().cloned();
    asked.unwrap_or_else(|| panic!("{} asked nobody for a token", entry.id))
}

/// How a kind is written, and what becomes of a call. After a second the call is given up.
const KINDS: &[(&str, &str, &str)] = &[
    ("status", "status=503,retry-after=7", "503 after 7"),
    ("cut-off", "", "half"),
    ("half-of-nothing", "", "half"),
    ("fault", "code=6210,detail=closed", "Fault"),
    ("validation", "message=no", "400"),
    ("oauth-error", "error=temporarily_unavailable", "temporarily_unavailable"),
    ("hang", "", "silence"),
    ("slow", "milliseconds=30", "invalid_grant"),
    ("late", "milliseconds=30", "504"),
    ("reset", "", "reset"),
    ("html", "", "200 page"),
    ("pages-shift", "", "invalid_grant"),
];

/// The kinds that a sandbox says it has, when it is asked for one that it has not.
fn kinds(refusal: &str) -> Vec<String> {
    let (_, list) = refusal.split_once("expected one of ").unwrap_or_else(|| panic!("{refusal}"));
    list.split(',').map(|kind| kind.trim().trim_matches('`').to_owned()).collect()
}

/// Whether all words of `expected` are in what was seen.
fn is_like(seen: &str, expected: &str) -> bool {
    expected.split(' ').all(|word| seen.contains(word))
}

#[tokio::test]
async fn every_kind_of_fault_can_be_asked_for_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    for entry in with_sandbox() {
        let sandbox = Sandbox::start(folder.path(), entry, &[]).await;
        let (code, out, err) = sandbox.command(folder.path(), "fault", &["nonsense"]);
        assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
        let kinds = kinds(&err);
        assert!(kinds.len() >= 9, "{kinds:?}");
        for kind in kinds {
            let known = KINDS.iter().find(|(name, ..)| *name == kind);
            let (_, fields, expected) = known.unwrap_or_else(|| panic!("{}: no test knows {kind}", entry.id));
            let fault = format!("{kind},{fields},next=1").replace(",,", ",");
            let (code, out, err) = sandbox.command(folder.path(), "fault", &[&fault]);
            assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "{\"planned\":1}\n", ""), "{}: {fault}", entry.id);
            let seen = sandbox.call().await;
            assert!(is_like(&seen, expected), "{}: {fault}: {seen}", entry.id);
            // It struck once.
            let after = sandbox.call().await;
            assert!(is_like(&after, "400 invalid_grant"), "{}: after {fault}: {after}", entry.id);
        }
    }
}

#[tokio::test]
async fn faults_strike_from_the_start_by_number_by_sort_and_by_chance() {
    let folder = tempfile::tempdir().unwrap();
    for entry in with_sandbox() {
        // The first call is the one that finds the address.
        let faults = ["504,on=reads", "502,skip=1,next=2,on=tokens", "503,operation=refresh,next=1"];
        let sandbox = Sandbox::start(folder.path(), entry, &faults).await;
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(sandbox.call().await);
        }
        let statuses: Vec<&str> = seen.iter().map(|seen| &seen[..3]).collect();
        assert_eq!(statuses, ["502", "502", "503", "400"], "{}", entry.id);

        let mut patterns = Vec::new();
        for seed in ["7", "7", "8"] {
            assert_eq!(sandbox.command(folder.path(), "calm", &[]).0, Some(0));
            let fault = format!("503,share=50%,seed={seed}");
            assert_eq!(sandbox.command(folder.path(), "fault", &[&fault]).0, Some(0));
            let mut pattern = String::new();
            for _ in 0..24 {
                pattern.push_str(&sandbox.call().await[..1]);
            }
            patterns.push(pattern);
        }
        assert_eq!(patterns[0], patterns[1], "{}: the same seed", entry.id);
        assert_ne!(patterns[0], patterns[2], "{}: another seed", entry.id);
        assert!(patterns[0].contains('5') && patterns[0].contains('4'), "{patterns:?}");
        let (code, out, _) = sandbox.command(folder.path(), "calm", &[]);
        assert_eq!((code, out.as_str()), (Some(0), "{\"cleared\":1}\n"));
        assert!(is_like(&sandbox.call().await, "400 invalid_grant"));
    }
}

#[tokio::test]
async fn any_command_of_the_control_endpoint_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    for entry in with_sandbox() {
        let sandbox = Sandbox::start(folder.path(), entry, &[]).await;
        let tell = |arguments: &[&str]| sandbox.command(folder.path(), "tell", arguments);
        for command in
            [&["expire-access-tokens"][..], &["revoke-consent"], &["advance-clock", "seconds:=3600"], &["reset-calls"]]
        {
            let (code, out, err) = tell(command);
            assert_eq!((code, out.lines().count(), err.as_str()), (Some(0), 1, ""), "{command:?}");
            assert!(serde_json::from_str::<Value>(&out).unwrap().is_object(), "{out}");
        }
        // A number is not a text, and what means nothing is refused in the sandbox's words.
        let (code, out, err) = tell(&["advance-clock", "seconds=3600"]);
        assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
        assert!(err.starts_with("stockbridge: the sandbox does not obey: "), "{err}");
        let (code, _, err) = tell(&["dance"]);
        assert!(code == Some(1) && err.contains("`dance`"), "{err}");
        let (code, _, err) = tell(&["reset", "now"]);
        assert!(code == Some(2) && err.contains("neither NAME=TEXT nor NAME:=JSON"), "{err}");
    }
}

#[test]
fn a_sandbox_that_is_not_there_is_one_line_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/");
    let (code, out, err) = run(folder.path(), &["sandbox", "fault", "--url", &url, "503"], &[]);
    assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
    let expected = format!("stockbridge: no sandbox answers at {url}; start one with `stockbridge sandbox`");
    assert!(err.starts_with(&expected), "{err}");
    let (code, out, err) = run(folder.path(), &["sandbox", "--fault", "nonsense"], &[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("the sandbox does not obey"), "{err}");
    let (code, _, err) = run(folder.path(), &["sandbox", "--provider", "nobody"], &[]);
    assert!(code == Some(1) && err.contains("there is no sandbox of nobody; there is one of: "), "{err}");
}
