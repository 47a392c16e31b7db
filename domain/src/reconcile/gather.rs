//! Gathers both sides, sorts them, and makes rows of what was found.
//!
//! Rule: our side is read before and after theirs; when it changed meanwhile both are read again, so that a document is
//! never seen on one side alone because it was posted in between.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{AccountClass, AccountRole, Amount, InventoryMode, ProductId, Quantity};
use providers::{Provider, model::RecordRef};

use super::{
    legs::{self, Whose},
    model::{Facts, Found, FoundLine, ItemRow, Leg, Line, LinkedItem, Reconciliation},
    remote::{self, Theirs},
    rules, store,
};
use crate::{
    ambient::Ambient,
    business,
    catalog::references,
    error::{Error, ErrorCode, Refusal, Result},
    export,
    integration::{Integration, Integrations},
    money::Currency,
    store::Db,
};

/// How often both sides are read until nothing changes meanwhile.
const TRIES: usize = 3;

/// What a reconciliation becomes.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) found: Found,
    pub(super) accounts: BTreeMap<String, String>,
    pub(super) lines: Vec<Line>,
    pub(super) items: Vec<ItemRow>,
}

/// Everything that is needed.
pub(super) struct Gather<'a> {
    pub(super) db: &'a Db,
    pub(super) ambient: &'a Ambient,
    pub(super) integrations: &'a Integrations,
}

/// Our side.
struct Ours {
    legs: Vec<Leg>,
    first: Option<chrono::NaiveDate>,
    items: HashMap<ProductId, LinkedItem>,
    products: HashMap<ProductId, String>,
    named: Vec<store::Named>,
}

