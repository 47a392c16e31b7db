//! Movements that are taken back: exactly the lots they name, wholly or in part.
//!
//! Rule: a part is taken back in the reverse order of consumption, so that what stays gone is exactly the first-in cost
//! of the quantity that stays gone (behaviour 2.10). Taking back what was taken back restores the first state.

use entity::{Amount, CostStatus, LotSource, LotStatus, MovementId, Quantity};

use super::{Book, BookError, Line, Posting, Result, refuse};
use crate::{
    money::share_half_even,
    stock::model::{Arrival, Cause, History, Lot, NewLot, OpenDraw, Posted, Shortfall, worse},
};

impl Book {
    /// Takes back what is left of a movement, or `quantity` of it.
    ///
    /// # Errors
    /// When there is less left of it to take back, or when what it brought is gone.
    pub fn reverse(&mut self, history: &History, quantity: Option<Quantity>, cause: &Cause) -> Result<Posted> {
        let outstanding = self.outstanding(history)?;
        let asked = quantity.unwrap_or(outstanding);
        if asked > outstanding {
            return Err(BookError::Excess { outstanding });
        }
        if asked.0 <= 0 {
            return Err(BookError::Invalid);
        }
        let on_lots = !history.draws.is_empty() || history.shortage.is_some();
        let gone = history.movement.quantity.0 < 0;
        match (on_lots, gone) {
            (false, true) => self.return_whole(history, asked, outstanding, cause),
            (false, false) => self.unarrive(&history.movement, None, cause),
            (true, true) => {
                let lines = self.give_back(history, asked)?;
                self.post_back(history, &lines, cause)
            }
            (true, false) => {
                let lines = self.take_again(history, asked)?;
                self.post_back(history, &lines, cause)
            }
        }
    }

    /// How much of an entry on a shortage is owed: it was neither taken back nor settled.
    fn owed(&self, shortage: &OpenDraw) -> Result<i64> {
        let lot = shortage.entry.lot_id;
        let row = self.lots.get(&lot).ok_or(BookError::NoLot(lot))?;
        Ok((-row.remaining_quantity.0).min(shortage.quantity.0).max(0))
    }

    /// What is left of a movement to take back.
    pub(crate) fn outstanding(&self, history: &History) -> Result<Quantity> {
        if history.draws.is_empty() && history.shortage.is_none() {
            let left = history.movement.quantity.0.checked_abs().and_then(|all| all.checked_sub(history.returned.0.0));
            return left.map(Quantity).ok_or(BookError::Overflow);
        }
        let mut sum = history.draws.iter().try_fold(0_i64, |sum, draw| sum.checked_add(draw.quantity.0));
        if let Some(shortage) = &history.shortage {
            let owed = self.owed(shortage)?;
            sum = sum.and_then(|sum| sum.checked_add(owed));
        }
        sum.map(Quantity).ok_or(BookError::Overflow)
    }

    /// Stock that left a product without lots comes back into the pool; into a lot of its own if lots are kept by now.
    fn return_whole(
        &mut self,
        history: &History,
        asked: Quantity,
        outstanding: Quantity,
        cause: &Cause,
    ) -> Result<Posted> {
        let gone = &history.movement;
        let left = gone.value.0.checked_neg().and_then(|all| all.checked_sub(history.returned.1.0));
        let value = left.and_then(|left| share_half_even(left, asked.0, outstanding.0)).ok_or(BookError::Overflow)?;
        let lot = NewLot::new("RETURN", LotSource::Return, cause.effective_on);
        let (product, status, value) = (gone.product_id, gone.cost_status, Amount(value));
        let arrival = Arrival { product, quantity: asked, value, status, lot };
        let movement: MovementId = self.ids.fresh();
        let lot = if self.stamp.lots {
            Some(self.lot_of(&arrival, movement, cause, Some(gone.id))?)
        } else {
            self.add_to_pool(&arrival, movement, cause, Some(gone.id))?;
            None
        };
        Ok(Posted { movement: Some(movement), quantity: asked, value, status, short: Quantity::ZERO, lot })
    }

    /// Takes again what came back by a movement: from the same lots where they still hold it, else first in, first out,
    /// a shortage included. It names the movement either way.
    pub(crate) fn take_back_again(&mut self, history: &History, cause: &Cause) -> Result<Posted> {
        let outstanding = self.outstanding(history)?;
        if self.holds(history) {
            return self.reverse(history, None, cause);
        }
        let posted = self.leave(history.movement.product_id, outstanding, Shortfall::Owe, cause)?;
        if let Some(movement) = self.movements.last_mut() {
            movement.reverses = Some(history.movement.id);
        }
        Ok(posted)
    }

