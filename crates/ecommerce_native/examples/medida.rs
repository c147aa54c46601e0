//! One query of the final duel again and again, for a profiler: `medida FILE region|usuario|total|decodifica THREADS TIMES`.
//!
//! `decodifica` is arrow-rs that only decodes the columns of `region`, a row group per thread at a time. What is compared and
//! recorded is in the bench `16.7.2/nativo`; this is what `perf record` and callgrind are run on.

use ecommerce_native::{Predicate, Query, Source, run};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::error::Error;
use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

fn query(name: &str) -> Query {
    let query = Query::new()
        .filter(Predicate::above("monto", 0.0))
        .sum("monto", "revenue")
        .count("ventas")
        .mean("monto", "ticket");
    match name {
        "usuario" => query.key("user_id"),
        "total" => query,
        _ => query.key("region").distinct("user_id", "usuarios"),
    }
}

type Decoded = Result<usize, Box<dyn Error + Send + Sync>>;

fn decode(path: &str, threads: usize) -> Decoded {
    let metadata = ArrowReaderMetadata::load(&File::open(path)?, ArrowReaderOptions::default())?;
    let mask = ProjectionMask::columns(metadata.parquet_schema(), ["region", "monto", "user_id"]);
    let next = AtomicUsize::new(0);
    let work = || -> Decoded {
        let mut rows = 0;
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= metadata.metadata().num_row_groups() {
                return Ok(rows);
            }
            let file = File::open(path)?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
                .with_projection(mask.clone())
                .with_row_groups(vec![group])
                .with_batch_size(8_192)
                .build()?;
            for batch in reader {
                rows += batch?.num_rows();
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let rows = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err("a thread panicked".into()))
        });
        rows.sum()
    })
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, what, threads, times] = &arguments[..] else {
        return Err("medida FILE region|usuario|total|decodifica THREADS TIMES".into());
    };
    let threads: NonZeroUsize = threads.parse()?;
    for _ in 0..times.parse::<usize>()? {
        let start = Instant::now();
        if what == "decodifica" {
            let rows = decode(path, threads.get())?;
            println!("{:?} {rows} rows", start.elapsed());
        } else {
            let output = run(&Source::open(path)?, &query(what), threads)?;
            let groups = output.batch.num_rows();
            println!(
                "{:?} {groups} groups, {:?}, {:?}",
                start.elapsed(),
                output.phases,
                output.scanned
            );
        }
    }
    Ok(())
}
