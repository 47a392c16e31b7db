//! Faults in the two shapes the service answers them: its own, upper-case, and the gateway's, lower-case (reference 4.1).
//!
//! Rule: codes and texts are those of reference section 5; nobody else writes a fault body.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::clock;

/// One error of the accounting service itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Number in the service's table.
    pub(crate) code: u32,
    /// Short text of that number.
    pub(crate) message: Cow<'static, str>,
    /// What is wrong with this request.
    pub(crate) detail: String,
    /// The field at fault, or empty.
    pub(crate) element: String,
}

impl Fault {
    /// A fault by number, with its text from the table.
    pub(crate) fn new(code: u32, detail: impl Into<String>) -> Self {
        Self { code, message: Cow::Borrowed(message_of(code)), detail: detail.into(), element: String::new() }
    }

    /// The same, naming the field at fault.
    pub(crate) fn at(mut self, element: impl Into<String>) -> Self {
        self.element = element.into();
        self
    }

    /// 2020: a required parameter is missing.
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(2020, format!("Required parameter {parameter} is missing in the request")).at(parameter)
    }

    /// 2010: a property that the entity does not have, or of the wrong shape.
    pub(crate) fn unknown_property(property: &str) -> Self {
        let detail = format!("Property Name:{property} specified is unsupported or invalid");
        Self::new(2010, detail).at(property)
    }

    /// 2500: a reference to something that does not exist.
    pub(crate) fn invalid_reference(kind: &str, id: &str, element: &str) -> Self {
        Self::new(2500, format!("Invalid Reference Id : {kind} element id {id} not found")).at(element)
    }

    /// 610: something inactive was used.
    pub(crate) fn inactive(element: &str) -> Self {
        let detail = "Object Not Found : Something you're trying to use has been made inactive. Check the fields with \
                      accounts, customers, items, vendors or employees.";
        Self::new(610, detail).at(element)
    }

    /// 610: no such object.
    pub(crate) fn not_found() -> Self {
        let detail = "Object Not Found : Something you're trying to use has been made inactive or was deleted by \
                      another user.";
        Self::new(610, detail)
    }

    /// 6000: a business rule says no.
    pub(crate) fn business(detail: &str) -> Self {
        Self::new(6000, format!("Business Validation Error: {detail}"))
    }

    /// 500: the operation does not exist for this entity.
    pub(crate) fn unsupported(detail: &str) -> Self {
        Self::new(500, format!("Operation {detail} is not supported."))
    }

    /// `ValidationFault`, or `SystemFault` for the service's own failures.
    fn kind(&self) -> &'static str {
        match self.code {
            10000..10200 => "SystemFault",
            100..=150 => "AuthenticationFault",
            5020 => "AuthorizationFault",
            _ => "ValidationFault",
        }
    }

    /// The entry of this fault in an `Error` array.
    fn entry(&self) -> Value {
        json!({"Message": self.message, "Detail": self.detail, "code": self.code.to_string(), "element": self.element})
    }

    /// The `Fault` object, as it also stands in batch answers.
    pub(crate) fn object(&self) -> Value {
        json!({"Error": [self.entry()], "type": self.kind()})
    }

    /// The whole upper-case body.
    pub(crate) fn body(&self, now: DateTime<Utc>) -> Value {
        json!({"Fault": self.object(), "time": clock::envelope_stamp(now)})
    }

    /// The answer that carries this fault: HTTP 400, whatever the fault (reference 4.2).
    pub(crate) fn response(&self, now: DateTime<Utc>) -> Response {
        json_response(StatusCode::BAD_REQUEST, &self.body(now))
    }
}

/// The `Message` of a code (reference 5).
fn message_of(code: u32) -> &'static str {
    match code {
        500 => "Unsupported Operation",
        600 => "Duplicate Request ID",
        610 => "Object Not Found",
        700 => "Parent Reference Invalid",
        900 => "Parent cannot be child",
        1040 => "Batch size exceeds allowed limit",
        1050 => "Invalid Content Type",
        2000 => "Invalid or unsupported object name",
        2010 => "Request has invalid or unsupported property",
        2020 => "Required param missing, need to supply the required value for the API",
        2030 => "Invalid ID",
        2040 => "Invalid String",
        2050 => "Invalid String Length",
        2060 => "Invalid Date Format",
        2070 => "Invalid Date",
        2080 | 2090 => "Invalid Number Format",
        2100 | 2110 => "Invalid Decimal Value",
        2120 => "Invalid Type",
        620 => "Transaction ID cannot be linked",
        2130 => "Invalid Request Id Format",
        2140 => "Invalid Amount",
        2150 => "Invalid Percent",
        2160 => "Invalid Quantity",
        2170 => "Invalid Enumeration",
        2190 => "Invalid Date Range",
        2210 => "Invalid Email Address Format",
        2220 => "Invalid Currency Code",
        2230 => "Invalid Boolean Value",
        2240 => "Invalid Number Range",
        2250 => "Missing lines",
        2260 => "Missing PostingType",
        2290 => "Negative Amount",
        2300 => "Amount on debits not equal to credits",
        2390 => "Invalid account type",
        2500 => "Invalid Reference Id",
        2600 => "Conflicting elements in request",
        4000 => "Error parsing query",
        4001 => "Invalid query",
        5010 => "Stale Object Error",
        5020 => "Permission Denied Error",
        5030 => "Feature Not Supported Error",
        6000 => "A business validation error has occurred while processing your request",
        6010 => "Account needs AccountType or AccountSubType",
        6070 => "Amount calculation incorrect in the request",
        6080 => "No Name Provided",
        6090 => "Discount line without amount or percent",
        6140 => "Duplicate Document Number Error",
        6150 => "ParentRef is required",
        6180 => "Exceeded the maximum number of levels",
        6190 => "Invalid Company Status",
        6210 => "Account Period Closed, password required",
        6240 => "Duplicate Name Exists Error",
        6270 => "InventoryTxnDatedBeforeItemStartDate",
        6430 => "Invalid account type used",
        6450 => "Attempt to void failed",
        6520 => "Missing tracked inventory item quantity",
        6540 => "Deposited Transaction cannot be changed",
        10000 => "An application error has occurred while processing your request",
        _ => "Error",
    }
}

