//! Entries: written once, whole, exactly, and read back as they are.

use proptest::prelude::*;
use rstest::rstest;
use rust_decimal::{Decimal, dec};

use super::{
    super::{config::Syntax, entry, parse, render},
    support::{World, day, draft, line},
};
use crate::{
    ErrorKind, Outcome,
    model::{AccountBalance, DocumentContent, DocumentKind, DocumentState, JournalDraft, PostedDocument, Side},
    sandbox::SandboxAct,
};

const KIND: DocumentKind = DocumentKind::JournalEntry;

fn balance(account: &str, balance: Decimal) -> AccountBalance {
    AccountBalance { account: account.to_owned(), balance }
}

async fn balances(world: &World, as_of: Option<&str>) -> Vec<AccountBalance> {
    world.provider.account_balances(&world.sitting.session, as_of.map(day)).await.unwrap().rows
}

#[tokio::test]
async fn an_entry_of_hledger() {
    let world = World::new();
    world.post(&draft("R/1", dec!(12.5))).await.unwrap();
    let expected = "; A journal entry of Stockbridge. Remove this file to take it back.\n\
        decimal-mark .\n\
        \n\
        2026-03-02 * (R/1) Build 12\n\
        \x20   ; stockbridge-reference: \"R/1\"\n\
        \x20   ; stockbridge-request: \"request-R/1\"\n\
        \x20   ; stockbridge-memo: \"Build 12\"\n\
        \x20   Assets:Finished goods  13.50 USD\n\
        \x20       ; stockbridge-description: \"benches\"\n\
        \x20   Assets:Inventory  -12.50 USD\n\
        \x20   Expenses:Cost of goods  -1.00 USD\n";
    assert_eq!(world.text("entries/je-R_2f1.journal"), expected);
    assert_eq!(
        world.text("books.journal"),
        "; Books of Cedar Bench Works. Add to it what you like.\ninclude entries/*.journal\n"
    );
    assert_eq!(world.entries(), [".lock", "0-accounts.journal", "je-R_2f1.journal"]);
}

#[tokio::test]
async fn an_entry_of_beancount() {
    let world = World::with(&[("syntax", "beancount")]);
    world.post(&draft("R-1", dec!(12.5))).await.unwrap();
    let expected = "; A journal entry of Stockbridge. Remove this file to take it back.\n\
        \n\
        2026-03-02 * \"Build 12\"\n\
        \x20 stockbridge-reference: \"R-1\"\n\
        \x20 stockbridge-request: \"request-R-1\"\n\
        \x20 stockbridge-memo: \"Build 12\"\n\
        \x20 Assets:Finished-goods  13.50 USD\n\
        \x20   stockbridge-description: \"benches\"\n\
        \x20 Assets:Inventory  -12.50 USD\n\
        \x20 Expenses:Cost-of-goods  -1.00 USD\n";
    assert_eq!(world.text("entries/je-R-1.beancount"), expected);
    let error = World::with(&[("directory", &world.folder.path().display().to_string())]);
    let error = error.post(&draft("R-1", dec!(12.5))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("set option `syntax` to beancount"), "{error}");
}

#[tokio::test]
async fn what_was_posted_is_found_and_read_whole() {
    let world = World::new();
    let (draft, session) = (draft("R-1", dec!(12.5)), &world.sitting.session);
    let posted = world.post(&draft).await.unwrap();
    let expected = PostedDocument {
        kind: KIND,
        external_id: "je-R-1".to_owned(),
        version: None,
        reference: Some("R-1".to_owned()),
        state: DocumentState::Posted,
        date: draft.head.date,
        memo: Some("Build 12".to_owned()),
        content: DocumentContent::Journal { lines: draft.lines.clone() },
        updated_at: posted.updated_at,
    };
    assert_eq!(posted, expected);
    assert_eq!(
        world.provider.find_posted(session, KIND, "R-1", draft.head.date).await.unwrap(),
        vec![expected.clone()]
    );
    assert_eq!(world.provider.find_posted(session, KIND, "R-2", draft.head.date).await.unwrap(), []);
    assert_eq!(world.provider.read_posted(session, KIND, "je-R-1").await.unwrap(), expected);
    for id in ["je-R-2", "../company", "0-accounts", ""] {
        let error = world.provider.read_posted(session, KIND, id).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{id}");
    }
}

