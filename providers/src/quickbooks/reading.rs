//! Reads that every area of this folder shares: one page of a walk, a walk to its end, one record.
//!
//! Rule: reading and judging an answer are one step, so that an answer that cannot be read is tried again like any
//! other trouble.

use serde_json::value::RawValue;

use super::{
    entity::Entity,
    page::Rows,
    provider::QuickBooks,
    request,
    walk::{Step, marks},
    wire::{RecordAnswer, Remains, read},
};
use crate::{
    error::{ErrorKind, Outcome, ProviderError},
    model::Unusable,
    session::Session,
    transport::Reply,
};

/// One page of a walk, and the step after it.
#[derive(Debug)]
pub(super) struct Stride<T> {
    pub(super) rows: Rows<T>,
    pub(super) next: Option<Step>,
}

impl QuickBooks {
    /// One page of a walk over the rows for which `conditions` hold.
    pub(super) async fn step<T: Send + 'static>(
        &self,
        session: &Session,
        entity: Entity,
        conditions: &[String],
        step: &Step,
        read: impl Fn(&Reply) -> Result<Rows<T>, ProviderError> + Send + Sync + 'static,
    ) -> Result<Stride<T>, ProviderError> {
        let call = request::statement(&self.api, session, entity.query(), &step.statement(entity, conditions));
        let at = step.clone();
        self.fetch(call, move |reply| Ok(Stride { rows: read(reply)?, next: at.next(&marks(reply)?)? })).await
    }

    /// All rows for which `conditions` hold, from a first step on. A row that changes while they are read may be among them twice.
    pub(super) async fn all<T: Send + 'static>(
        &self,
        session: &Session,
        entity: Entity,
        conditions: &[String],
        first: Step,
        read: impl Fn(&Reply) -> Result<Rows<T>, ProviderError> + Send + Sync + Copy + 'static,
    ) -> Result<(Vec<T>, Vec<Unusable>), ProviderError> {
        let (mut records, mut unusable) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(step) = next {
            let stride = self.step(session, entity, conditions, &step, read).await?;
            records.extend(stride.rows.records);
            unusable.extend(stride.rows.unusable);
            next = stride.next;
        }
        Ok((records, unusable))
    }

    /// One record.
    pub(super) async fn one<T: Send + 'static>(
        &self,
        session: &Session,
        entity: Entity,
        id: &str,
        read: impl Fn(&RawValue) -> Result<T, Unusable> + Send + Sync + 'static,
    ) -> Result<T, ProviderError> {
        self.fetch(request::record(&self.api, session, entity, id), move |reply| record(reply, &read)).await
    }
}

/// The record in an answer (§4).
///
/// # Errors
/// `NotFound` when only the remains of a deleted record are there, `Malformed` when it cannot be used.
pub(super) fn record<T>(
    reply: &Reply,
    read_one: impl Fn(&RawValue) -> Result<T, Unusable>,
) -> Result<T, ProviderError> {
    let answer: RecordAnswer<'_> = read(reply)?;
    let remains: Remains<'_> = serde_json::from_str(answer.record.get()).unwrap_or_default();
    if remains.deleted() {
        return Err(ProviderError::new(ErrorKind::NotFound, "", "the record was deleted at QuickBooks"));
    }
    read_one(answer.record).map_err(|why| unreadable(&why))
}

/// A record that is there and cannot be used; asking again would show the same.
pub(super) fn unreadable(why: &Unusable) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, "", format!("{}: {}", why.label, why.detail)).outcome(Outcome::Unknown)
}
