//! The properties that customers and vendors share (reference 9.6).
//!
//! Rule: one namespace of display names for all of them.

use super::field::{Field, Kind};

/// Characters that a display name may not have.
pub(super) const FORBIDDEN: &[char] = &[':', '\t', '\n', '\r'];

/// An address.
pub(super) const ADDRESS: &[Field] = &[
    Field::new("Id", Kind::Any),
    Field::new("Line1", Kind::Text(500)),
    Field::new("Line2", Kind::Text(500)),
    Field::new("Line3", Kind::Text(500)),
    Field::new("Line4", Kind::Text(500)),
    Field::new("Line5", Kind::Text(500)),
    Field::new("City", Kind::Text(255)),
    Field::new("Country", Kind::Text(255)),
    Field::new("CountryCode", Kind::Text(255)),
    Field::new("CountrySubDivisionCode", Kind::Text(255)),
    Field::new("PostalCode", Kind::Text(30)),
    Field::new("PostalCodeSuffix", Kind::Text(30)),
    Field::new("Lat", Kind::Text(100)),
    Field::new("Long", Kind::Text(100)),
    Field::new("Tag", Kind::Text(100)),
    Field::new("Note", Kind::Text(1000)),
];

/// A telephone number.
pub(super) const PHONE: &[Field] = &[Field::new("FreeFormNumber", Kind::Text(30))];

/// An e-mail address; compared as a whole in queries.
pub(super) const EMAIL: &[Field] = &[Field::new("Address", Kind::Text(100))];

/// A web address.
pub(super) const WEB: &[Field] = &[Field::new("URI", Kind::Text(1000))];