#[tokio::test]
async fn a_repeat_posts_nothing_and_a_used_reference_takes_nothing_else() {
    let world = World::new();
    let first = world.post(&draft("R-1", dec!(5))).await.unwrap();
    let before = world.text("entries/je-R-1.journal");
    assert_eq!(world.post(&draft("R-1", dec!(5))).await.unwrap(), first);
    world.hand.act("cedar", SandboxAct::CloseBooks(Some(day("2026-12-31")))).await.unwrap();
    assert_eq!(world.post(&draft("R-1", dec!(5))).await.unwrap(), first, "also after the books were closed");
    let error = world.post(&draft("R-1", dec!(6))).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::Rejected, Outcome::NotApplied));
    assert!(error.message.contains("je-R-1.journal has the reference `R-1` and says something else"), "{error}");
    assert_eq!(world.text("entries/je-R-1.journal"), before);
    assert_eq!(world.hand.count_posted("cedar", KIND, "R-1").await.unwrap(), 1);
}

#[tokio::test]
async fn many_at_once_leave_one_entry_each() {
    let world = World::new();
    let drafts: Vec<JournalDraft> = (0..60).map(|n| draft(&format!("R-{}", n % 20), dec!(1))).collect();
    let posted = futures::future::join_all(drafts.iter().map(|draft| world.post(draft))).await;
    assert!(posted.iter().all(Result::is_ok), "{posted:?}");
    assert_eq!(world.entries().len(), 20 + 2);
    assert_eq!(
        balances(&world, None).await,
        [balance("1200", dec!(-20)), balance("1210", dec!(40)), balance("5000", dec!(-20))]
    );
}

#[tokio::test]
async fn what_a_killed_process_left_is_overwritten() {
    let world = World::new();
    world.post(&draft("R-1", dec!(5))).await.unwrap();
    world.put("entries/.draft", "2026-03-02 * (R-2) half of an en");
    assert_eq!(world.provider.find_posted(&world.sitting.session, KIND, "R-2", day("2026-03-02")).await.unwrap(), []);
    world.post(&draft("R-2", dec!(5))).await.unwrap();
    assert_eq!(world.entries(), [".lock", "0-accounts.journal", "je-R-1.journal", "je-R-2.journal"]);
}

fn changed(change: impl Fn(&mut JournalDraft)) -> JournalDraft {
    let mut draft = draft("R-1", dec!(5));
    change(&mut draft);
    draft
}

#[rstest]
#[case::no_reference(changed(|draft| draft.head.reference.clear()), "reference")]
#[case::no_lines(changed(|draft| draft.lines.clear()), "each side")]
#[case::one_side(changed(|draft| draft.lines.truncate(1)), "each side")]
#[case::unbalanced(changed(|draft| draft.lines[0].amount = dec!(9)), "differ by 3")]
#[case::zero(changed(|draft| draft.lines[1].amount = dec!(0)), "line 2: 0 is no amount")]
#[case::negative(changed(|draft| draft.lines[1].amount = dec!(-5)), "line 2")]
#[case::too_fine(changed(|draft| draft.lines[1].amount = dec!(0.0000001)), "line 2")]
#[case::unknown_account(changed(|draft| draft.lines[1].account = "77".to_owned()), "accounts.csv has no account with the id `77`")]
#[tokio::test]
async fn a_draft_that_no_books_could_take_is_refused_and_writes_nothing(
    #[case] draft: JournalDraft,
    #[case] named: &str,
) {
    let world = World::new();
    let error = world.post(&draft).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Rejected, "journal.post"));
    assert!(error.message.contains(named), "{error}");
    assert!(!world.entries().iter().any(|name| name.starts_with("je-")));
}

