//! The programs that read plain-text books accept what the provider of books in files writes, and add up to the same.
//!
//! Rule: the provider is found in the registry by what it can do; `hledger` and `bean-check` are run as they are. Where one
//! is missing the test says so, and fails if `STOCKBRIDGE_BOOKS_TOOLS` or `CI` is set, as `make test` does.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test")]

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
};

use async_trait::async_trait;
use providers::{
    CallObserver, CallRecord, Provider, ProviderError, Session, TokenSource,
    capability::Authorization,
    model::{DraftHead, JournalDraft, JournalLine, Side},
    registry::PROVIDERS,
    settings::ProviderSettings,
};
use rust_decimal::{Decimal, dec};
use secrecy::SecretString;

/// Where a child process is told to post, and for ever.
const CHILD: &str = "STOCKBRIDGE_TEST_POSTS_INTO";

struct Nobody;

#[async_trait]
impl TokenSource for Nobody {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        panic!("there is no token to ask for")
    }

    async fn replace_token(&self, _: &SecretString) -> Result<SecretString, ProviderError> {
        panic!("there is no token to replace")
    }
}

#[async_trait]
impl CallObserver for Nobody {
    async fn observe(&self, _: CallRecord) {}
}

/// Every provider whose company is a folder, on a company of its own.
fn settings_in(folder: &Path, syntax: &str) -> Vec<(&'static providers::registry::ProviderEntry, ProviderSettings)> {
    let configured = PROVIDERS.iter().filter(|entry| entry.capability.authorization == Authorization::Configured);
    let set_up = configured.filter_map(|entry| {
        let mut settings = (entry.fixture?)(folder).unwrap().settings;
        settings.options.insert("syntax".to_owned(), syntax.to_owned());
        Some((*entry, settings))
    });
    set_up.collect()
}

/// The one provider of books in files, with a session.
async fn books(folder: &Path, syntax: &str) -> (Arc<dyn Provider>, Session) {
    let (entry, settings) = settings_in(folder, syntax).pop().expect("a provider of books in files");
    let provider = (entry.build)(&settings).unwrap();
    let company = provider.configured_company(Arc::new(Nobody)).await.unwrap().external_id;
    (provider, Session { company, tokens: Arc::new(Nobody), observer: Arc::new(Nobody) })
}

fn draft(number: u32, memo: &str) -> JournalDraft {
    let line = |account: &str, side, amount: Decimal, text: &str| JournalLine {
        account: account.to_owned(),
        side,
        amount,
        description: Some(text.to_owned()).filter(|text| !text.is_empty()),
    };
    let amount = Decimal::new(i64::from(number) * 7 + 1, 3);
    JournalDraft {
        head: DraftHead {
            request_id: format!("r-{number}"),
            reference: format!("SB-{number}"),
            date: "2026-03-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(u64::from(number % 60)),
            memo: memo.to_owned(),
        },
        as_draft: false,
        lines: vec![
            line("1210", Side::Debit, amount + dec!(0.01), memo),
            line("1200", Side::Credit, amount, ""),
            line("5000", Side::Credit, dec!(0.01), "date:nonsense [2026/99/99]"),
        ],
    }
}

/// Texts that would mean something to a program that reads them.
const MEMOS: &[&str] = &[
    "Build 12",
    "",
    "date: nonsense, date2:x [2026/99/99=] ; comment | note",
    "\"quotes\" and \\ and\nnew lines\tand tabs",
    "; ( ) * ! { } @@ = ~ include end #tag ^link 2026-01-01 open",
    "\u{1F600} Ünïcode 材料 \u{0}\u{7}",
];

