//! The command line.

mod merge;
mod messages;

use clap::{Parser, Subcommand};
use ej_16_5_1_delta::{
    Appended, Batches, Place, TableError, history, log, walk, walk_vacuum, write_batches,
};
use messages::{Failure, code, in_spanish};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Una tabla Delta desde Rust: su registro, sus operaciones y su MERGE")]
struct Arguments {
    #[command(subcommand)]
    order: Order,
    /// Ajuste del almacén (aws_endpoint_url, aws_region…); las claves, por el entorno
    #[arg(long = "opcion", value_name = "CLAVE=VALOR", global = true)]
    options: Vec<String>,
}

#[derive(Subcommand)]
enum Order {
    /// Imprime cada acción de cada versión del registro, y qué significa
    Log {
        /// Una ruta, o s3://bucket/clave
        tabla: String,
    },
    /// Hace todas las operaciones, una por versión, en una tabla nueva
    Recorrido {
        /// Dónde; en una carpeta temporal si falta. Tiene que estar vacía
        #[arg(long)]
        tabla: Option<String>,
    },
    /// Mide la memoria y el tiempo de un MERGE, cada variante en su proceso
    Merge(merge::Measure),
    /// Escribe lotes uno a uno y dice cuáles están dentro: lo que usan las pruebas de concurrencia
    #[command(hide = true)]
    Escritor {
        tabla: String,
        #[arg(long)]
        id: u32,
        #[arg(long)]
        lotes: u32,
        #[arg(long)]
        filas: u32,
    },
    #[command(hide = true)]
    MergePreparar(merge::Prepare),
    #[command(hide = true)]
    MergeCorrer(merge::Run),
}

/// Does what the command line asks; errors are one line in Spanish.
pub(crate) fn main_with(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(e) => Err(e.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", in_spanish(&failure));
            ExitCode::from(code(&failure))
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let options = arguments
        .options
        .iter()
        .map(|option| {
            let pair = option.split_once('=');
            let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
            pair.ok_or(Failure::Usage("--opcion se escribe CLAVE=VALOR"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let place = |text: &str| Place::parse(text, options.clone());
    match arguments.order {
        Order::Log { tabla } => print_log(&place(&tabla)?).await,
        Order::Recorrido { tabla: Some(tabla) } => print_walk(&place(&tabla)?).await,
        Order::Recorrido { tabla: None } => {
            let dir = tempfile::tempdir()?;
            print_walk(&Place::local(&dir.path().join("ventas"))?).await
        }
        Order::Merge(asked) => asked.run(),
        Order::MergePreparar(asked) => asked.run().await,
        Order::MergeCorrer(asked) => asked.run().await,
        Order::Escritor {
            tabla,
            id,
            lotes,
            filas,
        } => {
            let what = Batches {
                writer: id,
                batches: lotes,
                rows: filas,
            };
            // Said at once: a writer that dies has acknowledged what it has said.
            let mut said = Ok(());
            let acknowledge = |number, appended| {
                let word = match appended {
                    Appended::Now => "dentro",
                    Appended::Already => "estaba",
                };
                let mut out = io::stdout().lock();
                if said.is_ok() {
                    said = writeln!(out, "{number} {word}").and_then(|()| out.flush());
                }
            };
            write_batches(&place(&tabla)?, what, acknowledge).await?;
            Ok(said?)
        }
    }
}

async fn print_log(place: &Place) -> Result<(), Failure> {
    let files = log::files(place).await?;
    if files.commits.is_empty() && files.checkpoints.is_empty() {
        return Err(TableError::NoTable(place.to_string()).into());
    }
    let mut out = io::stdout().lock();
    for version in &files.commits {
        writeln!(out, "versión {version} · _delta_log/{version:020}.json")?;
        for action in log::read(place, *version).await?.actions {
            writeln!(out, "  {}", log::explain(&action))?;
        }
        writeln!(out)?;
    }
    for version in &files.checkpoints {
        writeln!(
            out,
            "checkpoint de la versión {version}: el estado entero en Parquet; quien lo lee no necesita los commits anteriores"
        )?;
    }
    for name in &files.others {
        writeln!(out, "además: {name}")?;
    }
    Ok(())
}

async fn print_walk(place: &Place) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for step in walk(place).await? {
        let revenue: i64 = step.ventas.iter().map(|sale| sale.monto.get()).sum();
        writeln!(
            out,
            "versión {:>2} · {:<32} {} filas en {} archivos, {},{:02} en total",
            step.version,
            step.titulo,
            step.ventas.len(),
            step.archivos,
            revenue / 100,
            revenue % 100
        )?;
    }
    let table = place.open().await?;
    writeln!(out, "\nhistoria, de la última a la primera:")?;
    for commit in history(&table).await? {
        writeln!(out, "  {:>2} {}", commit.version, commit.operation)?;
    }
    let swept = walk_vacuum(place).await?;
    writeln!(
        out,
        "\nvacuum: en el ensayo, {} archivos que ya no usa la última versión; borrados, {}; quedan {} filas",
        swept.dichos.len(),
        swept.borrados.len(),
        swept.ultimo.ventas.len()
    )?;
    let lost = match place.open_at(1).await {
        Ok(table) => ej_16_5_1_delta::read_sales(&table).await.is_err(),
        Err(_) => true,
    };
    let said = if lost {
        "la versión 1 ya no se puede leer: sus archivos no están"
    } else {
        "la versión 1 aún se puede leer"
    };
    writeln!(out, "{said}")?;
    Ok(())
}
