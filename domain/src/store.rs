//! The database: connection, write transactions, bulk writes, keyset pages.
//!
//! Rule: every write goes through [`Db::write`]. SQLite has one writer, so writers queue at a gate in this process
//! instead of polling the file's lock, and share one connection: the pages and the prepared bulk statements that a writer
//! keeps in memory would otherwise be kept once for every connection of the pool. PostgreSQL needs neither.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
/// A connection or a transaction, for use-cases that hand either to a store.
pub(crate) use sea_orm::ConnectionTrait as Connection;
pub use sea_orm::DbErr;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    EntityTrait, ExprTrait, IsolationLevel, Order, QueryFilter, QueryOrder, QuerySelect, Select, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait, Value,
    sea_query::{Expr, IntoColumnRef, SimpleExpr},
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::page::{Direction, PageRequest, SortKey};

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    connection: DatabaseConnection,
    writer: Option<DatabaseConnection>,
    gate: Option<Arc<Mutex<()>>>,
    statements: Arc<AtomicU64>,
}

/// How many connections to keep.
#[derive(Debug, Clone, Copy)]
pub struct PoolSize {
    /// Most connections.
    pub max: u32,
    /// Connections kept open.
    pub min: u32,
}

impl Default for PoolSize {
    fn default() -> Self {
        Self { max: 8, min: 1 }
    }
}

/// A write transaction. Dropped without [`WriteTx::commit`], it is rolled back.
#[derive(Debug)]
pub struct WriteTx {
    transaction: DatabaseTransaction,
    _gate: Option<OwnedMutexGuard<()>>,
}

impl Db {
    /// Opens the database; the SQLite file is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be reached or opened.
    pub async fn connect(url: &str, pool: PoolSize) -> Result<Self, DbErr> {
        let db = Self::over(Database::connect(Self::options(url, pool)).await?);
        if db.gate.is_none() {
            return Ok(db);
        }
        Ok(db.with_writer(Database::connect(Self::options(url, PoolSize { max: 1, min: 0 })).await?))
    }

    fn options(url: &str, pool: PoolSize) -> ConnectOptions {
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(pool.max)
            .min_connections(pool.min)
            .acquire_timeout(Duration::from_secs(30))
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|options| {
                options
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(15))
                    .statement_cache_capacity(200)
                    .pragma("journal_mode", "WAL")
                    // A commit that was answered must survive a power cut: these are somebody's books.
                    .pragma("synchronous", "FULL")
            });
        options
    }

    /// The database over an open connection, whose SQLite pragmas must be as in [`Db::connect`].
    pub fn over(mut connection: DatabaseConnection) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        connection.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let gate = (connection.get_database_backend() == DbBackend::Sqlite).then(|| Arc::new(Mutex::new(())));
        Self { connection, writer: None, gate, statements }
    }

    /// With a connection of its own for writers, to the same SQLite file.
    #[must_use]
    pub fn with_writer(mut self, mut writer: DatabaseConnection) -> Self {
        let counter = Arc::clone(&self.statements);
        writer.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        self.writer = Some(writer);
        self
    }

    /// Closes its connections.
    ///
    /// # Errors
    /// When one cannot be closed.
    pub async fn close(self) -> Result<(), DbErr> {
        if let Some(writer) = self.writer {
            writer.close().await?;
        }
        self.connection.close().await
    }

    /// The connection, for reads and for the jobs' own tables.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Statements executed so far, transactions' own included; tests pin differences of it.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Begins a write transaction.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self) -> Result<WriteTx, DbErr> {
        let gate = match &self.gate {
            Some(gate) => Some(Arc::clone(gate).lock_owned().await),
            None => None,
        };
        let options = TransactionOptions {
            isolation_level: gate.is_none().then_some(IsolationLevel::ReadCommitted),
            access_mode: gate.is_none().then_some(AccessMode::ReadWrite),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let connection = self.writer.as_ref().unwrap_or(&self.connection);
        let transaction = connection.begin_with_options(options).await?;
        Ok(WriteTx { transaction, _gate: gate })
    }

    /// Answers a trivial query.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.connection.execute_unprepared("SELECT 1").await.map(|_| ())
    }
}

