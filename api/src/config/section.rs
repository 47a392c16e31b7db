//! How a configuration section is written down: one list of settings from which the struct, its defaults and its
//! reference table all come.
//!
//! Rule: a setting exists once. Its documentation ends in the name of its environment variable (tested).

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use url::Url;

use super::secret::SecretText;

/// How the text of an environment variable becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Taken as it stands: `0123` stays `0123`.
    Text,
    /// A number, `true`/`false`, or a list or table in TOML's inline form.
    Literal,
}

/// One setting, as the reference table shows it.
#[derive(Debug, Clone)]
pub struct Field {
    /// Path in the file, for example `server.listen`; `<id>` stands for a provider's id.
    pub path: String,
    /// How its variable is read.
    pub kind: Kind,
    /// What it means.
    pub help: String,
    /// Its default as text; empty when there is none.
    pub default: String,
}

impl Field {
    /// The environment variable of this setting.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.path.replace("<id>", "<ID>").replace('.', "__").to_uppercase())
    }
}

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "STOCKBRIDGE_";

/// A section of the configuration.
pub(super) trait Section {
    /// Its settings, each with its whole path.
    fn fields() -> Vec<Field>;
}

/// A type a setting can have.
pub(super) trait Setting {
    /// How a variable's text is read into it.
    const KIND: Kind;

    /// The default for people.
    fn show(&self) -> String;
}

macro_rules! setting {
    ($kind:ident: $($ty:ty),+) => {$(
        impl Setting for $ty {
            const KIND: Kind = Kind::$kind;
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

setting!(Text: String, SocketAddr, Url);
setting!(Literal: u16, u32, u64, usize, bool);

impl Setting for PathBuf {
    const KIND: Kind = Kind::Text;

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for SecretText {
    const KIND: Kind = Kind::Text;

    fn show(&self) -> String {
        String::new()
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: Kind = T::KIND;

    fn show(&self) -> String {
        self.as_ref().map(Setting::show).unwrap_or_default()
    }
}

impl<T: Setting> Setting for Vec<T> {
    const KIND: Kind = Kind::Literal;

    fn show(&self) -> String {
        self.iter().map(Setting::show).collect::<Vec<_>>().join(", ")
    }
}

impl<T> Setting for BTreeMap<String, T> {
    const KIND: Kind = Kind::Literal;

    fn show(&self) -> String {
        String::new()
    }
}

/// Writes a section: documentation, name, place in the file, and `field: type = default` lines.
macro_rules! section {
    ($(#[doc = $about:literal])+ $name:ident at $path:literal { $($(#[doc = $doc:literal])+ $field:ident: $ty:ty = $default:expr,)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $ty,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::config::section::Section for $name {
            fn fields() -> Vec<$crate::config::section::Field> {
                use $crate::config::section::{Field, Setting};
                let defaults = Self::default();
                vec![$(Field {
                    path: concat!($path, ".", stringify!($field)).to_owned(),
                    kind: <$ty as Setting>::KIND,
                    help: concat!($($doc),+).trim().to_owned(),
                    default: defaults.$field.show(),
                },)+]
            }
        }
    };
}
pub(crate) use section;
