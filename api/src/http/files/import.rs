//! Products, opening stock and bills of materials from a CSV file.
//!
//! Rule: the file is on disk before the transaction begins, and so are the answers before it ends: a slow client holds
//! nothing up, and what is told as made is made.

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    ErrorCode, Refusal as Reason,
    business::Actor,
    intake::{Batch, BomGroup, BomRow, IntakeKind, OpeningRow, ProductRow, RowOutcome, RowStatus},
};
use futures::{StreamExt, stream};
use serde_json::json;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader, BufWriter},
};

use super::{
    Files, answered, refusal,
    sheet::{Row, Sheet},
    values::Cells,
};
use crate::{graphql::fault::FaultCode, http::query::Refusal};

/// Bytes of a file at most.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Rows of a file at most; of bills of materials, whose nesting is held in memory, fewer.
const ROWS_MAX: u64 = 1_000_000;
const BOM_ROWS_MAX: u64 = 20_000;
/// Rows taken in at once.
const BATCH: usize = 1_000;

const PRODUCTS: &[&str] = &["sku", "name", "type", "unit", "category"];
const OPENING: &[&str] = &["sku", "quantity", "unit_cost", "lot_number", "received_on", "expires_on"];
const BOMS: &[&str] = &["product_sku", "component_sku", "kind", "quantity", "optional", "label", "rate"];

/// How a file is to be read.
struct Asked {
    kind: IntakeKind,
    dry_run: bool,
    comma: Option<bool>,
}

impl Asked {
    fn read(kind: &str, query: Option<&str>) -> Result<Self, Refusal> {
        let kind = match kind {
            "products" => IntakeKind::Products,
            "opening-stock" => IntakeKind::OpeningStock,
            "boms" => IntakeKind::Boms,
            _ => {
                let message = "There are /import/products, /import/opening-stock and /import/boms.";
                return Err(Refusal::new(StatusCode::NOT_FOUND, FaultCode::BadRequest, message));
            }
        };
        let mut asked = Self { kind, dry_run: false, comma: None };
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match (name.as_ref(), value.as_ref()) {
                ("dryRun", "true") => asked.dry_run = true,
                ("dryRun", "false") => asked.dry_run = false,
                ("decimal", "comma") => asked.comma = Some(true),
                ("decimal", "point") => asked.comma = Some(false),
                (name, value) => {
                    let known = "there are dryRun=true|false and decimal=comma|point";
                    return Err(invalid(format!("{name}={value} says nothing; {known}.")));
                }
            }
        }
        Ok(asked)
    }

    fn columns(&self) -> &'static [&'static str] {
        match self.kind {
            IntakeKind::Products => PRODUCTS,
            IntakeKind::OpeningStock => OPENING,
            IntakeKind::Boms => BOMS,
        }
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, FaultCode::Validation, message)
}

fn broken(error: std::io::Error) -> Refusal {
    refusal(domain::Error::Internal(format!("a file on disk: {error}")))
}

/// Takes in a file; answers a line of JSON per row, and one with the sums.
pub(super) async fn import(
    State(files): State<Files>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Body,
) -> Response {
    answered(taken(files, &kind, headers, query, body).await)
}

async fn taken(
    files: Files,
    kind: &str,
    headers: HeaderMap,
    query: Option<String>,
    body: Body,
) -> Result<Response, Refusal> {
    let actor = files.actor(&headers).await?;
    let asked = Asked::read(kind, query.as_deref())?;
    files.services.intake.require(&actor, asked.kind).map_err(refusal)?;
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !sent.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("text/csv")) {
        let message = "Send the file as Content-Type: text/csv.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, FaultCode::BadRequest, message));
    }
    let file = spooled(body).await?;
    // Carried through also when the client goes away: half a file is worse than one nobody waits for.
    let work = tokio::spawn(async move { take_in(&files, &actor, &asked, file).await });
    let answers = work.await.map_err(|error| refusal(domain::Error::Internal(format!("import: {error}"))))??;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, Body::from_stream(streamed(answers))).into_response())
}

async fn temporary() -> std::io::Result<File> {
    let made = tokio::task::spawn_blocking(tempfile::tempfile).await;
    Ok(File::from_std(made.map_err(std::io::Error::other)??))
}

