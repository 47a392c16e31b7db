//! What people do in a year: they write documents in the accounting system, change and take back some of them, and
//! receive goods here.
//!
//! Rule: everything follows from the seed. Nothing that is bought or built is ever short, so which units a document takes
//! depends on the order of documents alone; what is short is short of goods that never come again.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use chrono::{Days, NaiveDate};
use providers::{
    model::{SaleRef, SalesDocumentKind},
    sandbox::{SandboxAct, SandboxSale, SandboxSaleLine},
};
use rust_decimal::Decimal;
use stockbridge_tests::sandbox::Sandbox;

use super::{
    chance::Chance,
    shelf::{Shelf, Units, last_of},
};

/// Days of a year.
pub const DAYS: u64 = 360;

/// How a product comes, and what happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Bought, each delivery at a cost of its own.
    Bought,
    /// Built of what was bought for it.
    Built,
    /// Bought, always at the same cost: what comes back without naming an invoice comes back at that.
    Steady,
    /// Bought once, before the year; sold on when there is nothing left.
    Scarce,
}

/// A product.
#[derive(Debug)]
pub struct Good {
    pub name: String,
    /// Its item, by the accounting system's id.
    pub item: String,
    pub manner: Manner,
    /// What is on the shelf by the documents that were processed.
    pub shelf: Shelf,
    /// What waiting documents will take of it.
    promised: i64,
    /// What came, in order.
    pub came: Vec<i64>,
}

/// A document.
#[derive(Debug)]
pub struct Doc {
    pub sale: SaleRef,
    pub date: NaiveDate,
    /// Product and tenths of a unit; the first line first. Products differ.
    pub lines: Vec<(usize, i64)>,
    /// The document whose goods come back, if this one says so.
    pub of: Option<usize>,
    /// Whether it counts.
    pub stands: bool,
    /// Whether a document names it.
    named: bool,
    customer: usize,
    foreign: bool,
    /// What it holds of each line's product, once our books have it.
    pub taken: Option<Vec<Units>>,
    /// What it took, or brought back, when it was processed.
    pub drew: Vec<Units>,
}

/// A delivery or build: product, tenths of a unit, what one costs in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub good: usize,
    pub count: i64,
    pub cents: i64,
}

/// A year.
#[derive(Debug)]
pub struct Year {
    pub chance: Chance,
    pub goods: Vec<Good>,
    pub docs: Vec<Doc>,
    pub from: NaiveDate,
    kinds: Vec<SalesDocumentKind>,
    /// Documents that our books do not have as they are.
    waiting: BTreeSet<usize>,
    /// How often people did what: for the report.
    pub told: std::collections::BTreeMap<&'static str, usize>,
}

fn goods_of(kind: SalesDocumentKind) -> bool {
    matches!(kind, SalesDocumentKind::CreditMemo | SalesDocumentKind::Refund)
}

