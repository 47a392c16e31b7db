//! The real program in a process of its own, which a test may kill.
//!
//! Rule: ended with the test; what it said is shown when it does not start.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use domain::{
    Ambient,
    business::{Business, Businesses},
    store::{Db, PoolSize},
};
use entity::Role;
use providers::settings::ProviderSettings;
use secrecy::ExposeSecret;
use serde_json::Value;
use stockbridge::{
    auth::{Grant, mint},
    config::{Auth, SecretText},
};
use url::Url;

use crate::{PATIENCE, TestDatabase, sandbox::Sandbox, world::TOKEN_SECRET};

/// A running gateway.
#[derive(Debug)]
pub struct Program {
    /// Where it is.
    pub url: Url,
    child: Child,
}

/// The built program, beside the folder of this test program.
fn path() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the test program lies in a folder")?;
    let program = folder.join("stockbridge");
    ensure!(program.exists(), "{} is missing; build it with `make build`", program.display());
    Ok(program)
}

impl Program {
    /// Starts `stockbridge serve` on a database, with its provider at the sandbox; `port` 0 takes a free one.
    ///
    /// # Errors
    /// When it does not serve.
    pub fn serve(folder: &Path, database: &str, sandbox: &Sandbox, port: u16) -> Result<Self> {
        Self::serve_with(folder, database, &sandbox.settings(), port)
    }

    /// As [`Program::serve`], with other settings of the provider.
    ///
    /// # Errors
    /// When it does not serve.
    pub fn serve_with(folder: &Path, database: &str, settings: &ProviderSettings, port: u16) -> Result<Self> {
        let endpoints: Vec<String> =
            settings.endpoints.iter().map(|(name, url)| format!("{name} = \"{url}\"")).collect();
        let key = STANDARD.encode([7; 32]);
        let said = folder.join("said");
        let child = Command::new(path()?)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .current_dir(folder)
            .env_clear()
            .env("STOCKBRIDGE_DATABASE__URL", database)
            .env("STOCKBRIDGE_AUTH__HS256_SECRET", TOKEN_SECRET)
            .env("STOCKBRIDGE_VAULT__KEYS", format!("[{{ id = \"1\", key = \"{key}\" }}]"))
            .env("STOCKBRIDGE_SYNC__PREFETCH_PAGES", "1")
            .env("STOCKBRIDGE_SYNC__HEARTBEAT_SECONDS", "1")
            .env("STOCKBRIDGE_TELEMETRY__FORMAT", "json")
            .env("STOCKBRIDGE_PROVIDERS__QUICKBOOKS__CLIENT_ID", &settings.client_id)
            .env("STOCKBRIDGE_PROVIDERS__QUICKBOOKS__CLIENT_SECRET", settings.client_secret.expose_secret())
            .env("STOCKBRIDGE_PROVIDERS__QUICKBOOKS__ENDPOINTS", format!("{{ {} }}", endpoints.join(", ")))
            .env("STOCKBRIDGE_PROVIDERS__QUICKBOOKS__REQUESTS_PER_SECOND", "1000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&said)?)
            .spawn()?;
        let mut program = Self { url: Url::parse("http://127.0.0.1/")?, child };
        program.url = program.wait_until_serving(&said)?;
        Ok(program)
    }

    /// Runs `stockbridge doctor` on a database; answers whether it found all well, and what it said.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn doctor(folder: &Path, database: &str) -> Result<(bool, String)> {
        let key = STANDARD.encode([7; 32]);
        let told = Command::new(path()?)
            .arg("doctor")
            .current_dir(folder)
            .env_clear()
            .env("STOCKBRIDGE_DATABASE__URL", database)
            .env("STOCKBRIDGE_AUTH__HS256_SECRET", TOKEN_SECRET)
            .env("STOCKBRIDGE_VAULT__KEYS", format!("[{{ id = \"1\", key = \"{key}\" }}]"))
            .stdin(Stdio::null())
            .output()?;
        Ok((told.status.success(), String::from_utf8(told.stdout)?))
    }

    fn wait_until_serving(&mut self, said: &Path) -> Result<Url> {
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(said)?;
            if let Some(address) = text.lines().find_map(serving) {
                return Ok(Url::parse(&format!("http://{address}/"))?);
            }
            if self.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("the program does not serve: {text}");
            }
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// Kills it at once, as a power cut does: it can do nothing about it.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// The address in the line that says so.
fn serving(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let fields = &line["fields"];
    (fields["message"] == "serving").then(|| fields["address"].as_str().map(str::to_owned)).flatten()
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have been killed already, which is what most tests do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A new business on a database that no program works on yet, and its owner's token.
///
/// # Errors
/// When the database refuses.
pub async fn new_owner(database: &TestDatabase) -> Result<String> {
    let (db, ambient) = (Db::connect(&database.url, PoolSize::default()).await?, Ambient::system());
    let business = Business {
        id: ambient.id(),
        name: "Cedar & Steel".to_owned(),
        time_zone: "America/Los_Angeles".to_owned(),
        currency: "USD".to_owned(),
        receiving: false,
        sales_tracking: false,
        qa_review: false,
        created_at: ambient.now(),
    };
    let id = business.id;
    Businesses::new(db.clone(), ambient).ensure(business).await?;
    db.connection().clone().close().await?;
    let auth = Auth { hs256_secret: Some(SecretText::new(TOKEN_SECRET)), ..Auth::default() };
    let (issued_at, expires_at) = (Utc::now(), Utc::now() + TimeDelta::hours(1));
    let grant = Grant { subject: "owner".to_owned(), business: id, role: Role::Owner, issued_at, expires_at };
    Ok(mint(&auth, &grant)?)
}
