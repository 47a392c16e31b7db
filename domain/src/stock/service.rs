//! Use-cases of the stock ledger: lots on, adjust, sell-like consumption and its reversal, settle, read.

use chrono::NaiveDate;
use entity::{AdjustmentReason, CostStatus, LotId, LotSource, MovementKind, ProductId, Quantity, SourceKind, UnitCost};
use uuid::Uuid;

use super::{
    ledger::{Ledger, Writer},
    model::{Arrival, AsOf, Cause, Entry, Figures, Lot, LotFilter, LotOrder, Movement, NewLot, Posted, Shortfall},
    rules, store,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    catalog::{Product, products},
    error::{ErrorCode, Refusal, Result},
    export::note,
    idempotency::RequestKey,
    integration,
    page::{Direction, Page, PageRequest},
    store::{Db, WriteTx},
    sync::require_free_lock,
};

/// Products whose lots are begun at once.
const CHUNK: u64 = 1_000;

/// The stock ledgers of all businesses.
#[derive(Debug, Clone)]
pub struct Stock {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
}

/// An adjustment of a lot or a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Quantity, with its sign.
    pub quantity: Quantity,
    /// Why.
    pub reason: AdjustmentReason,
    /// Note.
    pub note: Option<String>,
    /// Business date; today if none.
    pub effective_on: Option<NaiveDate>,
    /// What is added to a product costs this per unit; its average cost if none.
    pub unit_cost: Option<UnitCost>,
}

/// A line of a sale, or of something like it, that takes stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumption {
    /// Product.
    pub product: ProductId,
    /// Quantity.
    pub quantity: Quantity,
    /// The record.
    pub source: Uuid,
    /// Its line.
    pub line: i32,
    /// Business date.
    pub effective_on: NaiveDate,
}

impl Stock {
    /// Ledgers in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// A transaction on the actor's ledger that is refused while a run or build holds the business's lock.
    pub(super) async fn begin(&self, actor: &Actor) -> Result<WriteTx> {
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        Ok(tx)
    }

    /// Begins to keep lots: what each product has becomes one legacy lot. Enabled again, nothing changes. Answers the
    /// lots made.
    ///
    /// # Errors
    /// `Forbidden`, `SYNC_LOCKED`.
    pub async fn enable_receiving(&self, actor: &Actor) -> Result<Vec<LotId>> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        if ledger.book.stamp.lots {
            return Ok(Vec::new());
        }
        store::keep_lots(tx.connection(), actor.business).await?;
        ledger.book.stamp.lots = true;
        let today = ledger.date(None)?;
        let mut cause = Cause::new(MovementKind::Opening, today);
        cause.note = Some("Lots are kept from here on.".to_owned());
        let mut made = Vec::new();
        let mut after = None;
        loop {
            let products = store::stocked_products(tx.connection(), actor.business, after, CHUNK).await?;
            let Some(last) = products.last() else { break };
            after = Some(last.id);
            for product in products {
                let id = product.id;
                ledger.book.load_product(product);
                made.extend(ledger.book.begin_lots(id, &cause).map_err(|error| rules::explain(&error, &ledger.book))?);
            }
        }
        ledger.write().await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Refuses documents before a day from now on; `None` opens all days.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn close_before(&self, actor: &Actor, day: Option<NaiveDate>) -> Result<()> {
        actor.require(Permission::ConfigureSettings)?;
        let tx = self.db.write().await?;
        Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        store::close_before(tx.connection(), actor.business, day).await?;
        Ok(tx.commit().await?)
    }

