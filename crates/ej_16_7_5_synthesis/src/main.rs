//! `sintesis`: the four projects of the exercise, one order each, and the steps of the table that goes through all languages.
#![forbid(unsafe_code)]

mod messages;

use anyhow::{Context as _, Result, ensure};
use arrow::util::pretty::pretty_format_batches;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ecommerce_arrow::{Columns, EventColumns, EventFile, Format, Limits};
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use ej_16_7_5_synthesis::batch::{self, Growth};
use ej_16_7_5_synthesis::features::{Entity, History, Horizon};
use ej_16_7_5_synthesis::portable;
use ej_16_7_5_synthesis::step::{self, Form};
use ej_16_7_5_synthesis::window::{Key, Pace, Session, WindowSpec, paced};
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(
    name = "sintesis",
    about = "Los cuatro proyectos de 16.7.5, cada uno con una orden"
)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Lotes: el día de este workspace con varios tamaños, y lo que costarían 500 GB en esta máquina
    A(Batch),
    /// Flujo: ventanas de tiempo del evento con estado que sobrevive a kill -9; sin --entrada, mide su latencia
    B(Stream),
    /// Herramienta: analytics-ecommerce a solas, en un entorno vacío
    C(Alone),
    /// ML: de eventos a un conjunto de entrenamiento sin nada del futuro
    D(Training),
    /// Lee una tabla (Parquet, Arrow o carpeta de Spark), la escribe con otra codificación y dice su hash
    Paso(Pass),
    /// Dice el hash de contenido de una tabla
    Hash {
        /// Parquet, Arrow o carpeta con Parquet
        tabla: PathBuf,
    },
}

#[derive(Args)]
struct Batch {
    /// Filas de cada día que se mide, de menos a más
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "500000,1000000,2000000,4000000"
    )]
    filas: Vec<u64>,
    /// Gigabytes (10⁹) de Parquet para los que se estima
    #[arg(long, default_value_t = 500)]
    gb: u64,
    /// Días en que se reparten; si falta, los justos para que ninguno sea mayor que el mayor medido
    #[arg(long)]
    dias: Option<u64>,
    /// Hilos; los de la máquina si falta
    #[arg(long)]
    hilos: Option<usize>,
    /// Carpeta de trabajo; una temporal si falta
    #[arg(long)]
    directorio: Option<PathBuf>,
    /// Lo medido en JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Stream {
    /// Eventos, uno por línea en JSON: un archivo, o - para la entrada estándar
    #[arg(long)]
    entrada: Option<PathBuf>,
    /// Dónde se guarda el estado; al volver a empezar, sigue desde ahí
    #[arg(long, requires = "entrada")]
    estado: Option<PathBuf>,
    /// Dónde se escriben las ventanas cerradas
    #[arg(long, requires = "entrada")]
    salida: Option<PathBuf>,
    /// La entrada ha terminado: cierra también las ventanas abiertas
    #[arg(long = "final", requires = "entrada")]
    end: bool,
    /// Duración de cada ventana, en milisegundos
    #[arg(long, default_value_t = 1_000)]
    ventana_ms: u64,
    /// Cada cuánto empieza una; como la ventana si falta
    #[arg(long)]
    paso_ms: Option<u64>,
    /// Por qué se suma
    #[arg(long, value_enum, default_value_t = By::Region)]
    clave: By,
    /// Cuánto puede retrasarse un evento
    #[arg(long, default_value_t = 200)]
    desorden_ms: u64,
    /// Eventos entre dos guardados del estado
    #[arg(long, default_value_t = 10_000)]
    cada: u32,
    /// Al medir: eventos por segundo
    #[arg(long, default_value_t = 10_000)]
    ritmo: u32,
    /// Al medir: segundos
    #[arg(long, default_value_t = 10)]
    segundos: u32,
    /// Al medir: el percentil 99 que no debe pasarse, en milisegundos; si se pasa, sale con 1
    #[arg(long, default_value_t = 100)]
    limite_ms: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Region,
    Usuario,
}

impl From<By> for Key {
    fn from(by: By) -> Self {
        match by {
            By::Region => Self::Region,
            By::Usuario => Self::User,
        }
    }
}

#[derive(Args)]
struct Alone {
    /// El binario; si falta, el que está junto a este
    #[arg(long)]
    binario: Option<PathBuf>,
    /// Eventos del día
    #[arg(long, default_value_t = 100_000)]
    filas: u64,
}

#[derive(Args)]
struct Training {
    /// Archivo de eventos, Parquet o CSV; si falta, 60 días generados
    #[arg(long)]
    entrada: Option<PathBuf>,
    /// Dónde se escribe; .arrow o .parquet. Si falta, solo se enseñan las primeras filas
    #[arg(long)]
    salida: Option<PathBuf>,
    /// De quién son las características
    #[arg(long, value_enum, default_value_t = Who::Usuario)]
    de: Who,
    /// Cortes: instantes RFC 3339 que separan lo que se sabe de lo que se predice
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "2024-02-15T00:00:00Z,2024-03-01T00:00:00Z"
    )]
    cortes: Vec<String>,
    /// Días hacia atrás que cuentan
    #[arg(long, default_value_t = 28)]
    atras: u32,
    /// Días hacia delante en que se busca la compra
    #[arg(long, default_value_t = 7)]
    adelante: u32,
    /// Eventos, si se generan
    #[arg(long, default_value_t = 200_000)]
    filas: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Who {
    Usuario,
    Producto,
}

