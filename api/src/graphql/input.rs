//! Inputs into the domain's types, and what a mutation answers when one cannot be read.
//!
//! Rule: an id of the wrong form is a fault, as everywhere; a number that cannot be kept exactly is a refusal with its
//! place in the input.

use async_graphql::Error;
use domain::{ErrorCode, Refusal};
use entity::{Amount, Quantity, UnitCost};

use super::{
    refusal::{UserError, answered, fault},
    scalars::Decimal,
};

/// Why an input was not read.
pub(super) enum Unread {
    Fault(Error),
    Refused(Box<Refusal>),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl From<Refusal> for Unread {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// An input as the domain has it.
pub(super) type Read<T> = Result<T, Unread>;

/// Reads an input and carries out what it asks for.
///
/// # Errors
/// A fault when an id is none, or the use-case failed.
pub(super) async fn carried_out<I, T, F>(
    input: Read<I>,
    work: impl FnOnce(I) -> F,
) -> Result<(Option<T>, Vec<UserError>), Error>
where
    F: Future<Output = domain::Result<T>>,
{
    match input {
        Ok(input) => answered(work(input).await),
        Err(Unread::Refused(refusal)) => Ok((None, vec![(*refusal).into()])),
        Err(Unread::Fault(error)) => Err(error),
    }
}

/// The place of a field of a list's row.
pub(super) fn row_path(list: &str, place: usize, field: &str) -> Vec<String> {
    vec!["input".to_owned(), list.to_owned(), place.to_string(), field.to_owned()]
}

/// The place of a field.
pub(super) fn path(field: &str) -> Vec<String> {
    vec!["input".to_owned(), field.to_owned()]
}

fn inexact(code: ErrorCode, error: &entity::exact::InexactNumber, path: Vec<String>) -> Refusal {
    let refusal = Refusal::new(code, format!("{error}."));
    Refusal { path, ..refusal.help("Round it yourself to at most 6 decimals.") }
}

/// A quantity, kept exactly.
pub(super) fn quantity(number: Decimal, path: Vec<String>) -> Read<Quantity> {
    Ok(Quantity::from_decimal(number.0).map_err(|error| inexact(ErrorCode::InvalidQuantity, &error, path))?)
}

/// A cost per unit, kept exactly.
pub(super) fn unit_cost(number: Decimal, path: Vec<String>) -> Read<UnitCost> {
    Ok(UnitCost::from_decimal(number.0).map_err(|error| inexact(ErrorCode::InvalidCost, &error, path))?)
}

/// An amount, kept exactly.
pub(super) fn amount(number: Decimal, path: Vec<String>) -> Read<Amount> {
    Ok(Amount::from_decimal(number.0).map_err(|error| inexact(ErrorCode::InvalidCost, &error, path))?)
}

/// An input of a query, which has no `userErrors`.
///
/// # Errors
/// The fault, or the refusal as one.
pub(super) fn or_fault<T>(input: Read<T>) -> Result<T, Error> {
    input.map_err(|unread| match unread {
        Unread::Fault(error) => error,
        Unread::Refused(refusal) => fault((*refusal).into()),
    })
}
