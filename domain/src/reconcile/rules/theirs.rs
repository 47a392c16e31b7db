//! What is in their accounts and not from us: taken over here, or somebody else's.
//!
//! Rule: stock that was taken over from there (an opening, an item sync) is paired with what the item held there: all lines
//! before the day of the last take-over, and as many of that day and later as make the quantity that was taken over. What is
//! left of a document is one line.

use std::collections::{BTreeMap, HashMap};

use entity::{Amount, ProductId, ReconciliationClass};
use providers::model::{DocumentKind, RecordKind};

use super::{Sorting, add, less, ours::Follow, total};
use crate::{
    error::Result,
    reconcile::model::{External, FoundLine, Held, TheirLine},
};

/// The lines of one item that nobody has claimed yet.
#[derive(Debug, Default)]
struct OfItem<'a> {
    before: Held,
    lines: Vec<&'a TheirLine>,
}

impl<'a> Sorting<'a> {
    /// Everything there that no document of ours explains.
    pub(super) fn theirs(&mut self) -> Result<()> {
        let (mut items, mut documents) = self.sorted();
        for (product, follow) in std::mem::take(&mut self.followed) {
            let item = self.facts.items.get(&product).map(|item| item.external_id.as_str());
            let of_item = item.and_then(|item| items.remove(item));
            documents.extend(self.taken_over(product, follow, of_item)?);
        }
        for (item, of_item) in items {
            match self.owners.get(item).copied() {
                Some(product) => {
                    self.held_before(item, Some(product), of_item.before)?;
                    documents.extend(of_item.lines);
                }
                None => self.of_nobody(item, &of_item)?,
            }
        }
        self.documents(&documents)?;
        self.before()?;
        self.unexplained()
    }

    fn sorted(&mut self) -> (BTreeMap<&'a str, OfItem<'a>>, Vec<&'a TheirLine>) {
        let facts = self.facts;
        let mut items: BTreeMap<&str, OfItem<'_>> = BTreeMap::new();
        for (item, held) in &facts.before {
            items.entry(item).or_default().before = *held;
        }
        let mut documents = Vec::new();
        for line in std::mem::take(&mut self.unpaired) {
            match line.line.item.as_deref() {
                Some(item) => items.entry(item).or_default().lines.push(line),
                None => documents.push(line),
            }
        }
        (items, documents)
    }