impl WriteTx {
    /// Makes everything written here last.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }

    /// The transaction as a connection.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

/// Executes `sql` with `$1`-style placeholders (both databases take them) and tells how many rows it touched.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// A keyset page of an entity's rows: one row-value comparison per bound, one row too many to see whether there are more.
pub(crate) fn keyset<E: EntityTrait>(
    select: Select<E>,
    key: impl IntoColumnRef + Clone,
    id: impl IntoColumnRef + Clone,
    direction: Direction,
    request: &PageRequest,
) -> Select<E> {
    let row = || {
        Expr::tuple([
            SimpleExpr::Column(key.clone().into_column_ref()),
            SimpleExpr::Column(id.clone().into_column_ref()),
        ])
    };
    let place = |position: &crate::page::Position| {
        let key = match &position.key {
            SortKey::Text(text) => Expr::val(text.clone()),
            SortKey::Number(number) => Expr::val(*number),
            SortKey::Day(day) => Expr::val(*day),
        };
        Expr::tuple([key, Expr::val(position.id)])
    };
    let forward = direction == Direction::Ascending;
    let mut select = select;
    if let Some(after) = &request.after {
        select = select.filter(if forward { row().gt(place(after)) } else { row().lt(place(after)) });
    }
    if let Some(before) = &request.before {
        select = select.filter(if forward { row().lt(place(before)) } else { row().gt(place(before)) });
    }
    let order = if forward != request.from_end { Order::Asc } else { Order::Desc };
    select
        .order_by(SimpleExpr::Column(key.into_column_ref()), order.clone())
        .order_by(SimpleExpr::Column(id.into_column_ref()), order)
        .limit(u64::from(request.limit) + 1)
}

/// `LIKE` pattern that finds `search` anywhere, lower case, with the wildcards of the user's text taken literally.
pub(crate) fn contains_pattern(search: &str) -> String {
    contains_as_written(&search.to_lowercase())
}

/// As [`contains_pattern`], in the case it is written in.
pub(crate) fn contains_as_written(search: &str) -> String {
    let mut pattern = String::with_capacity(search.len() + 2);
    pattern.push('%');
    for symbol in search.chars() {
        if matches!(symbol, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(symbol);
    }
    pattern.push('%');
    pattern
}

/// A column of a bulk write: all its values, of one type. Absent text and numbers become NULL.
#[derive(Debug)]
pub(crate) enum Column {
    /// Ids.
    Uuid(Vec<Uuid>),
    /// Texts that are never null.
    Text(Vec<String>),
    /// Texts where empty means null.
    NullableText(Vec<String>),
    /// Numbers that are never null.
    Number(Vec<i64>),
    /// Numbers where [`ABSENT`] means null.
    NullableNumber(Vec<i64>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Ids where [`Uuid::nil`] means null.
    NullableUuid(Vec<Uuid>),
    /// Days, null where there is none.
    Date(Vec<Option<NaiveDate>>),
}

/// Stands for NULL in a [`Column::NullableNumber`]: arrays of a statement cannot hold nulls.
pub(crate) const ABSENT: i64 = i64::MIN;

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Uuid(values) => values.len(),
            Self::Text(values) | Self::NullableText(values) => values.len(),
            Self::Number(values) | Self::NullableNumber(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::NullableUuid(values) => values.len(),
            Self::Date(values) => values.len(),
        }
    }

    fn value(&self, row: usize) -> Value {
        match self {
            Self::Uuid(values) => values[row].into(),
            Self::Text(values) => values[row].as_str().into(),
            Self::NullableText(values) => {
                if values[row].is_empty() {
                    Value::String(None)
                } else {
                    values[row].as_str().into()
                }
            }
            Self::Number(values) => values[row].into(),
            Self::NullableNumber(values) => {
                if values[row] == ABSENT {
                    Value::BigInt(None)
                } else {
                    values[row].into()
                }
            }
            Self::Bool(values) => values[row].into(),
            Self::NullableUuid(values) => Some(values[row]).filter(|id| !id.is_nil()).into(),
            Self::Date(values) => values[row].into(),
        }
    }

    fn into_array(self) -> Value {
        match self {
            Self::Uuid(values) => values.into(),
            Self::Text(values) | Self::NullableText(values) => values.into(),
            Self::Number(values) | Self::NullableNumber(values) => values.into(),
            Self::Bool(values) => values.into(),
            Self::NullableUuid(values) => values.into(),
            Self::Date(values) => {
                let texts = values.into_iter().map(|day| day.map(|day| day.to_string()).unwrap_or_default());
                texts.collect::<Vec<String>>().into()
            }
        }
    }

    fn array_expression(&self, name: &str) -> String {
        match self {
            Self::NullableText(_) => format!("NULLIF({name}, '')"),
            Self::NullableNumber(_) => format!("NULLIF({name}, {ABSENT})"),
            Self::NullableUuid(_) => format!("NULLIF({name}, '{}'::uuid)", Uuid::nil()),
            Self::Date(_) => format!("NULLIF({name}, '')::date"),
            _ => name.to_owned(),
        }
    }

    fn array_type(&self) -> &'static str {
        match self {
            Self::Uuid(_) | Self::NullableUuid(_) => "uuid[]",
            Self::Text(_) | Self::NullableText(_) | Self::Date(_) => "text[]",
            Self::Number(_) | Self::NullableNumber(_) => "bigint[]",
            Self::Bool(_) => "boolean[]",
        }
    }
}