impl Gather<'_> {
    /// Reads and sorts.
    ///
    /// # Errors
    /// A refusal that says what to do; the database.
    pub(super) async fn reconcile(&self, row: &Reconciliation) -> Result<Outcome> {
        let integration = self.integrations.get(row.business_id, row.integration_id).await?;
        let accounts = self.accounts(row, &integration).await?;
        for _ in 0..TRIES {
            let before = store::print(self.db.connection(), row.business_id).await?;
            let ours = self.ours(row).await?;
            let theirs = self.theirs(row, &integration, &accounts, &ours).await?;
            if store::print(self.db.connection(), row.business_id).await? == before {
                return self.sort(row, &integration, accounts, ours, theirs).await;
            }
        }
        Err(Refusal::new(
            ErrorCode::InvalidState,
            "Documents were made or posted all the while, so the sides never matched.",
        )
        .help("Reconcile again in a quiet moment, or at the end of yesterday.")
        .into())
    }

    /// The inventory accounts: those that were chosen, or those that keep the items' stock and, where stock is kept here,
    /// those that documents are posted to.
    async fn accounts(&self, row: &Reconciliation, integration: &Integration) -> Result<BTreeMap<String, String>> {
        let chosen = super::service::account_names(row);
        if !chosen.is_empty() {
            return Ok(chosen.into_iter().collect());
        }
        let connection = self.db.connection();
        let linked = store::linked(connection, row.business_id, row.integration_id).await?;
        let mut ids: BTreeSet<String> = linked.into_iter().filter_map(|row| row.asset_account).collect();
        if row.mode == InventoryMode::SelfManaged {
            let of_stock = [AccountRole::BuildDebit, AccountRole::BuildCredit, AccountRole::ReceivingDebit];
            let roles = export::chosen_accounts(connection, row.business_id, integration.id).await?;
            ids.extend(roles.into_iter().filter(|row| of_stock.contains(&row.role)).map(|row| row.external_id));
        }
        let keys: Vec<_> = ids.into_iter().map(|id| (integration.id, id)).collect();
        let found = references::store::accounts_by_external_ids(connection, row.business_id, &keys).await?;
        let assets = found.into_iter().filter(|account| account.class == AccountClass::Asset);
        let accounts: BTreeMap<String, String> = assets.map(|row| (row.external_id, row.name)).collect();
        if accounts.is_empty() {
            return Err(Refusal::new(
                ErrorCode::AccountNotConfigured,
                "No inventory account is known to reconcile with.",
            )
            .help("Sync the items and link products, choose the accounts in the integration's settings, or name them.")
            .into());
        }
        Ok(accounts)
    }

    async fn ours(&self, row: &Reconciliation) -> Result<Ours> {
        let connection = self.db.connection();
        let (business, integration) = (row.business_id, row.integration_id);
        let whose = Whose { business, integration, mode: row.mode, on: row.on_day };
        let (legs, first) = legs::legs(connection, whose).await?;
        let linked = store::linked(connection, business, integration).await?;
        let item = |row: store::Linked| {
            (row.product_id, LinkedItem { external_id: row.external_id, asset_account: row.asset_account })
        };
        Ok(Ours {
            legs,
            first,
            items: linked.into_iter().map(item).collect(),
            products: store::product_names(connection, business).await?,
            named: store::items_named(connection, business, integration).await?,
        })
    }

    async fn theirs(
        &self,
        row: &Reconciliation,
        integration: &Integration,
        accounts: &BTreeMap<String, String>,
        ours: &Ours,
    ) -> Result<Theirs> {
        let ids: BTreeSet<String> = accounts.keys().cloned().collect();
        let from = ours.first.unwrap_or(row.on_day);
        let assets: HashMap<&str, Option<&str>> =
            ours.named.iter().map(|row| (row.external_id.as_str(), row.asset_account.as_deref())).collect();
        // An item that was never synced is taken for one whose stock is counted here.
        let counted = |item: &str| assets.get(item).is_none_or(|asset| asset.is_none_or(|asset| ids.contains(asset)));
        remote::read(self.integrations, integration, row.id, &ids, (from, row.on_day), counted).await
    }

    async fn sort(
        &self,
        row: &Reconciliation,
        integration: &Integration,
        accounts: BTreeMap<String, String>,
        ours: Ours,
        theirs: Theirs,
    ) -> Result<Outcome> {
        let code = business::home_currency(self.db, row.business_id).await?;
        let currency = Currency::parse(&code)
            .ok_or_else(|| Error::Internal(format!("{code:?} is no currency of the business")))?;
        let facts = Facts {
            currency,
            on: row.on_day,
            from: ours.first.unwrap_or(row.on_day),
            accounts: accounts.keys().cloned().collect(),
            legs: ours.legs,
            items: ours.items,
            products: ours.products,
            item_names: ours.named.into_iter().map(|row| (row.external_id, row.name)).collect(),
            lines: theirs.lines,
            before: theirs.before,
            balance_before: theirs.balance_before,
            balance: theirs.balance,
        };
        let found = rules::classify(&facts)?;
        let provider = self.integrations.providers().get(&integration.provider)?;
        let lines = self.lines(row, integration, &*provider, &found);
        let items = self.items(row, &facts, &found, theirs.items.as_ref())?;
        Ok(Outcome { found, accounts, lines, items })
    }

    fn lines(
        &self,
        row: &Reconciliation,
        integration: &Integration,
        provider: &dyn Provider,
        found: &Found,
    ) -> Vec<Line> {
        let url = |line: &FoundLine| {
            let external = line.external.as_ref()?;
            let record = RecordRef { kind: external.kind?, external_id: external.id.clone()? };
            provider.document_url(integration.company_external_id.as_deref()?, &record).map(String::from)
        };
        let line = |(place, line): (usize, &FoundLine)| Line {
            id: self.ambient.id(),
            business_id: row.business_id,
            reconciliation_id: row.id,
            position: i64::try_from(place).unwrap_or(i64::MAX),
            class: line.class,
            amount: line.amount,
            label: line.label.clone(),
            reason: line.reason.clone(),
            help: line.help.clone(),
            on_day: line.date,
            product_id: line.product,
            source: line.record.map(|(source, _)| source),
            document_id: line.record.map(|(_, id)| id),
            export_id: line.export,
            external_kind: line.external.as_ref().map(|external| external.label.clone()),
            external_id: line.external.as_ref().and_then(|external| external.id.clone()),
            external_number: line.external.as_ref().and_then(|external| external.number.clone()),
            external_item: line.external.as_ref().and_then(|external| external.item.clone()),
            url: url(line),
            ours: line.ours,
            theirs: line.theirs,
        };
        found.lines.iter().enumerate().map(line).collect()
    }

    /// Every product with stock, a link or a difference in value, by name.
    fn items(
        &self,
        row: &Reconciliation,
        facts: &Facts,
        found: &Found,
        theirs: Option<&BTreeMap<String, super::model::Held>>,
    ) -> Result<Vec<ItemRow>> {
        let mut sums: BTreeMap<ProductId, (i64, i64)> = facts.items.keys().map(|product| (*product, (0, 0))).collect();
        sums.extend(found.parity.keys().filter(|product| !facts.items.contains_key(product)).map(|id| (*id, (0, 0))));
        for part in facts.legs.iter().flat_map(|leg| &leg.parts) {
            let (quantity, value) = sums.entry(part.product).or_default();
            let too_large = || Error::Internal("a product's sum does not fit".to_owned());
            *quantity = quantity.checked_add(part.quantity.0).ok_or_else(too_large)?;
            *value = value.checked_add(part.value.0).ok_or_else(too_large)?;
        }
        let mut rows: Vec<ItemRow> = sums
            .into_iter()
            .map(|(product, (quantity, value))| {
                let item = facts.items.get(&product);
                let held = theirs.zip(item).map(|(all, item)| all.get(&item.external_id).copied().unwrap_or_default());
                ItemRow {
                    id: self.ambient.id(),
                    business_id: row.business_id,
                    reconciliation_id: row.id,
                    position: 0,
                    product_id: product,
                    external_item: item.map(|item| item.external_id.clone()),
                    asset_account: item.and_then(|item| item.asset_account.clone()),
                    name: facts.products.get(&product).cloned().unwrap_or_else(|| product.to_string()),
                    our_quantity: Quantity(quantity),
                    our_value: Amount(value),
                    their_quantity: held.map(|held| held.quantity),
                    their_value: held.map(|held| held.value),
                    parity: found.parity.get(&product).copied().unwrap_or_default(),
                }
            })
            .collect();
        rows.sort_by_key(|row| row.name.to_lowercase());
        for (place, row) in rows.iter_mut().enumerate() {
            row.position = i64::try_from(place).unwrap_or(i64::MAX);
        }
        Ok(rows)
    }
}
