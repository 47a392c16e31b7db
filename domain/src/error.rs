//! What a use-case answers when it cannot do what was asked.
//!
//! Rule: a refusal is for people: it names the record, says why, and says what to do. A fault is for the log.

use std::time::Duration;

use providers::{ErrorKind, ProviderError};

/// Result of a use-case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use-case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The business says no; nothing was changed.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The caller's role lacks a permission.
    #[error("this needs the permission {0}, which your role does not have")]
    Forbidden(crate::business::Permission),
    /// The worker lost its lock to a newer one; what it wanted to write was not written.
    #[error("the run's lock was taken over by another worker")]
    Fenced,
    /// A user asked the run to end.
    #[error("cancelled")]
    Cancelled,
    /// The database failed.
    #[error("database: {0}")]
    Store(#[from] crate::store::DbErr),
    /// Something that should not happen.
    #[error("{0}")]
    Internal(String),
}

/// A refusal for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Code to branch on.
    pub code: ErrorCode,
    /// A sentence that names the record.
    pub message: String,
    /// Path into the input.
    pub path: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
}

/// Codes of refusals (`docs/API.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The grant is gone.
    ConnectionExpired,
    /// The consent was for another company.
    WrongCompany,
    /// Unknown, used or old OAuth state.
    OauthStateInvalid,
    /// The user refused consent.
    ConsentRefused,
    /// The provider refused the request.
    ProviderRejected,
    /// The provider could not be reached or answered nonsense, also after retries.
    ProviderUnavailable,
    /// Too many requests, also after waiting.
    ProviderRateLimited,
    /// Client id, secret or redirect URI is wrong.
    ProviderMisconfigured,
    /// The provider cannot do this.
    UnsupportedByProvider,
    /// Another run or build holds the lock.
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
    /// A product on the document has no accounting item.
    ProductNotLinked,
    /// The account is the asset account of an item on the document.
    AccountSameAsAsset,
    /// The account is gone, inactive or of the wrong kind.
    AccountInvalid,
    /// The item is inactive or gone.
    ItemInactive,
    /// Items of this type have no quantity that could be adjusted.
    ItemTypeNotAdjustable,
    /// The business and the company keep their books in different currencies.
    CurrencyMismatch,
    /// The plan is no longer what it was.
    PlanChanged,
    /// The document is in the books.
    AlreadyExported,
}

impl ErrorCode {
    /// The code as the API and the database spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionExpired => "CONNECTION_EXPIRED",
            Self::WrongCompany => "WRONG_COMPANY",
            Self::OauthStateInvalid => "OAUTH_STATE_INVALID",
            Self::ConsentRefused => "CONSENT_REFUSED",
            Self::ProviderRejected => "PROVIDER_REJECTED",
            Self::ProviderUnavailable => "PROVIDER_UNAVAILABLE",
            Self::ProviderRateLimited => "PROVIDER_RATE_LIMITED",
            Self::ProviderMisconfigured => "PROVIDER_MISCONFIGURED",
            Self::UnsupportedByProvider => "UNSUPPORTED_BY_PROVIDER",
            Self::SyncLocked => "SYNC_LOCKED",
            Self::ItemAlreadyLinked => "ITEM_ALREADY_LINKED",
            Self::SkuConflict => "SKU_CONFLICT",
            Self::InvalidState => "INVALID_STATE",
            Self::NotFound => "NOT_FOUND",
            Self::Validation => "VALIDATION",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::FeatureDisabled => "FEATURE_DISABLED",
            Self::InvalidQuantity => "INVALID_QUANTITY",
            Self::InvalidCost => "INVALID_COST",
            Self::InsufficientStock => "INSUFFICIENT_STOCK",
            Self::DuplicateLot => "DUPLICATE_LOT",
            Self::LotConsumed => "LOT_CONSUMED",
            Self::BomCycle => "BOM_CYCLE",
            Self::AccountNotConfigured => "ACCOUNT_NOT_CONFIGURED",
            Self::PeriodClosed => "PERIOD_CLOSED",
            Self::ProductNotLinked => "PRODUCT_NOT_LINKED",
            Self::AccountSameAsAsset => "ACCOUNT_SAME_AS_ASSET",
            Self::AccountInvalid => "ACCOUNT_INVALID",
            Self::ItemInactive => "ITEM_INACTIVE",
            Self::ItemTypeNotAdjustable => "ITEM_TYPE_NOT_ADJUSTABLE",
            Self::CurrencyMismatch => "CURRENCY_MISMATCH",
            Self::PlanChanged => "PLAN_CHANGED",
            Self::AlreadyExported => "ALREADY_EXPORTED",
        }
    }

    /// All codes.
    pub const ALL: [Self; 33] = [
        Self::ConnectionExpired,
        Self::WrongCompany,
        Self::OauthStateInvalid,
        Self::ConsentRefused,
        Self::ProviderRejected,
        Self::ProviderUnavailable,
        Self::ProviderRateLimited,
        Self::ProviderMisconfigured,
        Self::UnsupportedByProvider,
        Self::SyncLocked,
        Self::ItemAlreadyLinked,
        Self::SkuConflict,
        Self::InvalidState,
        Self::NotFound,
        Self::Validation,
        Self::IdempotencyMismatch,
        Self::FeatureDisabled,
        Self::InvalidQuantity,
        Self::InvalidCost,
        Self::InsufficientStock,
        Self::DuplicateLot,
        Self::LotConsumed,
        Self::BomCycle,
        Self::AccountNotConfigured,
        Self::PeriodClosed,
        Self::ProductNotLinked,
        Self::AccountSameAsAsset,
        Self::AccountInvalid,
        Self::ItemInactive,
        Self::ItemTypeNotAdjustable,
        Self::CurrencyMismatch,
        Self::PlanChanged,
        Self::AlreadyExported,
    ];

    /// The code of a stored spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

