//! Suite `engine`: movements per second of the cost engine, one thread, nothing of databases.
//!
//! Rule: movements are made before the clock starts, every draw is kept, and after each run value in = value out + value on
//! hand, to the last millionth, or it fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use domain::{
    money::{Amount, Quantity},
    stock::engine::{Draw, OpenLot, Place, Queue},
};
use entity::{CostStatus, Timestamp};

use crate::{
    compare::{ROUNDS, at_least, median, middle, number, ratio},
    report::Section,
};

/// Movements of each run.
const MOVEMENTS: usize = 1_000_000;
/// Of so many movements the first is a receipt; it brings exactly what the others take.
const CYCLE: usize = 10;
/// Movements per second that are the goal.
const SPEED: f64 = 20_000_000.0;
/// Speed at 5,000 open lots as a part of that at 30 that is the goal.
const STEADINESS: f64 = 0.67;

/// What is run.
#[derive(Debug, Clone, Copy)]
struct Shape {
    name: &'static str,
    products: usize,
    /// Open lots of each product, before and, give or take one or two, all the time.
    open: usize,
    /// Of so many cycles one has a late receipt and a reversal; none if zero. For a single product.
    late: usize,
}

const SHAPES: [Shape; 5] = [
    Shape { name: "1,000 products × 1,000", products: 1_000, open: 30, late: 0 },
    Shape { name: "1 product × 1,000,000", products: 1, open: 30, late: 0 },
    Shape { name: "1 product × 1,000,000", products: 1, open: 5_000, late: 0 },
    Shape { name: "the same, every tenth receipt late, as many reversals", products: 1, open: 30, late: 10 },
    Shape { name: "the same, every tenth receipt late, as many reversals", products: 1, open: 5_000, late: 10 },
];

/// One movement of a product.
#[derive(Debug, Clone, Copy)]
enum Movement {
    Receive(OpenLot<u64>),
    Consume(Quantity),
    /// Reverses the consumption just before.
    Reverse,
}

/// One run.
struct Run {
    took: Duration,
    draws: usize,
}

impl Run {
    fn speed(&self) -> f64 {
        number(MOVEMENTS) / self.took.as_secs_f64()
    }
}

/// Runs the suite.
///
/// # Errors
/// When the engine refuses a movement or value is lost.
pub fn measure() -> Result<Section> {
    let head = ["movements", "open lots", "draws kept", "movements a second", "goal"];
    let mut section = Section::new("Cost engine, first in first out", &head);
    let mut rounds: Vec<Vec<Run>> = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(SHAPES.iter().map(|shape| run(shape, MOVEMENTS)).collect::<Result<_>>()?);
    }
    for (place, shape) in SHAPES.iter().enumerate() {
        let runs: Vec<&Run> = rounds.iter().filter_map(|round| round.get(place)).collect();
        let speed = middle(&runs, |run| run.speed());
        section.rows.push(vec![
            shape.name.to_owned(),
            shape.open.to_string(),
            format!("{:.0}", middle(&runs, |run| number(run.draws))),
            format!("{:.1} million", speed / 1e6),
            at_least(speed / 1e6, SPEED / 1e6, " million"),
        ]);
    }
    for (few, many, what) in [(1, 2, "in order"), (3, 4, "with late receipts and reversals")] {
        let ratios = rounds.iter().filter_map(|round| Some(ratio(round.get(few)?.took, round.get(many)?.took)));
        let part = at_least(median(ratios.collect()), STEADINESS, "");
        section.notes.push(format!("Speed at 5,000 open lots ÷ speed at 30, {what}: {part}."));
    }
    Ok(section)
}

/// Numbers that look random and are the same in each run (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    /// The next one below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A lot of nine units at about 2.50, received on a day after the first.
fn lot(numbers: &mut Numbers, first: NaiveDate, day: u64, id: u64) -> Result<OpenLot<u64>> {
    let received = first.checked_add_days(chrono::Days::new(day)).context("the calendar ends")?;
    let place = Place::new(received, Timestamp(i64::try_from(id)?), id);
    let value = Amount(i64::try_from(20_000_000 + numbers.below(5_000_000))?);
    Ok(OpenLot { place, quantity: Quantity(9_000_000), value, status: CostStatus::Complete })
}

