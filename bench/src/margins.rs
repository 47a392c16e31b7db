//! Suite `margins`: reports over 500,000 sale lines of 20,000 products, against plain SQL reports.
//!
//! Rule: the plain report adds up the lines of the range and takes what they cost from the lot entries, as a report does
//! that nobody has prepared for: by a question for each line or by a join, whichever is faster on this database. The bare
//! one takes the cost that our lines carry, by the index on the date alone. All must answer the same rows, or the run
//! fails. They take turns in every round.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use domain::{
    Ambient,
    business::{Actor, Business, Businesses},
    margin::{Dimension, MarginFilter, MarginRow, Margins, OrderField, Report},
    page::Direction,
    store::Db,
};
use entity::{BusinessId, ProductId, Role};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use stockbridge::{app, config::Config, config::SecretText};

use crate::{
    compare::{ROUNDS, at_least, middle, ratio},
    database::Place,
    report::Section,
};

/// Sale lines, of one year; fewer where a debug build only shows that it works.
const LINES: u32 = if cfg!(debug_assertions) { 20_000 } else { 500_000 };
/// Products that take turns in them.
const PRODUCTS: u32 = LINES / 25;
/// Rows that are shown.
const SHOWN: u32 = 50;
/// Runs of one report in a round; of the plain ones fewer.
const RUNS: u32 = 40;
const PLAIN_RUNS: u32 = 3;
/// How many times as fast as the plain report: whole months, and any other range.
const MONTHS: f64 = 150.0;
const ANY: f64 = 4.0;

/// A report, and what is asked of it.
struct Target {
    name: &'static str,
    report: Report,
    goal: f64,
}

/// What one run took: ours, plain, bare.
struct Round {
    ours: Duration,
    plain: Duration,
    bare: Duration,
}

/// Runs the suite.
///
/// # Errors
/// When a report answers other rows than the plain ones, or the sums are not those of the lines.
pub async fn measure() -> Result<Section> {
    let head = ["database", "report", "ours", "plain", "bare", "plain ÷ ours", "bare ÷ ours"];
    let mut section = Section::new("Margins of 500,000 sale lines", &head);
    for place in &Place::both().await? {
        let desk = Desk::open(place).await?;
        let begun = Instant::now();
        let sums = desk.margins.rebuild(desk.business).await?;
        section.notes.push(format!(
            "{}: {sums} sums made anew in {:.2} s.",
            place.name(),
            begun.elapsed().as_secs_f64()
        ));
        desk.settle().await?;
        let stale = desk.margins.prove(desk.business).await?;
        ensure!(stale.is_empty(), "the sums are not those of the lines: {stale:?}");
        for target in targets()? {
            let plain = desk.faster(&target).await?;
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                rounds.push(desk.round(&target, plain).await?);
            }
            section.rows.push(row(place, &target, &rounds));
        }
        desk.db.close().await?;
    }
    Ok(section)
}

fn row(place: &Place, target: &Target, rounds: &[Round]) -> Vec<String> {
    let time =
        |figure: fn(&Round) -> Duration| format!("{:.3} ms", middle(rounds, |round| figure(round).as_secs_f64() * 1e3));
    vec![
        place.name().to_owned(),
        target.name.to_owned(),
        time(|round| round.ours),
        time(|round| round.plain),
        time(|round| round.bare),
        at_least(middle(rounds, |round| ratio(round.plain, round.ours)), target.goal, ""),
        format!("{:.2}", middle(rounds, |round| ratio(round.bare, round.ours))),
    ]
}

fn targets() -> Result<[Target; 5]> {
    let day = |text: &str| text.parse::<NaiveDate>().context("a day");
    let report = |by: &[Dimension], from: &str, to: &str, order| {
        anyhow::Ok(Report {
            group_by: by.to_vec(),
            from: day(from)?,
            to: day(to)?,
            filter: MarginFilter::default(),
            order,
            as_of: None,
            known_at: None,
        })
    };
    let largest = (OrderField::Revenue, Direction::Descending);
    let product = &[Dimension::Product][..];
    let months = (OrderField::Period, Direction::Ascending);
    Ok([
        Target {
            name: "a month by product, top 50",
            report: report(product, "2025-05-01", "2025-05-31", largest)?,
            goal: MONTHS,
        },
        Target {
            name: "a year by month",
            report: report(&[Dimension::Month], "2025-01-01", "2025-12-31", months)?,
            goal: MONTHS,
        },
        Target {
            name: "20 days by product, top 50",
            report: report(product, "2025-05-05", "2025-05-24", largest)?,
            goal: ANY,
        },
        Target {
            name: "100 days by product, top 50",
            report: report(product, "2025-03-18", "2025-06-25", largest)?,
            goal: ANY,
        },
        Target {
            name: "a year by product, top 50",
            report: report(product, "2025-01-01", "2025-12-31", largest)?,
            goal: ANY,
        },
    ])
}

