//! The books under random documents, edits and voids.
//!
//! Rule: after every step the trial balance is zero, and the inventory accounts hold the sum of all cost pools, to the
//! cent; what was refused changed nothing.

use proptest::{prelude::*, test_runner::TestCaseResult};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::service::{MAIN, Organisation, Service, but, connected, document, tracked};

/// What a step does.
#[derive(Debug, Clone)]
enum Step {
    /// A document of this type: item, quantity in tenths, price in hundredths, day.
    Write(&'static str, usize, u32, u32, u32),
    /// Another quantity and price for a document.
    Edit(usize, u32, u32),
    /// Another day for a document.
    Move(usize, u32),
    /// The end of a document.
    Void(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        3 => Just("ACCPAY"),
        4 => Just("ACCREC"),
        1 => Just("ACCRECCREDIT"),
        1 => Just("ACCPAYCREDIT"),
    ];
    prop_oneof![
        6 => (kind, 0..2_usize, 1..80_u32, 1..4000_u32, 1..20_u32).prop_map(|(kind, item, quantity, price, day)| Step::Write(kind, item, quantity, price, day)),
        2 => (any::<usize>(), 1..80_u32, 1..4000_u32).prop_map(|(at, quantity, price)| Step::Edit(at, quantity, price)),
        1 => (any::<usize>(), 1..20_u32).prop_map(|(at, day)| Step::Move(at, day)),
        2 => any::<usize>().prop_map(Step::Void),
    ]
}

/// A number with so many decimals, as JSON.
fn scaled(number: u32, decimals: u32) -> Value {
    Value::String(Decimal::new(i64::from(number), decimals).to_string())
}

fn lines(item: &str, quantity: u32, price: u32) -> Value {
    json!([{"ItemCode": item, "Quantity": scaled(quantity, 1), "UnitAmount": scaled(price, 2)}])
}

struct Run {
    service: Service,
    main: Organisation,
    contact: String,
    written: Vec<(&'static str, String, usize)>,
}

const ITEMS: [&str; 2] = ["R-1", "R-2"];

impl Run {
    async fn new() -> Self {
        let (service, main) = connected().await;
        for item in ITEMS {
            main.create("Items", tracked(item)).await;
        }
        let contact = main.contact("Both Ways Trading").await;
        Self { service, main, contact, written: Vec::new() }
    }

    async fn take(&mut self, step: &Step) -> TestCaseResult {
        let before = self.look().await;
        let status = match step {
            Step::Write(kind, item, quantity, price, day) => {
                let resource = if kind.ends_with("CREDIT") { "CreditNotes" } else { "Invoices" };
                let body = document(kind, &self.contact, lines(ITEMS[*item], *quantity, *price));
                let body = but(body, json!({"Date": format!("2026-05-{day:02}"), "LineAmountTypes": "Inclusive"}));
                let (status, answer) = self.main.put(resource, &body).await;
                let field = if resource == "Invoices" { "InvoiceID" } else { "CreditNoteID" };
                if let Some(id) = answer[resource][0][field].as_str() {
                    self.written.push((resource, id.to_owned(), *item));
                }
                status
            }
            Step::Edit(at, quantity, price) => {
                let item = self.chosen(*at).map_or(0, |chosen| chosen.2);
                self.change(*at, json!({"LineItems": lines(ITEMS[item], *quantity, *price)})).await
            }
            Step::Move(at, day) => self.change(*at, json!({"Date": format!("2026-05-{day:02}")})).await,
            Step::Void(at) => self.change(*at, json!({"Status": "VOIDED"})).await,
        };
        let after = self.look().await;
        if status.is_success() {
            let (balance, inventory, pools, _) = &after;
            prop_assert_eq!(*balance, Decimal::ZERO, "{:?}", step);
            prop_assert_eq!(inventory, pools, "{:?}", step);
        } else {
            prop_assert_eq!(before, after, "refused: {:?}", step);
        }
        Ok(())
    }

    fn chosen(&self, at: usize) -> Option<&(&'static str, String, usize)> {
        self.written.get(at.checked_rem(self.written.len())?)
    }

    async fn change(&self, at: usize, changes: Value) -> reqwest::StatusCode {
        match self.chosen(at) {
            Some((resource, id, _)) => self.main.post(&format!("{resource}/{id}"), &changes).await.0,
            None => reqwest::StatusCode::OK,
        }
    }

    /// Sum of all balances, balance of the inventory accounts, sum of the cost pools, all of it as text.
    async fn look(&self) -> (Decimal, Decimal, Decimal, String) {
        let control = &self.service.running.control;
        let rows = control.trial_balance(MAIN).await.expect("balances");
        let items = control.valuation(MAIN).await.expect("a valuation");
        let accounts = self.main.list("Accounts", &[("where", "Type==\"INVENTORY\"")]).await;
        let is_inventory = |id: &str| accounts.iter().any(|account| account["AccountID"] == id);
        let inventory = rows.iter().filter(|row| is_inventory(&row.account)).map(|row| row.balance).sum();
        let text = format!("{:?} {items:?}", rows.iter().filter(|row| !row.balance.is_zero()).collect::<Vec<_>>());
        (rows.iter().map(|row| row.balance).sum(), inventory, items.iter().map(|item| item.value).sum(), text)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_books_hold_whatever_happens(steps in proptest::collection::vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut run = Run::new().await;
            for step in &steps {
                run.take(step).await?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
