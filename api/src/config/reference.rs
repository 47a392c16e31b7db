//! The list of all settings, and docs/CONFIGURATION.md made from it.
//!
//! Rule: the page is written by this code; a test compares them.

use super::{
    auth::Auth,
    call_log::CallLog,
    database::Database,
    exports::Exports,
    limits::Limits,
    providers::ProviderClient,
    section::{Field, Section},
    server::Server,
    sync::Sync,
    telemetry::Telemetry,
    vault::Vault,
};

/// Every setting there is, in the order of the page.
pub fn fields() -> Vec<Field> {
    [
        Server::fields(),
        Database::fields(),
        Auth::fields(),
        Vault::fields(),
        Limits::fields(),
        Sync::fields(),
        Exports::fields(),
        CallLog::fields(),
        ProviderClient::fields(),
        Telemetry::fields(),
    ]
    .concat()
}

const INTRODUCTION: &str = "# Configuration

Defaults, then a TOML file, then environment variables; the later one wins. The file is the one named by `--config` (or
`STOCKBRIDGE_CONFIG`), else `./stockbridge.toml` if it exists. A key, a variable or a provider that does not exist is an
error. Lists and tables in a variable are written in TOML's inline form: `STOCKBRIDGE_SERVER__ORIGINS='[\"https://a.example\"]'`.
`stockbridge doctor` checks the result and says what is missing.

```toml
[server]
listen = \"127.0.0.1:8080\"
public_url = \"https://stock.example\"

[auth]
hs256_secret = \"at least thirty-two characters of secret\"

[vault]
keys = [{ id = \"2026-01\", key = \"<openssl rand -base64 32>\" }]
```
";

/// The page.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut current = String::new();
    for field in fields() {
        let (section, name) = field.path.rsplit_once('.').unwrap_or(("", &field.path));
        if section != current {
            section.clone_into(&mut current);
            page.push_str(&format!(
                "\n## `[{section}]`\n\n| Key | Variable | Default | Meaning |\n|---|---|---|---|\n"
            ));
        }
        page.push_str(&row(name, &field));
    }
    page
}

fn row(name: &str, field: &Field) -> String {
    let variable = field.variable();
    let meaning = field.help.replace(&format!("`{variable}`"), "");
    let default = if field.default.is_empty() { String::new() } else { format!("`{}`", field.default) };
    format!("| `{name}` | `{variable}` | {default} | {} |\n", meaning.trim())
}
