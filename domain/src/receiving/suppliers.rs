//! Suppliers: local ones, and the codes that head lot numbers.

use entity::{SupplierId, Timestamp};

use super::{Receiving, model::NewSupplier, rules, store};
use crate::{
    business::{Actor, Permission},
    catalog::Supplier,
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    store::WriteTx,
};

impl Receiving {
    /// Creates a local supplier, or changes one; of a synced one only the code.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `VALIDATION` when name or code is wrong or the code is taken.
    pub async fn save_supplier(&self, actor: &Actor, new: NewSupplier) -> Result<Supplier> {
        self.save_supplier_once(actor, new, None).await
    }

    /// As [`Receiving::save_supplier`]; the same key with the same supplier gets it as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Receiving::save_supplier`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn save_supplier_once(&self, actor: &Actor, new: NewSupplier, key: Option<&str>) -> Result<Supplier> {
        actor.require(Permission::ManageStock)?;
        let key = RequestKey::of("saveSupplier", key, &new)?;
        let code = new.code.as_deref().map(rules::check_code).transpose()?;
        let tx = self.db.write().await?;
        if let Some(id) = RequestKey::made::<SupplierId>(key.as_ref(), &tx, actor.business).await? {
            return required(&tx, actor, id).await;
        }
        let now = self.ambient.now();
        let known = match new.id {
            Some(id) => Some(required(&tx, actor, id).await?),
            None => None,
        };
        let is_new = known.is_none();
        let mut supplier = known.unwrap_or_else(|| blank(actor, self.ambient.id(), now));
        if supplier.integration_id.is_none() {
            rename(&mut supplier, new.name)?;
            supplier.email = new.email.or(supplier.email);
            supplier.phone = new.phone.or(supplier.phone);
        }
        let taken = store::codes(tx.connection(), actor.business, supplier.id).await?;
        supplier.code = match code {
            Some(code) if taken.contains(&code) => {
                return Err(Refusal::new(ErrorCode::Validation, format!("Another supplier has the code {code}."))
                    .help("Choose another code.")
                    .at(&["input", "code"])
                    .into());
            }
            Some(code) => Some(code),
            None => supplier.code.or_else(|| rules::code_from(&supplier.name, &taken)),
        };
        if is_new {
            store::insert_supplier(tx.connection(), supplier.clone()).await?;
        } else {
            store::update_supplier(tx.connection(), supplier.clone()).await?;
        }
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, supplier.id, now).await?;
        tx.commit().await?;
        Ok(supplier)
    }
}

/// The code of a supplier; made from the name, and kept, where there is none yet.
pub(super) async fn code_of(tx: &WriteTx, actor: &Actor, mut supplier: Supplier) -> Result<String> {
    if let Some(code) = supplier.code {
        return Ok(code);
    }
    let taken = store::codes(tx.connection(), actor.business, supplier.id).await?;
    let code = rules::code_from(&supplier.name, &taken).unwrap_or_else(|| "XXX".to_owned());
    supplier.code = Some(code.clone());
    store::update_supplier(tx.connection(), supplier).await?;
    Ok(code)
}

pub(super) async fn required(tx: &WriteTx, actor: &Actor, id: SupplierId) -> Result<Supplier> {
    let found = store::supplier(tx.connection(), actor.business, id).await?;
    found.ok_or_else(|| Refusal::not_found("supplier", id).into())
}

fn rename(supplier: &mut Supplier, name: Option<String>) -> Result<()> {
    let name = name.map_or_else(|| supplier.name.clone(), |name| name.trim().to_owned());
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Refusal::new(ErrorCode::Validation, "A supplier's name must have 1 to 200 characters.")
            .at(&["input", "name"])
            .into());
    }
    supplier.sort_name = name.to_lowercase();
    supplier.name = name;
    Ok(())
}

fn blank(actor: &Actor, id: SupplierId, now: Timestamp) -> Supplier {
    Supplier {
        id,
        business_id: actor.business,
        integration_id: None,
        external_id: None,
        external_version: None,
        name: String::new(),
        sort_name: String::new(),
        code: None,
        email: None,
        phone: None,
        currency: None,
        active: true,
        content_hash: 0,
        synced_at: now,
    }
}
