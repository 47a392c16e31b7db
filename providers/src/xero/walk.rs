//! Going through a paged collection so that nothing is left out while it changes (§2.1).
//!
//! Rule: pages are asked for in the order of changes, and the next one begins by time, not by number: at the last
//! change seen, less a second. A record that changes meanwhile moves to the end and comes again; one that leaves moves
//! nothing that is still to come. Page numbers count only inside one second, where time cannot tell records apart; there
//! the page before is read again after each page, because what slipped down is in it, and the last page once more,
//! because what slipped and then changed is at its end.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::{page::Rows, provider::Xero};
use crate::{
    error::ProviderError,
    model::Unusable,
    transport::{Call, Reply},
};

/// One step through a collection.
#[derive(Debug)]
pub(super) struct Step<T> {
    /// What was read; a record may come twice, the later reading last.
    pub(super) rows: Vec<Result<T, Unusable>>,
    /// Where the next step begins; `None` after the last.
    pub(super) next: Option<Place>,
    /// When it was asked for, by the service's clock.
    pub(super) asked_at: DateTime<Utc>,
}

impl Xero {
    /// Reads the page at `place`, by the call that `call` makes for it.
    pub(super) async fn step<T: Send + 'static>(
        &self,
        place: Place,
        call: impl Fn(Place) -> Call + Send + Sync,
        read: impl Fn(&Reply) -> Result<Rows<T>, ProviderError> + Send + Sync + Copy + 'static,
        changed_at: impl Fn(&T) -> Option<DateTime<Utc>> + Send,
    ) -> Result<Step<T>, ProviderError> {
        let (mut page, asked_at) = self.asked(call(place), read).await?;
        let mut rows = Vec::new();
        if place.page > 1 {
            let earlier = Place { page: place.page - 1, ..place };
            let slipped = self.fetch(call(earlier), read).await?.rows;
            if !page.full {
                let last = self.fetch(call(place), read).await?;
                rows.append(&mut std::mem::replace(&mut page, last).rows);
            }
            rows.extend(slipped);
        }
        let times: Vec<_> = page.rows.iter().map(|row| row.as_ref().ok().and_then(&changed_at)).collect();
        rows.append(&mut page.rows);
        Ok(Step { rows, next: page.full.then(|| place.after(&times)), asked_at })
    }
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Only records changed since then; all of them if `None`.
    pub(super) since: Option<DateTime<Utc>>,
    /// Page among those, from 1.
    pub(super) page: u32,
}

impl Place {
    /// The first page of what changed since a moment.
    pub(super) fn since(since: Option<DateTime<Utc>>) -> Self {
        Self { since: since.map(|since| since.trunc_subsecs(0)), page: 1 }
    }

    /// The place after a full page whose records changed at `times`. Where the order is not that of time (a record
    /// without one, a service that sorts otherwise) page numbers must do.
    pub(super) fn after(self, times: &[Option<DateTime<Utc>>]) -> Self {
        let later = last_of_sorted(times).and_then(before).filter(|&start| Some(start) > self.since);
        match later {
            Some(start) => Self { since: Some(start), page: 1 },
            None => Self { page: self.page.saturating_add(1), ..self },
        }
    }

    /// As text: the moment, then the page.
    pub(super) fn text(self) -> String {
        let since = self.since.map(|since| since.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default();
        format!("{since}/{}", self.page)
    }

    /// Reads [`Place::text`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (since, page) = text.split_once('/')?;
        let since = if since.is_empty() { None } else { Some(since.parse().ok()?) };
        Some(Self { since, page: page.parse().ok().filter(|&page| page > 0)? })
    }
}

/// A second before, to the second: it is not known whether "since" includes its own second (§2.1).
fn before(moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
    moment.trunc_subsecs(0).checked_sub_signed(TimeDelta::seconds(1))
}

