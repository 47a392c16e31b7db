//! Announcements: genuine ones are read, everything else is refused unread.

use chrono::Datelike;
use providers::{
    ErrorKind,
    model::{RecordKind, WebhookEvent},
    registry::ProviderEntry,
    sandbox::SandboxAct,
    settings::ProviderSettings,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    cases,
    plan::Need,
    receiver::{Delivery, Receiver},
    sales::{sell, simple},
    world::World,
};

cases! { "webhooks" {
    change_is_announced: [Need::Webhooks, Need::Hand],
    same_delivery_has_the_same_id: [Need::Webhooks, Need::Hand],
    wrong_or_missing_signature_is_forged: [Need::Webhooks, Need::Hand],
    body_changed_by_one_byte_is_forged: [Need::Webhooks, Need::Hand],
    without_a_key_it_is_misconfigured: [Need::Webhooks, Need::Hand],
    two_megabytes_are_refused: [Need::Webhooks, Need::Hand],
    replayed_announcement_of_long_ago_tells_its_age: [Need::Webhooks, Need::Hand],
    unknown_entity_is_no_error: [Need::Webhooks, Need::Hand],
    signed_nonsense_is_malformed: [Need::Webhooks, Need::Hand],
} }

/// A genuine delivery of a change that a person made, with the record it is about.
struct Announced {
    world: World,
    delivery: Delivery,
    event: WebhookEvent,
}

fn key(world: &World) -> SecretString {
    world.settings.webhook_key.clone().expect("the sandbox has a webhook key")
}

/// Changes something that every service announces: an invoice, or else an item.
async fn change(world: &World) -> String {
    if world.entry.capability.sales_documents.is_empty() {
        let item = world.stock_item().await.external_id;
        return world.act(SandboxAct::RenameItem { item, name: "Announced".to_owned() }).await;
    }
    sell(world, simple(world).await).await.external_id
}

async fn announced(entry: &'static ProviderEntry) -> Announced {
    let world = World::start(entry).await;
    let receiver = Receiver::start().await;
    let act = SandboxAct::SendWebhooks { to: receiver.url.clone(), key: key(&world), format: None };
    world.act(act).await;
    let id = change(&world).await;
    let event_of = |delivery: &Delivery| {
        let events = world.provider.webhook(&delivery.request()).unwrap();
        events.into_iter().find(|event| event.external_id == id)
    };
    let delivery = receiver.delivery(|delivery| event_of(delivery).is_some()).await;
    let event = event_of(&delivery).unwrap();
    Announced { world, delivery, event }
}

async fn change_is_announced(entry: &'static ProviderEntry) {
    let Announced { world, event, .. } = announced(entry).await;
    assert_eq!(event.company, world.session.company);
    let expected = match entry.capability.sales_documents.first() {
        Some(kind) => RecordKind::Sale(*kind),
        None => RecordKind::Item,
    };
    assert_eq!(event.kind, Some(expected));
    assert!(event.at.is_some() && !event.delivery_id.is_empty() && !event.entity.is_empty());
}

async fn same_delivery_has_the_same_id(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    let first = world.provider.webhook(&delivery.request()).unwrap();
    assert_eq!(world.provider.webhook(&delivery.request()).unwrap(), first);
    let mut ids: Vec<_> = first.iter().map(|event| &event.delivery_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), first.len(), "two announcements of one body are told apart");
}

async fn wrong_or_missing_signature_is_forged(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    let key = key(&world);
    let header = delivery.signature_header(key.expose_secret());
    let with = |value: Option<&str>| {
        let mut changed = delivery.clone();
        changed.headers.retain(|(name, _)| *name != header);
        changed.headers.extend(value.map(|value| (header.clone(), value.to_owned())));
        changed
    };
    let right = delivery.request().header(&header).unwrap().to_owned();
    let cut = &right[..right.len() - 4];
    let other = crate::receiver::signature("another key", &delivery.body);
    let lower = right.to_lowercase();
    for value in [None, Some(""), Some("AAAA"), Some(cut), Some("not base64 !"), Some(&lower), Some(&other)] {
        let error = world.provider.webhook(&with(value).request()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forged, "{value:?}: {error}");
        assert!(!format!("{error:?}").contains(key.expose_secret()));
    }
}

