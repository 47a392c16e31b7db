//! The oracle: a reckoning of stock in exact fractions, from what the documents say alone.
//!
//! Rule: it shares nothing with the engine. It is told documents and nothing else, goes through all of them from the
//! first on, and rounds nothing: a unit costs what its pile costs per unit, a unit that is owed costs what it was assumed
//! to. The one figure it takes as published is the average cost in six digits, which it checks against its own.

use std::{collections::HashMap, ops::Range};

use num_rational::BigRational as Exact;

use super::documents::{Document, Known, Name};

/// A document that cannot be.
#[derive(Debug)]
pub struct Impossible;

/// Where units are, or are owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A pile, by its number.
    Pile(usize),
    /// A debt, by its number.
    Debt(usize),
}

/// What a document did in one place.
#[derive(Debug, Clone)]
pub struct Part {
    pub place: Place,
    /// Negative where it left.
    pub quantity: i64,
    /// Of all of it, with its sign.
    pub value: Exact,
    pub known: Known,
    /// How often a rounding could have touched it.
    pub roundings: i64,
    /// How much of it did not come back, without sign.
    left: i64,
}

/// One thing that happened; a document is one or several.
#[derive(Debug, Clone)]
pub struct Event {
    pub parts: Vec<Part>,
    pub known: Known,
    /// How much of it was taken back.
    undone: i64,
}

impl Event {
    fn of(parts: Vec<Part>) -> Self {
        let known = worst(&parts);
        Self { parts, known, undone: 0 }
    }

    /// Over all places: what is settled neither comes nor goes.
    pub fn quantity(&self) -> i64 {
        self.parts.iter().map(|part| part.quantity).sum()
    }
}

/// Units that came together.
#[derive(Debug, Clone)]
pub struct Pile {
    pub product: u64,
    on: u32,
    known: Known,
    /// What its document says of it, in quantity and value.
    pub told: (i64, Exact),
    /// What of that value the pile bore.
    pub borne: Exact,
    /// How often a rounding could have touched that.
    pub borne_roundings: i64,
    pub left: i64,
    /// Of what is left.
    pub worth: Exact,
    pub voided: bool,
    pub roundings: i64,
}

/// Units that went before they came.
#[derive(Debug, Clone)]
pub struct Debt {
    pub product: u64,
    known: Known,
    /// What one of them is assumed to cost.
    price: Exact,
    pub owed: i64,
    /// What paid for it: event and part.
    payments: Vec<(usize, usize)>,
    pub roundings: i64,
}

impl Debt {
    /// What is owed is assumed to cost.
    pub fn worth(&self) -> Exact {
        &self.price * whole(self.owed)
    }
}

/// What one of a product costs on average: while there is something, of that; later, of what there was last.
#[derive(Debug, Clone, Default)]
pub struct Average {
    pub cost: Option<Exact>,
    /// How far roundings may have moved it.
    pub off: Exact,
    pub known: Known,
}

/// Everything after all documents.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub piles: Vec<Pile>,
    pub debts: Vec<Debt>,
    pub events: Vec<Event>,
    pub averages: HashMap<u64, Average>,
    /// What people call events.
    names: HashMap<Name, usize>,
    /// What arrives pays debts.
    settling: bool,
    /// A value stood so close to a limit that rounding decides.
    pub doubtful: bool,
    /// Where rounding decides, it decides for the even share.
    pub evenly: bool,
}

pub fn whole(number: i64) -> Exact {
    Exact::from_integer(number.into())
}

/// So many half millionths.
pub fn halves(roundings: i64) -> Exact {
    Exact::new(roundings.into(), 2.into())
}

fn share(value: &Exact, part: i64, all: i64) -> Exact {
    value * Exact::new(part.into(), all.into())
}

fn worst(parts: &[Part]) -> Known {
    parts.iter().map(|part| part.known).max().unwrap_or_default()
}

impl State {
    pub fn new(settling: bool) -> Self {
        Self { settling, ..Self::default() }
    }

    /// What people call an event.
    pub fn name(&mut self, event: usize, name: Name) {
        self.names.insert(name, event);
    }

    /// What could be taken of a product.
    pub fn available(&self, product: u64) -> i64 {
        self.piles.iter().filter(|pile| pile.product == product).map(|pile| pile.left).sum()
    }

