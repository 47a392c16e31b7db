//! Suite `stock`: an import of 100,000 movements through the ledger, and a build of 50 components over 500 lots.
//!
//! Rule: the use-cases are the real ones, from the call to the commit. After each import the ledger proves itself: every
//! invariant holds, and what was consumed is what was asked for, or the run fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate, Utc};
use domain::{
    Ambient,
    business::{Actor, Business, Businesses},
    catalog::{NewProduct, Products},
    production::{BuildOrder, NewBom, NewBomLine, Production},
    receiving::{NewSupplier, ReceiptDraft, ReceiptLineDraft, Receiving},
    stock::{Consumption, Stock},
    store::Db,
};
use entity::{LineKind, ProductId, ProductType, Quantity, Role, SupplierId, UnitCost};
use stockbridge::{app, config::Config, config::SecretText};
use uuid::Uuid;

use crate::{
    compare::{ROUNDS, at_least, at_most, middle, number},
    database::Place,
    report::Section,
};

/// Movements of the import.
const MOVEMENTS: usize = 100_000;
/// Products that take turns in it.
const PRODUCTS: usize = 1_000;
/// Open lots of each, of 20 units.
const LOTS: u64 = 10;
/// Movements per second that are the goal on PostgreSQL.
const SPEED: f64 = 20_000.0;
/// Components of the build, each from so many lots.
const COMPONENTS: usize = 50;
/// Statements of a build on PostgreSQL, beside those that begin and end transactions.
const STATEMENTS: f64 = 12.0;

/// One round on one database.
struct Round {
    import: Duration,
    entries: usize,
    build: Duration,
    statements: f64,
}

/// Runs the suite.
///
/// # Errors
/// When a use-case refuses, an invariant is broken or something was not consumed.
pub async fn measure() -> Result<Section> {
    let head = [
        "database",
        "movements of one import",
        "entries of lots",
        "import",
        "movements a second",
        "build of 50 components over 500 lots",
        "its statements",
    ];
    let mut section = Section::new("Stock ledger, through the database", &head);
    for place in &Place::both().await? {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(place).await?);
        }
        section.rows.push(row(place, &rounds));
    }
    Ok(section)
}

fn row(place: &Place, rounds: &[Round]) -> Vec<String> {
    let speed = middle(rounds, |round| number(MOVEMENTS) / round.import.as_secs_f64());
    let statements = middle(rounds, |round| round.statements);
    let is_goal = matches!(place, Place::Postgres(_));
    vec![
        place.name().to_owned(),
        MOVEMENTS.to_string(),
        rounds.first().map_or(0, |round| round.entries).to_string(),
        format!("{:.2} s", middle(rounds, |round| round.import.as_secs_f64())),
        if is_goal { at_least(speed, SPEED, "") } else { format!("{speed:.0}") },
        format!("{:.1} ms", middle(rounds, |round| round.build.as_secs_f64() * 1e3)),
        if is_goal { at_most(statements, STATEMENTS, "") } else { format!("{statements:.0}") },
    ]
}

/// A business with receiving on.
struct Yard {
    db: Db,
    ambient: Ambient,
    owner: Actor,
    stock: Stock,
    receiving: Receiving,
    supplier: SupplierId,
}

impl Yard {
    async fn open(place: &Place) -> Result<Self> {
        let mut config = Config::default();
        config.database.url = SecretText::new(place.fresh().await?);
        config.database.migrate = true;
        let (db, ambient) = (app::open_database(&config).await?, Ambient::system());
        let businesses = Businesses::new(db.clone(), ambient.clone());
        let business = Business {
            id: ambient.id(),
            name: "Bench".to_owned(),
            time_zone: "UTC".to_owned(),
            currency: "USD".to_owned(),
            receiving: false,
            sales_tracking: false,
            qa_review: false,
            created_at: ambient.now(),
        };
        let id = business.id;
        businesses.ensure(business).await?;
        let owner = businesses.actor(id, "bench", Role::Owner).await?.context("no actor")?;
        let stock = Stock::new(db.clone(), ambient.clone());
        stock.enable_receiving(&owner).await?;
        let receiving = Receiving::new(db.clone(), ambient.clone());
        let supplier = NewSupplier { name: Some("Supplier".to_owned()), ..NewSupplier::default() };
        let supplier = receiving.save_supplier(&owner, supplier).await?.id;
        Ok(Self { db, ambient, owner, stock, receiving, supplier })
    }

    async fn product(&self, name: String, kind: ProductType) -> Result<ProductId> {
        let new = NewProduct { name, sku: None, kind, unit: None, category: None };
        Ok(Products::new(self.db.clone(), self.ambient.clone()).create(&self.owner, new, None).await?.id)
    }

