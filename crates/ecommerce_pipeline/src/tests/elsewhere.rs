//! Accepted rows added up by somebody else: here by maps over the staged Parquet files.

use super::runs::{events, fecha, hashes, job};
use crate::*;
use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use ecommerce_arrow::Format;
use ecommerce_model::Clase;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What it does with its sums before it gives them back.
enum Maps {
    Right,
    /// A cent more than there is.
    Off,
    /// No column `clicks`.
    Short,
    Broken,
}

#[derive(Default)]
struct Region {
    sums: [i64; 6],
    buyers: BTreeSet<String>,
    visitors: BTreeSet<String>,
}

impl MetricsEngine for Maps {
    fn sum(
        &self,
        rows: &Path,
        _: &(dyn Fn() -> bool + Sync),
    ) -> Result<EngineSums, Box<dyn Error + Send + Sync>> {
        if matches!(self, Self::Broken) {
            return Err("the other machine is gone".into());
        }
        let (mut regions, mut products) = (
            BTreeMap::<String, Region>::new(),
            BTreeMap::<Option<String>, [i64; 2]>::new(),
        );
        for entry in std::fs::read_dir(rows)? {
            let file = std::fs::File::open(entry?.path())?;
            for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
                add(&batch?, &mut regions, &mut products);
            }
        }
        let buyers: BTreeSet<_> = regions.values().flat_map(|r| r.buyers.iter()).collect();
        let int = |value: &dyn Fn(&Region) -> i64| -> ArrayRef {
            // In the opposite order, which is as good as any.
            Arc::new(Int64Array::from_iter_values(
                regions.values().rev().map(value),
            ))
        };
        let extra = i64::from(matches!(self, Self::Off));
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("clicks", int(&|r| r.sums[4])),
            (
                "region",
                Arc::new(StringArray::from_iter_values(regions.keys().rev())),
            ),
            ("revenue", int(&|r| r.sums[0] + extra)),
            ("revenue_premium", int(&|r| r.sums[1])),
            ("transacciones", int(&|r| r.sums[2])),
            ("transacciones_premium", int(&|r| r.sums[3])),
            ("carritos", int(&|r| r.sums[5])),
            ("usuarios_unicos", int(&|r| r.buyers.len() as i64)),
            ("visitantes", int(&|r| r.visitors.len() as i64)),
            ("usuarios_unicos_dia", int(&|_| buyers.len() as i64)),
        ];
        if matches!(self, Self::Short) {
            columns.remove(0);
        }
        let sum = |i: usize| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(
                products.values().map(|p| p[i]),
            ))
        };
        let by_product = RecordBatch::try_from_iter([
            (
                "producto_id",
                Arc::new(StringArray::from_iter(products.keys().cloned())) as ArrayRef,
            ),
            ("revenue", sum(0)),
            ("transacciones", sum(1)),
        ])?;
        Ok(EngineSums {
            regions: vec![RecordBatch::try_from_iter(columns)?],
            products: vec![by_product],
        })
    }
}

fn add(
    batch: &RecordBatch,
    regions: &mut BTreeMap<String, Region>,
    products: &mut BTreeMap<Option<String>, [i64; 2]>,
) {
    let text = |name: &str| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .clone()
    };
    let (region, user, product) = (text("region"), text("user_id"), text("producto_id"));
    let clase = batch.column(3).as_primitive::<Int32Type>();
    let cents = batch.column(4).as_primitive::<Int64Type>();
    let premium: &BooleanArray = batch.column(5).as_boolean();
    for i in 0..batch.num_rows() {
        let r = regions.entry(region.value(i).to_owned()).or_default();
        let named = user.iter().nth(i).flatten().map(str::to_owned);
        r.visitors.extend(named.clone());
        r.sums[0] += cents.value(i);
        r.sums[1] += if premium.value(i) { cents.value(i) } else { 0 };
        r.sums[3] += i64::from(premium.value(i));
        let clase = clase.value(i);
        r.sums[4] += i64::from(clase == Clase::Click as i32);
        r.sums[5] += i64::from(clase == Clase::AgregarCarrito as i32);
        if clase == Clase::Compra as i32 {
            r.sums[2] += 1;
            r.buyers.extend(named);
            let p = products
                .entry(product.iter().nth(i).flatten().map(str::to_owned))
                .or_default();
            p[0] += cents.value(i);
            p[1] += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_elsewhere_leaves_the_same_content() {
    let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&here, &elsewhere] {
        events(&dir.path().join("eventos"), 1, Format::Parquet);
    }
    run_day(&job(here.path(), fecha()), &()).await.unwrap();
    let mut there = job(elsewhere.path(), fecha());
    there.engine = Some(Arc::new(Maps::Right));
    run_day(&there, &()).await.unwrap();
    assert_eq!(hashes(elsewhere.path()).await, hashes(here.path()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_fails_or_answers_wrongly_publishes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    for (engine, said) in [
        (Maps::Broken, "the other machine is gone"),
        (Maps::Off, "the rows to"),
        (Maps::Short, "no column clicks"),
    ] {
        let mut there = job(dir.path(), fecha());
        there.engine = Some(Arc::new(engine));
        let error = run_day(&there, &()).await.unwrap_err();
        assert!(
            matches!(&error, PipelineError::Engine(e) if e.to_string().contains(said)),
            "{error}"
        );
        assert_eq!(error.class(), ErrorClass::Storage);
        assert!(!dir.path().join("metricas").exists());
    }
}

/// Waits for an answer that does not come, while somebody loses patience.
#[derive(Clone, Default)]
struct Waits(Arc<AtomicBool>);

impl MetricsEngine for Waits {
    fn sum(
        &self,
        _: &Path,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<EngineSums, Box<dyn Error + Send + Sync>> {
        assert!(!stop());
        self.0.store(true, Ordering::Relaxed);
        while !stop() {
            std::thread::yield_now();
        }
        Err("given up".into())
    }
}

impl Progress for Waits {
    fn begin(&self, _: Phase, _: u64) {}
    fn advance(&self, _: Phase, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_given_up_while_an_engine_adds_is_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let waits = Waits::default();
    let mut there = job(dir.path(), fecha());
    there.engine = Some(Arc::new(waits.clone()));
    let error = run_day(&there, &waits).await.unwrap_err();
    assert!(matches!(error, PipelineError::Cancelled), "{error}");
    assert!(!dir.path().join("metricas").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_accepted_rows_asks_no_engine() {
    let dir = tempfile::tempdir().unwrap();
    let day = dir.path().join("eventos/fecha=2024-01-15");
    std::fs::create_dir_all(&day).unwrap();
    let csv = "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n\
        a,error,,,,,,,roto,2024-01-15T10:00:00Z,,\n";
    std::fs::write(day.join("a.csv"), csv).unwrap();
    let mut there = job(dir.path(), fecha());
    there.engine = Some(Arc::new(Maps::Broken));
    let summary = run_day(&there, &()).await.unwrap();
    assert_eq!((summary.rows_ok, summary.metrics.num_rows()), (1, 0));
}
