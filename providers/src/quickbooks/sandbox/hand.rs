//! The neutral hand on this sandbox: each act in its own words.
//!
//! Rule: objects are written by the rules of the API; a switch of the company or of its grants is the control endpoint's
//! own command.

pub(super) mod documents;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use self::documents::{entity_of, entity_of_sale};
use super::{
    clock,
    company::{make_by_hand, write_by_hand},
    control::{Action, Command, Plan},
    faults::Fault,
    json::{self, Record},
    reports,
    shared::Sandbox,
    store::Company,
    webhooks::Format,
};
use crate::{
    model::{AccountBalance, CompanyChoice, DocumentKind, ItemKind, ItemValuation},
    sandbox::{SandboxAct, SandboxControl, SandboxError, SandboxFault, Trouble, consent::agree_or_refuse},
};

/// Accounts of the sample companies that new items use (reference 9.2).
const INCOME: &str = "79";
const COST_OF_GOODS: &str = "80";
const ASSET: &str = "81";
/// When new inventory items begin: early enough for every document of a test.
const START: &str = "2024-01-01";
/// Editions with and without inventory (reference 15.11).
const WITH_INVENTORY: &str = "QuickBooks Online Plus";
const WITHOUT_INVENTORY: &str = "QuickBooks Online Simple Start";

/// The hand.
pub(crate) struct Hand(pub(crate) Arc<Sandbox>);

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hand")
    }
}

#[async_trait]
impl SandboxControl for Hand {
    fn companies(&self) -> Vec<CompanyChoice> {
        self.0.read(|state| {
            let choice = |(realm, company): (&String, &super::store::Company)| CompanyChoice {
                external_id: realm.clone(),
                name: Some(company.name()),
            };
            state.companies.iter().map(choice).collect()
        })
    }

    async fn consent(&self, authorization: &Url, companies: &[String]) -> Result<Url, SandboxError> {
        let chosen: Vec<(&str, &str)> = companies.iter().map(|realm| ("realm", realm.as_str())).collect();
        agree_or_refuse(authorization, &chosen, ("decision", "agree"), ("decision", "refuse")).await
    }

    async fn act(&self, company: &str, act: SandboxAct) -> Result<String, SandboxError> {
        match act {
            SandboxAct::AddItem { name, sku, kind, price, cost, quantity } => {
                let item = item(&name, sku.as_deref(), kind, price, cost, quantity)?;
                self.write(company, "Item", item)
            }
            SandboxAct::RenameItem { item, name } => self.change_item(company, &item, json!({"Name": name})),
            SandboxAct::SetItemActive { item, active } => self.set_active(company, &item, active),
            SandboxAct::RemoveItem(item) => self.command(Command::remove(company, "Item", &item)),
            SandboxAct::CloseBooks(day) => self.close_books(company, day),
            SandboxAct::ExpireAccessTokens => {
                self.command(Command::ExpireAccessTokens { realm: Some(company.to_owned()) })
            }
            SandboxAct::RotateRefreshTokens => {
                self.command(Command::RotateRefreshTokens { realm: Some(company.to_owned()), at_once: false })
            }
            // In this service a used value is a sign of theft (reference 1.4).
            SandboxAct::RetireRefreshTokens => self.command(Command::OauthRules {
                rotation: None,
                kill_on_reuse: Some(true),
                access_token_seconds: None,
            }),
            SandboxAct::RevokeConsent => self.command(Command::RevokeConsent { realm: Some(company.to_owned()) }),
            SandboxAct::SetInventory(on) => self.set_inventory(company, on),
            SandboxAct::SendWebhooks { to, key, format } => self.send_webhooks(to, &key, format.as_deref()),
            SandboxAct::AddBundle { name, parts } => self.add_bundle(company, &name, &parts),
            SandboxAct::Sell(sale) => self.sell(company, &sale),
            SandboxAct::EditSale { sale, quantity } => self.edit_sale(company, &sale, quantity),
            SandboxAct::VoidSale(sale) => self.take_back(company, entity_of_sale(sale.kind), &sale.external_id, "void"),
            SandboxAct::DeleteSale(sale) => {
                self.take_back(company, entity_of_sale(sale.kind), &sale.external_id, "delete")
            }
            SandboxAct::Buy { item, number, date, quantity, cost } => {
                self.buy(company, &item, &number, date, (quantity, cost))
            }
            SandboxAct::DeleteBill(id) => self.take_back(company, "Bill", &id, "delete"),
            SandboxAct::EditDocument { kind, external_id } => self.twice(company, kind, &external_id),
            // Neither journals nor adjustments can be voided (reference 7.4).
            SandboxAct::RemoveDocument { kind, external_id } => {
                self.take_back(company, entity_of(kind), &external_id, "delete")
            }
        }
    }

