//! A running sandbox and a client connected to it.

use std::sync::Once;

use providers::{
    sandbox::{RunningSandbox, SandboxOptions},
    xero::sandbox,
};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header, redirect::Policy};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The furniture maker.
pub(crate) const MAIN: &str = "a1f00000-0000-4000-8000-000000000001";
/// The candle maker.
pub(crate) const OTHER: &str = "b2f00000-0000-4000-8000-000000000002";
/// Where the browser is sent back to.
pub(crate) const BACK: &str = "http://localhost:9/back";
/// Everything that the gateway needs, and more.
pub(crate) const SCOPES: &str = "openid profile email offline_access accounting.settings accounting.invoices \
                                 accounting.manualjournals accounting.contacts accounting.payments \
                                 accounting.reports.read";

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

/// A sandbox without limits and the furniture maker connected.
pub(crate) async fn connected() -> (Service, Organisation) {
    let service = start().await;
    let organisation = service.connect(&[MAIN], SCOPES).await;
    (service, organisation)
}

impl Service {
    pub(crate) fn url(&self, path: &str) -> Url {
        self.running.url.join(path).expect("a path")
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// The consent form, filled in; fields given here come in place of the usual ones, tenants beside.
    pub(crate) async fn consent(&self, tenants: &[&str], fields: &[(&str, &str)]) -> (StatusCode, Option<Url>) {
        let usual = [
            ("client_id", self.running.client_id.as_str()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", SCOPES),
            ("state", "s-1"),
            ("decision", "agree"),
        ];
        let own = usual.iter().filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let tenants = tenants.iter().map(|tenant| ("tenant", *tenant));
        let form: Vec<(&str, &str)> = own.copied().chain(fields.iter().copied()).chain(tenants).collect();
        let answer = self.request(Method::POST, "/identity/connect/authorize").form(&form).send().await;
        let answer = answer.expect("an answer");
        let back = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        (answer.status(), back.map(|back| back.parse().expect("an address")))
    }

    /// A code for organisations.
    pub(crate) async fn code(&self, tenants: &[&str], fields: &[(&str, &str)]) -> String {
        let (_, back) = self.consent(tenants, fields).await;
        parameter(&back.expect("a redirect"), "code").expect("a code")
    }

    /// Asks the token endpoint, by Basic authorization.
    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let secret = self.running.client_secret.expose_secret();
        let request = self.request(Method::POST, "/connect/token").basic_auth(&self.running.client_id, Some(secret));
        answer(request.form(fields)).await
    }

    /// Exchanges a code.
    pub(crate) async fn exchange(&self, code: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)]).await
    }

    /// Refreshes.
    pub(crate) async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Connects organisations; the calls go to the first.
    pub(crate) async fn connect(&self, tenants: &[&str], scopes: &str) -> Organisation {
        let code = self.code(tenants, &[("scope", scopes)]).await;
        let (status, tokens) = self.exchange(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let field = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
        Organisation {
            http: self.http.clone(),
            base: self.url("/api.xro/2.0/"),
            tenant: tenants[0].to_owned(),
            token: field("access_token"),
            refresh_token: field("refresh_token"),
        }
    }

    /// The person's connections.
    pub(crate) async fn connections(&self, token: &str, query: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, &format!("/connections{query}")).bearer_auth(token)).await
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

/// A connected organisation.
#[derive(Clone)]
pub(crate) struct Organisation {
    pub(crate) http: Client,
    pub(crate) base: Url,
    pub(crate) tenant: String,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
}

