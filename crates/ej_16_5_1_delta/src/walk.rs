//! Every operation once, on one table: what the page's table lists, what the program shows and what the tests compare between stores
//! and readers.

use crate::changes::{delete_where, update_where};
use crate::error::TableError;
use crate::layout::{Vacuum, checkpoint, compact, zorder};
use crate::merge::{Change, MergeSession, apply_day, changes_batch};
use crate::place::Place;
use crate::rules::add_check;
use crate::sales::{Sale, read_sales, sales_batch};
use crate::spec::TableSpec;
use crate::versions::restore;
use crate::writing::{append, append_merging_schema, replace_where};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::{Expr, col, lit};
use datafusion::scalar::ScalarValue;
use deltalake::DeltaTable;
use ecommerce_model::{Centavos, Fecha};
use std::num::NonZeroU64;
use std::sync::Arc;

/// A version of the walk's table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// What was done, in Spanish.
    pub titulo: &'static str,
    /// The version that it made.
    pub version: u64,
    /// Data files of that version.
    pub archivos: usize,
    /// Its rows, by number.
    pub ventas: Vec<Sale>,
}

/// The version of the walk to which its last step goes back.
const BACK_TO: u64 = 6;

/// Goes through the operations on a new table at `place`: twelve versions, each read back, and a checkpoint.
///
/// # Errors
/// * [`TableError::Occupied`] if something stands there; otherwise those of the operations.
pub async fn walk(place: &Place) -> Result<Vec<Step>, TableError> {
    let mut steps = Vec::new();
    let (lunes, martes) = (day(0)?, day(1)?);

    let spec = TableSpec::sales().partitioned_by("fecha");
    let table = place.create(&spec).await?;
    note(&mut steps, "crear", &table).await?;

    let table = append(table, [monday()?]).await?;
    note(&mut steps, "añadir el lunes", &table).await?;

    let table = append(table, [tuesday()?]).await?;
    note(&mut steps, "añadir el martes", &table).await?;

    let table = replace_where(table, is_day(lunes), [monday_corrected()?]).await?;
    note(&mut steps, "reemplazar el lunes", &table).await?;

    let unknown = col("region").is_null();
    let (table, _) = update_where(table, unknown, [("region", lit("sin región"))]).await?;
    note(&mut steps, "UPDATE: las regiones que faltan", &table).await?;

    let (table, _) = delete_where(table, col("monto").lt(amount(100))).await?;
    note(&mut steps, "DELETE: lo que no llega a 1,00", &table).await?;

    let changes = changes_batch(&changes(martes))?;
    let (table, _) = apply_day(table, changes, martes, MergeSession::unbounded()).await?;
    note(&mut steps, "MERGE: los cambios del martes", &table).await?;

    let table = add_check(table, "monto_positivo", col("monto").gt(lit(0))).await?;
    note(&mut steps, "CHECK: monto > 0", &table).await?;

    let table = append_merging_schema(table, [with_channel(lunes)?]).await?;
    note(&mut steps, "añadir con una columna más", &table).await?;

    let (table, _) = compact(table, NonZeroU64::MIN.saturating_add(1 << 20)).await?;
    note(&mut steps, "compactar", &table).await?;

    let target = NonZeroU64::MIN.saturating_add(1 << 20);
    let (table, _) = zorder(table, &["venta_id"], target).await?;
    note(&mut steps, "z-order por número", &table).await?;
    checkpoint(&table).await?;

    let (table, _) = restore(table, BACK_TO).await?;
    note(&mut steps, "volver a la versión 6", &table).await?;
    Ok(steps)
}

/// A vacuum, said and done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Swept {
    /// The files that the rehearsal named.
    pub dichos: Vec<String>,
    /// The files that were removed.
    pub borrados: Vec<String>,
    /// The version after it.
    pub ultimo: Step,
}

