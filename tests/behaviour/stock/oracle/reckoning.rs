//! The oracle: a reckoning of stock in fractions, from what the documents say alone.
//!
//! Rule: it shares nothing with the engine. It remembers documents and nothing else, and for every question it goes
//! through all of them again: a unit costs what its pile's units cost, the oldest pile goes first, and no remaining value
//! is kept that could be rounded.

/// A fraction; figures are small enough for its products to fit.
#[derive(Clone, Copy, Debug)]
pub struct Fraction(i128, i128);

impl Fraction {
    fn new(top: i128, bottom: i128) -> Self {
        let (mut one, mut other) = (top.unsigned_abs(), bottom.unsigned_abs());
        while other != 0 {
            (one, other) = (other, one % other);
        }
        let common = i128::try_from(one.max(1)).unwrap();
        Self(top / common, bottom / common)
    }

    /// How far a whole number is from it, in whole numbers rounded up.
    pub fn distance(self, number: i64) -> i128 {
        let difference = (i128::from(number) * self.1 - self.0).abs();
        (difference + self.1 - 1) / self.1
    }
}

/// What happened, as people would write it down. Piles and documents are named by their number.
#[derive(Debug, Clone, Copy)]
pub enum Document {
    /// A delivery or the product of a build.
    Receive { product: u64, on: u32, quantity: i64, value: i64 },
    /// A sale or a component: oldest first, what is not there is owed.
    Take { product: u64, quantity: i64 },
    /// A count of one pile.
    Count { pile: usize, by: i64 },
    /// A pile that never was.
    Void { pile: usize },
    /// So much of a document is taken back, the last of it first.
    Undo { document: usize, quantity: i64 },
}

/// What a document did to one pile, or to what is owed.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The pile; none is a debt.
    pub pile: Option<usize>,
    /// Quantity, negative where it left.
    pub quantity: i64,
    /// How much of it was not taken back, without sign.
    left: i64,
}

/// A pile after all documents.
#[derive(Debug)]
pub struct Pile {
    product: u64,
    on: u32,
    quantity: i64,
    value: i64,
    voided: bool,
    /// What is left.
    pub left: i64,
    /// How often it was touched: each time may round.
    pub touches: i128,
}

impl Pile {
    /// What units of it cost.
    pub fn worth(&self, quantity: i64) -> Fraction {
        Fraction::new(i128::from(quantity) * i128::from(self.value), i128::from(self.quantity))
    }
}

/// Everything after all documents.
#[derive(Debug, Default)]
pub struct State {
    /// Piles, in the order they were made.
    pub piles: Vec<Pile>,
    /// What each document did.
    pub parts: Vec<Vec<Part>>,
}

/// The oracle.
#[derive(Debug, Default)]
pub struct Oracle(Vec<Document>);

impl Oracle {
    /// Tells it of a document; its number.
    pub fn tell(&mut self, document: Document) -> usize {
        self.0.push(document);
        self.0.len() - 1
    }

    /// Goes through all documents from the first on.
    pub fn replay(&self) -> State {
        let mut state = State::default();
        for document in &self.0 {
            let parts = state.happen(*document);
            state.parts.push(parts);
        }
        state
    }
}

impl State {
    /// What could be taken of a product.
    pub fn available(&self, product: u64) -> i64 {
        self.piles.iter().filter(|pile| pile.product == product).map(|pile| pile.left).sum()
    }

    fn happen(&mut self, document: Document) -> Vec<Part> {
        match document {
            Document::Receive { product, on, quantity, value } => {
                self.piles.push(Pile { product, on, quantity, value, voided: false, left: 0, touches: 0 });
                vec![self.touch(Some(self.piles.len() - 1), quantity)]
            }
            Document::Take { product, quantity } => self.take(product, quantity),
            Document::Count { pile, by } => vec![self.touch(Some(pile), by)],
            Document::Void { pile } => {
                self.piles[pile].voided = true;
                vec![self.touch(Some(pile), -self.piles[pile].left)]
            }
            Document::Undo { document, quantity } => self.undo(document, quantity),
        }
    }

    fn touch(&mut self, pile: Option<usize>, quantity: i64) -> Part {
        if let Some(pile) = pile {
            self.piles[pile].left += quantity;
            self.piles[pile].touches += 1;
        }
        Part { pile, quantity, left: quantity.abs() }
    }

    fn take(&mut self, product: u64, quantity: i64) -> Vec<Part> {
        let mut order: Vec<usize> = (0..self.piles.len()).filter(|at| self.piles[*at].product == product).collect();
        order.sort_by_key(|at| (self.piles[*at].on, *at));
        let mut wanted = quantity;
        let mut parts = Vec::new();
        for at in order {
            let part = self.piles[at].left.min(wanted);
            if part > 0 {
                parts.push(self.touch(Some(at), -part));
                wanted -= part;
            }
        }
        if wanted > 0 {
            parts.push(self.touch(None, -wanted));
        }
        parts
    }

    fn undo(&mut self, document: usize, quantity: i64) -> Vec<Part> {
        let mut wanted = quantity;
        let mut parts = Vec::new();
        for place in (0..self.parts[document].len()).rev() {
            let part = self.parts[document][place];
            let back = part.left.min(wanted);
            if back <= 0 {
                continue;
            }
            wanted -= back;
            self.parts[document][place].left -= back;
            parts.push(self.touch(part.pile, -part.quantity.signum() * back));
        }
        assert_eq!(wanted, 0, "more was taken back than there was");
        parts
    }
}
