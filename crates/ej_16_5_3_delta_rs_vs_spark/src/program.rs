//! The command line.

use clap::{Args, Parser, Subcommand};
use ej_16_5_3_delta_rs_vs_spark::engine::Engine;
use ej_16_5_3_delta_rs_vs_spark::{
    ChildEngine, Matrix, Outcome, Row, RunError, RustEngine, Who, catalogue, memory, run,
    run_rust_alone,
};
use std::error::Error;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Failure = Box<dyn Error>;

#[derive(Parser)]
#[command(about = "Delta, función por función: delta-rs en Rust, en Python y Delta Lake de Spark")]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Prueba todas las funciones con los tres y escribe la página
    Matriz {
        /// La página que se escribe
        #[arg(long)]
        salida: PathBuf,
        /// Solo estas funciones, separadas por comas
        #[arg(long, value_delimiter = ',')]
        solo: Vec<String>,
        /// Conserva las funciones que la página ya tiene y prueba las que faltan
        #[arg(long)]
        continuar: bool,
    },
    /// Prueba las funciones con Rust solo y las imprime
    Rust,
    /// Hace una tabla y le aplica un MERGE; imprime lo que hizo
    Merge(Merge),
}

#[derive(Args)]
struct Merge {
    /// Carpeta de la tabla, que no debe existir
    #[arg(long)]
    tabla: PathBuf,
    /// Filas de la tabla
    #[arg(long)]
    filas: u64,
    /// Filas del origen
    #[arg(long, default_value_t = 1000)]
    origen: u64,
    /// Bytes que DataFusion puede retener
    #[arg(long)]
    limite: Option<usize>,
    /// Hace la tabla y nada más: lo que se resta
    #[arg(long)]
    sin_merge: bool,
}

/// Does what the command line asks; errors are one line in Spanish with their causes.
pub(crate) fn main_with(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match obey(arguments.order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut line = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                line = format!("{line}: {error}");
                cause = error.source();
            }
            eprintln!("error: {line}");
            ExitCode::FAILURE
        }
    }
}

fn obey(order: Order) -> Result<(), Failure> {
    match order {
        Order::Matriz {
            salida,
            solo,
            continuar,
        } => matrix(&salida, &solo, continuar),
        Order::Rust => {
            let dir = tempfile::tempdir()?;
            let matrix = run_rust_alone(catalogue(), dir.path())?;
            for row in &matrix.rows {
                println!("{:<20} {}", row.key, told(&row.made[0]));
            }
            Ok(())
        }
        Order::Merge(asked) => merge(&asked),
    }
}

fn matrix(page: &Path, only: &[String], go_on: bool) -> Result<(), Failure> {
    if let Some(unknown) = only
        .iter()
        .find(|key| !catalogue().iter().any(|feature| feature.key == *key))
    {
        return Err(format!("no hay función {unknown}").into());
    }
    let mut found = match std::fs::read_to_string(page) {
        Ok(text) if go_on => Matrix::parse(&text)?,
        _ => Matrix::default(),
    };
    let mut engines: Vec<Box<dyn Engine>> = vec![
        Box::new(RustEngine::new()?),
        Box::new(child(Who::Python)?),
        Box::new(child(Who::Spark)?),
    ];
    let dir = tempfile::tempdir()?;
    for feature in catalogue() {
        let is_wanted = only.is_empty() || only.iter().any(|key| key == feature.key);
        if !is_wanted || found.row(feature.key).is_some() {
            continue;
        }
        let tried = run(&mut engines, &[*feature], dir.path(), &mut |row| {
            progress(row)
        })?;
        if !found.rows.is_empty() && found.versions != tried.versions {
            return Err("la página es de otras versiones: empieza otra".into());
        }
        found.versions = tried.versions;
        found.rows.extend(tried.rows);
        // Row by row: a run of minutes that is cut short can be gone on with.
        std::fs::write(page, found.page(catalogue())).map_err(|source| RunError::File {
            path: page.to_owned(),
            source,
        })?;
    }
    let (yes, tried) = found.count(|_| true);
    println!(
        "{} funciones, {tried} celdas probadas, {yes} sí",
        found.rows.len()
    );
    Ok(())
}

/// The interpreters that `cargo xtask venv` names, from the environment, with the scripts of this crate.
fn child(who: Who) -> Result<ChildEngine, Failure> {
    let named = |variable: &str| {
        let given = std::env::var_os(variable).filter(|value| !value.is_empty());
        given.ok_or_else(|| format!("falta {variable} (cargo xtask venv, just matriz-delta)"))
    };
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    Ok(match who {
        Who::Spark => ChildEngine::new(
            who,
            named("ECOMMERCE_PYTHON_SPARK")?,
            scripts.join("sondas_spark.py"),
        )
        .with("ECOMMERCE_SPARK_JARS", named("ECOMMERCE_SPARK_JARS")?),
        _ => ChildEngine::new(
            who,
            named("ECOMMERCE_PYTHON")?,
            scripts.join("sondas_deltalake.py"),
        ),
    })
}

fn progress(row: &Row) {
    let made: Vec<_> = row.made.iter().map(told).collect();
    eprintln!("{:<20} {}", row.key, made.join(" · "));
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Yes => "sí".into(),
        Outcome::Failed(said) => format!("no: {said}"),
        Outcome::Wrong(what) => format!("mal: {what}"),
        Outcome::Unused => "sin usar".into(),
        Outcome::NoTable | Outcome::Nothing => "–".into(),
    }
}

fn merge(asked: &Merge) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let table = std::path::absolute(&asked.tabla)?;
    let done = runtime.block_on(async {
        let target = memory::target(&table, asked.filas).await?;
        if asked.sin_merge {
            return Ok::<_, memory::MergeError>(None);
        }
        memory::merge(target, asked.filas, asked.origen, asked.limite)
            .await
            .map(Some)
    })?;
    let mut out = std::io::stdout();
    match done {
        None => writeln!(out, "{{}}")?,
        Some(done) => writeln!(
            out,
            "{}",
            serde_json::json!({
                "actualizadas": done.num_target_rows_updated,
                "insertadas": done.num_target_rows_inserted,
                "copiadas": done.num_target_rows_copied,
            })
        )?,
    }
    Ok(())
}
