//! The two programs `revenue-polars` and `revenue-datafusion`: what they share is everything but the engine.

mod arguments;
mod messages;

use crate::sales::{Sales, stream_sales};
use crate::{
    BenchmarkError, DataFusion, SalesFile, Timed, repeat, revenue_datafusion, revenue_polars,
    write_revenue,
};
use anyhow::{Context as _, Result};
use arguments::{DataFusionArguments, Make, Order, PolarsArguments, Query};
use ecommerce_cli::{Usage, guarded};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Runs `revenue-polars` with these arguments, the first of which is its name, and gives its exit code.
pub fn polars(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: PolarsArguments| {
        let engine = arguments.motor.engine();
        let version = format!("polars {}, {}", polars::VERSION, arguments.motor.word());
        run(&arguments.query, &version, |file, repetitions| {
            repeat(repetitions, || revenue_polars(file, engine))
        })
    };
    guarded(arguments, work, messages::report)
}

/// Runs `revenue-datafusion` with these arguments, the first of which is its name, and gives its exit code.
pub fn datafusion(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: DataFusionArguments| match (arguments.order, arguments.query) {
        (Some(Order::Generar(make)), _) => generate(&make),
        (None, Some(query)) => {
            let version = format!("datafusion {}", datafusion::DATAFUSION_VERSION);
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .context("no se pueden abrir los hilos del motor")?;
            let session = DataFusion::new();
            run(&query, &version, |file, repetitions| {
                repeat(repetitions, || {
                    runtime.block_on(revenue_datafusion(&session, file))
                })
            })
        }
        (None, None) => Err(Usage("faltan --entrada y --salida").into()),
    };
    guarded(arguments, work, messages::report)
}

fn run(
    query: &Query,
    version: &str,
    answer: impl FnOnce(&SalesFile, crate::Repetitions) -> Result<Timed, BenchmarkError>,
) -> Result<()> {
    if same_file(query) {
        return Err(Usage("--salida es el mismo archivo que --entrada").into());
    }
    let file = SalesFile::open(&query.entrada)?;
    let timed = answer(&file, query.repetitions())?;
    write_revenue(&timed.revenue, &query.salida)?;
    let said = serde_json::json!({
        "filas": file.rows(),
        "regiones": timed.revenue.rows().len(),
        "consulta_s": timed.seconds.first(),
        "consultas_s": timed.seconds,
        "version": version,
    });
    say(&said.to_string())
}

fn same_file(query: &Query) -> bool {
    let place = |path: &std::path::Path| path.canonicalize().ok();
    place(&query.entrada).is_some_and(|input| place(&query.salida) == Some(input))
}

fn generate(make: &Make) -> Result<()> {
    let sales = Sales::new(make.semilla, make.filas)?;
    Ok(stream_sales(&sales, io::stdout().lock())?)
}

fn say(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| {
        BenchmarkError::output(std::path::Path::new("salida estándar"), error).into()
    })
}
