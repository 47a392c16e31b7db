//! What every entry of the registry must be, whatever provider it is: the seed of the conformance suite.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use url::Url;

use super::{PROVIDERS, ProviderEntry, find};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Collection, ItemKind, PageCursor},
    sandbox::SandboxOptions,
    settings::{ProviderSettings, TransportSettings},
    testing::{quick, sitting},
};

#[test]
fn every_id_is_unique_short_and_fit_for_a_path() {
    let ids: BTreeSet<&str> = PROVIDERS.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), PROVIDERS.len());
    for entry in PROVIDERS {
        assert!((3..=20).contains(&entry.id.len()), "{}", entry.id);
        assert!(entry.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", entry.id);
        assert!(!entry.name.trim().is_empty(), "{}", entry.id);
        assert!(std::ptr::eq(find(entry.id).unwrap(), *entry));
    }
    assert!(find("nobody").is_none() && find("").is_none());
}

#[test]
fn every_capability_makes_sense() {
    for ProviderEntry { id, capability, .. } in PROVIDERS {
        assert!(capability.page_size_max > 0 && capability.concurrent_requests > 0, "{id}: limits of nothing");
        assert!(capability.requests_per_minute > 0 && capability.requests_per_second != Some(0), "{id}");
        assert!(capability.requests_per_second.is_none_or(|n| n <= capability.requests_per_minute), "{id}");
        assert!(capability.inventory_adjustments || capability.journal_entries, "{id}: nothing could be exported");
        let kinds: BTreeSet<_> = capability.item_kinds.iter().collect();
        assert!(!kinds.is_empty() && kinds.len() == capability.item_kinds.len(), "{id}: kinds named once");
        assert!(!kinds.contains(&ItemKind::Other), "{id}: what is not known is no ability");
        assert!(!capability.inventory_adjustments || kinds.contains(&ItemKind::Inventory), "{id}: nothing to adjust");
        let documents: BTreeSet<_> = capability.sales_documents.iter().collect();
        assert_eq!(documents.len(), capability.sales_documents.len(), "{id}: documents named once");
    }
}

#[test]
fn every_provider_refuses_settings_it_does_not_know_by_name() {
    for entry in PROVIDERS {
        let settings = ProviderSettings {
            client_id: "client".to_owned(),
            client_secret: SecretString::from("CANARY-secret"),
            environment: None,
            endpoints: BTreeMap::from([("no-such-host".to_owned(), Url::parse("http://127.0.0.1:9/").unwrap())]),
            webhook_key: None,
            options: BTreeMap::new(),
            transport: TransportSettings::default(),
        };
        let error = (entry.build)(&settings).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured, "{}", entry.id);
        assert!(error.message.contains("`no-such-host`"), "{}: {}", entry.id, error.message);
        let unknown =
            ProviderSettings { environment: Some("nowhere".to_owned()), endpoints: BTreeMap::new(), ..settings };
        let error = (entry.build)(&unknown).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured, "{}", entry.id);
        assert!(error.message.contains("`nowhere`") && !format!("{error:?}").contains("CANARY"), "{error:?}");
    }
}

#[tokio::test]
async fn what_a_provider_cannot_do_it_says_as_unsupported() {
    for entry in PROVIDERS {
        let Some(start) = entry.sandbox else { continue };
        let sandbox = start(SandboxOptions::default()).await.unwrap();
        let settings = ProviderSettings { transport: quick(), ..sandbox.provider_settings() };
        let provider = (entry.build)(&settings).unwrap();
        assert_eq!((provider.id(), provider.capability()), (entry.id, &entry.capability));
        let session = sitting("1").session;
        let listed = provider.open_listing(&session, Collection::Suppliers, None).await.map(|_| ());
        let page = provider.suppliers(&session, &PageCursor("1".to_owned())).await.map(|_| ());
        for answer in [listed, page] {
            let unsupported = answer.is_err_and(|error: ProviderError| error.kind == ErrorKind::Unsupported);
            assert_eq!(unsupported, !entry.capability.suppliers, "{}: suppliers", entry.id);
        }
        sandbox.stop().await.unwrap();
    }
}
