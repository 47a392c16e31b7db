//! A PostgreSQL of the tests' own: one temporary cluster per test run, started by whichever test needs it first.
//!
//! Rule: nobody has to start or stop it. A guard beside it waits for the end of the run (however it ends), then stops
//! the server and removes its folder.
//!
//! nextest runs every test in a process of its own; they find each other by the run: its id, or the process that started
//! them all. They meet at a locked file, and the first one does the work.

use std::{
    env,
    fs::{self, File, Permissions},
    io::ErrorKind,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::{CommandExt, parent_id},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};
use tokio::sync::OnceCell;

/// The superuser of the cluster; anybody who reaches its socket may be it.
const USER: &str = "stockbridge";
/// The database that all others are copied from.
const TEMPLATE: &str = "stockbridge_template";
/// How long the server may take to start.
const START_TIME: Duration = Duration::from_secs(60);
/// What to do when there is no server to start.
const MISSING: &str = "PostgreSQL's server programs are missing: apt-get install postgresql-15 (or put `initdb` and \
                       `postgres` on PATH, or name their folder in STOCKBRIDGE_TEST_POSTGRES)";

/// Runs the server and sees to its end. Arguments: the run's process, the folder, the server and its arguments.
/// The run may belong to another user, whom one may look at but not signal.
const GUARD: &str = r#"
run=$1; folder=$2; shift 2
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
alive() { kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]; }
while alive "$run" && alive "$server"; do sleep 0.5; done
kill -INT "$server" 2>/dev/null
wait "$server"
alive "$run" || rm -rf "$folder"
"#;

/// The address of a database of the run's cluster.
pub fn url(database: &str, folder: &Path) -> String {
    format!("postgres://{USER}@localhost/{database}?host={}", folder.display())
}

/// A new database with all migrations done.
///
/// # Errors
/// When there is no PostgreSQL to start or it does not start.
pub async fn create(name: &str) -> Result<String> {
    let folder = cluster().await?;
    let admin = connect(&url("postgres", folder)).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await?;
    admin.close().await?;
    Ok(url(name, folder))
}

/// A new database with nothing in it.
///
/// # Errors
/// When there is no PostgreSQL to start or it does not start.
pub async fn create_empty(name: &str) -> Result<String> {
    let folder = cluster().await?;
    let admin = connect(&url("postgres", folder)).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
    admin.close().await?;
    Ok(url(name, folder))
}

/// Removes a database; whoever is still connected to it is cut off.
///
/// # Errors
/// When the server refuses.
pub async fn drop(name: &str) -> Result<()> {
    let folder = cluster().await?;
    let admin = connect(&url("postgres", folder)).await?;
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    Ok(admin.close().await?)
}

/// The folder of the run's cluster, which is running.
async fn cluster() -> Result<&'static Path> {
    static CLUSTER: OnceCell<PathBuf> = OnceCell::const_new();
    CLUSTER.get_or_try_init(join_or_start).await.map(PathBuf::as_path)
}

/// The process whose end is the end of the run, and a name for the run.
fn run() -> (u32, String) {
    let parent = parent_id();
    match env::var("NEXTEST_RUN_ID") {
        Ok(id) => (parent, id.chars().filter(char::is_ascii_hexdigit).take(12).collect()),
        // Cargo starts the test programs of a run one after another.
        Err(_) if env::var_os("CARGO").is_some() => (parent, format!("c{parent}")),
        Err(_) => (std::process::id(), format!("p{}", std::process::id())),
    }
}

async fn join_or_start() -> Result<PathBuf> {
    let (process, name) = run();
    let folder = short_temporary_folder().join(format!("sb-{name}"));
    let lock = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || lock(&folder)).await??
    };
    if !folder.join("ready").exists() {
        let started = start(process, &folder).await;
        if let Err(error) = &started {
            // The other tests of this run need not try again.
            fs::write(folder.join("failed"), format!("{error:#}"))?;
        }
        started?;
        File::create(folder.join("ready"))?;
    }
    std::mem::drop(lock);
    Ok(folder)
}

