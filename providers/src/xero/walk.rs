//! Going through a paged collection so that nothing is left out while it changes (§2.1).
//!
//! Rule: pages are asked for in the order of changes, and the next one begins by time, not by number: at the last
//! change seen, less a second. A record that changes meanwhile moves to the end and comes again; one that leaves moves
//! nothing that is still to come. Page numbers count only inside one second, where time cannot tell records apart.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

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
    use proptest::prelude::*;

    use super::*;

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

        /// A service that holds records with their times, changes some and drops some between the pages: whatever was
        /// there from beginning to end is read.
        #[test]
        fn nothing_that_stays_is_left_out(
            mut times in prop::collection::vec(0_i64..40_000, 1..120),
            disturb in prop::collection::vec((0_usize..120, any::<bool>()), 0..40),
            size in 2_usize..20,
        ) {
            times.sort_unstable();
            let mut held: Vec<(usize, i64)> = times.iter().copied().enumerate().collect();
            let mut dropped = std::collections::BTreeSet::new();
            let mut read = std::collections::BTreeSet::new();
            let mut clock = 50_000;
            let mut disturb = disturb.into_iter();
            let mut place = Place::since(None);
            // Nothing is dropped or changed inside a second of more records than a page has: there only numbers count.
            let crowded = |held: &[(usize, i64)]| held.iter().any(|(_, t)| held.iter().filter(|(_, o)| (o - t).abs() < 2000).count() >= size);
            for _ in 0..2000 {
                held.sort_by_key(|&(id, time)| (time, id));
                let since = place.since.map_or(i64::MIN, |since| (since - at(0)).num_milliseconds());
                let matching: Vec<_> = held.iter().filter(|(_, time)| *time >= since).copied().collect();
                let start = (place.page as usize - 1) * size;
                let page: Vec<_> = matching.iter().skip(start).take(size).copied().collect();
                read.extend(page.iter().map(|(id, _)| *id));
                if page.len() < size {
                    break;
                }
                let times: Vec<_> = page.iter().map(|(_, time)| Some(at_ms(*time))).collect();
                place = place.after(&times);
                if !crowded(&held) {
                    for (which, drop) in disturb.by_ref().take(2) {
                        let Some(which) = which.checked_rem(held.len()) else { continue };
                        if drop {
                            dropped.insert(held.remove(which).0);
                        } else {
                            clock += 3000;
                            held[which].1 = clock;
                        }
                    }
                }
            }
            let expected: std::collections::BTreeSet<usize> = (0..times.len()).filter(|id| !dropped.contains(id)).collect();
            prop_assert!(expected.is_subset(&read), "left out: {:?}", expected.difference(&read).collect::<Vec<_>>());
        }
    }
}