    /// Pairs what was taken over with what the item held; answers the lines that were not.
    fn taken_over(
        &mut self,
        product: ProductId,
        follow: Follow,
        of_item: Option<OfItem<'a>>,
    ) -> Result<Vec<&'a TheirLine>> {
        let Some(of_item) = of_item else {
            return self.opened(product, follow).map(|()| Vec::new());
        };
        let taken = prefix(&of_item, follow);
        let theirs = total(of_item.lines.iter().take(taken).map(|line| line.amount.0).chain([of_item.before.value.0]))?;
        let rounded = self.rounded(follow.value)?;
        let base = || self.plain(ReconciliationClass::Rounding, 0, self.name(product));
        let residue = FoundLine {
            amount: Amount(less(follow.value, rounded)?),
            reason: "Stock taken over from the accounting system is kept to the millionth here.".to_owned(),
            product: Some(product),
            date: Some(follow.last),
            ..base()
        };
        let reason = format!(
            "Stock of {} that was taken over from the accounting system: worth {} here, and {} there.",
            self.name(product),
            self.money(rounded),
            self.money(theirs)
        );
        let valued = FoundLine {
            class: ReconciliationClass::ValueParity,
            amount: Amount(less(rounded, theirs)?),
            reason,
            help: Some("A true-up journal brings the books to our value.".to_owned()),
            product: Some(product),
            date: Some(follow.last),
            ours: Some(Amount(rounded)),
            theirs: Some(Amount(theirs)),
            ..base()
        };
        self.push(residue)?;
        self.push(valued)?;
        Ok(of_item.lines.into_iter().skip(taken).collect())
    }

    /// Stock that was opened here and that no item there has.
    fn opened(&mut self, product: ProductId, follow: Follow) -> Result<()> {
        let linked = self.facts.items.contains_key(&product);
        let (class, reason, help) = if linked {
            (
                ReconciliationClass::NotExported,
                "Opening stock of ours that the books do not have.",
                "Enter it there once, by a journal entry from opening balances to the inventory account.",
            )
        } else {
            (
                ReconciliationClass::Unlinked,
                "The product is linked to no item of the accounting system, so nothing of it is there.",
                "Link it to an item on its page, or import the matching item.",
            )
        };
        let found = self.plain(class, follow.value, format!("Opening stock of {}", self.name(product)));
        self.push(FoundLine {
            reason: reason.to_owned(),
            help: Some(help.to_owned()),
            product: Some(product),
            date: Some(follow.last),
            ours: Some(Amount(follow.value)),
            theirs: Some(Amount::ZERO),
            ..found
        })
    }

    /// An item that is linked to no product.
    fn of_nobody(&mut self, item: &str, of_item: &OfItem<'_>) -> Result<()> {
        let value = total(of_item.lines.iter().map(|line| line.amount.0).chain([of_item.before.value.0]))?;
        let name = self.item_name(item);
        let found = self.plain(ReconciliationClass::Unlinked, less(0, value)?, name.clone());
        self.push(FoundLine {
            reason: format!("The item {name} holds {} there and is linked to no product.", self.money(value)),
            help: Some("Import it as a product, or link it to the product that it is.".to_owned()),
            external: Some(External { label: "Item".to_owned(), item: Some(item.to_owned()), ..External::default() }),
            ours: Some(Amount::ZERO),
            theirs: Some(Amount(value)),
            ..found
        })
    }

    fn item_name(&self, item: &str) -> String {
        self.facts.item_names.get(item).cloned().unwrap_or_else(|| format!("Item {item}"))
    }

    /// What an item of ours held there before we kept stock of it.
    fn held_before(&mut self, item: &str, product: Option<ProductId>, held: Held) -> Result<()> {
        let found = self.plain(ReconciliationClass::OtherApp, less(0, held.value.0)?, self.item_name(item));
        self.push(FoundLine {
            reason: format!(
                "The item held {} there before {}, and was not taken over.",
                self.money(held.value.0),
                self.facts.from
            ),
            help: Some("Record the same stock here as an opening or an adjustment, or take it out there.".to_owned()),
            product,
            external: Some(External { label: "Item".to_owned(), item: Some(item.to_owned()), ..External::default() }),
            theirs: Some(held.value),
            ..found
        })
    }

    /// Documents that are not ours, one line each.
    fn documents(&mut self, lines: &[&'a TheirLine]) -> Result<()> {
        let mut documents: Vec<(&TheirLine, i64)> = Vec::new();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        for line in lines {
            let key = line.line.external_id.as_deref().map(|id| (line.line.label.as_str(), id));
            match key.and_then(|key| places.get(&key)).copied() {
                Some(place) => {
                    if let Some((_, sum)) = documents.get_mut(place) {
                        *sum = add(*sum, line.amount.0)?;
                    }
                }
                None => {
                    if let Some(key) = key {
                        places.insert(key, documents.len());
                    }
                    documents.push((line, line.amount.0));
                }
            }
        }
        for (line, sum) in documents {
            let found = self.document(line, sum)?;
            self.push(found)?;
        }
        Ok(())
    }

    fn document(&self, their: &TheirLine, sum: i64) -> Result<FoundLine> {
        let line = &their.line;
        let (class, what, help) = match line.kind {
            Some(RecordKind::Document(DocumentKind::JournalEntry)) => (
                ReconciliationClass::ManualJournal,
                "A journal entry that was not posted from here",
                "If it repeats a document of ours, remove it there; if it is right, record the same change of stock here.",
            ),
            Some(RecordKind::Sale(_)) => (
                ReconciliationClass::Sales,
                "A sale took its cost out of stock there",
                "Sales that are recorded here take the same goods out of our stock.",
            ),
            _ => (
                ReconciliationClass::OtherApp,
                "A document that was not posted from here",
                "If it is right, record the same change of stock here; goods that are received here belong on a bill by account.",
            ),
        };
        let who = line.made_by.as_ref().map(|name| format!(", made by {name}")).unwrap_or_default();
        let number = line.number.as_deref().map(|number| format!(" {number}")).unwrap_or_default();
        let product = line.item.as_deref().and_then(|item| self.owners.get(item).copied());
        let found = self.plain(class, less(0, sum)?, format!("{}{number}", line.label));
        Ok(FoundLine {
            reason: format!("{what}{who}: {} on the inventory accounts.", self.money(sum)),
            help: Some(help.to_owned()),
            date: Some(line.date),
            product,
            external: Some(External {
                kind: line.kind,
                label: line.label.clone(),
                id: line.external_id.clone(),
                number: line.number.clone(),
                item: line.item.clone(),
            }),
            ours: Some(Amount::ZERO),
            theirs: Some(Amount(sum)),
            ..found
        })
    }

    /// What the accounts held before, beside their items.
    fn before(&mut self) -> Result<()> {
        let of_items = total(self.facts.before.values().map(|held| held.value.0))?;
        let rest = less(self.facts.balance_before.0, of_items)?;
        let found =
            self.plain(ReconciliationClass::OtherApp, less(0, rest)?, format!("Balance before {}", self.facts.from));
        self.push(FoundLine {
            reason: format!(
                "{} was on the inventory accounts before our first movement, and belongs to no item.",
                self.money(rest)
            ),
            help: Some("Record the same stock here as an opening, or take it out there.".to_owned()),
            ours: Some(Amount::ZERO),
            theirs: Some(Amount(rest)),
            ..found
        })
    }

    /// What their lines and their balance do not agree on.
    fn unexplained(&mut self) -> Result<()> {
        let listed = total(self.facts.lines.iter().map(|line| line.amount.0).chain([self.facts.balance_before.0]))?;
        let rest = less(listed, self.facts.balance.0)?;
        let found = self.plain(ReconciliationClass::Unexplained, rest, "Not explained".to_owned());
        self.push(FoundLine {
            reason: format!(
                "The lines of the inventory accounts add up to {}, and their balance is {}.",
                self.money(listed),
                self.money(self.facts.balance.0)
            ),
            help: Some(
                "Reconcile again: the books may have changed while they were read. If it stays, look at these accounts \
                 there for entries that are in no list we may read, such as bank transactions."
                    .to_owned(),
            ),
            ..found
        })
    }

    fn plain(&self, class: ReconciliationClass, amount: i64, label: String) -> FoundLine {
        FoundLine {
            class,
            amount: Amount(amount),
            label,
            reason: String::new(),
            help: None,
            date: None,
            product: None,
            record: None,
            export: None,
            external: None,
            ours: None,
            theirs: None,
        }
    }
}

/// How many of an item's lines belong to what was taken over.
fn prefix(of_item: &OfItem<'_>, follow: Follow) -> usize {
    let sure = of_item.lines.iter().take_while(|line| line.line.date < follow.last).count();
    let quantity = |line: &&TheirLine| i128::from(line.quantity.unwrap_or_default().0);
    let mut sum = i128::from(of_item.before.quantity.0) + of_item.lines.iter().take(sure).map(quantity).sum::<i128>();
    let mut taken = sure;
    while sum != i128::from(follow.quantity) {
        let Some(line) = of_item.lines.get(taken) else { return sure };
        sum += quantity(line);
        taken += 1;
    }
    taken
}
