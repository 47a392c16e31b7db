//! A statement bound to its entity: names become properties, literals become values of their kind.
//!
//! Rule: what a property may not do is refused here, with 4001 in the service's words (reference 5, 6).

use chrono::{DateTime, Utc};

use super::{
    super::{
        clock,
        entities::{
            self, EntityType,
            field::{self, Field, Kind},
        },
        faults::Fault,
    },
    ast::{Comparison, Condition, Literal, Order, Projection, Statement, Test},
    compare::{Pattern, Scalar, literal_scalar},
};

/// A statement that can be run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The entity.
    pub(crate) entity: &'static EntityType,
    /// What is returned.
    pub(crate) output: Output,
    /// Rows must pass all of these.
    pub(crate) filters: Vec<Filter>,
    /// Which rows are meant, by whether they are active.
    pub(crate) activity: Activity,
    /// Sort keys; by id if empty.
    pub(crate) order: Vec<(Property, bool)>,
    /// First row, from 1.
    pub(crate) start: u64,
    /// Most rows.
    pub(crate) limit: u64,
}

/// Which rows are meant, by whether they are active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Active ones: also what is meant when the statement does not speak of it.
    Active,
    /// Inactive ones.
    Inactive,
    /// All.
    Any,
    /// None: the statement contradicts itself.
    Neither,
}

impl Activity {
    /// Whether a row that is active or not is meant.
    pub(crate) const fn allows(self, active: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Active => active,
            Self::Inactive => !active,
            Self::Neither => false,
        }
    }

    /// What the filters on `Active` leave.
    fn of(filters: &[Filter]) -> Self {
        let passes = |filter: &Filter, active: bool| match &filter.check {
            Check::Compare(_, wanted) => *wanted == Scalar::Bool(active),
            Check::In(wanted) => wanted.contains(&Scalar::Bool(active)),
            Check::Like(_) => false,
        };
        let left = |active: bool| filters.iter().all(|filter| passes(filter, active));
        match (left(true), left(false)) {
            (true, true) => Self::Any,
            (true, false) => Self::Active,
            (false, true) => Self::Inactive,
            (false, false) => Self::Neither,
        }
    }
}

/// What a plan returns.
#[derive(Debug)]
pub(crate) enum Output {
    /// The number of rows.
    Count,
    /// Whole rows.
    Whole,
    /// These properties of them.
    Some(Vec<Property>),
}

/// A property: of the object, or of an object in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    /// The property of the object.
    pub(crate) outer: &'static Field,
    /// The property within it.
    pub(crate) inner: Option<&'static Field>,
}

impl Property {
    /// The field whose kind decides.
    pub(crate) fn leaf(&self) -> &'static Field {
        self.inner.unwrap_or(self.outer)
    }
}

/// A test on a property.
#[derive(Debug)]
pub(crate) struct Filter {
    /// The property.
    pub(crate) property: Property,
    /// The test.
    pub(crate) check: Check,
}

/// The bound test.
#[derive(Debug)]
pub(crate) enum Check {
    /// A comparison.
    Compare(Comparison, Scalar),
    /// `LIKE`
    Like(Pattern),
    /// `IN`
    In(Vec<Scalar>),
}

/// Rows of a page unless the statement says otherwise, and at most (reference 6).
const PAGE_DEFAULT: u64 = 100;
const PAGE_MAX: u64 = 1000;

/// Binds a statement.
///
/// # Errors
/// 4001, saying which name or value is not allowed.
pub(crate) fn bind(statement: &Statement, now: DateTime<Utc>) -> Result<Plan, Fault> {
    let entity =
        entities::find(&statement.entity).ok_or_else(|| invalid(format!("Entity {} not found", statement.entity)))?;
    let filters: Vec<Filter> = statement
        .conditions
        .iter()
        .map(|condition| bind_condition(entity, condition, now))
        .collect::<Result<_, _>>()?;
    let (of_active, filters): (Vec<Filter>, Vec<Filter>) =
        filters.into_iter().partition(|filter| filter.property.outer.name == "Active");
    let listed = entity.lists_active_only && of_active.is_empty();
    Ok(Plan {
        entity,
        output: bind_projection(entity, &statement.projection)?,
        activity: if listed { Activity::Active } else { Activity::of(&of_active) },
        filters,
        order: statement.order.iter().map(|order| bind_order(entity, order)).collect::<Result<_, _>>()?,
        start: match statement.start_position {
            Some(0) => return Err(invalid("STARTPOSITION must be at least 1".to_owned())),
            start => start.unwrap_or(1),
        },
        limit: statement.max_results.unwrap_or(PAGE_DEFAULT).min(PAGE_MAX),
    })
}

