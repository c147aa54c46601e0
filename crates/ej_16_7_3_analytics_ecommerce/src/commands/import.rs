//! Real purchase logs in the model's words. What has no counterpart stays null or gets the constant stated here.

use super::{Context, require_empty};
use crate::args::{Fuente, ImportarArgs};
use crate::output::{Failure, human_bytes};
use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use ecommerce_arrow::{EventBatchBuilder, Format, Layout, WrittenDays, write_batches};
use ecommerce_model::{Dia, Fecha, FilaEvento, Zona};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::ExitCode;

/// CDNOW has no region: all of it is one.
const CDNOW_REGION: &str = "cdnow";
/// CDNOW has no time of day: noon UTC is the same day in nearly every zone.
const NOON_MICROS: i64 = 12 * 3_600_000_000;

pub(super) fn run(context: &Context, args: &ImportarArgs) -> Result<ExitCode> {
    require_empty(&args.salida)?;
    let mut days = Days {
        zona: args.zona.clone(),
        current: None,
        builders: BTreeMap::new(),
    };
    let rows = match args.fuente {
        Fuente::Cdnow => cdnow(&args.archivo, &mut days)?,
        Fuente::Completejourney => complete_journey(&args.archivo, &mut days)?,
    };
    let written = days.write(&args.salida)?;
    context
        .say
        .summary(&json!({ "filas": rows, "dias": written.files, "bytes": written.bytes }));
    context.say.result(&format!(
        "{rows} compras en {} días, {} bajo {}",
        written.files,
        human_bytes(written.bytes),
        args.salida.display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// One builder per day: the logs are not in the order of their days.
struct Days {
    zona: Zona,
    current: Option<Dia>,
    builders: BTreeMap<Fecha, EventBatchBuilder>,
}

impl Days {
    fn add(&mut self, micros: i64, fila: &FilaEvento<'_>) -> Result<()> {
        let dia = match self.current {
            Some(dia) if dia.contains(micros) => dia,
            _ => self.find(micros)?,
        };
        self.current = Some(dia);
        self.builders
            .entry(dia.fecha())
            .or_insert_with(|| EventBatchBuilder::with_capacity(256))
            .append(fila);
        Ok(())
    }

    /// The day in the zone: the UTC day or one of its neighbours.
    fn find(&self, micros: i64) -> Result<Dia> {
        let days = i32::try_from(micros.div_euclid(86_400_000_000)).unwrap_or(i32::MAX);
        for candidate in [days, days.saturating_sub(1), days.saturating_add(1)] {
            if let Some(fecha) = Fecha::from_days_since_epoch(candidate)
                && let Ok(dia) = Dia::new(fecha, &self.zona)
                && dia.contains(micros)
            {
                return Ok(dia);
            }
        }
        Err(Failure::input("hay un instante fuera del calendario"))
    }

    fn write(self, root: &Path) -> Result<WrittenDays> {
        let layout = Layout {
            root: root.to_owned(),
            format: Format::Parquet,
            rows_per_file: u64::MAX,
            threads: 1,
        };
        let mut total = WrittenDays::default();
        for (fecha, mut builder) in self.builders {
            let batch = builder.finish().map_err(Into::into);
            let written = write_batches(&layout, fecha, 0, std::iter::once(batch), &|_, _| {});
            total.add(&written.map_err(|e| Failure::storage(e.to_string()))?);
        }
        Ok(total)
    }
}

/// ` 00001 19970101  1   11.77`: customer, day, number of CDs, dollars.
///
/// `evento_id` is the line, because equal lines are separate purchases. The number of CDs has no counterpart.
fn cdnow(path: &Path, days: &mut Days) -> Result<u64> {
    let broken = |line: u64, what: &str| {
        Failure::input(format!(
            "{}: línea {line} mal formada ({what})",
            path.display()
        ))
    };
    let file = File::open(path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
    let (mut rows, mut number) = (0, 0);
    for line in BufReader::new(file).lines() {
        number += 1;
        let line = line.map_err(|_| broken(number, "no es texto"))?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        if number == 1 && fields.first() == Some(&"customer_id") || fields.is_empty() {
            continue;
        }
        let [customer, day, _, dollars] = fields[..] else {
            return Err(broken(number, "no tiene cuatro campos"));
        };
        let fecha = (day.len() == 8 && day.is_ascii())
            .then(|| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]))
            .and_then(|d| d.parse::<Fecha>().ok())
            .ok_or_else(|| broken(number, "la fecha no es AAAAMMDD"))?;
        let monto: f64 = dollars
            .parse()
            .map_err(|_| broken(number, "el importe no es un número"))?;
        let micros = i64::from(fecha.days_since_epoch()) * 86_400_000_000 + NOON_MICROS;
        rows += 1;
        let id = format!("cdnow-{rows:06}");
        let fila = FilaEvento {
            evento_id: Some(&id),
            tipo: Some("compra"),
            user_id: Some(customer),
            monto: Some(monto),
            region: Some(CDNOW_REGION),
            timestamp: Some(micros),
            ..FilaEvento::default()
        };
        days.add(micros, &fila)?;
    }
    Ok(rows)
}

/// The columns taken from the Complete Journey transactions.
const JOURNEY: [(&str, DataType); 6] = [
    ("household_id", DataType::Int64),
    ("store_id", DataType::Int64),
    ("basket_id", DataType::Int64),
    ("product_id", DataType::Int64),
    ("sales_value", DataType::Float64),
    (
        "transaction_timestamp",
        DataType::Timestamp(TimeUnit::Microsecond, None),
    ),
];

/// Store as region, household as user, basket as session; instants are UTC. Discounts and units have no counterpart.
fn complete_journey(path: &Path, days: &mut Days) -> Result<u64> {
    let broken = |what: String| Failure::input(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(|e| broken(e.to_string()))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.with_batch_size(65_536).build())
        .map_err(|e| broken(e.to_string()))?;
    let mut rows = 0;
    for batch in reader {
        let batch = batch.map_err(|e| broken(e.to_string()))?;
        let columns = journey_columns(&batch).map_err(broken)?;
        let int = |c: usize| columns[c].as_primitive::<Int64Type>();
        let (household, store, basket, product) = (int(0), int(1), int(2), int(3));
        let (value, instant) = (
            columns[4].as_primitive::<Float64Type>(),
            columns[5].as_primitive::<TimestampMicrosecondType>(),
        );
        if columns.iter().any(|c| c.null_count() > 0) {
            return Err(broken("hay valores nulos".to_owned()));
        }
        for i in 0..batch.num_rows() {
            let texts = [household, store, basket, product].map(|c| c.value(i).to_string());
            let id = format!("cj-{}-{}", texts[2], texts[3]);
            let micros = instant.value(i);
            let fila = FilaEvento {
                evento_id: Some(&id),
                tipo: Some("compra"),
                user_id: Some(&texts[0]),
                session_id: Some(&texts[2]),
                producto_id: Some(&texts[3]),
                monto: Some(value.value(i)),
                region: Some(&texts[1]),
                timestamp: Some(micros),
                ..FilaEvento::default()
            };
            days.add(micros, &fila)?;
            rows += 1;
        }
    }
    Ok(rows)
}

fn journey_columns(batch: &RecordBatch) -> Result<Vec<arrow::array::ArrayRef>, String> {
    JOURNEY
        .iter()
        .map(|(name, dtype)| {
            let column = batch
                .column_by_name(name)
                .ok_or_else(|| format!("falta la columna '{name}'"))?;
            cast(column, dtype)
                .map_err(|_| format!("la columna '{name}' es {}", column.data_type()))
        })
        .collect()
}
