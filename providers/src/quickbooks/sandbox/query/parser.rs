//! Tokens of a query to its tree.
//!
//! Rule: the grammar of reference 6 and nothing beside it; the error names the token it met and its place.

use winnow::{
    ModalResult,
    combinator::{alt, cut_err, delimited, opt, preceded, separated},
    error::{ContextError, ErrMode},
    prelude::*,
    stream::TokenSlice,
    token::any,
};

use super::{
    super::faults::Fault,
    ast::{Condition, Literal, Order, Projection, Statement, Test},
    lexer::{self, Keyword, Kind, LexicalError, Token},
};

type Tokens<'t, 's> = TokenSlice<'t, Token<'s>>;

/// Parses a statement.
///
/// # Errors
/// 4000, in the service's words.
pub(crate) fn parse(text: &str) -> Result<Statement, Fault> {
    let tokens = lexer::tokens(text).map_err(|error| lexical_fault(text, &error))?;
    statement.parse(Tokens::new(&tokens)).map_err(|error| {
        let met = tokens.get(error.offset()).or(tokens.last());
        met.map_or_else(|| Fault::new(4000, "QueryParserError"), |token| parser_fault(text, token))
    })
}

/// The word for a token in an error: `<IDENTIFIER> "OR "`.
fn parser_fault(text: &str, token: &Token<'_>) -> Fault {
    let met = match &token.kind {
        Kind::End => "<EOF>".to_owned(),
        Kind::Identifier => format!(" <IDENTIFIER> \"{} \"", token.raw),
        Kind::Text(_) => format!(" <STRING> \"{} \"", token.raw),
        Kind::Number => format!(" <NUMBER> \"{} \"", token.raw),
        _ => format!(" \"{}\" \"{} \"", token.raw.to_lowercase(), token.raw),
    };
    let (line, column) = place(text, token.offset);
    Fault::new(4000, format!("QueryParserError: Encountered \"{met}\" at line {line}, column {column}."))
}

fn lexical_fault(text: &str, error: &LexicalError) -> Fault {
    let (line, column) = place(text, error.offset);
    let met = text.get(error.offset..).and_then(|rest| rest.chars().next());
    let met = met.map_or_else(|| "<EOF>".to_owned(), |c| format!("\"{c}\" ({})", u32::from(c)));
    let detail = format!("QueryParserError: Lexical error at line {line}, column {column}.  Encountered: {met}.");
    Fault::new(4000, detail)
}

/// Line and column, both from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn statement(input: &mut Tokens<'_, '_>) -> ModalResult<Statement> {
    keyword(Keyword::Select).parse_next(input)?;
    let projection = cut_err(projection).parse_next(input)?;
    cut_err(keyword(Keyword::From)).parse_next(input)?;
    let entity = cut_err(identifier).parse_next(input)?;
    let conditions = opt(conditions).parse_next(input)?.unwrap_or_default();
    let order = opt(order).parse_next(input)?.unwrap_or_default();
    let (start_position, max_results) = paging(input)?;
    cut_err(kind(|kind| *kind == Kind::End)).parse_next(input)?;
    Ok(Statement { projection, entity, conditions, order, start_position, max_results })
}

fn projection(input: &mut Tokens<'_, '_>) -> ModalResult<Projection> {
    alt((count, all, properties.map(Projection::Properties))).parse_next(input)
}

fn count(input: &mut Tokens<'_, '_>) -> ModalResult<Projection> {
    let star = delimited(symbol(&Kind::Open), symbol(&Kind::Star), symbol(&Kind::Close));
    preceded(keyword(Keyword::Count), cut_err(star)).value(Projection::Count).parse_next(input)
}

fn all(input: &mut Tokens<'_, '_>) -> ModalResult<Projection> {
    let extra = opt(preceded(symbol(&Kind::Comma), cut_err(properties)));
    preceded(symbol(&Kind::Star), extra).map(|extra| Projection::All(extra.unwrap_or_default())).parse_next(input)
}

fn properties(input: &mut Tokens<'_, '_>) -> ModalResult<Vec<String>> {
    list(identifier).parse_next(input)
}

/// One or more, with commas between; after a comma there must be another.
fn list<'t, 's: 't, T>(
    one: impl Parser<Tokens<'t, 's>, T, ErrMode<ContextError>> + Copy,
) -> impl Parser<Tokens<'t, 's>, Vec<T>, ErrMode<ContextError>> {
    let mut one = one;
    move |input: &mut Tokens<'t, 's>| {
        let mut found = vec![one.parse_next(input)?];
        while opt(symbol(&Kind::Comma)).parse_next(input)?.is_some() {
            found.push(cut_err(one).parse_next(input)?);
        }
        Ok(found)
    }
}

