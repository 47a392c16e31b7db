//! Properties of documents: nothing of a price is lost, the order is total, what to do is decided once.

use chrono::NaiveDate;
use entity::{Amount, IssueReason, ItemType, ProductId, ProductType, SaleStatus, SalesDocumentType, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::*;
use crate::sales::document::{Document, DocumentKey, DocumentLine, DocumentState};

fn document(kind: SalesDocumentType, id: &str, lines: Vec<(Decimal, Decimal)>) -> Document {
    let line = |(place, (quantity, net)): (usize, (Decimal, Decimal))| DocumentLine {
        external_id: place.to_string(),
        item: Some("7".to_owned()),
        bundle: None,
        description: None,
        quantity,
        net,
    };
    Document {
        key: DocumentKey { kind, external_id: id.to_owned() },
        version: Some("1".to_owned()),
        state: DocumentState::Posted,
        number: None,
        date: NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(),
        customer: None,
        currency: None,
        rate: None,
        lines: lines.into_iter().enumerate().map(line).collect(),
        shipping: Decimal::ZERO,
        applies_to: Vec::new(),
        memo: None,
        updated_at: Some(5),
    }
}

fn stored(document: &Document, status: SaleStatus) -> crate::sales::Sale {
    crate::sales::Sale {
        id: entity::SaleId(Uuid::from_u128(1)),
        business_id: entity::BusinessId(Uuid::from_u128(2)),
        channel_id: entity::SalesChannelId(Uuid::from_u128(3)),
        document_type: document.key.kind,
        external_id: document.key.external_id.clone(),
        external_version: None,
        number: None,
        date: document.date,
        customer_id: None,
        customer: None,
        status,
        version: 1,
        versioned_at: Timestamp(0),
        content_hash: document.content_hash(),
        currency: "USD".to_owned(),
        rate: None,
        revenue: Amount::ZERO,
        cost: Amount::ZERO,
        short_quantity: entity::Quantity::ZERO,
        cost_status: entity::CostStatus::Complete,
        net: Amount::ZERO,
        shipping: Amount::ZERO,
        open_lines: 0,
        applies_to: None,
        note: None,
        external_updated_at: document.updated_at.map(Timestamp),
        run_id: None,
        created_at: Timestamp(0),
        created_by: "test".to_owned(),
        updated_at: Timestamp(0),
    }
}

#[test]
fn what_to_do_follows_from_what_is_stored_and_what_is_told() {
    use Action::{Create, Delete, Ignore, Redo, Restore, Unchanged, Void};
    use DocumentState::{Deleted, Draft, Posted, Voided};
    let known = document(SalesDocumentType::Invoice, "1", vec![(Decimal::ONE, Decimal::TEN)]);
    let in_state = |state| Document { state, ..known.clone() };
    let told = [Posted, Voided, Draft, Deleted].map(in_state);
    let decided = |sale: Option<&crate::sales::Sale>| told.each_ref().map(|document| decide(sale, document));
    assert_eq!(decided(None), [Create, Ignore, Ignore, Ignore]);
    assert_eq!(decided(Some(&stored(&known, SaleStatus::Posted))), [Unchanged, Void, Void, Delete]);
    assert_eq!(decided(Some(&stored(&known, SaleStatus::Voided))), [Restore, Unchanged, Unchanged, Delete]);
    assert_eq!(decided(Some(&stored(&known, SaleStatus::Deleted))), [Restore, Unchanged, Unchanged, Unchanged]);
    let edited = document(SalesDocumentType::Invoice, "1", vec![(Decimal::TWO, Decimal::TEN)]);
    let sale = stored(&known, SaleStatus::Posted);
    assert_eq!(decide(Some(&sale), &edited), Redo);
    // What is older than what is stored was read before it.
    assert_eq!(decide(Some(&sale), &Document { updated_at: Some(4), ..edited.clone() }), Unchanged);
    // A version that rises without a change is not a change.
    assert_eq!(
        decide(Some(&sale), &Document { version: Some("9".to_owned()), updated_at: Some(9), ..known }),
        Unchanged
    );
}

#[test]
fn a_line_is_about_what_its_item_is_linked_to() {
    let product = ProductId(Uuid::from_u128(9));
    let item = |kind, linked: Option<ProductType>| KnownItem {
        name: "Lamp".to_owned(),
        kind,
        product: linked.map(|kind| (product, kind)),
    };
    let known = |kind, linked, self_managed| Known {
        items: [("7".to_owned(), item(kind, linked))].into(),
        not_stock: std::collections::HashSet::new(),
        self_managed,
    };
    let matched = |kind, linked, self_managed| match_line(Some("7"), &known(kind, linked, self_managed));
    assert_eq!(match_line(None, &Known::default()), Match::NotStock);
    assert_eq!(match_line(Some("7"), &Known::default()), Match::Open(IssueReason::ItemUnknown));
    let goods = ProductType::FinishedGood;
    assert_eq!(matched(ItemType::Service, Some(goods), false), Match::Good(product));
    assert_eq!(matched(ItemType::Inventory, Some(ProductType::SubAssembly), false), Match::OtherProduct(product));
    assert_eq!(matched(ItemType::Inventory, None, false), Match::Open(IssueReason::ItemNotLinked));
    assert_eq!(matched(ItemType::Bundle, None, false), Match::Open(IssueReason::ItemNotLinked));
    assert_eq!(matched(ItemType::NonInventory, None, false), Match::NotStock);
    assert_eq!(matched(ItemType::NonInventory, None, true), Match::Open(IssueReason::ItemNotLinked));
    assert_eq!(matched(ItemType::Service, None, true), Match::NotStock);
    let mut marked = known(ItemType::Inventory, None, false);
    marked.not_stock.insert("7".to_owned());
    assert_eq!(match_line(Some("7"), &marked), Match::NotStock);
}

#[test]
fn another_currency_needs_a_rate() {
    let mut foreign = document(SalesDocumentType::Invoice, "1", vec![(Decimal::ONE, Decimal::TEN)]);
    foreign.currency = Some("EUR".to_owned());
    assert_eq!(price(&foreign, "USD"), Err(Trouble::RateMissing("EUR".to_owned())));
    foreign.rate = Some(Decimal::ZERO);
    assert_eq!(price(&foreign, "USD"), Err(Trouble::RateMissing("EUR".to_owned())));
    foreign.currency = Some("USD".to_owned());
    assert_eq!(price(&foreign, "USD").map(|priced| (priced.net, priced.rate)), Ok((Amount(10_000_000), None)));
}

#[test]
fn what_sells_goes_before_what_takes_back_and_numbers_are_in_their_order() {
    let place = |kind, id: &str| document(kind, id, Vec::new()).place();
    let mut places = [
        place(SalesDocumentType::CreditMemo, "3"),
        place(SalesDocumentType::Invoice, "10"),
        place(SalesDocumentType::SalesReceipt, "9"),
    ];
    places.sort();
    let ids: Vec<&str> = places.iter().filter_map(|place| place.split(':').nth(3)).collect();
    assert_eq!(ids, ["9", "10", "3"]);
}

fn money() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_i64..1_000_000_000, 0_u32..5).prop_map(|(units, scale)| Decimal::new(units, scale))
}

