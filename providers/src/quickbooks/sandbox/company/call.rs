//! A call to the accounting API, taken apart.
//!
//! Rule: unknown parameters are ignored (reference 16).

use std::{borrow::Cow, collections::HashMap};

use axum::http::{HeaderMap, Method, header};

use crate::quickbooks::sandbox::{
    faults::{Fault, GatewayFault},
    json::Record,
};

/// A call, taken apart.
#[derive(Debug)]
pub(super) struct Call<'c> {
    /// The company.
    pub(super) realm: &'c str,
    /// The first segment after it: an entity or `query`, as written.
    pub(super) resource: &'c str,
    /// The second segment, where there is one.
    pub(super) id: Option<&'c str>,
    /// Whatever follows.
    pub(super) rest: Option<&'c str>,
    /// The HTTP method.
    pub(super) method: &'c Method,
    /// Parameters by lower-case name.
    pub(super) parameters: HashMap<String, String>,
    /// Headers.
    pub(super) headers: &'c HeaderMap,
    /// Body.
    pub(super) body: &'c [u8],
}

/// Why a call is not answered.
#[derive(Debug)]
pub(super) enum Failure {
    /// By the gateway in front of the service.
    Gateway(GatewayFault),
    /// By the service.
    Business(Fault),
    /// There is nothing at this path.
    NoSuchPath,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Business(fault)
    }
}

impl From<GatewayFault> for Failure {
    fn from(fault: GatewayFault) -> Self {
        Self::Gateway(fault)
    }
}

impl<'c> Call<'c> {
    /// Takes a call apart.
    pub(super) fn new(
        realm: &'c str,
        path: &'c str,
        method: &'c Method,
        query: Option<&str>,
        headers: &'c HeaderMap,
        body: &'c [u8],
    ) -> Self {
        let mut segments = path.trim_end_matches('/').splitn(3, '/');
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let parameters = pairs.map(|(name, value)| (name.to_lowercase(), value.into_owned())).collect();
        let resource = segments.next().unwrap_or_default();
        Self { realm, resource, id: segments.next(), rest: segments.next(), method, parameters, headers, body }
    }

    /// A parameter that is there and not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The content type without its parameters, lower-case.
    pub(super) fn content_type(&self) -> String {
        let value = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The JSON object in the body.
    ///
    /// # Errors
    /// 1050 for a body of another content type, 2010 for one that is no JSON object.
    pub(super) fn json(&self) -> Result<Record, Fault> {
        if self.content_type() != "application/json" {
            return Err(Fault::new(1050, "Objects are sent as application/json"));
        }
        serde_json::from_slice(self.body).map_err(|error| Fault::unknown_property(&format!("request body: {error}")))
    }

    /// The statement of a query: the parameter, or the body of a POST (reference 2).
    ///
    /// # Errors
    /// 1050 for a body of another content type, 4000 where there is no statement.
    pub(super) fn statement(&self) -> Result<Cow<'_, str>, Fault> {
        if self.method == Method::GET {
            let statement = self.parameter("query").ok_or_else(|| Fault::new(4000, "QueryParserError: no query"))?;
            return Ok(Cow::Borrowed(statement));
        }
        if !matches!(self.content_type().as_str(), "application/text" | "text/plain") {
            return Err(Fault::new(1050, "A query is sent as application/text"));
        }
        Ok(String::from_utf8_lossy(self.body))
    }
}
