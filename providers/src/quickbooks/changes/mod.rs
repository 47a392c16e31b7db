//! What changed since a moment, deletions included (§11).
//!
//! Rule: one call of the change feed for all kinds while it remembers and is not full. What it cannot tell is asked for
//! by query, page by page, and the set says that deletions are not all known.

mod cursor;
mod feed;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use self::{
    cursor::{At, CatchUp},
    feed::{Answer, Versioned},
};
use super::{
    bills, convert,
    entity::{Entity, Shape},
    page::{self, Rows},
    posting,
    provider::QuickBooks,
    reading::Stride,
    request, sales,
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Change, ChangeCursor, ChangeSet, RecordKind},
    provider::Provider,
    session::Session,
    transport::Reply,
};

/// Most objects of one answer (§11). Whether they are counted per kind or in all is not settled, so both are looked at.
const FEED_MAX: usize = 1000;

/// Whether the feed has this kind is not known (§9.3), so it may refuse it or leave it out.
const ADJUSTMENT: Entity = Entity::InventoryAdjustment;

/// How much of the time since a cursor the feed remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    All,
    Recent,
}

impl QuickBooks {
    /// The cursor from a moment on.
    pub(super) fn changes_from(moment: DateTime<Utc>) -> ChangeCursor {
        cursor::since(moment)
    }

    pub(super) async fn changes_after(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        let entities = self.entities(kinds)?;
        let set = self.changes_as_told(session, since, entities).await?;
        self.at_home(session, set).await
    }

    /// Sales in the company's own currency name none; what it is, is asked only when a sale names one.
    async fn at_home(&self, session: &Session, mut set: ChangeSet) -> Result<ChangeSet, ProviderError> {
        let named = |change: &Change| matches!(change, Change::Sale(sale) if sale.currency.is_some());
        if !set.changes.iter().any(named) {
            return Ok(set);
        }
        let home = self.settings(session).await?.home_currency();
        let settled = set.changes.into_iter().map(|change| match change {
            Change::Sale(sale) => Change::Sale(Box::new(sales::at_home(*sale, home.as_deref()))),
            other => other,
        });
        set.changes = settled.collect();
        Ok(set)
    }

    async fn changes_as_told(
        &self,
        session: &Session,
        since: &ChangeCursor,
        entities: Vec<Entity>,
    ) -> Result<ChangeSet, ProviderError> {
        match At::read(since)? {
            At::CatchUp(catch_up) => self.catch_up(session, catch_up).await,
            At::Feed(moment) if entities.is_empty() => Ok(done(moment)),
            At::Feed(moment) => {
                let now = self.clock.now();
                let reach = if cursor::remembered(moment, now) { Reach::All } else { Reach::Recent };
                let from = moment.max(cursor::oldest(now));
                let answers = self.answers(session, from, &entities).await?;
                Ok(gathered(moment, reach, &entities, answers))
            }
        }
    }