#[derive(Args)]
struct Pass {
    /// De dónde se lee
    #[arg(long)]
    entrada: PathBuf,
    /// Dónde se escribe; .arrow o .parquet
    #[arg(long)]
    salida: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let done = match arguments.order {
        Order::A(asked) => run_batch(&asked).await,
        Order::B(asked) => run_stream(&asked),
        Order::C(asked) => run_alone(&asked),
        Order::D(asked) => run_training(&asked),
        Order::Paso(asked) => run_pass(&asked.entrada, &asked.salida),
        Order::Hash { tabla } => step::read(&tabla)
            .and_then(|batches| step::hash(&batches))
            .map(|hash| println!("{hash}"))
            .map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", messages::spanish(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run_batch(asked: &Batch) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let directory = asked.directorio.as_deref().unwrap_or(scratch.path());
    let threads = match asked.hilos {
        Some(threads) => threads,
        None => std::thread::available_parallelism()?.get(),
    };
    let mut measured = Vec::new();
    for rows in &asked.filas {
        let place = directory.join(rows.to_string());
        let point = batch::measure(*rows, threads, &place).await?;
        eprintln!(
            "{rows:>12} filas  {:>8.1} MB  {:>7.2} s  {:>6.1} MB/s  {:>6.2} M filas/s",
            point.bytes as f64 / 1e6,
            point.seconds,
            point.bytes as f64 / 1e6 / point.seconds,
            *rows as f64 / 1e6 / point.seconds,
        );
        measured.push(point);
        // A day of another size is no use of this one's files.
        fs::remove_dir_all(&place)
            .with_context(|| format!("no se puede borrar {}", place.display()))?;
    }
    let growth = Growth::of(&measured).context("no se extrapola")?;
    let bytes = asked.gb * 1_000_000_000;
    let days = asked.dias.unwrap_or_else(|| growth.fewest_days(bytes));
    let (total, [least, most]) = growth.project(bytes, days).context("no se extrapola")?;
    if asked.json {
        let told = json!({
            "hilos": threads, "medido": measured, "recta": growth, "gb": asked.gb, "dias": days,
            "segundos": total.as_secs_f64(), "segundos_entre": [least.as_secs_f64(), most.as_secs_f64()],
        });
        println!("{told:#}");
        return Ok(());
    }
    let hours = |time: Duration| time.as_secs_f64() / 3600.0;
    println!(
        "{} GB en {} días: {:.1} h con {threads} hilos (de {:.1} a {:.1} según entre qué tamaños se mire)",
        asked.gb,
        days,
        hours(total),
        hours(least),
        hours(most),
    );
    println!(
        "Es una recta: {:.3} s por día y {:.2} s por GB, con los puntos a un {:.0} % como mucho. Ningún día pasa del mayor de aquí ({:.1} MB).\n\
         Vale si los usuarios distintos de un día caben en memoria y el disco da lo que se le pide.",
        growth.fixed,
        growth.per_byte * 1e9,
        growth.off * 100.0,
        growth.largest as f64 / 1e6,
    );
    Ok(())
}

fn run_stream(asked: &Stream) -> Result<()> {
    let size = Duration::from_millis(asked.ventana_ms);
    let slide = asked.paso_ms.map_or(size, Duration::from_millis);
    let spec = WindowSpec::new(size, slide, Duration::from_millis(asked.desorden_ms))?;
    match &asked.entrada {
        Some(input) => follow(asked, spec, input),
        None => measure_latency(asked, spec),
    }
}

fn follow(asked: &Stream, spec: WindowSpec, input: &Path) -> Result<()> {
    let state = asked
        .estado
        .as_deref()
        .context("con --entrada hace falta --estado")?;
    let output = asked
        .salida
        .as_deref()
        .context("con --entrada hace falta --salida")?;
    let mut session = Session::open(spec, asked.clave.into(), state, output)?;
    let done = session.position();
    let every = u64::from(asked.cada.max(1));
    let unfinished = if input == Path::new("-") {
        // A pipe cannot be rewound: whoever feeds it starts from the beginning, and what is done is passed over.
        let mut pipe = io::stdin().lock();
        io::copy(&mut (&mut pipe).take(done), &mut io::sink())?;
        session.read(pipe, every)?
    } else {
        let mut file =
            File::open(input).with_context(|| format!("no se puede abrir {}", input.display()))?;
        file.seek(SeekFrom::Start(done))?;
        session.read(BufReader::new(file), every)?
    };
    if asked.end {
        if !unfinished.is_empty() {
            session.line(&unfinished)?;
        }
        session.end()?;
    }
    println!("{}", serde_json::to_string_pretty(session.summary())?);
    Ok(())
}

fn measure_latency(asked: &Stream, spec: WindowSpec) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let pace = Pace {
        per_second: asked.ritmo,
        seconds: asked.segundos,
        checkpoint_every: asked.cada,
    };
    let report = paced(spec, asked.clave.into(), pace, scratch.path())?;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let quantiles = |of: &ej_16_7_5_synthesis::window::Latencies| {
        json!({
            "n": of.len(), "p50_ms": ms(of.quantile(0.5)), "p99_ms": ms(of.quantile(0.99)),
            "p999_ms": ms(of.quantile(0.999)), "max_ms": ms(of.quantile(1.0)),
        })
    };
    let told = json!({
        "ritmo": asked.ritmo, "segundos": report.elapsed.as_secs_f64(), "eventos": quantiles(&report.events),
        "resultados": quantiles(&report.results), "ventanas_cerradas": report.closed, "estado_max": report.most_entries,
        "guardado_cada": asked.cada,
    });
    println!("{told:#}");
    let worst = report
        .events
        .quantile(0.99)
        .max(report.results.quantile(0.99));
    ensure!(
        worst <= Duration::from_millis(asked.limite_ms),
        "el percentil 99 es {:.1} ms y no debe pasar de {} ms",
        ms(worst),
        asked.limite_ms
    );
    Ok(())
}