    /// A document happens; which events it is.
    pub fn happen(&mut self, document: &Document) -> Result<Range<usize>, Impossible> {
        let first = self.events.len();
        match *document {
            Document::Receive { product, on, quantity, value, known } => {
                self.come((product, on), (quantity, whole(value)), known, 0);
            }
            Document::Sell { product, quantity, average } => self.sell(product, quantity, average),
            Document::Build { from, to, quantity, made, labour, on } => {
                if self.available(from) < quantity {
                    return Err(Impossible);
                }
                let used = self.take(from, quantity);
                let cost = used.iter().fold(whole(labour), |sum, part| sum - &part.value);
                let roundings = used.iter().map(|part| part.roundings).sum();
                let known = worst(&used);
                self.events.push(Event::of(used));
                self.come((to, on), (made, cost), known, roundings);
            }
            Document::Count { pile, by } => self.count(pile, by)?,
            Document::Correct { pile, by, worth } => self.correct(pile, by, worth)?,
            Document::Void { pile } => self.void(pile)?,
            Document::Undo { name, quantity } => {
                let event = self.names.get(&name).copied().ok_or(Impossible)?;
                self.undo(event, quantity)?;
            }
            Document::Settle { product } => self.settle(product),
        }
        for product in 0..super::PRODUCTS {
            self.look(product);
        }
        Ok(first..self.events.len())
    }

    /// Looks at what a product costs now, if there is any of it.
    fn look(&mut self, product: u64) {
        let open = || self.piles.iter().filter(|pile| pile.product == product && pile.left > 0);
        let Some(known) = open().map(|pile| pile.known).max() else { return };
        let sure = || open().filter(|pile| pile.known != Known::Missing);
        let quantity: i64 = sure().map(|pile| pile.left).sum();
        let per_unit = |sum: Exact| sum * Exact::new(1_000_000.into(), quantity.into());
        let mut average = Average { known, ..Average::default() };
        if quantity > 0 {
            average.cost = Some(per_unit(sure().map(|pile| pile.worth.clone()).sum()));
            average.off = per_unit(halves(sure().map(|pile| pile.roundings).sum())) + halves(1);
        }
        self.averages.insert(product, average);
    }

    fn come(&mut self, (product, on): (u64, u32), (quantity, value): (i64, Exact), known: Known, roundings: i64) {
        let pile = Pile {
            product,
            on,
            known,
            told: (quantity, value.clone()),
            borne: value.clone(),
            borne_roundings: roundings,
            left: 0,
            worth: whole(0),
            voided: false,
            roundings: roundings - 1,
        };
        self.piles.push(pile);
        let part = self.put(self.piles.len() - 1, quantity, value);
        self.events.push(Event::of(vec![part]));
        self.look(product);
        if self.settling {
            self.settle(product);
        }
    }

    /// Puts units into a pile, or takes them out where they are negative.
    fn put(&mut self, at: usize, quantity: i64, value: Exact) -> Part {
        let pile = &mut self.piles[at];
        pile.left += quantity;
        pile.worth += &value;
        pile.roundings += 1;
        let (place, left) = (Place::Pile(at), quantity.abs());
        Part { place, quantity, value, known: pile.known, roundings: pile.roundings, left }
    }

    /// Owes units, or no longer owes them where they are positive.
    fn owe(&mut self, at: usize, quantity: i64) -> Part {
        let debt = &mut self.debts[at];
        debt.owed -= quantity;
        debt.roundings += 1;
        let (place, left, value) = (Place::Debt(at), quantity.abs(), &debt.price * whole(quantity));
        Part { place, quantity, value, known: debt.known, roundings: debt.roundings, left }
    }

    /// Takes units from piles as far as there are any, the oldest first.
    fn take(&mut self, product: u64, quantity: i64) -> Vec<Part> {
        self.look(product);
        let of_it = |at: &usize| self.piles[*at].product == product && self.piles[*at].left > 0;
        let mut order: Vec<usize> = (0..self.piles.len()).filter(of_it).collect();
        order.sort_by_key(|at| (self.piles[*at].on, *at));
        let mut wanted = quantity;
        let mut parts = Vec::new();
        for at in order {
            let part = self.piles[at].left.min(wanted);
            if part > 0 {
                let cost = share(&self.piles[at].worth, part, self.piles[at].left);
                parts.push(self.put(at, -part, -cost));
                wanted -= part;
            }
        }
        parts
    }

