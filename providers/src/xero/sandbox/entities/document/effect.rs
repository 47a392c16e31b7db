//! What an approved document does to the books (reference 3.1, 3.4).
//!
//! Rule: every line is brought home and rounded by itself, and the other side is their sum, so that the entry balances
//! in any currency. Gains and losses of a rate that changes are not modelled.

use rust_decimal::Decimal;

use super::{
    super::{ACCOUNTS, ITEMS, account},
    DocumentType,
    line::LineAmounts,
};
use crate::{
    sandbox::ledger::Posting,
    xero::sandbox::{
        books::{self, Effect, Kind, Movement},
        clock,
        json::{self, Record, cents},
        problem::Invalid,
        store::Organisation,
    },
};

/// Brings the books in line with a saved document.
///
/// # Errors
/// When a rule of the stock is broken.
pub(super) fn post(organisation: &mut Organisation, document: &Record, backorders: bool) -> Result<(), Invalid> {
    let id = id_of(document);
    let counts = matches!(json::text(document, "Status"), Some("AUTHORISED" | "PAID"));
    let effect = if counts { Some(effect(organisation, document, &id, backorders)?) } else { None };
    books::replace(organisation, &id, effect)
}

/// The id of a document, whichever resource it is of.
pub(super) fn id_of(document: &Record) -> String {
    let id = DocumentType::of(document).resource().id;
    json::text(document, id).unwrap_or_default().to_owned()
}

/// An amount of a document in home currency: the rate is foreign units for one of home (reference 3.4).
pub(in super::super) fn home(document: &Record, amount: Decimal) -> Decimal {
    let rate = json::decimal(document, "CurrencyRate").filter(|rate| *rate > Decimal::ZERO);
    rate.and_then(|rate| amount.checked_div(rate)).map_or(amount, cents)
}

fn effect(organisation: &Organisation, document: &Record, id: &str, backorders: bool) -> Result<Effect, Invalid> {
    let kind = DocumentType::of(document);
    let date = json::text(document, "Date").and_then(clock::parse_date);
    let date = date.ok_or_else(|| Invalid::new("Date must be specified."))?;
    let inclusive =
        json::text(document, "LineAmountTypes").and_then(LineAmounts::parse) == Some(LineAmounts::Inclusive);
    let sign = if kind.lines_are_credits() { -Decimal::ONE } else { Decimal::ONE };
    let (control, tax_account) =
        (account::system(organisation, kind.control_account())?, account::system(organisation, "GST")?);
    let (mut postings, mut movements, mut sum) = (Vec::new(), Vec::new(), Decimal::ZERO);
    for (index, line) in json::objects(document, "LineItems").enumerate() {
        let (amount, tax) = (number(line, "LineAmount"), number(line, "TaxAmount"));
        let net = home(document, if inclusive { amount - tax } else { amount });
        let tax = home(document, tax);
        sum += net + tax;
        let own = json::text(line, "AccountID").unwrap_or_default().to_owned();
        postings.push(Posting { account: own, amount: sign * net });
        postings.push(Posting { account: tax_account.clone(), amount: sign * tax });
        if let Some((item, asset, cost_of_sales)) = tracked(organisation, line) {
            let quantity = number(line, "Quantity");
            if let Some(kind) = moves(kind, quantity, net, backorders) {
                let movement = Movement {
                    document: id.to_owned(),
                    date,
                    place: 0,
                    line: index,
                    kind,
                    quantity: quantity.abs(),
                    asset,
                    cost_of_sales,
                };
                movements.push((item, movement));
            }
        }
    }
    postings.push(Posting { account: control, amount: -sign * sum });
    Ok(Effect { date, postings, movements })
}

fn number(line: &Record, field: &str) -> Decimal {
    json::decimal(line, field).unwrap_or_default()
}

/// What a line of a tracked item does; a negative quantity is the opposite.
fn moves(kind: DocumentType, quantity: Decimal, net: Decimal, backorders: bool) -> Option<Kind> {
    if quantity.is_zero() {
        return None;
    }
    let brings = matches!(kind, DocumentType::Bill | DocumentType::SalesCredit) == quantity.is_sign_positive();
    Some(match (kind.sells(), brings) {
        (false, true) => Kind::Receipt(net.abs()),
        (false, false) => Kind::Reduction(net.abs()),
        (true, true) => Kind::Return,
        (true, false) => Kind::Issue(backorders),
    })
}

/// Item, inventory account and cost of goods sold of a line, by id, where its item is tracked.
fn tracked(organisation: &Organisation, line: &Record) -> Option<(String, String, String)> {
    let id = json::inner(line, "Item", "ItemID")?;
    let item = organisation.find(&ITEMS, id)?;
    json::flag(item, "IsTrackedAsInventory").filter(|tracked| *tracked)?;
    let account = |code: &str| json::text(organisation.table(&ACCOUNTS).by_key(code)?, "AccountID").map(str::to_owned);
    let asset = account(json::text(item, "InventoryAssetAccountCode")?)?;
    let cost_of_sales = account(json::inner(item, "PurchaseDetails", "COGSAccountCode")?)?;
    Some((id.to_owned(), asset, cost_of_sales))
}