impl Year {
    pub fn new(seed: u64, from: NaiveDate, kinds: &[SalesDocumentKind], goods: Vec<(String, String, Manner)>) -> Self {
        let good =
            |(name, item, manner)| Good { name, item, manner, shelf: Shelf::default(), promised: 0, came: Vec::new() };
        Self {
            chance: Chance::new(seed),
            goods: goods.into_iter().map(good).collect(),
            docs: Vec::new(),
            from,
            kinds: kinds.to_vec(),
            waiting: BTreeSet::new(),
            told: std::collections::BTreeMap::new(),
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.told.entry(what).or_default() += 1;
    }

    fn day(&self, day: u64) -> NaiveDate {
        self.from + Days::new(day)
    }

    /// What is there before the first sale: all that ever comes of what is scarce.
    pub fn opening(&mut self, per_scarce: i64) -> Vec<Delivery> {
        let scarce: Vec<usize> =
            (0..self.goods.len()).filter(|good| self.goods[*good].manner == Manner::Scarce).collect();
        let mut came = Vec::new();
        for good in scarce {
            for part in [3, 2] {
                came.push(self.deliver(good, per_scarce / part));
            }
        }
        came
    }

    fn deliver(&mut self, good: usize, count: i64) -> Delivery {
        let cents = if self.goods[good].manner == Manner::Steady { 731 } else { self.chance.between(200, 9_000) };
        // What is built comes in whole units of whole parts.
        let count = if self.goods[good].manner == Manner::Built { (count / 10 + 1) * 10 } else { count.max(1) };
        self.goods[good].shelf.receive(count);
        self.goods[good].came.push(count);
        Delivery { good, count, cents }
    }

    /// People's work between two days: `count` documents, and changes of some that were there before. Answers what comes
    /// in for it, on the first of these days.
    pub async fn work(
        &mut self,
        sandbox: &Sandbox,
        days: (u64, u64),
        count: usize,
        late: bool,
    ) -> Result<Vec<Delivery>> {
        let mut drafts = Vec::new();
        for _ in 0..count {
            drafts.push(self.draft(days));
        }
        drafts.sort_by_key(|draft| draft.date);
        let before = self.docs.len();
        for mut draft in drafts {
            if let Some(of) = draft.of {
                self.docs[of].named = true;
            }
            draft.sale.external_id = self.write(sandbox, &draft).await?;
            self.promise(&draft.lines.clone(), goods_of(draft.sale.kind));
            self.waiting.insert(self.docs.len());
            self.docs.push(draft);
        }
        // Some are corrected before anybody has read them, some after.
        let changes = count / 12 + 1;
        for _ in 0..changes {
            let chosen = before + self.chance.below(count);
            self.change(sandbox, chosen).await?;
        }
        if late && before > 0 {
            // Mostly something of these days, now and then something of long ago.
            for _ in 0..=count / 30 {
                let recent = if self.chance.strikes(900) { before.min(20) } else { before };
                let chosen = before - 1 - self.chance.below(recent);
                if self.only_in_order(chosen) {
                    self.change(sandbox, chosen).await?;
                }
            }
        }
        Ok(self.restock())
    }

    /// Whether a document takes only what is never short and never at an average.
    fn only_in_order(&self, doc: usize) -> bool {
        let in_order = |(good, _): &(usize, i64)| matches!(self.goods[*good].manner, Manner::Bought | Manner::Built);
        self.docs[doc].lines.iter().all(in_order)
    }

    fn promise(&mut self, lines: &[(usize, i64)], back: bool) {
        for (good, count) in lines {
            self.goods[*good].promised += if back { 0 } else { *count };
        }
    }

    fn restock(&mut self) -> Vec<Delivery> {
        let mut came = Vec::new();
        for good in 0..self.goods.len() {
            if self.goods[good].manner == Manner::Scarce {
                continue;
            }
            let lacking = self.goods[good].promised - self.goods[good].shelf.count();
            if lacking > 0 || self.chance.strikes(150) {
                let some = self.chance.between(5, 300);
                let first = lacking.max(0) / 2 + some;
                came.push(self.deliver(good, first));
                if lacking > 0 {
                    let rest = lacking - first + self.chance.between(1, 400);
                    came.push(self.deliver(good, rest.max(10)));
                }
            }
        }
        came
    }

    /// A document that somebody thinks of.
    fn draft(&mut self, (from, to): (u64, u64)) -> Doc {
        let span = usize::try_from(to - from).unwrap_or(1).max(1);
        let day = from + self.chance.below(span) as u64;
        let date = self.day(day);
        if self.chance.strikes(70)
            && let Some(memo) = self.memo(date)
        {
            return memo;
        }
        let back = self.chance.strikes(25);
        let kinds: Vec<SalesDocumentKind> = self.kinds.iter().copied().filter(|kind| goods_of(*kind) == back).collect();
        let kind = self.chance.pick(&kinds).copied().unwrap_or(SalesDocumentKind::Invoice);
        let back = goods_of(kind);
        // What comes back without a word of what it is of comes back at the average.
        let fits: Vec<usize> =
            (0..self.goods.len()).filter(|good| !back || self.goods[*good].manner == Manner::Steady).collect();
        let mut lines: Vec<(usize, i64)> = Vec::new();
        for _ in 0..=self.chance.below(if back { 1 } else { 4 }) {
            let good = fits[self.chance.below(fits.len())];
            if lines.iter().all(|(other, _)| *other != good) {
                let count = if self.chance.strikes(200) { self.chance.between(1, 60) } else { 10 };
                lines.push((good, count * self.chance.between(1, 5)));
            }
        }
        if back {
            self.count("returns that name nothing");
        }
        let foreign = !back && self.chance.strikes(30);
        self.doc(kind, date, lines, None, foreign)
    }

    /// A credit memo of goods of an invoice, which the books keep as it is from then on.
    fn memo(&mut self, date: NaiveDate) -> Option<Doc> {
        if !self.kinds.contains(&SalesDocumentKind::CreditMemo) || self.docs.is_empty() {
            return None;
        }
        let of = self.chance.below(self.docs.len());
        let doc = &self.docs[of];
        let fits = doc.sale.kind == SalesDocumentKind::Invoice
            && doc.stands
            && !doc.named
            && !doc.foreign
            && doc.date <= date
            && self.only_in_order(of);
        if !fits {
            return None;
        }
        let (good, count) = doc.lines[0];
        let customer = doc.customer;
        let part = self.chance.between(1, count);
        // Nobody else may think of the same one.
        self.docs[of].named = true;
        self.count("credit memos that name their invoice");
        let memo = self.doc(SalesDocumentKind::CreditMemo, date, vec![(good, part)], Some(of), false);
        Some(Doc { customer, ..memo })
    }

    fn doc(
        &mut self,
        kind: SalesDocumentKind,
        date: NaiveDate,
        lines: Vec<(usize, i64)>,
        of: Option<usize>,
        foreign: bool,
    ) -> Doc {
        let (sale, customer) = (SaleRef { kind, external_id: String::new() }, self.chance.below(5));
        Doc { sale, date, lines, of, stands: true, named: false, customer, foreign, taken: None, drew: Vec::new() }
    }

    /// Writes a document; its id.
    async fn write(&mut self, sandbox: &Sandbox, doc: &Doc) -> Result<String> {
        let plain = goods_of(doc.sale.kind);
        let mut lines: Vec<SandboxSaleLine> = Vec::new();
        for (good, count) in &doc.lines {
            lines.push(SandboxSaleLine {
                item: Some(self.goods[*good].item.clone()),
                quantity: Decimal::new(*count, 1),
                price: Decimal::new(self.chance.between(900, 30_000), 2),
                discount: Decimal::ZERO,
                taxed: false,
            });
        }
        if self.chance.strikes(100) {
            let (item, price) = (None, Decimal::TEN);
            lines.push(SandboxSaleLine { item, quantity: Decimal::ONE, price, discount: Decimal::ZERO, taxed: false });
        }
        let now_and_then =
            |strikes: bool, cents: i64| if strikes && !plain { Decimal::new(cents, 2) } else { Decimal::ZERO };
        let sale = SandboxSale {
            kind: doc.sale.kind,
            number: Some(format!("D-{}", self.docs.len())),
            date: doc.date,
            lines,
            discount: now_and_then(self.chance.strikes(80), 55),
            shipping: now_and_then(self.chance.strikes(80), 990),
            tax: Decimal::ZERO,
            currency: doc.foreign.then(|| ("EUR".to_owned(), Decimal::new(1_087, 3))),
            applies_to: doc.of.map(|of| self.docs[of].sale.clone()),
            customer: doc.customer,
        };
        let written = sandbox.act(SandboxAct::Sell(sale)).await;
        self.count("documents");
        written.with_context(|| format!("{doc:?}"))
    }

    /// Somebody edits a document, or takes it back.
    async fn change(&mut self, sandbox: &Sandbox, chosen: usize) -> Result<()> {
        let doc = &self.docs[chosen];
        if !doc.stands || doc.named || doc.of.is_some() || goods_of(doc.sale.kind) {
            return Ok(());
        }
        let (sale, (good, count), known) = (doc.sale.clone(), doc.lines[0], doc.taken.is_some());
        match self.chance.below(3) {
            0 => {
                sandbox.act(SandboxAct::VoidSale(sale)).await?;
                self.docs[chosen].stands = false;
                self.count(if known { "voided later" } else { "voided at once" });
            }
            1 => {
                if sandbox.act(SandboxAct::DeleteSale(sale.clone())).await.is_err() {
                    sandbox.act(SandboxAct::VoidSale(sale)).await?;
                }
                self.docs[chosen].stands = false;
                self.count(if known { "deleted later" } else { "deleted at once" });
            }
            _ => {
                let quantity = self.chance.between(1, 2 * count);
                sandbox.act(SandboxAct::EditSale { sale, quantity: Decimal::new(quantity, 1) }).await?;
                self.docs[chosen].lines[0].1 = quantity;
                self.promise(&[(good, (quantity - count).max(0))], false);
                self.count(if known { "edited later" } else { "edited at once" });
            }
        }
        self.waiting.insert(chosen);
        Ok(())
    }

    /// An invoice that takes the units by which the shelves differ from those of somebody who saw the end alone; where
    /// they do not, nothing is written.
    pub async fn come_together(&mut self, sandbox: &Sandbox, day: u64) -> Result<()> {
        let clean = self.clean();
        let beyond = |good: usize| self.goods[good].shelf.beyond(&clean.0[good]);
        let differing: Vec<(usize, i64)> =
            (0..self.goods.len()).map(|good| (good, beyond(good))).filter(|(_, count)| *count > 0).collect();
        for lines in differing.chunks(20) {
            let doc = self.doc(SalesDocumentKind::Invoice, self.day(day), lines.to_vec(), None, false);
            let external_id = self.write(sandbox, &doc).await?;
            self.waiting.insert(self.docs.len());
            self.docs.push(Doc { sale: SaleRef { external_id, ..doc.sale }, ..doc });
        }
        Ok(())
    }

    /// Our books have read and processed everything: in order of date, what sells before what takes back, then id.
    pub fn processed(&mut self) {
        let mut due: Vec<usize> = std::mem::take(&mut self.waiting).into_iter().collect();
        due.sort_by_key(|doc| place(&self.docs[*doc]));
        for doc in due {
            let old = self.docs[doc].taken.take();
            for (line, units) in old.iter().flatten().enumerate() {
                let good = self.docs[doc].lines[line].0;
                self.goods[good].shelf.give(units);
            }
            if self.docs[doc].stands {
                let mut shelves: Vec<Shelf> =
                    self.goods.iter_mut().map(|good| std::mem::take(&mut good.shelf)).collect();
                let taken = process(&mut shelves, &mut self.docs, doc);
                for (good, shelf) in self.goods.iter_mut().zip(shelves) {
                    good.shelf = shelf;
                }
                self.docs[doc].drew.clone_from(&taken);
                self.docs[doc].taken = Some(taken);
            }
        }
        self.goods.iter_mut().for_each(|good| good.promised = 0);
    }

    /// The shelves, and what each document took, as if everything had come first and every document had been written
    /// once, as it is now.
    pub fn clean(&self) -> (Vec<Shelf>, Vec<Vec<Units>>) {
        let mut shelves: Vec<Shelf> = Vec::new();
        for good in &self.goods {
            let mut shelf = Shelf::default();
            good.came.iter().for_each(|count| shelf.receive(*count));
            shelves.push(shelf);
        }
        let copy = |doc: &Doc| Doc {
            sale: doc.sale.clone(),
            date: doc.date,
            lines: doc.lines.clone(),
            of: doc.of,
            stands: doc.stands,
            named: doc.named,
            customer: doc.customer,
            foreign: doc.foreign,
            taken: None,
            drew: Vec::new(),
        };
        let mut docs: Vec<Doc> = self.docs.iter().map(copy).collect();
        let mut order: Vec<usize> = (0..docs.len()).filter(|doc| docs[*doc].stands).collect();
        order.sort_by_key(|doc| place(&docs[*doc]));
        for doc in order {
            let taken = process(&mut shelves, &mut docs, doc);
            docs[doc].drew.clone_from(&taken);
            docs[doc].taken = Some(taken);
        }
        (shelves, docs.into_iter().map(|doc| doc.drew).collect())
    }
}

/// Where a document stands in the order of processing.
fn place(doc: &Doc) -> (NaiveDate, bool, usize, String, String) {
    let id = doc.sale.external_id.clone();
    (doc.date, goods_of(doc.sale.kind), id.len(), id, format!("{:?}", doc.sale.kind))
}

/// What a document takes. What comes back of a named one comes back to its place; what names nothing is worth the same
/// wherever it lies, and is left out.
fn process(shelves: &mut [Shelf], docs: &mut [Doc], doc: usize) -> Vec<Units> {
    let lines = docs[doc].lines.clone();
    let back = goods_of(docs[doc].sale.kind);
    let of = docs[doc].of;
    let mut taken = Vec::new();
    for (good, count) in lines {
        let units = match of {
            Some(of) => {
                let line = docs[of].lines.iter().position(|(other, _)| *other == good).unwrap_or_default();
                let back = docs[of].taken.as_mut().map_or_else(Units::new, |taken| last_of(&mut taken[line], count));
                shelves[good].give(&back);
                back
            }
            None if back => Units::new(),
            None => shelves[good].take(count),
        };
        taken.push(units);
    }
    taken
}