#[tokio::test]
async fn accounts_that_may_not_be_posted_to_are_named_with_their_place() {
    let world = World::new();
    world.put("accounts.csv", "id,name,class,active\n1210,Goods,asset,no\n1200,Plans,non-posting,\n5000,Cost,cost,\n");
    let error = world.post(&draft("R-1", dec!(5))).await.unwrap_err();
    assert_eq!(error.message, "accounts.csv, line 2, column 1 (`id`): account `1210` is not active");
    let plans = changed(|draft| draft.lines[0].account = "1200".to_owned());
    let error = world.post(&plans).await.unwrap_err();
    assert_eq!(error.message, "accounts.csv, line 3, column 1 (`id`): account `1200` is outside the books");
    let cost = changed(|draft| draft.lines[0].account = "5000".to_owned());
    let error = world.post(&cost).await.unwrap_err();
    assert!(error.message.starts_with("accounts.csv, line 4, column 3 (`class`): `cost`"), "{error}");
}

#[tokio::test]
async fn closed_books_take_no_entry() {
    let world = World::new();
    world.hand.act("cedar", SandboxAct::CloseBooks(Some(day("2026-03-02")))).await.unwrap();
    let error = world.post(&draft("R-1", dec!(5))).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::PeriodClosed, Outcome::NotApplied));
    assert!(!world.entries().iter().any(|name| name.starts_with("je-")));
    let later = changed(|draft| draft.head.date = day("2026-03-03"));
    world.post(&later).await.unwrap();
}

#[tokio::test]
async fn balances_hold_at_the_end_of_any_day_and_follow_what_a_person_edits() {
    let world = World::new();
    assert_eq!(balances(&world, None).await, []);
    world.post(&draft("R-1", dec!(0.000001))).await.unwrap();
    world
        .post(&changed(|draft| (draft.head.reference, draft.head.date) = ("R-2".to_owned(), day("2026-04-01"))))
        .await
        .unwrap();
    let march = [balance("1200", dec!(-0.000001)), balance("1210", dec!(1.000001)), balance("5000", dec!(-1))];
    assert_eq!(balances(&world, Some("2026-03-31")).await, march);
    assert_eq!(balances(&world, Some("2026-03-01")).await, []);
    let all = [balance("1200", dec!(-5.000001)), balance("1210", dec!(7.000001)), balance("5000", dec!(-2))];
    assert_eq!(balances(&world, None).await, all);
    world.hand.act("cedar", SandboxAct::EditDocument { kind: KIND, external_id: "je-R-1".to_owned() }).await.unwrap();
    assert_eq!(balances(&world, Some("2026-03-31")).await[2], balance("5000", dec!(-2)));
    world.hand.act("cedar", SandboxAct::RemoveDocument { kind: KIND, external_id: "je-R-1".to_owned() }).await.unwrap();
    assert_eq!(balances(&world, Some("2026-03-31")).await, []);
    let error = world.provider.read_posted(&world.sitting.session, KIND, "je-R-1").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[rstest]
#[case::no_transaction("account Assets:X\n", "line 1, column 1: is no transaction")]
#[case::no_flag("2026-01-01 rent\n", "line 1, column 11: has no ` *`")]
#[case::orphan("    Assets:Checking  1.00 USD\n", "line 1, column 5: belongs to no transaction")]
#[case::no_amount("2026-01-01 * rent\n    Assets:Checking\n", "line 2, column 5: has no amount")]
#[case::currency(
    "2026-01-01 * rent\n    Assets:Checking  1.00 EUR\n",
    "line 2, column 22: `1.00 EUR` is no amount in USD"
)]
#[case::number("2026-01-01 * rent\n    Assets:Checking  1,00 USD\n", "line 2, column 22: `1,00` is no number")]
#[case::unbalanced(
    "2026-01-01 * rent\n    Assets:Checking  1.00 USD\n",
    "line 1, column 1: does not balance: debits and credits differ by 1.00"
)]
#[case::account(
    "2026-01-01 * rent\n    Assets:Cash  0.00 USD\n",
    "line 2, column 1: `Assets:Cash` is the name of no account in accounts.csv"
)]
#[tokio::test]
async fn an_entry_that_cannot_be_read_is_never_left_out(#[case] text: &str, #[case] named: &str) {
    let world = World::new();
    world.post(&draft("R-1", dec!(5))).await.unwrap();
    world.put("entries/mine.journal", text);
    let error = world.provider.account_balances(&world.sitting.session, None).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Malformed, "report.balances"));
    assert!(error.message.contains(&format!("entries/mine.journal, {named}")), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_folder_is_not_followed() {
    let world = World::new();
    world.post(&draft("R-1", dec!(5))).await.unwrap();
    std::os::unix::fs::symlink("/etc/hostname", world.path("entries/je-R-2.journal")).unwrap();
    let session = &world.sitting.session;
    let error = world.provider.read_posted(session, KIND, "je-R-2").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed);
    let error = world.post(&draft("R-2", dec!(5))).await.unwrap_err();
    assert!(error.message.contains("is no plain file"), "{error}");
}

