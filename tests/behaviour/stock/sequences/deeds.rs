//! Deeds of all kinds through the use-cases, rolled by a dice.
//!
//! Rule: a deed names records by number, so that it means the same in another database.

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use domain::{
    Ambient, Error,
    ambient::ManualClock,
    production::{BuildOrder, LossAccount, Rejection},
    receiving::{Correction, LandedCost},
    stock::{Adjustment, Consumption},
    store::Db,
};
use entity::{
    AdjustmentReason, Amount, BuildId, CostBasis, LandedKind, LotId, MovementKind, ProductId, ProductType, Quantity,
    ReceiptId, RecoveryMode, RejectReason, SupplierId, UnitCost,
};
use stockbridge_tests::shop::{Shop, cost, day, labour, part};
use uuid::Uuid;

use crate::stock::oracle::Dice;

/// A workshop of three levels with all that was done in it.
pub struct Yard {
    pub shop: Shop,
    pub dice: Dice,
    supplier: SupplierId,
    /// Oak, leg, chair.
    products: [ProductId; 3],
    receipts: Vec<ReceiptId>,
    sales: Vec<Uuid>,
    builds: Vec<BuildId>,
}

/// What is done. `pick` names a record among all there are.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Receive { quantity: i64, cost: i64, freight: i64, on: u32 },
    Sell { product: usize, quantity: i64, on: u32 },
    Build { product: usize, quantity: i64, on: u32 },
    AdjustLot { pick: u64, by: i64, on: u32 },
    AdjustStock { product: usize, by: i64, known: bool, on: u32 },
    Correct { pick: u64, quantity: i64, cost: i64, on: u32 },
    Void { pick: u64 },
    TakeBack { pick: u64, on: u32 },
    TakeAgain { pick: u64 },
    Settle { product: usize },
    Review { pick: u64, how: u64 },
    Unbuild { pick: u64 },
}

/// Round figures, odd ones, tiny ones and larger ones.
fn figure(dice: &mut Dice) -> i64 {
    let figure = match dice.below(4) {
        0 | 1 => (1 + dice.below(20)) * 1_000_000,
        2 => 1 + dice.below(3),
        _ => 1 + dice.below(50_000_000),
    };
    i64::try_from(figure).unwrap()
}

impl Deed {
    pub fn roll(dice: &mut Dice) -> Self {
        let product = usize::try_from(dice.below(3)).unwrap();
        let on = u32::try_from(1 + dice.below(31)).unwrap();
        match dice.below(28) {
            0..6 => {
                let freight = if dice.below(3) == 0 { figure(dice) } else { 0 };
                Self::Receive { quantity: figure(dice) * 4, cost: figure(dice) / 4, freight, on }
            }
            6..9 => Self::Sell { product, quantity: figure(dice), on },
            9..13 => Self::Build { product: 1 + product % 2, quantity: figure(dice), on },
            13 => Self::AdjustLot { pick: dice.next(), by: figure(dice) - 10_000_000, on },
            14 => Self::AdjustStock { product, by: figure(dice) - 5_000_000, known: dice.below(2) == 0, on },
            15 => Self::Correct { pick: dice.next(), quantity: figure(dice) * 4, cost: figure(dice) / 4, on },
            16 => Self::Void { pick: dice.next() },
            17 | 18 => Self::TakeBack { pick: dice.next(), on },
            19 | 20 => Self::TakeAgain { pick: dice.next() },
            21..24 => Self::Settle { product },
            24..27 => Self::Review { pick: dice.next(), how: dice.below(4) },
            _ => Self::Unbuild { pick: dice.next() },
        }
    }
}

fn pick<T: Copy>(rows: &[T], number: u64) -> Option<T> {
    let count = u64::try_from(rows.len()).unwrap();
    (count > 0).then(|| rows[usize::try_from(number % count).unwrap()])
}

