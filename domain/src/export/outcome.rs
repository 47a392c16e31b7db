//! How attempts end, and what that makes of an export.

use entity::{AttemptOutcome, Timestamp};
use providers::{ErrorKind, ProviderError, model::PostedDocument};

use super::{
    model::{Attempt, Difference, Export},
    rules,
};
use crate::error::{ErrorCode, Refusal, refuse};

/// A document with our reference that says something else.
pub(super) fn taken(export: &Export, other: &PostedDocument, differences: &[Difference]) -> Refusal {
    let what: Vec<&str> = differences.iter().map(|difference| difference.what.as_str()).collect();
    let message = format!(
        "The accounting system has a document {} with the reference {} that differs from {} in {}.",
        other.external_id,
        export.reference,
        export.label,
        what.join(", ")
    );
    Refusal::new(ErrorCode::ProviderRejected, message)
        .help("Look at that document there. If it is not this one, give it another number or remove it, then retry.")
}

pub(super) fn attempt(
    export: &Export,
    outcome: AttemptOutcome,
    now: Timestamp,
    error: Option<&ProviderError>,
) -> Attempt {
    Attempt {
        export_id: export.id,
        number: export.attempts,
        business_id: export.business_id,
        started_at: now,
        ended_at: (outcome != AttemptOutcome::Started).then_some(now),
        outcome,
        message: error.map(ToString::to_string),
        provider_code: error.and_then(|error| error.code.clone()),
    }
}

/// What a provider's error means for an export.
pub(super) fn refusal_of(error: &ProviderError) -> Refusal {
    let refusal = refuse(error);
    if error.kind == ErrorKind::PeriodClosed {
        return Refusal { code: ErrorCode::PeriodClosed, ..refusal };
    }
    refusal
}

pub(super) fn with_error(export: Export, error: &ProviderError) -> Export {
    let refusal = refusal_of(error);
    Export {
        error_code: Some(refusal.code.as_str().to_owned()),
        error_title: Some(rules::title(refusal.code).to_owned()),
        error_message: Some(refusal.message),
        error_help: refusal.help,
        provider_code: refusal.provider_code,
        ..export
    }
}

/// In nobody's hands.
pub(super) fn let_go(export: Export) -> Export {
    Export { holder: None, held_until: None, ..export }
}

/// In nobody's hands, and nothing more to do.
pub(super) fn ended(export: Export) -> Export {
    let_go(Export { due_at: None, ..export })
}
