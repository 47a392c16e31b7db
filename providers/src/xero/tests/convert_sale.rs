//! Invoices and credit notes from wire to neutral: with tax in or beside, with discounts, in other currencies.

use proptest::prelude::*;
use rstest::rstest;
use rust_decimal::Decimal;

use super::decimal;
use crate::{
    model::{RemoteParty, RemoteSale, SaleLine, SaleRef, SaleState, SalesDocumentKind, Unusable, UnusableReason},
    xero::{
        convert::{self, Coded, SaleRow, What},
        wire,
    },
};

fn row(json: &str, kind: SalesDocumentKind) -> Result<SaleRow, Unusable> {
    convert::sale(&serde_json::from_str::<wire::Sale<'_>>(json).unwrap(), 3, kind)
}

fn coded(json: &str) -> Coded<RemoteSale, usize> {
    match row(json, SalesDocumentKind::Invoice).unwrap().what {
        What::Sale(coded) => *coded,
        other => panic!("{other:?}"),
    }
}

/// An invoice with these parts besides what every one has.
fn invoice(parts: &str) -> String {
    format!(
        r#"{{"Type":"ACCREC","InvoiceID":"v-1","InvoiceNumber":"INV-1","Status":"AUTHORISED",
            "Date":"/Date(1772409600000+0000)/",{parts}}}"#
    )
}

/// Gross, discount, net of each line; then tax, other, total.
fn amounts(sale: &RemoteSale) -> (Vec<[Decimal; 3]>, [Decimal; 3]) {
    let lines = sale.lines.iter().map(|line| [line.gross, line.discount, line.net]).collect();
    (lines, [sale.tax, sale.other, sale.total])
}

fn three(texts: [&str; 3]) -> [Decimal; 3] {
    texts.map(decimal)
}

#[test]
fn an_invoice_is_read_whole() {
    let json = r#"{"Type":"ACCREC","InvoiceID":"v-1","InvoiceNumber":"INV-0012","Reference":"PO 7","Status":"PAID",
        "Contact":{"ContactID":"c-9","Name":"Café","ContactStatus":"ACTIVE"},"Date":"/Date(1772409600000+0000)/",
        "DateString":"2026-03-02T00:00:00","DueDate":"/Date(1773000000000+0000)/","LineAmountTypes":"Exclusive",
        "LineItems":[{"LineItemID":"l-1","Description":"Table","Quantity":2.0000,"UnitAmount":310.5,"LineAmount":621.00,
            "ItemCode":"OT-1","Item":{"ItemID":"i-1","Name":"Oak Table","Code":"OT-1"},"AccountCode":"200",
            "TaxType":"OUTPUT2","TaxAmount":93.15},
          {"LineItemID":"l-2","Description":"Fitting","Quantity":"1.5","UnitAmount":40,"LineAmount":60.00,
            "ItemCode":"SVC","TaxType":"OUTPUT2","TaxAmount":9},{"Description":"Thank you"}],
        "SubTotal":681.00,"TotalTax":102.15,"Total":783.15,"AmountDue":0,"CurrencyCode":"USD","CurrencyRate":0.64,
        "UpdatedDateUTC":"/Date(1772410000000+0000)/","HasAttachments":false}"#;
    let line = |id: &str, text: &str, quantity: &str, net: &str| SaleLine {
        external_id: id.to_owned(),
        item: None,
        bundle: None,
        description: Some(text.to_owned()),
        quantity: decimal(quantity),
        gross: decimal(net),
        discount: Decimal::ZERO,
        net: decimal(net),
        tax_code: Some("OUTPUT2".to_owned()),
    };
    let expected = RemoteSale {
        external_id: "v-1".to_owned(),
        version: None,
        kind: SalesDocumentKind::Invoice,
        state: SaleState::Posted,
        number: Some("INV-0012".to_owned()),
        date: "2026-03-02".parse().unwrap(),
        customer: Some(RemoteParty { external_id: "c-9".to_owned(), name: Some("Café".to_owned()) }),
        currency: Some("USD".to_owned()),
        rate: Some(decimal("1.5625")),
        lines: vec![
            SaleLine { item: Some("i-1".to_owned()), ..line("l-1", "Table", "2", "621") },
            line("l-2", "Fitting", "1.5", "60"),
            SaleLine { tax_code: None, ..line("3", "Thank you", "0", "0") },
        ],
        shipping: Decimal::ZERO,
        tax: decimal("102.15"),
        other: Decimal::ZERO,
        total: decimal("783.15"),
        applies_to: vec![],
        memo: Some("PO 7".to_owned()),
        updated_at: Some("2026-03-02T00:06:40Z".parse().unwrap()),
    };
    assert_eq!(coded(json), Coded { record: expected, codes: vec![(1, "SVC".to_owned())] });
}

