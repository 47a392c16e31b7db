//! What a document becomes here: a sale, its lines, and what could not be matched.
//!
//! Rule: pure; nothing moves stock before all of a document was understood.

use entity::{
    Amount, CostStatus, IssueReason, IssueState, LineState, Quantity, RunId, SaleId, SaleIssueId, SaleLineId,
    SaleStatus, Timestamp,
};

use super::{
    document::{Document, label},
    model::{Channel, Sale, SaleIssue, SaleLine, Totals},
    rules::{Known, Match, Priced, match_line},
};
use crate::{ambient::Ambient, stock::model::worse, sync::Issue};

/// What all rows of a transaction share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) ambient: &'a Ambient,
    pub(super) channel: &'a Channel,
    pub(super) run: Option<RunId>,
    pub(super) by: &'a str,
    pub(super) now: Timestamp,
}

/// The sale of a document, before its lines were processed.
pub(super) fn sale(stamp: Stamp<'_>, document: &Document, priced: &Priced, stored: Option<&Sale>) -> Sale {
    let names = serde_json::to_string(&document.applies_to).ok();
    let customer = document.customer.clone();
    Sale {
        id: stored.map_or_else(|| stamp.ambient.id::<SaleId>(), |sale| sale.id),
        business_id: stamp.channel.business_id,
        channel_id: stamp.channel.id,
        document_type: document.key.kind,
        external_id: document.key.external_id.clone(),
        external_version: document.version.clone(),
        number: document.number.clone(),
        date: document.date,
        customer_id: customer.as_ref().map(|(id, _)| id.clone()),
        customer: customer.map(|(id, name)| name.unwrap_or(id)),
        status: SaleStatus::Posted,
        version: stored.map_or(0, |sale| sale.version) + 1,
        versioned_at: stamp.now,
        content_hash: document.content_hash(),
        currency: priced.currency.clone(),
        rate: priced.rate.map(|rate| rate.normalize().to_string()),
        revenue: Amount::ZERO,
        cost: Amount::ZERO,
        short_quantity: Quantity::ZERO,
        cost_status: CostStatus::Complete,
        net: priced.net,
        shipping: priced.shipping,
        open_lines: 0,
        applies_to: names.filter(|_| !document.applies_to.is_empty()),
        note: document.memo.clone(),
        external_updated_at: document.updated_at.map(Timestamp),
        run_id: stamp.run,
        created_at: stored.map_or(stamp.now, |sale| sale.created_at),
        created_by: stored.map_or_else(|| stamp.by.to_owned(), |sale| sale.created_by.clone()),
        updated_at: stamp.now,
    }
}

/// The lines of a document, matched, and the issues of those that are open.
pub(super) fn lines(
    stamp: Stamp<'_>,
    sale: &Sale,
    document: &Document,
    priced: &Priced,
    known: &Known,
) -> (Vec<SaleLine>, Vec<SaleIssue>) {
    let (mut lines, mut issues) = (Vec::with_capacity(document.lines.len()), Vec::new());
    for ((place, told), price) in (0..).zip(&document.lines).zip(&priced.lines) {
        let matched = match_line(told.item.as_deref(), known);
        let (state, product, why) = match (matched, price.quantity) {
            (Match::Good(product), Some(_)) => (LineState::Processed, Some(product), None),
            (Match::Good(_) | Match::Open(_), None) => (LineState::Inexact, None, Some(IssueReason::InexactNumber)),
            (Match::OtherProduct(product), _) => (LineState::NotFinishedGood, Some(product), None),
            (Match::NotStock, _) => (LineState::NotStock, None, None),
            (Match::Open(reason), Some(_)) => (LineState::Open, None, Some(reason)),
        };
        let line = SaleLine {
            id: stamp.ambient.id::<SaleLineId>(),
            business_id: sale.business_id,
            sale_id: sale.id,
            version: sale.version,
            position: place,
            external_id: told.external_id.clone(),
            channel_id: sale.channel_id,
            date: sale.date,
            customer: sale.customer.clone(),
            state,
            counted: false,
            product_id: product,
            item_external_id: told.item.clone(),
            bundle_external_id: told.bundle.clone(),
            description: told.description.clone(),
            quantity: price.quantity.unwrap_or(Quantity::ZERO),
            revenue: price.revenue,
            cost: Amount::ZERO,
            short_quantity: Quantity::ZERO,
            cost_status: CostStatus::Complete,
            movement_id: None,
            processed_at: None,
        };
        if let Some(reason) = why {
            issues.push(line_issue(stamp, sale, &line, reason, known));
        }
        lines.push(line);
    }
    (lines, issues)
}

