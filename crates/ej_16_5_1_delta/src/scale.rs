//! MERGE at the size where its memory matters: millions of rows into millions of rows.

use crate::error::TableError;
use crate::layout::compact;
use crate::merge::{MergeSession, apply_day, upsert, with_cancelled};
use crate::place::Place;
use crate::sales::sales_schema;
use crate::spec::TableSpec;
use crate::writing::append;
use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use deltalake::operations::merge::MergeMetrics;
use ecommerce_model::{Fecha, REGIONES};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Update and insert.
    Upsert,
    /// Update and insert in so much of the engine's memory, spilling the rest.
    Acotada,
    /// Four clauses, one of them for rows that did not come.
    Completa,
}

/// Days over which the rows of the target are spread, in order: 2024-01-01 and the nine that follow.
const DAYS: i64 = 10;
const FIRST_DAY: i32 = 19_723;
const PER_COMMIT: i64 = 500_000;

/// The sale of that number as the target has it: day, region and cents.
fn sale(number: i64, rows: i64) -> (i32, &'static str, i128) {
    let day = (number * DAYS / rows.max(1)).clamp(0, DAYS - 1);
    let region = usize::try_from(number).unwrap_or_default() % REGIONES.len();
    // Spread without a pattern that would compress to nothing.
    let cents = 1 + number.wrapping_mul(2_654_435_761).rem_euclid(1_000_000);
    let day = i32::try_from(day).unwrap_or_default();
    (FIRST_DAY + day, REGIONES[region].0, cents.into())
}

/// The sales of these numbers, `more` cents dearer, column by column: millions of rows as values would weigh more than the merge.
fn batch(
    numbers: impl Iterator<Item = i64> + Clone,
    rows: i64,
    more: i128,
) -> Result<RecordBatch, TableError> {
    let of = |n| sale(n, rows);
    let amounts: Decimal128Array = numbers.clone().map(|n| of(n).2 + more).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(numbers.clone().collect::<Int64Array>()),
        Arc::new(Date32Array::from_iter_values(
            numbers.clone().map(|n| of(n).0),
        )),
        Arc::new(numbers.map(|n| Some(of(n).1)).collect::<StringArray>()),
        Arc::new(amounts.with_precision_and_scale(18, 2)?),
    ];
    Ok(RecordBatch::try_new(sales_schema(), columns)?)
}

/// Makes a table of `rows` sales at `place`, numbered from 0, in files of about 32 MiB.
///
/// # Errors
/// Those of [`Place::create`] and [`append`].
pub async fn prepare(place: &Place, rows: i64) -> Result<(), TableError> {
    let mut table = place.create(&TableSpec::sales()).await?;
    let mut first = 0;
    while first < rows {
        let last = (first + PER_COMMIT).min(rows);
        table = append(table, [batch(first..last, rows, 0)?]).await?;
        first = last;
    }
    compact(table, NonZeroU64::MIN.saturating_add(32 << 20)).await?;
    Ok(())
}

/// What a merge at scale did and took.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the keys are described in the page")]
pub struct Measured {
    pub variante: Variant,
    pub filas_fuente: i64,
    pub filas_destino: i64,
    pub insertadas: usize,
    pub actualizadas: usize,
    pub borradas: usize,
    pub copiadas: usize,
    pub archivos_leidos: usize,
    pub archivos_sin_leer: usize,
    pub segundos: f64,
    /// MiB, of the process that merged and did nothing else; absent where the system does not say.
    pub pico_mb: Option<u64>,
}

/// All variants, by name: what `merge --json` writes and the page quotes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the key is described in the page")]
pub struct Report {
    pub merge: BTreeMap<Variant, Measured>,
}

/// Merges `source` rows into the table of `rows` sales at `place`: the first half changes sales spread over all of it, the second is new.
/// [`Variant::Completa`] also cancels every tenth of those it finds, and removes what did not come of the first day.
///
/// # Errors
/// Those of [`apply_day`] and [`upsert`].
pub async fn run(
    place: &Place,
    variant: Variant,
    source: i64,
    rows: i64,
    memory: usize,
) -> Result<Measured, TableError> {
    let table = place.open().await?;
    let sales = source_batch(source, rows)?;
    let began = Instant::now();
    let (_, metrics) = match variant {
        Variant::Upsert => upsert(table, sales, MergeSession::unbounded()).await?,
        Variant::Acotada => upsert(table, sales, MergeSession::bounded(memory)).await?,
        Variant::Completa => {
            let found = usize::try_from(source / 2).unwrap_or_default();
            let cancelled = |row| row < found && row % 10 == 0;
            let changes = with_cancelled(&sales, cancelled)?;
            let first = Fecha::from_days_since_epoch(FIRST_DAY).ok_or(TableError::Value(0))?;
            apply_day(table, changes, first, MergeSession::unbounded()).await?
        }
    };
    Ok(measured(variant, source, rows, &metrics, began.elapsed()))
}

fn source_batch(source: i64, rows: i64) -> Result<RecordBatch, TableError> {
    let found = source / 2;
    let step = (rows / found.max(1)).max(1);
    let number = move |n| if n < found { n * step } else { rows + n };
    batch((0..source).map(number), rows, 1_000_000)
}

fn measured(
    variante: Variant,
    filas_fuente: i64,
    filas_destino: i64,
    metrics: &MergeMetrics,
    took: Duration,
) -> Measured {
    Measured {
        variante,
        filas_fuente,
        filas_destino,
        insertadas: metrics.num_target_rows_inserted,
        actualizadas: metrics.num_target_rows_updated,
        borradas: metrics.num_target_rows_deleted,
        copiadas: metrics.num_target_rows_copied,
        archivos_leidos: metrics.num_target_files_scanned,
        archivos_sin_leer: metrics.num_target_files_skipped_during_scan,
        segundos: took.as_secs_f64(),
        pico_mb: peak_mb(),
    }
}

/// The most memory this process has held resident, in MiB, where Linux says it.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.div_ceil(1024))
}