impl Organisation {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.base.join(path).expect("a path");
        let request = self.http.request(method, url).bearer_auth(&self.token);
        request.header("xero-tenant-id", &self.tenant).header(header::ACCEPT, "application/json")
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::PUT, path).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// The records of a list with these parameters.
    pub(crate) async fn list(&self, resource: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let (status, mut body) = answer(self.request(Method::GET, resource).query(query)).await;
        assert_eq!(status, StatusCode::OK, "{resource} {query:?}: {body}");
        assert!(body[resource].is_array(), "{body}");
        body[resource].as_array_mut().map(std::mem::take).unwrap_or_default()
    }

    /// One property of all records of a list.
    pub(crate) async fn column(&self, resource: &str, query: &[(&str, &str)], property: &str) -> Vec<String> {
        let rows = self.list(resource, query).await;
        rows.iter().map(|row| row[property].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// A record by id, code or number.
    pub(crate) async fn find(&self, resource: &str, id: &str) -> Value {
        let (status, mut body) = self.get(&format!("{resource}/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body[resource][0].take()
    }

    /// Creates one record.
    pub(crate) async fn create(&self, resource: &str, record: Value) -> Value {
        let (status, mut body) = self.put(resource, &record).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body[resource][0].take()
    }

    /// Updates one record.
    pub(crate) async fn update(&self, resource: &str, id: &str, changes: Value) -> Value {
        let (status, mut body) = self.post(&format!("{resource}/{id}"), &changes).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body[resource][0].take()
    }

    /// The first text of what is wrong with a record that is to be created.
    pub(crate) async fn refused(&self, resource: &str, record: Value) -> String {
        invalid(&self.put(resource, &record).await)
    }

    /// The same for an update.
    pub(crate) async fn update_refused(&self, resource: &str, id: &str, changes: Value) -> String {
        invalid(&self.post(&format!("{resource}/{id}"), &changes).await)
    }

    /// Id of a contact by its name.
    pub(crate) async fn contact(&self, name: &str) -> String {
        let found = self.list("Contacts", &[("where", &format!("Name==\"{name}\""))]).await;
        found[0]["ContactID"].as_str().expect("an id").to_owned()
    }

    /// Quantity and cost pool of an item.
    pub(crate) async fn on_hand(&self, code: &str) -> (String, String) {
        let item = self.find("Items", code).await;
        (item["QuantityOnHand"].to_string(), item["TotalCostPool"].to_string())
    }
}

/// Status and JSON of an answer.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The first text of a validation exception; panics if it is anything else.
pub(crate) fn invalid((status, body): &(StatusCode, Value)) -> String {
    assert_eq!(*status, StatusCode::BAD_REQUEST, "{body}");
    assert_eq!((&body["ErrorNumber"], &body["Type"]), (&json!(10), &json!("ValidationException")), "{body}");
    body["Elements"][0]["ValidationErrors"][0]["Message"].as_str().expect("a text").to_owned()
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// An approved sales invoice of one line.
pub(crate) fn sold(contact: &str, code: &str, quantity: u32, price: &str) -> Value {
    document("ACCREC", contact, json!([{"ItemCode": code, "Quantity": quantity, "UnitAmount": price}]))
}

/// An approved bill of one line.
pub(crate) fn bought(contact: &str, code: &str, quantity: u32, cost: &str) -> Value {
    document("ACCPAY", contact, json!([{"ItemCode": code, "Quantity": quantity, "UnitAmount": cost}]))
}

/// An approved document without tax.
pub(crate) fn document(kind: &str, contact: &str, lines: Value) -> Value {
    json!({"Type": kind, "Contact": {"ContactID": contact}, "Date": "2026-05-04", "DueDate": "2026-06-04",
           "Status": "AUTHORISED", "LineAmountTypes": "NoTax", "LineItems": lines})
}

/// A new tracked item.
pub(crate) fn tracked(code: &str) -> Value {
    json!({"Code": code, "Name": code, "SalesDetails": {"UnitPrice": 20, "AccountCode": "200", "TaxType": "OUTPUT2"},
           "PurchaseDetails": {"UnitPrice": 8, "COGSAccountCode": "310", "TaxType": "INPUT2"},
           "InventoryAssetAccountCode": "630"})
}

/// The same object with some properties changed; `null` removes one.
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
