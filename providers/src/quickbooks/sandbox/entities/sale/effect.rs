//! What a sales transaction posts: who owes or what was paid, what was earned, tax, and the stock that went.
//!
//! Rule: receivable or money takes what all other postings leave, so an entry balances in home currency whatever was
//! rounded; amounts are posted at the document's rate (reference 9.5).

use rust_decimal::Decimal;

use super::{
    super::transaction::{amount_of, date, detail, lines, rate},
    lines::is_shipping,
    worth,
};
use crate::quickbooks::sandbox::{
    books::{Effect, Move, Posting, cents, times},
    json::{self, Record},
    store::Company,
};

/// What a total consists of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    goods: Decimal,
    shipping: Decimal,
    discount: Decimal,
    tax: Decimal,
}

impl Parts {
    /// The parts of a transaction.
    pub(super) fn of(record: &Record) -> Self {
        let mut parts = Self::default();
        for line in lines(record) {
            match json::text(line, "DetailType") {
                Some("SalesItemLineDetail") if is_shipping(line) => parts.shipping += worth(line),
                Some("SalesItemLineDetail" | "GroupLineDetail") => parts.goods += worth(line),
                Some("DiscountLineDetail") => parts.discount += worth(line),
                _ => {}
            }
        }
        let tax = record.get("TxnTaxDetail").and_then(|detail| json::value_decimal(detail.get("TotalTax")?));
        parts.tax = cents(tax.unwrap_or_default());
        parts
    }

    /// What they come to.
    pub(super) fn total(&self) -> Decimal {
        self.goods - self.discount + self.shipping + self.tax
    }
}

/// Writes down what a transaction posts.
struct Poster<'c> {
    company: &'c Company,
    /// Home units, with the sign of a sale.
    rate: Decimal,
    sign: Decimal,
    postings: Vec<Posting>,
    moves: Vec<Move>,
}

/// What a sales transaction does to the books.
pub(crate) fn effect(company: &Company, entity: &str, record: &Record) -> Effect {
    let gives_back = matches!(entity, "CreditMemo" | "RefundReceipt");
    let sign = if gives_back { -Decimal::ONE } else { Decimal::ONE };
    let mut poster = Poster { company, rate: rate(record), sign, postings: Vec::new(), moves: Vec::new() };
    lines(record).for_each(|line| poster.line(line));
    poster.earn(&tax_account(company), Parts::of(record).tax);
    let counter = match entity {
        "Invoice" | "CreditMemo" => company.account_of_subtype("AccountsReceivable"),
        _ => json::reference(record, "DepositToAccountRef").map(str::to_owned),
    };
    let sum: Decimal = poster.postings.iter().map(|posting| posting.amount).sum();
    poster.postings.push(Posting { account: counter.unwrap_or_else(|| "4".to_owned()), amount: -sum });
    poster.postings.retain(|posting| !posting.amount.is_zero());
    Effect { date: date(record), postings: poster.postings, moves: poster.moves }
}

impl Poster<'_> {
    /// Credits an account, or debits it for what is given back.
    fn earn(&mut self, account: &str, amount: Decimal) {
        let amount = cents(times(amount, self.rate)) * -self.sign;
        self.postings.push(Posting { account: account.to_owned(), amount });
    }

    fn line(&mut self, line: &Record) {
        match json::text(line, "DetailType") {
            Some("SalesItemLineDetail") => self.goods(line),
            Some("GroupLineDetail") => {
                detail(line, "GroupLineDetail").into_iter().flat_map(lines).for_each(|part| self.goods(part));
            }
            Some("DiscountLineDetail") => {
                let named = detail(line, "DiscountLineDetail");
                let named = named.and_then(|detail| json::reference(detail, "DiscountAccountRef"));
                let account = named.map_or_else(|| sales_account(self.company), str::to_owned);
                self.earn(&account, -worth(line));
            }
            _ => {}
        }
    }

    /// Revenue by the item's account, and its stock.
    fn goods(&mut self, line: &Record) {
        let sold = detail(line, "SalesItemLineDetail");
        let item = sold.and_then(|sold| self.company.find("Item", json::reference(sold, "ItemRef")?));
        let income = item.as_ref().and_then(|item| json::reference(item, "IncomeAccountRef"));
        let account = match income {
            Some(account) => account.to_owned(),
            None if is_shipping(line) => shipping_account(self.company),
            None => sales_account(self.company),
        };
        self.earn(&account, amount_of(line).unwrap_or_default());
        let quantity = sold.and_then(|sold| json::decimal(sold, "Qty")).unwrap_or_default();
        let movement = item.and_then(|item| self.company.movement(&item, -quantity * self.sign, None));
        self.moves.extend(movement.filter(|movement| !movement.quantity.is_zero()));
    }
}

fn sales_account(company: &Company) -> String {
    company.account_of_subtype("SalesOfProductIncome").unwrap_or_else(|| "79".to_owned())
}

fn shipping_account(company: &Company) -> String {
    company.account_named("Shipping Income").unwrap_or_else(|| sales_account(company))
}

/// The service makes an account for tax where there is none; the sandbox takes what is owed to suppliers.
fn tax_account(company: &Company) -> String {
    let own = company.account_of_subtype("SalesTaxPayable").or_else(|| company.account_of_subtype("AccountsPayable"));
    own.unwrap_or_else(|| sales_account(company))
}
