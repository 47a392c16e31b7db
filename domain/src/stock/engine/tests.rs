//! Tests of the cost engine.

use chrono::NaiveDate;
use entity::{CostStatus, Timestamp};
use proptest::prelude::*;

use super::*;

const ONE: i64 = 1_000_000;

fn lot(id: u32, day: u32, quantity: i64, value: i64) -> OpenLot<u32> {
    let received = NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let place = Place::new(received, Timestamp(i64::from(id)), id);
    OpenLot { place, quantity, value, status: CostStatus::Complete }
}

fn queue(lots: &[OpenLot<u32>]) -> Queue<u32> {
    let mut queue = Queue::default();
    for lot in lots {
        queue.insert(*lot).unwrap();
    }
    queue
}

/// Statement 43: 10 @ 2.00, 15 @ 2.50, 40 @ 3.00; 30 are consumed.
#[test]
fn s043_three_lots_give_thirty_units_for_seventy_two_fifty() {
    let mut lots =
        queue(&[lot(1, 1, 10 * ONE, 20 * ONE), lot(2, 2, 15 * ONE, 37_500_000), lot(3, 3, 40 * ONE, 120 * ONE)]);
    let mut draws = Vec::new();
    assert_eq!(lots.take(30 * ONE, &mut draws), Ok(72_500_000));
    let taken: Vec<(u32, i64)> = draws.iter().map(|draw| (draw.lot, draw.quantity / ONE)).collect();
    assert_eq!(taken, [(1, 10), (2, 15), (3, 5)]);
    assert_eq!((lots.quantity(), lots.value(), lots.lots().len()), (35 * ONE, 105 * ONE, 1));
}

#[test]
fn legacy_lots_go_first_then_date_then_creation() {
    let legacy = OpenLot { place: Place::legacy(Timestamp(99), 9), ..lot(9, 1, ONE, ONE) };
    let mut lots = queue(&[lot(3, 5, ONE, ONE), lot(2, 5, ONE, ONE), lot(1, 4, ONE, ONE), legacy]);
    let mut draws = Vec::new();
    lots.take(4 * ONE, &mut draws).unwrap();
    assert_eq!(draws.iter().map(|draw| draw.lot).collect::<Vec<_>>(), [9, 1, 2, 3]);
}

#[test]
fn a_refusal_changes_nothing() {
    let mut lots = queue(&[lot(1, 1, 3, 10)]);
    let before = lots.clone();
    let mut draws = Vec::new();
    assert_eq!(lots.take(4, &mut draws), Err(EngineError::Short { available: 3 }));
    assert_eq!(lots.take(0, &mut draws), Err(EngineError::Invalid));
    assert_eq!(lots.take(-1, &mut draws), Err(EngineError::Invalid));
    assert_eq!(lots.insert(lot(2, 1, i64::MAX, 0)), Err(EngineError::Overflow));
    assert_eq!(lots.insert(lot(2, 1, 1, i64::MAX)), Err(EngineError::Overflow));
    assert_eq!(lots.insert(lot(2, 1, 0, 0)), Err(EngineError::Invalid));
    assert_eq!(lots.insert(lot(2, 1, 1, -1)), Err(EngineError::Invalid));
    assert_eq!(lots.take_exactly(lot(1, 1, 0, 0).place, 3, 9), Err(EngineError::Changed));
    assert_eq!(lots.take_from(lot(7, 1, 0, 0).place, 1), Err(EngineError::Short { available: 0 }));
    assert_eq!((lots, draws), (before, Vec::new()));
}

proptest! {
    #[test]
    fn value_in_is_value_out_plus_value_on_hand(
        steps in proptest::collection::vec((0_u8..5, 1_u32..28, 1_i64..50_000_000, 0_i64..9_000_000_000), 1..120),
    ) {
        let mut lots = Queue::default();
        let (mut quantity, mut value) = (0, 0);
        let mut draws = Vec::new();
        for (id, (step, day, amount, worth)) in (0_u32..).zip(steps) {
            if step < 2 {
                lots.insert(lot(id, day, amount, worth)).unwrap();
                quantity += amount;
                value += worth;
            } else if step < 4 {
                draws.clear();
                let before = lots.clone();
                match lots.take(amount, &mut draws) {
                    Ok(taken) => {
                        prop_assert_eq!(draws.iter().map(|draw| draw.value).sum::<i64>(), taken);
                        prop_assert_eq!(draws.iter().map(|draw| draw.quantity).sum::<i64>(), amount);
                        if step == 2 {
                            // Given back, everything is as before.
                            for draw in &draws {
                                let place = before.lots().find(|lot| lot.place.id() == draw.lot).unwrap().place;
                                let back = OpenLot { place, quantity: draw.quantity, value: draw.value, status: draw.status };
                                lots.give_back(back).unwrap();
                            }
                            prop_assert_eq!(&lots, &before);
                        } else {
                            quantity -= amount;
                            value -= taken;
                        }
                    }
                    Err(error) => {
                        prop_assert_eq!(error, EngineError::Short { available: quantity });
                        prop_assert_eq!(&lots, &before);
                    }
                }
            } else {
                let Some(first) = lots.lots().next().copied() else { continue };
                let part = amount.min(first.quantity);
                let draw = lots.take_from(first.place, part).unwrap();
                quantity -= draw.quantity;
                value -= draw.value;
            }
            prop_assert_eq!((lots.quantity(), lots.value()), (quantity, value));
            prop_assert_eq!(lots.lots().map(|lot| lot.value).sum::<i64>(), value);
            prop_assert!(lots.lots().all(|lot| lot.quantity > 0 && lot.value >= 0));
        }
    }
}
