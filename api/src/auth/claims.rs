//! The claims of a token, and the checks on them.
//!
//! Rule: checked here rather than by the JWT library, whose claim reader fails on every number when serde_json keeps
//! numbers exactly (`arbitrary_precision`, which money needs). The signature is the library's.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{BusinessId, TypedId};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{
    error::AuthError,
    principal::{Principal, role_named},
};

/// What a token says (RFC 7519, 4.1, and ours).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The person or program.
    pub sub: Option<String>,
    /// The business it acts for.
    pub business: Option<String>,
    /// The role there.
    pub role: Option<String>,
    /// Seconds since 1970 at which it ends.
    pub exp: Option<Number>,
    /// Seconds since 1970 at which it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<Number>,
    /// Seconds since 1970 at which it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<Number>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Whom it is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
}

/// One audience or several (RFC 7519, 4.1.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// The usual case.
    One(String),
    /// Any of them.
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

/// What is asked of a token's claims.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Required `iss`, if any.
    pub issuer: Option<String>,
    /// Required `aud`, if any.
    pub audience: Option<String>,
    /// How far clocks may differ.
    pub leeway: TimeDelta,
}

impl Rules {
    /// The caller these claims stand for.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn principal(&self, claims: Claims, now: DateTime<Utc>) -> Result<Principal, AuthError> {
        let expires_at = self.check_times(&claims, now)?;
        self.check_parties(&claims)?;
        let (business, role) = (text("business", claims.business)?, text("role", claims.role)?);
        Ok(Principal {
            subject: text("sub", claims.sub)?,
            business: BusinessId::parse(&business)
                .map_err(|_| AuthError::Claim { claim: "business", reason: "is not the id of a business (biz_…)" })?,
            role: role_named(&role)
                .ok_or(AuthError::Claim { claim: "role", reason: "must be OWNER, ADMIN, ACCOUNTANT or BUILDER" })?,
            expires_at,
        })
    }

    fn check_times(&self, claims: &Claims, now: DateTime<Utc>) -> Result<DateTime<Utc>, AuthError> {
        let at = time("exp", claims.exp.as_ref())?.ok_or(AuthError::Claim { claim: "exp", reason: "is missing" })?;
        if at.checked_add_signed(self.leeway).is_none_or(|end| end <= now) {
            return Err(AuthError::Expired { at });
        }
        match time("nbf", claims.nbf.as_ref())? {
            Some(from) if from.checked_sub_signed(self.leeway).is_none_or(|start| start > now) => {
                Err(AuthError::NotYetValid { from })
            }
            _ => Ok(at),
        }
    }

    fn check_parties(&self, claims: &Claims) -> Result<(), AuthError> {
        if self.issuer.is_some() && self.issuer != claims.iss {
            return Err(AuthError::Issuer);
        }
        let meant = |wanted: &String| claims.aud.as_ref().is_some_and(|audience| audience.has(wanted));
        if self.audience.as_ref().is_some_and(|wanted| !meant(wanted)) {
            return Err(AuthError::Audience);
        }
        Ok(())
    }
}

fn text(claim: &'static str, value: Option<String>) -> Result<String, AuthError> {
    value.filter(|text| !text.trim().is_empty()).ok_or(AuthError::Claim { claim, reason: "is missing" })
}

/// A NumericDate may have a fraction (RFC 7519, 2), which is dropped: no token is worth a fraction of a second.
fn time(claim: &'static str, value: Option<&Number>) -> Result<Option<DateTime<Utc>>, AuthError> {
    let Some(number) = value else { return Ok(None) };
    let digits = number.to_string();
    let whole = digits.split('.').next().unwrap_or_default();
    let moment = whole.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    moment.map(Some).ok_or(AuthError::Claim { claim, reason: "is not a time in seconds since 1970" })
}