    /// Whether the lots that a movement filled still hold what it put there.
    fn holds(&self, history: &History) -> bool {
        let mut sums: std::collections::BTreeMap<entity::LotId, i64> = std::collections::BTreeMap::new();
        for draw in &history.draws {
            let sum = sums.entry(draw.entry.lot_id).or_default();
            *sum = sum.saturating_add(draw.quantity.0);
        }
        sums.iter().all(|(id, quantity)| {
            self.lots.get(id).is_some_and(|lot| {
                lot.source == LotSource::Shortage
                    || (lot.status != LotStatus::Voided && lot.remaining_quantity.0 >= *quantity)
            })
        })
    }

    fn give_back(&mut self, history: &History, asked: Quantity) -> Result<Vec<Line>> {
        let mut left = asked.0;
        let mut lines = Vec::new();
        if let Some(shortage) = &history.shortage {
            let part = left.min(self.owed(shortage)?);
            if part > 0 {
                let id = shortage.entry.lot_id;
                let lot = self.lots.get(&id).ok_or(BookError::NoLot(id))?;
                let (owed, worth) = (-lot.remaining_quantity.0, -lot.remaining_value.0);
                let value = share_half_even(worth, part, owed).ok_or(BookError::Overflow)?;
                let (status, reverses) = (lot.cost_status, Some(shortage.entry.id));
                lines.push(Line { lot: id, quantity: part, value, status, reverses });
                left -= part;
            }
        }
        for draw in history.draws.iter().rev() {
            let part = left.min(draw.quantity.0);
            if part <= 0 {
                continue;
            }
            let line = part_of(draw, part)?;
            let lot = self.lots.get(&line.lot).ok_or(BookError::NoLot(line.lot))?;
            if lot.status == LotStatus::Voided {
                return Err(BookError::Changed(line.lot));
            }
            let back = line.draw(lot);
            let queue = &mut self.account(lot.product_id)?.queue;
            queue.restore(&back).map_err(|error| refuse(error, line.lot))?;
            lines.push(line);
            left -= part;
        }
        Ok(lines)
    }

    /// What came back is taken again from the same lots at the same value.
    fn take_again(&mut self, history: &History, asked: Quantity) -> Result<Vec<Line>> {
        self.keep_cost(history.movement.product_id)?;
        let mut left = asked.0;
        let mut lines = Vec::new();
        for draw in history.draws.iter().rev() {
            let part = left.min(draw.quantity.0);
            if part <= 0 {
                continue;
            }
            let mut line = part_of(draw, part)?;
            let lot = self.lots.get(&line.lot).ok_or(BookError::NoLot(line.lot))?.clone();
            let account = self.account(lot.product_id)?;
            if lot.source == LotSource::Shortage {
                account.debts.insert((lot.created_at, lot.id));
            } else {
                line.value = worth_again(&lot, &line)?;
                let taken = line.draw(&lot).reversed().ok_or(BookError::Overflow)?;
                account.queue.restore(&taken).map_err(|error| refuse(error, lot.id))?;
            }
            (line.quantity, line.value) = (-line.quantity, -line.value);
            lines.push(line);
            left -= part;
        }
        Ok(lines)
    }

    fn post_back(&mut self, history: &History, lines: &[Line], cause: &Cause) -> Result<Posted> {
        let sum = |figure: fn(&Line) -> i64| lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(figure(line)));
        let quantity = sum(|line| line.quantity).ok_or(BookError::Overflow)?;
        let value = sum(|line| line.value).ok_or(BookError::Overflow)?;
        let status = lines.iter().fold(CostStatus::Complete, |status, line| worse(status, line.status));
        let id: MovementId = self.ids.fresh();
        let (product, reverses) = (history.movement.product_id, Some(history.movement.id));
        self.post(&Posting { id, product, quantity, value, status, reverses, cause }, lines)?;
        Ok(Posted {
            movement: Some(id),
            quantity: Quantity(quantity.abs()),
            value: Amount(value.abs()),
            status,
            short: Quantity::ZERO,
            lot: None,
        })
    }
}

/// What units that came back to a lot are worth when they are taken again: what they were then. If others took from the
/// lot meanwhile, their rounding may have left a millionth more or less: the last units take what is left.
fn worth_again(lot: &Lot, line: &Line) -> Result<i64> {
    let (left, rest) = (lot.remaining_quantity.0, lot.remaining_value.0);
    if line.quantity == left {
        return Ok(rest);
    }
    if line.value <= rest {
        return Ok(line.value);
    }
    share_half_even(rest, line.quantity, left).ok_or(BookError::Changed(lot.id))
}

/// A part of an entry, without sign.
fn part_of(draw: &OpenDraw, part: i64) -> Result<Line> {
    let value = share_half_even(draw.value.0, part, draw.quantity.0).ok_or(BookError::Overflow)?;
    let entry = &draw.entry;
    Ok(Line { lot: entry.lot_id, quantity: part, value, status: entry.cost_status, reverses: Some(entry.id) })
}
