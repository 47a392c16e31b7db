//! A transaction on the ledger: opens the book, loads what is needed, writes what came of it.
//!
//! Rule: opening locks the business's book row, so nobody else writes to its ledger until the transaction ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{BusinessId, CostStatus, EntryId, LotId, LotSource, MovementId, MovementKind, ProductId, Quantity, RunId};

use super::{
    book::{Book, BookError, Effects, Ids, Stamp, Unseen},
    history::Debt,
    model::{Entry, History, Movement, OpenDraw},
    rules,
    store::{self, Opened},
};
use crate::{
    ambient::Ambient,
    catalog::{day_in, products},
    error::{Refusal, Result},
    money::Amount,
    store::WriteTx,
};

/// A transaction on the ledger.
pub(crate) struct Ledger<'a> {
    tx: &'a WriteTx,
    /// The book.
    pub(crate) book: Book,
    /// What the business's book row says.
    pub(crate) opened: Opened,
}

/// Who writes.
pub(crate) struct Writer<'a> {
    pub(crate) business: BusinessId,
    pub(crate) by: &'a str,
    pub(crate) run: Option<RunId>,
    /// Numbers of receipts and builds to reserve.
    pub(crate) numbers: (i64, i64),
}

impl<'a> Writer<'a> {
    /// A writer that numbers no documents.
    pub(crate) fn new(business: BusinessId, by: &'a str) -> Self {
        Self { business, by, run: None, numbers: (0, 0) }
    }
}

impl<'a> Ledger<'a> {
    /// Locks the book and opens it.
    pub(crate) async fn open(tx: &'a WriteTx, ambient: &Ambient, writer: &Writer<'_>) -> Result<Self> {
        let now = ambient.now();
        let opened = store::open(tx.connection(), writer.business, now, writer.numbers).await?;
        let opened = opened.ok_or_else(|| Refusal::not_found("business", writer.business))?;
        let stamp = Stamp {
            business: writer.business,
            recorded_at: opened.last_recorded_at,
            recorded_by: writer.by.to_owned(),
            run: writer.run,
            lots: opened.lots,
            settle: opened.settle_shortages,
            today: day_in(now, &opened.time_zone),
            closed_before: opened.closed_before,
        };
        let book = Book::new(stamp, Ids::from(ambient.id()));
        Ok(Self { tx, book, opened })
    }

    fn business(&self) -> BusinessId {
        self.book.stamp.business
    }

    /// Whether an accounting system is connected, so that documents are to be exported.
    pub(crate) fn is_connected(&self) -> bool {
        self.opened.connected
    }

    /// The business date of a document: today if none is given.
    ///
    /// # Errors
    /// `PERIOD_CLOSED` before the closed date, `VALIDATION` after today.
    pub(crate) fn date(&self, asked: Option<NaiveDate>) -> Result<NaiveDate> {
        Ok(rules::check_date(asked, &self.book.stamp)?)
    }

    /// Loads products with the open lots that cover their needs; those of which [`store::EVERYTHING`] is needed with
    /// their shortages.
    pub(crate) async fn load(&mut self, needs: &[(ProductId, Quantity)]) -> Result<()> {
        let mut sums: BTreeMap<ProductId, Quantity> = BTreeMap::new();
        for (product, need) in needs {
            let sum = sums.entry(*product).or_default();
            sum.0 = sum.0.saturating_add(need.0.max(0));
        }
        let ids: Vec<ProductId> = sums.keys().copied().collect();
        for product in products::store::by_ids(self.tx.connection(), self.business(), &ids).await? {
            self.book.load_product(product);
        }
        self.load_open(sums.into_iter().collect()).await
    }

    /// What to load of a product that something arrives for: what settles its shortages at once may be any lot.
    pub(crate) fn arriving(&self) -> Quantity {
        if self.book.stamp.settle { store::EVERYTHING } else { Quantity::ZERO }
    }

    /// Loads open lots of products that are in the book.
    pub(crate) async fn load_open(&mut self, mut needs: Vec<(ProductId, Quantity)>) -> Result<()> {
        needs.retain(|(product, _)| self.book.product(*product).is_some());
        if !self.book.stamp.lots || needs.is_empty() {
            return Ok(());
        }
        let lots = store::open_lots(self.tx.connection(), self.business(), &needs).await?;
        self.add_lots(lots)?;
        let uncertain: Vec<ProductId> = needs.iter().map(|(id, _)| *id).filter(|id| self.is_uncertain(*id)).collect();
        if uncertain.is_empty() {
            return Ok(());
        }
        for (product, all) in store::unseen(self.tx.connection(), self.business(), &uncertain).await? {
            let seen = self.book.uncertain(product);
            let unseen = Unseen {
                estimated: all.estimated - seen.estimated,
                missing: all.missing - seen.missing,
                missing_quantity: all.missing_quantity - seen.missing_quantity,
                missing_value: all.missing_value - seen.missing_value,
            };
            self.book.load_unseen(product, unseen);
        }
        Ok(())
    }

