//! What the limits need to know of the schema: which fields are lists that a page size multiplies.
//!
//! Rule: read from the printed schema once at start. An async-graphql extension could ask the registry instead, but one
//! extension alone makes the engine look every field up by name and wrap it in two more futures.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

/// The schema, as far as cost depends on it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    types: HashMap<Name, HashMap<Name, FieldFacts>>,
    roots: [Option<Name>; 3],
}

/// One field.
#[derive(Debug)]
pub(super) struct FieldFacts {
    /// The named type it returns, lists unwrapped.
    pub(super) returns: Name,
    /// The type as it is written, with its lists and what may be null.
    pub(super) ty: Type,
    /// How its arguments multiply what is below it.
    pub(super) size: Size,
}

/// Where the number of rows of a field comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// One object, or a list whose length no argument decides.
    One,
    /// Rows by `first` or `last`; the number is the schema's own default, if it has one.
    Page(Option<u64>),
    /// As many as `ids` are given.
    Ids,
}

impl Facts {
    /// Reads a schema in SDL.
    ///
    /// # Errors
    /// When it is not SDL, which a printed schema always is.
    pub(super) fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut facts =
            Self { roots: ["Query", "Mutation", "Subscription"].map(|name| Some(Name::new(name))), ..Self::default() };
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    let name = |root: Option<Positioned<Name>>| root.map(|name| name.node);
                    facts.roots = [name(schema.query), name(schema.mutation), name(schema.subscription)];
                }
                TypeSystemDefinition::Type(definition) => {
                    let definition = definition.node;
                    let fields = match definition.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    facts.types.insert(
                        definition.name.node,
                        fields.into_iter().map(|field| field_facts(field.node)).collect(),
                    );
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(facts)
    }

    /// The type an operation starts from.
    pub(super) fn root(&self, operation: OperationType) -> Option<&Name> {
        let [query, mutation, subscription] = &self.roots;
        match operation {
            OperationType::Query => query.as_ref(),
            OperationType::Mutation => mutation.as_ref(),
            OperationType::Subscription => subscription.as_ref(),
        }
    }

    /// A field of a type; none for introspection and for what validation will refuse.
    pub(super) fn field(&self, parent: Option<&Name>, field: &Name) -> Option<&FieldFacts> {
        self.types.get(parent?)?.get(field)
    }
}

fn field_facts(field: FieldDefinition) -> (Name, FieldFacts) {
    let size = size(&field.arguments);
    (field.name.node, FieldFacts { returns: named(&field.ty.node), ty: field.ty.node, size })
}

fn size(arguments: &[Positioned<InputValueDefinition>]) -> Size {
    let argument = |wanted: &str| arguments.iter().find(|argument| argument.node.name.node == wanted);
    let paged = argument("first").or_else(|| argument("last"));
    match (paged, argument("ids")) {
        (Some(paged), _) => Size::Page(paged.node.default_value.as_ref().and_then(|value| number(&value.node))),
        (None, Some(_)) => Size::Ids,
        (None, None) => Size::One,
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn named(ty: &Type) -> Name {
    match &ty.base {
        BaseType::Named(name) => name.clone(),
        BaseType::List(inner) => named(inner),
    }
}