    /// The entities asked for, each once.
    fn entities(&self, kinds: &[RecordKind]) -> Result<Vec<Entity>, ProviderError> {
        let mut entities = Vec::new();
        for kind in kinds {
            let entity = Entity::of(*kind).ok_or_else(|| self.unsupported("changes.company"))?;
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        Ok(entities)
    }

    /// One answer for all kinds; one for each when it is full, since it is not known which of them was cut off.
    async fn answers(
        &self,
        session: &Session,
        from: DateTime<Utc>,
        entities: &[Entity],
    ) -> Result<Vec<Answer>, ProviderError> {
        let (all, asked) = match self.answer(session, from, entities).await {
            Err(error) if error.kind == ErrorKind::Rejected && entities.contains(&ADJUSTMENT) => {
                let asked = without_adjustments(entities);
                (self.answer(session, from, &asked).await?, asked)
            }
            other => (other?, entities.to_vec()),
        };
        let total: usize = all.changes.values().map(Vec::len).sum();
        if total < FEED_MAX || asked.len() == 1 {
            return Ok(vec![all]);
        }
        let each: Vec<[Entity; 1]> = asked.into_iter().map(|entity| [entity]).collect();
        try_join_all(each.iter().map(|entity| self.answer(session, from, entity))).await
    }

    async fn answer(
        &self,
        session: &Session,
        moment: DateTime<Utc>,
        entities: &[Entity],
    ) -> Result<Answer, ProviderError> {
        let call = request::changes(&self.api, session, entities, &cursor::written(moment));
        self.fetch(call, feed::answer).await
    }

    /// One page of a catch-up.
    async fn catch_up(&self, session: &Session, catch_up: CatchUp) -> Result<ChangeSet, ProviderError> {
        let Some(entity) = catch_up.entities.first().copied() else { return Ok(done(catch_up.resume)) };
        let Stride { rows, next } =
            self.step(session, entity, &[], &catch_up.step, move |reply| changed_page(reply, entity)).await?;
        let unusable = rows.unusable.into_iter().map(|why| Change::Unusable { kind: entity.kind(), why });
        let changes = rows.records.into_iter().chain(unusable).collect();
        let resume = catch_up.resume;
        let next = catch_up.next(next);
        Ok(ChangeSet {
            changes,
            more: next.is_some(),
            next: next.map_or(At::Feed(resume), At::CatchUp).cursor(),
            deletions_known: false,
        })
    }
}

/// No change.
fn done(next: DateTime<Utc>) -> ChangeSet {
    ChangeSet { changes: Vec::new(), next: At::Feed(next).cursor(), more: false, deletions_known: true }
}

/// What to ask a feed for that refuses adjustments: without anything else, items, of which only the answer's time is used.
fn without_adjustments(entities: &[Entity]) -> Vec<Entity> {
    let rest: Vec<Entity> = entities.iter().copied().filter(|entity| *entity != ADJUSTMENT).collect();
    if rest.is_empty() { vec![Entity::Item] } else { rest }
}

/// The changes of all answers. Of a kind whose list is full, or of all where the feed does not remember the moment, only
/// the deletions are taken; the rest, and adjustments that the feed does not name, are left to a catch-up.
fn gathered(moment: DateTime<Utc>, reach: Reach, entities: &[Entity], answers: Vec<Answer>) -> ChangeSet {
    let answered = answers.iter().map(|answer| answer.at).min().unwrap_or(moment);
    let resume = cursor::after(moment, answered);
    let mut told: HashMap<Entity, Vec<Versioned>> = answers.into_iter().flat_map(|answer| answer.changes).collect();
    let (mut changes, mut left) = (Vec::new(), Vec::new());
    for entity in entities {
        let mut of_entity = told.remove(entity);
        let untold = *entity == ADJUSTMENT && of_entity.is_none();
        let full = of_entity.as_ref().is_some_and(|changes| changes.len() >= FEED_MAX);
        if untold || full || reach == Reach::Recent {
            left.push(*entity);
            of_entity.iter_mut().for_each(|changes| changes.retain(|change| change.deleted));
        }
        changes.extend(feed::newest(of_entity.unwrap_or_default()));
    }
    let deletions_known = left.is_empty();
    let next = CatchUp::begin(resume, moment, left).map_or(At::Feed(resume), At::CatchUp);
    ChangeSet { changes, more: !deletions_known, next: next.cursor(), deletions_known }
}

/// A page of any kind, as changes.
fn changed_page(reply: &Reply, entity: Entity) -> Result<Rows<Change>, ProviderError> {
    Ok(match entity.shape() {
        Shape::Item => page::read(reply, convert::item)?.map(Change::Item),
        Shape::Account => page::read(reply, convert::account)?.map(Change::Account),
        Shape::Supplier => page::read(reply, convert::supplier)?.map(Change::Supplier),
        Shape::Sale(kind) => sales::read_page(reply, kind)?.map(|sale| Change::Sale(Box::new(sale))),
        Shape::Document(kind) => posting::read_page(reply, kind)?.map(|document| Change::Document(Box::new(document))),
        Shape::Bill => bills::read_page(reply)?.map(|bill| Change::Bill(Box::new(bill))),
    })
}