    /// Whether lots that were not loaded may have an uncertain cost.
    fn is_uncertain(&self, product: ProductId) -> bool {
        let uncertain = self.book.product(product).is_some_and(|row| row.cost_status != CostStatus::Complete);
        uncertain && !self.book.is_all_loaded(product)
    }

    fn add_lots(&mut self, lots: Vec<super::model::Lot>) -> Result<()> {
        for lot in lots {
            let id = lot.id;
            self.book.load_lot(lot).map_err(|error| crate::Error::Internal(format!("lot {id}: {error}")))?;
        }
        Ok(())
    }

    /// Loads these lots, with their products.
    ///
    /// # Errors
    /// `NOT_FOUND` when the business has no such lot.
    pub(crate) async fn load_lots(&mut self, ids: &[LotId]) -> Result<()> {
        let lots = store::lots_by_ids(self.tx.connection(), self.business(), ids).await?;
        if let Some(missing) = ids.iter().find(|id| !lots.iter().any(|lot| lot.id == **id)) {
            return Err(Refusal::not_found("lot", missing).into());
        }
        let products: BTreeSet<ProductId> = lots.iter().map(|lot| lot.product_id).collect();
        let needs: Vec<_> = products.into_iter().map(|product| (product, Quantity::ZERO)).collect();
        for product in products::store::by_ids(
            self.tx.connection(),
            self.business(),
            &needs.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        )
        .await?
        {
            self.book.load_product(product);
        }
        self.add_lots(lots)?;
        self.load_open(needs).await
    }

    /// What is left of movements to take back, in the order asked for, with their products and lots.
    pub(crate) async fn histories(&mut self, movements: Vec<Movement>) -> Result<Vec<History>> {
        let connection = self.tx.connection();
        let business = self.business();
        let ids: Vec<MovementId> = movements.iter().map(|movement| movement.id).collect();
        let returned = self.returned(&movements).await?;
        let entries = store::in_movements(connection, business, &ids).await?;
        let lots: BTreeSet<LotId> = entries.iter().map(|entry| entry.lot_id).collect();
        let products: BTreeSet<ProductId> = movements.iter().map(|movement| movement.product_id).collect();
        let needs: Vec<_> = products.into_iter().map(|product| (product, Quantity::ZERO)).collect();
        self.load(&needs).await?;
        self.load_lots(&lots.iter().copied().collect::<Vec<_>>()).await?;
        // What settled a shortage is taken back with the movements that owe on it.
        let owing: BTreeSet<LotId> = entries.iter().filter(|entry| self.is_owed(entry)).map(|row| row.lot_id).collect();
        let settled = self.settled(&owing).await?;
        let more: BTreeSet<LotId> =
            settled.iter().map(|(_, entry)| entry.lot_id).filter(|id| !lots.contains(id)).collect();
        self.load_lots(&more.iter().copied().collect::<Vec<_>>()).await?;
        let paid: Vec<Entry> = settled.iter().map(|(_, entry)| entry.clone()).collect();
        let left = self.left(&[entries.as_slice(), &paid].concat()).await?;
        let mut debts = self.debts(&owing, settled, &left);
        // The last is taken back first, so it is the first to be given what is owed.
        let mut histories = Vec::with_capacity(movements.len());
        for movement in movements.into_iter().rev() {
            let returned = returned.get(&movement.id).copied().unwrap_or_default();
            let own = entries.iter().filter(|entry| entry.movement_id == movement.id);
            histories.push(self.history(movement.clone(), own, &mut debts, &left, returned)?);
        }
        histories.reverse();
        Ok(histories)
    }

    /// What settled these shortages: the shortage, and what was taken from a lot for it.
    async fn settled(&self, owing: &BTreeSet<LotId>) -> Result<Vec<(LotId, Entry)>> {
        if owing.is_empty() {
            return Ok(Vec::new());
        }
        let (connection, business) = (self.tx.connection(), self.business());
        let on_debts = store::on_lots(connection, business, &owing.iter().copied().collect::<Vec<_>>()).await?;
        let settling = on_debts.iter().filter(|entry| entry.quantity.0 > 0 && entry.reverses.is_none());
        let settling: HashMap<MovementId, LotId> = settling.map(|row| (row.movement_id, row.lot_id)).collect();
        let ids: Vec<MovementId> = settling.keys().copied().collect();
        let mut taken = store::in_movements(connection, business, &ids).await?;
        taken.retain(|entry| entry.quantity.0 < 0);
        Ok(taken.into_iter().filter_map(|entry| Some((*settling.get(&entry.movement_id)?, entry))).collect())
    }

