//! Starts the Xero sandbox and says, in one line of JSON, where it is; ends in order on SIGTERM or Ctrl-C.
//!
//! Rule: for tests and benchmarks; people use the program's own `sandbox` command.

use std::{error::Error, io::Write, time::Duration};

use providers::{sandbox::SandboxOptions, xero::sandbox};
use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let running = sandbox::start(options()?).await?;
    let line = serde_json::json!({
        "url": running.url,
        "client_id": running.client_id,
        "client_secret": running.client_secret.expose_secret(),
        "endpoints": running.endpoints,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(running.stop().await?)
}

/// `--listen ADDRESS --items N --seed N --directory PATH --latency-ms N --no-throttle`
fn options() -> Result<SandboxOptions, Box<dyn Error>> {
    let mut options = SandboxOptions::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--no-throttle" {
            options.throttle = false;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--listen" => options.listen = value.parse()?,
            "--items" => options.extra_items = value.parse()?,
            "--seed" => options.seed = value.parse()?,
            "--directory" => options.directory = Some(value.into()),
            "--latency-ms" => options.latency = Duration::from_millis(value.parse()?),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    Ok(options)
}
