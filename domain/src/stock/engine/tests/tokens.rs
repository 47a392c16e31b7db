//! The oracle: stock as single units, each with the exact fraction of money it cost.
//!
//! Rule: no lot has a remaining quantity or value here, nothing is rounded, and everything is found by sorting.

/// A multiple of every number up to 40, so that what up to 40 units cost divides without rest.
pub const DENOMINATOR: i128 = 5_342_931_457_063_200;
/// The largest lot.
pub const UNITS_MAX: i64 = 40;

/// One millionth of a unit: the sorting key of its lot, and its cost in parts of [`DENOMINATOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    /// Day received, and id.
    pub key: (u32, u32),
    /// Exact cost.
    pub cost: i128,
}

/// What is on hand, as a heap of tokens.
#[derive(Debug, Default)]
pub struct Tokens(Vec<Token>);

impl Tokens {
    /// A lot of `quantity` tokens that cost `value` together.
    pub fn receive(&mut self, key: (u32, u32), quantity: i64, value: i64) {
        let cost = i128::from(value) * (DENOMINATOR / i128::from(quantity));
        self.0.extend((0..quantity).map(|_| Token { key, cost }));
    }

    /// The first `quantity` tokens, or all there are.
    pub fn consume(&mut self, quantity: i64) -> Vec<Token> {
        self.0.sort_unstable();
        let count = usize::try_from(quantity).unwrap().min(self.0.len());
        self.0.drain(..count).collect()
    }

    /// `quantity` tokens of one lot.
    pub fn consume_of(&mut self, key: (u32, u32), quantity: i64) -> Vec<Token> {
        let quantity = usize::try_from(quantity).unwrap();
        let (of_lot, others): (Vec<Token>, Vec<Token>) = self.0.iter().partition(|token| token.key == key);
        let (gone, stay) = of_lot.split_at(quantity);
        self.0 = [others.as_slice(), stay].concat();
        gone.to_vec()
    }

    /// Puts tokens back.
    pub fn restore(&mut self, tokens: &[Token]) {
        self.0.extend_from_slice(tokens);
    }

    /// How many tokens there are.
    pub fn count(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap()
    }

    /// How many tokens of one lot there are.
    pub fn count_of(&self, key: (u32, u32)) -> i64 {
        i64::try_from(self.0.iter().filter(|token| token.key == key).count()).unwrap()
    }
}
