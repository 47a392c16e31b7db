//! Stands before the engine: parses, weighs and bounds every operation, and gives every error a code.
//!
//! Rule: whatever reaches a resolver has passed the limits; whatever leaves has a code and its cost. It wraps the
//! executor instead of being an extension, because one extension slows every field down (see [`super::facts`]).

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Data, Executor, Request, Response, ServerError, Value,
    futures_util::{
        FutureExt,
        stream::{self, BoxStream, StreamExt},
    },
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
    value,
};

use super::{
    analysis, completion,
    documents::Documents,
    facts::Facts,
    fault::{self, FaultCode},
    numbers, variables,
};
use crate::config::Limits;

/// An executor with limits before it and masking after it.
#[derive(Debug)]
pub struct Guarded<E> {
    inner: E,
    shared: Arc<Shared>,
}

impl<E: Clone> Clone for Guarded<E> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), shared: Arc::clone(&self.shared) }
    }
}

#[derive(Debug)]
struct Shared {
    facts: Facts,
    limits: Limits,
    documents: Documents,
}

/// A request that may be executed.
#[derive(Debug)]
pub struct Prepared {
    request: Request,
    /// What kind of operation it is.
    pub kind: OperationType,
    /// The name of the operation, for logs.
    pub name: Option<String>,
    plan: Plan,
}

/// What is needed again when the answer is there.
#[derive(Debug)]
struct Plan {
    document: Arc<ExecutableDocument>,
    operation: Option<String>,
    cost: u64,
}

impl<E: Executor> Guarded<E> {
    /// Guards `inner`, whose schema is `sdl`.
    ///
    /// # Errors
    /// When `sdl` cannot be read.
    pub fn new(inner: E, sdl: &str, limits: Limits) -> Result<Self, async_graphql::parser::Error> {
        let shared = Shared { facts: Facts::read(sdl)?, limits, documents: Documents::default() };
        Ok(Self { inner, shared: Arc::new(shared) })
    }

    /// Parses and weighs a request.
    ///
    /// # Errors
    /// An answer that says why it is not executed.
    pub fn prepare(&self, mut request: Request) -> Result<Prepared, Box<Response>> {
        let refused = |error: ServerError| Box::new(Response::from_errors(vec![error]));
        numbers::restore(&mut request.variables);
        let document = self.shared.documents.parsed(&request.query).map_err(refused)?;
        let (name, operation) = choose(&document, request.operation_name.as_deref()).map_err(refused)?;
        let (name, kind) = (name.map(str::to_owned), operation.ty);
        variables::require(operation, &request.variables).map_err(refused)?;
        let weight = analysis::weigh(&document, operation, &request.variables, &self.shared.facts, &self.shared.limits)
            .map_err(|(code, message)| refused(code.server_error(message)))?;
        request.set_parsed_query(ExecutableDocument::clone(&document));
        let plan = Plan { document: Arc::clone(&document), operation: name.clone(), cost: weight.cost };
        Ok(Prepared { request, kind, name, plan })
    }

    /// Executes a prepared query or mutation.
    pub async fn run(&self, prepared: Prepared) -> Response {
        let Prepared { request, plan, .. } = prepared;
        let executed = AssertUnwindSafe(self.inner.execute(request)).catch_unwind().await;
        self.shared.finish(executed.unwrap_or_else(|panic| panicked(panic.as_ref())), &plan)
    }

    /// Executes a prepared operation of any kind; queries and mutations give one answer.
    pub fn stream(&self, prepared: Prepared, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let Prepared { request, plan, .. } = prepared;
        let shared = Arc::clone(&self.shared);
        let answers = AssertUnwindSafe(self.inner.execute_stream(request, session)).catch_unwind();
        answers.map(move |answer| shared.finish(answer.unwrap_or_else(|panic| panicked(panic.as_ref())), &plan)).boxed()
    }
}

impl<E: Executor> Executor for Guarded<E> {
    async fn execute(&self, request: Request) -> Response {
        match self.prepare(request) {
            Ok(prepared) => self.run(prepared).await,
            Err(response) => *response,
        }
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        match self.prepare(request) {
            Ok(prepared) => self.stream(prepared, session),
            Err(response) => stream::once(std::future::ready(*response)).boxed(),
        }
    }
}

/// A resolver that panicked is a mistake of ours and not the end of the connection.
fn panicked(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let mut error = ServerError::new("panic", None);
    error.source = Some(Arc::new(anyhow::anyhow!("panic: {}", text.unwrap_or("without a message"))));
    Response::from_errors(vec![error])
}

impl Shared {
    fn finish(&self, mut response: Response, plan: &Plan) -> Response {
        if !response.errors.is_empty() {
            fault::mask(&mut response);
            if let Ok((_, operation)) = choose(&plan.document, plan.operation.as_deref()) {
                completion::complete(&mut response.data, &response.errors, &plan.document, operation, &self.facts);
            }
        }
        let (cost, limit) = (plan.cost, self.limits.complexity);
        let cost: Value = value!({ "requested": cost, "limit": limit, "left": limit.saturating_sub(cost) });
        response.extensions.insert("cost".to_owned(), cost);
        response
    }
}

/// The operation to execute (specification, GetOperation).
fn choose<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a str>, &'a OperationDefinition), ServerError> {
    let refusal = |message: String| FaultCode::ValidationFailed.server_error(message);
    let wanted = wanted.filter(|name| !name.is_empty());
    match (&document.operations, wanted) {
        (DocumentOperations::Single(operation), None) => Ok((None, &operation.node)),
        (DocumentOperations::Multiple(named), None) => match named.iter().next() {
            Some((name, operation)) if named.len() == 1 => Ok((Some(name), &operation.node)),
            _ => Err(refusal("The document has several operations; say which one with `operationName`.".to_owned())),
        },
        (operations, Some(wanted)) => match operations {
            DocumentOperations::Multiple(named) => named.get_key_value(wanted),
            DocumentOperations::Single(_) => None,
        }
        .map(|(name, operation)| (Some(name.as_str()), &operation.node))
        .ok_or_else(|| refusal(format!("The document has no operation named {wanted:?}."))),
    }
}