#[test]
fn a_credit_note_names_the_invoices_it_takes_back() {
    let json = r#"{"Type":"ACCRECCREDIT","CreditNoteID":"n-1","CreditNoteNumber":"CN-1","Status":"AUTHORISED",
        "Date":"2026-03-02T00:00:00","LineItems":[],"TotalTax":0,"Total":"10.00","RemainingCredit":0,
        "Allocations":[{"Amount":4,"Invoice":{"InvoiceID":"v-1","InvoiceNumber":"INV-1"}},
            {"Amount":3,"Invoice":{"InvoiceID":"v-2"}},{"Amount":3,"Invoice":{"InvoiceID":"v-1"}},{"Amount":0}]}"#;
    let What::Sale(coded) = row(json, SalesDocumentKind::CreditMemo).unwrap().what else { panic!("no sale") };
    let sale = coded.record;
    assert_eq!((sale.external_id.as_str(), sale.number.as_deref()), ("n-1", Some("CN-1")));
    let invoice = |id: &str| SaleRef { kind: SalesDocumentKind::Invoice, external_id: id.to_owned() };
    assert_eq!(sale.applies_to, [invoice("v-1"), invoice("v-2")]);
    assert_eq!((sale.total, sale.other), (decimal("10"), decimal("10")), "what no line explains stands apart");
}

