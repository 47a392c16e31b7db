//! Text of a filter to its tree.
//!
//! Rule: AND binds closer than OR; the error says where reading stopped.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use rust_decimal::Decimal;
use winnow::{
    ModalResult, Parser,
    ascii::{Caseless, digit1, multispace0},
    combinator::{alt, cut_err, delimited, not, opt, preceded, repeat, separated, terminated},
    error::ContextError,
    token::{none_of, one_of, take_while},
};

use super::ast::{Comparison, Condition, Function, Literal, Path};

/// Parses a filter.
///
/// # Errors
/// In words, with the text at which reading stopped.
pub(crate) fn parse(text: &str) -> Result<Condition, String> {
    let stopped = |at: usize| {
        let rest: String = text.get(at..).unwrap_or_default().chars().take(30).collect();
        if rest.is_empty() { "Expression expected".to_owned() } else { format!("Syntax error at '{rest}'") }
    };
    delimited(multispace0::<_, winnow::error::ErrMode<ContextError>>, any, multispace0)
        .parse(text)
        .map_err(|error| stopped(error.offset()))
}

fn any(input: &mut &str) -> ModalResult<Condition> {
    let parts: Vec<Condition> = separated(1.., all, spaced(alt((word("OR"), "||".void())))).parse_next(input)?;
    Ok(single(parts, Condition::Any))
}

fn all(input: &mut &str) -> ModalResult<Condition> {
    let parts: Vec<Condition> = separated(1.., one, spaced(alt((word("AND"), "&&".void())))).parse_next(input)?;
    Ok(single(parts, Condition::All))
}

fn single(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn one(input: &mut &str) -> ModalResult<Condition> {
    alt((delimited(spaced('('.void()), any, cut_err(spaced(')'.void()))), function, compare, path.map(Condition::Flag)))
        .parse_next(input)
}

fn function(input: &mut &str) -> ModalResult<Condition> {
    let (path, name) = path.verify_map(split_function).parse_next(input)?;
    let argument = delimited(spaced('('.void()), cut_err(quoted), cut_err(preceded(multispace0, ')')));
    argument.map(|text| Condition::Function(path.clone(), name, text)).parse_next(input)
}

/// `Name.Contains` is the field `Name` and the function.
fn split_function(mut path: Path) -> Option<(Path, Function)> {
    let function = match path.0.pop()?.as_str() {
        "Contains" => Function::Contains,
        "StartsWith" => Function::StartsWith,
        "EndsWith" => Function::EndsWith,
        _ => return None,
    };
    (!path.0.is_empty()).then_some((path, function))
}

fn compare(input: &mut &str) -> ModalResult<Condition> {
    let (path, comparison, literal) = (path, spaced(comparison), cut_err(literal)).parse_next(input)?;
    Ok(Condition::Compare(path, comparison, literal))
}

fn path(input: &mut &str) -> ModalResult<Path> {
    let name =
        (one_of(|c: char| c.is_ascii_alphabetic()), take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_'));
    separated(1.., name.take().map(str::to_owned), '.').map(Path).parse_next(input)
}

fn comparison(input: &mut &str) -> ModalResult<Comparison> {
    alt((
        "==".value(Comparison::Equal),
        "!=".value(Comparison::Unequal),
        "<>".value(Comparison::Unequal),
        "<=".value(Comparison::LessOrEqual),
        ">=".value(Comparison::GreaterOrEqual),
        "<".value(Comparison::Less),
        ">".value(Comparison::Greater),
        "=".value(Comparison::Equal),
    ))
    .parse_next(input)
}

fn literal(input: &mut &str) -> ModalResult<Literal> {
    alt((
        quoted.map(Literal::Text),
        moment,
        guid,
        number.map(Literal::Number),
        word("true").value(Literal::Bool(true)),
        word("false").value(Literal::Bool(false)),
        word("null").value(Literal::Null),
    ))
    .parse_next(input)
}

/// In double quotes, with a backslash before a quote or a backslash.
fn quoted(input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', one_of(['"', '\\']));
    delimited('"', repeat(0.., alt((escaped, none_of(['"', '\\'])))), cut_err('"')).parse_next(input)
}

/// `Guid("…")`
fn guid(input: &mut &str) -> ModalResult<Literal> {
    let inner = delimited(spaced('('.void()), quoted, preceded(multispace0, ')'));
    preceded(Caseless("Guid"), cut_err(inner)).map(|text: String| Literal::Guid(text.to_lowercase())).parse_next(input)
}

/// `DateTime(year, month, day)`, perhaps with hour, minute and second, or `DateTime.Parse("…")`.
fn moment(input: &mut &str) -> ModalResult<Literal> {
    preceded(Caseless("DateTime"), cut_err(alt((parsed, numbered))))
        .map(|at| Literal::Moment(at.and_utc()))
        .parse_next(input)
}

fn parsed(input: &mut &str) -> ModalResult<NaiveDateTime> {
    let text = preceded(Caseless(".Parse"), delimited(spaced('('.void()), quoted, preceded(multispace0, ')')));
    text.verify_map(|text: String| {
        crate::xero::sandbox::clock::parse_moment(&text)
            .map(|at| at.naive_utc())
            .or_else(|| crate::xero::sandbox::clock::parse_date(&text).and_then(|day| day.and_hms_opt(0, 0, 0)))
    })
    .parse_next(input)
}

fn numbered(input: &mut &str) -> ModalResult<NaiveDateTime> {
    let part = digit1.try_map(|digits: &str| digits.parse::<u32>());
    let parts = separated(3..=6, part, spaced(','.void()));
    let bracketed = delimited(spaced('('.void()), parts, preceded(multispace0, ')'));
    bracketed.verify_map(|parts: Vec<u32>| at(&parts)).parse_next(input)
}

fn at(parts: &[u32]) -> Option<NaiveDateTime> {
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let day = NaiveDate::from_ymd_opt(i32::try_from(part(0)).ok()?, part(1), part(2))?;
    let seconds = i64::from(part(3)) * 3600 + i64::from(part(4)) * 60 + i64::from(part(5));
    Some(day.and_hms_opt(0, 0, 0)? + TimeDelta::seconds(seconds))
}

fn number(input: &mut &str) -> ModalResult<Decimal> {
    let text = (opt('-'), digit1, opt(('.', digit1))).take();
    terminated(text, opt(one_of(['m', 'M', 'd', 'D'])))
        .verify_map(crate::xero::sandbox::json::parse_decimal)
        .parse_next(input)
}

/// A word by itself, in any case.
fn word(text: &'static str) -> impl FnMut(&mut &str) -> ModalResult<()> {
    move |input| {
        let ends = not(one_of(|c: char| c.is_ascii_alphanumeric() || c == '_'));
        terminated(Caseless(text), ends).void().parse_next(input)
    }
}

/// With blanks around.
fn spaced<'s, T>(
    inner: impl Parser<&'s str, T, winnow::error::ErrMode<ContextError>>,
) -> impl Parser<&'s str, T, winnow::error::ErrMode<ContextError>> {
    delimited(multispace0, inner, multispace0)
}