/// The lots of each product that are there before, and the movements with the place of their product.
struct History {
    queues: Vec<Queue<u64>>,
    movements: Vec<(usize, Movement)>,
}

/// Makes a history of whole cycles.
fn history(shape: &Shape, count: usize) -> Result<History> {
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).context("a date")?;
    let (mut numbers, mut id) = (Numbers(1), 0_u64);
    let mut queues = vec![Queue::default(); shape.products];
    for queue in &mut queues {
        for _ in 0..shape.open {
            id += 1;
            queue.receive(lot(&mut numbers, first, id, id)?)?;
        }
        // A part of the first is gone, so that consumptions cross from lot to lot.
        queue.consume(Quantity(4_300_000), &mut Vec::new())?;
    }
    let mut deviations = vec![0_i64; shape.products];
    let mut movements = Vec::with_capacity(count);
    for step in 0..count {
        // Products take turns, as in a ledger that is read in the order of time.
        let (product, turn) = (step % shape.products, step / shape.products);
        let is_late = shape.late > 0 && (turn / CYCLE).is_multiple_of(shape.late);
        let movement = match turn % CYCLE {
            0 => {
                id += 1;
                let day = if is_late { id - numbers.below(u64::try_from(shape.open)?) } else { id };
                Movement::Receive(lot(&mut numbers, first, day, id)?)
            }
            // Six and three: what the reversal gives back is taken with the last movement.
            8 if is_late => Movement::Reverse,
            9 => Movement::Consume(Quantity(if is_late { 3_000_000 } else { 1_000_000 })),
            // Pairs that make two units together.
            odd if odd % 2 == 1 => {
                let more = i64::try_from(numbers.below(500_001))?;
                if let Some(kept) = deviations.get_mut(product) {
                    *kept = more;
                }
                Movement::Consume(Quantity(1_000_000 + more))
            }
            _ => Movement::Consume(Quantity(1_000_000 - deviations.get(product).context("a product")?)),
        };
        movements.push((product, movement));
    }
    Ok(History { queues, movements })
}

/// Runs one shape.
fn run(shape: &Shape, count: usize) -> Result<Run> {
    let History { mut queues, movements } = history(shape, count)?;
    let worth = |queues: &[Queue<u64>]| queues.iter().map(|queue| i128::from(queue.value().0)).sum::<i128>();
    let received = movements.iter().map(|(_, movement)| match movement {
        Movement::Receive(lot) => i128::from(lot.value.0),
        _ => 0,
    });
    let value_in = worth(&queues) + received.sum::<i128>();
    let mut draws: Vec<Draw<u64>> = Vec::with_capacity(count * 2);
    let stock = |queues: &[Queue<u64>]| queues.iter().map(|queue| i128::from(queue.quantity().0)).sum::<i128>();
    let stock_before = stock(&queues);
    let mut mark = 0;
    let begun = Instant::now();
    for (product, movement) in &movements {
        let queue = queues.get_mut(*product).context("a product")?;
        match movement {
            Movement::Receive(lot) => queue.receive(*lot)?,
            Movement::Consume(quantity) => {
                mark = draws.len();
                queue.consume(*quantity, &mut draws)?;
            }
            Movement::Reverse => {
                for place in mark..draws.len() {
                    let draw = draws.get(place).copied().context("a draw")?;
                    queue.restore(&draw)?;
                    draws.push(draw.reversed().context("a figure with an opposite")?);
                }
            }
        }
    }
    let took = begun.elapsed();
    let value_out: i128 = draws.iter().map(|draw| i128::from(draw.value.0)).sum();
    ensure!(value_in == value_out + worth(&queues), "value was lost or made: {shape:?}");
    ensure!(stock_before == stock(&queues), "stock was lost or made: {shape:?}");
    Ok(Run { took, draws: draws.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_keeps_its_stock_its_value_and_its_draws() {
        for shape in SHAPES {
            let count = 100_000;
            let run = run(&shape, count).unwrap();
            assert!(run.draws >= count / CYCLE * (CYCLE - 1));
        }
    }
}