proptest! {
    #[test]
    fn lines_in_home_currency_add_up_to_the_document(
        nets in prop::collection::vec(money(), 0..40),
        rate in (1_i64..99_999_999, 0_u32..8).prop_map(|(units, scale)| Decimal::new(units, scale)),
        shipping in money(),
        back: bool,
    ) {
        let kind = if back { SalesDocumentType::CreditMemo } else { SalesDocumentType::Invoice };
        let lines = nets.iter().map(|net| (Decimal::ONE, *net)).collect();
        let told = document(kind, "1", lines);
        let told = Document { currency: Some("EUR".to_owned()), rate: Some(rate), shipping, ..told };
        let sign = if back { -Decimal::ONE } else { Decimal::ONE };
        let home = |amount: Decimal| {
            (amount * sign * rate).round_dp_with_strategy(6, RoundingStrategy::MidpointNearestEven)
        };
        let Ok(priced) = price(&told, "USD") else { return Ok(()) };
        let sum: i64 = priced.lines.iter().map(|line| line.revenue.0).sum();
        prop_assert_eq!(sum, priced.net.0);
        prop_assert_eq!(priced.net.to_decimal(), home(nets.iter().copied().sum()).normalize());
        prop_assert_eq!(priced.shipping.to_decimal(), home(shipping).normalize());
        for (line, net) in priced.lines.iter().zip(&nets) {
            // Each line is off by less than a millionth, whatever its place.
            let off = (line.revenue.to_decimal() - *net * sign * rate).abs();
            prop_assert!(off <= Decimal::new(1, 6), "{} for {}", line.revenue, net);
        }
    }

    #[test]
    fn a_document_comes_back_from_the_inbox_as_it_was(nets in prop::collection::vec(money(), 0..5), id in "[0-9a-f-]{1,36}") {
        let told = document(SalesDocumentType::Refund, &id, nets.into_iter().map(|net| (net, net)).collect());
        let text = serde_json::to_string(&told).unwrap();
        let back: Document = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.content_hash(), told.content_hash());
        prop_assert_eq!(back, told);
    }
}
