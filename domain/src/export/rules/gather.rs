//! Journal entries that gather the documents of a day: which, when, what they say, how they are called.
//!
//! Rule: what was attempted by itself goes by itself; what was gathered goes with its journal. So a document is in one
//! posted entry, whatever the setting was when.

use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use entity::{ExportKind, ExportSource, ExportState, InventoryMode, JournalGranularity, Timestamp};
use rust_decimal::Decimal;

use crate::{
    export::{
        draft::{AmountLine, Journal, Member, Side},
        model::Export,
    },
    integration::Integration,
};

/// Longest text of a gathered journal, characters; providers cut it at their own limits.
const MEMO_MAX: usize = 900;

/// Whether an export is to go with others of its day.
pub fn is_gathered(integration: &Integration, export: &Export) -> bool {
    integration.journal_granularity == JournalGranularity::DayAndKind
        && export.mode == InventoryMode::SelfManaged
        && export.source != ExportSource::Journal
        && export.state == ExportState::Pending
        && export.attempts == 0
        && export.gathered_in.is_none()
}

/// When a business day is over: the first moment of the next one in its time zone, in UTC if the zone is unknown.
pub fn day_ends(day: NaiveDate, zone: &str) -> Timestamp {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    // A zone that skips midnight begins the day later: the first hour that there is.
    let begins = (0..24).find_map(|hour| {
        let local = next.checked_add_signed(chrono::TimeDelta::hours(hour))?;
        zone.from_local_datetime(&local).earliest()
    });
    let begins: DateTime<Utc> = begins.map_or_else(|| next.and_utc(), |begins| begins.with_timezone(&Utc));
    Timestamp(begins.timestamp_micros())
}

/// `SB-BLD-260601-1`: the first journal of the builds of that day.
pub fn journal_reference(prefix: &str, kind: ExportKind, day: NaiveDate, place: u64) -> String {
    let letters = match kind {
        ExportKind::Build => "BLD",
        ExportKind::Receipt => "RCP",
        ExportKind::Waste => "WST",
        ExportKind::Correction => "COR",
        ExportKind::Adjustment => "ADJ",
        ExportKind::Reversal => "REV",
        ExportKind::TrueUp => "TRU",
    };
    format!("{prefix}-{letters}-{}-{place}", day.format("%y%m%d"))
}

/// What people call a journal of so many documents.
pub fn journal_label(kind: ExportKind, count: usize, day: NaiveDate) -> String {
    let (one, many) = match kind {
        ExportKind::Build => ("build", "builds"),
        ExportKind::Receipt => ("receipt", "receipts"),
        ExportKind::Waste => ("loss", "losses"),
        ExportKind::Correction => ("correction", "corrections"),
        ExportKind::Adjustment => ("adjustment", "adjustments"),
        ExportKind::Reversal => ("reversal", "reversals"),
        ExportKind::TrueUp => ("true-up", "true-ups"),
    };
    format!("Journal of {count} {} of {day}", if count == 1 { one } else { many })
}

/// The entry of all members: per account and side the sum of theirs, debits first. Nothing is netted, so that each side
/// says what the documents say.
pub fn gathered(reference: &str, day: NaiveDate, label: &str, members: &[(Export, Journal)]) -> Journal {
    let mut lines: Vec<AmountLine> = Vec::new();
    for line in members.iter().flat_map(|(_, journal)| &journal.lines) {
        match lines.iter_mut().find(|sum| (&sum.account, sum.side) == (&line.account, line.side)) {
            Some(sum) => {
                sum.amount += line.amount;
                sum.residue += line.residue;
            }
            None => lines.push(AmountLine { description: label.to_owned(), ..line.clone() }),
        }
    }
    lines.sort_by_key(|line| line.side == Side::Credit);
    let named = |(export, _): &(Export, Journal)| Member {
        export: export.id.0,
        reference: export.reference.clone(),
        label: export.label.clone(),
    };
    let members_named: Vec<Member> = members.iter().map(named).collect();
    Journal {
        reference: reference.to_owned(),
        date: day,
        memo: memo(label, &members_named),
        lines,
        residue: members.iter().map(|(_, journal)| journal.residue).sum::<Decimal>(),
        members: members_named,
    }
}

fn memo(label: &str, members: &[Member]) -> String {
    let names: Vec<&str> = members.iter().map(|member| member.label.as_str()).collect();
    let text = format!("{label}: {}", names.join(", "));
    if text.chars().count() <= MEMO_MAX {
        return text;
    }
    text.chars().take(MEMO_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_in_its_own_time_zone() {
        let day = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        let end = |zone| day_ends(day, zone).to_utc().to_rfc3339();
        assert_eq!(end("Pacific/Auckland"), "2026-06-01T12:00:00+00:00");
        assert_eq!(end("America/Los_Angeles"), "2026-06-02T07:00:00+00:00");
        assert_eq!(end("nowhere"), "2026-06-02T00:00:00+00:00");
        // Clocks go forward at midnight in Santiago on 6 September 2026, so 5 September ends where 1 o'clock begins.
        let day = NaiveDate::from_ymd_opt(2026, 9, 5).unwrap();
        assert_eq!(day_ends(day, "America/Santiago").to_utc().to_rfc3339(), "2026-09-06T04:00:00+00:00");
    }

    #[test]
    fn references_of_journals_fit() {
        let day = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        assert_eq!(journal_reference("SB", ExportKind::Build, day, 1), "SB-BLD-260601-1");
        assert!(
            journal_reference("ABCDEF", ExportKind::Reversal, day, 999).len() <= super::super::names::REFERENCE_MAX
        );
        assert_eq!(journal_label(ExportKind::Waste, 1, day), "Journal of 1 loss of 2026-06-01");
    }
}
