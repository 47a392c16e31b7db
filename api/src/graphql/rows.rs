//! Rows of lists, answered without a future for every field.
//!
//! Rule: a row shows exactly what its object shows. A field that needs nothing but the row is written at once, every other
//! one goes to its resolver, all of them together; the answer has the order of the question. What is not understood here
//! (directives, fragments on interfaces, a name asked for twice) is left to the object. A test asks for every field both
//! ways. The schema has no extensions; one that watches resolvers would not see plain fields.

use std::{borrow::Cow, collections::HashMap};

use async_graphql::{
    ContainerType, ContextSelectionSet, InputType, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet, TypeCondition},
    registry::Registry,
};
use futures::future::{BoxFuture, join_all};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// An object with fields that need nothing but the object.
pub trait Plain: ContainerType {
    /// The value of such a field; nothing for every other one.
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let _ = field;
        None
    }
}

/// A field that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Selected<'a> {
    /// Its name, not its alias.
    pub name: &'a str,
    set: &'a SelectionSet,
    fragments: &'a Fragments,
}

impl<'a> Selected<'a> {
    fn of(field: &'a Positioned<Field>, fragments: &'a Fragments) -> Self {
        Self { name: &field.node.name.node, set: &field.node.selection_set.node, fragments }
    }

    /// An object all of whose fields are plain; null for nothing.
    pub fn object<T: Plain>(&self, object: Option<&T>) -> Option<Value> {
        let Some(object) = object else { return Some(Value::Null) };
        let fields = flat::<T>(self.set, self.fragments)?;
        let mut values = IndexMap::with_capacity(fields.len());
        for field in fields {
            values.insert(key(field), plain(object, field, self.fragments)?);
        }
        Some(Value::Object(values))
    }
}

/// The value of a scalar or an enum, as its resolver writes it.
pub fn value(value: &impl InputType) -> Value {
    value.to_value()
}

/// A text, or null.
pub fn text<'a>(text: impl Into<Option<&'a str>>) -> Value {
    text.into().map_or(Value::Null, Value::from)
}

/// An object in a list. In the schema it is the object.
#[derive(Debug, Clone)]
pub struct Row<T>(pub T);

impl<T: Plain> OutputType for Row<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let fragments = &ctx.query_env.fragments;
        let Some(fields) = flat::<T>(&ctx.item.node, fragments) else { return self.0.resolve(ctx, field).await };
        let mut values: Vec<Option<Value>> = fields.iter().map(|field| plain(&self.0, field, fragments)).collect();
        let missing = fields.iter().zip(&mut values).filter(|(_, value)| value.is_none());
        let missing: Vec<BoxFuture<'_, ()>> =
            missing.map(|(field, value)| resolved(&self.0, ctx.clone(), field, value)).collect();
        join_all(missing).await;
        let mut answer = IndexMap::with_capacity(fields.len());
        answer.extend(fields.iter().zip(values).filter_map(|(field, value)| Some((key(field), value?))));
        // As the library does it where every field failed.
        Ok(if answer.is_empty() { Value::Null } else { Value::Object(answer) })
    }
}

/// Asks a field's resolver. Boxed, because objects contain each other.
fn resolved<'a, T: Plain>(
    object: &'a T,
    ctx: ContextSelectionSet<'a>,
    field: &'a Positioned<Field>,
    value: &'a mut Option<Value>,
) -> BoxFuture<'a, ()> {
    Box::pin(async move {
        match object.resolve_field(&ctx.with_field(field)).await {
            Ok(found) => *value = Some(found.unwrap_or_default()),
            Err(error) => ctx.add_error(error),
        }
    })
}

fn key(field: &Positioned<Field>) -> Name {
    field.node.response_key().node.clone()
}

fn plain<T: Plain>(object: &T, field: &Positioned<Field>, fragments: &Fragments) -> Option<Value> {
    match field.node.name.node.as_str() {
        "__typename" => Some(Value::String(object.introspection_type_name().into_owned())),
        _ => object.plain(&Selected::of(field, fragments)),
    }
}

/// The fields of a selection and its fragments; nothing where there is more to it than that.
fn flat<'a, T: OutputType>(set: &'a SelectionSet, fragments: &'a Fragments) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::with_capacity(set.items.len());
    collect(set, fragments, &T::type_name(), &mut fields).then_some(fields)
}

/// Answers whether all of it was understood.
fn collect<'a>(
    set: &'a SelectionSet,
    fragments: &'a Fragments,
    on: &str,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    let is_on = |condition: &Positioned<TypeCondition>| condition.node.on.node == on;
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let new = fields.iter().all(|known| known.node.response_key().node != field.node.response_key().node);
            fields.push(field);
            new && field.node.directives.is_empty()
        }
        Selection::FragmentSpread(spread) => fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
            spread.node.directives.is_empty()
                && is_on(&fragment.node.type_condition)
                && collect(&fragment.node.selection_set.node, fragments, on, fields)
        }),
        Selection::InlineFragment(fragment) => {
            fragment.node.directives.is_empty()
                && fragment.node.type_condition.as_ref().is_none_or(is_on)
                && collect(&fragment.node.selection_set.node, fragments, on, fields)
        }
    })
}