/// Says what a vacuum of the walk's table would remove, removes it, and gives the last version: only that one is sure to be readable then.
///
/// # Errors
/// Those of [`Vacuum::run`].
pub async fn walk_vacuum(place: &Place) -> Result<Swept, TableError> {
    let at_once = Vacuum::keeping(chrono::Duration::zero()).insisting();
    let (table, dichos) = at_once.rehearse(place.open().await?).await?;
    let (table, borrados) = at_once.run(table).await?;
    Ok(Swept {
        dichos,
        borrados,
        ultimo: step("vacuum", &table).await?,
    })
}

async fn note(
    steps: &mut Vec<Step>,
    titulo: &'static str,
    table: &DeltaTable,
) -> Result<(), TableError> {
    steps.push(step(titulo, table).await?);
    Ok(())
}

async fn step(titulo: &'static str, table: &DeltaTable) -> Result<Step, TableError> {
    Ok(Step {
        titulo,
        version: table.version().unwrap_or_default(),
        archivos: table.snapshot()?.log_data().num_files(),
        ventas: read_sales(table).await?,
    })
}

/// Monday, 2024-01-15, and the days after it.
fn day(after: i32) -> Result<Fecha, TableError> {
    Fecha::from_days_since_epoch(19_737 + after).ok_or(TableError::Value(0))
}

fn is_day(day: Fecha) -> Expr {
    col("fecha").eq(lit(ScalarValue::Date32(Some(day.days_since_epoch()))))
}

fn amount(cents: i128) -> Expr {
    lit(ScalarValue::Decimal128(Some(cents), 18, 2))
}

fn sale(venta_id: i64, fecha: Fecha, region: Option<&str>, cents: i64) -> Sale {
    Sale {
        venta_id,
        fecha,
        region: region.map(str::to_owned),
        monto: Centavos::new(cents).unwrap_or(Centavos::ZERO),
    }
}

fn monday() -> Result<RecordBatch, TableError> {
    let lunes = day(0)?;
    sales_batch(&[
        sale(1, lunes, Some("norte"), 15_050),
        sale(2, lunes, Some("sur"), 9_999),
        sale(3, lunes, None, 50),
        sale(4, lunes, Some("norte"), 120_000),
    ])
}

fn tuesday() -> Result<RecordBatch, TableError> {
    let martes = day(1)?;
    sales_batch(&[
        sale(11, martes, Some("este"), 3_000),
        sale(12, martes, None, 4_500),
        sale(13, martes, Some("sur"), 70),
        sale(14, martes, Some("oeste"), 8_000),
        sale(15, martes, Some("este"), 6_100),
    ])
}

/// The same Monday without its second sale, and the first at another price.
fn monday_corrected() -> Result<RecordBatch, TableError> {
    let lunes = day(0)?;
    sales_batch(&[
        sale(1, lunes, Some("norte"), 15_500),
        sale(3, lunes, None, 50),
        sale(4, lunes, Some("norte"), 120_000),
    ])
}

/// One of each: cancelled, changed, as it was, new, new and cancelled; and sale 12 does not come.
fn changes(martes: Fecha) -> Vec<Change> {
    let change = |sale, anulada| Change { sale, anulada };
    vec![
        change(sale(11, martes, Some("este"), 3_000), true),
        change(sale(14, martes, Some("oeste"), 8_800), false),
        change(sale(15, martes, Some("este"), 6_100), false),
        change(sale(16, martes, Some("norte"), 2_500), false),
        change(sale(17, martes, Some("norte"), 1_000), true),
    ]
}

fn with_channel(lunes: Fecha) -> Result<RecordBatch, TableError> {
    let sales = sales_batch(&[sale(5, lunes, Some("sur"), 7_200)])?;
    let mut fields = sales.schema().fields().to_vec();
    fields.push(Arc::new(Field::new("canal", DataType::Utf8, true)));
    let mut columns = sales.columns().to_vec();
    let channel: ArrayRef = Arc::new(StringArray::from(vec![Some("web")]));
    columns.push(channel);
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new(schema, columns)?)
}
