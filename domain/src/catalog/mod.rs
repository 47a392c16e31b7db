//! The catalog: items, accounts and suppliers as the accounting system has them, and the business's own products
//! (behaviour 2.4 and 2.5).
//!
//! Concurrency: items, accounts and suppliers are written by sync runs alone, through their fence. Imports and links are
//! refused while a run holds the lock.

pub mod items;
pub mod products;
pub mod references;
mod sync_body;

pub use items::{Item, ItemColumns, ItemFilter, ItemOrder, Items};
pub(crate) use products::follow::day_in;
pub use products::{
    Drift, ImportOutcome, ImportSelection, ImportStatus, Linked, Movement, MovementFilter, NewProduct, Product,
    ProductChange, ProductFilter, ProductOrder, Products,
};
pub use references::{Account, AccountFilter, References, Supplier, SupplierFilter};
pub use sync_body::ItemSync;

/// Hash of a record's fields, to see a change without reading them all back.
pub(crate) mod content_hash {
    use sha2::{Digest, Sha256};

    /// Collects fields in a fixed order.
    pub(crate) struct ContentHash(Sha256);

    impl ContentHash {
        pub(crate) fn new() -> Self {
            Self(Sha256::new())
        }

        /// Adds a text; its length keeps neighbours apart.
        pub(crate) fn text(mut self, text: &str) -> Self {
            self.0.update(text.len().to_le_bytes());
            self.0.update(text.as_bytes());
            self
        }

        /// Adds a text that may be absent; absent and empty are the same.
        pub(crate) fn optional(self, text: Option<&str>) -> Self {
            self.text(text.unwrap_or_default())
        }

        /// Adds a number that may be absent.
        pub(crate) fn number(mut self, number: Option<i64>) -> Self {
            self.0.update([u8::from(number.is_some())]);
            self.0.update(number.unwrap_or_default().to_le_bytes());
            self
        }

        /// Adds a truth value.
        pub(crate) fn flag(mut self, flag: bool) -> Self {
            self.0.update([u8::from(flag)]);
            self
        }

        pub(crate) fn finish(self) -> i64 {
            let digest = self.0.finalize();
            let mut first = [0; 8];
            first.copy_from_slice(&digest[..8]);
            i64::from_le_bytes(first)
        }
    }
}