/// A business with a year of sales.
struct Desk {
    db: Db,
    margins: Margins,
    owner: Actor,
    business: BusinessId,
}

/// A row of a plain report.
#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Plain {
    period: Option<NaiveDate>,
    product_id: Option<ProductId>,
    revenue: i64,
    cost: i64,
    quantity: i64,
    lines: i64,
}

/// Where a report in plain SQL takes the costs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// The lot entries of each line, asked one line at a time.
    Asked,
    /// The lot entries, joined.
    Joined,
    /// The line.
    Carried,
}

impl Desk {
    async fn open(place: &Place) -> Result<Self> {
        let mut config = Config::default();
        config.database.url = SecretText::new(place.fresh().await?);
        config.database.migrate = true;
        let (db, ambient) = (app::open_database(&config).await?, Ambient::system());
        let businesses = Businesses::new(db.clone(), ambient.clone());
        let business = Business {
            id: ambient.id(),
            name: "Bench".to_owned(),
            time_zone: "UTC".to_owned(),
            currency: "USD".to_owned(),
            receiving: true,
            sales_tracking: true,
            qa_review: false,
            created_at: ambient.now(),
        };
        let id = business.id;
        businesses.ensure(business).await?;
        let owner = businesses.actor(id, "bench", Role::Owner).await?.context("no actor")?;
        let desk = Self { margins: Margins::new(db.clone()), db, owner, business: id };
        desk.fill().await?;
        Ok(desk)
    }

    fn is_postgres(&self) -> bool {
        self.db.connection().get_database_backend() == DbBackend::Postgres
    }

    async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<()> {
        let backend = self.db.connection().get_database_backend();
        self.db.connection().execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }

    /// Lines of every day of 2025, each with the one lot entry that tells its cost.
    async fn fill(&self) -> Result<()> {
        let (series, id, product, day, double) = if self.is_postgres() {
            (
                format!("SELECT n FROM generate_series(CAST(0 AS bigint), {}) AS s(n)", LINES - 1),
                "gen_random_uuid()",
                // The same product for the same number.
                format!("CAST(LPAD(TO_HEX((n * 7919) % {PRODUCTS} + 1), 32, '0') AS uuid)"),
                "(DATE '2025-01-01' + CAST(n % 365 AS integer))",
                "bigint",
            )
        } else {
            (
                format!(
                    "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {}) SELECT n FROM s",
                    LINES - 1
                ),
                "randomblob(16)",
                format!("unhex(printf('%032x', (n * 7919) % {PRODUCTS} + 1))"),
                "date('2025-01-01', '+' || (n % 365) || ' days')",
                "integer",
            )
        };
        let money = |base: i64, spread: i64| {
            format!("CAST({base} + (CAST(n AS {double}) * 104729 % {spread}) * 10000 AS {double})")
        };
        let insert = format!(
            "INSERT INTO sale_line (id, business_id, sale_id, version, position, external_id, channel_id, date, state, counted, \
             product_id, quantity, revenue, cost, short_quantity, cost_status, movement_id, processed_at) \
             SELECT {id}, $1, {id}, 1, 0, '0', $1, {day}, 'PROCESSED', $2, {product}, 1000000, {}, {}, 0, 'COMPLETE', {id}, 1 \
             FROM ({series}) t",
            money(20_000_000, 9_973),
            money(11_000_000, 4_999)
        );
        self.run(&insert, [self.business.into(), true.into()]).await?;
        let entries = format!(
            "INSERT INTO lot_entry (id, business_id, product_id, lot_id, movement_id, quantity, value, cost_status, \
             effective_on, recorded_at) SELECT {id}, business_id, product_id, id, movement_id, -quantity, -cost, 'COMPLETE', \
             date, 1 FROM sale_line WHERE business_id = $1"
        );
        self.run(&entries, [self.business.into()]).await
    }

    /// The planner knows what there is, and pages are marked as visible to all, as a server does in time by itself.
    async fn settle(&self) -> Result<()> {
        let upkeep = if self.is_postgres() { "VACUUM ANALYZE" } else { "ANALYZE" };
        self.db.connection().execute_unprepared(upkeep).await?;
        Ok(())
    }

