//! Our documents: each against what its export left in the books.
//!
//! Rule: what we say less what they say is cut in three: below the currency's minor unit it is rounding; what they
//! have other than we sent is an edit; the rest is a matter of value.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{Amount, ProductId, Quantity, ReconciliationClass};
use providers::model::{DocumentKind, RecordKind};
use rust_decimal::Decimal;

use super::{Sorting, add, less, too_large, total};
use crate::{
    error::Result,
    export::draft::{Adjustment, Journal, Side},
    reconcile::model::{External, FoundLine, Leg, Part, Standing, TheirLine, TrueUpAmount},
};

/// What was taken over from there for a product.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follow {
    pub(super) quantity: i64,
    pub(super) value: i64,
    /// The day it was last taken over.
    pub(super) last: NaiveDate,
}

/// What they have of an item within a document.
#[derive(Debug, Clone, Copy, Default)]
struct There {
    amount: i64,
    quantity: i64,
    /// Every line told its quantity.
    told: bool,
}

impl<'a> Sorting<'a> {
    pub(super) fn leg(&mut self, leg: &Leg) -> Result<()> {
        match &leg.standing {
            Standing::Posted { external_id, draft } => {
                let kind = draft.document_kind();
                let lines = self.lines_of(kind, external_id);
                let external = external(kind, external_id, draft.reference());
                match draft {
                    crate::export::draft::Draft::Adjustment(draft) => self.adjustment(leg, draft, &lines, &external),
                    crate::export::draft::Draft::Journal(draft) => self.journal(leg, draft, &lines, &external),
                }
            }
            Standing::TrueUp { external_id, amounts } => self.true_up(leg, external_id, amounts),
            Standing::Nothing(why) => self.nothing(leg, &leg.parts, why),
            Standing::Waiting { reason, help } => self.waiting(leg, reason, help),
            Standing::FromThere => self.follow(leg),
            Standing::Sale => {
                let value = total(leg.parts.iter().map(|part| part.value.0))?;
                let reason = "A sale took its cost out of our stock.".to_owned();
                self.push(line(leg, ReconciliationClass::Sales, value, reason))
            }
        }
    }

