//! Consent as a person gives it: the page is opened over HTTP, and its form is sent.
//!
//! Rule: nothing is granted that the page would not grant.

use reqwest::{Client, StatusCode, header::LOCATION, redirect::Policy};
use url::Url;

use crate::sandbox::SandboxError;

/// Agrees for these organisations, or refuses where there are none; where the browser would be sent to.
///
/// # Errors
/// When the page refuses.
pub(super) async fn give(authorization: &Url, companies: &[String]) -> Result<Url, SandboxError> {
    let refused = |error: &dyn std::fmt::Display| SandboxError::Refused(error.to_string());
    // Plain HTTP on this machine: no certificate is ever asked for.
    let client = Client::builder().redirect(Policy::none()).tls_certs_only([]).build();
    let client = client.map_err(|error| refused(&error))?;
    let page = client.get(authorization.clone()).send().await.map_err(|error| refused(&error))?;
    if page.status() != StatusCode::OK {
        return answer(page).await;
    }
    let mut fields: Vec<(String, String)> = authorization.query_pairs().into_owned().collect();
    fields.extend(companies.iter().map(|company| ("tenant".to_owned(), company.clone())));
    let decision = if companies.is_empty() { "refuse" } else { "agree" };
    fields.push(("decision".to_owned(), decision.to_owned()));
    let mut action = authorization.clone();
    action.set_query(None);
    let done = client.post(action).form(&fields).send().await.map_err(|error| refused(&error))?;
    answer(done).await
}

/// The address in an answer.
async fn answer(response: reqwest::Response) -> Result<Url, SandboxError> {
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| Url::parse(to).ok());
    match to {
        Some(to) => Ok(to),
        None => {
            let text = response.text().await.unwrap_or_default();
            let words = text.split("<h1>").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or(&text);
            Err(SandboxError::Refused(
                words.replace("</h1>", ":").replace("<p>", "").replace("</p>", "").trim().to_owned(),
            ))
        }
    }
}
