//! Tests of the cost engine: examples of the behaviour page, and properties against an oracle.
//!
//! Rule: the oracle shares no code and no way of calculating with the engine.

mod examples;
mod properties;
mod tokens;

use chrono::NaiveDate;
use entity::{Amount, CostStatus, Quantity, Timestamp};

use super::*;

const ONE: i64 = 1_000_000;

/// A lot of January 2026, recorded in the order of ids.
fn lot(id: u32, day: u32, quantity: i64, value: i64) -> OpenLot<u32> {
    let received = NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let place = Place::new(received, Timestamp(i64::from(id)), id);
    OpenLot { place, quantity: Quantity(quantity), value: Amount(value), status: CostStatus::Complete }
}

fn queue(lots: &[OpenLot<u32>]) -> Queue<u32> {
    let mut queue = Queue::default();
    for lot in lots {
        queue.receive(*lot).unwrap();
    }
    queue
}

/// Ids and quantities of draws.
fn taken(draws: &[Draw<u32>]) -> Vec<(u32, i64)> {
    draws.iter().map(|draw| (draw.place.id(), draw.quantity.0)).collect()
}
