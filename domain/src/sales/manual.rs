//! Sales that people record by hand.

use entity::{Amount, CostStatus, LineState, ProductType, Quantity, SaleChange, SaleId, SaleStatus, SalesDocumentType};

use super::{
    draft, ledger,
    model::{Channel, NewSale, NewSaleLine, Sale, SaleDetails, SaleLine},
    process::{ended, too_large, version},
    service::Sales,
    store,
};
use crate::{
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    money::extend_half_even,
    stock::{
        ledger::{Ledger, Writer},
        rules::{LARGEST, check_quantity, explain},
    },
    store::WriteTx,
    sync::require_free_lock,
};

/// Lines of one sale.
const LINES_MAX: usize = 1_000;
/// Characters of a text.
const TEXT_MAX: usize = 2_000;

impl Sales {
    /// Records a sale: it consumes lots like a synced one (statement 114).
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `FEATURE_DISABLED` without receiving, `VALIDATION`, `INVALID_QUANTITY`, `INVALID_COST`,
    /// `PERIOD_CLOSED`, `SYNC_LOCKED`, `IDEMPOTENCY_MISMATCH`. Nothing is changed then.
    pub async fn record(&self, actor: &Actor, new: NewSale, key: Option<&str>) -> Result<SaleDetails> {
        actor.require(Permission::SyncSales)?;
        check(&new)?;
        let key = RequestKey::of("recordSale", key, &new)?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        if let Some(id) = RequestKey::made::<SaleId>(key.as_ref(), &tx, actor.business).await? {
            drop(tx);
            return self.details(actor, id).await;
        }
        self.require_receiving(&tx, actor).await?;
        require_free_lock(&tx, actor.business, now).await?;
        let channel = self.open_manual(&tx, actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let date = ledger.date(new.date).map_err(|error| at(error, &["input", "date"]))?;
        let mut sale = self.draft(actor, &channel, &new, (date, ledger.book.stamp.recorded_at));
        let mut lines = self.lines(&sale, &new.lines)?;
        ledger.load(&ledger::needs(&ledger, &lines)).await?;
        check_products(&ledger, &lines)?;
        let processed = ledger::process(&mut ledger.book, &sale, &mut lines, &[]);
        processed.map_err(|error| explain(&error, &ledger.book))?;
        draft::settle(&mut sale, &lines).ok_or_else(too_large)?;
        sale.net = sale.revenue;
        ledger.write().await?;
        store::put_sales(tx.connection(), std::slice::from_ref(&sale)).await?;
        store::put_versions(tx.connection(), &[version(&sale, SaleChange::Created, &actor.subject, None)]).await?;
        store::put_lines(tx.connection(), &lines).await?;
        store::track_sales(tx.connection(), actor.business).await?;
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, sale.id, now).await?;
        tx.commit().await?;
        Ok(SaleDetails { sale, lines })
    }

    async fn open_manual(&self, tx: &WriteTx, actor: &Actor) -> Result<Channel> {
        let manual = self.manual_channel(actor);
        store::insert_manual(tx.connection(), manual.clone()).await?;
        let channel = store::channel(tx.connection(), actor.business, manual.id).await?.unwrap_or(manual);
        if channel.active {
            return Ok(channel);
        }
        Err(Refusal::new(ErrorCode::InvalidState, format!("The sales channel {} is not active.", channel.name))
            .help("Activate it first.")
            .into())
    }

    fn draft(
        &self,
        actor: &Actor,
        channel: &Channel,
        new: &NewSale,
        (date, now): (chrono::NaiveDate, entity::Timestamp),
    ) -> Sale {
        let id: SaleId = self.ambient.id();
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Sale {
            id,
            business_id: actor.business,
            channel_id: channel.id,
            document_type: SalesDocumentType::Manual,
            external_id: id.to_string(),
            external_version: None,
            number: text(&new.reference),
            date,
            customer_id: None,
            customer: text(&new.customer),
            status: SaleStatus::Posted,
            version: 1,
            versioned_at: now,
            content_hash: 0,
            currency: actor.currency.clone(),
            rate: None,
            revenue: Amount::ZERO,
            cost: Amount::ZERO,
            short_quantity: Quantity::ZERO,
            cost_status: CostStatus::Complete,
            net: Amount::ZERO,
            shipping: Amount::ZERO,
            open_lines: 0,
            applies_to: None,
            note: text(&new.note),
            external_updated_at: None,
            run_id: None,
            created_at: now,
            created_by: actor.subject.clone(),
            updated_at: now,
        }
    }

