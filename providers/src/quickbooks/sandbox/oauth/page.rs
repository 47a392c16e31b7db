//! The consent page: a plain form that works without scripts.
//!
//! Rule: every value from outside is escaped.

use std::collections::HashMap;

use super::authorize::Consent;
use crate::{quickbooks::sandbox::pages::layout, sandbox::page::escape};

/// The parameters that the form carries on.
const CARRIED: [&str; 5] = ["client_id", "redirect_uri", "response_type", "scope", "state"];

/// The page that asks: which company, yes or no.
pub(super) fn consent(fields: &HashMap<String, String>, consent: &Consent, companies: &[(String, String)]) -> String {
    let hidden: String = CARRIED
        .iter()
        .filter_map(|name| Some((name, fields.get(*name)?)))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value)))
        .collect();
    let scopes: String =
        consent.scopes.iter().map(|scope| format!("<li><code>{}</code></li>\n", escape(scope))).collect();
    let host = escape(consent.redirect_uri.host_str().unwrap_or_default());
    layout(
        "Connect a company",
        &format!(
            "<h1>Connect a company</h1>
<p><strong>Stockbridge</strong> at <code>{host}</code> asks for access to a company of this sandbox:</p>
<ul>
{scopes}</ul>
<form method=\"post\" action=\"/connect/oauth2\">
{hidden}<fieldset>
<legend>Which company?</legend>
{}</fieldset>
<p class=\"actions\">
<button type=\"submit\" name=\"decision\" value=\"agree\" class=\"primary\">Agree</button>
<button type=\"submit\" name=\"decision\" value=\"refuse\">Refuse</button>
</p>
</form>",
            choices(companies)
        ),
    )
}

/// One radio button for each company; the first one is chosen.
fn choices(companies: &[(String, String)]) -> String {
    let choice = |(index, (realm, name)): (usize, &(String, String))| {
        let checked = if index == 0 { " checked" } else { "" };
        let (realm, name) = (escape(realm), escape(name));
        format!(
            "<label><input type=\"radio\" name=\"realm\" value=\"{realm}\"{checked}> {name} <small>{realm}</small></label>\n"
        )
    };
    companies.iter().enumerate().map(choice).collect()
}

/// The page for a request that cannot be answered elsewhere.
pub(super) fn refused(reason: &str) -> String {
    layout("Sorry", &format!("<h1>This request cannot be granted</h1>\n<p>{}</p>", escape(reason)))
}