#[tokio::test]
async fn what_it_cannot_do_is_unsupported() {
    let world = World::new();
    let session = &world.sitting.session;
    let left = world.post(&changed(|draft| draft.as_draft = true)).await.unwrap_err();
    let other = DocumentKind::InventoryAdjustment;
    let read = world.provider.read_posted(session, other, "je-R-1").await.unwrap_err();
    let found = world.provider.find_posted(session, other, "R-1", day("2026-03-02")).await.unwrap_err();
    for error in [left, read, found] {
        assert_eq!(error.kind, ErrorKind::Unsupported, "{error}");
    }
    assert_eq!(world.entries(), [""; 0]);
}

prop_compose! {
    fn any_transaction()(
        reference in "\\PC{1,21}", request in "\\PC{1,40}", memo in ".{0,60}", texts in prop::collection::vec(prop::option::of(".{0,30}"), 2..6),
        amounts in prop::collection::vec(1_i64..1_000_000_000_000, 6), days in 0_u64..40_000,
    ) -> entry::Transaction {
        let mut postings: Vec<entry::Posting> = texts.into_iter().zip(amounts).map(|(description, amount)| entry::Posting {
            account: "Assets:Raw stock".to_owned(), amount: Decimal::new(amount, 6), description, line: 0,
        }).collect();
        let sum: Decimal = postings.iter().map(|posting| posting.amount).sum();
        postings.push(entry::Posting { account: "Income:Sales".to_owned(), amount: -sum, description: None, line: 0 });
        let date = day("1990-01-01") + chrono::Days::new(days);
        entry::Transaction { date, reference: Some(reference), request: Some(request), memo: Some(memo).filter(|memo| !memo.is_empty()), postings }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_to_the_last_character(mut transaction in any_transaction()) {
        for syntax in Syntax::ALL {
            if syntax == Syntax::Beancount {
                transaction.postings.iter_mut().for_each(|posting| posting.account = posting.account.replace(' ', "-"));
            }
            let text = render::entry(syntax, &transaction, "USD");
            let mut read = parse::transactions(syntax, "x", &text, "USD").unwrap();
            read.iter_mut().flat_map(|found| &mut found.postings).for_each(|posting| posting.line = 0);
            prop_assert_eq!(&read, &[transaction.clone()], "{}", text);
        }
    }
}

#[test]
fn lines_know_their_side() {
    let posting = entry::Posting::of(&line("1", Side::Credit, dec!(2), None), "Assets:X");
    assert_eq!((posting.amount, posting.to_line("1")), (dec!(-2), line("1", Side::Credit, dec!(2), None)));
}
