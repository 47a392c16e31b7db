//! Sequences of everything through the use-cases, on SQLite and PostgreSQL: the same answers, the same rows, nothing lost.
//!
//! Rule: a sequence is named by one number. Clock and ids are the test's, so that rows can be compared as they are.

mod deeds;
mod rows;

use std::collections::BTreeMap;

use deeds::{Deed, Yard};
use domain::{
    stock::{AsOf, Figures},
    store::{Db, PoolSize},
};
use entity::{LotId, ProductId};
use stockbridge_tests::{Outcome, Store, TestDatabase, on, shop::day};

/// Sequences of `make test`; each has up to [`DEEDS`] deeds. `STOCKBRIDGE_SEQUENCES` asks for another number.
const SEQUENCES: u64 = 100;
const DEEDS: u64 = 25;

fn sequences() -> u64 {
    std::env::var("STOCKBRIDGE_SEQUENCES").map_or(SEQUENCES, |count| count.parse().expect("a number of sequences"))
}

/// What one sequence came to on one database.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    /// What each deed was answered.
    answers: Vec<String>,
    /// All rows at the end.
    rows: Vec<String>,
}

type Known = (AsOf, Vec<Figures<ProductId>>, Vec<Figures<LotId>>);

async fn ask(yard: &Yard, at: AsOf) -> anyhow::Result<Known> {
    let stock = &yard.shop.stock;
    let (products, lots) = (&[][..], &[][..]);
    let products = stock.products_at(&yard.shop.owner, products, at).await?;
    Ok((at, products, stock.lots_at(&yard.shop.owner, lots, at).await?))
}

async fn sequence(db: &Db, seed: u64) -> anyhow::Result<Account> {
    let mut yard = Yard::open(db, seed).await?;
    let mut answers = Vec::new();
    let mut known: Vec<Known> = Vec::new();
    for _ in 0..10 + yard.dice.below(DEEDS - 10) {
        let deed = Deed::roll(&mut yard.dice);
        let before = rows::all(&yard.shop).await?;
        let answer = yard.perform(deed).await?;
        // A receipt that is refused stays as a draft.
        if answer.starts_with("refused") && !matches!(deed, Deed::Receive { .. }) {
            assert_eq!(rows::all(&yard.shop).await?, before, "sequence {seed}: {deed:?} was refused: {answer}");
        }
        answers.push(format!("{deed:?}: {answer}"));
        if yard.dice.below(4) == 0 {
            // A pair of the past: a business date, and what was known by now.
            let as_of = Some(day(5, 1 + u32::try_from(yard.dice.below(31))?)).filter(|_| yard.dice.below(3) > 0);
            known.push(ask(&yard, AsOf { as_of, known_at: Some(yard.shop.ambient.now()) }).await?);
        }
        // What is recorded at a moment is known from that moment on: what comes now must be later.
        yard.shop.later(1);
    }
    for (at, products, lots) in known {
        // Whatever was answered for a moment is answered for it for ever.
        assert_eq!(ask(&yard, at).await?, (at, products, lots), "sequence {seed}");
    }
    assert_eq!(yard.shop.stock.integrity(&yard.shop.owner).await?, [], "sequence {seed}: {answers:#?}");
    Ok(Account { answers, rows: rows::all(&yard.shop).await? })
}

async fn accounts(database: TestDatabase) -> anyhow::Result<Vec<Account>> {
    let db = Db::connect(&database.url, PoolSize::default()).await?;
    let mut accounts = Vec::new();
    for seed in 1..=sequences() {
        accounts.push(sequence(&db, seed).await?);
    }
    Ok(accounts)
}

/// Both databases in one test, because what they answer is compared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_sequences_give_the_same_rows_on_both_databases() {
    let (send, receive) = std::sync::mpsc::channel();
    for store in [Store::Sqlite, Store::Postgres] {
        let send = send.clone();
        on(store, move |database| async move { keep(accounts(database).await?, &send) }).await;
    }
    let (here, there) = (receive.recv().unwrap(), receive.recv().unwrap());
    let mut accepted: BTreeMap<String, u64> = BTreeMap::new();
    for (seed, (here, there)) in (1..).zip(here.iter().zip(&there)) {
        for (one, other) in here.answers.iter().zip(&there.answers) {
            assert_eq!(one, other, "sequence {seed}");
        }
        for (one, other) in here.rows.iter().zip(&there.rows) {
            assert_eq!(one, other, "sequence {seed}");
        }
        assert_eq!(here, there, "sequence {seed}");
        let nothing = [": nothing", ": []", ": 0"];
        let effective = |answer: &&String| {
            !answer.contains(": refused") && !nothing.iter().any(|nothing| answer.ends_with(nothing))
        };
        for answer in here.answers.iter().filter(effective) {
            let kind = answer.split_whitespace().next().unwrap_or_default();
            *accepted.entry(kind.to_owned()).or_default() += 1;
        }
        let settled = here.rows.iter().filter(|row| row.contains("kind: ShortageSettlement")).count();
        *accepted.entry("settlements".to_owned()).or_default() += u64::try_from(settled).unwrap();
    }
    // Twelve kinds of deeds, and what settled shortages whether asked for or when something arrived.
    assert!(accepted.len() == 13 && accepted.values().all(|count| *count > sequences() / 50), "{accepted:?}");
    assert!(accepted.values().sum::<u64>() > 7 * sequences(), "{accepted:?}");
}

fn keep(accounts: Vec<Account>, send: &std::sync::mpsc::Sender<Vec<Account>>) -> Outcome {
    Ok(send.send(accounts)?)
}
