//! Jobs: wakes a worker for each run, on the same database.
//!
//! Rule: a job is only a wake-up; the run's row is the truth. A job lost is found by the look for orphans, one that comes
//! twice finds the run taken or ended. The queue's own `setup` is not used: it would switch SQLite's `synchronous` off
//! for connections that carry the books, so only its migrations are run.

mod exports;
mod reconcile;
mod schedule;
mod sweep;
mod watch;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use apalis::prelude::{
    BackendExt, BoxDynError, Data, Strategy, TaskBuilder, TaskSink, WorkerBuilder, WorkerBuilderExt,
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use async_trait::async_trait;
use domain::{
    store::Db,
    sync::{JobQueue, QueueError, Runner},
};
use entity::{BusinessId, RunId};
use sea_orm::DbBackend;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, mpsc};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use exports::export_until;
pub use reconcile::reconcile_until;
pub use schedule::schedule_until;
pub use sweep::sweep;
pub use watch::watch_until;

/// How often the queue is looked at without a wake-up: other replicas' jobs, and those of a dead worker.
const LOOK: Duration = Duration::from_secs(1);
/// How often runs without a live worker are looked for.
const ORPHANS: Duration = Duration::from_secs(5);
/// How often jobs that ended long ago are removed; first at the start.
const SWEEP: Duration = Duration::from_secs(6 * 60 * 60);
/// Pause before a worker that failed begins again.
const PAUSE: Duration = Duration::from_secs(1);

/// A wake-up for a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RunJob {
    business: Uuid,
    run: Uuid,
}

/// The queue on the database's own kind.
enum Storage {
    Sqlite(SqliteStorage<RunJob>),
    Postgres(PostgresStorage<RunJob>),
}

/// The queue of run jobs.
pub struct Jobs {
    db: Db,
    storage: Mutex<Storage>,
    /// Looks at the queue at once after a push in this process.
    nudge: mpsc::UnboundedSender<()>,
    nudged: Mutex<Option<mpsc::UnboundedReceiver<()>>>,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jobs")
    }
}

impl Jobs {
    /// Opens the queue and brings its tables up to date.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open(db: &Db) -> anyhow::Result<Self> {
        let connection = db.connection();
        let storage = match connection.get_database_backend() {
            DbBackend::Sqlite => {
                let pool = connection.get_sqlite_connection_pool();
                SqliteStorage::<()>::migrations().run(pool).await?;
                Storage::Sqlite(SqliteStorage::new(pool))
            }
            DbBackend::Postgres => {
                let pool = connection.get_postgres_connection_pool();
                PostgresStorage::<()>::migrations().run(pool).await?;
                Storage::Postgres(PostgresStorage::new(pool))
            }
            other => anyhow::bail!("no job queue on {other:?}"),
        };
        let (nudge, nudged) = mpsc::unbounded_channel();
        Ok(Self { db: db.clone(), storage: Mutex::new(storage), nudge, nudged: Mutex::new(Some(nudged)) })
    }
}

#[async_trait]
impl JobQueue for Jobs {
    async fn push(&self, business: BusinessId, run: RunId, wake_up: &str) -> Result<(), QueueError> {
        let job = RunJob { business: business.0, run: run.0 };
        let task = TaskBuilder::new(job).idempotency_key(format!("{run}:{wake_up}")).max_attempts(1).build();
        let refused = |error: &dyn fmt::Display| QueueError(error.to_string());
        match &mut *self.storage.lock().await {
            Storage::Sqlite(storage) => storage.push_task(task).await.map_err(|error| refused(&error))?,
            Storage::Postgres(storage) => storage.push_task(task).await.map_err(|error| refused(&error))?,
        }
        // Without a worker in this process nobody listens; another process will look.
        let _ = self.nudge.send(());
        Ok(())
    }
}

/// On a task of its own, so that a run's own work keeps no other run waiting.
async fn work(job: RunJob, runner: Data<Arc<Runner>>) -> Result<(), BoxDynError> {
    let runner = Arc::clone(&runner);
    tokio::spawn(async move { runner.work(job.business.into(), job.run.into()).await }).await??;
    Ok(())
}

/// Works on runs until `stop`: the queue's worker, begun again when it fails, and the look for orphans beside it.
pub async fn work_until(jobs: Arc<Jobs>, runner: Arc<Runner>, workers: usize, stop: CancellationToken) {
    let orphans = tokio::spawn(look_for_orphans(Arc::clone(&jobs), Arc::clone(&runner), stop.clone()));
    let mut nudged = jobs.nudged.lock().await.take();
    while !stop.is_cancelled() {
        if let Err(error) = work_once(&jobs, &runner, workers, nudged.take(), &stop).await {
            tracing::warn!(%error, "the job worker failed and begins again");
            tokio::select! { () = stop.cancelled() => {} () = tokio::time::sleep(PAUSE) => {} }
        }
    }
    orphans.abort();
}

async fn work_once(
    jobs: &Jobs,
    runner: &Arc<Runner>,
    workers: usize,
    nudged: Option<mpsc::UnboundedReceiver<()>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let name = format!("stockbridge-{}", Uuid::now_v7());
    let nudges = nudged.unwrap_or_else(|| mpsc::unbounded_channel().1);
    let strategy = Strategy::new().stream(UnboundedReceiverStream::new(nudges)).interval(LOOK);
    let stopped = stop.clone();
    let until = async move {
        stopped.cancelled().await;
        Ok::<(), std::io::Error>(())
    };
    let (sqlite, postgres) = match &*jobs.storage.lock().await {
        Storage::Sqlite(storage) => (Some(storage.clone()), None),
        Storage::Postgres(storage) => (None, Some(storage.clone())),
    };
    if let Some(storage) = sqlite {
        WorkerBuilder::new(name)
            .backend(storage.poll_with_strategy(strategy))
            .data(Arc::clone(runner))
            .concurrency(workers)
            .build(work)
            .run_until(until)
            .await?;
    } else if let Some(storage) = postgres {
        WorkerBuilder::new(name)
            .backend(storage.poll_with_strategy(strategy))
            .data(Arc::clone(runner))
            .concurrency(workers)
            .build(work)
            .run_until(until)
            .await?;
    }
    Ok(())
}

async fn look_for_orphans(jobs: Arc<Jobs>, runner: Arc<Runner>, stop: CancellationToken) {
    let (mut silence, mut swept) = (runner.silence(), None::<Instant>);
    while !stop.is_cancelled() {
        match runner.queue_orphans(&*jobs, silence).await {
            Ok(0) => {}
            Ok(found) => tracing::info!(found, "runs without a live worker are taken up again"),
            Err(error) => tracing::warn!(%error, "the look for orphaned runs failed"),
        }
        if swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            match sweep(&jobs.db).await {
                Ok(gone) => tracing::debug!(gone, "jobs that ended long ago are removed"),
                Err(error) => tracing::warn!(%error, "jobs that ended long ago could not be removed"),
            }
        }
        // Only at the start may every unfinished run be taken for an orphan; later this process's own are among them.
        silence = runner.live_silence();
        tokio::select! { () = stop.cancelled() => {} () = tokio::time::sleep(ORPHANS) => {} }
    }
}