#[rstest]
#[case::exclusive(
    r#""LineAmountTypes":"Exclusive","TotalTax":15,"Total":115,
       "LineItems":[{"Quantity":1,"UnitAmount":100,"LineAmount":100,"TaxAmount":15}]"#,
    &[["100", "0", "100"]], ["15", "0", "115"]
)]
#[case::inclusive(
    r#""LineAmountTypes":"Inclusive","TotalTax":15,"Total":115,
       "LineItems":[{"Quantity":1,"UnitAmount":115,"LineAmount":115,"TaxAmount":15}]"#,
    &[["100", "0", "100"]], ["15", "0", "115"]
)]
#[case::no_tax(
    r#""LineAmountTypes":"NoTax","TotalTax":0,"Total":115,"LineItems":[{"Quantity":1,"UnitAmount":115,"LineAmount":115}]"#,
    &[["115", "0", "115"]], ["0", "0", "115"]
)]
#[case::a_rate_of_discount(
    r#""LineAmountTypes":"Exclusive","TotalTax":13.5,"Total":103.5,
       "LineItems":[{"Quantity":4,"UnitAmount":25,"DiscountRate":10,"LineAmount":90,"TaxAmount":13.5}]"#,
    &[["100", "10", "90"]], ["13.5", "0", "103.5"]
)]
#[case::an_amount_of_discount_with_tax_inside(
    r#""LineAmountTypes":"Inclusive","TotalTax":13.5,"Total":103.5,
       "LineItems":[{"Quantity":1,"UnitAmount":115,"DiscountAmount":11.5,"LineAmount":103.5,"TaxAmount":13.5}]"#,
    &[["100", "10", "90"]], ["13.5", "0", "103.5"]
)]
#[case::given_away(
    r#""TotalTax":0,"Total":0,"LineItems":[{"Quantity":2,"UnitAmount":9.99,"DiscountRate":100,"LineAmount":0}]"#,
    &[["19.98", "19.98", "0"]], ["0", "0", "0"]
)]
#[case::a_price_with_four_decimals(
    r#""TotalTax":0,"Total":0.99,"LineItems":[{"Quantity":3,"UnitAmount":0.3333,"LineAmount":0.99}]"#,
    &[["0.99", "0", "0.99"]], ["0", "0", "0.99"]
)]
#[case::a_line_taken_back(
    r#""TotalTax":0,"Total":91,"LineItems":[{"Quantity":1,"UnitAmount":100,"LineAmount":100},
       {"Quantity":-1,"UnitAmount":10,"DiscountRate":10,"LineAmount":-9}]"#,
    &[["100", "0", "100"], ["-10", "-1", "-9"]], ["0", "0", "91"]
)]
#[case::rounded_by_the_service(
    r#""TotalTax":0.10,"Total":1.11,"LineItems":[{"Quantity":1,"UnitAmount":1,"LineAmount":1,"TaxAmount":0.10}]"#,
    &[["1", "0", "1"]], ["0.1", "0.01", "1.11"]
)]
#[case::taxes_told_of_the_whole_alone(
    r#""LineAmountTypes":"Inclusive","TotalTax":10,"Total":110,"LineItems":[{"Quantity":1,"LineAmount":30},
       {"Quantity":1,"LineAmount":60},{"Quantity":1,"LineAmount":20}]"#,
    &[["27.27", "0", "27.27"], ["54.55", "0", "54.55"], ["18.18", "0", "18.18"]], ["10", "0", "110"]
)]
fn lines_are_before_tax_and_everything_adds_up(
    #[case] parts: &str,
    #[case] lines: &[[&str; 3]],
    #[case] rest: [&str; 3],
) {
    let sale = coded(&invoice(parts)).record;
    let expected = (lines.iter().map(|line| three(*line)).collect::<Vec<_>>(), three(rest));
    assert_eq!(amounts(&sale), expected);
    let net: Decimal = sale.lines.iter().map(|line| line.net).sum();
    assert_eq!(net + sale.shipping + sale.tax + sale.other, sale.total);
}

