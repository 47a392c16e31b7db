//! A workshop for one test: a business on a database, with its stock, receipts and builds, and no gateway around them.
//!
//! Rule: the use-cases are the real ones; the test holds the clock, so every run writes the same rows.

use std::{str::FromStr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use chrono::{NaiveDate, TimeZone, Utc};
use domain::{
    Ambient, Error, Refusal,
    ambient::ManualClock,
    business::{Actor, Business, Businesses},
    catalog::{NewProduct, Product, Products},
    page::PageRequest,
    production::{BomDetails, NewBom, NewBomLine, Production},
    receiving::{LandedCost, NewSupplier, ReceiptDetails, ReceiptDraft, ReceiptLineDraft, Receiving},
    stock::{Adjustment, Consumption, Entry, Lot, LotFilter, Movement, Posted, Stock},
    store::{Db, PoolSize},
};
use entity::{
    AdjustmentReason, Amount, BusinessId, LineKind, LotId, MovementId, ProductId, ProductType, Quantity, Role,
    SupplierId, UnitCost,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::TestDatabase;

/// A workshop.
#[derive(Debug)]
pub struct Shop {
    /// The database.
    pub db: Db,
    /// Clock and randomness.
    pub ambient: Ambient,
    /// The clock.
    pub clock: Arc<ManualClock>,
    /// The owner.
    pub owner: Actor,
    /// Stock.
    pub stock: Stock,
    /// Receipts.
    pub receiving: Receiving,
    /// Builds.
    pub production: Production,
    /// Products.
    pub products: Products,
}

/// A quantity.
pub fn quantity(text: &str) -> Quantity {
    Quantity::from_decimal(Decimal::from_str(text).unwrap()).unwrap()
}

/// A cost per unit.
pub fn cost(text: &str) -> UnitCost {
    UnitCost::from_decimal(Decimal::from_str(text).unwrap()).unwrap()
}

/// An amount.
pub fn amount(text: &str) -> Amount {
    Amount::from_decimal(Decimal::from_str(text).unwrap()).unwrap()
}

/// A day of 2026.
pub fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// What a use-case refused with.
///
/// # Errors
/// When it did not refuse.
pub fn refused<T: std::fmt::Debug>(outcome: domain::Result<T>) -> Result<Refusal> {
    match outcome {
        Err(Error::Refused(refusal)) => Ok(*refusal),
        other => anyhow::bail!("not a refusal: {other:?}"),
    }
}

impl Shop {
    /// A workshop on 1 June 2026, without receiving.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open(database: &TestDatabase) -> Result<Self> {
        Self::seeded(database, 1).await
    }

    /// A workshop whose randomness begins elsewhere.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seeded(database: &TestDatabase, seed: u64) -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 6, 1, 19, 0, 0).single().context("a moment")?;
        let clock = Arc::new(ManualClock::new(start.into()));
        let ambient = Ambient::fixed(Arc::clone(&clock) as Arc<_>, seed);
        let db = Db::connect(&database.url, PoolSize::default()).await?;
        let business = ambient.id();
        Self::with(db, ambient, clock, business).await
    }

    /// Another program on the same database and business.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn another(&self, database: &TestDatabase, seed: u64) -> Result<Self> {
        let ambient = Ambient::fixed(Arc::clone(&self.clock) as Arc<_>, seed);
        let db = Db::connect(&database.url, PoolSize::default()).await?;
        Self::with(db, ambient, Arc::clone(&self.clock), self.owner.business).await
    }

    /// A workshop over the parts of a gateway.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn with(db: Db, ambient: Ambient, clock: Arc<ManualClock>, business: BusinessId) -> Result<Self> {
        let businesses = Businesses::new(db.clone(), ambient.clone());
        let row = Business {
            id: business,
            name: "Cedar & Steel".to_owned(),
            time_zone: "America/Los_Angeles".to_owned(),
            currency: "USD".to_owned(),
            receiving: false,
            sales_tracking: false,
            qa_review: false,
            created_at: ambient.now(),
        };
        businesses.ensure(row).await?;
        let owner = businesses.actor(business, "owner", Role::Owner).await?.context("a business")?;
        Ok(Self {
            stock: Stock::new(db.clone(), ambient.clone()),
            receiving: Receiving::new(db.clone(), ambient.clone()),
            production: Production::new(db.clone(), ambient.clone()),
            products: Products::new(db.clone(), ambient.clone()),
            db,
            ambient,
            clock,
            owner,
        })
    }

    /// A member in another role.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn actor(&self, role: Role) -> Result<Actor> {
        let businesses = Businesses::new(self.db.clone(), self.ambient.clone());
        let subject = format!("{role:?}").to_lowercase();
        businesses.actor(self.owner.business, &subject, role).await?.context("a business")
    }

    /// Builds wait for approval from now on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn review_builds(&self) -> Result<()> {
        use sea_orm::ConnectionTrait;
        Ok(self.db.connection().execute_unprepared("UPDATE business SET qa_review = true").await.map(|_| ())?)
    }

    /// Moves the clock.
    pub fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A product without stock.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn product(&self, name: &str, kind: ProductType) -> Result<ProductId> {
        let new = NewProduct { name: name.to_owned(), sku: None, kind, unit: None, category: None };
        Ok(self.products.create(&self.owner, new, None).await?.id)
    }

    /// A raw material without stock.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn material(&self, name: &str) -> Result<ProductId> {
        self.product(name, ProductType::RawMaterial).await
    }

    /// A supplier with the code ABC.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn supplier(&self) -> Result<SupplierId> {
        let new =
            NewSupplier { name: Some("ABC Metals".to_owned()), code: Some("ABC".to_owned()), ..NewSupplier::default() };
        Ok(self.receiving.save_supplier(&self.owner, new).await?.id)
    }

    /// A draft receipt: product, quantity, unit cost, lot number.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn draft(
        &self,
        supplier: SupplierId,
        on: NaiveDate,
        lines: &[(ProductId, &str, &str, Option<&str>)],
        costs: Vec<LandedCost>,
    ) -> Result<ReceiptDetails> {
        let line = |(product, units, price, lot): &(ProductId, &str, &str, Option<&str>)| ReceiptLineDraft {
            product: *product,
            quantity: quantity(units),
            unit_cost: cost(price),
            lot_number: lot.map(str::to_owned),
            expires_on: None,
        };
        let draft = ReceiptDraft {
            id: None,
            supplier,
            received_on: Some(on),
            reference: None,
            note: None,
            lines: lines.iter().map(line).collect(),
            costs,
        };
        Ok(self.receiving.save(&self.owner, draft).await?)
    }

    /// A confirmed receipt of one product; the lot it made.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn receive(
        &self,
        supplier: SupplierId,
        product: ProductId,
        units: &str,
        price: &str,
        on: NaiveDate,
    ) -> Result<LotId> {
        let draft = self.draft(supplier, on, &[(product, units, price, None)], Vec::new()).await?;
        let confirmed = self.receiving.confirm(&self.owner, draft.receipt.id).await?;
        confirmed.lines[0].lot_id.context("a lot")
    }

    /// Stock of a product without lots.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn add(&self, product: ProductId, units: &str, price: &str) -> Result<Product> {
        let adjustment = Adjustment {
            quantity: quantity(units),
            reason: AdjustmentReason::CountCorrection,
            note: None,
            effective_on: None,
            unit_cost: Some(cost(price)),
        };
        Ok(self.stock.adjust_stock(&self.owner, product, adjustment).await?)
    }

    /// A sale of one product.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn sell(&self, product: ProductId, units: &str, source: Uuid) -> Result<Posted> {
        let line = Consumption { product, quantity: quantity(units), source, line: 0, effective_on: day(6, 1) };
        Ok(self.stock.consume(&self.owner, &[line]).await?.remove(0))
    }

    /// An active bill of materials of required components.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn recipe(&self, product: ProductId, components: &[(ProductId, &str)]) -> Result<BomDetails> {
        let lines = components.iter().map(|(component, units)| part(*component, units)).collect();
        self.recipe_of(product, lines).await
    }

    /// An active bill of materials.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn recipe_of(&self, product: ProductId, lines: Vec<NewBomLine>) -> Result<BomDetails> {
        let new = NewBom { product, lines, note: None, draft: false };
        Ok(self.production.save_bom(&self.owner, new).await?)
    }

    /// A product as it is.
    ///
    /// # Errors
    /// When there is none.
    pub async fn read(&self, product: ProductId) -> Result<Product> {
        self.products.by_ids(self.owner.business, &[product]).await?.pop().context("a product")
    }

    /// A lot as it is.
    ///
    /// # Errors
    /// When there is none.
    pub async fn lot(&self, lot: LotId) -> Result<Lot> {
        self.stock.lots_by_ids(&self.owner, &[lot]).await?.pop().context("a lot")
    }

    /// Lots of a product, oldest record first.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn lots(&self, product: ProductId) -> Result<Vec<Lot>> {
        let filter = LotFilter { product: Some(product), ..LotFilter::default() };
        Ok(self.stock.lots(&self.owner, &filter, &PageRequest::first(200)).await?.rows)
    }

    /// All movements, in the order of recording.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn movements(&self) -> Result<Vec<Movement>> {
        let all = domain::catalog::MovementFilter::default();
        let mut rows = self.products.movements(&self.owner, &all, &PageRequest::first(100_000)).await?.rows;
        rows.reverse();
        Ok(rows)
    }

    /// Entries of a movement, in the order of recording.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn entries(&self, movement: Option<MovementId>) -> Result<Vec<Entry>> {
        Ok(self.stock.entries_of(&self.owner, &[movement.context("a movement")?]).await?)
    }

    /// Everything about stock, to see that nothing changed: products, lots and movements.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn everything(&self) -> Result<(Vec<Product>, Vec<Lot>, Vec<Movement>)> {
        let movements = self.movements().await?;
        let filter = domain::catalog::ProductFilter::default();
        let order = domain::catalog::ProductOrder::Name;
        let page = PageRequest::first(10_000);
        let products =
            self.products.page(&self.owner, &filter, order, domain::page::Direction::Ascending, &page).await?.rows;
        let lots = self.stock.lots(&self.owner, &LotFilter::default(), &page).await?.rows;
        Ok((products, lots, movements))
    }
}

/// A required component.
pub fn part(product: ProductId, units: &str) -> NewBomLine {
    NewBomLine {
        kind: LineKind::Component,
        product: Some(product),
        quantity: Some(quantity(units)),
        optional: false,
        label: None,
        rate: None,
    }
}

/// A cost per unit made.
pub fn labour(rate: &str) -> NewBomLine {
    NewBomLine {
        kind: LineKind::Labour,
        product: None,
        quantity: None,
        optional: false,
        label: Some("Assembly".to_owned()),
        rate: Some(cost(rate)),
    }
}
