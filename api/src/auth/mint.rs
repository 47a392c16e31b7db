//! Makes tokens, for `stockbridge token` and the demo.
//!
//! Rule: only with the shared secret; a token always ends.

use chrono::{DateTime, Utc};
use entity::{BusinessId, Role};
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use super::{
    claims::{Audience, Claims},
    principal::role_name,
};
use crate::config::{Auth, Problem};

/// What a new token says.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The person or program.
    pub subject: String,
    /// The business.
    pub business: BusinessId,
    /// The role.
    pub role: Role,
    /// When it is issued.
    pub issued_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Signs a token that a gateway with this configuration accepts.
///
/// # Errors
/// When there is no shared secret to sign with.
pub fn mint(config: &Auth, grant: &Grant) -> Result<String, Problem> {
    let secret = config.hs256_secret.as_ref().ok_or_else(|| {
        Problem::at("auth.hs256_secret", "is not set; tokens of a published key are made by their issuer, not here")
    })?;
    let claims = Claims {
        sub: Some(grant.subject.clone()),
        business: Some(grant.business.to_string()),
        role: Some(role_name(grant.role).to_owned()),
        exp: Some(grant.expires_at.timestamp().into()),
        nbf: None,
        iat: Some(grant.issued_at.timestamp().into()),
        iss: config.issuer.clone(),
        aud: config.audience.clone().map(Audience::One),
    };
    let key = EncodingKey::from_secret(secret.expose().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|error| Problem::at("auth.hs256_secret", format!("cannot sign: {error}")))
}
