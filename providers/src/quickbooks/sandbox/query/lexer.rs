//! Text of a query to tokens.
//!
//! Rule: keywords in any case; text in single quotes with a backslash before a quote or a backslash (reference 6).

use winnow::{
    Result,
    ascii::{digit1, multispace0},
    combinator::{alt, delimited, opt, preceded, repeat, terminated},
    prelude::*,
    stream::{LocatingSlice, Location},
    token::{any, none_of, one_of, take_while},
};

use super::ast::Comparison;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word with a meaning of its own.
    Keyword(Keyword),
    /// Name of an entity or a property.
    Identifier,
    /// Quoted text, unescaped.
    Text(String),
    /// A bare number.
    Number,
    /// A comparison.
    Comparison(Comparison),
    /// `*`
    Star,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// The end of the statement.
    End,
}

/// Words with a meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the keyword it is named after")]
pub(crate) enum Keyword {
    Select,
    Count,
    From,
    Where,
    And,
    In,
    Like,
    OrderBy,
    Order,
    By,
    Asc,
    Desc,
    StartPosition,
    MaxResults,
    True,
    False,
    CurrentDate,
}

/// All keywords with their spelling.
const KEYWORDS: [(&str, Keyword); 17] = [
    ("SELECT", Keyword::Select),
    ("COUNT", Keyword::Count),
    ("FROM", Keyword::From),
    ("WHERE", Keyword::Where),
    ("AND", Keyword::And),
    ("IN", Keyword::In),
    ("LIKE", Keyword::Like),
    ("ORDERBY", Keyword::OrderBy),
    ("ORDER", Keyword::Order),
    ("BY", Keyword::By),
    ("ASC", Keyword::Asc),
    ("DESC", Keyword::Desc),
    ("STARTPOSITION", Keyword::StartPosition),
    ("MAXRESULTS", Keyword::MaxResults),
    ("TRUE", Keyword::True),
    ("FALSE", Keyword::False),
    ("CURRENT_DATE", Keyword::CurrentDate),
];

/// A token: what it is, how it was written, and where it begins (bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    /// What it is.
    pub(crate) kind: Kind,
    /// As it was written.
    pub(crate) raw: &'s str,
    /// Bytes before it.
    pub(crate) offset: usize,
}

/// The place and character where no token could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LexicalError {
    /// Bytes before it.
    pub(crate) offset: usize,
}

type Input<'s> = LocatingSlice<&'s str>;

/// All tokens of a statement; the last one is [`Kind::End`].
///
/// # Errors
/// Where a character begins no token.
pub(crate) fn tokens(statement: &str) -> std::result::Result<Vec<Token<'_>>, LexicalError> {
    let mut input = LocatingSlice::new(statement);
    let read: Result<Vec<Token<'_>>> =
        preceded(multispace0, repeat(0.., terminated(token, multispace0))).parse_next(&mut input);
    let offset = input.current_token_start();
    match read {
        Ok(mut tokens) if offset == statement.len() => {
            tokens.push(Token { kind: Kind::End, raw: "", offset });
            Ok(tokens)
        }
        _ => Err(LexicalError { offset }),
    }
}

fn token<'s>(input: &mut Input<'s>) -> Result<Token<'s>> {
    alt((word, number, text, symbol))
        .with_taken()
        .with_span()
        .map(|((kind, raw), span)| Token { kind, raw, offset: span.start })
        .parse_next(input)
}

fn word(input: &mut Input<'_>) -> Result<Kind> {
    let word: &str = (one_of(|c: char| c.is_ascii_alphabetic() || c == '_'), rest_of_word).take().parse_next(input)?;
    let keyword = KEYWORDS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(word));
    Ok(keyword.map_or(Kind::Identifier, |(_, keyword)| Kind::Keyword(*keyword)))
}

fn rest_of_word<'s>(input: &mut Input<'s>) -> Result<&'s str> {
    take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.').parse_next(input)
}

fn number(input: &mut Input<'_>) -> Result<Kind> {
    (opt('-'), digit1, opt(('.', digit1))).value(Kind::Number).parse_next(input)
}

fn text(input: &mut Input<'_>) -> Result<Kind> {
    delimited('\'', repeat(0.., character), '\'').map(Kind::Text).parse_next(input)
}

fn character(input: &mut Input<'_>) -> Result<char> {
    alt((preceded('\\', any), none_of(['\'', '\\']))).parse_next(input)
}

fn symbol(input: &mut Input<'_>) -> Result<Kind> {
    alt((
        "<=".value(Kind::Comparison(Comparison::LessOrEqual)),
        ">=".value(Kind::Comparison(Comparison::GreaterOrEqual)),
        '<'.value(Kind::Comparison(Comparison::Less)),
        '>'.value(Kind::Comparison(Comparison::Greater)),
        '='.value(Kind::Comparison(Comparison::Equal)),
        '*'.value(Kind::Star),
        ','.value(Kind::Comma),
        '('.value(Kind::Open),
        ')'.value(Kind::Close),
    ))
    .parse_next(input)
}