/// The body on disk, read from the beginning.
async fn spooled(body: Body) -> Result<File, Refusal> {
    let mut file = BufWriter::new(temporary().await.map_err(broken)?);
    let mut chunks = body.into_data_stream();
    let mut bytes = 0_u64;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad_request("The file ended before it was complete."))?;
        bytes += chunk.len() as u64;
        if bytes > FILE_BYTES_MAX {
            let message = "The file is larger than 64 MiB; send it in parts.";
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, FaultCode::BadRequest, message));
        }
        file.write_all(&chunk).await.map_err(broken)?;
    }
    rewound(file).await.map_err(broken)
}

async fn rewound(mut file: BufWriter<File>) -> std::io::Result<File> {
    file.flush().await?;
    let mut file = file.into_inner();
    file.rewind().await?;
    Ok(file)
}

fn streamed(file: File) -> impl futures::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let mut buffer = vec![0; 64 * 1024];
        let read = file.read(&mut buffer).await?;
        buffer.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(buffer), file)))
    })
}

/// What becomes of the rows, written as it is known.
struct Answers {
    file: BufWriter<File>,
    counts: [u64; 3],
}

impl Answers {
    async fn add(&mut self, outcomes: Vec<RowOutcome>) -> Result<(), Refusal> {
        for outcome in outcomes {
            let (count, status) = match outcome.status {
                RowStatus::Created => (0, "CREATED"),
                RowStatus::Skipped => (1, "SKIPPED"),
                RowStatus::Failed => (2, "FAILED"),
            };
            if let Some(count) = self.counts.get_mut(count) {
                *count += 1;
            }
            let mut line = json!({"row": outcome.row, "status": status, "id": outcome.id});
            if let Some(reason) = outcome.reason {
                line["reason"] = json!({"code": reason.code.as_str(), "message": reason.message, "help": reason.help, "path": reason.path});
            }
            self.write(&line).await?;
        }
        Ok(())
    }

    async fn write(&mut self, line: &serde_json::Value) -> Result<(), Refusal> {
        self.file.write_all(format!("{line}\n").as_bytes()).await.map_err(broken)
    }

    async fn done(mut self, dry_run: bool) -> Result<File, Refusal> {
        let [created, skipped, failed] = self.counts;
        let rows = created + skipped + failed;
        let sums = json!({"rows": rows, "created": created, "skipped": skipped, "failed": failed, "dryRun": dry_run});
        self.write(&json!({"summary": sums})).await?;
        rewound(self.file).await.map_err(broken)
    }
}

async fn take_in(files: &Files, actor: &Actor, asked: &Asked, file: File) -> Result<File, Refusal> {
    let sheet = Sheet::open(BufReader::new(file), asked.columns()).await.map_err(broken)?;
    let mut sheet = sheet.map_err(|reason| refusal(reason.into()))?;
    let comma = asked.comma.unwrap_or(sheet.decimal_comma());
    let rows_max = if asked.kind == IntakeKind::Boms { BOM_ROWS_MAX } else { ROWS_MAX };
    let mut answers = Answers { file: BufWriter::new(temporary().await.map_err(broken)?), counts: [0; 3] };
    let mut batch = files.services.intake.begin(actor, asked.kind).await.map_err(refusal)?;
    let mut waiting = Waiting::default();
    let mut rows = 0_u64;
    while let Some(read) = sheet.next().await.map_err(broken)? {
        rows += 1;
        if rows > rows_max {
            return Err(invalid(format!(
                "The file has more than {rows_max} rows; nothing was taken in. Send it in parts."
            )));
        }
        let row = match read {
            Ok(row) => row,
            Err((line, reason)) => {
                waiting.unreadable(asked.kind, line, reason);
                continue;
            }
        };
        if waiting.is_full(&row, &sheet.columns) {
            waiting.flush(&mut batch, &mut answers).await?;
        }
        waiting.add(asked.kind, &Cells::new(&sheet.columns, &row, comma), row.line);
    }
    waiting.flush(&mut batch, &mut answers).await?;
    let answers = answers.done(asked.dry_run).await?;
    if !asked.dry_run {
        batch.keep().await.map_err(refusal)?;
    }
    Ok(answers)
}

/// Rows that wait to be taken in together.
#[derive(Default)]
struct Waiting {
    refused: Vec<RowOutcome>,
    products: Vec<ProductRow>,
    opening: Vec<OpeningRow>,
    boms: Vec<BomGroup>,
    rows: usize,
    /// What the last bill of materials makes; all of its rows go together.
    last: Option<String>,
    /// A row that could not be read since.
    suspect: Option<u64>,
}

