//! Lines that wait for their item: processed as soon as somebody says which product it is (behaviour 3.19).
//!
//! Rule: a line waits by itself; its document is not read again. What still cannot be matched goes on waiting.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{IssueState, LineState, SaleChange, SaleId, SaleLineId, SaleStatus};

use super::{
    ledger,
    model::{Sale, SaleLine},
    process::{Desk, Done, too_large, version},
    rules::{Known, Match, match_line},
    store::{self, Closing},
};
use crate::{
    ambient::Ambient,
    business::Actor,
    error::Result,
    integration,
    stock::{ledger::Ledger, model::worse, rules::explain},
    store::WriteTx,
};

/// Lines of one transaction.
const PAGE: u64 = 500;
/// Transactions' worth of lines that are tried when an item is linked; more wait for the next sync.
const PAGES_MAX: usize = 20;

/// Where a line stands in the order of lines.
pub(super) type Place = (NaiveDate, SaleLineId);

/// Which lines to try.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'a> {
    /// All, after this one.
    All(Option<Place>),
    /// Those of these items, after this one.
    Items(&'a [String], Option<Place>),
}

impl Desk {
    /// Tries the next lines. Answers where to go on, if there are more.
    pub(super) async fn retry(&self, tx: &WriteTx, which: Which<'_>) -> Result<(Done, Option<Place>)> {
        let (items, after) = match which {
            Which::All(after) => (None, after),
            Which::Items(items, after) => (Some(items), after),
        };
        let lines = store::open_lines(tx.connection(), self.place(), items, after, PAGE).await?;
        let last = (lines.len() as u64 == PAGE).then(|| lines.last().map(|line| (line.date, line.id))).flatten();
        let wanted: BTreeSet<String> = lines.iter().filter_map(|line| line.item_external_id.clone()).collect();
        let known = self.known_of(tx, &wanted).await?;
        let matched: Vec<SaleLine> = lines.into_iter().filter_map(|line| rematch(line, &known)).collect();
        if matched.is_empty() {
            return Ok((Done::default(), last));
        }
        let done = self.settle_lines(tx, matched).await?;
        Ok((done, last))
    }

    async fn settle_lines(&self, tx: &WriteTx, mut lines: Vec<SaleLine>) -> Result<Done> {
        let mut sales = store::sales_by_lines(tx.connection(), self.channel.business_id, &lines).await?;
        let ledger = Ledger::open(tx, &self.ambient, &self.writer()).await?;
        let closed = ledger.opened.closed_before;
        drop(ledger);
        lines.retain(|line| {
            let counts = |sale: &Sale| sale.status == SaleStatus::Posted && sale.version == line.version;
            sales.get(&line.sale_id).is_some_and(counts) && closed.is_none_or(|closed| line.date >= closed)
        });
        self.move_stock(tx, &sales, &mut lines).await?;
        let mut touched: BTreeSet<SaleId> = BTreeSet::new();
        for line in &lines {
            if let Some(sale) = sales.get_mut(&line.sale_id) {
                add(sale, line)?;
                sale.updated_at = self.ambient.now();
                touched.insert(sale.id);
            }
        }
        let sales: Vec<Sale> = touched.iter().filter_map(|id| sales.remove(id)).collect();
        let versions: Vec<_> = sales.iter().map(|sale| version(sale, SaleChange::Created, &self.by, None)).collect();
        store::put_sales(tx.connection(), &sales).await?;
        store::put_versions(tx.connection(), &versions).await?;
        store::put_lines(tx.connection(), &lines).await?;
        let ids: Vec<SaleLineId> = lines.iter().map(|line| line.id).collect();
        let (business, channel) = self.place();
        let closing = Closing { business, channel, state: IssueState::Resolved, at: self.ambient.now(), by: &self.by };
        store::close_of_lines(tx.connection(), &closing, &ids).await?;
        let short = lines.iter().filter(|line| line.short_quantity.0 > 0).count();
        Ok(Done {
            lines_retried: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            shortages: i64::try_from(short).unwrap_or(i64::MAX),
            ..Done::default()
        })
    }

