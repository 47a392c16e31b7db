//! Variables that an operation needs.
//!
//! Rule: a missing one is a fault of the request (specification, CoerceVariableValues). The engine finds it only while
//! executing, as an error of each field that uses it.

use async_graphql::{ServerError, Value, Variables, parser::types::OperationDefinition};

use super::fault::FaultCode;

/// Makes sure that every variable that may not be null is given.
///
/// # Errors
/// Names the first one that is not.
pub(super) fn require(operation: &OperationDefinition, variables: &Variables) -> Result<(), ServerError> {
    let missing = operation.variable_definitions.iter().find(|definition| {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node);
        let absent = given.is_none() && definition.default_value.is_none();
        !definition.var_type.node.nullable && (absent || given == Some(&Value::Null))
    });
    missing.map_or(Ok(()), |definition| {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let mut error =
            FaultCode::ValidationFailed.server_error(format!("The variable ${name} of type {ty} is not given."));
        error.locations = vec![definition.pos];
        Err(error)
    })
}