impl Waiting {
    /// Whether the rows there are go first. Rows of one bill of materials are not parted.
    fn is_full(&self, row: &Row, columns: &[String]) -> bool {
        let made = Cells::new(columns, row, false).text("product_sku").map(str::to_lowercase);
        self.rows + self.refused.len() >= BATCH && (made.is_none() || made != self.last)
    }

    fn add(&mut self, kind: IntakeKind, cells: &Cells<'_>, line: u64) {
        self.rows += 1;
        let added = match kind {
            IntakeKind::Products => product(cells, line).map(|row| self.products.push(row)),
            IntakeKind::OpeningStock => opening(cells, line).map(|row| self.opening.push(row)),
            IntakeKind::Boms => self.bom(cells, line),
        };
        if let Err(reason) = added {
            self.unreadable(kind, line, reason);
        }
    }

    /// A row of which nobody knows what it is part of: the bill of materials before it and the one after it are refused,
    /// because either may lack it.
    fn unreadable(&mut self, kind: IntakeKind, line: u64, reason: Reason) {
        match self.boms.last_mut() {
            Some(group) => group.rows.push(BomRow { unread: Some(reason), ..BomRow::empty(line) }),
            None => self.refused.push(RowOutcome::failed(line, reason)),
        }
        self.suspect = (kind == IntakeKind::Boms).then_some(line);
    }

    fn bom(&mut self, cells: &Cells<'_>, row: u64) -> Result<(), Reason> {
        let sku = cells.required("product_sku")?;
        let key = Some(sku.to_lowercase());
        let line = bom_line(cells, row);
        if self.last == key
            && let Some(group) = self.boms.last_mut()
        {
            group.rows.push(line);
        } else {
            let after_unread = self.suspect.take();
            self.boms.push(BomGroup { sku: sku.to_owned(), rows: vec![line], after_unread });
        }
        (self.last, self.suspect) = (key, None);
        Ok(())
    }

    async fn flush(&mut self, batch: &mut Batch, answers: &mut Answers) -> Result<(), Refusal> {
        let mut outcomes = std::mem::take(&mut self.refused);
        let (products, opening) = (std::mem::take(&mut self.products), std::mem::take(&mut self.opening));
        if !products.is_empty() {
            outcomes.extend(batch.products(products).await.map_err(refusal)?);
        }
        if !opening.is_empty() {
            outcomes.extend(batch.opening(opening).await.map_err(refusal)?);
        }
        let boms = std::mem::take(&mut self.boms);
        if !boms.is_empty() {
            outcomes.extend(batch.boms(boms).await.map_err(refusal)?);
        }
        self.rows = 0;
        self.last = None;
        outcomes.sort_by_key(|outcome| outcome.row);
        answers.add(outcomes).await
    }
}

fn product(cells: &Cells<'_>, row: u64) -> Result<ProductRow, Reason> {
    Ok(ProductRow {
        row,
        name: cells.required("name")?.to_owned(),
        sku: cells.required("sku")?.to_owned(),
        kind: cells.product_type("type")?,
        unit: cells.text("unit").map(str::to_owned),
        category: cells.text("category").map(str::to_owned),
    })
}

fn opening(cells: &Cells<'_>, row: u64) -> Result<OpeningRow, Reason> {
    let missing = || Reason::new(ErrorCode::InvalidQuantity, "quantity: is empty.").help("Every row needs one.");
    Ok(OpeningRow {
        row,
        sku: cells.required("sku")?.to_owned(),
        quantity: cells.quantity("quantity")?.ok_or_else(missing)?,
        unit_cost: cells.cost("unit_cost")?,
        lot_number: cells.text("lot_number").map(str::to_owned),
        received_on: cells.day("received_on")?,
        expires_on: cells.day("expires_on")?,
    })
}

/// A line of a bill of materials; what is wrong with its cells is told when all of them are there.
fn bom_line(cells: &Cells<'_>, row: u64) -> BomRow {
    let read = || -> Result<BomRow, Reason> {
        Ok(BomRow {
            row,
            kind: cells.line_kind("kind")?,
            component: cells.text("component_sku").map(str::to_owned),
            quantity: cells.quantity("quantity")?,
            optional: cells.flag("optional")?,
            label: cells.text("label").map(str::to_owned),
            rate: cells.cost("rate")?,
            unread: None,
        })
    };
    read().unwrap_or_else(|reason| BomRow { unread: Some(reason), ..BomRow::empty(row) })
}
