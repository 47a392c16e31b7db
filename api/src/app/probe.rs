//! Whether the parts that requests need are there.

use async_trait::async_trait;
use domain::store::Db;

use crate::http::Probe;

/// Whether the database answers.
#[derive(Debug)]
pub(super) struct Database(pub(super) Db);

#[async_trait]
impl Probe for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn probe(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|_| "does not answer".to_owned())
    }
}
