//! Queries of runs, events, issues, pages and the lock.

use entity::{
    BusinessId, IntegrationId, RunId, SyncKind, SyncPhase, SyncRunState, Timestamp, sync_event, sync_issue, sync_lock,
    sync_page, sync_run,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement, Value,
};
use uuid::Uuid;

use super::{
    fence::Report,
    lock::Claim,
    model::{Event, Issue, IssueRow, LockRow, Progress, Run, RunFilter},
};
use crate::{
    error::Refusal,
    page::{Direction, Page, PageRequest},
    store::{execute, keyset},
};

const OVER: [SyncRunState; 5] = [
    SyncRunState::Succeeded,
    SyncRunState::SucceededWithIssues,
    SyncRunState::Failed,
    SyncRunState::Cancelled,
    SyncRunState::Skipped,
];

pub(super) async fn ensure_lock(connection: &impl ConnectionTrait, business: BusinessId) -> Result<(), DbErr> {
    let sql = "INSERT INTO sync_lock (business_id, fence) VALUES ($1, 0) ON CONFLICT (business_id) DO NOTHING";
    execute(connection, sql, [business.into()]).await.map(|_| ())
}

pub(super) async fn lock_row(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<Option<LockRow>, DbErr> {
    sync_lock::Entity::find_by_id(business).one(connection).await
}

pub(super) async fn lock_for_update(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<Option<LockRow>, DbErr> {
    sync_lock::Entity::find_by_id(business).lock_exclusive().one(connection).await
}

/// Gives the lock to a run and raises the fence.
pub(super) async fn take_lock(connection: &impl ConnectionTrait, claim: &Claim<'_>) -> Result<(), DbErr> {
    let sql = "UPDATE sync_lock SET run_id = $1, kind = $2, held_by = $3, acquired_at = $4, expires_at = $5, fence = fence + 1 \
               WHERE business_id = $6";
    let kind = sea_orm::ActiveEnum::to_value(&claim.kind);
    let values: [Value; 6] = [
        claim.run.into(),
        kind.into(),
        claim.held_by.into(),
        claim.now.into(),
        claim.until.into(),
        claim.business.into(),
    ];
    execute(connection, sql, values).await.map(|_| ())
}

/// Raises the fence of a lock that the run already has.
pub(super) async fn raise_fence(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    until: Timestamp,
) -> Result<(), DbErr> {
    let sql = "UPDATE sync_lock SET expires_at = $1, fence = fence + 1 WHERE business_id = $2";
    execute(connection, sql, [until.into(), business.into()]).await.map(|_| ())
}

/// Renews a lease. Answers whether the fence is still the worker's.
pub(super) async fn renew(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
    fence: i64,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE sync_lock SET expires_at = $1 WHERE business_id = $2 AND run_id = $3 AND fence = $4";
    let values: [Value; 4] = [until.into(), business.into(), run.into(), fence.into()];
    Ok(execute(connection, sql, values).await? == 1)
}

pub(super) async fn release_lock(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
) -> Result<(), DbErr> {
    let sql = "UPDATE sync_lock SET run_id = NULL, kind = NULL, held_by = NULL, acquired_at = NULL, expires_at = NULL \
               WHERE business_id = $1 AND run_id = $2";
    execute(connection, sql, [business.into(), run.into()]).await.map(|_| ())
}

pub(super) async fn insert_run(connection: &impl ConnectionTrait, run: Run) -> Result<(), DbErr> {
    run.into_active_model().insert(connection).await.map(|_| ())
}

pub(crate) async fn run(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
) -> Result<Option<Run>, DbErr> {
    sync_run::Entity::find_by_id(id).filter(sync_run::Column::BusinessId.eq(business)).one(connection).await
}

pub(super) async fn runs(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[RunId],
) -> Result<Vec<Run>, DbErr> {
    sync_run::Entity::find()
        .filter(sync_run::Column::BusinessId.eq(business))
        .filter(sync_run::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

fn select_runs(business: BusinessId, filter: &RunFilter) -> Select<sync_run::Entity> {
    let mut select = sync_run::Entity::find().filter(sync_run::Column::BusinessId.eq(business));
    if let Some(integration) = filter.integration {
        select = select.filter(sync_run::Column::IntegrationId.eq(integration));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(sync_run::Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.states.is_empty() {
        select = select.filter(sync_run::Column::State.is_in(filter.states.iter().copied()));
    }
    select
}

pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &RunFilter,
    request: &PageRequest,
) -> Result<Page<Run>, DbErr> {
    let select = select_runs(business, filter);
    let select = keyset(select, sync_run::Column::CreatedAt, sync_run::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &RunFilter,
) -> Result<u64, DbErr> {
    select_runs(business, filter).count(connection).await
}

/// The latest run of a kind that has ended, whatever its state.
pub(super) async fn latest(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    kind: SyncKind,
) -> Result<Option<Run>, DbErr> {
    sync_run::Entity::find()
        .filter(sync_run::Column::BusinessId.eq(business))
        .filter(sync_run::Column::IntegrationId.eq(integration))
        .filter(sync_run::Column::Kind.eq(kind))
        .order_by_desc(sync_run::Column::CreatedAt)
        .order_by_desc(sync_run::Column::Id)
        .one(connection)
        .await
}

/// The latest run of a kind per integration.
pub(super) async fn latest_many(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integrations: &[IntegrationId],
    kind: SyncKind,
) -> Result<Vec<Run>, DbErr> {
    if integrations.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (3..).take(integrations.len()).map(|place| format!("${place}")).collect();
    // One look into the index per integration; PostgreSQL before 18 has no MAX of a uuid.
    let sql = format!(
        "SELECT run.* FROM sync_run AS run WHERE run.id IN (SELECT (SELECT latest.id FROM sync_run AS latest \
         WHERE latest.business_id = $1 AND latest.integration_id = integration.id AND latest.kind = $2 \
         ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1) FROM integration \
         WHERE integration.business_id = $1 AND integration.id IN ({}))",
        places.join(", ")
    );
    let kind = sea_orm::ActiveEnum::to_value(&kind);
    let values = [business.into(), kind.into()].into_iter().chain(integrations.iter().map(|id| (*id).into()));
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    sync_run::Entity::find().from_raw_sql(statement).all(connection).await
}

/// Runs that no live worker has, of all businesses: the system's own look, never a user's.
pub(super) async fn orphans(
    connection: &impl ConnectionTrait,
    silent_since: Timestamp,
) -> Result<Vec<(BusinessId, RunId)>, DbErr> {
    let rows = sync_run::Entity::find()
        .filter(sync_run::Column::State.is_in([SyncRunState::Queued, SyncRunState::Running]))
        .filter(
            sync_run::Column::HeartbeatAt
                .lte(silent_since)
                .or(sync_run::Column::HeartbeatAt.is_null().and(sync_run::Column::CreatedAt.lte(silent_since))),
        )
        .order_by_asc(sync_run::Column::CreatedAt)
        .limit(100)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|run| (run.business_id, run.id)).collect())
}

/// Notes that a worker has the run.
pub(super) async fn take_up(
    connection: &impl ConnectionTrait,
    run: &Run,
    worker: Uuid,
    now: Timestamp,
) -> Result<(), DbErr> {
    let again = i32::from(run.started_at.is_some());
    let changed = sync_run::ActiveModel {
        state: Set(SyncRunState::Running),
        worker: Set(Some(worker)),
        heartbeat_at: Set(Some(now)),
        started_at: Set(Some(run.started_at.unwrap_or(now))),
        resumed_times: Set(run.resumed_times + again),
        ..Default::default()
    };
    sync_run::Entity::update_many()
        .set(changed)
        .filter(sync_run::Column::Id.eq(run.id))
        .filter(sync_run::Column::BusinessId.eq(run.business_id))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Says that the worker lives. Answers whether a user asked to end the run.
pub(super) async fn heartbeat(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
    worker: Uuid,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE sync_run SET heartbeat_at = $1 WHERE id = $2 AND business_id = $3 AND worker = $4";
    execute(connection, sql, [now.into(), id.into(), business.into(), worker.into()]).await?;
    Ok(run(connection, business, id).await?.is_some_and(|run| run.cancel_requested))
}

pub(crate) async fn cancel_requested(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
) -> Result<bool, DbErr> {
    let found: Option<bool> = sync_run::Entity::find_by_id(id)
        .select_only()
        .column(sync_run::Column::CancelRequested)
        .filter(sync_run::Column::BusinessId.eq(business))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(found.unwrap_or(false))
}

/// Stores progress and its event. Answers the event's number.
pub(super) async fn report(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
    report: &Report<'_>,
) -> Result<i64, DbErr> {
    let Progress { phase, done, total, cursor, .. } = report.progress;
    let current = run(connection, business, id).await?.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?;
    let sequence = current.last_sequence + 1;
    let changed = sync_run::ActiveModel {
        state: Set(report.state),
        phase: Set(*phase),
        done: Set(*done),
        total: Set(*total),
        cursor: Set(cursor.clone()),
        counts: Set(report.counts()),
        last_sequence: Set(sequence),
        ..Default::default()
    };
    sync_run::Entity::update_many()
        .set(changed)
        .filter(sync_run::Column::Id.eq(id))
        .filter(sync_run::Column::BusinessId.eq(business))
        .exec(connection)
        .await?;
    let event = Event {
        run_id: id,
        sequence,
        business_id: business,
        at: report.now,
        state: report.state,
        phase: *phase,
        done: *done,
        total: *total,
        counts: report.counts(),
        message: report.message.to_owned(),
    };
    sync_event::Entity::insert(event.into_active_model()).exec_without_returning(connection).await?;
    Ok(sequence)
}

/// How a run ended.
pub(super) struct Ending<'a> {
    pub(super) state: SyncRunState,
    pub(super) refusal: Option<&'a Refusal>,
    pub(super) message: &'a str,
    pub(super) now: Timestamp,
}

/// Ends a run: its row, its last event. What was committed stays.
pub(super) async fn finish(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
    ending: &Ending<'_>,
) -> Result<(), DbErr> {
    let Some(current) = run(connection, business, id).await? else { return Ok(()) };
    if OVER.contains(&current.state) {
        return Ok(());
    }
    let succeeded = matches!(ending.state, SyncRunState::Succeeded | SyncRunState::SucceededWithIssues);
    let progress = Progress {
        phase: if succeeded { SyncPhase::Done } else { current.phase },
        done: current.done,
        total: current.total,
        cursor: if succeeded { None } else { current.cursor.clone() },
        counts: super::model::Counts::from_json(&current.counts),
    };
    let end = Report { state: ending.state, progress: &progress, message: ending.message, now: ending.now };
    report(connection, business, id, &end).await?;
    let changed = sync_run::ActiveModel {
        finished_at: Set(Some(ending.now)),
        error_code: Set(ending.refusal.map(|refusal| refusal.code.as_str().to_owned())),
        error_message: Set(ending.refusal.map(|refusal| refusal.message.clone())),
        error_help: Set(ending.refusal.and_then(|refusal| refusal.help.clone())),
        provider_code: Set(ending.refusal.and_then(|refusal| refusal.provider_code.clone())),
        worker: Set(None),
        ..Default::default()
    };
    sync_run::Entity::update_many()
        .set(changed)
        .filter(sync_run::Column::Id.eq(id))
        .filter(sync_run::Column::BusinessId.eq(business))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Ends a run whose lease ran out.
pub(super) async fn abandon(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
    now: Timestamp,
) -> Result<(), DbErr> {
    let refusal = Refusal::new(
        crate::error::ErrorCode::InvalidState,
        "Its worker stopped without a word and its lock ran out; another run took over.",
    )
    .help("Nothing to do: what it had committed is kept, and the next sync completes it.");
    let ending = Ending { state: SyncRunState::Failed, refusal: Some(&refusal), message: "lock ran out", now };
    finish(connection, business, id, &ending).await
}

pub(super) async fn request_cancel(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: RunId,
) -> Result<(), DbErr> {
    let sql = "UPDATE sync_run SET cancel_requested = $1 WHERE id = $2 AND business_id = $3";
    execute(connection, sql, [true.into(), id.into(), business.into()]).await.map(|_| ())
}

pub(super) async fn events(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
    after: i64,
    limit: u64,
) -> Result<Vec<Event>, DbErr> {
    sync_event::Entity::find()
        .filter(sync_event::Column::RunId.eq(run))
        .filter(sync_event::Column::BusinessId.eq(business))
        .filter(sync_event::Column::Sequence.gt(after))
        .order_by_asc(sync_event::Column::Sequence)
        .limit(limit)
        .all(connection)
        .await
}

pub(super) async fn insert_issues(
    connection: &impl ConnectionTrait,
    business_id: BusinessId,
    run_id: RunId,
    event: i64,
    issues: &[Issue],
) -> Result<(), DbErr> {
    if issues.is_empty() {
        return Ok(());
    }
    let rows = issues.iter().zip(0_i64..).map(|(issue, place)| {
        IssueRow {
            run_id,
            // Unique and in order without counting: the event's number leads.
            sequence: event * 1_000_000 + place,
            business_id,
            severity: issue.severity,
            reason: issue.reason.clone(),
            message: issue.message.clone(),
            help: issue.help.clone(),
            external_id: issue.external_id.clone(),
            label: issue.label.clone(),
        }
        .into_active_model()
    });
    for chunk in rows.collect::<Vec<_>>().chunks(200) {
        sync_issue::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(connection).await?;
    }
    Ok(())
}

pub(super) async fn issues(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
    limit: u64,
) -> Result<Vec<IssueRow>, DbErr> {
    sync_issue::Entity::find()
        .filter(sync_issue::Column::RunId.eq(run))
        .filter(sync_issue::Column::BusinessId.eq(business))
        .order_by_asc(sync_issue::Column::Sequence)
        .limit(limit)
        .all(connection)
        .await
}

pub(super) async fn has_issues(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
) -> Result<bool, DbErr> {
    Ok(!issues(connection, business, run, 1).await?.is_empty())
}

pub(crate) async fn insert_page(
    connection: &impl ConnectionTrait,
    business_id: BusinessId,
    run_id: RunId,
    page: i32,
    seen: Vec<u8>,
) -> Result<(), DbErr> {
    let row = sync_page::Model { run_id, page, business_id, seen };
    sync_page::Entity::insert(row.into_active_model()).exec_without_returning(connection).await.map(|_| ())
}

pub(crate) async fn pages(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
) -> Result<Vec<sync_page::Model>, DbErr> {
    sync_page::Entity::find()
        .filter(sync_page::Column::RunId.eq(run))
        .filter(sync_page::Column::BusinessId.eq(business))
        .order_by_asc(sync_page::Column::Page)
        .all(connection)
        .await
}

/// Hands a failed run's pages on to the run that continues it.
pub(super) async fn adopt_pages(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    from: RunId,
    to: RunId,
) -> Result<(), DbErr> {
    let sql = "UPDATE sync_page SET run_id = $1 WHERE run_id = $2 AND business_id = $3";
    execute(connection, sql, [to.into(), from.into(), business.into()]).await.map(|_| ())
}

pub(super) async fn delete_pages(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    run: RunId,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM sync_page WHERE run_id = $1 AND business_id = $2";
    execute(connection, sql, [run.into(), business.into()]).await.map(|_| ())
}
