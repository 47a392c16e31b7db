//! What is left of movements to take back.
//!
//! Rule: never more comes back of a movement than left by it. Movements that owe on one shortage share what is owed and
//! what settled it: the reversal of a reversal owes again where the first owed.

use entity::Quantity;

use super::model::{History, Movement, OpenDraw};
use crate::money::{Amount, share_half_even};

/// A shortage, for the movements that owe on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Debt {
    /// What is still owed.
    pub owed: i64,
    /// What settled the rest, in the order it did.
    pub paid: Vec<OpenDraw>,
}

impl Debt {
    /// Gives up to `rest` of what settled it, the last first, in the order it did.
    fn unpay(&mut self, mut rest: i64) -> Option<Vec<OpenDraw>> {
        let mut draws = Vec::new();
        for open in self.paid.iter_mut().rev() {
            let part = rest.min(open.quantity.0);
            if part > 0 {
                let value = share_half_even(open.value.0, part, open.quantity.0)?;
                draws.push(OpenDraw { entry: open.entry.clone(), quantity: Quantity(part), value: Amount(value) });
                (open.quantity.0, open.value.0) = (open.quantity.0 - part, open.value.0 - value);
                rest -= part;
            }
        }
        draws.reverse();
        Some(draws)
    }
}

impl History {
    /// What is left of a movement: of its own entries, and of its shortage as much as did not come back yet. What it gets
    /// of the shortage is taken from what others may get. Nothing when a figure does not fit.
    pub fn gather(
        movement: Movement,
        mut draws: Vec<OpenDraw>,
        shortage: Option<(OpenDraw, &mut Debt)>,
        returned: (Quantity, Amount),
    ) -> Option<Self> {
        let gone = movement.quantity.0.checked_abs()?.checked_sub(returned.0.0)?;
        let own = draws.iter().try_fold(0_i64, |sum, draw| sum.checked_add(draw.quantity.0))?;
        let mut rest = gone.checked_sub(own)?.max(0);
        let shortage = match shortage {
            Some((mut draw, debt)) => {
                draw.quantity = Quantity(rest.min(debt.owed).max(0));
                debt.owed -= draw.quantity.0;
                rest -= draw.quantity.0;
                draws.extend(debt.unpay(rest)?);
                Some(draw)
            }
            None => None,
        };
        Some(Self { movement, draws, shortage, returned })
    }
}
