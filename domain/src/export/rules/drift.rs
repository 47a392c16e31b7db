//! What a look at a posted document makes of what was known of it.
//!
//! Rule: what was reported, or agreed to, is not reported again; any other difference is. When the document is again what
//! was sent, the drift has ended, and so has the agreement.

use entity::{DriftState, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::export::model::{Difference, Drift, Export};

/// A document that nobody looked at yet.
pub fn unseen(export: &Export, now: Timestamp) -> Drift {
    Drift {
        export_id: export.id,
        business_id: export.business_id,
        integration_id: export.integration_id,
        state: DriftState::Same,
        differences: json!([]),
        version: None,
        found_at: None,
        checked_at: None,
        tried_at: now,
        accepted_version: None,
        accepted_at: None,
        accepted_by: None,
    }
}

/// What is known after a look.
pub fn judge(known: Drift, found: &[Difference], version: Option<String>, now: Timestamp) -> Drift {
    let looked = Drift { checked_at: Some(now), tried_at: now, version: version.clone(), ..known };
    if found.is_empty() {
        let none = Drift { state: DriftState::Same, differences: json!([]), found_at: None, ..looked };
        return Drift { accepted_version: None, accepted_at: None, accepted_by: None, ..none };
    }
    let differences = to_json(found);
    match looked.state {
        // Something else of it changed, for example its text: still what was agreed to.
        DriftState::Accepted if looked.differences == differences => Drift { accepted_version: version, ..looked },
        DriftState::Drifted if looked.differences == differences => looked,
        _ => Drift { state: DriftState::Drifted, differences, found_at: Some(now), ..looked },
    }
}

/// Whether people are to be told.
pub fn is_news(before: &Drift, after: &Drift) -> bool {
    (before.state, &before.differences) != (after.state, &after.differences)
}

/// What is said of a document that does not exist any more.
pub fn gone() -> Difference {
    Difference { what: "state".to_owned(), sent: Some("posted".to_owned()), found: None }
}

/// How a document is gone, where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It does not exist any more.
    Deleted,
    /// It is there and counts for nothing.
    Voided,
}

/// Whether these differences say that it is gone.
pub fn how_gone(differences: &[Difference]) -> Option<Gone> {
    let state = differences.iter().find(|difference| difference.what == "state")?;
    match state.found.as_deref() {
        None => Some(Gone::Deleted),
        Some("voided") => Some(Gone::Voided),
        Some(_) => None,
    }
}

/// Differences as they are kept.
pub fn to_json(differences: &[Difference]) -> Value {
    let one = |each: &Difference| json!({"what": each.what, "ours": each.sent, "theirs": each.found});
    Value::Array(differences.iter().map(one).collect())
}

/// Names differences as they are kept.
pub fn version(kept: &Value) -> String {
    hex::encode(&Sha256::digest(kept.to_string().as_bytes())[..16])
}

/// Differences as they were kept.
pub fn from_json(kept: &Value) -> Vec<Difference> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let one = |value: &Value| {
        let what = text(value, "what")?;
        Some(Difference { what, sent: text(value, "ours"), found: text(value, "theirs") })
    };
    kept.as_array().into_iter().flatten().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use entity::{BusinessId, ExportId, IntegrationId};
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp(second * 1_000_000)
    }

    fn known() -> Drift {
        Drift {
            export_id: ExportId(Uuid::nil()),
            business_id: BusinessId(Uuid::nil()),
            integration_id: IntegrationId(Uuid::nil()),
            state: DriftState::Same,
            differences: json!([]),
            version: None,
            found_at: None,
            checked_at: None,
            tried_at: at(0),
            accepted_version: None,
            accepted_at: None,
            accepted_by: None,
        }
    }

    fn difference(theirs: &str) -> Vec<Difference> {
        vec![Difference { what: "debit 1".to_owned(), sent: Some("10".to_owned()), found: Some(theirs.to_owned()) }]
    }

    #[test]
    fn a_difference_is_news_once_and_ends_by_itself() {
        let found = judge(known(), &difference("20"), Some("2".to_owned()), at(1));
        assert_eq!((found.state, found.found_at), (DriftState::Drifted, Some(at(1))));
        assert!(is_news(&known(), &found));
        let again = judge(found.clone(), &difference("20"), Some("2".to_owned()), at(2));
        assert_eq!((again.found_at, again.checked_at), (Some(at(1)), Some(at(2))));
        assert!(!is_news(&found, &again));
        let other = judge(again.clone(), &difference("40"), Some("3".to_owned()), at(3));
        assert!(is_news(&again, &other) && other.found_at == Some(at(3)));
        let right = judge(other.clone(), &[], Some("4".to_owned()), at(4));
        assert_eq!((right.state, &right.differences, right.found_at), (DriftState::Same, &json!([]), None));
        assert!(is_news(&other, &right) && from_json(&other.differences) == difference("40"));
    }

    #[test]
    fn what_was_agreed_to_holds_until_it_differs_otherwise() {
        let found = judge(known(), &difference("20"), Some("2".to_owned()), at(1));
        let accepted = Drift { state: DriftState::Accepted, accepted_version: Some("2".to_owned()), ..found };
        let text_changed = judge(accepted.clone(), &difference("20"), Some("3".to_owned()), at(2));
        assert_eq!((text_changed.state, text_changed.accepted_version.as_deref()), (DriftState::Accepted, Some("3")));
        let other = judge(text_changed, &difference("40"), Some("4".to_owned()), at(3));
        assert_eq!((other.state, other.accepted_version.as_deref()), (DriftState::Drifted, Some("3")));
        // Back at what was agreed to, after it was reported, somebody has to agree again.
        assert_eq!(judge(other, &difference("20"), None, at(4)).state, DriftState::Drifted);
    }

    #[test]
    fn gone_is_told_from_edited() {
        assert_eq!(how_gone(&[gone()]), Some(Gone::Deleted));
        let state = |found: &str| Difference { found: Some(found.to_owned()), ..gone() };
        assert_eq!([how_gone(&[state("voided")]), how_gone(&[state("draft")])], [Some(Gone::Voided), None]);
        assert_eq!(how_gone(&difference("20")), None);
    }
}
