//! Examples of the behaviour page, and refusals.
//!
//! Rule: whole answers are compared; a refusal leaves everything as it was.

use entity::UnitCost;

use super::*;

/// Statements 43 and 44, in the engine: 10 @ 2.00, 15 @ 2.50, 40 @ 3.00; 30 are consumed.
#[test]
fn s043_s044_three_lots_give_thirty_units_for_seventy_two_fifty() {
    let mut lots =
        queue(&[lot(1, 1, 10 * ONE, 20 * ONE), lot(2, 2, 15 * ONE, 37_500_000), lot(3, 3, 40 * ONE, 120 * ONE)]);
    let mut draws = Vec::new();
    let consumption = Consumption {
        quantity: Quantity(30 * ONE),
        value: Amount(72_500_000),
        short: Quantity::ZERO,
        short_value: None,
        status: CostStatus::Complete,
    };
    assert_eq!(lots.consume(Quantity(30 * ONE), &mut draws), Ok(consumption));
    assert_eq!(taken(&draws), [(1, 10 * ONE), (2, 15 * ONE), (3, 5 * ONE)]);
    assert_eq!(lots, queue(&[lot(3, 3, 35 * ONE, 105 * ONE)]));
}

/// Statement 45: of two lots of one date, the earlier created one goes first.
#[test]
fn s045_legacy_lots_go_first_then_date_then_creation_then_id() {
    let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let legacy = OpenLot { place: Place::legacy(Timestamp(99), 9), ..lot(9, 1, ONE, ONE) };
    let twin = OpenLot { place: Place::new(day, Timestamp(2), 8), ..lot(8, 5, ONE, ONE) };
    let mut lots = queue(&[lot(3, 5, ONE, ONE), twin, lot(2, 5, ONE, ONE), lot(1, 4, ONE, ONE), legacy]);
    let mut draws = Vec::new();
    lots.consume(Quantity(5 * ONE), &mut draws).unwrap();
    assert_eq!(taken(&draws), [(9, ONE), (1, ONE), (2, ONE), (8, ONE), (3, ONE)]);
}

/// Statement 47: a voided lot is neither used nor averaged; one that was touched stays.
#[test]
fn s047_a_voided_lot_is_not_used_and_not_averaged() {
    let (cheap, dear) = (lot(1, 1, 10 * ONE, 20 * ONE), lot(2, 2, 10 * ONE, 40 * ONE));
    let mut lots = queue(&[cheap, dear]);
    assert_eq!(lots.average(), Some(UnitCost(3 * ONE)));
    let draw = lots.void(&cheap).unwrap();
    assert_eq!((draw.quantity, draw.value, lots.average()), (cheap.quantity, cheap.value, Some(UnitCost(4 * ONE))));
    let mut draws = Vec::new();
    assert_eq!(lots.consume(Quantity(ONE), &mut draws).unwrap().value, Amount(4 * ONE));
    assert_eq!(lots.void(&dear), Err(EngineError::Changed));
    assert_eq!(lots.void(&cheap), Err(EngineError::Changed));
    assert_eq!(lots, queue(&[lot(2, 2, 9 * ONE, 36 * ONE)]));
}

/// Statement 84, the engine's part: 20 of two lots of 10, 15 given back, the loss is the five that stay away.
#[test]
fn s084_fifteen_recovered_of_twenty_leave_a_loss_of_five_at_two() {
    let mut lots = queue(&[lot(1, 1, 10 * ONE, 20 * ONE), lot(2, 2, 10 * ONE, 30 * ONE)]);
    let mut draws = Vec::new();
    let spent = lots.consume(Quantity(20 * ONE), &mut draws).unwrap().value;
    lots.restore(&draws[1]).unwrap();
    lots.restore(&Draw { quantity: Quantity(5 * ONE), value: Amount(10 * ONE), ..draws[0] }).unwrap();
    assert_eq!(spent.checked_sub(lots.value()), Some(Amount(10 * ONE)));
    assert_eq!(lots, queue(&[lot(1, 1, 5 * ONE, 10 * ONE), lot(2, 2, 10 * ONE, 30 * ONE)]));
}

#[test]
fn the_short_part_is_estimated_by_the_average_of_before_even_when_nothing_remains() {
    let mut lots = queue(&[lot(1, 1, 2 * ONE, 3 * ONE)]);
    let mut draws = Vec::new();
    let first = lots.consume(Quantity(3 * ONE), &mut draws).unwrap();
    assert_eq!((first.quantity, first.short), (Quantity(2 * ONE), Quantity(ONE)));
    assert_eq!((first.value, first.short_value), (Amount(3 * ONE), Some(Amount(1_500_000))));
    assert_eq!(first.status, CostStatus::Estimated);
    let second = lots.consume(Quantity(2 * ONE), &mut draws).unwrap();
    assert_eq!((second.value, second.short_value), (Amount::ZERO, Some(Amount(3 * ONE))));
    assert_eq!((second.status, taken(&draws)), (CostStatus::Estimated, vec![(1, 2 * ONE)]));
}

#[test]
fn without_any_known_cost_the_cost_is_missing_not_zero() {
    let unknown = OpenLot { status: CostStatus::Missing, ..lot(1, 1, ONE, 0) };
    let mut lots = queue(&[unknown]);
    let mut draws = Vec::new();
    assert_eq!(lots.average(), None);
    let all = lots.consume(Quantity(2 * ONE), &mut draws).unwrap();
    assert_eq!((all.status, all.short_value, all.value), (CostStatus::Missing, None, Amount::ZERO));
    // A lot without a cost does not dilute the average.
    let lots = queue(&[unknown, lot(2, 2, ONE, 5 * ONE)]);
    assert_eq!(lots.average(), Some(UnitCost(5 * ONE)));
}

