//! `stockbridge-bench [all | sync | throttle | limiter | memory | pages | invoices | engine | stock | exports | margins | sales]`: measures, prints, and writes bench/RESULTS.md.
//!
//! Rule: the same binary plays every part (sandbox, gateway, load), each in a process of its own, so that CPU and memory
//! of one are not counted for another. It has the allocator of the real program.

use stockbridge_bench::{gateway, load, sandbox, suite};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The TLS library asks for one process-wide choice; it fails only where one was made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let (part, settings) = (arguments.next().unwrap_or_else(|| "all".to_owned()), arguments.next());
    let settings = settings.as_deref().unwrap_or("{}");
    match part.as_str() {
        sandbox::PART => sandbox::play(settings).await,
        gateway::PART => gateway::play(settings).await,
        load::PART => load::play(settings).await,
        suite => suite::run(suite).await,
    }
}
