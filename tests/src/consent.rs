//! A person in a browser: follows the link, chooses a company on the provider's page, agrees or refuses.
//!
//! Rule: it reads the page's form as a browser does; it knows no parameter of the provider's.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, header, redirect};
use url::Url;

/// What the person does on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Agrees.
    Agree,
    /// Refuses.
    Refuse,
}

/// Where a browser is in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Status of the callback's answer.
    pub status: u16,
    /// Where it sent the browser, if it did.
    pub location: Option<Url>,
    /// The page, if it sent the browser nowhere.
    pub page: String,
}

impl Landed {
    /// A parameter of the address it was sent to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location.as_ref()?;
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn browser() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().expect("an HTTP client")
}

/// Opens the consent page and decides; the callback that the provider sends the browser to.
///
/// # Errors
/// When the provider shows no form.
pub async fn decide(authorization: &Url, realm: &str, decision: Decision) -> Result<Url> {
    let browser = browser();
    let page = browser.get(authorization.clone()).send().await?;
    ensure!(page.status() == 200, "consent page: {}", page.text().await?);
    let page = page.text().await?;
    let form = Form::read(&page).context("the page has no form")?;
    ensure!(form.choices.iter().any(|choice| choice == realm), "no company {realm} among {:?}", form.choices);
    let wanted = if decision == Decision::Agree { "agree" } else { "refuse" };
    let mut fields = form.hidden;
    fields.push(("realm".to_owned(), realm.to_owned()));
    fields.push(("decision".to_owned(), wanted.to_owned()));
    let answer = browser.post(authorization.join(&form.action)?).form(&fields).send().await?;
    let back = answer.headers().get(header::LOCATION).context("the provider sends the browser nowhere")?;
    Ok(Url::parse(back.to_str()?)?)
}

/// Goes to the callback; where the gateway sends the browser.
///
/// # Errors
/// When the gateway does not answer.
pub async fn come_back(callback: &Url) -> Result<Landed> {
    let answer = browser().get(callback.clone()).send().await?;
    let status = answer.status().as_u16();
    let location = answer.headers().get(header::LOCATION).map(|value| value.to_str()).transpose()?;
    let location = location.map(|path| callback.join(path)).transpose()?;
    Ok(Landed { status, location, page: answer.text().await? })
}

/// The form of a page.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
    choices: Vec<String>,
}

impl Form {
    fn read(page: &str) -> Option<Self> {
        let form = tags(page, "form").next()?;
        let inputs: Vec<&str> = tags(page, "input").collect();
        let of = |kind: &'static str| {
            let inputs = inputs.iter().filter(move |input| attribute(input, "type").as_deref() == Some(kind));
            inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        };
        let hidden = of("hidden").collect();
        let choices = of("radio").map(|(_, value)| value).collect();
        Some(Self { action: attribute(form, "action")?, hidden, choices })
    }
}

fn tags<'p>(page: &'p str, name: &str) -> impl Iterator<Item = &'p str> {
    let start = format!("<{name} ");
    page.match_indices(&start)
        .filter_map(|(at, _)| page[at..].split_once('>'))
        .map(|(tag, _)| tag)
        .collect::<Vec<_>>()
        .into_iter()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    Some(plain.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_does() {
        let page = "<p><form method=\"post\" action=\"/a?b=1&amp;c=2\">\n<input type=\"hidden\" name=\"state\" value=\"&quot;x&quot;\">\
                    <label><input type=\"radio\" name=\"realm\" value=\"7\" checked> A</label></form>";
        let form = Form::read(page).unwrap();
        assert_eq!(form.action, "/a?b=1&c=2");
        assert_eq!(form.hidden, [("state".to_owned(), "\"x\"".to_owned())]);
        assert_eq!(form.choices, ["7"]);
    }
}