    fn lines_of(&mut self, kind: DocumentKind, external_id: &str) -> Vec<&'a TheirLine> {
        self.posted.get_mut(&(kind, external_id.to_owned())).map(std::mem::take).unwrap_or_default()
    }

    /// What can be posted of a value, and what is below the minor unit.
    fn cut(&self, value: i64) -> Result<(i64, i64)> {
        let rounded = self.rounded(value)?;
        Ok((rounded, less(value, rounded)?))
    }

    fn rounding(&mut self, leg: &Leg, residue: i64, external: Option<&External>) -> Result<()> {
        let reason = "Our stock is kept to the millionth; books are posted at the currency's smallest coin.".to_owned();
        let found = line(leg, ReconciliationClass::Rounding, residue, reason);
        self.push(FoundLine { external: external.cloned(), ..found })
    }

    fn adjustment(&mut self, leg: &Leg, draft: &Adjustment, lines: &[&TheirLine], external: &External) -> Result<()> {
        let mut there = by_item(lines)?;
        let (mut residue, mut edited, mut ours_edited) = (0, 0, 0);
        let mut left: Vec<Part> = leg.parts.clone();
        for sent in &draft.lines {
            let product = sent.product_id();
            // Each part counts once, however often a draft names its product.
            let of_line: Vec<Part> = left.extract_if(.., |part| part.product == product).collect();
            let value = total(of_line.iter().map(|part| part.value.0))?;
            let (rounded, rest) = self.cut(value)?;
            residue = add(residue, rest)?;
            let found = sent.item.as_ref().and_then(|item| there.remove(&Some(item.clone())));
            let same = found.is_some_and(|found| !found.told || Some(found.quantity) == millionths(sent.quantity));
            let amount = found.unwrap_or_default().amount;
            let difference = less(rounded, amount)?;
            if same {
                self.valued(leg, product, (rounded, amount), difference, external)?;
            } else {
                (edited, ours_edited) = (add(edited, difference)?, add(ours_edited, rounded)?);
            }
        }
        for (_, more) in there {
            edited = less(edited, more.amount)?;
        }
        self.rounding(leg, residue, Some(external))?;
        self.edited(leg, (ours_edited, less(ours_edited, edited)?), lines.is_empty(), external)?;
        self.nothing(leg, &left, "An inventory adjustment changes quantities alone; this changed a value.")
    }

    /// The accounting system costs by itself; what it makes of the same quantity is its own.
    fn valued(
        &mut self,
        leg: &Leg,
        product: ProductId,
        (ours, theirs): (i64, i64),
        difference: i64,
        external: &External,
    ) -> Result<()> {
        let reason = format!(
            "{} of {}: worth {} here, first in first out by lot, and {} there.",
            leg.label,
            self.name(product),
            self.money(ours),
            self.money(theirs)
        );
        let item = self.facts.items.get(&product).map(|item| item.external_id.clone());
        let found = line(leg, ReconciliationClass::ValueParity, difference, reason);
        self.push(FoundLine {
            product: Some(product),
            help: Some("A true-up journal brings the books to our value.".to_owned()),
            external: Some(External { item, ..external.clone() }),
            ours: Some(Amount(ours)),
            theirs: Some(Amount(theirs)),
            ..found
        })
    }

    fn journal(&mut self, leg: &Leg, draft: &Journal, lines: &[&TheirLine], external: &External) -> Result<()> {
        let value = total(leg.parts.iter().map(|part| part.value.0))?;
        let rounded = match leg.gathered.as_slice() {
            [] => self.rounded(value)?,
            documents => {
                let rounded = documents.iter().map(|amount| self.rounded(amount.0)).collect::<Result<Vec<_>>>()?;
                total(rounded.into_iter())?
            }
        };
        let residue = less(value, rounded)?;
        let mut sent = 0;
        for entry in &draft.lines {
            let here = entry.account.as_ref().is_some_and(|account| self.facts.accounts.contains(account));
            let amount = millionths(entry.amount).ok_or_else(too_large)?;
            let signed = if entry.side == Side::Debit { amount } else { -amount };
            sent = add(sent, if here { signed } else { 0 })?;
        }
        let there = total(lines.iter().map(|line| line.amount.0))?;
        self.rounding(leg, residue, Some(external))?;
        let reason = format!(
            "{} changed our stock by {}; its journal entry was sent with {} on the inventory accounts.",
            leg.label,
            self.money(rounded),
            self.money(sent)
        );
        let found = line(leg, ReconciliationClass::ValueParity, less(rounded, sent)?, reason);
        let product = leg.parts.first().map(|part| part.product);
        self.push(FoundLine {
            product: product.filter(|product| leg.parts.iter().all(|part| part.product == *product)),
            help: Some(
                "Look at the accounts in the integration's settings: what a document adds to stock belongs on an \
                 inventory account, and what it takes out of stock too."
                    .to_owned(),
            ),
            external: Some(external.clone()),
            ours: Some(Amount(rounded)),
            theirs: Some(Amount(sent)),
            ..found
        })?;
        self.edited(leg, (sent, there), lines.is_empty(), external)
    }

    /// What was sent against what is there now.
    fn edited(&mut self, leg: &Leg, (sent, there): (i64, i64), gone: bool, external: &External) -> Result<()> {
        let reason = if gone {
            format!(
                "{} was posted with {} and is not in the books up to {}: it was deleted, voided, or dated later.",
                leg.label,
                self.money(sent),
                self.facts.on
            )
        } else {
            format!(
                "{} was posted with {} on the inventory accounts, and stands there with {} now: it was edited.",
                leg.label,
                self.money(sent),
                self.money(there)
            )
        };
        let found = line(leg, ReconciliationClass::EditedThere, less(sent, there)?, reason);
        self.push(FoundLine {
            help: Some("Open its export: accept what is there, post it again, or post the opposite.".to_owned()),
            external: Some(external.clone()),
            ours: Some(Amount(sent)),
            theirs: Some(Amount(there)),
            ..found
        })
    }

    fn true_up(&mut self, leg: &Leg, external_id: &str, amounts: &[TrueUpAmount]) -> Result<()> {
        let lines = self.lines_of(DocumentKind::JournalEntry, external_id);
        let external = external(DocumentKind::JournalEntry, external_id, &leg.label);
        let counted = |amount: &&TrueUpAmount| self.facts.accounts.contains(&amount.account);
        let counted: Vec<TrueUpAmount> = amounts.iter().filter(counted).cloned().collect();
        for amount in &counted {
            let product = ProductId(amount.product);
            let negated = amount.amount.checked_neg().ok_or_else(too_large)?;
            let reason = format!("{} added {} for {}.", leg.label, self.money(amount.amount), self.name(product));
            let found = line(leg, ReconciliationClass::ValueParity, negated, reason);
            self.push(FoundLine { product: Some(product), external: Some(external.clone()), ..found })?;
        }
        let sent = total(counted.iter().map(|amount| amount.amount))?;
        let there = total(lines.iter().map(|line| line.amount.0))?;
        self.edited(leg, (sent, there), lines.is_empty(), &external)?;
        // A true-up moves no stock of ours; if one ever did, it would be shown.
        self.nothing(leg, &leg.parts, "A true-up moved stock.")
    }

    /// What will never be in the books by itself: its value differs for good.
    fn nothing(&mut self, leg: &Leg, parts: &[Part], why: &str) -> Result<()> {
        let mut residue = 0;
        for part in parts {
            let (rounded, rest) = self.cut(part.value.0)?;
            residue = add(residue, rest)?;
            let found = line(leg, ReconciliationClass::ValueParity, rounded, why.to_owned());
            self.push(FoundLine {
                product: Some(part.product),
                help: Some("A true-up journal brings the books to our value.".to_owned()),
                ours: Some(Amount(rounded)),
                theirs: Some(Amount::ZERO),
                ..found
            })?;
        }
        self.rounding(leg, residue, None)
    }

    fn waiting(&mut self, leg: &Leg, reason: &str, help: &str) -> Result<()> {
        let (linked, unlinked): (Vec<Part>, Vec<Part>) =
            leg.parts.iter().partition(|part| self.facts.items.contains_key(&part.product));
        for part in unlinked {
            self.unlinked(leg, part.product, part.value.0)?;
        }
        let value = total(linked.iter().map(|part| part.value.0))?;
        let found = line(leg, ReconciliationClass::NotExported, value, reason.to_owned());
        let product = linked.first().map(|part| part.product);
        self.push(FoundLine {
            product: product.filter(|product| linked.iter().all(|part| part.product == *product)),
            help: Some(help.to_owned()),
            ours: Some(Amount(value)),
            theirs: Some(Amount::ZERO),
            ..found
        })
    }

    pub(super) fn unlinked(&mut self, leg: &Leg, product: ProductId, value: i64) -> Result<()> {
        let reason =
            format!("{} is linked to no item of the accounting system, so nothing of it is there.", self.name(product));
        let found = line(leg, ReconciliationClass::Unlinked, value, reason);
        self.push(FoundLine {
            product: Some(product),
            help: Some("Link it to an item on its page, or import the matching item.".to_owned()),
            ours: Some(Amount(value)),
            theirs: Some(Amount::ZERO),
            ..found
        })
    }

    fn follow(&mut self, leg: &Leg) -> Result<()> {
        for part in &leg.parts {
            let known = self.followed.entry(part.product);
            let follow = known.or_insert(Follow { quantity: 0, value: 0, last: leg.date });
            follow.quantity = add(follow.quantity, part.quantity.0)?;
            follow.value = add(follow.value, part.value.0)?;
            follow.last = follow.last.max(leg.date);
        }
        Ok(())
    }
}