    async fn inject(&self, fault: SandboxFault) -> Result<(), SandboxError> {
        let (action, committed) = action(fault.trouble);
        self.0.plans.add(Plan::new(fault.target, fault.reach, committed, action));
        Ok(())
    }

    async fn calm(&self) {
        self.0.clear_faults();
    }

    async fn trial_balance(&self, company: &str) -> Result<Vec<AccountBalance>, SandboxError> {
        let today = clock::local_date(self.0.clock.now());
        self.look(company, |company| {
            let balances = reports::trial_balance(company, today).into_iter();
            balances.map(|(account, balance)| AccountBalance { account, balance }).collect()
        })
    }

    async fn valuation(&self, company: &str) -> Result<Vec<ItemValuation>, SandboxError> {
        self.look(company, |company| {
            let stock = company.stock_values(None).into_iter();
            stock.map(|(item, quantity, value)| ItemValuation { item, quantity, value }).collect()
        })
    }

    async fn count_posted(&self, company: &str, kind: DocumentKind, reference: &str) -> Result<usize, SandboxError> {
        self.look(company, |company| company.count_documents(entity_of(kind), reference))
    }

    async fn count_all_posted(
        &self,
        company: &str,
        kind: DocumentKind,
        references: &[&str],
    ) -> Result<Vec<usize>, SandboxError> {
        self.look(company, |company| {
            let numbers = company.document_numbers(entity_of(kind));
            references.iter().map(|reference| numbers.get(reference).copied().unwrap_or_default()).collect()
        })
    }
}

impl Hand {
    /// Writes an object by the rules of the API.
    pub(super) fn write(&self, realm: &str, entity: &str, body: Value) -> Result<String, SandboxError> {
        let Value::Object(body) = body else { return Err(SandboxError::Refused("no object".to_owned())) };
        let written = self.operate(realm, entity, "update", &body)?;
        json::text(&written, "Id").map(str::to_owned).ok_or_else(|| SandboxError::Refused("no id".to_owned()))
    }

    fn operate(&self, realm: &str, entity: &str, operation: &str, body: &Record) -> Result<Record, SandboxError> {
        write_by_hand(&self.0, realm, entity, operation, body).map_err(refused)
    }

    /// Makes an object that the API cannot make.
    fn make(&self, realm: &str, entity: &str, record: Value) -> Result<String, SandboxError> {
        let Value::Object(record) = record else { return Err(SandboxError::Refused("no object".to_owned())) };
        make_by_hand(&self.0, realm, entity, record).map_err(refused)
    }

    fn look<T>(&self, realm: &str, look: impl FnOnce(&Company) -> T) -> Result<T, SandboxError> {
        let seen = self.0.read(|state| state.companies.get(realm).map(look));
        seen.ok_or_else(|| SandboxError::Refused(format!("no company {realm}")))
    }

    fn edit(&self, realm: &str, entity: &str, id: &str, field: &str, value: Value) -> Result<(), SandboxError> {
        let set = Record::from_iter([(field.to_owned(), value)]);
        self.command(Command::edit(realm, entity, id, set)).map(drop)
    }

    fn find(&self, realm: &str, entity: &str, id: &str) -> Result<Record, SandboxError> {
        let found = self.0.read(|state| state.companies.get(realm).and_then(|company| company.find(entity, id)));
        found.ok_or_else(|| SandboxError::Refused(format!("no {entity} {id} in {realm}")))
    }