/// A socket's path may have 107 bytes at most.
fn short_temporary_folder() -> PathBuf {
    let folder = env::temp_dir();
    if folder.as_os_str().len() > 60 { PathBuf::from("/tmp") } else { folder }
}

fn lock(folder: &Path) -> Result<File> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(error).context(format!("{}: not to be written; set TMPDIR", folder.display()));
        }
        _ => {}
    }
    let file = File::create(folder.join("lock"))?;
    file.lock()?;
    if let Ok(reason) = fs::read_to_string(folder.join("failed")) {
        bail!(reason);
    }
    Ok(file)
}

async fn start(run: u32, folder: &Path) -> Result<()> {
    let programs = find_programs().context(MISSING)?;
    let owner = owner(folder)?;
    initialise(&programs, folder, owner)?;
    launch(&programs, run, folder, owner)?;
    let admin = wait_until_ready(folder).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0")).await?;
    admin.close().await?;
    let template = connect(&url(TEMPLATE, folder)).await?;
    <migration::Migrator as migration::MigratorTrait>::up(&template, None).await?;
    Ok(template.close().await?)
}

/// The folder with `initdb` and `postgres`: as told, on PATH, or where Debian keeps them, the newest first.
fn find_programs() -> Option<PathBuf> {
    let told = env::var_os("STOCKBRIDGE_TEST_POSTGRES").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .map(|entry| (entry.file_name().to_string_lossy().parse().unwrap_or(0), entry.path().join("bin")))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let mut candidates =
        told.into_iter().chain(env::split_paths(&path)).chain(versions.into_iter().map(|(_, folder)| folder));
    candidates.find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// The user and group that the server runs as: another one when we are root, as whom it refuses to run.
fn owner(folder: &Path) -> Result<Option<(u32, u32)>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let fields: Vec<&str> =
            users.lines().map(|line| line.split(':').collect()).find(|f: &Vec<&str>| f[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    let owner = find("postgres").or_else(|| find("nobody"));
    let owner = owner.context("tests run by root need a user `postgres` or `nobody` to run PostgreSQL as")?;
    chown(folder, Some(owner.0), Some(owner.1))?;
    Ok(Some(owner))
}

fn command(program: impl AsRef<std::ffi::OsStr>, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    // Locale and messages as the tests expect them; PG… variables are for another server.
    command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path))).env("LC_ALL", "C");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

fn initialise(programs: &Path, folder: &Path, owner: Option<(u32, u32)>) -> Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let arguments = ["--username", USER, "--auth", "trust", "--locale", "C", "--encoding", "UTF8", "--no-sync"];
    let output = command(programs.join("initdb"), owner)
        .args(arguments)
        .args(["--no-instructions", "--pgdata"])
        .arg(folder.join("data"))
        .output()?;
    ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

fn launch(programs: &Path, run: u32, folder: &Path, owner: Option<(u32, u32)>) -> Result<()> {
    let settings = [
        "listen_addresses=",
        "max_connections=400",
        "shared_buffers=64MB",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "timezone=UTC",
    ];
    let mut guard = command("/bin/sh", owner);
    guard.args(["-c", GUARD, "postgres-guard"]).arg(run.to_string()).arg(folder).arg(programs.join("postgres"));
    guard.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    guard.args(settings.iter().flat_map(|setting| ["-c", setting]));
    // Out of the test's process group, which a test runner ends as a whole.
    guard.stderr(Stdio::null()).process_group(0).spawn().context("/bin/sh")?;
    Ok(())
}

async fn wait_until_ready(folder: &Path) -> Result<DatabaseConnection> {
    let begun = Instant::now();
    loop {
        match connect(&url("postgres", folder)).await {
            Ok(connection) => return Ok(connection),
            Err(error) if begun.elapsed() > START_TIME => {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start: {error}; its log says: {}", log.trim());
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).connect_timeout(Duration::from_secs(20)).sqlx_logging(false);
    Database::connect(options).await
}