    /// Whether what arrives settles shortages at once.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn settle_at_once(&self, actor: &Actor, settle: bool) -> Result<()> {
        actor.require(Permission::ConfigureSettings)?;
        let tx = self.db.write().await?;
        Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        store::set_settling(tx.connection(), actor.business, settle).await?;
        Ok(tx.commit().await?)
    }

    /// Settles a product's shortages from its lots, oldest first. Answers how many were touched.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`.
    pub async fn settle(&self, actor: &Actor, product: ProductId) -> Result<usize> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        ledger.load(&[(product, store::EVERYTHING)]).await?;
        let today = ledger.date(None)?;
        let settled = ledger.book.settle(product, today).map_err(|error| rules::explain(&error, &ledger.book))?;
        ledger.write().await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Adjusts one lot and the product's stock together.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `PERIOD_CLOSED`, `INVALID_QUANTITY`; `INSUFFICIENT_STOCK` when the lot
    /// holds less.
    pub async fn adjust_lot(&self, actor: &Actor, lot: LotId, adjustment: Adjustment) -> Result<Lot> {
        self.adjust_lot_once(actor, lot, adjustment, None).await
    }

    /// As [`Stock::adjust_lot`]; the same key with the same adjustment gets the lot as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Stock::adjust_lot`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn adjust_lot_once(
        &self,
        actor: &Actor,
        lot: LotId,
        adjustment: Adjustment,
        key: Option<&str>,
    ) -> Result<Lot> {
        actor.require(Permission::ManageStock)?;
        rules::check_adjustment(adjustment.quantity, adjustment.reason)?;
        let key = RequestKey::of("adjustLot", key, &(lot, &adjustment))?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        if let Some(lot) = RequestKey::made::<LotId>(key.as_ref(), &tx, actor.business).await? {
            let found = store::lots_by_ids(tx.connection(), actor.business, &[lot]).await?.pop();
            return found.ok_or_else(|| Refusal::not_found("lot", lot).into());
        }
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, lot, self.ambient.now()).await?;
        let day = ledger.date(adjustment.effective_on)?;
        ledger.load_lots(&[lot]).await?;
        let cause = Cause::new(MovementKind::LotAdjustment, day)
            .of(SourceKind::Lot, lot)
            .because(adjustment.reason, adjustment.note);
        let posted = ledger.book.adjust_lot(lot, adjustment.quantity, &cause);
        let posted = posted.map_err(|error| rules::explain(&error, &ledger.book))?;
        let adjusted = ledger.book.lot(lot).cloned();
        let name = adjusted.as_ref().map_or_else(String::new, |lot| format!("lot {}", lot.number));
        ledger.write().await?;
        let told = (name.as_str(), day, actor.subject.as_str());
        note::adjusted(&tx, &self.ambient, actor.business, posted.movement, told).await?;
        tx.commit().await?;
        adjusted.ok_or_else(|| Refusal::not_found("lot", lot).into())
    }

    /// Adjusts a product's stock: what is added becomes a lot of its own where lots are kept, what is taken goes first
    /// in, first out.
    ///
    /// # Errors
    /// As [`Stock::adjust_lot`]; `INVALID_STATE` while the accounting system owns the quantity.
    pub async fn adjust_stock(&self, actor: &Actor, product: ProductId, adjustment: Adjustment) -> Result<Product> {
        self.adjust_stock_once(actor, product, adjustment, None).await
    }

    /// As [`Stock::adjust_stock`]; the same key with the same adjustment gets the product as it is now, and nothing
    /// happens.
    ///
    /// # Errors
    /// As [`Stock::adjust_stock`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn adjust_stock_once(
        &self,
        actor: &Actor,
        product: ProductId,
        adjustment: Adjustment,
        key: Option<&str>,
    ) -> Result<Product> {
        actor.require(Permission::ManageStock)?;
        rules::check_adjustment(adjustment.quantity, adjustment.reason)?;
        let key = RequestKey::of("adjustStock", key, &(product, &adjustment))?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        if let Some(product) = RequestKey::made::<ProductId>(key.as_ref(), &tx, actor.business).await? {
            let found = products::store::by_ids(tx.connection(), actor.business, &[product]).await?.pop();
            return found.ok_or_else(|| Refusal::not_found("product", product).into());
        }
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, product, self.ambient.now()).await?;
        let day = ledger.date(adjustment.effective_on)?;
        if !ledger.book.stamp.lots && integration::has_sync_mode(&tx, actor.business).await? {
            return Err(Refusal::new(
                ErrorCode::InvalidState,
                "The accounting system owns the quantities in sync mode.",
            )
            .help("Correct the quantity there and sync, or enable receiving.")
            .into());
        }
        let taken = Quantity(adjustment.quantity.0.min(0).unsigned_abs().try_into().unwrap_or(i64::MAX));
        let need = if adjustment.quantity.0 < 0 { taken } else { ledger.arriving() };
        ledger.load(&[(product, need)]).await?;
        let cause = Cause::new(MovementKind::StockAdjustment, day)
            .of(SourceKind::Product, product)
            .because(adjustment.reason, adjustment.note.clone());
        let posted = if adjustment.quantity.0 < 0 {
            ledger.book.leave(product, taken, Shortfall::Refuse, &cause)
        } else {
            let arrival = found(&ledger, product, &adjustment, day)?;
            ledger.book.arrive(&arrival, &cause)
        };
        let posted = posted.map_err(|error| rules::explain(&error, &ledger.book))?;
        let name = ledger.book.product(product).map_or_else(String::new, |row| row.name.clone());
        let effects = ledger.write().await?;
        let told = (name.as_str(), day, actor.subject.as_str());
        note::adjusted(&tx, &self.ambient, actor.business, posted.movement, told).await?;
        tx.commit().await?;
        effects
            .products
            .into_iter()
            .find(|row| row.id == product)
            .ok_or_else(|| Refusal::not_found("product", product).into())
    }

    /// Takes stock for the lines of sales, oldest lots first; what is not there is owed. All lines or none.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `PERIOD_CLOSED`, `INVALID_QUANTITY`.
    pub async fn consume(&self, actor: &Actor, lines: &[Consumption]) -> Result<Vec<Posted>> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let posted = consume(&mut ledger, lines).await?;
        ledger.write().await?;
        tx.commit().await?;
        Ok(posted)
    }

    /// Takes back what is left of a sale's consumption: exactly the lots it names. Again, nothing happens.
    ///
    /// # Errors
    /// `Forbidden`, `SYNC_LOCKED`, `PERIOD_CLOSED`.
    pub async fn take_back(
        &self,
        actor: &Actor,
        source: Uuid,
        kind: MovementKind,
        effective_on: Option<NaiveDate>,
    ) -> Result<Vec<Posted>> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(effective_on)?;
        let movements = store::movements_of_source(tx.connection(), actor.business, source).await?;
        let gone = movements.into_iter().filter(|row| row.kind == MovementKind::Sale).collect();
        let posted = take_back(&mut ledger, gone, |row| Cause {
            line: row.source_line,
            ..Cause::new(kind, day).of(row.source_kind.unwrap_or(SourceKind::Sale), source)
        })
        .await?;
        ledger.write().await?;
        tx.commit().await?;
        Ok(posted)
    }

    /// Takes back one movement, or what is left of it; what was itself taken back is restored.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `PERIOD_CLOSED`; `INVALID_STATE` when the lots are not as they were, or when
    /// the movement is part of a receipt or build, which have their own way back.
    pub async fn reverse(&self, actor: &Actor, movement: entity::MovementId, kind: MovementKind) -> Result<Posted> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(None)?;
        let found = store::movements_by_ids(tx.connection(), actor.business, &[movement]).await?;
        let Some(row) = found.first() else { return Err(Refusal::not_found("stock movement", movement).into()) };
        rules::check_reversible(row)?;
        let mut posted = take_back(&mut ledger, found, |row| Cause {
            source: row.source_kind.zip(row.source_id),
            line: row.source_line,
            ..Cause::new(kind, day)
        })
        .await?;
        ledger.write().await?;
        tx.commit().await?;
        posted.pop().ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidState, "Nothing of that movement is left to take back.").into()
        })
    }

    /// A page of lots, oldest record first.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn lots(&self, actor: &Actor, filter: &LotFilter, request: &PageRequest) -> Result<Page<Lot>> {
        actor.require(Permission::ReadCatalog)?;
        self.lots_in_order(actor, filter, (LotOrder::CreatedAt, Direction::Ascending), request).await
    }

    /// A page of lots in an order.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn lots_in_order(
        &self,
        actor: &Actor,
        filter: &LotFilter,
        order: (LotOrder, Direction),
        request: &PageRequest,
    ) -> Result<Page<Lot>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::lots_in_order(self.db.connection(), actor.business, filter, order, request).await?)
    }

    /// How many lots match.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn count_lots(&self, actor: &Actor, filter: &LotFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_lots(self.db.connection(), actor.business, filter).await?)
    }

    /// Lots by id; unknown ones are left out.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn lots_by_ids(&self, actor: &Actor, ids: &[LotId]) -> Result<Vec<Lot>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::lots_by_ids(self.db.connection(), actor.business, ids).await?)
    }

    /// All lots of products, shortages included, in the order of consumption: for look-ups by level.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn lots_of(&self, actor: &Actor, products: &[ProductId]) -> Result<Vec<Lot>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::lots_of(self.db.connection(), actor.business, products).await?)
    }

    /// Entries of lots, in the order of recording; the negative ones are consumptions.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn entries_of_lots(&self, actor: &Actor, lots: &[LotId]) -> Result<Vec<Entry>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::on_lots(self.db.connection(), actor.business, lots).await?)
    }

    /// Entries of movements, in the order of recording: one per lot touched.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn entries_of(&self, actor: &Actor, movements: &[entity::MovementId]) -> Result<Vec<Entry>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::in_movements(self.db.connection(), actor.business, movements).await?)
    }

    /// Movements of one record, in the order of recording.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn movements_of(&self, actor: &Actor, source: Uuid) -> Result<Vec<Movement>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::movements_of_source(self.db.connection(), actor.business, source).await?)
    }

    /// Quantity, value and cost of products at a moment; of all that ever moved if none is named.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn products_at(
        &self,
        actor: &Actor,
        products: &[ProductId],
        at: AsOf,
    ) -> Result<Vec<Figures<ProductId>>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::figures_of_products(self.db.connection(), actor.business, products, at).await?)
    }

    /// What was left of lots at a moment; of all of them if none is named.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn lots_at(&self, actor: &Actor, lots: &[LotId], at: AsOf) -> Result<Vec<Figures<LotId>>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::figures_of_lots(self.db.connection(), actor.business, lots, at).await?)
    }
}

