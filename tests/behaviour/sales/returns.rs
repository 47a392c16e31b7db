//! What comes back: credit memos and refunds (statement 110), and what is taken back of them.

use providers::{
    model::{SaleRef, SalesDocumentKind},
    registry::ProviderEntry,
    sandbox::{SandboxAct, SandboxSale},
};
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, with_every_provider};

use super::stall::{Stall, ago, figures, invoice, line, moves, sells};

with_every_provider!(
    s110_a_credit_memo_brings_goods_back_to_their_lots if credits,
    a_credit_memo_that_names_nothing_makes_a_lot_at_the_average_cost if credits,
    a_credit_memo_larger_than_its_invoice_makes_a_lot_of_the_rest if credits,
    a_voided_invoice_after_its_credit_memo_gives_back_the_rest if credits,
    a_voided_credit_memo_takes_its_goods_again if credits,
    an_invoice_and_its_credit_memo_voided_in_either_order_restore_everything if credits,
    a_credit_memo_of_a_voided_invoice_makes_a_lot if credits,
);

fn credits(entry: &ProviderEntry) -> bool {
    sells(entry) && entry.capability.sales_documents.contains(&SalesDocumentKind::CreditMemo)
}

/// A credit memo of lamps.
fn memo(stall: &Stall, number: &str, quantity: &str, of: Option<&SaleRef>) -> SandboxSale {
    SandboxSale {
        kind: SalesDocumentKind::CreditMemo,
        applies_to: of.cloned(),
        ..invoice(number, vec![line(Some(&stall.lamp_item), quantity, "200")])
    }
}

/// A stall that sold ten lamps of lots of 6 at 140 and 10 at 150.
async fn sold(database: &TestDatabase, entry: &'static ProviderEntry) -> anyhow::Result<(Stall, SaleRef)> {
    let stall = Stall::open(database, entry).await?;
    stall.receive("6", "140", ago(9)).await?;
    stall.receive("10", "150", ago(3)).await?;
    let sale = stall.sell("INV-1", "10", "200").await?;
    stall.sync().await?;
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "2000", "1440", "0"]);
    assert_eq!(stall.on_hand().await?, ("6".to_owned(), "900".to_owned()));
    Ok((stall, sale))
}

fn pair(quantity: &str, value: &str) -> (String, String) {
    (quantity.to_owned(), value.to_owned())
}

async fn s110_a_credit_memo_brings_goods_back_to_their_lots(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    stall.write(memo(&stall, "CR-1", "5", Some(&invoice))).await?;
    stall.sync().await?;
    let credit = stall.sale("CR-1").await?;
    assert_eq!(figures(&credit)[..2], ["POSTED", "-1000"]);
    let named = json!(credit["costStatus"]);
    // Last taken, first back: four at 150, one at 140; where the memo does not tell its invoice, five at the average.
    if named == "COMPLETE" {
        assert_eq!(figures(&credit)[2], "-740");
        assert_eq!(stall.on_hand().await?, pair("11", "1640"));
    } else {
        assert_eq!(stall.on_hand().await?.0, "11");
    }
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "2000", "1440", "0"]);
    Ok(())
}

async fn a_credit_memo_that_names_nothing_makes_a_lot_at_the_average_cost(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, _) = sold(&database, entry).await?;
    stall.write(memo(&stall, "CR-1", "2", None)).await?;
    stall.sync().await?;
    let credit = stall.sale("CR-1").await?;
    assert_eq!((figures(&credit), &credit["costStatus"]), (["POSTED", "-400", "-300", "0"], &json!("ESTIMATED")));
    assert_eq!(stall.on_hand().await?, pair("8", "1200"));
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-10"), ("SALE_RETURN", "2")]));
    Ok(())
}

async fn a_credit_memo_larger_than_its_invoice_makes_a_lot_of_the_rest(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    let Ok(_) = stall.write(memo(&stall, "CR-1", "12", Some(&invoice))).await else { return Ok(()) };
    stall.sync().await?;
    assert_eq!(stall.on_hand().await?.0, "18");
    assert_eq!(figures(&stall.sale("CR-1").await?)[..2], ["POSTED", "-2400"]);
    Ok(())
}

async fn void(stall: &Stall, sale: &SaleRef) -> anyhow::Result<Value> {
    stall.world.sandbox.act(SandboxAct::VoidSale(sale.clone())).await?;
    stall.sync().await
}

async fn a_voided_invoice_after_its_credit_memo_gives_back_the_rest(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    stall.write(memo(&stall, "CR-1", "5", Some(&invoice))).await?;
    stall.sync().await?;
    let Ok(_) = void(&stall, &invoice).await else { return Ok(()) };
    let credit = stall.sale("CR-1").await?;
    let expected = if credit["costStatus"] == "COMPLETE" { "16" } else { "21" };
    assert_eq!(stall.on_hand().await?.0, expected);
    Ok(())
}

async fn a_voided_credit_memo_takes_its_goods_again(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    let credit = stall.write(memo(&stall, "CR-1", "5", Some(&invoice))).await?;
    stall.sync().await?;
    let Ok(_) = void(&stall, &credit).await else { return Ok(()) };
    assert_eq!(figures(&stall.sale("CR-1").await?), ["VOIDED", "0", "0", "0"]);
    assert_eq!(stall.on_hand().await?, pair("6", "900"));
    Ok(())
}

async fn an_invoice_and_its_credit_memo_voided_in_either_order_restore_everything(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    let credit = stall.write(memo(&stall, "CR-1", "5", Some(&invoice))).await?;
    stall.sync().await?;
    // What came back is sold again before the memo is voided.
    stall.sell("INV-2", "11", "200").await?;
    stall.sync().await?;
    assert_eq!(stall.on_hand().await?.0, "0");
    let Ok(_) = void(&stall, &credit).await else { return Ok(()) };
    assert_eq!(stall.on_hand().await?.0, "-5");
    let Ok(_) = void(&stall, &invoice).await else { return Ok(()) };
    assert_eq!(stall.on_hand().await?.0, "5");
    Ok(())
}

async fn a_credit_memo_of_a_voided_invoice_makes_a_lot(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, invoice) = sold(&database, entry).await?;
    let memo = memo(&stall, "CR-1", "2", Some(&invoice));
    void(&stall, &invoice).await?;
    let without = SandboxSale { applies_to: None, ..memo };
    stall.write(without).await?;
    stall.sync().await?;
    assert_eq!(stall.on_hand().await?.0, "18");
    Ok(())
}
