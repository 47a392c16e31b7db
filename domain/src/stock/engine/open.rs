//! Open lots in their order, kept so that a late one joins in the middle at little cost.
//!
//! Rule: the order is a line of short numbers, the lots lie still beside it; a place left free is used again, so that
//! nothing is allocated per movement.

use std::{cmp::Ordering, collections::VecDeque};

use super::{lot::OpenLot, place::Place};

/// Open lots, first to be consumed first.
#[derive(Debug, Clone)]
pub(super) struct Open<I> {
    /// Where the lots lie, in the order of consumption.
    order: VecDeque<usize>,
    /// The lots, and what was there before in places that are free.
    kept: Vec<OpenLot<I>>,
    /// Places that are free.
    free: Vec<usize>,
}

impl<I> Default for Open<I> {
    fn default() -> Self {
        Self { order: VecDeque::new(), kept: Vec::new(), free: Vec::new() }
    }
}

impl<I> Open<I> {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &OpenLot<I>> {
        // Every number in the order is a place.
        self.order.iter().map(|at| &self.kept[*at])
    }

    pub(super) fn get(&self, nth: usize) -> Option<&OpenLot<I>> {
        self.kept.get(*self.order.get(nth)?)
    }

    pub(super) fn get_mut(&mut self, nth: usize) -> Option<&mut OpenLot<I>> {
        self.kept.get_mut(*self.order.get(nth)?)
    }

    #[inline]
    pub(super) fn first_mut(&mut self) -> Option<&mut OpenLot<I>> {
        self.kept.get_mut(*self.order.front()?)
    }

    pub(super) fn last(&self) -> Option<&OpenLot<I>> {
        self.kept.get(*self.order.back()?)
    }

    #[inline]
    pub(super) fn leave_first(&mut self) {
        self.free.extend(self.order.pop_front());
    }

    pub(super) fn leave(&mut self, nth: usize) {
        self.free.extend(self.order.remove(nth));
    }

    pub(super) fn join_last(&mut self, lot: OpenLot<I>) {
        let at = self.keep(lot);
        self.order.push_back(at);
    }

    /// `nth` is at most the number of lots, as [`Open::find`] answers it.
    pub(super) fn join(&mut self, nth: usize, lot: OpenLot<I>) {
        let at = self.keep(lot);
        self.order.insert(nth, at);
    }

    fn keep(&mut self, lot: OpenLot<I>) -> usize {
        let Some(at) = self.free.pop() else {
            self.kept.push(lot);
            return self.kept.len() - 1;
        };
        if let Some(place) = self.kept.get_mut(at) {
            *place = lot;
        }
        at
    }
}

impl<I: Copy + Ord> Open<I> {
    /// Which one in the order has that place, or which one it would be.
    ///
    /// What is restored mostly stands first, or before the first.
    pub(super) fn find(&self, place: Place<I>) -> Result<usize, usize> {
        match self.get(0).map(|first| place.cmp(&first.place)) {
            None | Some(Ordering::Less) => return Err(0),
            Some(Ordering::Equal) => return Ok(0),
            Some(Ordering::Greater) => {}
        }
        self.order.binary_search_by(|at| self.kept[*at].place.cmp(&place))
    }
}