/// An error made before the accounting service sees the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GatewayFault {
    /// 401: token expired, revoked, unknown or absent; the text says which.
    Authentication(String),
    /// 403: the application has no grant for this company.
    Authorization,
    /// 429: too many calls; seconds for `Retry-After` where one is sent.
    Throttled(Option<u64>),
}

impl GatewayFault {
    /// Status, name, number, detail and type of the fault.
    fn parts(&self) -> (StatusCode, &'static str, u32, String, &'static str) {
        match self {
            Self::Authentication(detail) => {
                (StatusCode::UNAUTHORIZED, "AuthenticationFailed", 3200, detail.clone(), "AUTHENTICATION")
            }
            Self::Authorization => {
                (StatusCode::FORBIDDEN, "ApplicationAuthorizationFailed", 3100, String::new(), "SERVICE")
            }
            Self::Throttled(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "ThrottleExceeded",
                3001,
                "The request limit was reached. Please try again later.".to_owned(),
                "SERVICE",
            ),
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.parts().0
    }

    /// The message: name, number and status in one text.
    fn message(&self) -> String {
        let (status, name, code, ..) = self.parts();
        format!("message={name}; errorCode={code:06}; statusCode={}", status.as_u16())
    }

    /// The same in the upper-case shape, from which XML is made.
    pub(crate) fn upper_case_body(&self, now: DateTime<Utc>) -> Value {
        let (_, _, code, detail, kind) = self.parts();
        let error = json!({"Message": self.message(), "Detail": detail, "code": code.to_string(), "element": ""});
        json!({"Fault": {"Error": [error], "type": kind}, "time": clock::envelope_stamp(now)})
    }

    /// The whole lower-case body.
    pub(crate) fn body(&self, now: DateTime<Utc>) -> Value {
        let (_, _, code, detail, kind) = self.parts();
        let message = self.message();
        let code = if code == 3200 { code.to_string() } else { format!("{code:06}") };
        json!({
            "warnings": null, "intuitObject": null,
            "fault": {"error": [{"message": message, "detail": detail, "code": code, "element": null}], "type": kind},
            "report": null, "queryResponse": null, "batchItemResponse": [], "attachableResponse": [],
            "syncErrorResponse": null, "requestId": null, "time": now.timestamp_millis(), "status": null,
            "cdcresponse": []
        })
    }

    /// The answer that carries this fault.
    pub(crate) fn response(&self, now: DateTime<Utc>) -> Response {
        let mut response = json_response(self.parts().0, &self.body(now));
        if let Self::Throttled(Some(seconds)) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }
}

/// JSON with the service's content type (reference 2).
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    text_response(status, body.to_string())
}

/// The same from finished JSON text.
pub(crate) fn text_response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"))], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_772_471_647_511).expect("a moment")
    }

    #[test]
    fn a_business_fault_is_upper_case_and_its_code_is_text() {
        let body = Fault::missing("Name").body(moment());
        assert_eq!(
            body,
            json!({"Fault": {"Error": [{
                "Message": "Required param missing, need to supply the required value for the API",
                "Detail": "Required parameter Name is missing in the request", "code": "2020", "element": "Name"}],
                "type": "ValidationFault"}, "time": "2026-03-02T09:14:07.511-08:00"})
        );
    }

    #[test]
    fn a_gateway_fault_is_lower_case_with_time_in_milliseconds() {
        let body = GatewayFault::Throttled(None).body(moment());
        assert_eq!(body["fault"]["error"][0]["message"], "message=ThrottleExceeded; errorCode=003001; statusCode=429");
        assert_eq!(body["fault"]["error"][0]["code"], "003001");
        assert_eq!(body["fault"]["type"], "SERVICE");
        assert_eq!(body["time"], json!(1_772_471_647_511_i64));
    }
}
