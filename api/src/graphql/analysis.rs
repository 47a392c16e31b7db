//! Weighs a document before it is executed: cost, depth, aliases, directives, page sizes.
//!
//! Rule: every fragment is weighed once however often it is used, so weighing takes time in proportion to the document,
//! also for documents made to explode. Sums saturate: too much stays too much.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};

use super::{
    facts::{Facts, Size},
    fault::FaultCode,
};
use crate::config::Limits;

/// Introspection lists inside each other that tools need; more of them make the answer explode (the reference
/// implementation's rule, three).
const INTROSPECTION_LISTS_MAX: usize = 3;

/// The lists of introspection that lead from a type to more types.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// What a selection weighs, everything below it included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// One per field, times the page sizes around it.
    pub(super) cost: u64,
    /// Levels of selections.
    pub(super) depth: usize,
    /// Fields and fragment uses.
    pub(super) fields: usize,
    /// Aliases.
    pub(super) aliases: usize,
    /// Directives.
    pub(super) directives: usize,
    /// Introspection lists inside each other.
    introspection: usize,
}

impl Weight {
    fn beside(self, other: Self) -> Self {
        Self {
            cost: self.cost.saturating_add(other.cost),
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            introspection: self.introspection.max(other.introspection),
        }
    }
}

/// A refusal: the code and the sentence.
pub(super) type Refusal = (FaultCode, String);

/// Weighs the chosen operation, and refuses the document where it is over a limit.
///
/// # Errors
/// The first limit that is passed.
pub(super) fn weigh(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    facts: &Facts,
    limits: &Limits,
) -> Result<Weight, Refusal> {
    let mut scale = Scale { document, variables, operation, facts, limits, fragments: HashMap::new() };
    let root = facts.root(operation.ty);
    let chosen =
        scale.selection_set(&operation.selection_set.node, root)?.beside(directives(operation.directives.len()));
    let whole = scale.rest(chosen)?;
    check(&chosen, &whole, limits)?;
    Ok(chosen)
}

fn directives(count: usize) -> Weight {
    Weight { directives: count, ..Weight::default() }
}

fn check(chosen: &Weight, whole: &Weight, limits: &Limits) -> Result<(), Refusal> {
    let complex = |what: &str, found: u64, allowed: u64, instead: &str| {
        Err((
            FaultCode::QueryTooComplex,
            format!("The document has {found} {what}; at most {allowed} are allowed. {instead}"),
        ))
    };
    if chosen.depth > limits.depth {
        let (depth, allowed) = (chosen.depth, limits.depth);
        return Err((
            FaultCode::QueryTooDeep,
            format!(
                "The operation is {depth} levels deep; at most {allowed} are allowed. Ask for the inner objects by their ids."
            ),
        ));
    }
    if chosen.introspection > INTROSPECTION_LISTS_MAX {
        return Err((
            FaultCode::QueryTooDeep,
            "Introspection nests too many lists of types; tools need three.".to_owned(),
        ));
    }
    if whole.fields > limits.fields {
        return complex("fields", whole.fields as u64, limits.fields as u64, "Send several requests.");
    }
    if whole.aliases > limits.aliases {
        return complex("aliases", whole.aliases as u64, limits.aliases as u64, "Use lists or several requests.");
    }
    if whole.directives > limits.directives {
        return complex(
            "directives",
            whole.directives as u64,
            limits.directives as u64,
            "Leave out what is not needed.",
        );
    }
    if chosen.cost > limits.complexity {
        let (cost, allowed) = (chosen.cost, limits.complexity);
        return Err((
            FaultCode::QueryTooComplex,
            format!(
                "The operation costs {cost}; at most {allowed} is allowed. A field costs one, times the page size of every list around it: ask for smaller pages or fewer fields."
            ),
        ));
    }
    Ok(())
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
    facts: &'a Facts,
    limits: &'a Limits,
    /// Weighed fragments; `None` while one is being weighed.
    fragments: HashMap<&'a Name, Option<Weight>>,
}

impl<'a> Scale<'a> {
    /// Adds what is in the document beside the chosen operation: validation reads all of it.
    fn rest(&mut self, chosen: Weight) -> Result<Weight, Refusal> {
        let mut whole = chosen;
        for (_, other) in self.document.operations.iter() {
            if !std::ptr::eq(&raw const other.node, self.operation) {
                whole =
                    whole.beside(self.selection_set(&other.node.selection_set.node, self.facts.root(other.node.ty))?);
            }
        }
        for (name, fragment) in &self.document.fragments {
            if !self.fragments.contains_key(name) {
                whole = whole.beside(self.fragment(name, fragment)?);
            }
        }
        Ok(whole)
    }

    fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a Name>) -> Result<Weight, Refusal> {
        set.items.iter().try_fold(Weight::default(), |weight, selection| {
            Ok(weight.beside(self.selection(&selection.node, parent)?))
        })
    }

    fn selection(&mut self, selection: &'a Selection, parent: Option<&'a Name>) -> Result<Weight, Refusal> {
        let weight = match selection {
            Selection::Field(field) => self.field(&field.node, parent)?,
            Selection::InlineFragment(fragment) => {
                let parent = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node).or(parent);
                self.selection_set(&fragment.node.selection_set.node, parent)?
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let used = Weight { fields: 1, ..Weight::default() };
                match self.document.fragments.get_key_value(name) {
                    Some((name, fragment)) => self.fragment(name, fragment)?.beside(used),
                    // Validation says that there is no such fragment.
                    None => used,
                }
            }
        };
        Ok(weight.beside(directives(selection.directives().len())))
    }

    fn fragment(&mut self, name: &'a Name, fragment: &'a Positioned<FragmentDefinition>) -> Result<Weight, Refusal> {
        match self.fragments.get(name) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => {
                return Err((FaultCode::ValidationFailed, format!("The fragment {name} uses itself.")));
            }
            None => {}
        }
        self.fragments.insert(name, None);
        let on = &fragment.node.type_condition.node.on.node;
        let inner = self.selection_set(&fragment.node.selection_set.node, Some(on))?;
        let weight = inner.beside(directives(fragment.node.directives.len()));
        self.fragments.insert(name, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a Name>) -> Result<Weight, Refusal> {
        let name = &field.name.node;
        let facts = self.facts.field(parent, name);
        let inner = self.selection_set(&field.selection_set.node, facts.map(|facts| &facts.returns))?;
        let rows = facts.map_or(Ok(1), |facts| self.rows(field, &facts.size))?;
        let introspects = matches!(name.as_str(), "__schema" | "__type");
        let list = facts.is_none() && INTROSPECTION_LISTS.contains(&name.as_str());
        Ok(Weight {
            cost: inner.cost.saturating_mul(rows).saturating_add(1),
            // Tools nest introspection deeper than anybody nests data; it has its own limit.
            depth: if introspects { 1 } else { inner.depth + 1 },
            fields: inner.fields.saturating_add(1),
            aliases: inner.aliases.saturating_add(usize::from(field.alias.is_some())),
            introspection: inner.introspection + usize::from(list),
            ..inner
        })
    }

    /// By how much a field multiplies what is below it.
    fn rows(&self, field: &Field, size: &Size) -> Result<u64, Refusal> {
        match size {
            Size::One => Ok(1),
            Size::Ids => {
                let count = self.argument(field, "ids").as_ref().and_then(length).unwrap_or(1);
                self.within_page(field, "ids", count).map(|()| count.max(1))
            }
            Size::Page(default) => {
                for argument in ["first", "last"] {
                    if let Some(count) = self.argument(field, argument).as_ref().and_then(number) {
                        return self.within_page(field, argument, count).map(|()| count.max(1));
                    }
                }
                Ok(default.unwrap_or_else(|| self.limits.page_default.into()))
            }
        }
    }

    fn within_page(&self, field: &Field, argument: &str, count: u64) -> Result<(), Refusal> {
        let (name, allowed) = (&field.name.node, self.limits.page_max);
        if count <= allowed.into() {
            return Ok(());
        }
        let message = format!(
            "The argument `{argument}` of `{name}` asks for {count}; at most {allowed} are allowed. Page with a cursor."
        );
        Err((FaultCode::Validation, message))
    }

    /// The value of an argument, from the document or from a variable.
    fn argument(&self, field: &Field, name: &str) -> Option<ConstValue> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|variable| self.variable(&variable).ok_or(())).ok()
    }

    fn variable(&self, name: &Name) -> Option<ConstValue> {
        let definitions = &self.operation.variable_definitions;
        let definition = definitions.iter().find(|one| one.node.name.node == *name);
        let default = || definition.and_then(|definition| definition.node.default_value());
        self.variables.get(name).or_else(default).cloned()
    }
}

fn number(value: &ConstValue) -> Option<u64> {
    match value {
        ConstValue::Number(number) => number.as_u64(),
        _ => None,
    }
}

/// Ids in a list; one that stands alone is a list of one (specification, list input coercion).
fn length(value: &ConstValue) -> Option<u64> {
    match value {
        ConstValue::List(list) => u64::try_from(list.len()).ok(),
        _ => None,
    }
}
