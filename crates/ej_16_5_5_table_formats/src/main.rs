//! The programs of the exercise: the table of what each client can do, the Rust writer, and the experiment of both engines.
#![forbid(unsafe_code)]

use clap::{Args, Parser, Subcommand};
use ej_16_5_5_table_formats::conflict::{self, Outcome, Plan};
use ej_16_5_5_table_formats::matrix::{delta_trials, markdown};
use ej_16_5_5_table_formats::{
    Format, FormatError, OtherFormats, Place, StoreOptions, events, locked, write_parquet,
};
use std::ffi::OsString;
use std::io::{BufReader, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Delta, Iceberg y Hudi sobre los mismos datos")]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Prueba qué puede el cliente de Rust de cada formato y lo imprime como tabla
    Tabla(Trials),
    /// Escribe en una tabla Delta lo que le pidan por la entrada estándar, una orden por línea
    Escritor {
        /// Ruta de la tabla, o s3://cubo/clave con AWS_… en el entorno
        #[arg(long)]
        tabla: String,
    },
    /// Pone a Rust y a Spark a escribir en la misma tabla Delta y dice qué pasó
    Conflicto(Conflict),
}

#[derive(Args)]
struct Trials {
    /// Formatos que se prueban; Hudi compila medio millar de paquetes y necesita protoc
    #[arg(long, value_delimiter = ',', default_value = "delta,iceberg")]
    formatos: Vec<String>,
    /// Carpeta donde dejar además formatos.md y formatos.json
    #[arg(long)]
    salida: Option<PathBuf>,
}