    fn lines(&self, sale: &Sale, new: &[NewSaleLine]) -> Result<Vec<SaleLine>> {
        let line = |(place, new): (i32, &NewSaleLine)| {
            let revenue = extend_half_even(new.quantity, new.unit_price).filter(|value| value.0 <= LARGEST);
            Ok(SaleLine {
                id: self.ambient.id(),
                business_id: sale.business_id,
                sale_id: sale.id,
                version: 1,
                position: place,
                external_id: place.to_string(),
                channel_id: sale.channel_id,
                date: sale.date,
                customer: sale.customer.clone(),
                state: LineState::Processed,
                counted: false,
                product_id: Some(new.product),
                item_external_id: None,
                bundle_external_id: None,
                description: new.description.clone(),
                quantity: new.quantity,
                revenue: revenue.ok_or_else(too_large)?,
                cost: Amount::ZERO,
                short_quantity: Quantity::ZERO,
                cost_status: CostStatus::Complete,
                movement_id: None,
                processed_at: None,
            })
        };
        (0..).zip(new).map(line).collect()
    }

    /// Takes a manual sale back: exactly its lots are restored. Again, it is refused.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`; `INVALID_STATE` for one that is voided, or that the accounting system has.
    pub async fn void(&self, actor: &Actor, id: SaleId, reason: Option<String>) -> Result<SaleDetails> {
        actor.require(Permission::SyncSales)?;
        let place = &["input", "saleId"];
        if reason.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX) {
            return Err(too_long("reason"));
        }
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let found = store::sales_by_ids(tx.connection(), actor.business, &[id]).await?.pop();
        let sale = found.ok_or_else(|| Refusal::not_found("sale", id).at(place))?;
        if sale.document_type != SalesDocumentType::Manual {
            return Err(Refusal::new(ErrorCode::InvalidState, "A synced sale is voided in the accounting system.")
                .help("Void or delete the document there, then sync sales.")
                .at(place)
                .into());
        }
        if sale.status != SaleStatus::Posted {
            return Err(Refusal::new(ErrorCode::InvalidState, "That sale is voided.")
                .help("Nothing to do; its goods came back when it was voided.")
                .at(place)
                .into());
        }
        ledger::take_back(&tx, &mut ledger, &sale).await?;
        let now = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::forget_counted(tx.connection(), actor.business, id).await?;
        let voided = ended(&sale, SaleChange::Voided, (None, now));
        store::put_sales(tx.connection(), std::slice::from_ref(&voided)).await?;
        let told = version(&voided, SaleChange::Voided, &actor.subject, reason);
        store::put_versions(tx.connection(), &[told]).await?;
        tx.commit().await?;
        self.details(actor, id).await
    }

    /// A sale with its lines.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn details(&self, actor: &Actor, id: SaleId) -> Result<SaleDetails> {
        let sale = self.by_ids(actor.business, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("sale", id))?;
        let lines = self.lines_of(actor.business, &[id]).await?;
        Ok(SaleDetails { sale, lines })
    }
}

fn check(new: &NewSale) -> Result<()> {
    if new.lines.is_empty() || new.lines.len() > LINES_MAX {
        return Err(Refusal::new(ErrorCode::Validation, "A sale has 1 to 1,000 lines.")
            .help("Give at least one line: product, quantity and unit price.")
            .at(&["input", "lines"])
            .into());
    }
    let texts = [("reference", &new.reference), ("customer", &new.customer), ("notes", &new.note)];
    for (field, text) in texts {
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX) {
            return Err(too_long(field));
        }
    }
    for (place, line) in new.lines.iter().enumerate() {
        let name = place.to_string();
        let what = format!("Line {}", place + 1);
        check_quantity(line.quantity, &what).map_err(|refusal| refusal.at(&["input", "lines", &name, "quantity"]))?;
        if line.unit_price.0 < 0 {
            return Err(Refusal::new(ErrorCode::InvalidCost, format!("{what}: the unit price must not be negative."))
                .help("Give a price of zero or more.")
                .at(&["input", "lines", &name, "unitPrice"])
                .into());
        }
    }
    Ok(())
}

fn check_products(ledger: &Ledger<'_>, lines: &[SaleLine]) -> Result<()> {
    for line in lines {
        let name = line.position.to_string();
        let place = ["input", "lines", name.as_str(), "productId"];
        let Some(id) = line.product_id else { continue };
        let product = ledger.book.product(id).ok_or_else(|| Refusal::not_found("product", id).at(&place))?;
        if product.kind != ProductType::FinishedGood {
            let message = format!("{} is no finished good; only finished goods are sold.", product.name);
            return Err(Refusal::new(ErrorCode::Validation, message)
                .help("Choose a finished good, or change the product's type.")
                .at(&place)
                .into());
        }
    }
    Ok(())
}

fn too_long(field: &str) -> crate::Error {
    Refusal::new(ErrorCode::Validation, format!("{field} may have at most 2,000 characters."))
        .help("Shorten it.")
        .at(&["input", field])
        .into()
}

fn at(error: crate::Error, path: &[&str]) -> crate::Error {
    match error {
        crate::Error::Refused(refusal) => (*refusal).at(path).into(),
        other => other,
    }
}