impl Refusal {
    /// A refusal without path and help.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Vec::new(), help: None, provider_code: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the place in the input.
    #[must_use]
    pub fn at(mut self, path: &[&str]) -> Self {
        self.path = path.iter().map(|part| (*part).to_owned()).collect();
        self
    }

    /// A record that this business does not have. Another business's record reads the same.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no {what} {id} in this business."))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Self {
        refuse(&error).into()
    }
}

/// What a provider's error means to people, with the words of the behaviour page (2.14).
pub fn refuse(error: &ProviderError) -> Refusal {
    let (code, message, help) = match error.kind {
        ErrorKind::ConnectionExpired | ErrorKind::TokenRejected => (
            ErrorCode::ConnectionExpired,
            format!("Connection expired: {}.", error.message.trim_end_matches('.')),
            "Reconnect on the integrations page; settings, items and links stay.".to_owned(),
        ),
        ErrorKind::Rejected | ErrorKind::NotFound | ErrorKind::Stale | ErrorKind::PeriodClosed => (
            ErrorCode::ProviderRejected,
            format!("The accounting system refused: {error}."),
            "Fix the cause named here in the accounting system, then try again.".to_owned(),
        ),
        ErrorKind::RateLimited => (
            ErrorCode::ProviderRateLimited,
            format!("The accounting system asks for a pause: {error}."),
            "Wait a minute, then try again; what was done so far is kept.".to_owned(),
        ),
        ErrorKind::Unavailable | ErrorKind::Malformed => (
            ErrorCode::ProviderUnavailable,
            format!("The accounting system could not be used: {error}."),
            "Try again in a few minutes; what was done so far is kept.".to_owned(),
        ),
        ErrorKind::Unsupported => (
            ErrorCode::UnsupportedByProvider,
            format!("{}.", error.message.trim_end_matches('.')),
            "Choose a way that this accounting system supports.".to_owned(),
        ),
        ErrorKind::CompanyBlocked => (
            ErrorCode::ProviderRejected,
            format!("The company is closed to us: {error}."),
            "Sign in to the accounting system and see to the company's subscription or lock-out.".to_owned(),
        ),
        ErrorKind::Misconfigured => (
            ErrorCode::ProviderMisconfigured,
            format!("The provider's configuration is wrong: {error}."),
            "The operator must check client id, client secret and redirect URI; `stockbridge doctor` helps.".to_owned(),
        ),
        ErrorKind::Forged => (
            ErrorCode::ProviderMisconfigured,
            format!("The announcement's signature is wrong: {error}."),
            "Check `webhook_key` against the provider's developer site.".to_owned(),
        ),
        ErrorKind::ConsentRefused => (
            ErrorCode::ConsentRefused,
            "Consent was refused; nothing was connected.".to_owned(),
            "Connect again and agree, signed in as a user who may connect apps.".to_owned(),
        ),
    };
    Refusal { code, message, path: Vec::new(), help: Some(help), provider_code: error.code.clone() }
}

/// How long something may take, in words for people.
pub fn in_words(span: Duration) -> String {
    match span.as_secs() {
        0..=1 => "a second".to_owned(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}
