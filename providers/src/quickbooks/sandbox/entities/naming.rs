//! Names: one of a kind, and marked when their object is made inactive (reference 5 at 6240, 7.6).
//!
//! Rule: an inactive object gives its name free by taking another.

use super::{derive, draft::Draft};
use crate::quickbooks::sandbox::{
    faults::Fault,
    json::{self, Record},
    store::Company,
};

/// Entities whose names share one space (reference 9.6).
const CONTACTS: [&str; 2] = ["Customer", "Vendor"];

/// Appends ` (deleted)`, with a number where that is taken.
pub(super) fn mark_deleted(draft: &mut Draft<'_>) {
    let Some(field) = draft.entity.name_field else { return };
    let name = draft.text(field).unwrap_or_default().to_owned();
    let marked = (1..).map(|number: u32| match number {
        1 => format!("{name} (deleted)"),
        _ => format!("{name} (deleted {number})"),
    });
    for candidate in marked {
        draft.set(field, candidate);
        if owner(draft.company, draft.entity.name, &named(draft)).is_none() {
            return;
        }
    }
}

/// 6240 when another object has the name.
///
/// # Errors
/// 6240 with the other one's id, or in words where it is of another kind.
pub(super) fn check_unique(draft: &Draft<'_>, id: u64) -> Result<(), Fault> {
    if draft.entity.name_field.is_none() {
        return Ok(());
    }
    match owner(draft.company, draft.entity.name, &draft.record) {
        Some((entity, other)) if entity != draft.entity.name || other != id => Err(duplicate(draft, entity, other)),
        _ => Ok(()),
    }
}

fn duplicate(draft: &Draft<'_>, entity: &str, other: u64) -> Fault {
    let field = draft.entity.name_field.unwrap_or("Name");
    let detail = if entity == draft.entity.name {
        format!("The name supplied already exists. : Id={other}")
    } else {
        "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please \
         use a different name."
            .to_owned()
    };
    Fault::new(6240, detail).at(field)
}

/// The object with what follows from its new name.
fn named(draft: &Draft<'_>) -> Record {
    let mut record = draft.record.clone();
    derive::derive(draft.company, draft.entity, &mut record);
    record
}

/// Who has the name of this object: entity and id.
fn owner(company: &Company, entity: &'static str, record: &Record) -> Option<(&'static str, u64)> {
    let name = ["DisplayName", "FullyQualifiedName"].iter().find_map(|field| json::text(record, field))?;
    let spaces = if CONTACTS.contains(&entity) { CONTACTS.as_slice() } else { std::slice::from_ref(&entity) };
    spaces.iter().find_map(|space| Some((*space, company.table(space)?.id_of_name(name)?)))
}
