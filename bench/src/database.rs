//! Databases for measurements: SQLite files in a temporary folder, databases of a temporary PostgreSQL cluster.
//!
//! Rule: as durable as in production (SQLite's `synchronous=FULL`, PostgreSQL's `fsync` and `synchronous_commit`): a
//! measurement without them would flatter the batching. Everything is removed at the end, however that comes.

use std::{
    env, fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};
use tempfile::TempDir;

/// The superuser of the temporary cluster, reached through its socket alone.
const USER: &str = "bench";
/// How long the server may take to start.
const START_TIME: Duration = Duration::from_secs(60);
/// Runs the server until this process ends, which closes its standard input, then removes the folder.
const GUARD: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// A kind of database, and where new ones are made.
#[derive(Debug)]
pub enum Place {
    /// SQLite files in this folder.
    Sqlite(TempDir),
    /// Databases of this cluster.
    Postgres(Cluster),
}

impl Place {
    /// Both kinds.
    ///
    /// # Errors
    /// When there is no PostgreSQL to start.
    pub async fn both() -> Result<[Self; 2]> {
        Ok([Self::sqlite()?, Self::Postgres(Cluster::start().await?)])
    }

    /// SQLite alone.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn sqlite() -> Result<Self> {
        Ok(Self::Sqlite(TempDir::with_prefix("stockbridge-bench-")?))
    }

    /// Its name for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address of a database that is new and empty.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn fresh(&self) -> Result<String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        match self {
            Self::Sqlite(folder) => Ok(format!("sqlite://{}", folder.path().join(name).with_extension("db").display())),
            Self::Postgres(cluster) => cluster.fresh(&name).await,
        }
    }

    /// The process whose children serve the database; none where it is in ours.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn server(&self) -> Result<Option<u32>> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(cluster) => cluster.pid().map(Some),
        }
    }
}

/// A temporary PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    guard: Child,
    stdin: Option<ChildStdin>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.stdin.take());
        if let Err(error) = self.guard.wait() {
            tracing::error!(%error, folder = %self.folder.display(), "the temporary PostgreSQL was not waited for");
        }
    }
}

impl Cluster {
    async fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL's server programs are missing: apt-get install postgresql")?;
        let folder = TempDir::with_prefix("sb-bench-")?.keep();
        let owner = owner(&folder)?;
        let output = command(&programs.join("initdb"), owner)
            .args(["--username", USER, "--auth", "trust", "--locale", "C", "--encoding", "UTF8", "--no-instructions"])
            .arg("--pgdata")
            .arg(folder.join("data"))
            .output()?;
        ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
        let mut guard = command(Path::new("/bin/sh"), owner);
        guard.args(["-c", GUARD, "bench-guard"]).arg(&folder).arg(programs.join("postgres"));
        guard.arg("-D").arg(folder.join("data")).arg("-k").arg(&folder);
        guard.args(["-c", "listen_addresses=", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"]);
        let mut guard = guard.stdin(Stdio::piped()).stderr(Stdio::null()).process_group(0).spawn()?;
        let stdin = guard.stdin.take();
        let cluster = Self { folder, guard, stdin };
        cluster.wait_until_ready().await?;
        Ok(cluster)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@localhost/{database}?host={}", self.folder.display())
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let begun = Instant::now();
        loop {
            match connect(&self.url("postgres")).await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(error) if begun.elapsed() > START_TIME => {
                    let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    bail!("PostgreSQL did not start: {error}; its log says: {}", log.trim());
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn fresh(&self, name: &str) -> Result<String> {
        let admin = connect(&self.url("postgres")).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        // What earlier rounds left to be written later shall not slow this one down.
        admin.execute_unprepared("CHECKPOINT").await?;
        admin.close().await?;
        Ok(self.url(name))
    }

    fn pid(&self) -> Result<u32> {
        let text = fs::read_to_string(self.folder.join("data/postmaster.pid")).context("PostgreSQL is gone")?;
        Ok(text.lines().next().unwrap_or_default().trim().parse()?)
    }
}

/// One connection of its own, for what is not part of a measurement.
///
/// # Errors
/// When the database does not answer.
pub async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).connect_timeout(Duration::from_secs(20)).sqlx_logging(false);
    Database::connect(options).await
}

/// The folder with `initdb` and `postgres`: on PATH, or where Debian keeps them.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    let mut folders = env::split_paths(&path).chain(debian);
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// The user and group to run the server as: another one when we are root, as whom it refuses to run.
fn owner(folder: &Path) -> Result<Option<(u32, u32)>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let owner: (u32, u32) = find("postgres").or_else(|| find("nobody")).context("no user to run PostgreSQL as")?;
    chown(folder, Some(owner.0), Some(owner.1))?;
    Ok(Some(owner))
}

fn command(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path))).env("LC_ALL", "C");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}