    fn sell(&mut self, product: u64, quantity: i64, average: Option<i64>) {
        let mut parts = self.take(product, quantity);
        let short = quantity + parts.iter().map(|part| part.quantity).sum::<i64>();
        if short > 0 {
            let known = if average.is_some() { Known::Estimated } else { Known::Missing };
            let price = Exact::new(average.unwrap_or(0).into(), 1_000_000.into());
            self.debts.push(Debt { product, known, price, owed: 0, payments: Vec::new(), roundings: 0 });
            parts.push(self.owe(self.debts.len() - 1, -short));
        }
        self.events.push(Event::of(parts));
    }

    /// Pays debts, the oldest first: each payment is an event of its own, as well known as what pays.
    fn settle(&mut self, product: u64) {
        for debt in 0..self.debts.len() {
            let part = self.debts[debt].owed.min(self.available(product));
            if self.debts[debt].product != product || part <= 0 {
                continue;
            }
            let mut event = Event::of(self.take(product, part));
            let places = (0..event.parts.len()).map(|place| (self.events.len(), place));
            self.debts[debt].payments.extend(places);
            event.parts.push(self.owe(debt, part));
            self.events.push(event);
        }
    }

    /// So many more or fewer units were found than there should be: at what units of the pile cost.
    fn count(&mut self, at: usize, by: i64) -> Result<(), Impossible> {
        let pile = &self.piles[at];
        if pile.voided || by == 0 || pile.left + by < 0 {
            return Err(Impossible);
        }
        let value = if by < 0 { share(&pile.worth, by, pile.left) } else { share(&pile.borne, by, pile.told.0) };
        // Where that is not exactly what was received, so is each unit found.
        let roundings = i128::from(pile.borne_roundings) * i128::from(by.max(0));
        let roundings = i64::try_from((roundings + i128::from(pile.told.0) - 1) / i128::from(pile.told.0)).unwrap();
        self.look(self.piles[at].product);
        self.piles[at].roundings += roundings;
        let part = self.put(at, by, value);
        self.events.push(Event::of(vec![part]));
        Ok(())
    }

    /// The document said something else. Units that are gone keep what they cost: had they cost the difference more
    /// each, so much less of the correction falls on the pile.
    fn correct(&mut self, at: usize, by: i64, worth: i64) -> Result<(), Impossible> {
        let pile = &self.piles[at];
        let told = (pile.told.0 + by, &pile.told.1 + whole(worth));
        let left = pile.left + by;
        if pile.voided || left < 0 || told.0 <= 0 || told.1 < whole(0) {
            return Err(Impossible);
        }
        let gone = (pile.told.0 - pile.left).max(0);
        let dearer = &told.1 / whole(told.0) - &pile.told.1 / whole(pile.told.0);
        let change = whole(worth) - dearer * whole(gone);
        let change = if left == 0 { -&pile.worth } else { change.max(-&pile.worth) };
        self.look(self.piles[at].product);
        let pile = &mut self.piles[at];
        pile.told = told;
        pile.borne = (&pile.borne + &change).max(whole(0));
        pile.borne_roundings += 2;
        pile.roundings += 1;
        let part = self.put(at, by, change);
        self.events.push(Event::of(vec![part]));
        Ok(())
    }

    /// A pile that never was; only all of it can never have been.
    fn void(&mut self, at: usize) -> Result<(), Impossible> {
        let pile = &self.piles[at];
        let off = &pile.worth - &pile.borne;
        let whole_value = off <= halves(pile.roundings) && -off <= halves(pile.roundings);
        if pile.voided || pile.left != pile.told.0 || !whole_value {
            return Err(Impossible);
        }
        self.look(pile.product);
        let (quantity, value) = (self.piles[at].left, self.piles[at].worth.clone());
        let part = self.put(at, -quantity, -value);
        self.piles[at].voided = true;
        self.events.push(Event::of(vec![part]));
        Ok(())
    }

