//! Reconciliation where stock is kept here and journals go there: with every accounting system, books in files among them.

use providers::{model::DocumentKind, registry::ProviderEntry, sandbox::SandboxAct};
use rust_decimal::Decimal;
use serde_json::json;
use stockbridge_tests::{Outcome, TestDatabase, with_every_provider, workshop::text};

use super::desk::Desk;
use crate::exports::yard::{decimal, keeps_journals, posts};

with_every_provider!(
    every_difference_of_journals_is_classed if keeps_journals,
    a_days_journal_stands_for_what_it_gathers if posts,
);

/// Accounts by number: stock, what is received and not billed, scrap.
fn accounts(provider: &ProviderEntry) -> [&'static str; 3] {
    match (provider.capability.inventory_adjustments, provider.sandbox) {
        (true, _) => ["1300", "2050", "5000"],
        (false, Some(_)) => ["621", "801", "330"],
        (false, None) => ["1200", "2000", "5000"],
    }
}

/// A desk whose opening stock is expected where the books have no stock of items.
async fn open(database: &TestDatabase, provider: &'static ProviderEntry) -> anyhow::Result<Desk> {
    let [stock, owed, _] = accounts(provider);
    let roles = [("RECEIVING_DEBIT", stock), ("RECEIVING_CREDIT", owed)];
    let mut desk = Desk::open(database, provider, "SELF_MANAGED", &roles).await?;
    if !provider.capability.inventory_adjustments {
        // Stock that was counted here before anything was posted.
        desk.expect("NOT_EXPORTED", decimal("200"));
        desk.expect("NOT_EXPORTED", decimal("100"));
    }
    Ok(desk)
}

async fn every_difference_of_journals_is_classed(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let mut desk = open(&database, provider).await?;
    desk.check().await?;
    let [stock, _, scrap] = accounts(provider);
    desk.posted_receipt("A", "3", "2").await?;
    for units in ["1", "2"] {
        desk.yard.receive(&[("B", units, "1")]).await?;
        desk.expect("NOT_EXPORTED", decimal(units));
    }
    for (cost, residue) in [("10.004", "0.004"), ("9.996", "-0.004")] {
        desk.posted_receipt("A", "1", cost).await?;
        desk.expect("ROUNDING", decimal(residue));
    }
    desk.journal(stock, scrap, decimal("41.5")).await?;
    desk.expect("MANUAL_JOURNAL", decimal("-41.5"));
    desk.journal(scrap, stock, decimal("0.01")).await?;
    desk.expect("MANUAL_JOURNAL", decimal("0.01"));
    desk.unlinked_product("Nobody's", "4", "2.5").await?;
    desk.expect("UNLINKED", decimal("10"));
    if provider.sandbox.is_some() {
        let kind = DocumentKind::JournalEntry;
        let edited = text(&desk.posted_receipt("B", "20", "1").await?["externalId"])?;
        desk.yard.world.sandbox.act(SandboxAct::EditDocument { kind, external_id: edited }).await?;
        desk.expect("EDITED_THERE", decimal("-20"));
        let removed = text(&desk.posted_receipt("B", "7", "1").await?["externalId"])?;
        desk.yard.world.sandbox.act(SandboxAct::RemoveDocument { kind, external_id: removed }).await?;
        desk.expect("EDITED_THERE", decimal("7"));
    }
    desk.check().await?;
    Ok(())
}

async fn a_days_journal_stands_for_what_it_gathers(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let mut desk = open(&database, provider).await?;
    desk.yard.settings(json!({"journalGranularity": "DAY_AND_KIND"})).await?;
    let mut receipts = Vec::new();
    for (units, cost) in [("3", "2"), ("1", "10.004"), ("2", "1.001")] {
        let receipt = desk.yard.receive(&[("A", units, cost)]).await?;
        desk.yard.queue(&receipt).await?;
        receipts.push(receipt);
    }
    let waiting: Vec<Decimal> = vec![decimal("6"), decimal("10.004"), decimal("2.002")];
    let opening = desk.expected.len();
    for amount in &waiting {
        desk.expect("NOT_EXPORTED", *amount);
    }
    desk.check().await?;
    // One entry of the day: its residue is its own.
    desk.expected.truncate(opening);
    let input = json!({"integrationId": desk.yard.integration});
    let posted = desk.yard.owner.mutate("postDayJournals", input, "exports { id }").await?["exports"].clone();
    assert_eq!(posted.as_array().map(Vec::len), Some(1), "{posted}");
    let journal = desk.yard.ended(posted[0]["id"].as_str().unwrap()).await?;
    assert_eq!(journal["state"], "SYNCED", "{journal}");
    desk.expect("ROUNDING", decimal("0.006"));
    let done = desk.check().await?;
    let lines = desk.lines(&done["id"]).await?;
    let rounding = lines.iter().find(|line| line["class"] == "ROUNDING").unwrap();
    assert_eq!(rounding["externalId"], journal["externalId"], "{rounding}");
    let external_id = text(&journal["externalId"])?;
    let act = SandboxAct::EditDocument { kind: DocumentKind::JournalEntry, external_id };
    desk.yard.world.sandbox.act(act).await?;
    desk.expect("EDITED_THERE", decimal("-18"));
    desk.check().await?;
    Ok(())
}
