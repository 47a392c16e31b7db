//! Puts the nulls of failed fields where the GraphQL specification has them.
//!
//! Rule: a field that failed is null, and if it may not be null, so is the nearest thing around it that may ("Handling
//! Execution Errors"). The engine (7.1 to 7.2 at least) leaves failed fields out instead, and an object whose fields all
//! failed is null. Only answers with errors are looked at, so the rest pay nothing.

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};

use super::facts::Facts;

/// Whether a value could be given, or whatever is around it must be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Given,
    Null,
}

/// Selections on one object, each with the type it is made on.
type Selections<'a> = Vec<(&'a SelectionSet, Option<&'a Name>)>;

/// Completes the data of one operation's answer.
pub(super) fn complete(
    data: &mut Value,
    errors: &[ServerError],
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    facts: &Facts,
) {
    let completion = Completion { document, facts };
    let root = vec![(&operation.selection_set.node, facts.root(operation.ty))];
    for error in errors.iter().filter(|error| !error.path.is_empty()) {
        if completion.object(data, &root, &error.path) == Outcome::Null {
            *data = Value::Null;
            return;
        }
    }
}

struct Completion<'a> {
    document: &'a ExecutableDocument,
    facts: &'a Facts,
}

impl<'a> Completion<'a> {
    /// Completes an object along the path of an error.
    fn object(&self, value: &mut Value, selections: &Selections<'a>, path: &[PathSegment]) -> Outcome {
        let Some((PathSegment::Field(key), rest)) = path.split_first() else { return Outcome::Given };
        if *value == Value::Null {
            // All of its fields failed; each of them has its error.
            *value = Value::Object(IndexMap::new());
        }
        let Value::Object(fields) = value else { return Outcome::Given };
        let Some((ty, inner)) = self.field(selections, key) else { return Outcome::Given };
        let child = fields.entry(Name::new(key)).or_insert(Value::Null);
        match self.value(child, ty, &inner, rest) {
            Outcome::Null if ty.nullable => {
                *child = Value::Null;
                Outcome::Given
            }
            outcome => outcome,
        }
    }

    /// Completes a field's value or a list's item.
    fn value(&self, value: &mut Value, ty: &'a Type, inner: &Selections<'a>, path: &[PathSegment]) -> Outcome {
        match (path.first(), &ty.base) {
            // Here the error is.
            (None, _) => Outcome::Null,
            (Some(PathSegment::Field(_)), _) => self.object(value, inner, path),
            (Some(PathSegment::Index(index)), BaseType::List(item)) => {
                let Value::List(list) = value else { return Outcome::Null };
                let Some(found) = list.get_mut(*index) else { return Outcome::Null };
                match self.value(found, item, inner, path.get(1..).unwrap_or_default()) {
                    Outcome::Null if item.nullable => {
                        *found = Value::Null;
                        Outcome::Given
                    }
                    outcome => outcome,
                }
            }
            (Some(PathSegment::Index(_)), BaseType::Named(_)) => Outcome::Given,
        }
    }