    /// So much of an event is taken back, or all that is left of it; the last of it first.
    fn undo(&mut self, of: usize, quantity: Option<i64>) -> Result<(), Impossible> {
        let moved = self.events[of].quantity();
        let outstanding = moved.abs() - self.events[of].undone;
        let asked = quantity.unwrap_or(outstanding);
        if asked <= 0 || asked > outstanding {
            return Err(Impossible);
        }
        let parts = if moved < 0 { self.bring_back(of, asked, outstanding)? } else { self.take_again(of, asked)? };
        assert_eq!(parts.iter().map(|part| part.quantity.abs()).sum::<i64>(), asked, "units were lost");
        self.events[of].undone += asked;
        self.events.push(Event::of(parts));
        Ok(())
    }

    /// What left comes back: first what is still owed is owed no longer, then what paid for it, then what it took.
    fn bring_back(&mut self, of: usize, asked: i64, outstanding: i64) -> Result<Vec<Part>, Impossible> {
        let taken = |part: &&Part| matches!(part.place, Place::Pile(_));
        let taken: i64 = self.events[of].parts.iter().filter(taken).map(|part| part.left).sum();
        let mut of_debt = (outstanding - taken).min(asked);
        let mut wanted = asked - of_debt;
        let mut parts = Vec::new();
        let debt = self.events[of].parts.iter().find_map(|part| match part.place {
            Place::Debt(debt) => Some(debt),
            Place::Pile(_) => None,
        });
        if let Some(debt) = debt {
            let part = of_debt.min(self.debts[debt].owed);
            if part > 0 {
                parts.push(self.owe(debt, part));
                of_debt -= part;
            }
            for (event, place) in self.debts[debt].payments.clone().into_iter().rev() {
                self.bring_part_back(event, place, &mut of_debt, &mut parts)?;
            }
        }
        for place in (0..self.events[of].parts.len()).rev() {
            if matches!(self.events[of].parts[place].place, Place::Pile(_)) {
                self.bring_part_back(of, place, &mut wanted, &mut parts)?;
            }
        }
        Ok(parts)
    }

    fn bring_part_back(
        &mut self,
        event: usize,
        place: usize,
        wanted: &mut i64,
        parts: &mut Vec<Part>,
    ) -> Result<(), Impossible> {
        let part = &mut self.events[event].parts[place];
        let Place::Pile(at) = part.place else { return Ok(()) };
        let back = part.left.min(*wanted);
        if back <= 0 {
            return Ok(());
        }
        part.left -= back;
        *wanted -= back;
        let value = share(&part.value, back, part.quantity.abs());
        if self.piles[at].voided {
            return Err(Impossible);
        }
        parts.push(self.put(at, back, -value));
        Ok(())
    }

    /// What came back leaves again, at what it came back for, and what was owed no longer is owed again.
    fn take_again(&mut self, of: usize, asked: i64) -> Result<Vec<Part>, Impossible> {
        for product in 0..super::PRODUCTS {
            self.look(product);
        }
        let mut wanted = asked;
        let mut parts = Vec::new();
        for place in (0..self.events[of].parts.len()).rev() {
            let part = &mut self.events[of].parts[place];
            let again = part.left.min(wanted);
            if again <= 0 {
                continue;
            }
            part.left -= again;
            wanted -= again;
            let (place, cost) = (part.place, share(&part.value, again, part.quantity.abs()));
            parts.push(match place {
                Place::Debt(debt) => self.owe(debt, -again),
                Place::Pile(at) => self.leave_again(at, again, cost)?,
            });
        }
        Ok(parts)
    }

    /// The last units of a pile are worth all that is left of it. Where a correction left less than what they came back
    /// for, they are worth what the others there are.
    fn leave_again(&mut self, at: usize, quantity: i64, cost: Exact) -> Result<Part, Impossible> {
        let pile = &self.piles[at];
        if pile.voided || pile.left < quantity {
            return Err(Impossible);
        }
        let (even, off) = (share(&pile.worth, quantity, pile.left), &cost - &pile.worth);
        let close = off <= halves(pile.roundings) && -&off <= halves(pile.roundings);
        let differs = &cost - &even > halves(pile.roundings) || &even - &cost > halves(pile.roundings);
        let doubtful = quantity < pile.left && close && differs;
        self.doubtful |= doubtful;
        let evenly = quantity == pile.left || if doubtful { self.evenly } else { off > whole(0) };
        let value = if evenly { even } else { cost };
        Ok(self.put(at, -quantity, -value))
    }
}
