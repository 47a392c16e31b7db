//! Typed ids: a UUIDv7 in the database, a TypeID (`itm_01h455vb4pex5vsknk084sn02q`) everywhere people and clients see it.
//!
//! Rule: an id is parsed into its own type or not at all; the text form is TypeID 0.3 (prefix, `_`, 26 characters of
//! Crockford base 32, no overflow).

use std::fmt;

use sea_orm::DeriveValueType;
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An id that is not of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a valid {expected} id; it looks like {expected}_01h455vb4pex5vsknk084sn02q")]
pub struct InvalidId {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// The prefix asked for.
    pub expected: &'static str,
}

/// What every typed id has.
pub trait TypedId: Sized + Copy + fmt::Display + From<Uuid> + Into<Uuid> {
    /// Prefix of the text form.
    const PREFIX: &'static str;

    /// Reads the text form.
    ///
    /// # Errors
    /// When prefix, length, alphabet or range is wrong.
    fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { text: text.chars().take(64).collect(), expected: Self::PREFIX };
        let suffix = text.strip_prefix(Self::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or_else(invalid)?;
        decode(suffix).map(Self::from).ok_or_else(invalid)
    }
}

/// The prefix of a TypeID, whatever its type.
pub fn prefix_of(text: &str) -> Option<&str> {
    text.rsplit_once('_').map(|(prefix, _)| prefix)
}

fn encode(uuid: Uuid) -> String {
    let value = uuid.as_u128();
    (0..26).rev().map(|place| char::from(ALPHABET[((value >> (place * 5)) & 31) as usize])).collect()
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|symbol| *symbol == byte)?;
        value = (value << 5) | digit as u128;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

typed_ids! {
    /// A business (tenant).
    BusinessId = "biz";
    /// An integration: a link of a business to one company in one accounting system.
    IntegrationId = "int";
    /// An accounting item.
    ItemId = "itm";
    /// An account of the chart of accounts.
    AccountId = "acc";
    /// A supplier.
    SupplierId = "sup";
    /// A product.
    ProductId = "prd";
    /// A link between a product and an item.
    LinkId = "lnk";
    /// A stock movement.
    MovementId = "mov";
    /// A lot.
    LotId = "lot";
    /// An entry of a lot; a consumption is one.
    EntryId = "ent";
    /// A receipt.
    ReceiptId = "rct";
    /// A receipt's line.
    ReceiptLineId = "rcl";
    /// A receipt's landed cost.
    ReceiptCostId = "rcc";
    /// A correction of a receipt.
    CorrectionId = "rcx";
    /// A bill of materials.
    BomId = "bom";
    /// A line of a bill of materials.
    BomLineId = "bml";
    /// A build.
    BuildId = "bld";
    /// A build's line.
    BuildLineId = "bll";
    /// An export.
    ExportId = "exp";
    /// A reconciliation.
    ReconciliationId = "rcn";
    /// A line of a reconciliation.
    ReconciliationLineId = "rcnl";
    /// A product in a reconciliation.
    ReconciliationItemId = "rcni";
    /// A true-up journal.
    TrueUpId = "tru";
    /// A sales channel.
    SalesChannelId = "chn";
    /// A sale.
    SaleId = "sal";
    /// A line of a sale.
    SaleLineId = "sll";
    /// An issue of a sale.
    SaleIssueId = "sis";
    /// A sync run.
    RunId = "run";
    /// A call-log entry.
    CallId = "call";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_specification_vectors_hold() {
        let vectors = [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
        ];
        for (text, uuid) in vectors {
            let uuid = Uuid::parse_str(uuid).unwrap();
            assert_eq!(ItemId(uuid).to_string(), format!("itm_{text}"));
            assert_eq!(ItemId::parse(&format!("itm_{text}")), Ok(ItemId(uuid)));
        }
    }

    #[test]
    fn malformed_ids_are_refused_by_name() {
        for text in [
            "",
            "itm_",
            "itm",
            "prd_0123456789abcdefghjkmnpqrs",
            "itm_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "itm_0123456789ABCDEFGHJKMNPQRS",
            "itm_i123456789abcdefghjkmnpqrs",
        ] {
            let error = ItemId::parse(text).unwrap_err();
            assert_eq!((error.text.as_str(), error.expected), (text, "itm"));
        }
    }

    proptest! {
        #[test]
        fn text_and_back_is_identity(bits: u128) {
            let id = RunId(Uuid::from_u128(bits));
            prop_assert_eq!(RunId::parse(&id.to_string()), Ok(id));
        }
    }
}
