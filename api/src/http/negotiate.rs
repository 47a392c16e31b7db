//! Which media types are spoken (GraphQL over HTTP, "Media Types" and "Accept").
//!
//! Rule: a body is read only as `application/json`, which no browser sends to another origin without asking first.

use axum::http::{HeaderMap, header};

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/graphql-response+json`: the status says whether the operation was executed.
    GraphQl,
    /// `application/json`, for older clients: 200 for whatever was a request.
    Json,
}

impl Form {
    /// The media type, with its encoding.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// One entry of an `Accept` header.
struct Range<'a> {
    media: &'a str,
    /// Thousandths.
    quality: u32,
    utf8: bool,
}

/// The form the client likes best; none when it accepts neither.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Form> {
    let ranges = headers.get_all(header::ACCEPT);
    let texts: Vec<&str> = ranges.iter().filter_map(|value| value.to_str().ok()).collect();
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Some(Form::GraphQl);
    }
    let ranges: Vec<Range<'_>> = texts.iter().flat_map(|text| text.split(',')).map(range).collect();
    let best = ranges.iter().filter(|range| range.quality > 0 && range.utf8).filter_map(|range| {
        let form = match range.media {
            "application/graphql-response+json" | "*/*" | "application/*" => Form::GraphQl,
            "application/json" => Form::Json,
            _ => return None,
        };
        // A type by name goes before a wildcard of the same quality.
        Some((range.quality, !range.media.contains('*'), form))
    });
    best.fold(None, |best: Option<(u32, bool, Form)>, next| match best {
        Some(best) if (best.0, best.1) >= (next.0, next.1) => Some(best),
        _ => Some(next),
    })
    .map(|(_, _, form)| form)
}

/// Whether the client takes an event stream.
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else { return true };
    text.split(',')
        .map(range)
        .any(|range| range.quality > 0 && matches!(range.media, "text/event-stream" | "text/*" | "*/*"))
}

/// Whether a body is declared as JSON in UTF-8.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let range = range(text);
    range.media.eq_ignore_ascii_case("application/json") && range.utf8
}

fn range(text: &str) -> Range<'_> {
    let mut parts = text.split(';').map(str::trim);
    let mut range = Range { media: parts.next().unwrap_or_default(), quality: 1000, utf8: true };
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => range.quality = quality(value.trim()),
            "charset" => range.utf8 = value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"),
            _ => {}
        }
    }
    range
}

/// A weight in thousandths (RFC 9110, 12.4.2): at most three digits after the point.
fn quality(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, padded.parse::<u32>()) {
        ("0", Ok(thousandths)) => thousandths,
        ("1", Ok(_)) => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[rstest]
    #[case("application/graphql-response+json", Some(Form::GraphQl))]
    #[case("application/json", Some(Form::Json))]
    #[case("application/json; charset=utf-8", Some(Form::Json))]
    #[case("*/*", Some(Form::GraphQl))]
    #[case("application/json, */*", Some(Form::Json))]
    #[case("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", Some(Form::GraphQl))]
    #[case("application/json, application/graphql-response+json", Some(Form::Json))]
    #[case("application/graphql-response+json;q=0.5, application/json;q=0.9", Some(Form::Json))]
    #[case("application/json;q=0", None)]
    #[case("application/json; charset=iso-8859-1", None)]
    #[case("text/html", None)]
    #[case("", Some(Form::GraphQl))]
    fn the_best_form_the_client_accepts_is_taken(#[case] accept: &str, #[case] form: Option<Form>) {
        assert_eq!(accepted(&with(header::ACCEPT, accept)), form);
    }

    #[rstest]
    #[case("application/json", true)]
    #[case("application/json; charset=UTF-8", true)]
    #[case("application/json; charset=latin1", false)]
    #[case("text/plain", false)]
    #[case("application/x-www-form-urlencoded", false)]
    #[case("multipart/form-data; boundary=x", false)]
    #[case("text/plain; application/json", false)]
    fn only_json_in_utf8_is_read(#[case] content_type: &str, #[case] read: bool) {
        assert_eq!(is_json(&with(header::CONTENT_TYPE, content_type)), read);
    }

    #[test]
    fn nothing_declared_is_answered_in_the_new_form_and_not_read() {
        assert_eq!(accepted(&HeaderMap::new()), Some(Form::GraphQl));
        assert!(!is_json(&HeaderMap::new()));
    }
}