impl Yard {
    /// A workshop of its own in a database that others share.
    pub async fn open(db: &Db, seed: u64) -> anyhow::Result<Self> {
        let mut dice = Dice(seed);
        let start = Utc.with_ymd_and_hms(2026, 6, 1, 19, 0, 0).single().unwrap();
        let clock = Arc::new(ManualClock::new(start.into()));
        let ambient = Ambient::fixed(Arc::clone(&clock) as Arc<_>, seed);
        let business = ambient.id();
        let shop = Shop::with(db.clone(), ambient, clock, business).await?;
        let oak = shop.material("Oak").await?;
        let leg = shop.product("Leg", ProductType::SubAssembly).await?;
        let chair = shop.product("Chair", ProductType::FinishedGood).await?;
        // Some begin with stock from before lots were kept, known or not.
        if dice.below(2) == 0 {
            shop.add(oak, "7.5", "1.333333").await?;
        }
        shop.stock.enable_receiving(&shop.owner).await?;
        shop.stock.settle_at_once(&shop.owner, dice.below(2) == 0).await?;
        if dice.below(2) == 0 {
            shop.review_builds().await?;
        }
        let supplier = shop.supplier().await?;
        shop.recipe_of(leg, vec![part(oak, "1.5"), labour("0.333333")]).await?;
        let optional = domain::production::NewBomLine { optional: true, ..part(oak, "0.25") };
        shop.recipe_of(chair, vec![part(leg, "4"), optional, labour("2")]).await?;
        let products = [oak, leg, chair];
        Ok(Self { shop, dice, supplier, products, receipts: Vec::new(), sales: Vec::new(), builds: Vec::new() })
    }

    /// Does a deed; what it was answered. Only refusals are answers, other errors are errors.
    pub async fn perform(&mut self, deed: Deed) -> anyhow::Result<String> {
        match self.attempt(deed).await {
            Ok(answer) => Ok(answer),
            Err(Error::Refused(refusal)) => Ok(format!("refused: {:?} {}", refusal.code, refusal.message)),
            Err(error) => Err(error.into()),
        }
    }

    async fn attempt(&mut self, deed: Deed) -> domain::Result<String> {
        match deed {
            Deed::Receive { quantity, cost, freight, on } => self.receive(quantity, cost, freight, on).await,
            Deed::Sell { product, quantity, on } => self.sell(product, quantity, on).await,
            Deed::Build { product, quantity, on } => {
                let order = BuildOrder::quick(self.products[product], Quantity(quantity));
                let order = BuildOrder { effective_on: Some(day(5, on)), ..order };
                let built = self.shop.production.execute(&self.shop.owner, order).await?;
                self.builds.push(built.build.id);
                Ok(format!("{built:?}"))
            }
            Deed::AdjustLot { pick: number, by, on } => {
                let Some(lot) = pick(&self.lots().await?, number) else { return Ok("nothing".to_owned()) };
                let adjusted = self.shop.stock.adjust_lot(&self.shop.owner, lot, adjustment(by, None, on)).await?;
                Ok(format!("{adjusted:?}"))
            }
            Deed::AdjustStock { product, by, known, on } => {
                let change = adjustment(by, known.then(|| cost("1.75")), on);
                let product = self.products[product];
                Ok(format!("{:?}", self.shop.stock.adjust_stock(&self.shop.owner, product, change).await?))
            }
            Deed::Correct { pick: number, quantity, cost, on } => self.correct(number, quantity, cost, on).await,
            Deed::Void { pick: number } => {
                let Some(receipt) = pick(&self.receipts, number) else { return Ok("nothing".to_owned()) };
                Ok(format!("{:?}", self.shop.receiving.void(&self.shop.owner, receipt).await?))
            }
            Deed::TakeBack { pick: number, on } => {
                let Some(sale) = pick(&self.sales, number) else { return Ok("nothing".to_owned()) };
                let kind = MovementKind::SaleReversal;
                Ok(format!("{:?}", self.shop.stock.take_back(&self.shop.owner, sale, kind, Some(day(5, on))).await?))
            }
            Deed::TakeAgain { pick: number } => self.take_again(number).await,
            Deed::Settle { product } => {
                Ok(format!("{}", self.shop.stock.settle(&self.shop.owner, self.products[product]).await?))
            }
            Deed::Review { pick: number, how } => self.review(number, how).await,
            Deed::Unbuild { pick: number } => {
                let Some(build) = pick(&self.builds, number) else { return Ok("nothing".to_owned()) };
                Ok(format!("{:?}", self.shop.production.reverse(&self.shop.owner, build, None, None).await?))
            }
        }
    }

    async fn lots(&self) -> domain::Result<Vec<LotId>> {
        let filter = domain::stock::LotFilter::default();
        let page = domain::page::PageRequest::first(1_000);
        let rows = self.shop.stock.lots(&self.shop.owner, &filter, &page).await?.rows;
        Ok(rows.iter().map(|lot| lot.id).collect())
    }