fn found(variable: &str, name: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    named.or_else(|| std::env::split_paths(&on_path).map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// A program, or `None` with a word why where nobody insists on it.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let program = found(variable, name);
    let insisted = ["CI", "STOCKBRIDGE_BOOKS_TOOLS"].iter().any(|name| std::env::var_os(name).is_some());
    assert!(program.is_some() || !insisted, "{name} is missing; run scripts/need hledger beancount");
    if program.is_none() {
        eprintln!("not checked with {name}, which is not installed");
    }
    program
}

fn run(program: &Path, arguments: &[&str]) -> String {
    // Text in files is UTF-8, whatever the machine speaks.
    let run = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap();
    let Output { status, stdout, stderr } = run;
    assert!(status.success(), "{}\n{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

async fn write_all(folder: &Path, syntax: &str) -> Vec<(String, Decimal)> {
    let (provider, session) = books(folder, syntax).await;
    for (number, memo) in (0..120).zip(MEMOS.iter().cycle()) {
        provider.post_journal(&session, &draft(number, memo)).await.unwrap();
    }
    let rows = provider.account_balances(&session, None).await.unwrap().rows;
    rows.into_iter().map(|row| (row.account, row.balance.normalize())).collect()
}

#[tokio::test]
async fn hledger_accepts_the_books_strictly_and_adds_up_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let balances = write_all(folder.path(), "hledger").await;
    let Some(hledger) = program("HLEDGER", "hledger") else { return };
    let main = folder.path().join("books.journal");
    let main = main.to_str().unwrap();
    run(&hledger, &["-f", main, "check", "--strict", "uniqueleafnames"]);
    let table = run(&hledger, &["-f", main, "balance", "--flat", "--no-total", "-O", "csv", "-c", "1000.000000 USD"]);
    let sum = |account: &str| {
        let row = table.lines().find(|line| line.contains(account)).unwrap_or_else(|| panic!("{account} in {table}"));
        let amount = row.rsplit("\",\"").next().unwrap().trim_matches('"').trim_end_matches(" USD");
        amount.parse::<Decimal>().unwrap().normalize()
    };
    let theirs = [
        ("1200".to_owned(), sum("Assets:Inventory")),
        ("1210".to_owned(), sum("Assets:Finished goods")),
        ("5000".to_owned(), sum("Expenses:Cost of goods")),
    ];
    assert_eq!(balances, theirs);
    assert_eq!(balances.iter().map(|(_, balance)| *balance).sum::<Decimal>(), Decimal::ZERO);
}

#[tokio::test]
async fn beancount_accepts_the_books_and_adds_up_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let balances = write_all(folder.path(), "beancount").await;
    let Some(bean_check) = program("BEAN_CHECK", "bean-check") else { return };
    let main = folder.path().join("books.beancount");
    // What the balances are, said in beancount's own words: it checks each of them.
    let mut text = std::fs::read_to_string(&main).unwrap();
    for (account, name) in [("1200", "Inventory"), ("1210", "Finished-goods")] {
        let (_, sum) = balances.iter().find(|(id, _)| id == account).unwrap();
        text.push_str(&format!("2027-01-01 balance Assets:{name}  {sum} ~ 0 USD\n"));
    }
    std::fs::write(&main, text).unwrap();
    let said = run(&bean_check, &["--no-cache", main.to_str().unwrap()]);
    assert_eq!(said, "");
}

/// What a child process does until it is killed: posts, and names each entry that it was told is posted.
#[tokio::test]
async fn child_that_posts_until_it_is_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let (provider, session) = books(Path::new(&folder), "hledger").await;
    for number in 0.. {
        let posted = provider.post_journal(&session, &draft(number, "killed")).await.unwrap();
        println!("posted {}", posted.reference.unwrap());
    }
}

#[tokio::test]
async fn a_process_killed_at_any_moment_leaves_whole_entries_and_all_that_it_was_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = 0;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_posts_until_it_is_killed", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut posted =
            lines.filter_map(|line| line.split_once("posted SB-").map(|(_, number)| number.parse().unwrap()));
        // A few more each round, and at another moment of the next entry's writing.
        let seen: Vec<u32> = posted.by_ref().take(told + 3 + round * 2).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        let last = seen.into_iter().chain(posted).last().unwrap();
        told = usize::try_from(last).unwrap() + 1;
        let (provider, session) = books(folder.path(), "hledger").await;
        for number in 0..=last {
            let draft = draft(number, "killed");
            let found = provider.find_posted(
                &session,
                providers::model::DocumentKind::JournalEntry,
                &draft.head.reference,
                draft.head.date,
            );
            assert_eq!(found.await.unwrap().len(), 1, "entry {number} in round {round}");
        }
        let rows = provider.account_balances(&session, None).await.unwrap().rows;
        assert_eq!(rows.iter().map(|row| row.balance).sum::<Decimal>(), Decimal::ZERO);
        let again = provider.post_journal(&session, &draft(last + 1, "killed")).await.unwrap();
        assert_eq!(again.reference, Some(format!("SB-{}", last + 1)), "half-written or whole, it can be posted now");
    }
    if let Some(hledger) = program("HLEDGER", "hledger") {
        run(&hledger, &["-f", folder.path().join("books.journal").to_str().unwrap(), "check", "--strict"]);
    }
}
