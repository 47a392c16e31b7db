//! An object on its way into the store: what was there, what was sent, what it becomes.
//!
//! Rule: full updates clear what was not sent, sparse ones leave it (reference 7.3); the rules of the entity then look
//! at the result, not at how it came about.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    EntityType,
    clean::{self, Cleaned},
    derive,
    field::Kind,
    naming,
};
use crate::quickbooks::sandbox::{
    clock,
    faults::Fault,
    json::{self, Record},
    store::Company,
};

/// An object on its way into the store.
#[derive(Debug)]
pub(crate) struct Draft<'d> {
    /// The company it is for.
    pub(crate) company: &'d Company,
    /// The entity.
    pub(crate) entity: &'static EntityType,
    /// What was there; `None` for a new object.
    pub(crate) old: Option<Record>,
    /// What was sent.
    pub(crate) sent: Cleaned,
    /// What it becomes.
    pub(crate) record: Record,
    /// When.
    pub(crate) now: DateTime<Utc>,
}

/// Makes the object that `body` creates or updates.
///
/// # Errors
/// The fault of the first rule that is broken; nothing is changed then.
pub(crate) fn draft(
    company: &Company,
    entity: &'static EntityType,
    body: &Record,
    now: DateTime<Utc>,
) -> Result<(u64, Record), Fault> {
    let sent = clean::clean(entity.fields, body)?;
    let (id, old) = match object_id(entity, body)? {
        Some(id) => (id, Some(current(company, entity, id, body)?)),
        None if entity.is_transaction() => (company.next_transaction_id(), None),
        None if entity.name_field.is_none() => return Err(Fault::missing("Id")),
        None => (company.table(entity.name).map_or(1, |table| table.next_id()), None),
    };
    let record = merge(entity, old.as_ref(), &sent, json::flag(body, "sparse").unwrap_or(false));
    let mut draft = Draft { company, entity, old, sent, record, now };
    draft.check_references()?;
    (entity.check)(&mut draft)?;
    draft.finish(id)?;
    Ok((id, draft.record))
}

/// Makes a new object as it is given, without the rules of clients: only its name must be free.
///
/// # Errors
/// 6240 where the name is taken.
pub(crate) fn make(
    company: &Company,
    entity: &'static EntityType,
    record: Record,
    now: DateTime<Utc>,
) -> Result<(u64, Record), Fault> {
    let id = company.table(entity.name).map_or(1, |table| table.next_id());
    let mut draft = Draft { company, entity, old: None, sent: Cleaned::new(), record, now };
    draft.finish(id)?;
    Ok((id, draft.record))
}

/// The id in a body; none, blank or zero means a new object (reference 8).
pub(crate) fn object_id(entity: &EntityType, body: &Record) -> Result<Option<u64>, Fault> {
    let id = match body.get("Id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => String::new(),
    };
    if entity.name == "Preferences" {
        return Ok(Some(1));
    }
    if id.is_empty() || id == "0" {
        return Ok(None);
    }
    id.parse().map(Some).map_err(|_| Fault::new(2030, format!("Invalid ID : {id}")).at("Id"))
}

/// The stored object, if the client knows its latest state (reference 7.1).
pub(crate) fn current(company: &Company, entity: &EntityType, id: u64, body: &Record) -> Result<Record, Fault> {
    let old = company.find(entity.name, &id.to_string()).ok_or_else(Fault::not_found)?;
    let known = match body.get("SyncToken") {
        Some(Value::String(token)) if !token.is_empty() => token.clone(),
        Some(Value::Number(token)) => token.to_string(),
        _ => return Err(Fault::missing("SyncToken")),
    };
    if json::text(&old, "SyncToken") != Some(known.as_str()) {
        let detail = "Stale Object Error : You and Robin Ash were working on this at the same time. Robin Ash finished \
                      before you did, so your work was not saved.";
        return Err(Fault::new(5010, detail));
    }
    Ok(old)
}

