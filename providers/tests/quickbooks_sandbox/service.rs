//! A running sandbox and a client connected to it.

use std::{collections::HashMap, sync::Once};

use providers::{
    quickbooks::sandbox,
    sandbox::{RunningSandbox, SandboxOptions},
};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header, redirect::Policy};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The workshop.
pub(crate) const REALM: &str = "9341453920441001";
/// The bakery.
pub(crate) const OTHER_REALM: &str = "9341453920441002";
/// Where the browser is sent back to.
pub(crate) const BACK: &str = "http://localhost:9/back";
/// The scope of the accounting API.
pub(crate) const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";

/// An HTTP client that follows no redirect.
pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().redirect(Policy::none()).build().expect("a client")
}

/// A running sandbox with an HTTP client.
pub(crate) struct Service {
    pub(crate) running: RunningSandbox,
    pub(crate) http: Client,
}

/// A sandbox without limits.
pub(crate) async fn start() -> Service {
    start_with(SandboxOptions { throttle: false, ..SandboxOptions::default() }).await
}

/// A sandbox with these options.
pub(crate) async fn start_with(options: SandboxOptions) -> Service {
    Service { running: sandbox::start(options).await.expect("a sandbox"), http: client() }
}

/// A sandbox without limits and the workshop connected.
pub(crate) async fn connected() -> (Service, Company) {
    let service = start().await;
    let company = service.connect(REALM).await;
    (service, company)
}

impl Service {
    pub(crate) fn url(&self, path: &str) -> Url {
        self.running.url.join(path).expect("a path")
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// The consent form, filled in; `decision` and `realm` as the person chose.
    pub(crate) async fn consent(&self, fields: &[(&str, &str)]) -> (StatusCode, Option<Url>) {
        let mut form: HashMap<&str, &str> = HashMap::from([
            ("client_id", self.running.client_id.as_str()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", ACCOUNTING),
            ("state", "s-1"),
            ("realm", REALM),
            ("decision", "agree"),
        ]);
        form.extend(fields.iter().copied());
        let answer = self.request(Method::POST, "/connect/oauth2").form(&form).send().await.expect("an answer");
        let back = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        (answer.status(), back.map(|back| back.parse().expect("an address")))
    }

    /// A code for a company.
    pub(crate) async fn code(&self, fields: &[(&str, &str)]) -> String {
        let (_, back) = self.consent(fields).await;
        parameter(&back.expect("a redirect"), "code").expect("a code")
    }

    /// Asks the token endpoint.
    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self
            .request(Method::POST, "/oauth2/v1/tokens/bearer")
            .basic_auth(&self.running.client_id, Some(self.running.client_secret.expose_secret()))
            .form(fields);
        answer(request).await
    }

    /// Exchanges a code.
    pub(crate) async fn exchange(&self, code: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)]).await
    }

    /// Refreshes.
    pub(crate) async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Connects a company.
    pub(crate) async fn connect(&self, realm: &str) -> Company {
        let code = self.code(&[("realm", realm)]).await;
        let (status, tokens) = self.exchange(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let field = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        Company {
            http: self.http.clone(),
            base: self.url(&format!("/v3/company/{realm}/")),
            token: field("access_token"),
            refresh_token: field("refresh_token"),
        }
    }

    /// Gives a command; the first result.
    pub(crate) async fn control(&self, command: Value) -> Value {
        let request = self.request(Method::POST, "/sandbox/control").json(&command);
        let (status, mut body) = answer(request).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["results"][0].take()
    }

    /// How often an operation was called.
    pub(crate) async fn calls(&self, operation: &str) -> u64 {
        let (_, body) = answer(self.request(Method::GET, "/sandbox/control/calls")).await;
        body["calls"][operation].as_u64().unwrap_or_default()
    }
}

/// A connected company.
#[derive(Clone)]
pub(crate) struct Company {
    pub(crate) http: Client,
    pub(crate) base: Url,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
}

impl Company {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.base.join(path).expect("a path");
        self.http.request(method, url).bearer_auth(&self.token).header(header::ACCEPT, "application/json")
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// The `QueryResponse` of a statement.
    pub(crate) async fn query(&self, statement: &str) -> Value {
        let (status, mut body) = answer(self.request(Method::GET, "query").query(&[("query", statement)])).await;
        assert_eq!(status, StatusCode::OK, "{statement}: {body}");
        body["QueryResponse"].take()
    }

    /// Code and detail of the fault that a statement is answered with.
    pub(crate) async fn query_fault(&self, statement: &str) -> (u32, String) {
        let answer = answer(self.request(Method::GET, "query").query(&[("query", statement)])).await;
        let fault = fault(&answer);
        (fault.0, fault.2)
    }

    /// One property of all rows that a statement finds.
    pub(crate) async fn column(&self, statement: &str, entity: &str, property: &str) -> Vec<String> {
        let found = self.query(statement).await;
        let rows = found[entity].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row[property].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Creates or updates; the object.
    pub(crate) async fn save(&self, entity: &str, body: Value) -> Value {
        let (status, mut answer) = self.post(&entity.to_lowercase(), &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer[entity].take()
    }

    /// Code, element and detail of the fault that a write is answered with.
    pub(crate) async fn refused(&self, entity: &str, body: Value) -> (u32, String, String) {
        fault(&self.post(&entity.to_lowercase(), &body).await)
    }

    /// An object by id.
    pub(crate) async fn find(&self, entity: &str, id: &str) -> Value {
        let (status, mut body) = self.get(&format!("{}/{id}", entity.to_lowercase())).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body[entity].take()
    }
}

/// Status and JSON of an answer.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Code, element and detail of a business fault; panics if it is anything else.
pub(crate) fn fault((status, body): &(StatusCode, Value)) -> (u32, String, String) {
    assert_eq!(*status, StatusCode::BAD_REQUEST, "{body}");
    let error = &body["Fault"]["Error"][0];
    let text = |name: &str| error[name].as_str().expect("text").to_owned();
    (text("code").parse().expect("a number"), text("element"), text("Detail"))
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A complete inventory item of this name.
pub(crate) fn inventory_item(name: &str) -> Value {
    json!({"Name": name, "Type": "Inventory", "TrackQtyOnHand": true, "QtyOnHand": 10, "InvStartDate": "2025-01-01",
           "UnitPrice": 20.5, "PurchaseCost": 11.25, "IncomeAccountRef": {"value": "79"},
           "ExpenseAccountRef": {"value": "80"}, "AssetAccountRef": {"value": "81"}})
}

/// The same with some properties changed; `null` removes one.
pub(crate) fn but(mut object: Value, changes: Value) -> Value {
    let fields = object.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => fields.remove(name),
            value => fields.insert(name.clone(), value.clone()),
        };
    }
    object
}