fn conditions(input: &mut Tokens<'_, '_>) -> ModalResult<Vec<Condition>> {
    let all = separated(1.., cut_err(condition), keyword(Keyword::And));
    preceded(keyword(Keyword::Where), all).parse_next(input)
}

fn condition(input: &mut Tokens<'_, '_>) -> ModalResult<Condition> {
    let property = identifier(input)?;
    let test = alt((like, within, compare)).parse_next(input)?;
    Ok(Condition { property, test })
}

fn like(input: &mut Tokens<'_, '_>) -> ModalResult<Test> {
    let pattern = any.verify_map(|token: &Token<'_>| match &token.kind {
        Kind::Text(text) => Some(Test::Like(text.clone())),
        _ => None,
    });
    preceded(keyword(Keyword::Like), cut_err(pattern)).parse_next(input)
}

fn within(input: &mut Tokens<'_, '_>) -> ModalResult<Test> {
    let values = delimited(symbol(&Kind::Open), list(literal), symbol(&Kind::Close));
    preceded(keyword(Keyword::In), cut_err(values)).map(Test::In).parse_next(input)
}

fn compare(input: &mut Tokens<'_, '_>) -> ModalResult<Test> {
    let comparison = any
        .verify_map(|token: &Token<'_>| match &token.kind {
            Kind::Comparison(comparison) => Some(*comparison),
            _ => None,
        })
        .parse_next(input)?;
    cut_err(literal).map(|value| Test::Compare(comparison, value)).parse_next(input)
}

fn literal(input: &mut Tokens<'_, '_>) -> ModalResult<Literal> {
    any.verify_map(|token: &Token<'_>| match &token.kind {
        Kind::Text(text) => Some(Literal::Text(text.clone())),
        Kind::Number => Some(Literal::Number(token.raw.to_owned())),
        Kind::Keyword(Keyword::True) => Some(Literal::Bool(true)),
        Kind::Keyword(Keyword::False) => Some(Literal::Bool(false)),
        Kind::Keyword(Keyword::CurrentDate) => Some(Literal::CurrentDate),
        _ => None,
    })
    .parse_next(input)
}

fn order(input: &mut Tokens<'_, '_>) -> ModalResult<Vec<Order>> {
    let apart = (keyword(Keyword::Order), cut_err(keyword(Keyword::By))).void();
    let start = alt((keyword(Keyword::OrderBy).void(), apart));
    preceded(start, cut_err(list(order_key))).parse_next(input)
}

fn order_key(input: &mut Tokens<'_, '_>) -> ModalResult<Order> {
    let property = identifier(input)?;
    let direction =
        opt(alt((keyword(Keyword::Desc).value(true), keyword(Keyword::Asc).value(false)))).parse_next(input)?;
    Ok(Order { property, descending: direction.unwrap_or(false) })
}

/// `STARTPOSITION` and `MAXRESULTS`, each at most once, in either order.
fn paging(input: &mut Tokens<'_, '_>) -> ModalResult<(Option<u64>, Option<u64>)> {
    let mut start = opt(position(Keyword::StartPosition)).parse_next(input)?;
    let max = opt(position(Keyword::MaxResults)).parse_next(input)?;
    if start.is_none() {
        start = opt(position(Keyword::StartPosition)).parse_next(input)?;
    }
    Ok((start, max))
}

fn position<'t, 's: 't>(word: Keyword) -> impl Parser<Tokens<'t, 's>, u64, ErrMode<ContextError>> {
    let whole = any.verify_map(|token: &'t Token<'s>| match token.kind {
        Kind::Number => token.raw.parse().ok(),
        _ => None,
    });
    preceded(keyword(word), cut_err(whole))
}

fn identifier(input: &mut Tokens<'_, '_>) -> ModalResult<String> {
    kind(|kind| *kind == Kind::Identifier).map(|token: &Token<'_>| token.raw.to_owned()).parse_next(input)
}

fn keyword<'t, 's: 't>(word: Keyword) -> impl Parser<Tokens<'t, 's>, &'t Token<'s>, ErrMode<ContextError>> {
    kind(move |kind| *kind == Kind::Keyword(word))
}

fn symbol<'t, 's: 't>(wanted: &'static Kind) -> impl Parser<Tokens<'t, 's>, &'t Token<'s>, ErrMode<ContextError>> {
    kind(move |kind| kind == wanted)
}

fn kind<'t, 's: 't>(
    wanted: impl Fn(&Kind) -> bool,
) -> impl Parser<Tokens<'t, 's>, &'t Token<'s>, ErrMode<ContextError>> {
    any.verify(move |token: &Token<'s>| wanted(&token.kind))
}
