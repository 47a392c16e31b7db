//! A posted document read back and compared with what was sent, line by line.

use std::collections::BTreeMap;

use entity::{ExportId, ExportState};
use providers::{
    ErrorKind, ProviderError,
    model::{DocumentContent, DocumentState, PostedDocument, Side as ProviderSide},
};
use rust_decimal::Decimal;

use super::{
    draft::{Draft, Side},
    model::{Difference, Export, Verification},
    rules,
    service::Exports,
};
use crate::{
    business::{Actor, Permission},
    call_log::Correlation,
    error::{Error, ErrorCode, Refusal, Result},
    integration::Integration,
};

impl Exports {
    /// Reads the posted document back and compares it. What is found is written down as the watch would, so that people can
    /// do something about it at once. Where a document is gathered in a journal, it is the whole journal.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when it is not in the books; what the accounting system answered.
    pub async fn verify(&self, actor: &Actor, id: ExportId) -> Result<Verification> {
        actor.require(Permission::Export)?;
        let export = self.get(actor.business, id).await?;
        if export.external_id.is_none() || export.state != ExportState::Synced {
            let message = format!("{} is not in the books; there is nothing to compare.", export.label);
            return Err(Refusal::new(ErrorCode::InvalidState, message).help("Export it first.").into());
        }
        let integration = self.integrations.get(actor.business, export.integration_id).await?;
        let posted = self.posted(export.clone()).await?;
        let seen = read_back(self, &integration, &posted).await??;
        self.write_down(self.db.write().await?, &posted, &seen).await?;
        Ok(Verification { export, found: seen.found, differences: seen.differences })
    }
}

/// A posted document as it is now, against what was sent.
pub(super) struct Seen {
    /// Whether it exists.
    pub(super) found: bool,
    /// Where it differs.
    pub(super) differences: Vec<Difference>,
    /// The provider's version of it.
    pub(super) version: Option<String>,
}

/// Reads a posted document back, under the export's own id in the call log. That it is gone is an answer only where the
/// provider says so.
///
/// # Errors
/// The outer one when it cannot be asked, the inner one what the accounting system answered.
pub(super) async fn read_back(
    exports: &Exports,
    integration: &Integration,
    export: &Export,
) -> Result<std::result::Result<Seen, ProviderError>> {
    let draft = frozen(export)?;
    let external_id = export.external_id.as_deref().unwrap_or_default();
    let (provider, session) = exports.integrations.session(integration, correlation(export))?;
    Ok(match provider.read_posted(&session, draft.document_kind(), external_id).await {
        Ok(posted) => {
            let differences = differences(&draft, &posted);
            Ok(Seen { found: true, differences, version: posted.version })
        }
        Err(error) if error.kind == ErrorKind::NotFound => {
            Ok(Seen { found: false, differences: vec![rules::drift::gone()], version: None })
        }
        Err(error) => Err(error),
    })
}

/// Groups the calls of an export.
pub(super) fn correlation(export: &Export) -> Correlation {
    Correlation { run: None, id: Some(export.id.to_string()) }
}

/// The draft of an export that has one.
pub(super) fn frozen(export: &Export) -> Result<Draft> {
    let draft = export.draft.as_ref().and_then(Draft::from_json);
    draft.ok_or_else(|| Error::Internal(format!("the draft of the export {} cannot be read", export.id)))
}

/// Where a document differs from its draft: state, date, account, and the sums per item or per account and side.
pub(super) fn differences(draft: &Draft, posted: &PostedDocument) -> Vec<Difference> {
    let mut found = Vec::new();
    if posted.state != DocumentState::Posted {
        let state = format!("{:?}", posted.state).to_lowercase();
        found.push(difference("state", Some("posted".to_owned()), Some(state)));
    }
    if posted.date != draft.date() {
        found.push(difference("date", Some(draft.date().to_string()), Some(posted.date.to_string())));
    }
    let (sent, there) = match (draft, &posted.content) {
        (Draft::Adjustment(draft), DocumentContent::Adjustment { account, lines }) => {
            if account.is_some() && *account != draft.account {
                found.push(difference("account", draft.account.clone(), account.clone()));
            }
            let sent = draft.lines.iter().map(|line| (line.item.clone().unwrap_or_default(), line.quantity));
            (sums(sent), sums(lines.iter().map(|line| (line.item.clone(), line.quantity))))
        }
        (Draft::Journal(draft), DocumentContent::Journal { lines }) => {
            let sent = draft.lines.iter().map(|line| {
                let is_debit = line.side == Side::Debit;
                (sided(line.account.as_deref().unwrap_or_default(), is_debit), line.amount)
            });
            let there = lines.iter().map(|line| (sided(&line.account, line.side == ProviderSide::Debit), line.amount));
            (sums(sent), sums(there))
        }
        _ => {
            found.push(difference("kind", None, None));
            return found;
        }
    };
    let names = sent.keys().chain(there.keys().filter(|name| !sent.contains_key(*name)));
    for name in names {
        let (ours, theirs) = (sent.get(name), there.get(name));
        if ours.map(Decimal::normalize) != theirs.map(Decimal::normalize) {
            let text = |value: Option<&Decimal>| value.map(|value| value.normalize().to_string());
            found.push(difference(name, text(ours), text(theirs)));
        }
    }
    found
}

fn difference(what: &str, sent: Option<String>, found: Option<String>) -> Difference {
    Difference { what: what.to_owned(), sent, found }
}

fn sided(account: &str, is_debit: bool) -> String {
    format!("{} {account}", if is_debit { "debit" } else { "credit" })
}

fn sums(lines: impl Iterator<Item = (String, Decimal)>) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (name, number) in lines {
        *sums.entry(name).or_default() += number;
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}