async fn body_changed_by_one_byte_is_forged(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    for at in [0, delivery.body.len() / 2, delivery.body.len() - 1] {
        let mut changed = delivery.clone();
        changed.body[at] ^= 1;
        let error = world.provider.webhook(&changed.request()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forged, "byte {at}: {error}");
    }
}

async fn without_a_key_it_is_misconfigured(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    let settings = ProviderSettings { webhook_key: None, ..world.settings.clone() };
    let provider = (entry.build)(&settings).unwrap();
    let error = provider.webhook(&delivery.request()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
}

async fn two_megabytes_are_refused(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    let large = vec![b'['; 2 << 20];
    let unsigned = Delivery { body: large.clone(), ..delivery.clone() };
    let error = world.provider.webhook(&unsigned.request()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forged, "{error}");
    let signed = delivery.signed(key(&world).expose_secret(), large);
    let error = world.provider.webhook(&signed.request()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed, "{error}");
    assert!(error.message.len() < 2000);
}

/// The text with every date in it years ago; times of day stay.
fn years_ago(text: &str) -> String {
    let mut old = text.to_owned();
    let is_date = |text: &str| {
        let digits =
            |range: std::ops::Range<usize>| text.get(range).is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
        digits(0..4) && digits(5..7) && digits(8..10) && text.get(4..5) == Some("-") && text.get(10..11) == Some("T")
    };
    for at in 0..text.len().saturating_sub(10) {
        if text.is_char_boundary(at) && text.get(at..at + 11).is_some_and(is_date) {
            old.replace_range(at..at + 4, "2019");
        }
    }
    old
}

/// Announcements are repeated for a day and replayed for a month, so an old one is genuine; that it is old is told, and
/// by its id it is known when it comes again.
async fn replayed_announcement_of_long_ago_tells_its_age(entry: &'static ProviderEntry) {
    let Announced { world, delivery, event } = announced(entry).await;
    let text = String::from_utf8(delivery.body.clone()).unwrap();
    let signed = delivery.signed(key(&world).expose_secret(), years_ago(&text).into_bytes());
    let first = world.provider.webhook(&signed.request()).unwrap();
    let old = first.iter().find(|found| found.external_id == event.external_id).expect("the same record");
    assert_eq!(old.at.map(|at| at.year()), Some(2019), "{old:?}");
    assert_eq!((&old.company, old.kind, old.operation), (&event.company, event.kind, event.operation));
    assert_eq!(world.provider.webhook(&signed.request()).unwrap(), first, "the same ids when it is replayed");
    // Who takes the body of one delivery and the signature of another is no one's provider.
    let crossed = Delivery { headers: delivery.headers.clone(), body: signed.body.clone() };
    assert_eq!(world.provider.webhook(&crossed.request()).unwrap_err().kind, ErrorKind::Forged);
}

async fn unknown_entity_is_no_error(entry: &'static ProviderEntry) {
    let Announced { world, delivery, event } = announced(entry).await;
    let text = String::from_utf8(delivery.body.clone()).unwrap();
    let lower = event.entity.to_lowercase();
    let strange =
        text.replace(&event.entity, "Zebra").replace(&lower, "zebra").replace(&event.entity.to_uppercase(), "ZEBRA");
    assert_ne!(strange, text, "the entity's own word stands in the body");
    let signed = delivery.signed(key(&world).expose_secret(), strange.into_bytes());
    let events = world.provider.webhook(&signed.request()).unwrap();
    assert!(events.iter().all(|event| event.external_id != String::new()));
    let ours: Vec<_> = events.iter().filter(|found| found.external_id == event.external_id).collect();
    assert!(ours.iter().all(|event| event.kind.is_none()), "{ours:?}");
}

async fn signed_nonsense_is_malformed(entry: &'static ProviderEntry) {
    let Announced { world, delivery, .. } = announced(entry).await;
    for body in ["", "{", "<html>", "\u{0}\u{1}"] {
        let signed = delivery.signed(key(&world).expose_secret(), body.as_bytes().to_vec());
        match world.provider.webhook(&signed.request()) {
            Err(error) => assert_eq!(error.kind, ErrorKind::Malformed, "{body:?}: {error}"),
            Ok(events) => assert_eq!(events, [], "{body:?}"),
        }
    }
}