    /// Lines that only sell go together; a document with one that takes back goes by itself.
    async fn move_stock(&self, tx: &WriteTx, sales: &HashMap<SaleId, Sale>, lines: &mut [SaleLine]) -> Result<()> {
        let mut rest = lines;
        while !rest.is_empty() {
            let plain = rest.iter().take_while(|line| line.quantity.0 >= 0).count();
            let first = rest[0].sale_id;
            let size = if plain > 0 { plain } else { rest.iter().take_while(|line| line.sale_id == first).count() };
            let (now, later) = rest.split_at_mut(size);
            let mut ledger = Ledger::open(tx, &self.ambient, &self.writer()).await?;
            let named = match sales.get(&first) {
                Some(sale) if plain == 0 => self.named(tx, &mut ledger, (sale, now)).await?,
                _ => Vec::new(),
            };
            let needs = ledger::needs(&ledger, now);
            ledger.load(&needs).await?;
            for group in now.chunk_by_mut(|one, other| one.sale_id == other.sale_id) {
                let Some(sale) = sales.get(&group[0].sale_id) else { continue };
                let processed = ledger::process(&mut ledger.book, sale, group, &named);
                processed.map_err(|error| explain(&error, &ledger.book))?;
            }
            ledger.write().await?;
            rest = later;
        }
        Ok(())
    }
}

/// The line as it is matched now; nothing where it still waits.
fn rematch(line: SaleLine, known: &Known) -> Option<SaleLine> {
    let (state, product_id) = match match_line(line.item_external_id.as_deref(), known) {
        Match::Good(product) => (LineState::Processed, Some(product)),
        Match::OtherProduct(product) => (LineState::NotFinishedGood, Some(product)),
        Match::NotStock => (LineState::NotStock, None),
        Match::Open(_) => return None,
    };
    Some(SaleLine { state, product_id, ..line })
}

/// Adds to a sale what a line came to.
fn add(sale: &mut Sale, line: &SaleLine) -> Result<()> {
    sale.open_lines = (sale.open_lines - 1).max(0);
    if !line.counted {
        return Ok(());
    }
    sale.revenue = sale.revenue.checked_add(line.revenue).ok_or_else(too_large)?;
    sale.cost = sale.cost.checked_add(line.cost).ok_or_else(too_large)?;
    sale.short_quantity = sale.short_quantity.checked_add(line.short_quantity).ok_or_else(too_large)?;
    sale.cost_status = worse(sale.cost_status, line.cost_status);
    Ok(())
}

/// Items were linked: what waited for them is processed at once, in the transaction that links them.
pub(crate) async fn items_linked(
    tx: &WriteTx,
    ambient: &Ambient,
    actor: &Actor,
    items: &[(entity::IntegrationId, String)],
) -> Result<()> {
    let integrations: BTreeSet<_> = items.iter().map(|(integration, _)| *integration).collect();
    for id in integrations {
        let of_it = items.iter().filter(|(integration, _)| *integration == id);
        let external: Vec<String> = of_it.map(|(_, item)| item.clone()).collect();
        let Some(desk) = desk(tx, ambient, actor, id).await? else { continue };
        for chunk in external.chunks(500) {
            desk.retry_items(tx, chunk).await?;
        }
    }
    Ok(())
}

/// The desk of a user at an integration's channel; none without one.
pub(super) async fn desk(
    tx: &WriteTx,
    ambient: &Ambient,
    actor: &Actor,
    id: entity::IntegrationId,
) -> Result<Option<Desk>> {
    let channel = store::channel_of(tx.connection(), actor.business, id).await?;
    let integration = integration::store::find(tx.connection(), actor.business, id).await?;
    Ok(channel.zip(integration).map(|(channel, integration)| Desk {
        ambient: ambient.clone(),
        channel,
        home: integration.company_currency.clone().unwrap_or_else(|| actor.currency.clone()),
        integration,
        run: None,
        by: actor.subject.clone(),
    }))
}

impl Desk {
    pub(super) async fn retry_items(&self, tx: &WriteTx, items: &[String]) -> Result<()> {
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let (_, last) = self.retry(tx, Which::Items(items, after)).await?;
            match last {
                Some(place) => after = Some(place),
                None => return Ok(()),
            }
        }
        Ok(())
    }
}