/// Takes stock for lines, in the transaction of whoever records them.
pub(crate) async fn consume(ledger: &mut Ledger<'_>, lines: &[Consumption]) -> Result<Vec<Posted>> {
    for line in lines {
        rules::check_quantity(line.quantity, &format!("Line {}", line.line + 1))?;
        ledger.date(Some(line.effective_on))?;
    }
    let needs: Vec<(ProductId, Quantity)> = lines.iter().map(|line| (line.product, line.quantity)).collect();
    ledger.load(&needs).await?;
    let mut posted = Vec::with_capacity(lines.len());
    for line in lines {
        let cause = Cause::new(MovementKind::Sale, line.effective_on).of(SourceKind::Sale, line.source).line(line.line);
        let sold = ledger.book.leave(line.product, line.quantity, Shortfall::Owe, &cause);
        posted.push(sold.map_err(|error| rules::explain(&error, &ledger.book))?);
    }
    Ok(posted)
}

/// Takes back what is left of movements, the last first; those of which nothing is left are passed over.
pub(crate) async fn take_back(
    ledger: &mut Ledger<'_>,
    movements: Vec<Movement>,
    cause: impl Fn(&Movement) -> Cause,
) -> Result<Vec<Posted>> {
    let histories = ledger.histories(movements).await?;
    let mut posted = Vec::new();
    for history in histories.iter().rev() {
        let cause = cause(&history.movement);
        match ledger.book.reverse(history, None, &cause) {
            Ok(done) => posted.push(done),
            Err(super::book::BookError::Invalid) => {}
            Err(error) => return Err(rules::explain(&error, &ledger.book)),
        }
    }
    Ok(posted)
}

/// What a positive adjustment brings.
fn found(ledger: &Ledger<'_>, product: ProductId, adjustment: &Adjustment, day: NaiveDate) -> Result<Arrival> {
    let row = ledger.book.product(product).ok_or_else(|| Refusal::not_found("product", product))?;
    let (cost, status) = match (adjustment.unit_cost, row.average_cost) {
        (Some(cost), _) => (cost, CostStatus::Complete),
        (None, Some(cost)) => (cost, CostStatus::Estimated),
        (None, None) => (UnitCost::ZERO, CostStatus::Missing),
    };
    let value = rules::check_cost(adjustment.quantity, cost, &row.name)?;
    let lot = NewLot::new(format!("ADJ-{}", day.format("%Y%m%d")), LotSource::Adjustment, day);
    Ok(Arrival { product, quantity: adjustment.quantity, value, status, lot })
}
