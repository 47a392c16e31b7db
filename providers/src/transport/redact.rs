//! Takes secrets out of whatever is kept of a call: URLs, bodies, messages.
//!
//! Rule: two nets, one behind the other. What a call is known to carry is masked wherever it stands, in any spelling;
//! and the value of any field with a secret's name is masked, whether the text is JSON, a form, a header or cut off.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use url::{Url, form_urlencoded};

use super::{Auth, Call};

/// What stands in a secret's place.
pub const MASK: &str = "[redacted]";

/// Shorter secrets are masked by field name alone: a search for them would shred the text.
const LITERAL_BYTES_MIN: usize = 6;

/// Names of fields whose values are secret (RFC 6749 and usual headers), compared without case.
const SECRET_FIELDS: &[&str] = &[
    "access_token",
    "api_key",
    "assertion",
    "authorization",
    "client_assertion",
    "client_secret",
    "code_verifier",
    "cookie",
    "id_token",
    "password",
    "proxy-authorization",
    "refresh_token",
    "secret",
    "set-cookie",
    "token",
];

/// Secret in forms and URLs; in JSON it is the number of an error.
const SECRET_IN_PAIRS: &str = "code";

/// Masks the secrets of one call.
#[derive(Default)]
pub struct Redactor {
    /// Longest first, so that no part of a longer one is masked alone.
    literals: Vec<String>,
}

impl Redactor {
    /// Knows the secrets that `call` carries.
    pub fn of(call: &Call) -> Self {
        let mut literals = Vec::new();
        for secret in call.secrets.iter().chain(&call.stamp.token) {
            spellings(secret.expose_secret(), &mut literals);
        }
        if let Auth::Basic(id, secret) = &call.auth {
            spellings(secret.expose_secret(), &mut literals);
            spellings(&STANDARD.encode(format!("{id}:{}", secret.expose_secret())), &mut literals);
        }
        literals.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
        literals.dedup();
        Self { literals }
    }

    /// A URL without user name, password and secret parameters.
    pub fn url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        // Refused only by URLs that cannot have either.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        self.text(shown.as_str(), usize::MAX)
    }

    /// At most `max` bytes of a body; bytes that are no text are replaced.
    pub fn body(&self, bytes: &[u8], max: usize) -> String {
        let longest = self.literals.first().map_or(0, String::len);
        let window = bytes.len().min(max.saturating_add(longest));
        let text = String::from_utf8_lossy(bytes.get(..window).unwrap_or(bytes));
        self.text(&text, max)
    }

    /// A text of at most `max` bytes.
    pub fn text(&self, text: &str, max: usize) -> String {
        let mut shown = text.to_owned();
        for literal in &self.literals {
            if shown.contains(literal) {
                shown = shown.replace(literal, MASK);
            }
        }
        cap(mask_fields(&shown), max)
    }
}

/// A secret as it stands in plain text, in a form and in JSON.
fn spellings(secret: &str, into: &mut Vec<String>) {
    if secret.len() < LITERAL_BYTES_MIN {
        return;
    }
    into.push(secret.to_owned());
    into.push(form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    let quoted = serde_json::Value::from(secret).to_string();
    into.push(quoted.trim_matches('"').to_owned());
}

fn cap(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
        text.push('…');
    }
    text
}

/// Masks the values of fields with a secret's name.
fn mask_fields(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, value)) = next_secret(rest) {
        shown.push_str(before);
        shown.push_str(MASK);
        rest = rest.get(before.len() + value..).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

/// The text up to the next secret value, and that value's length in bytes.
fn next_secret(text: &str) -> Option<(&str, usize)> {
    let mut from = 0;
    while let Some((start, end)) = next_word(text, from) {
        from = end;
        let word = text.get(start..end)?;
        if let Some((at, length)) = value_after(text.get(end..)?, word).filter(|&(_, length)| length > 0) {
            return Some((text.get(..end + at)?, length));
        }
    }
    None
}

/// The next run of characters that names can be made of.
fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let start = from + rest.find(is_name)?;
    let word = text.get(start..)?;
    Some((start, start + word.find(|c| !is_name(c)).unwrap_or(word.len())))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Where the value of field `word` begins and how long it is, if the word is a secret's name and `rest` gives it a value.
fn value_after(rest: &str, word: &str) -> Option<(usize, usize)> {
    let named = |name: &&str| name.eq_ignore_ascii_case(word);
    let always = SECRET_FIELDS.iter().any(named);
    if !always && !named(&SECRET_IN_PAIRS) {
        return None;
    }
    let after_name = rest.get(quote_length(rest)..)?.trim_start();
    let after_sign =
        after_name.strip_prefix('=').or_else(|| after_name.strip_prefix(':').filter(|_| always))?.trim_start();
    let (opening, value) = after_sign.split_at_checked(quote_length(after_sign))?;
    Some((rest.len() - value.len(), value_length(value, opening)))
}

/// Length of the quotation mark that `text` begins with, escaped or not; 0 if there is none.
fn quote_length(text: &str) -> usize {
    let escapes = text.len() - text.trim_start_matches('\\').len();
    let quoted = text.get(escapes..).is_some_and(|rest| rest.starts_with(['"', '\'']));
    if quoted { escapes + 1 } else { 0 }
}

/// Length of a value that `opening` quotes; unquoted, it ends where a pair or a line does.
fn value_length(value: &str, opening: &str) -> usize {
    match opening.chars().next_back() {
        Some(quote) if opening.len() == 1 => quoted_length(value, quote),
        Some(_) => value.find(opening).unwrap_or(value.len()),
        None if value.starts_with(['{', '[']) => nested_length(value),
        None => value.find(['&', '\n', '\r', '"', ',', '}', '<']).unwrap_or(value.len()),
    }
}

/// Up to the closing quote that no backslash precedes.
fn quoted_length(value: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        if c == quote && !escaped {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    value.len()
}

/// Up to the bracket that closes the first one; brackets inside strings do not count.
fn nested_length(value: &str) -> usize {
    let mut depth = 0_usize;
    let mut from = 0;
    while let Some(at) = value.get(from..).and_then(|rest| rest.find(['{', '}', '[', ']', '"'])).map(|at| from + at) {
        from = at + 1;
        match value.as_bytes().get(at) {
            Some(b'{' | b'[') => depth += 1,
            Some(b'"') => from += quoted_length(value.get(from..).unwrap_or_default(), '"') + 1,
            _ => depth = depth.saturating_sub(1),
        }
        if depth == 0 {
            return from.min(value.len());
        }
    }
    value.len()
}
