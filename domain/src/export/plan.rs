//! Gathers the facts of a plan: a handful of statements, however many lines the document has.

use std::collections::{BTreeSet, HashMap};

use entity::{AccountRole, ExportId, ExportKind, ProductId};

use super::{
    document::{self, Naming},
    model::{ChosenAccount, Document, DocumentRef, Export, Plan},
    rules::{self, Facts},
    store,
};
use crate::{
    business::Actor,
    catalog::{Account, Item, products, references},
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
    let document = document::load(connection, &naming, record).await?;
    let integration = integration.clone().ok_or_else(|| {
        Refusal::new(ErrorCode::InvalidState, "There is no accounting system to export to.")
            .help("Connect one on the integrations page.")
    })?;
    let row = naming.row(document.kind).cloned();
    let capability = integrations.capability(&integration)?;
    let chosen = store::chosen(connection, business, &[integration.id]).await?;
    let chosen: HashMap<AccountRole, ChosenAccount> = chosen.into_iter().map(|row| (row.role, row)).collect();
    let (names, items) = goods(connection, &integration, &document).await?;
    let accounts = accounts(connection, &integration, &chosen, &items).await?;
    let currency = Currency::parse(currency)
        .ok_or_else(|| Error::Internal(format!("{currency:?} is no currency of the business")))?;
    let facts = Facts {
        integration: &integration,
        capability,
        currency,
        document: &document,
        chosen: &chosen,
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

/// Names of the document's products, and the items they are linked to there.
async fn goods(
    connection: &impl Connection,
    integration: &Integration,
    document: &Document,
) -> Result<(HashMap<ProductId, String>, HashMap<ProductId, Item>)> {
    let ids: BTreeSet<ProductId> = document.lines.iter().map(|line| line.product).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    let found = products::store::by_ids(connection, integration.business_id, &ids).await?;
    let names = found.into_iter().map(|row| (row.id, row.name)).collect();
    let linked = products::store::items_of_products(connection, integration.business_id, &ids).await?;
    let here = linked.into_iter().filter(|(link, _)| link.integration_id == integration.id);
    Ok((names, here.filter_map(|(link, item)| Some((link.product_id, item?))).collect()))
}

/// Accounts as they are now: those chosen, and those that keep the items' stock.
async fn accounts(
    connection: &impl Connection,
    integration: &Integration,
    chosen: &HashMap<AccountRole, ChosenAccount>,
    items: &HashMap<ProductId, Item>,
) -> Result<HashMap<String, Account>> {
    let of_items = items.values().filter_map(|item| item.asset_account.clone());
    let ids: BTreeSet<String> = chosen.values().map(|row| row.external_id.clone()).chain(of_items).collect();
    let keys: Vec<_> = ids.into_iter().map(|id| (integration.id, id)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = references::store::accounts_by_external_ids(connection, integration.business_id, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.external_id.clone(), row)).collect())
}