    /// The type of the field that answers under `key`, and what is selected on it. Whatever fields share a key have the
    /// same shape (validation, "Field Selection Merging"), so the first one found decides.
    fn field(&self, selections: &Selections<'a>, key: &str) -> Option<(&'a Type, Selections<'a>)> {
        let (mut ty, mut inner) = (None, Vec::new());
        let mut open = selections.clone();
        while let Some((set, parent)) = open.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) if field.node.response_key().node == key => {
                        let facts = self.facts.field(parent, &field.node.name.node);
                        ty = ty.or(facts.map(|facts| &facts.ty));
                        inner.push((&field.node.selection_set.node, facts.map(|facts| &facts.returns)));
                    }
                    Selection::Field(_) => {}
                    Selection::InlineFragment(fragment) => {
                        let condition = fragment.node.type_condition.as_ref();
                        let parent = condition.map(|condition| &condition.node.on.node).or(parent);
                        open.push((&fragment.node.selection_set.node, parent));
                    }
                    Selection::FragmentSpread(spread) => {
                        let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                        open.extend(fragment.map(|fragment| {
                            (&fragment.node.selection_set.node, Some(&fragment.node.type_condition.node.on.node))
                        }));
                    }
                }
            }
        }
        Some((ty?, inner))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};
    use rstest::rstest;

    use super::*;

    const SDL: &str = "type Query { a: Int b: Int! o: Object r: Object! list: [Object!] holes: [Object] must: [Object!]! numbers: [Int!] } \
        type Object { a: Int b: Int! o: Object r: Object! }";

    fn path(text: &str) -> Vec<PathSegment> {
        let segment =
            |part: &str| part.parse().map_or_else(|_| PathSegment::Field(part.to_owned()), PathSegment::Index);
        text.split('.').map(segment).collect()
    }

    fn completed(query: &str, mut data: Value, paths: &[&str]) -> Value {
        let document = parse_query(query).unwrap();
        let operation = document.operations.iter().next().unwrap().1.node.clone();
        let errors: Vec<_> = paths.iter().map(|text| ServerError::new("x", None).with_path(path(text))).collect();
        complete(&mut data, &errors, &document, &operation, &Facts::read(SDL).unwrap());
        data
    }

    #[rstest]
    #[case::nullable("{ a b }", value!({"b": 1}), &["a"], value!({"b": 1, "a": null}))]
    #[case::not_nullable("{ a b }", value!({"a": 1}), &["b"], value!(null))]
    #[case::only_field("{ a }", value!(null), &["a"], value!({"a": null}))]
    #[case::alias("{ x: a b }", value!({"b": 1}), &["x"], value!({"b": 1, "x": null}))]
    #[case::up_to_a_nullable_parent("{ a o { a b } }", value!({"a": 1, "o": {"a": 2}}), &["o.b"], value!({"a": 1, "o": null}))]
    #[case::through_a_parent_that_may_not_be_null("{ a o { r { b } } }", value!({"a": 1, "o": {"r": null}}), &["o.r.b"], value!({"a": 1, "o": null}))]
    #[case::to_the_root("{ a r { b } }", value!({"a": 1, "r": null}), &["r.b"], value!(null))]
    #[case::every_field_of_an_object("{ o { a o { a } } }", value!({"o": null}), &["o.a", "o.o"], value!({"o": {"a": null, "o": null}}))]
    #[case::item_may_not_be_null("{ a list { a b } }", value!({"a": 1, "list": [{"a": 1, "b": 1}, {"a": 1}]}), &["list.1.b"], value!({"a": 1, "list": null}))]
    #[case::item_may_be_null("{ holes { a b } }", value!({"holes": [{"a": 1, "b": 1}, {"a": 1}]}), &["holes.1.b"], value!({"holes": [{"a": 1, "b": 1}, null]}))]
    #[case::list_may_not_be_null("{ a must { b } }", value!({"a": 1, "must": [null]}), &["must.0.b"], value!(null))]
    #[case::list_of_scalars("{ a numbers }", value!({"a": 1}), &["numbers.3"], value!({"a": 1, "numbers": null}))]
    #[case::nullable_in_an_item("{ list { a b } }", value!({"list": [{"b": 1}]}), &["list.0.a"], value!({"list": [{"b": 1, "a": null}]}))]
    #[case::fragments("{ ...F } fragment F on Query { o { ... on Object { b } } a }", value!({"a": 1, "o": null}), &["o.b"], value!({"a": 1, "o": null}))]
    fn failed_fields_are_null_or_take_with_them_what_may_not_be_without(
        #[case] query: &str,
        #[case] data: Value,
        #[case] paths: &[&str],
        #[case] expected: Value,
    ) {
        assert_eq!(completed(query, data, paths), expected);
    }
}