/// What the counted lines come to, for the sale.
pub(super) fn settle(sale: &mut Sale, lines: &[SaleLine]) -> Option<Totals> {
    let mut totals = Totals::default();
    let mut status = CostStatus::Complete;
    for line in lines.iter().filter(|line| line.counted) {
        totals.revenue = totals.revenue.checked_add(line.revenue)?;
        totals.cost = totals.cost.checked_add(line.cost)?;
        totals.short = totals.short.checked_add(line.short_quantity)?;
        status = worse(status, line.cost_status);
    }
    (sale.revenue, sale.cost, sale.short_quantity) = (totals.revenue, totals.cost, totals.short);
    sale.cost_status = status;
    let open = lines.iter().filter(|line| is_open(line)).count();
    sale.open_lines = i32::try_from(open).unwrap_or(i32::MAX);
    Some(totals)
}

fn is_open(line: &SaleLine) -> bool {
    matches!(line.state, LineState::Open | LineState::Inexact)
}

fn line_issue(stamp: Stamp<'_>, sale: &Sale, line: &SaleLine, reason: IssueReason, known: &Known) -> SaleIssue {
    let item = line.item_external_id.as_deref().unwrap_or_default();
    let name = known.items.get(item).map(|item| item.name.clone());
    let called = name.clone().or_else(|| line.description.clone()).unwrap_or_else(|| format!("item {item}"));
    let document = capital(&label(sale.document_type, sale.number.as_deref(), &sale.external_id));
    let (message, help) = match reason {
        IssueReason::ItemUnknown => (
            format!("{document} of {} names an item that is not known here: {called} (id {item}).", sale.date),
            "Sync items (its type may be left out by the settings), then import or link it; or mark it as not stock.",
        ),
        IssueReason::InexactNumber => (
            format!("{document} of {} has a quantity of {called} that cannot be kept exactly.", sale.date),
            "Correct the quantity in the accounting system: at most 6 decimals; then sync again.",
        ),
        _ => (
            format!("{document} of {} sells {called}, which is not linked to a product.", sale.date),
            "Link the item to a finished good, import it as one, or mark it as not stock; the line is then processed at once.",
        ),
    };
    SaleIssue {
        id: stamp.ambient.id::<SaleIssueId>(),
        business_id: sale.business_id,
        channel_id: sale.channel_id,
        document_type: sale.document_type,
        external_id: sale.external_id.clone(),
        line_key: line.external_id.clone(),
        sale_id: Some(sale.id),
        sale_line_id: Some(line.id),
        number: sale.number.clone(),
        date: Some(sale.date),
        reason,
        item_external_id: line.item_external_id.clone(),
        label: Some(called),
        message,
        help: help.to_owned(),
        state: IssueState::Open,
        run_id: stamp.run,
        opened_at: stamp.now,
        closed_at: None,
        closed_by: None,
    }
}

/// The issue of a document that could not be processed at all.
pub(super) fn document_issue(
    stamp: Stamp<'_>,
    document: &Document,
    reason: IssueReason,
    (why, help): (&str, &str),
) -> SaleIssue {
    SaleIssue {
        id: stamp.ambient.id::<SaleIssueId>(),
        business_id: stamp.channel.business_id,
        channel_id: stamp.channel.id,
        document_type: document.key.kind,
        external_id: document.key.external_id.clone(),
        line_key: String::new(),
        sale_id: None,
        sale_line_id: None,
        number: document.number.clone(),
        date: Some(document.date),
        reason,
        item_external_id: None,
        label: Some(document.label()),
        message: format!("{} of {}: {why}", capital(&document.label()), document.date),
        help: help.to_owned(),
        state: IssueState::Open,
        run_id: stamp.run,
        opened_at: stamp.now,
        closed_at: None,
        closed_by: None,
    }
}

/// An issue as the run tells it.
pub(super) fn told(issue: &SaleIssue) -> Issue {
    let reason = serde_json::to_value(issue.reason).ok();
    Issue {
        severity: entity::Severity::Warning,
        reason: reason.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned(),
        message: issue.message.clone(),
        help: Some(issue.help.clone()),
        external_id: Some(issue.external_id.clone()),
        label: issue.number.clone().or_else(|| issue.label.clone()),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