fn merge(entity: &EntityType, old: Option<&Record>, sent: &Cleaned, sparse: bool) -> Record {
    let mut record = old.cloned().unwrap_or_default();
    if !sparse {
        let cleared = entity.fields.iter().filter(|field| field.writable && !matches!(field.kind, Kind::Id));
        for field in cleared.filter(|field| !entity.kept.contains(&field.name)) {
            record.remove(field.name);
        }
    }
    for (name, value) in sent {
        match value {
            Some(value) => record.insert((*name).to_owned(), value.clone()),
            None => record.remove(*name),
        };
    }
    record
}

impl Draft<'_> {
    /// Whether this is a new object.
    pub(crate) const fn is_new(&self) -> bool {
        self.old.is_none()
    }

    /// A text of the object as it becomes.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        json::text(&self.record, field)
    }

    /// A text of the object as it was.
    pub(crate) fn old_text(&self, field: &str) -> Option<&str> {
        json::text(self.old.as_ref()?, field)
    }

    /// Sets a property.
    pub(crate) fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.record.insert(field.to_owned(), value.into());
    }

    /// Sets a property that has no value yet.
    pub(crate) fn default(&mut self, field: &str, value: impl Into<Value>) {
        self.record.entry(field).or_insert_with(|| value.into());
    }

    /// Puts back the value that was there, whatever was sent.
    pub(crate) fn keep(&mut self, field: &str) {
        let old = self.old.as_ref().and_then(|old| old.get(field)).cloned();
        match old {
            Some(value) => self.record.insert(field.to_owned(), value),
            None => self.record.remove(field),
        };
    }

    /// The object that a reference leads to.
    pub(crate) fn target(&self, field: &str) -> Option<Record> {
        let found = self.entity.fields.iter().find(|candidate| candidate.name == field)?;
        let Kind::Reference(entity) = found.kind else { return None };
        self.company.find(entity, json::reference(&self.record, field)?)
    }

    /// 2020 unless the property is there.
    ///
    /// # Errors
    /// 2020, naming it.
    pub(crate) fn require(&self, field: &str) -> Result<(), Fault> {
        if self.record.get(field).is_some_and(|value| !value.is_null()) { Ok(()) } else { Err(Fault::missing(field)) }
    }

    /// Whether it was active and no longer is.
    pub(crate) fn is_inactivated(&self) -> bool {
        let was_active = self.old.as_ref().is_none_or(|old| json::flag(old, "Active") != Some(false));
        was_active && json::flag(&self.record, "Active") == Some(false)
    }

    /// New references lead to something that exists and is active (reference 7.6).
    fn check_references(&self) -> Result<(), Fault> {
        for field in self.entity.fields {
            let Kind::Reference(target) = field.kind else { continue };
            let Some(id) = json::reference(&self.record, field.name) else { continue };
            if self.old.as_ref().and_then(|old| json::reference(old, field.name)) == Some(id) {
                continue;
            }
            let found = self.company.find(target, id);
            let found = found.ok_or_else(|| Fault::invalid_reference(&format!("{target}s"), id, field.name))?;
            if json::flag(&found, "Active") == Some(false) {
                return Err(Fault::inactive(field.name));
            }
        }
        Ok(())
    }

    /// Names, stamps, and what follows from the rest.
    fn finish(&mut self, id: u64) -> Result<(), Fault> {
        self.set("Id", id.to_string());
        if self.is_inactivated() {
            naming::mark_deleted(self);
        }
        derive::derive(self.company, self.entity, &mut self.record);
        naming::check_unique(self, id)?;
        let token: u64 =
            self.old_text("SyncToken").and_then(|token| token.parse().ok()).map_or(0, |token: u64| token + 1);
        let stamp = clock::record_stamp(self.now);
        let created = self.old.as_ref().and_then(|old| old.get("MetaData")?.get("CreateTime")).cloned();
        let created = created.unwrap_or_else(|| stamp.clone().into());
        self.set("SyncToken", token.to_string());
        self.set("MetaData", json!({"CreateTime": created, "LastUpdatedTime": stamp}));
        self.set("domain", "QBO");
        self.set("sparse", false);
        Ok(())
    }
}