    fn debts(
        &self,
        owing: &BTreeSet<LotId>,
        settled: Vec<(LotId, Entry)>,
        left: &HashMap<EntryId, (i64, i64)>,
    ) -> HashMap<LotId, Debt> {
        let owed = |lot: &LotId| self.book.lot(*lot).map_or(0, |lot| -lot.remaining_quantity.0);
        let mut debts: HashMap<LotId, Debt> =
            owing.iter().map(|lot| (*lot, Debt { owed: owed(lot), paid: Vec::new() })).collect();
        for (lot, entry) in settled {
            if let Some(debt) = debts.get_mut(&lot) {
                debt.paid.push(open_draw(&entry, left));
            }
        }
        debts
    }

    /// Refuses lots of which something was consumed and did not come back, also where a count has filled them up since
    /// (statement 97).
    ///
    /// # Errors
    /// `LOT_CONSUMED` naming the lot.
    pub(crate) async fn require_unused(&self, lots: &[LotId]) -> Result<()> {
        let mut taken = store::on_lots(self.tx.connection(), self.business(), lots).await?;
        taken.retain(|entry| entry.quantity.0 < 0);
        let left = self.left(&taken).await?;
        taken.retain(|entry| left.get(&entry.id).is_some_and(|(quantity, _)| *quantity > 0));
        let ids: Vec<MovementId> = taken.iter().map(|entry| entry.movement_id).collect();
        let movements = store::movements_by_ids(self.tx.connection(), self.business(), &ids).await?;
        let counted = [MovementKind::LotAdjustment, MovementKind::ReceiptCorrection];
        let is_use = |entry: &&Entry| {
            let made_by = movements.iter().find(|row| row.id == entry.movement_id);
            made_by.is_none_or(|row| !counted.contains(&row.kind))
        };
        match taken.iter().find(is_use) {
            Some(entry) => Err(rules::explain(&BookError::Consumed(entry.lot_id), &self.book)),
            None => Ok(()),
        }
    }

    /// Whether an entry owes on a shortage.
    fn is_owed(&self, entry: &Entry) -> bool {
        entry.quantity.0 < 0 && self.book.lot(entry.lot_id).is_some_and(|lot| lot.source == LotSource::Shortage)
    }

    fn history<'e>(
        &self,
        movement: Movement,
        entries: impl Iterator<Item = &'e Entry>,
        debts: &mut HashMap<LotId, Debt>,
        left: &HashMap<EntryId, (i64, i64)>,
        returned: (i64, i64),
    ) -> Result<History> {
        let (owing, own): (Vec<&Entry>, Vec<&Entry>) = entries.partition(|entry| self.is_owed(entry));
        let draws = own.into_iter().map(|entry| open_draw(entry, left)).collect();
        let shortage = owing.first().and_then(|row| Some((open_draw(row, left), debts.get_mut(&row.lot_id)?)));
        let (id, returned) = (movement.id, (Quantity(returned.0), Amount(returned.1)));
        History::gather(movement, draws, shortage, returned)
            .ok_or_else(|| crate::Error::Internal(format!("movement {id}: more came back than left")))
    }

    /// What is left of each entry, without sign: less what took it back. What takes that back again is an entry of its
    /// own, with its own rest: a unit that is gone is gone by one entry alone, so it cannot come back twice.
    async fn left(&self, entries: &[Entry]) -> Result<HashMap<EntryId, (i64, i64)>> {
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let size = |entry: &Entry| (entry.quantity.0.abs(), entry.value.0.abs());
        let mut left: HashMap<EntryId, (i64, i64)> = entries.iter().map(|entry| (entry.id, size(entry))).collect();
        for back in store::entries_of(self.tx.connection(), self.business(), &ids).await? {
            let Some(own) = back.reverses.and_then(|id| left.get_mut(&id)) else { continue };
            let (quantity, value) = size(&back);
            (own.0, own.1) = (own.0 - quantity, (own.1 - value).max(0));
        }
        Ok(left)
    }

    /// What was taken back of each movement, without sign.
    async fn returned(&self, movements: &[Movement]) -> Result<BTreeMap<MovementId, (i64, i64)>> {
        let ids: Vec<MovementId> = movements.iter().map(|row| row.id).collect();
        let mut sums: BTreeMap<MovementId, (i64, i64)> = BTreeMap::new();
        for row in store::family(self.tx.connection(), self.business(), &ids).await? {
            let Some(parent) = row.reverses else { continue };
            let sum = sums.entry(parent).or_default();
            (sum.0, sum.1) = (sum.0 + row.quantity.0.abs(), sum.1 + row.value.0.abs());
        }
        Ok(sums)
    }

    /// Writes everything that changed.
    pub(crate) async fn write(self) -> Result<Effects> {
        let effects = self.book.finish();
        store::write(self.tx.connection(), &effects).await?;
        Ok(effects)
    }
}

/// An entry with what is left of it.
fn open_draw(entry: &Entry, left: &HashMap<EntryId, (i64, i64)>) -> OpenDraw {
    let (quantity, value) = left.get(&entry.id).copied().unwrap_or_default();
    OpenDraw { entry: entry.clone(), quantity: Quantity(quantity), value: Amount(value) }
}
