//! So many requests of one company under way at once, and no more.
//!
//! Rule: waiting callers are served in the order they came.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::{Call, Reply, Transport};
use crate::error::{ErrorKind, ProviderError};

/// Holds calls back while too many are under way.
#[derive(Debug)]
pub struct Concurrency<T> {
    inner: T,
    places: usize,
    companies: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl<T> Concurrency<T> {
    /// So many `places` for each company, at least one.
    pub fn new(inner: T, places: u32) -> Self {
        let places = usize::try_from(places).unwrap_or(usize::MAX).clamp(1, Semaphore::MAX_PERMITS);
        Self { inner, places, companies: Mutex::default() }
    }

    fn semaphore(&self, company: &str) -> Arc<Semaphore> {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = companies.get(company) {
            return known.clone();
        }
        companies.entry(company.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.places))).clone()
    }
}

#[async_trait]
impl<T: Transport> Transport for Concurrency<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let Some(company) = &call.company else { return self.inner.send(call).await };
        let semaphore = self.semaphore(company);
        let _place = semaphore.acquire().await.map_err(|_| {
            ProviderError::new(ErrorKind::Unavailable, call.operation, "the provider's connections are closing")
        })?;
        self.inner.send(call).await
    }
}