    /// The faster of the two ways to the lot entries, each once it is warm.
    async fn faster(&self, target: &Target) -> Result<Cost> {
        let (asked, joined) = (self.plain(target, Cost::Asked).await?, self.plain(target, Cost::Joined).await?);
        ensure!(asked.0 == joined.0, "{}: the plain reports differ", target.name);
        Ok(if asked.1 < joined.1 { Cost::Asked } else { Cost::Joined })
    }

    async fn round(&self, target: &Target, plain: Cost) -> Result<Round> {
        let ours = self.ours(target).await?;
        let (plain, bare) = (self.plain(target, plain).await?, self.plain(target, Cost::Carried).await?);
        let same = ours.0.len() == plain.0.len() && ours.0.iter().zip(&plain.0).all(|(one, other)| is_same(one, other));
        ensure!(same && !plain.0.is_empty() && plain.0 == bare.0, "{}: the reports differ", target.name);
        Ok(Round { ours: ours.1, plain: plain.1, bare: bare.1 })
    }

    async fn ours(&self, target: &Target) -> Result<(Vec<MarginRow>, Duration)> {
        let mut rows = self.margins.page(&self.owner, &target.report, SHOWN, None).await?.rows;
        let begun = Instant::now();
        for _ in 0..RUNS {
            rows = self.margins.page(&self.owner, &target.report, SHOWN, None).await?.rows;
        }
        Ok((rows, begun.elapsed() / RUNS))
    }

    async fn plain(&self, target: &Target, cost: Cost) -> Result<(Vec<Plain>, Duration)> {
        let sql = self.plain_sql(target, cost);
        let backend = self.db.connection().get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, [self.business.into()]);
        let mut rows = Plain::find_by_statement(statement.clone()).all(self.db.connection()).await?;
        let begun = Instant::now();
        for _ in 0..PLAIN_RUNS {
            rows = Plain::find_by_statement(statement.clone()).all(self.db.connection()).await?;
        }
        Ok((rows, begun.elapsed() / PLAIN_RUNS))
    }

    fn plain_sql(&self, target: &Target, cost: Cost) -> String {
        let month =
            if self.is_postgres() { "date_trunc('month', l.date)::date" } else { "date(l.date, 'start of month')" };
        let (key, shown, order) = match target.report.period() {
            Some(_) => (format!("{month} AS key"), "u.key AS period, NULL AS product_id", "1"),
            None => ("l.product_id AS key".to_owned(), "NULL AS period, u.key AS product_id", "3 DESC, u.key DESC"),
        };
        // Our index on lines would serve the plain reports as well; they are to go by the date alone.
        let table = if self.is_postgres() { "sale_line l" } else { "sale_line l INDEXED BY sale_line_by_date" };
        let counted = if self.is_postgres() { "l.counted IS NOT FALSE" } else { "l.counted" };
        // Days are part of the text, as in ours: a prepared statement would get one plan for all ranges.
        let which = format!(
            "l.business_id = $1 AND {counted} AND l.date >= '{}' AND l.date <= '{}'",
            target.report.from, target.report.to
        );
        let asked = "COALESCE((SELECT -SUM(e.value) FROM lot_entry e WHERE e.business_id = l.business_id AND \
                     e.movement_id = l.movement_id), 0)";
        let rows = match cost {
            Cost::Asked => {
                format!("SELECT {key}, l.revenue, {asked} AS cost, l.quantity, 1 AS n FROM {table} WHERE {which}")
            }
            Cost::Carried => format!("SELECT {key}, l.revenue, l.cost, l.quantity, 1 AS n FROM {table} WHERE {which}"),
            Cost::Joined => format!(
                "SELECT {key}, l.revenue, 0 AS cost, l.quantity, 1 AS n FROM {table} WHERE {which} UNION ALL \
                 SELECT {key}, 0, -e.value, 0, 0 FROM {table} JOIN lot_entry e ON e.business_id = l.business_id AND \
                 e.movement_id = l.movement_id WHERE {which}"
            ),
        };
        format!(
            "SELECT {shown}, CAST(SUM(u.revenue) AS BIGINT) AS revenue, CAST(SUM(u.cost) AS BIGINT) AS cost, \
             CAST(SUM(u.quantity) AS BIGINT) AS quantity, CAST(SUM(u.n) AS BIGINT) AS lines FROM ({rows}) u \
             GROUP BY u.key ORDER BY {order} LIMIT {SHOWN}"
        )
    }
}

fn is_same(ours: &MarginRow, plain: &Plain) -> bool {
    let (keys, figures) = (&ours.keys, &ours.figures);
    (keys.period, keys.product) == (plain.period, plain.product_id)
        && (figures.revenue.0, figures.cost.0) == (plain.revenue, plain.cost)
        && (figures.quantity.0, figures.lines) == (plain.quantity, plain.lines)
}