fn last_of_sorted(times: &[Option<DateTime<Utc>>]) -> Option<DateTime<Utc>> {
    let sorted = times.iter().all(Option::is_some) && times.is_sorted();
    times.last().copied().flatten().filter(|_| sorted)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// A service with records, each with the milliseconds of its last change, that is disturbed before every call: at
    /// most two records are dropped or changed.
    struct Service {
        held: Vec<(usize, i64)>,
        dropped: BTreeSet<usize>,
        disturbances: std::vec::IntoIter<(usize, bool)>,
        clock: i64,
    }

    impl Service {
        fn new(times: Vec<i64>, disturbances: Vec<(usize, bool)>) -> Self {
            let held = times.into_iter().enumerate().collect();
            Self { held, dropped: BTreeSet::new(), disturbances: disturbances.into_iter(), clock: 6_000 }
        }

        fn page(&mut self, place: Place, size: usize) -> Vec<(usize, i64)> {
            for (which, drop) in self.disturbances.by_ref().take(2) {
                let Some(which) = which.checked_rem(self.held.len()) else { continue };
                if drop {
                    self.dropped.insert(self.held.remove(which).0);
                } else {
                    self.clock += 1;
                    self.held[which].1 = self.clock;
                }
            }
            self.held.sort_by_key(|&(_, time)| time);
            let since = place.since.map_or(i64::MIN, |since| (since - at(0)).num_milliseconds());
            let matching = self.held.iter().filter(|(_, time)| *time >= since);
            matching.skip((place.page as usize - 1) * size).take(size).copied().collect()
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_409_600 + second, 0).unwrap()
    }

    fn at_ms(milliseconds: i64) -> DateTime<Utc> {
        at(0) + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn the_next_page_begins_a_second_before_the_last_change() {
        let first = Place::since(None);
        let next = first.after(&[Some(at_ms(100)), Some(at_ms(5900))]);
        assert_eq!(next, Place { since: Some(at(4)), page: 1 });
        assert_eq!(next.after(&[Some(at(5)), Some(at_ms(5999))]), Place { since: Some(at(4)), page: 2 });
    }

    #[test]
    fn without_an_order_in_time_pages_are_counted() {
        let first = Place::since(Some(at(0)));
        let second = Place { page: 2, ..first };
        assert_eq!(first.after(&[Some(at(9)), Some(at(8))]), second);
        assert_eq!(first.after(&[Some(at(8)), None]), second);
        assert_eq!(first.after(&[]), second);
    }

    proptest! {
        #[test]
        fn a_place_survives_as_text(second in proptest::option::of(-1_000_000_000_i64..1_000_000_000), page in 1_u32..) {
            let place = Place { since: second.map(at), page };
            prop_assert_eq!(Place::parse(&place.text()), Some(place));
        }

        /// Whatever is there from beginning to end is read, although records are changed and dropped before every call;
        /// many of them within one second.
        #[test]
        fn nothing_that_stays_is_left_out(
            times in prop::collection::vec(0_i64..6_000, 1..120),
            disturbances in prop::collection::vec((0_usize..120, any::<bool>()), 0..60),
            size in 6_usize..20,
        ) {
            let mut service = Service::new(times.clone(), disturbances);
            let mut read = BTreeSet::new();
            let mut place = Place::since(None);
            loop {
                let mut page = service.page(place, size);
                if place.page > 1 {
                    let earlier = service.page(Place { page: place.page - 1, ..place }, size);
                    read.extend(earlier.into_iter().map(|(id, _)| id));
                    if page.len() < size {
                        read.extend(page.iter().map(|(id, _)| *id));
                        page = service.page(place, size);
                    }
                }
                read.extend(page.iter().map(|(id, _)| *id));
                if page.len() < size {
                    break;
                }
                place = place.after(&page.iter().map(|(_, time)| Some(at_ms(*time))).collect::<Vec<_>>());
            }
            let stayed: BTreeSet<usize> = (0..times.len()).filter(|id| !service.dropped.contains(id)).collect();
            prop_assert!(stayed.is_subset(&read), "left out: {:?}", stayed.difference(&read).collect::<Vec<_>>());
        }
    }
}
