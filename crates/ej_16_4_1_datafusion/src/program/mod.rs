//! The program `motor-datafusion`: its command line, its messages and its exit codes.

mod arguments;
mod compatibility;
mod messages;
mod queries;
mod show;
mod tpch;

use crate::write::save_text;
use crate::{EngineError, Layout, Shop, tpch as data};
use anyhow::{Context as _, Result};
use arguments::{Arguments, Make, MakeShop, Order};
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Runs the program with these arguments, the first of which is its name, and gives its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: Arguments| work(arguments.order);
    ecommerce_cli::guarded(arguments, work, messages::report)
}

fn work(order: Order) -> Result<()> {
    match order {
        Order::Consultar(query) => runtime()?.block_on(queries::answer(&query)),
        Order::Generar(make) => generate(&make),
        Order::Ventas(make) => shop(&make),
        Order::Tpch(race) => runtime()?.block_on(tpch::answer(&race)),
        Order::SparkSql(table) => runtime()?.block_on(compatibility::write(&table)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no se pueden abrir los hilos del motor")
}

fn generate(make: &Make) -> Result<()> {
    let watched = io::stderr().is_terminal();
    let dataset = data::generate(make.escala, &make.salida, |progress| {
        if watched {
            let share = 100 * progress.rows / progress.of.max(1);
            // Nobody is left to tell when the terminal is gone.
            let _ = write!(io::stderr(), "\r{:<10}{share:>3} %", progress.table.name());
        }
    })?;
    if watched {
        let _ = write!(io::stderr(), "\r{:<16}\r", "");
    }
    let said = serde_json::json!({ "escala": dataset.scale(), "tablas": dataset.files() });
    say(&format!("{said}\n"))
}

fn shop(make: &MakeShop) -> Result<()> {
    let shop = Shop::new(make.semilla, make.filas)?;
    let sales = shop.write_sales(&make.salida.join("ventas.parquet"), Layout::default())?;
    let customers = shop.write_customers(&make.salida.join("clientes.parquet"))?;
    let said = serde_json::json!({ "ventas": sales.rows, "clientes": customers.rows });
    say(&format!("{said}\n"))
}

fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    done.map_err(|error| EngineError::write(Path::new("salida estándar"), error).into())
}

fn save(path: &Path, text: &str) -> Result<()> {
    Ok(save_text(path, text)?)
}