    async fn receive(&mut self, units: i64, price: i64, freight: i64, on: u32) -> domain::Result<String> {
        let landed = LandedCost {
            kind: LandedKind::Freight,
            label: "Freight".to_owned(),
            amount: Amount(freight),
            basis: CostBasis::Value,
        };
        let line = |quantity, unit_cost| domain::receiving::ReceiptLineDraft {
            product: self.products[0],
            quantity: Quantity(quantity),
            unit_cost: UnitCost(unit_cost),
            lot_number: None,
            expires_on: None,
        };
        let draft = domain::receiving::ReceiptDraft {
            id: None,
            supplier: self.supplier,
            received_on: Some(day(5, on)),
            reference: None,
            note: None,
            lines: vec![line(units, price), line(1 + units / 3, price + 1)],
            costs: if freight > 0 { vec![landed] } else { Vec::new() },
        };
        let draft = self.shop.receiving.save(&self.shop.owner, draft).await?;
        let confirmed = self.shop.receiving.confirm(&self.shop.owner, draft.receipt.id).await?;
        self.receipts.push(confirmed.receipt.id);
        Ok(format!("{confirmed:?}"))
    }

    async fn sell(&mut self, product: usize, units: i64, on: u32) -> domain::Result<String> {
        let source: Uuid = self.shop.ambient.id();
        let line = |place, product: ProductId, quantity| Consumption {
            product,
            quantity: Quantity(quantity),
            source,
            line: place,
            effective_on: day(5, on),
        };
        let lines = [line(0, self.products[product], units), line(1, self.products[0], 1 + units / 2)];
        let posted = self.shop.stock.consume(&self.shop.owner, &lines).await?;
        self.sales.push(source);
        Ok(format!("{posted:?}"))
    }

    async fn correct(&mut self, number: u64, units: i64, price: i64, on: u32) -> domain::Result<String> {
        let Some(receipt) = pick(&self.receipts, number) else { return Ok("nothing".to_owned()) };
        let details = self.shop.receiving.details(&self.shop.owner, &[receipt]).await?;
        let line = details[0].lines[usize::try_from(number % 2).unwrap()].id;
        let (quantity, unit_cost) = (Some(Quantity(units)), Some(UnitCost(price)));
        let correction = Correction { line, quantity, unit_cost, effective_on: Some(day(5, on)) };
        Ok(format!("{:?}", self.shop.receiving.correct(&self.shop.owner, correction).await?))
    }

    /// Takes a reversal of a sale back.
    async fn take_again(&mut self, number: u64) -> domain::Result<String> {
        let Some(sale) = pick(&self.sales, number) else { return Ok("nothing".to_owned()) };
        let rows = self.shop.stock.movements_of(&self.shop.owner, sale).await?;
        let Some(back) = rows.iter().rev().find(|row| row.kind == MovementKind::SaleReversal) else {
            return Ok("nothing".to_owned());
        };
        Ok(format!("{:?}", self.shop.stock.reverse(&self.shop.owner, back.id, MovementKind::Sale).await?))
    }

    async fn review(&mut self, number: u64, how: u64) -> domain::Result<String> {
        let Some(build) = pick(&self.builds, number) else { return Ok("nothing".to_owned()) };
        if how == 0 {
            return Ok(format!("{:?}", self.shop.production.approve(&self.shop.owner, build, None, None).await?));
        }
        let details = self.shop.production.details(&self.shop.owner, &[build]).await?;
        let line = &details[0].lines[0];
        let recovery =
            [RecoveryMode::Full, RecoveryMode::Partial, RecoveryMode::None][usize::try_from(how - 1).unwrap()];
        let rejection = Rejection {
            build,
            reason: RejectReason::QualityDefect,
            recovery,
            recovered: vec![(line.id, Quantity(line.quantity.0 / 3))],
            note: None,
            loss_account: LossAccount::Waste,
            effective_on: None,
        };
        Ok(format!("{:?}", self.shop.production.reject(&self.shop.owner, rejection).await?))
    }
}

fn adjustment(by: i64, unit_cost: Option<UnitCost>, on: u32) -> Adjustment {
    Adjustment {
        quantity: Quantity(by),
        reason: AdjustmentReason::CountCorrection,
        note: None,
        effective_on: Some(day(5, on)),
        unit_cost,
    }
}