proptest! {
    #[test]
    fn the_parts_add_up_whatever_the_document_says(
        lines in prop::collection::vec((-9_999_i64..99_999, -99_999_i64..999_999, 0_i64..=100, -9_999_i64..99_999), 0..12),
        tax in -99_999_i64..999_999,
        total in -999_999_i64..9_999_999,
        shown in prop::sample::select(vec!["Exclusive", "Inclusive", "NoTax"]),
        told: bool,
    ) {
        let json: Vec<String> = lines
            .iter()
            .map(|(quantity, unit, rate, tax)| {
                let (quantity, unit) = (Decimal::new(*quantity, 2), Decimal::new(*unit, 4));
                let amount = (quantity * unit * Decimal::new(100 - rate, 2)).round_dp(2);
                let tax = if told { format!(r#","TaxAmount":{}"#, Decimal::new(*tax, 2)) } else { String::new() };
                format!(r#"{{"Quantity":{quantity},"UnitAmount":{unit},"DiscountRate":{rate},"LineAmount":{amount}{tax}}}"#)
            })
            .collect();
        let parts = format!(
            r#""LineAmountTypes":"{shown}","TotalTax":{},"Total":{},"LineItems":[{}]"#,
            Decimal::new(tax, 2), Decimal::new(total, 2), json.join(",")
        );
        let sale = coded(&invoice(&parts)).record;
        let net: Decimal = sale.lines.iter().map(|line| line.net).sum();
        prop_assert_eq!(net + sale.shipping + sale.tax + sale.other, sale.total);
        for line in &sale.lines {
            prop_assert_eq!(line.gross - line.discount, line.net);
            prop_assert!(line.gross.abs() >= line.net.abs());
        }
    }
}

#[rstest]
#[case("DRAFT", Some(SaleState::Draft))]
#[case("SUBMITTED", Some(SaleState::Draft))]
#[case("AUTHORISED", Some(SaleState::Posted))]
#[case("PAID", Some(SaleState::Posted))]
#[case("VOIDED", Some(SaleState::Voided))]
#[case("LOST", None)]
fn every_status_says_whether_it_counts(#[case] status: &str, #[case] state: Option<SaleState>) {
    let json = invoice(r#""Total":0"#).replace("AUTHORISED", status);
    match (row(&json, SalesDocumentKind::Invoice), state) {
        (Ok(row), Some(state)) => {
            let What::Sale(coded) = row.what else { panic!("{row:?}") };
            assert_eq!(coded.record.state, state);
        }
        (Err(why), None) => assert_eq!(why.detail, "Status `LOST` cannot be read"),
        (read, _) => panic!("{read:?}"),
    }
}

#[test]
fn deleted_documents_and_bills_are_no_sales() {
    let deleted = row(&invoice(r#""Total":0"#).replace("AUTHORISED", "DELETED"), SalesDocumentKind::Invoice).unwrap();
    assert_eq!((deleted.external_id.as_str(), deleted.what), ("v-1", What::Deleted));
    let bill = row(&invoice(r#""Total":0"#).replace("ACCREC", "ACCPAY"), SalesDocumentKind::Invoice).unwrap();
    assert_eq!(bill.what, What::Purchase);
}

#[rstest]
#[case("0.64", Some("1.5625"))]
#[case("1", Some("1"))]
#[case("\"1.25\"", Some("0.8"))]
#[case("3", Some("0.3333333333333333333333333333"))]
#[case("0", None)]
#[case("-2", None)]
#[case("\"soon\"", None)]
fn the_rate_is_the_inverse_of_theirs(#[case] theirs: &str, #[case] ours: Option<&str>) {
    let json = invoice(&format!(r#""Total":0,"CurrencyCode":"USD","CurrencyRate":{theirs}"#));
    match row(&json, SalesDocumentKind::Invoice) {
        Ok(SaleRow { what: What::Sale(coded), .. }) => assert_eq!(coded.record.rate, ours.map(decimal)),
        Ok(other) => panic!("{other:?}"),
        Err(why) => assert_eq!((ours, why.reason), (None, UnusableReason::InvalidField)),
    }
}

#[rstest]
#[case::no_id(r#"{"InvoiceNumber":"INV-1","Total":1}"#, "INV-1", UnusableReason::MissingId, "InvoiceID is missing")]
#[case::no_total(&invoice(r#""TotalTax":0"#), "INV-1", UnusableReason::InvalidField, "Total is missing")]
#[case::no_date(
    r#"{"InvoiceID":"v-1","Status":"PAID","Date":"soon","Total":1}"#,
    "v-1",
    UnusableReason::InvalidField,
    "Date `soon` cannot be read"
)]
#[case::strange_taxes(
    &invoice(r#""Total":1,"LineAmountTypes":"Both""#),
    "INV-1",
    UnusableReason::InvalidField,
    "LineAmountTypes `Both` cannot be read"
)]
#[case::too_large(
    &invoice(r#""TotalTax":-1,"Total":79228162514264337593543950335"#),
    "INV-1",
    UnusableReason::InexactNumber,
    "Total 79228162514264337593543950335 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are"
)]
#[case::no_amount(
    &invoice(r#""Total":1,"LineItems":[{"Quantity":1,"UnitAmount":2}]"#),
    "INV-1",
    UnusableReason::InvalidField,
    "LineAmount is missing"
)]
fn a_document_that_cannot_be_used_says_why(
    #[case] json: &str,
    #[case] label: &str,
    #[case] reason: UnusableReason,
    #[case] detail: &str,
) {
    let why = row(json, SalesDocumentKind::Invoice).unwrap_err();
    assert_eq!((why.label.as_str(), why.reason, why.detail.as_str()), (label, reason, detail));
}
