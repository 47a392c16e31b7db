//! A person on a consent page, over HTTP: sends the form that the page shows, without following where it leads.
//!
//! Rule: the page is opened first, as a browser does; what it refuses is refused here, with its words.

use reqwest::{Client, header::LOCATION, redirect::Policy};
use url::Url;

use super::SandboxError;
use crate::transport::http::install_crypto;

/// Opens the page, chooses and agrees; refuses where nothing is `chosen`. Answers with the address that the browser is
/// sent to.
///
/// # Errors
/// When the page does not send the browser on.
pub(crate) async fn agree_or_refuse(
    authorization: &Url,
    chosen: &[(&str, &str)],
    agree: (&str, &str),
    refuse: (&str, &str),
) -> Result<Url, SandboxError> {
    install_crypto();
    let trouble = |error: reqwest::Error| SandboxError::Refused(error.without_url().to_string());
    let client = Client::builder().redirect(Policy::none()).build().map_err(trouble)?;
    let opened = client.get(authorization.clone()).send().await.map_err(trouble)?;
    if let Some(back) = location(&opened, authorization) {
        return Ok(back);
    }
    let mut fields: Vec<(String, String)> = authorization.query_pairs().into_owned().collect();
    let decision = if chosen.is_empty() { refuse } else { agree };
    fields.extend(chosen.iter().chain([&decision]).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut form = authorization.clone();
    form.set_query(None);
    let answer = client.post(form).form(&fields).send().await.map_err(trouble)?;
    let status = answer.status();
    location(&answer, authorization)
        .ok_or_else(|| SandboxError::Refused(format!("the consent page answered {status} and led nowhere")))
}

fn location(answer: &reqwest::Response, base: &Url) -> Option<Url> {
    let location = answer.headers().get(LOCATION)?.to_str().ok()?;
    base.join(location).ok()
}
