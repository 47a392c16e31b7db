//! Where a call was sent to, and whose page sent it.
//!
//! Rule: a browser says in `Origin` whose page makes it call; a call without one is no page's doing.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

/// The origin that a call was sent to, by its `Host`.
pub(crate) fn own(headers: &HeaderMap) -> String {
    format!("http://{}", host(headers))
}

/// Whether the call comes from the sandbox's own page, or from no page.
pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_none_or(|origin| {
        let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
        authority == Some(host(headers))
    })
}

/// The same, and under a name that no other site can point at this machine.
pub(crate) fn is_own_and_local(headers: &HeaderMap) -> bool {
    let host = host(headers);
    let name = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let local = name == "localhost" || bare.parse::<IpAddr>().is_ok();
    !headers.contains_key(header::ORIGIN) || (local && is_own(headers))
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1:90", None, true, true)]
    #[case("sandbox:90", None, true, true)]
    #[case("127.0.0.1:90", Some("http://127.0.0.1:90"), true, true)]
    #[case("localhost", Some("http://localhost"), true, true)]
    #[case("[::1]:90", Some("http://[::1]:90"), true, true)]
    #[case("[::1]", Some("http://[::1]"), true, true)]
    #[case("sandbox:90", Some("http://sandbox:90"), true, false)]
    #[case("127.0.0.1:90", Some("http://127.0.0.1:91"), false, false)]
    #[case("127.0.0.1:90", Some("https://evil.example"), false, false)]
    #[case("127.0.0.1:90", Some("null"), false, false)]
    fn a_page_is_known_by_its_origin(
        #[case] host: &str,
        #[case] origin: Option<&str>,
        #[case] own: bool,
        #[case] own_and_local: bool,
    ) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a host"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("an origin"));
        }
        assert_eq!((is_own(&headers), is_own_and_local(&headers)), (own, own_and_local));
    }
}