fn run_alone(asked: &Alone) -> Result<()> {
    let program = match &asked.binario {
        Some(program) => std::path::absolute(program)?,
        None => std::env::current_exe()?.with_file_name("analytics-ecommerce"),
    };
    let scratch = tempfile::tempdir()?;
    let steps = portable::work_alone(&program, asked.filas, scratch.path())
        .context("compílalo antes: cargo build -p ej_16_7_3_analytics_ecommerce")?;
    for step in &steps {
        println!(
            "{:>7.2} s  analytics-ecommerce {}",
            step.time.as_secs_f64(),
            step.order
        );
    }
    if let Some(asked) = steps.get(2) {
        print!("{}", asked.output);
    }
    let size = fs::metadata(&program)?.len();
    let report = fs::metadata(scratch.path().join("informe.html"))?.len();
    println!(
        "Un binario de {:.1} MB en un entorno sin una sola variable; el informe ocupa {:.1} kB.",
        size as f64 / 1e6,
        report as f64 / 1e3
    );
    Ok(())
}

fn run_training(asked: &Training) -> Result<()> {
    let entity = match asked.de {
        Who::Usuario => Entity::User,
        Who::Producto => Entity::Product,
    };
    let mut history = History::new(entity)?;
    match &asked.entrada {
        Some(path) => add_file(&mut history, path)?,
        None => {
            let first = "2024-01-15".parse()?;
            let generator = Generador::new(ConfigGenerador::new(42, first, 60, asked.filas))?;
            let mut row = FilaGenerada::new();
            for index in 0..asked.filas {
                generator.fill(index, &mut row);
                history.add(&row.as_fila());
            }
        }
    }
    let cuts: Result<Vec<i64>> = asked
        .cortes
        .iter()
        .map(|cut| {
            ecommerce_model::parse_instant_micros(cut)
                .with_context(|| format!("`{cut}` no es un instante RFC 3339"))
        })
        .collect();
    let horizon = Horizon::days(asked.atras, asked.adelante);
    let set = history.training_set(&cuts?, horizon)?;
    match &asked.salida {
        Some(path) => step::write(path, form(path)?, std::slice::from_ref(&set))?,
        None => println!(
            "{}",
            pretty_format_batches(&[set.slice(0, set.num_rows().min(10))])?
        ),
    }
    println!(
        "{} filas, {} eventos fuera del contrato, contenido {}",
        set.num_rows(),
        history.rejected(),
        step::hash(&[set])?
    );
    Ok(())
}

fn add_file(history: &mut History, path: &Path) -> Result<()> {
    let format = match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Format::Csv,
        _ => Format::Parquet,
    };
    let limits = Limits::default();
    let file = EventFile::open(path, &path.to_string_lossy(), format, Columns::All, &limits)?;
    for chunk in file.chunks() {
        for batch in file.scan(chunk, Columns::All, &limits)? {
            let (_, batch) = batch?;
            let columns = EventColumns::new(&batch)?;
            (0..batch.num_rows()).for_each(|i| history.add(&columns.row(i)));
        }
    }
    Ok(())
}

fn run_pass(from: &Path, to: &Path) -> Result<()> {
    println!("{}", step::pass(from, to, form(to)?)?);
    Ok(())
}

fn form(path: &Path) -> Result<Form> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => Ok(Form::Parquet),
        Some("arrow") => Ok(Form::Arrow),
        _ => anyhow::bail!("{}: debe acabar en .parquet o .arrow", path.display()),
    }
}
