//! Who calls.
//!
//! Rule: only what the token says. What that caller may do is the domain's to decide, from role and overrides.

use chrono::{DateTime, Utc};
use entity::{BusinessId, Role};

/// The caller of a request, as its token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person or program, `sub` of the token.
    pub subject: String,
    /// The business, `business` of the token. Whether it exists is not known here.
    pub business: BusinessId,
    /// The role in that business.
    pub role: Role,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// The roles as tokens spell them.
pub const ROLES: [(Role, &str); 4] =
    [(Role::Owner, "OWNER"), (Role::Admin, "ADMIN"), (Role::Accountant, "ACCOUNTANT"), (Role::Builder, "BUILDER")];

/// A role as tokens spell it.
pub fn role_name(role: Role) -> &'static str {
    ROLES.into_iter().find(|(known, _)| *known == role).map_or("", |(_, name)| name)
}

/// The role of a spelling, exactly as tokens have it.
pub fn role_named(name: &str) -> Option<Role> {
    ROLES.into_iter().find(|(_, known)| *known == name).map(|(role, _)| role)
}