fn invalid(what: String) -> Fault {
    Fault::new(4001, format!("QueryValidationError: {what}"))
}

fn not_queryable(name: &str) -> Fault {
    invalid(format!("property '{name}' is not queryable"))
}

/// Finds a property by its name, with a dot for one inside another.
fn resolve(entity: &'static EntityType, name: &str) -> Result<Property, Fault> {
    let unknown = || invalid(format!("Property {name} not found for Entity {}", entity.name));
    let (outer, inner) = name.split_once('.').map_or((name, None), |(outer, inner)| (outer, Some(inner)));
    let outer = field::find(entity.fields, outer).ok_or_else(unknown)?;
    let inner = match (inner, outer.kind) {
        (None, _) => None,
        (Some(inner), Kind::Object(fields)) => Some(field::find(fields, inner).ok_or_else(unknown)?),
        (Some(_), _) => return Err(unknown()),
    };
    Ok(Property { outer, inner })
}

fn bind_projection(entity: &'static EntityType, projection: &Projection) -> Result<Output, Fault> {
    let bound = |names: &[String]| -> Result<Vec<Property>, Fault> {
        names.iter().map(|name| selectable(entity, name)).collect()
    };
    Ok(match projection {
        Projection::Count => Output::Count,
        Projection::All(extra) => bound(extra).map(|_| Output::Whole)?,
        Projection::Properties(names) => Output::Some(bound(names)?),
    })
}

/// Scalars and references may be named, and the stamps (reference 6).
fn selectable(entity: &'static EntityType, name: &str) -> Result<Property, Fault> {
    let property = resolve(entity, name)?;
    let stamps = property.outer.name == "MetaData";
    let allowed = stamps || (property.inner.is_none() && property.outer.selectable());
    let plain = matches!(property.outer.name, "SyncToken" | "domain" | "sparse");
    if allowed || plain { Ok(property) } else { Err(not_queryable(name)) }
}

fn bind_order(entity: &'static EntityType, order: &Order) -> Result<(Property, bool), Fault> {
    let property = resolve(entity, &order.property)?;
    if property.leaf().sortable { Ok((property, order.descending)) } else { Err(not_queryable(&order.property)) }
}

fn bind_condition(entity: &'static EntityType, condition: &Condition, now: DateTime<Utc>) -> Result<Filter, Fault> {
    let property = resolve(entity, &condition.property)?;
    if !property.leaf().filterable {
        return Err(not_queryable(&condition.property));
    }
    let check = bind_test(property, condition, now)?;
    Ok(Filter { property, check })
}

fn bind_test(property: Property, condition: &Condition, now: DateTime<Utc>) -> Result<Check, Fault> {
    let kind = property.leaf().kind;
    let value = |literal: &Literal| {
        let literal = match literal {
            Literal::CurrentDate => &Literal::Text(clock::local_date(now).to_string()),
            literal => literal,
        };
        literal_scalar(kind, literal)
            .ok_or_else(|| invalid(format!("value {literal} is not valid for property '{}'", condition.property)))
    };
    Ok(match &condition.test {
        Test::Compare(comparison, literal) if allows(kind, *comparison) => Check::Compare(*comparison, value(literal)?),
        Test::In(literals) => Check::In(literals.iter().map(value).collect::<Result<_, _>>()?),
        Test::Like(pattern) if is_text(kind) => Check::Like(Pattern::new(pattern)),
        Test::Compare(..) | Test::Like(_) => {
            return Err(invalid(format!("operator is not supported for property '{}'", condition.property)));
        }
    })
}

/// Ids, truth values and references are equal or not (reference 6).
fn allows(kind: Kind, comparison: Comparison) -> bool {
    let equal_only = matches!(kind, Kind::Id | Kind::Bool | Kind::Reference(_) | Kind::Loose);
    comparison == Comparison::Equal || !equal_only
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Text(_) | Kind::Name(..) | Kind::Choice(_) | Kind::Object(_))
}
