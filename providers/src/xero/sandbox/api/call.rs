//! One call of the API, taken apart.
//!
//! Rule: reading of a call and nothing else; whether it may be is decided elsewhere.

use std::borrow::Cow;

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, header},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::xero::sandbox::{
    clock,
    entities::{self, Resource},
    json::Record,
    problem::Refusal,
};

/// One call.
pub(crate) struct Call<'c> {
    /// The method.
    pub(crate) method: &'c Method,
    /// What follows the version in the path.
    pub(crate) segments: Vec<&'c str>,
    /// Parameters, in order.
    pub(crate) parameters: Vec<(Cow<'c, str>, Cow<'c, str>)>,
    /// Headers.
    pub(crate) headers: &'c HeaderMap,
    /// Body.
    pub(crate) body: &'c Bytes,
}

impl<'c> Call<'c> {
    /// Takes a call apart.
    pub(crate) fn new(
        resource: &'c str,
        method: &'c Method,
        query: Option<&'c str>,
        headers: &'c HeaderMap,
        body: &'c Bytes,
    ) -> Self {
        Self {
            method,
            segments: resource.split('/').filter(|segment| !segment.is_empty()).collect(),
            parameters: url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect(),
            headers,
            body,
        }
    }

    /// The first segment: a resource, or `Reports`.
    pub(crate) fn name(&self) -> &'c str {
        self.segments.first().copied().unwrap_or_default()
    }

    /// The resource.
    ///
    /// # Errors
    /// 404 where there is no such resource here.
    pub(crate) fn resource(&self) -> Result<&'static Resource, Refusal> {
        entities::find(self.name()).ok_or(Refusal::NotFound)
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        *self.method == Method::GET
    }

    /// The tenant that it is for.
    pub(crate) fn tenant(&self) -> &'c str {
        self.header("xero-tenant-id").unwrap_or_default()
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&'c str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
    }

    /// A parameter, by its name in any case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A parameter that says yes or no; other languages write `True` (reference 2).
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.parameter(name).and_then(|value| value.to_ascii_lowercase().parse().ok())
    }

    /// The values of a comma list.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        self.parameter(name).map(|list| list.split(',').map(|value| value.trim().to_lowercase()).collect())
    }

    /// Only what changed since then.
    pub(crate) fn modified_since(&self) -> Option<DateTime<Utc>> {
        self.header(header::IF_MODIFIED_SINCE.as_str()).and_then(clock::parse_moment)
    }

    /// Decimals of unit amounts.
    pub(crate) fn unit_decimals(&self) -> u32 {
        if self.parameter("unitdp") == Some("4") { 4 } else { 2 }
    }

    /// The elements of a write: a collection under its name, or a single bare object (reference 2).
    ///
    /// # Errors
    /// 14 when the body is neither.
    pub(crate) fn elements(&self, array: &str) -> Result<Vec<Record>, Refusal> {
        let refused = |reason: &str| Refusal::PostData(reason.to_owned());
        let body: Value =
            serde_json::from_slice(self.body).map_err(|error| refused(&format!("JSON could not be read: {error}")))?;
        let element = |value: Value| match value {
            Value::Object(element) => Ok(element),
            _ => Err(refused("Every element must be an object.")),
        };
        match body {
            Value::Array(elements) => elements.into_iter().map(element).collect(),
            Value::Object(mut body) => match body.remove(array) {
                Some(Value::Array(elements)) => elements.into_iter().map(element).collect(),
                Some(single) => element(single).map(|element| vec![element]),
                None => Ok(vec![body]),
            },
            _ => Err(refused("The body must be an object.")),
        }
    }
}
