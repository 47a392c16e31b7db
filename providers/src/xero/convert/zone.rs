//! Time zones as Xero spells them (§3.6): the names that Windows gives them, without blanks, in capitals (from memory).
//!
//! Rule: a name that is not certain is no zone; the gateway then asks a person.

/// Each name with the city that stands for the zone in the IANA database (Unicode CLDR, windowsZones, territory 001).
const ZONES: &[(&str, &str)] = &[
    ("ALASKANSTANDARDTIME", "America/Anchorage"),
    ("ARABIANSTANDARDTIME", "Asia/Dubai"),
    ("ATLANTICSTANDARDTIME", "America/Halifax"),
    ("AUSCENTRALSTANDARDTIME", "Australia/Darwin"),
    ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
    ("CANADACENTRALSTANDARDTIME", "America/Regina"),
    ("CENAUSTRALIASTANDARDTIME", "Australia/Adelaide"),
    ("CENTRALEUROPEANSTANDARDTIME", "Europe/Warsaw"),
    ("CENTRALEUROPESTANDARDTIME", "Europe/Budapest"),
    ("CENTRALSTANDARDTIME", "America/Chicago"),
    ("CHINASTANDARDTIME", "Asia/Shanghai"),
    ("EASTERNSTANDARDTIME", "America/New_York"),
    ("EAUSTRALIASTANDARDTIME", "Australia/Brisbane"),
    ("FIJISTANDARDTIME", "Pacific/Fiji"),
    ("FLESTANDARDTIME", "Europe/Kiev"),
    ("GMTSTANDARDTIME", "Europe/London"),
    ("GREENWICHSTANDARDTIME", "Atlantic/Reykjavik"),
    ("GTBSTANDARDTIME", "Europe/Bucharest"),
    ("HAWAIIANSTANDARDTIME", "Pacific/Honolulu"),
    ("INDIASTANDARDTIME", "Asia/Kolkata"),
    ("KOREASTANDARDTIME", "Asia/Seoul"),
    ("MOUNTAINSTANDARDTIME", "America/Denver"),
    ("NEWFOUNDLANDSTANDARDTIME", "America/St_Johns"),
    ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
    ("PACIFICSTANDARDTIME", "America/Los_Angeles"),
    ("ROMANCESTANDARDTIME", "Europe/Paris"),
    ("SEASIASTANDARDTIME", "Asia/Bangkok"),
    ("SINGAPORESTANDARDTIME", "Asia/Singapore"),
    ("SOUTHAFRICASTANDARDTIME", "Africa/Johannesburg"),
    ("TAIPEISTANDARDTIME", "Asia/Taipei"),
    ("TASMANIASTANDARDTIME", "Australia/Hobart"),
    ("TOKYOSTANDARDTIME", "Asia/Tokyo"),
    ("TONGASTANDARDTIME", "Pacific/Tongatapu"),
    ("USMOUNTAINSTANDARDTIME", "America/Phoenix"),
    ("UTC", "Etc/UTC"),
    ("WAUSTRALIASTANDARDTIME", "Australia/Perth"),
    ("WEUROPESTANDARDTIME", "Europe/Berlin"),
];

/// The IANA zone; also where it is one already.
pub(super) fn iana(name: &str) -> Option<&str> {
    let known = ZONES.iter().find(|(own, _)| *own == name).map(|(_, zone)| *zone);
    known.or_else(|| name.parse::<chrono_tz::Tz>().is_ok().then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_exists_and_unknown_ones_are_none() {
        for (name, zone) in ZONES {
            assert!(zone.parse::<chrono_tz::Tz>().is_ok(), "{name}: {zone}");
            assert_eq!(iana(name), Some(*zone));
        }
        assert!(ZONES.is_sorted_by(|a, b| a.0 < b.0), "each once, in order");
        assert_eq!((iana("Europe/Berlin"), iana("MARSSTANDARDTIME")), (Some("Europe/Berlin"), None));
    }
}
