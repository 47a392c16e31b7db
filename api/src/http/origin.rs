//! Which browser pages may call (CORS), and open a WebSocket, which CORS does not cover.
//!
//! Rule: the gateway's own pages and the configured origins; programs, which send no `Origin`, are judged by their token.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::{Origin, Url};

use super::observe::REQUEST_ID;

/// The origins beside the page's own.
#[derive(Debug, Clone, Default)]
pub struct Origins(Arc<[Origin]>);

impl Origins {
    /// The origins of these addresses.
    pub fn new<'a>(addresses: impl IntoIterator<Item = &'a Url>) -> Self {
        Self(addresses.into_iter().map(Url::origin).filter(Origin::is_tuple).collect())
    }

    fn knows(&self, origin: &str) -> bool {
        Url::parse(origin).is_ok_and(|origin| self.0.contains(&origin.origin()))
    }

    /// Whether an address leads to one of these origins.
    pub(super) fn contains(&self, address: &Url) -> bool {
        self.0.contains(&address.origin())
    }

    /// Whether a request comes from one of these origins, from the page's own, or from no browser at all.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let own = origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host);
        own || self.knows(origin)
    }

    /// The CORS answers.
    pub(super) fn cors(&self) -> CorsLayer {
        let origins = self.clone();
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin: &HeaderValue, _| {
                origin.to_str().is_ok_and(|origin| origins.knows(origin))
            }))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, REQUEST_ID])
            .expose_headers([REQUEST_ID])
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::program(None, true)]
    #[case::own_page(Some("http://127.0.0.1:8080"), true)]
    #[case::configured(Some("https://console.example"), true)]
    #[case::configured_with_its_port(Some("https://console.example:443"), true)]
    #[case::other_scheme(Some("http://console.example"), false)]
    #[case::other_port(Some("http://127.0.0.1:9000"), false)]
    #[case::longer_name(Some("https://console.example.evil.example"), false)]
    #[case::sandboxed_page(Some("null"), false)]
    fn only_known_pages_are_let_in(#[case] origin: Option<&str>, #[case] allowed: bool) {
        let origins = Origins::new([&Url::parse("https://console.example/app").unwrap()]);
        let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:8080"))]);
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        assert_eq!(origins.allow(&headers), allowed);
    }
}