fn by_item(lines: &[&TheirLine]) -> Result<BTreeMap<Option<String>, There>> {
    let mut items: BTreeMap<Option<String>, There> = BTreeMap::new();
    for line in lines {
        let there = items.entry(line.line.item.clone()).or_insert(There { told: true, ..There::default() });
        there.amount = add(there.amount, line.amount.0)?;
        there.quantity = add(there.quantity, line.quantity.unwrap_or_default().0)?;
        there.told &= line.quantity.is_some();
    }
    Ok(items)
}

fn millionths(number: Decimal) -> Option<i64> {
    Quantity::from_decimal(number).ok().map(|number| number.0)
}

fn external(kind: DocumentKind, id: &str, reference: &str) -> External {
    let label = match kind {
        DocumentKind::JournalEntry => "Journal entry",
        DocumentKind::InventoryAdjustment => "Inventory adjustment",
    };
    External {
        kind: Some(RecordKind::Document(kind)),
        label: label.to_owned(),
        id: Some(id.to_owned()),
        number: Some(reference.to_owned()),
        item: None,
    }
}

pub(super) fn line(leg: &Leg, class: ReconciliationClass, amount: i64, reason: String) -> FoundLine {
    FoundLine {
        class,
        amount: Amount(amount),
        label: leg.label.clone(),
        reason,
        help: None,
        date: Some(leg.date),
        product: None,
        record: leg.record,
        export: leg.export,
        external: None,
        ours: None,
        theirs: None,
    }
}
