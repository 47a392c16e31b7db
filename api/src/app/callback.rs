//! Completes connections when a provider sends the user back.
//!
//! Rule: the user always comes back to a page that says what happened; the code in the URL goes nowhere else.

use async_trait::async_trait;
use domain::{Error, integration::Integrations};
use url::{Url, form_urlencoded};

use crate::http::{CallbackRefusal, OAuthCallback};

/// Where users go who came from nowhere in particular.
const HOME: &str = "/console/integrations";

/// Completes connections.
#[derive(Debug)]
pub(super) struct Callbacks(pub(super) Integrations);

#[async_trait]
impl OAuthCallback for Callbacks {
    async fn complete(&self, _provider: &str, callback: Url) -> Result<String, CallbackRefusal> {
        // Asked before it is used up: also a refusal is shown where the user came from.
        let came_from = self.0.return_to(&callback).await.ok().flatten();
        let target = came_from.as_deref().unwrap_or(HOME);
        match self.0.complete(&callback, None).await {
            Ok(connected) => Ok(with_query(target, &[("connected", &connected.integration.id.to_string())])),
            Err(Error::Refused(refusal)) if came_from.is_some() => {
                let help = refusal.help.as_deref().unwrap_or_default();
                let message = format!("{} {help}", refusal.message);
                Ok(with_query(target, &[("error", refusal.code.as_str()), ("message", message.trim())]))
            }
            Err(Error::Refused(refusal)) => Err(CallbackRefusal {
                message: refusal.message.clone(),
                help: refusal.help.clone().unwrap_or_else(|| "Go back to the console and try again.".to_owned()),
            }),
            Err(error) => {
                tracing::error!(%error, "a connection could not be completed");
                Err(CallbackRefusal {
                    message: "Something went wrong on our side; nothing was connected.".to_owned(),
                    help: "Try again; if it happens again, tell the operator.".to_owned(),
                })
            }
        }
    }
}

fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_added_to_the_path_and_escaped() {
        assert_eq!(with_query("/console", &[("error", "A&B"), ("message", "x y")]), "/console?error=A%26B&message=x+y");
        assert_eq!(with_query("/console?tab=1", &[("connected", "int_1")]), "/console?tab=1&connected=int_1");
    }
}
