//! Parts played by other processes: started from the same binary, told what to do, asked what they used.
//!
//! Rule: a part ends when its standard input ends, so none outlives the measurement, however that ends.

use std::{fs, io::Write as _, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, Command},
    time::timeout,
};

/// How long a part may take until it says where it is; a sandbox writes its books before that.
const START_TIME: Duration = Duration::from_secs(300);
/// How long a part may take to end.
const END_TIME: Duration = Duration::from_secs(30);
/// Clock ticks per second in `/proc` on every Linux we build for (`getconf CLK_TCK`).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running part.
#[derive(Debug)]
pub struct Part {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Its process.
    pub pid: u32,
}

impl Part {
    /// Starts a part and reads the one line in which it says what it has to say.
    ///
    /// # Errors
    /// When it does not start or says something else.
    pub async fn start<T: DeserializeOwned>(part: &str, settings: &impl Serialize) -> Result<(Self, T)> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(part)
            .arg(serde_json::to_string(settings)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{part} cannot be started"))?;
        let pid = child.id().context("it has already ended")?;
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let line = timeout(START_TIME, lines.next_line()).await.with_context(|| format!("{part} says nothing"))??;
        let line = line.with_context(|| format!("{part} ended at once"))?;
        let said = serde_json::from_str(&line).with_context(|| format!("{part} said {line:?}"))?;
        Ok((Self { child, stdin, pid }, said))
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// When it does not end or ends badly.
    pub async fn end(mut self) -> Result<()> {
        drop(self.stdin.take());
        let status = timeout(END_TIME, self.child.wait()).await.context("a part did not end")??;
        if !status.success() {
            bail!("a part ended with {status}");
        }
        Ok(())
    }
}

/// For the part itself: says what it has to say.
///
/// # Errors
/// When nobody listens.
pub fn say(what: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    Ok(out.flush()?)
}

/// For the part itself: waits until it shall end.
pub async fn until_told() {
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: the runtime does not wait for it when the part ends by itself.
    std::thread::spawn(move || {
        let read = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        if let Err(error) = read {
            tracing::warn!(%error, "standard input cannot be read");
        }
        drop(ended);
    });
    let _ = end.await;
}

/// CPU time a process has used so far, all threads, user and system.
///
/// # Errors
/// When the process is gone.
pub fn cpu(pid: u32) -> Result<Duration> {
    let fields = stat(pid)?;
    Ok(ticks(&fields, 11) + ticks(&fields, 12))
}

/// CPU time of a process, of its children, and of children it has waited for.
///
/// # Errors
/// When the process is gone.
pub fn cpu_with_children(pid: u32) -> Result<Duration> {
    let own = stat(pid)?;
    let mut sum = (11..=14).map(|place| ticks(&own, place)).sum();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(fields) = stat(id) else { continue };
        if fields.get(1).is_some_and(|parent| parent.parse() == Ok(pid)) {
            sum += ticks(&fields, 11) + ticks(&fields, 12);
        }
    }
    Ok(sum)
}

/// Fields of `/proc/PID/stat` after the name, which may hold blanks; the state is the first.
fn stat(pid: u32) -> Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    let (_, rest) = text.rsplit_once(')').context("/proc/PID/stat looks different here")?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String], place: usize) -> Duration {
    let ticks: u32 = fields.get(place).and_then(|ticks| ticks.parse().ok()).unwrap_or(0);
    Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND)
}

/// Resident memory of a process in MiB: now, and at its peak.
///
/// # Errors
/// When the process is gone.
pub fn memory(pid: u32) -> Result<(f64, f64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
        let kilobytes: u32 = line.trim().trim_end_matches(" kB").parse()?;
        Ok::<f64, anyhow::Error>(f64::from(kilobytes) / 1024.0)
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}
