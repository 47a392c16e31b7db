//! Gathers the facts of a plan: a handful of statements, however many lines the document has.

use std::collections::{BTreeSet, HashMap};

use entity::{AccountRole, ExportId, ExportKind, ExportState, InventoryMode, ProductId};

use super::{
    document::{self, Naming},
    draft::Draft,
    model::{ChosenAccount, Document, DocumentRef, Export, Plan},
    rules::{self, Facts, Group, Overrides},
    store,
};
use crate::{
    business::Actor,
    catalog::{Account, Item, Product, products, references},
    error::{Error, ErrorCode, Refusal, Result},
    integration::{self, Integration, Integrations},
    money::Currency,
    store::Connection,
};

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A document, as its state says.
    Document(DocumentRef),
    /// An export that there is.
    Export(ExportId),
}

/// A plan with the row it belongs to and where it would go.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) row: Option<Export>,
    pub(super) integration: Integration,
    pub(super) document: Document,
}

/// The plan of a target, with everything that stands in the way.
///
/// # Errors
/// `NOT_FOUND`; `INVALID_STATE` when there is nothing to export, or nowhere to export it to.
pub(super) async fn plan(
    connection: &impl Connection,
    integrations: &Integrations,
    (business, currency): (entity::BusinessId, &str),
    target: Target,
) -> Result<Planned> {
    plan_in(connection, integrations, (business, currency), target, None).await
}

/// As [`plan()`], in a mode that the integration may not be in.
pub(super) async fn plan_in(
    connection: &impl Connection,
    integrations: &Integrations,
    (business, currency): (entity::BusinessId, &str),
    target: Target,
    mode: Option<InventoryMode>,
) -> Result<Planned> {
    let (record, kind, rows) = match target {
        Target::Document(record) => (record, None, store::of_documents(connection, business, &[record.id()]).await?),
        Target::Export(id) => {
            let found = store::find(connection, business, id).await?;
            let row = found.ok_or_else(|| Refusal::not_found("export", id))?;
            (DocumentRef::of(&row), Some(row.kind), vec![row])
        }
    };
    let integration = destination(connection, business, &rows, kind).await?;
    // Another business's document is not found, whether or not there is somewhere to export to.
    let prefix = integration.as_ref().map_or("SB", |integration| integration.document_prefix.as_str());
    let naming = Naming { business, prefix, rows: &rows, kind };
    let mut document = document::load(connection, &naming, record).await?;
    if document.kind == ExportKind::Reversal {
        document.posted = in_the_books(connection, business, record).await?;
    }
    let mut integration = integration.clone().ok_or_else(|| {
        Refusal::new(ErrorCode::InvalidState, "There is no accounting system to export to.")
            .help("Connect one on the integrations page.")
    })?;
    integration.inventory_mode = mode.unwrap_or(integration.inventory_mode);
    if let Some(posted) = &document.posted {
        // What was posted in one mode is taken back in it, whatever the mode is today.
        integration.inventory_mode = posted.mode();
    }
    let row = naming.row(document.kind).cloned();
    let capability = integrations.capability(&integration)?;
    let chosen = store::chosen(connection, business, &[integration.id]).await?;
    let chosen: HashMap<AccountRole, ChosenAccount> = chosen.into_iter().map(|row| (row.role, row)).collect();
    let overrides = Overrides::new(store::overrides(connection, business, &[integration.id]).await?);
    let Goods { names, groups, items } = goods(connection, &integration, &document).await?;
    let known = chosen.values().chain(overrides.accounts()).map(|row| row.external_id.clone());
    let of_items = items.values().filter_map(|item| item.asset_account.clone());
    let posted = document.posted.iter().flat_map(Draft::accounts).map(str::to_owned);
    let accounts = accounts(connection, &integration, known.chain(of_items).chain(posted).collect()).await?;
    let currency = Currency::parse(currency)
        .ok_or_else(|| Error::Internal(format!("{currency:?} is no currency of the business")))?;
    let facts = Facts {
        integration: &integration,
        capability,
        currency,
        document: &document,
        chosen: &chosen,
        overrides: &overrides,
        groups: &groups,
        accounts: &accounts,
        products: &names,
        items: &items,
    };
    let mut plan = rules::plan_of(&facts)?;
    plan.export = row.as_ref().map(|row| row.id);
    Ok(Planned { plan, row, integration, document })
}

/// As [`plan`], for whoever asks.
pub(super) async fn plan_for(
    connection: &impl Connection,
    integrations: &Integrations,
    actor: &Actor,
    target: Target,
) -> Result<Planned> {
    plan(connection, integrations, (actor.business, &actor.currency), target).await
}

/// Where it goes: where its row says, else the business's accounting system.
async fn destination(
    connection: &impl Connection,
    business: entity::BusinessId,
    rows: &[Export],
    kind: Option<ExportKind>,
) -> Result<Option<Integration>> {
    let row = rows.iter().find(|row| kind.is_none_or(|kind| row.kind == kind));
    match row {
        Some(row) => Ok(integration::store::find(connection, business, row.integration_id).await?),
        None => integration::for_exports(connection, business).await,
    }
}

/// What of a document is in the books, where it is.
async fn in_the_books(
    connection: &impl Connection,
    business: entity::BusinessId,
    record: DocumentRef,
) -> Result<Option<Draft>> {
    let rows = store::of_documents(connection, business, &[record.id()]).await?;
    let posted = rows.iter().find(|row| row.kind != ExportKind::Reversal && row.state == ExportState::Synced);
    Ok(posted.and_then(|row| Draft::from_json(row.draft.as_ref()?)))
}

/// A document's products.
struct Goods {
    names: HashMap<ProductId, String>,
    groups: HashMap<ProductId, Group>,
    /// The items that they are linked to there.
    items: HashMap<ProductId, Item>,
}

async fn goods(connection: &impl Connection, integration: &Integration, document: &Document) -> Result<Goods> {
    let ids: BTreeSet<ProductId> = document.lines.iter().map(|line| line.product).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    let found = products::store::by_ids(connection, integration.business_id, &ids).await?;
    let group = |row: &Product| Group { kind: row.kind, category: row.category.clone() };
    let groups = found.iter().map(|row| (row.id, group(row))).collect();
    let names = found.into_iter().map(|row| (row.id, row.name)).collect();
    let linked = products::store::items_of_products(connection, integration.business_id, &ids).await?;
    let here = linked.into_iter().filter(|(link, _)| link.integration_id == integration.id);
    let items = here.filter_map(|(link, item)| Some((link.product_id, item?))).collect();
    Ok(Goods { names, groups, items })
}

/// Accounts as they are now, by external id.
async fn accounts(
    connection: &impl Connection,
    integration: &Integration,
    ids: BTreeSet<String>,
) -> Result<HashMap<String, Account>> {
    let keys: Vec<_> = ids.into_iter().map(|id| (integration.id, id)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = references::store::accounts_by_external_ids(connection, integration.business_id, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.external_id.clone(), row)).collect())
}