/// Plans each statement of this transaction afresh: where a first sync fills a table without statistics, a plan that was
/// kept from when it was empty reads all of it for every look-up. Only on PostgreSQL, and only in a transaction.
pub(crate) async fn plan_afresh(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        execute(tx, "SET LOCAL plan_cache_mode = force_custom_plan", []).await?;
    }
    Ok(())
}

/// Texts as one value: an array on PostgreSQL, a JSON list on SQLite.
pub(crate) fn texts(backend: DbBackend, texts: Vec<String>) -> Value {
    match backend {
        DbBackend::Postgres => texts.into(),
        _ => serde_json::Value::from(texts).to_string().into(),
    }
}

/// Rows of one SQLite statement: few texts to keep prepared, far below the limit of 32,766 values.
const SQLITE_ROWS: usize = 250;

/// Writes many rows: inserts them, and on a conflict does what `conflict` says (an `ON CONFLICT …` clause, or nothing).
/// One statement on PostgreSQL (`unnest`), one per [`SQLITE_ROWS`] rows on SQLite.
pub(crate) async fn bulk_insert(
    connection: &impl ConnectionTrait,
    table: &str,
    columns: Vec<(&'static str, Column)>,
    conflict: &str,
) -> Result<(), DbErr> {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    if rows == 0 {
        return Ok(());
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let head = format!("INSERT INTO {table} ({})", names.join(", "));
    if connection.get_database_backend() == DbBackend::Postgres {
        let selected: Vec<String> =
            columns.iter().map(|(name, column)| column.array_expression(&format!("r.{name}"))).collect();
        let arrays: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(place, (_, column))| format!("${}::{}", place + 1, column.array_type()))
            .collect();
        let sql = format!(
            "{head} SELECT {} FROM unnest({}) AS r({}) {conflict}",
            selected.join(", "),
            arrays.join(", "),
            names.join(", "),
        );
        execute(connection, &sql, columns.into_iter().map(|(_, column)| column.into_array())).await?;
        return Ok(());
    }
    let one_row = format!("({})", vec!["?"; columns.len()].join(", "));
    for start in (0..rows).step_by(SQLITE_ROWS) {
        let end = rows.min(start + SQLITE_ROWS);
        let sql = format!("{head} VALUES {} {conflict}", vec![one_row.as_str(); end - start].join(", "));
        let values = (start..end).flat_map(|row| columns.iter().map(move |(_, column)| column.value(row)));
        execute(connection, &sql, values.collect::<Vec<_>>()).await?;
    }
    Ok(())
}
