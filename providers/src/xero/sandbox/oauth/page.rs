//! The consent page: a plain form that works without scripts.
//!
//! Rule: every value from outside is escaped.

use std::collections::HashMap;

use super::{AUTHORIZE_PATH, authorize::Asked};
use crate::{sandbox::page::escape, xero::sandbox::pages::layout};

/// The parameters that the form carries on.
const CARRIED: [&str; 7] =
    ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"];

/// The page that asks: which organisations, yes or no.
pub(super) fn consent(fields: &HashMap<String, String>, asked: &Asked, organisations: &[(String, String)]) -> String {
    let hidden: String = CARRIED
        .iter()
        .filter_map(|name| Some((name, fields.get(*name)?)))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value)))
        .collect();
    let scopes: String =
        asked.scopes.iter().map(|scope| format!("<li><code>{}</code></li>\n", escape(scope))).collect();
    let host = escape(asked.redirect_uri.host_str().unwrap_or_default());
    layout(
        "Connect an organisation",
        &format!(
            "<h1>Connect an organisation</h1>
<p><strong>Stockbridge</strong> at <code>{host}</code> asks for access to organisations of this sandbox:</p>
<ul>
{scopes}</ul>
<form method=\"post\" action=\"{AUTHORIZE_PATH}\">
{hidden}<fieldset>
<legend>Which organisations?</legend>
{}</fieldset>
<p class=\"actions\">
<button type=\"submit\" name=\"decision\" value=\"agree\" class=\"primary\">Allow access</button>
<button type=\"submit\" name=\"decision\" value=\"refuse\">Cancel</button>
</p>
</form>",
            choices(organisations)
        ),
    )
}

/// One check box for each organisation; the first one is chosen.
fn choices(organisations: &[(String, String)]) -> String {
    let choice = |(index, (id, name)): (usize, &(String, String))| {
        let checked = if index == 0 { " checked" } else { "" };
        let (id, name) = (escape(id), escape(name));
        format!(
            "<label><input type=\"checkbox\" name=\"tenant\" value=\"{id}\"{checked}> {name} <small>{id}</small></label>\n"
        )
    };
    organisations.iter().enumerate().map(choice).collect()
}

/// The page for a request that cannot be answered elsewhere.
pub(super) fn refused(reason: &str) -> String {
    layout("Sorry", &format!("<h1>Sorry, something went wrong</h1>\n<p>{}</p>", escape(reason)))
}