/// Labour on a component without a cost: its value is conserved, but says nothing of the cost of other units.
#[test]
fn the_known_part_of_a_missing_cost_moves_with_its_lot_and_stays_out_of_the_average() {
    let labour = OpenLot { status: CostStatus::Missing, ..lot(1, 1, 2 * ONE, 3 * ONE) };
    let mut lots = queue(&[labour, lot(2, 2, ONE, 5 * ONE)]);
    assert_eq!((lots.average(), lots.value()), (Some(UnitCost(5 * ONE)), Amount(8 * ONE)));
    let mut draws = Vec::new();
    let one = lots.consume(Quantity(ONE), &mut draws).unwrap();
    assert_eq!((one.value, one.status), (Amount(1_500_000), CostStatus::Missing));
    assert_eq!((lots.average(), lots.value()), (Some(UnitCost(5 * ONE)), Amount(6_500_000)));
    lots.restore(&draws[0]).unwrap();
    assert_eq!(lots, queue(&[labour, lot(2, 2, ONE, 5 * ONE)]));
    assert_eq!(lots.void(&labour).unwrap().value, Amount(3 * ONE));
    assert_eq!((lots.average(), lots.value()), (Some(UnitCost(5 * ONE)), Amount(5 * ONE)));
}

#[test]
fn a_consumption_is_as_well_known_as_its_worst_lot() {
    let guess = OpenLot { status: CostStatus::Estimated, ..lot(2, 2, ONE, ONE) };
    let unknown = OpenLot { status: CostStatus::Missing, ..lot(3, 3, ONE, 0) };
    let expected = [CostStatus::Complete, CostStatus::Estimated, CostStatus::Missing];
    for (units, status) in (1..).zip(expected) {
        let mut lots = queue(&[lot(1, 1, ONE, ONE), guess, unknown]);
        assert_eq!(lots.consume(Quantity(units * ONE), &mut Vec::new()).unwrap().status, status);
    }
}

#[test]
fn an_adjustment_is_valued_at_the_lots_own_cost_and_can_be_undone() {
    let before = queue(&[lot(1, 1, 10 * ONE, 20 * ONE), lot(2, 2, ONE, 9 * ONE)]);
    let place = lot(1, 1, 0, 0).place;
    for (change, quantity, value) in [(-4, 6, 12), (5, 15, 30)] {
        let mut lots = before.clone();
        let draw = lots.adjust(place, Quantity(change * ONE)).unwrap();
        assert_eq!((draw.quantity, draw.value), (Quantity(-change * ONE), Amount(-change * 2 * ONE)));
        assert_eq!(lots, queue(&[lot(1, 1, quantity * ONE, value * ONE), lot(2, 2, ONE, 9 * ONE)]));
        lots.restore(&draw).unwrap();
        assert_eq!(lots, before);
    }
}

/// Statement 53, in the engine: 3 left, −4 is refused.
#[test]
fn s053_a_refusal_changes_nothing() {
    let mut lots = queue(&[lot(1, 1, 3, 10)]);
    let before = lots.clone();
    let mut draws = Vec::new();
    let place = lot(1, 1, 0, 0).place;
    let draw = |quantity, value| Draw {
        place,
        quantity: Quantity(quantity),
        value: Amount(value),
        status: CostStatus::Complete,
    };
    let absent = Draw { place: lot(7, 1, 0, 0).place, ..draw(-1, 0) };
    assert_eq!(lots.adjust(place, Quantity(-4)), Err(EngineError::Short { available: Quantity(3) }));
    assert_eq!(lots.adjust(place, Quantity::ZERO), Err(EngineError::Invalid));
    assert_eq!(lots.adjust(place, Quantity(i64::MIN)), Err(EngineError::Overflow));
    assert_eq!(lots.adjust(place, Quantity(i64::MAX)), Err(EngineError::Overflow));
    assert_eq!(lots.adjust(absent.place, Quantity(1)), Err(EngineError::Short { available: Quantity::ZERO }));
    assert_eq!(lots.consume(Quantity::ZERO, &mut draws), Err(EngineError::Invalid));
    assert_eq!(lots.consume(Quantity(-1), &mut draws), Err(EngineError::Invalid));
    assert_eq!(lots.consume(Quantity(i64::MAX), &mut draws), Err(EngineError::Overflow));
    assert_eq!(lots.receive(lot(1, 1, 1, 1)), Err(EngineError::Exists));
    assert_eq!(lots.receive(lot(2, 1, i64::MAX, 0)), Err(EngineError::Overflow));
    assert_eq!(lots.receive(lot(2, 1, 1, i64::MAX)), Err(EngineError::Overflow));
    assert_eq!(lots.receive(lot(2, 1, 0, 0)), Err(EngineError::Invalid));
    assert_eq!(lots.receive(lot(2, 1, 1, -1)), Err(EngineError::Invalid));
    assert_eq!(lots.restore(&draw(-3, -9)), Err(EngineError::Changed));
    assert_eq!(lots.restore(&draw(-4, -10)), Err(EngineError::Changed));
    assert_eq!(lots.restore(&draw(-1, -11)), Err(EngineError::Changed));
    assert_eq!(lots.restore(&draw(i64::MAX, 0)), Err(EngineError::Overflow));
    assert_eq!(lots.restore(&absent), Err(EngineError::Changed));
    assert_eq!((lots, draws), (before, Vec::new()));
}