    fn change_item(&self, realm: &str, id: &str, change: Value) -> Result<String, SandboxError> {
        let item = self.find(realm, "Item", id)?;
        let mut body = json!({"Id": id, "SyncToken": json::text(&item, "SyncToken"), "sparse": true});
        if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
            body.extend(change);
        }
        self.write(realm, "Item", body)
    }

    /// Reactivating takes the name back that the service has marked (reference 7.6).
    pub(super) fn set_active(&self, realm: &str, id: &str, active: bool) -> Result<String, SandboxError> {
        let item = self.find(realm, "Item", id)?;
        let name = json::text(&item, "Name").unwrap_or_default();
        let plain = name.split(" (deleted").next().unwrap_or(name);
        let change = if active { json!({"Active": true, "Name": plain}) } else { json!({"Active": false}) };
        self.change_item(realm, id, change)
    }

    fn close_books(&self, realm: &str, day: Option<NaiveDate>) -> Result<String, SandboxError> {
        let preferences = self.find(realm, "Preferences", "1")?;
        let mut accounting = preferences.get("AccountingInfoPrefs").cloned().unwrap_or_else(|| json!({}));
        if let Some(accounting) = accounting.as_object_mut() {
            accounting.remove("BookCloseDate");
            if let Some(day) = day {
                accounting.insert("BookCloseDate".to_owned(), day.to_string().into());
            }
        }
        self.edit(realm, "Preferences", "1", "AccountingInfoPrefs", accounting)?;
        Ok(String::new())
    }

    fn send_webhooks(&self, to: Url, key: &SecretString, format: Option<&str>) -> Result<String, SandboxError> {
        let known = format.map(|format| serde_json::from_value::<Format>(format.into())).transpose();
        let format = known.map_err(|error| SandboxError::Refused(error.to_string()))?;
        let key = Some(key.expose_secret().to_owned());
        self.command(Command::Webhooks { to: Some(to), key, format, retry_ms: None, patience_ms: None })
    }

    /// The edition, and the setting that goes with it (reference 9.7, 9.8, 15.11).
    fn set_inventory(&self, realm: &str, on: bool) -> Result<String, SandboxError> {
        let mut products = self.find(realm, "Preferences", "1")?.remove("ProductAndServicesPrefs").unwrap_or_default();
        products["QuantityOnHand"] = on.into();
        self.edit(realm, "Preferences", "1", "ProductAndServicesPrefs", products)?;
        self.command(Command::CompanyRules {
            realm: realm.to_owned(),
            quantity_updates: None,
            offering: Some(if on { WITH_INVENTORY } else { WITHOUT_INVENTORY }.to_owned()),
            subscription: None,
        })
    }

    fn command(&self, command: Command) -> Result<String, SandboxError> {
        command.run(&self.0).map(|_| String::new()).map_err(SandboxError::Refused)
    }
}

fn refused(fault: Fault) -> SandboxError {
    SandboxError::Refused(format!("{} {}: {}", fault.code, fault.message, fault.detail))
}

fn item(
    name: &str,
    sku: Option<&str>,
    kind: ItemKind,
    price: Decimal,
    cost: Decimal,
    quantity: Decimal,
) -> Result<Value, SandboxError> {
    let account = |id: &str| json!({"value": id});
    let mut item = json!({
        "Name": name, "UnitPrice": number(price), "PurchaseCost": number(cost), "IncomeAccountRef": account(INCOME),
    });
    if let Some(sku) = sku {
        item["Sku"] = sku.into();
    }
    match kind {
        ItemKind::Inventory => {
            item["Type"] = "Inventory".into();
            item["TrackQtyOnHand"] = true.into();
            item["QtyOnHand"] = number(quantity);
            item["InvStartDate"] = START.into();
            item["AssetAccountRef"] = account(ASSET);
            item["ExpenseAccountRef"] = account(COST_OF_GOODS);
        }
        ItemKind::NonInventory => item["Type"] = "NonInventory".into(),
        ItemKind::Service => item["Type"] = "Service".into(),
        _ => return Err(SandboxError::Unsupported("add items of this kind")),
    }
    Ok(item)
}

/// A JSON number with the same digits.
fn number(number: Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or_default()
}

/// The fault in this sandbox's words, and whether the call is done first.
fn action(trouble: Trouble) -> (Action, bool) {
    match trouble {
        Trouble::TooManyRequests { retry_after } => {
            (Action::Status { status: 429, retry_after: retry_after.map(u64::from), body: None }, false)
        }
        Trouble::Status { status, committed } => (Action::Status { status, retry_after: None, body: None }, committed),
        Trouble::Reset { committed } => (Action::Reset, committed),
        // Half of nothing is an empty answer; the call is done where its half is sent.
        Trouble::CutOff { committed: true } => (Action::CutOff, true),
        Trouble::CutOff { committed: false } => (Action::HalfOfNothing, false),
        Trouble::Html { committed } => (Action::Html, committed),
        Trouble::OkWithFault => (Action::Fault { code: 10000, detail: None, status: None }, false),
        Trouble::Slow { pause, committed } => {
            let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            if committed { (Action::Slow { milliseconds }, true) } else { (Action::Late { milliseconds }, false) }
        }
        Trouble::TokenExpired => (Action::Status { status: 401, retry_after: None, body: None }, false),
        Trouble::PagesShift => (Action::PagesShift, false),
    }
}
