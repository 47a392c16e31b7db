//! Use-cases of businesses: who is asking, and creating a business.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use entity::{BusinessId, Role, Timestamp, member};

use super::{
    model::{Actor, Business},
    rules, store,
};
use crate::{
    ambient::Ambient,
    error::Result,
    store::{Connection, Db},
};

/// How long an actor is remembered.
const REMEMBERED: Duration = Duration::from_secs(5);
/// Actors remembered at once; beyond it the memory starts afresh.
const REMEMBERED_MAX: usize = 10_000;

type Key = (BusinessId, String, Role);

/// Businesses and their members.
#[derive(Debug)]
pub struct Businesses {
    db: Db,
    ambient: Ambient,
    actors: Mutex<HashMap<Key, (Actor, Timestamp)>>,
}

impl Businesses {
    /// Businesses in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient, actors: Mutex::default() }
    }

    /// The actor behind a verified token, or nothing when the business does not exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn actor(&self, business: BusinessId, subject: &str, role: Role) -> Result<Option<Actor>> {
        let key = (business, subject.to_owned(), role);
        let now = self.ambient.now();
        if let Some(actor) = self.remembered(&key, now) {
            return Ok(Some(actor));
        }
        let found = store::with_member(self.db.connection(), business, subject).await?;
        let Some((found, member)) = found else { return Ok(None) };
        let permissions = rules::effective(role, member.as_ref().map(|member| &member.permissions));
        let actor = Actor { business, subject: subject.to_owned(), role, permissions, currency: found.currency };
        self.remember(key, actor.clone(), now);
        Ok(Some(actor))
    }

    /// The ids of all businesses: for the operator of the database, never behind the API.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all(&self) -> Result<Vec<BusinessId>> {
        Ok(store::ids(self.db.connection()).await?)
    }

    fn remembered(&self, key: &Key, now: Timestamp) -> Option<Actor> {
        let actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        actors.get(key).filter(|(_, since)| now.since(*since) < REMEMBERED).map(|(actor, _)| actor.clone())
    }

    fn remember(&self, key: Key, actor: Actor, now: Timestamp) {
        let mut actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        if actors.len() >= REMEMBERED_MAX {
            actors.clear();
        }
        actors.insert(key, (actor, now));
    }

    /// The actor's business.
    ///
    /// # Errors
    /// When the database does not answer or the business is gone.
    pub async fn business(&self, id: BusinessId) -> Result<Business> {
        let found = store::find(self.db.connection(), id).await?;
        found.ok_or_else(|| crate::error::Refusal::not_found("business", id).into())
    }

    /// Makes a business if there is none with this id. Answers whether it was made.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ensure(&self, business: Business) -> Result<bool> {
        let tx = self.db.write().await?;
        if store::find(tx.connection(), business.id).await?.is_some() {
            return Ok(false);
        }
        store::insert(tx.connection(), business).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Adds a member, with permissions that differ from the role's defaults.
    ///
    /// # Errors
    /// When the database refuses, for example because the member exists.
    pub async fn add_member(&self, member: member::Model) -> Result<()> {
        let tx = self.db.write().await?;
        store::insert_member(tx.connection(), member).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The home currency of a business.
///
/// # Errors
/// When the database does not answer or the business is gone.
pub(crate) async fn home_currency(db: &Db, id: BusinessId) -> Result<String> {
    let found = store::find(db.connection(), id).await?;
    let business = found.ok_or_else(|| crate::error::Refusal::not_found("business", id))?;
    Ok(business.currency)
}

/// The time zone of a business.
///
/// # Errors
/// As [`home_currency`].
pub(crate) async fn time_zone(db: &Db, id: BusinessId) -> Result<String> {
    time_zone_in(db.connection(), id).await
}

/// The same within a transaction.
///
/// # Errors
/// As [`home_currency`].
pub(crate) async fn time_zone_in(connection: &impl Connection, id: BusinessId) -> Result<String> {
    let found = store::find(connection, id).await?;
    let business = found.ok_or_else(|| crate::error::Refusal::not_found("business", id))?;
    Ok(business.time_zone)
}
