//! The command line, and the two kinds of session as child processes.

mod child;

use anyhow::{Context as _, Result, ensure};
use child::Environment;
use clap::{Args, Parser, Subcommand};
use ej_16_4_3_comet::report::Report;
use ej_16_4_3_comet::table::{KeptPlan, Measured};
use ej_16_4_3_comet::workload::{Conditions, Job, Scope};
use ej_16_4_3_comet::{Motor, Plan, Session, figures, markdown};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const METHOD: &str = "Sesiones enteras que se alternan (Spark, Comet, Spark, Comet …), cada una en su JVM; cada consulta, varias veces \
seguidas, desde el texto hasta las filas en Python. Se toma la mediana de todas las repeticiones menos la primera de cada sesión. Las \
respuestas se comparan celda a celda antes de mirar el reloj. El plan es el ejecutado, después de la última repetición.";

#[derive(Parser)]
#[command(
    about = "Spark con Comet y sin él: los mismos datos, las mismas consultas, sus planes y sus tiempos"
)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Hace los datos que falten, corre las sesiones y escribe comet.json, comet.md y comet-cifras.json
    Medir(Measure),
    /// Escribe comet.md y comet-cifras.json a partir de un comet.json
    Informe {
        /// El resultado
        archivo: PathBuf,
    },
    /// Cuenta los operadores de un plan que se lee de un archivo, tal como lo imprime Spark
    Plan {
        /// El texto del plan
        archivo: PathBuf,
    },
}

#[derive(Args)]
struct Measure {
    /// Carpeta de los resultados
    #[arg(long)]
    salida: PathBuf,
    /// Carpeta de los datos; los que ya están no se hacen otra vez
    #[arg(long, default_value = "data/comet")]
    datos: PathBuf,
    /// Filas de ventas
    #[arg(long, default_value_t = 4_000_000)]
    ventas: u64,
    /// Filas de clientes
    #[arg(long, default_value_t = 200_000)]
    clientes: u64,
    /// Factor de escala de TPC-H; 0 lo deja fuera
    #[arg(long, default_value_t = 1.0)]
    sf: f64,
    /// Sesiones de cada clase, alternadas
    #[arg(long, default_value_t = 2)]
    rondas: usize,
    /// Veces que cada sesión hace cada consulta; la primera no cuenta
    #[arg(long, default_value_t = 3)]
    repeticiones: usize,
    /// Hilos de Spark; todos si falta
    #[arg(long)]
    hilos: Option<usize>,
    /// Montón de la JVM, en MiB
    #[arg(long, default_value_t = 2048)]
    monton_mb: u64,
    /// Memoria fuera del montón, en MiB
    #[arg(long, default_value_t = 2048)]
    fuera_mb: u64,
    /// Segundos tras los que una sesión se da por perdida
    #[arg(long, default_value_t = 900)]
    limite_s: u64,
}

/// Does what the command line asks; errors are one line in Spanish with their causes.
pub(crate) fn main_with(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(arguments.order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(order: Order) -> Result<()> {
    match order {
        Order::Medir(asked) => measure(&asked),
        Order::Informe { archivo } => {
            let measured: Measured = serde_json::from_slice(&read(&archivo)?)
                .with_context(|| format!("{} no es un resultado", archivo.display()))?;
            tell(&measured, archivo.parent().unwrap_or(Path::new(".")))
        }
        Order::Plan { archivo } => {
            let text = String::from_utf8_lossy(&read(&archivo)?).into_owned();
            let plan = Plan::parse(&text)
                .with_context(|| format!("{} no es un plan", archivo.display()))?;
            println!("{}", serde_json::to_string_pretty(&plan.coverage())?);
            Ok(())
        }
    }
}

fn measure(asked: &Measure) -> Result<()> {
    ensure!(
        asked.rondas > 0 && asked.repeticiones > 0,
        "--rondas y --repeticiones tienen que ser al menos 1"
    );
    let environment = Environment::discover()?;
    let began = child::now()?;
    let data = std::path::absolute(&asked.datos)?.join(format!(
        "{}-{}-sf{}",
        asked.ventas, asked.clientes, asked.sf
    ));
    environment.make_data(&data, asked.ventas, asked.clientes, asked.sf)?;
    let conditions = Conditions {
        threads: asked
            .hilos
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        heap_mb: asked.monton_mb,
        off_heap_mb: asked.fuera_mb,
        repetitions: asked.repeticiones,
    };
    let scope = Scope {
        tpch: asked.sf > 0.0,
    };
    let mut sessions = Vec::new();
    for round in 1..=asked.rondas {
        for motor in [Motor::Spark, Motor::Comet] {
            eprintln!("ronda {round}/{} · {}", asked.rondas, motor.word());
            let job = Job::new(motor, &data, scope, conditions);
            sessions.push(environment.session(&job, asked.limite_s)?);
        }
    }
    let measured = Measured {
        fecha: began,
        commit: child::commit(&environment.root),
        maquina: child::machine(),
        metodo: METHOD.into(),
        ventas: asked.ventas,
        clientes: asked.clientes,
        sf: asked.sf,
        informe: Report::of(&sessions)?,
        planes: plans(&sessions),
    };
    std::fs::create_dir_all(&asked.salida)
        .with_context(|| format!("no se puede crear {}", asked.salida.display()))?;
    write(
        &asked.salida.join("comet.json"),
        &(serde_json::to_string_pretty(&measured)? + "\n"),
    )?;
    tell(&measured, &asked.salida)
}

/// The plans of the first session of each kind.
fn plans(sessions: &[Session]) -> Vec<KeptPlan> {
    let first = |motor| sessions.iter().find(move |s| s.motor == motor);
    let kept = [Motor::Spark, Motor::Comet].into_iter().filter_map(first);
    let plans = kept.flat_map(|session| {
        session.consultas.iter().map(|run| KeptPlan {
            motor: session.motor,
            nombre: run.nombre.clone(),
            variante: run.variante.clone(),
            plan: child::without_paths(&run.plan),
        })
    });
    plans.collect()
}

fn tell(measured: &Measured, directory: &Path) -> Result<()> {
    let told = markdown(measured);
    print!("{told}");
    write(&directory.join("comet.md"), &told)?;
    let named = serde_json::to_string_pretty(&figures(measured))? + "\n";
    write(&directory.join("comet-cifras.json"), &named)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("no se puede leer {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("no se puede escribir {}", path.display()))
}
