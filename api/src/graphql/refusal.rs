//! What a use-case's error becomes: `userErrors` in a mutation's payload, or a fault.
//!
//! Rule: a refusal is for people and keeps its words; anything else is masked.

use async_graphql::{Enum, Error, ErrorExtensions, SimpleObject};
use domain::{Error as DomainError, Refusal};

use super::fault::{FaultCode, internal};

/// Why something asked for was not done. Nothing was changed then, except in bulk mutations, which answer per row.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// Code to branch on.
    code: ErrorCode,
    /// A sentence for people that names the record.
    message: String,
    /// Path into the input; empty when it is about no field.
    path: Vec<String>,
    /// What to do next.
    help: Option<String>,
    /// The accounting system's own code, when it refused.
    provider_code: Option<String>,
}

/// Codes of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ErrorCode")]
pub enum ErrorCode {
    /// The accounting system refused the refresh token: reconnect, data stays.
    ConnectionExpired,
    /// Reconnect came back for another company.
    WrongCompany,
    /// The OAuth state is unknown, was used, or is too old.
    OauthStateInvalid,
    /// The user refused consent.
    ConsentRefused,
    /// The accounting system refused; its code and text are passed on.
    ProviderRejected,
    /// The accounting system could not be reached or answered nonsense, also after retries.
    ProviderUnavailable,
    /// The accounting system asks for a pause, also after waiting.
    ProviderRateLimited,
    /// Client id, secret or redirect URI is wrong; the operator must mend it.
    ProviderMisconfigured,
    /// The accounting system cannot do this.
    UnsupportedByProvider,
    /// Another sync or build holds the lock.
    SyncLocked,
    /// The item or product is linked already.
    ItemAlreadyLinked,
    /// The SKU is taken.
    SkuConflict,
    /// Not possible in the record's present state.
    InvalidState,
    /// No such record in this business.
    NotFound,
    /// The input is wrong.
    Validation,
    /// The idempotency key was used with another input.
    IdempotencyMismatch,
    /// The feature is off.
    FeatureDisabled,
    /// A quantity is wrong.
    InvalidQuantity,
    /// A cost is wrong.
    InvalidCost,
    /// There is less in stock than asked for.
    InsufficientStock,
    /// Another active lot of the product has the number.
    DuplicateLot,
    /// Some of the lot is gone.
    LotConsumed,
    /// A product would be made of itself.
    BomCycle,
    /// An account that the document needs is not set.
    AccountNotConfigured,
    /// The books are closed at that date.
    PeriodClosed,
    /// A product on the document has no accounting item: link it, or import the item.
    ProductNotLinked,
    /// The account is the asset account of an item on the document; the message names it.
    AccountSameAsAsset,
    /// The account was deleted, is inactive or of the wrong kind.
    AccountInvalid,
    /// The item is inactive, or no longer in the accounting system.
    ItemInactive,
    /// Items of this type have no quantity that could be adjusted.
    ItemTypeNotAdjustable,
    /// The business and the company keep their books in different currencies.
    CurrencyMismatch,
    /// The plan hash no longer matches: plan again.
    PlanChanged,
    /// The document is in the books already.
    AlreadyExported,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code.into(),
            message: refusal.message,
            path: refusal.path,
            help: refusal.help,
            provider_code: refusal.provider_code,
        }
    }
}

impl UserError {
    /// A stored error of a run.
    pub(super) fn stored(code: &str, message: &str, help: Option<&str>, provider_code: Option<&str>) -> Self {
        Self {
            code: domain::ErrorCode::parse(code).unwrap_or(domain::ErrorCode::InvalidState).into(),
            message: message.to_owned(),
            path: Vec::new(),
            help: help.map(str::to_owned),
            provider_code: provider_code.map(str::to_owned),
        }
    }
}

/// A use-case's result in a mutation: done, or refused with `userErrors`.
///
/// # Errors
/// A fault when it was neither.
pub(super) fn answered<T>(result: domain::Result<T>) -> Result<(Option<T>, Vec<UserError>), Error> {
    match result {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(DomainError::Refused(refusal)) => Ok((None, vec![(*refusal).into()])),
        Err(other) => Err(fault(other)),
    }
}

/// A use-case's error where there are no `userErrors`.
pub(super) fn fault(error: DomainError) -> Error {
    match error {
        DomainError::Refused(refusal) => Error::new(refusal.message.clone()).extend_with(|_, extensions| {
            extensions.set("code", refusal.code.as_str());
            if let Some(help) = &refusal.help {
                extensions.set("help", help.as_str());
            }
        }),
        DomainError::Forbidden(permission) => FaultCode::Forbidden
            .error(format!("Your role lacks the permission {permission}; ask the owner or an admin.")),
        other => internal(other.into()),
    }
}

/// The same for an error that several waiters share.
pub(super) fn shared_fault(error: &DomainError) -> Error {
    internal(anyhow::anyhow!("{error}"))
}
