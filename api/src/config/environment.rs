//! Reads `STOCKBRIDGE_…` variables into the configuration.
//!
//! Rule: a variable of ours that names no setting is an error; text settings are taken as they stand, so that a secret
//! made of digits stays text.

use figment::{
    Error, Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

use super::{
    problem::Problem,
    section::{Field, Kind, PREFIX},
};

/// Variables that are ours but no settings: the command line reads them.
const NOT_SETTINGS: [&str; 1] = ["STOCKBRIDGE_CONFIG"];

/// The variables, matched against the known settings.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    dict: Dict,
}

impl Environment {
    /// Sorts `variables` into the settings of `fields`; `ids` are those that `<id>` may be.
    ///
    /// # Errors
    /// Names the first variable that belongs to no setting.
    pub(super) fn read(
        variables: impl Iterator<Item = (String, String)>,
        fields: &[Field],
        ids: &[&str],
    ) -> Result<Self, Problem> {
        let mut dict = Dict::new();
        for (variable, text) in variables {
            if !variable.starts_with(PREFIX) || NOT_SETTINGS.contains(&variable.as_str()) {
                continue;
            }
            let path = variable.trim_start_matches(PREFIX).to_lowercase().replace("__", ".");
            let field =
                fields.iter().find(|field| matches(&field.path, &path)).ok_or_else(|| unknown(&variable, fields))?;
            insert(&mut dict, &with_known_id(path, ids), value(field.kind, &text));
        }
        Ok(Self { dict })
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment (STOCKBRIDGE_… variables)")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

/// Whether `path` is the setting `pattern`, in which `<id>` stands for any one name.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut left, mut right) = (pattern.split('.'), path.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some("<id>"), Some(id)) if !id.is_empty() => {}
            (Some(expected), Some(found)) if expected == found => {}
            _ => return false,
        }
    }
}

/// A variable's name can hold no dash, an id can: `two_words` stands for `two-words` where that is known.
fn with_known_id(path: String, ids: &[&str]) -> String {
    let Some((section, id, rest)) = path.split_once('.').and_then(|(section, rest)| {
        let (id, rest) = rest.split_once('.')?;
        Some((section, id, rest))
    }) else {
        return path;
    };
    match ids.iter().find(|known| known.replace('-', "_") == id) {
        Some(known) => format!("{section}.{known}.{rest}"),
        None => path,
    }
}

fn value(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Text => Value::from(text),
        Kind::Literal => text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {}),
    }
}

fn insert(dict: &mut Dict, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            dict.insert(path.to_owned(), value);
        }
        Some((head, tail)) => {
            let entry = dict.entry(head.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = entry {
                insert(inner, tail, value);
            }
        }
    }
}

fn unknown(variable: &str, fields: &[Field]) -> Problem {
    let known: Vec<String> = fields.iter().map(Field::variable).collect();
    Problem::unknown(variable, "the environment".to_owned(), known.iter().map(String::as_str))
}