    /// A confirmed receipt with a line per product.
    async fn receive(&self, products: &[ProductId], units: i64, on: NaiveDate) -> Result<()> {
        let line = |(place, product): (usize, &ProductId)| ReceiptLineDraft {
            product: *product,
            quantity: Quantity(units * 1_000_000),
            unit_cost: UnitCost(1_000_003 + i64::try_from(place).unwrap_or_default()),
            lot_number: None,
            expires_on: None,
        };
        let draft = ReceiptDraft {
            id: None,
            supplier: self.supplier,
            received_on: Some(on),
            reference: None,
            note: None,
            lines: products.iter().enumerate().map(line).collect(),
            costs: Vec::new(),
        };
        let draft = self.receiving.save(&self.owner, draft).await?;
        self.receiving.confirm(&self.owner, draft.receipt.id).await?;
        Ok(())
    }
}

async fn round(place: &Place) -> Result<Round> {
    let yard = Yard::open(place).await?;
    let today = Utc::now().date_naive();
    let first = today.checked_sub_days(Days::new(LOTS)).context("the calendar ends")?;
    let mut products = Vec::with_capacity(PRODUCTS);
    for number in 0..PRODUCTS {
        products.push(yard.product(format!("Part {number}"), ProductType::RawMaterial).await?);
    }
    for day in 0..LOTS {
        yard.receive(&products, 20, first.checked_add_days(Days::new(day)).context("the calendar ends")?).await?;
    }
    let (import, entries) = import(&yard, &products, today).await?;
    let (build, statements) = build(&yard, first).await?;
    let broken = yard.stock.integrity(&yard.owner).await?;
    ensure!(broken.is_empty(), "the ledger is broken: {broken:?}");
    yard.db.connection().clone().close().await?;
    Ok(Round { import, entries, build, statements })
}

/// 100,000 consumptions in one transaction; how long, and how many entries.
async fn import(yard: &Yard, products: &[ProductId], today: NaiveDate) -> Result<(Duration, usize)> {
    let source: Uuid = yard.ambient.id();
    let mut lines = Vec::with_capacity(MOVEMENTS);
    for (line, product) in (0..).zip(products.iter().cycle().take(MOVEMENTS)) {
        // 1.5 units each: of 200 units 150 go, and every thirteenth crosses from lot to lot.
        let quantity = Quantity(1_500_000);
        lines.push(Consumption { product: *product, quantity, source, line, effective_on: today });
    }
    let begun = Instant::now();
    let posted = yard.stock.consume(&yard.owner, &lines).await?;
    let took = begun.elapsed();
    ensure!(posted.len() == MOVEMENTS && posted.iter().all(|posted| posted.short.is_zero()), "something was short");
    let movements: Vec<_> = posted.iter().filter_map(|posted| posted.movement).collect();
    let entries = yard.stock.entries_of(&yard.owner, &movements).await?;
    let taken: i64 = entries.iter().map(|entry| entry.quantity.0).sum();
    ensure!(taken == -1_500_000 * i64::try_from(MOVEMENTS)?, "{taken} was taken");
    Ok((took, entries.len()))
}

/// A build of 50 components, ten lots of each; how long, and how many statements.
async fn build(yard: &Yard, first: NaiveDate) -> Result<(Duration, f64)> {
    let mut components = Vec::with_capacity(COMPONENTS);
    for number in 0..COMPONENTS {
        components.push(yard.product(format!("Component {number}"), ProductType::Component).await?);
    }
    for _ in 0..LOTS {
        yard.receive(&components, 1, first).await?;
    }
    let chair = yard.product("Chair".to_owned(), ProductType::FinishedGood).await?;
    let line = |product: &ProductId| NewBomLine {
        kind: LineKind::Component,
        product: Some(*product),
        quantity: Some(Quantity(10_000_000)),
        optional: false,
        label: None,
        rate: None,
    };
    let production = Production::new(yard.db.clone(), yard.ambient.clone());
    let bom = NewBom { product: chair, lines: components.iter().map(line).collect(), note: None, draft: false };
    production.save_bom(&yard.owner, bom).await?;
    let (before, begun) = (yard.db.statement_count(), Instant::now());
    let built = production.execute(&yard.owner, BuildOrder::quick(chair, Quantity(1_000_000))).await?;
    let (took, statements) = (begun.elapsed(), yard.db.statement_count() - before);
    ensure!(built.lines.iter().all(|line| line.quantity == line.needed), "a component was short");
    Ok((took, f64::from(u32::try_from(statements)?)))
}