#[derive(Args)]
struct Conflict {
    /// Python con PySpark y delta-spark; si falta, el de ECOMMERCE_PYTHON_SPARK
    #[arg(long)]
    python: Option<PathBuf>,
    /// Carpeta donde dejar conflictos.json y conflictos.md
    #[arg(long)]
    salida: PathBuf,
    /// Commits que agrega Spark en cada pasada; Rust agrega mientras tanto
    #[arg(long, default_value_t = 100)]
    agregados: u32,
    /// Rondas en que ambos reemplazan un día, y otras tantas en que ambos borran
    #[arg(long, default_value_t = 20)]
    rondas: u32,
    /// Milisegundos que strace retiene cada rename de Spark en una segunda pasada; 0 la omite
    #[arg(long, default_value_t = 200)]
    ventana_ms: u64,
    /// Además, una pasada en S3: s3://cubo/prefijo, con AWS_… y ECOMMERCE_SPARK_S3_JARS en el entorno
    #[arg(long, value_name = "S3")]
    s3: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let done = match arguments.order {
        Order::Tabla(asked) => trials(&asked).await,
        Order::Escritor { tabla } => writer(&tabla).await,
        Order::Conflicto(asked) => conflicts(&asked).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", ecommerce_cli::without_echo(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

async fn writer(table: &str) -> Result<(), FormatError> {
    let place = Place::parse(table, &StoreOptions::from_env())?;
    conflict::serve(&place, BufReader::new(stdin()), stdout()).await
}

async fn trials(asked: &Trials) -> Result<(), FormatError> {
    if let Some(into) = &asked.salida {
        place(into)?;
    }
    let directory = tempfile::tempdir().map_err(io("el directorio temporal"))?;
    let days = events(7, 3_000)?;
    let mut data = Vec::new();
    for day in &days {
        let path = directory.path().join(format!("{}.parquet", day.fecha));
        write_parquet(&path, &day.batch)?;
        data.push(path);
    }
    let mut found = delta_trials(&directory.path().join("delta"), &days).await;
    let asked_for = |name: &str| asked.formatos.iter().any(|format| format == name);
    for (format, name) in [(Format::Iceberg, "iceberg"), (Format::Hudi, "hudi")] {
        if asked_for(name) {
            eprintln!("Compilando formato-{name} (minutos la primera vez) …");
            let client = OtherFormats::build(format, &target_directory()?)?;
            found.extend(client.trials(&directory.path().join(name), &data)?);
        }
    }
    let versions = locked();
    let versions = [
        (
            Format::Delta,
            format!("deltalake {}", deltalake::crate_version()),
        ),
        (Format::Iceberg, format!("iceberg {}", versions.iceberg)),
        (Format::Hudi, format!("hudi {}", versions.hudi)),
    ];
    let text = markdown(&found, &versions);
    print!("{text}");
    if let Some(into) = &asked.salida {
        write(&into.join("formatos.md"), &text)?;
        write(
            &into.join("formatos.json"),
            &(serde_json::to_string_pretty(&found)? + "\n"),
        )?;
    }
    Ok(())
}

async fn conflicts(asked: &Conflict) -> Result<(), FormatError> {
    place(&asked.salida)?;
    let python = asked
        .python
        .clone()
        .or_else(|| std::env::var_os("ECOMMERCE_PYTHON_SPARK").map(PathBuf::from));
    let python = python.ok_or_else(|| FormatError::Program {
        program: "Spark".into(),
        detail: "falta --python o ECOMMERCE_PYTHON_SPARK (cargo xtask venv spark)".into(),
    })?;
    let directory = tempfile::tempdir().map_err(io("el directorio temporal"))?;
    let own = std::env::current_exe().map_err(io("este programa"))?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/pares/escritor_spark.py");
    // Spark calls the same store s3a.
    let plan = |table: String, before: &[String], condition: Option<String>, rounds: u32| {
        let named = |program: &[OsString], table: &str| -> Vec<OsString> {
            let mut words = program.to_vec();
            words.extend(["--tabla".into(), table.into()]);
            words
        };
        let mut spark: Vec<OsString> = before.iter().map(OsString::from).collect();
        spark.extend([python.clone().into(), script.into()]);
        Plan {
            options: std::env::vars()
                .filter(|(name, _)| name.starts_with("AWS_"))
                .collect(),
            rust: named(&[own.clone().into(), "escritor".into()], &table),
            spark: named(&spark, &table.replacen("s3://", "s3a://", 1)),
            table,
            condition,
            appends: asked.agregados,
            rounds,
        }
    };
    let local = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    let mut outcomes = Vec::new();
    eprintln!("Rust y Spark, sin intervenir …");
    outcomes.push(conflict::run(&plan(local("libre"), &[], None, asked.rondas)).await?);
    keep(&outcomes, &asked.salida)?;
    if asked.ventana_ms > 0 {
        eprintln!("Rust y Spark, con cada rename de Spark retenido …");
        let mut held = plan(
            local("ventana"),
            &conflict::strace_that_delays_renames(asked.ventana_ms),
            Some(format!(
                "cada rename de Spark, retenido {} ms",
                asked.ventana_ms
            )),
            0,
        );
        held.appends = asked.agregados.min(10);
        outcomes.push(conflict::run(&held).await?);
        keep(&outcomes, &asked.salida)?;
    }
    if let Some(base) = &asked.s3 {
        eprintln!("Rust y Spark, en S3 …");
        let table = format!("{}/{}", base.trim_end_matches('/'), uuid::Uuid::new_v4());
        outcomes.push(conflict::run(&plan(table, &[], None, asked.rondas)).await?);
        keep(&outcomes, &asked.salida)?;
    }
    print!("{}", conflict::markdown(&outcomes));
    Ok(())
}

/// Written after every pass: the next one may fail.
fn keep(outcomes: &[Outcome], into: &Path) -> Result<(), FormatError> {
    write(&into.join("conflictos.md"), &conflict::markdown(outcomes))?;
    let json = serde_json::to_string_pretty(outcomes)? + "\n";
    write(&into.join("conflictos.json"), &json)
}

/// The build directory that this program stands in.
fn target_directory() -> Result<PathBuf, FormatError> {
    let own = std::env::current_exe().map_err(io("este programa"))?;
    let target = own.parent().and_then(Path::parent);
    Ok(target.unwrap_or(Path::new("target")).to_owned())
}

fn io(path: &str) -> impl FnOnce(std::io::Error) -> FormatError {
    move |source| FormatError::Io {
        path: path.into(),
        source,
    }
}

/// The directory for what takes minutes: one that cannot be made is better known before than after.
fn place(directory: &Path) -> Result<(), FormatError> {
    std::fs::create_dir_all(directory).map_err(|source| FormatError::Io {
        path: directory.to_owned(),
        source,
    })
}

fn write(path: &Path, text: &str) -> Result<(), FormatError> {
    std::fs::write(path, text).map_err(|source| FormatError::Io {
        path: path.to_owned(),
        source,
    })
}
