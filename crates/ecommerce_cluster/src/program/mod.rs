//! The program: `planificador`, `ejecutor`, `levantar` and `consultar`.
//!
//! It is a function of the library, so that another program can be the same one with functions of its own: an executor can
//! only run what it was built with.

mod raise;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use datafusion::arrow::util::pretty::pretty_format_batches;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::address::Address;
use crate::cluster::Cluster;
use crate::engine::Engine;
use crate::engine::ballista_server::Heartbeat;
use crate::error::ClusterError;
use crate::functions::Functions;
use crate::options::Options;
use crate::serve::{ExecutorOptions, LOOPBACK, SchedulerOptions, SchedulerProcess, executor};

/// Un clúster de DataFusion en esta máquina
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// Cuenta en stderr lo que hacen los motores
    #[arg(short, long, global = true)]
    verboso: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// El proceso al que se conectan los demás
    Planificador(SchedulerArgs),
    /// Un proceso que ejecuta partes de las consultas
    Ejecutor(ExecutorArgs),
    /// Un planificador y sus ejecutores; termina con Ctrl-C
    Levantar(raise::RaiseArgs),
    /// Una consulta, con su respuesta en forma de tabla
    Consultar(QueryArgs),
}

#[derive(Args, Clone, Debug)]
struct HeartbeatArgs {
    /// Segundos entre dos latidos de un ejecutor de Ballista
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    latido: u64,
    /// Segundos sin latidos tras los que Ballista da por muerto a un ejecutor
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    plazo_latido: u64,
}

impl HeartbeatArgs {
    fn heartbeat(&self) -> Heartbeat {
        Heartbeat {
            every: Duration::from_secs(self.latido),
            timeout: Duration::from_secs(self.plazo_latido.max(self.latido + 1)),
        }
    }
}

#[derive(Args, Debug)]
struct SchedulerArgs {
    /// Puerto en 127.0.0.1; 0 toma uno libre
    #[arg(long, default_value_t = 50050)]
    puerto: u16,
    /// Ejecutores que hacen falta para empezar
    #[arg(long, default_value_t = 1)]
    esperar: usize,
    /// El motor del clúster
    #[arg(long, value_enum, default_value_t)]
    motor: Engine,
    #[command(flatten)]
    heartbeat: HeartbeatArgs,
    /// Termina cuando se cierra la entrada estándar
    #[arg(long, hide = true)]
    atado: bool,
}

#[derive(Args, Debug)]
struct ExecutorArgs {
    /// El clúster al que se une
    #[arg(long, value_name = "df://127.0.0.1:PUERTO")]
    planificador: Address,
    /// Tareas a la vez; sin decirlo, una por núcleo
    #[arg(long)]
    nucleos: Option<usize>,
    /// Carpeta de los archivos intermedios; sin decirlo, una temporal
    #[arg(long, value_name = "DIR")]
    trabajo: Option<PathBuf>,
    #[command(flatten)]
    heartbeat: HeartbeatArgs,
    /// Termina cuando se cierra la entrada estándar
    #[arg(long, hide = true)]
    atado: bool,
    /// Se inicia sin las funciones propias
    #[arg(long, hide = true)]
    sin_funciones: bool,
}

#[derive(Args, Debug)]
struct QueryArgs {
    /// El clúster que responde
    #[arg(long, value_name = "df://127.0.0.1:PUERTO")]
    planificador: Address,
    /// Una tabla: Parquet, o Delta si la ubicación empieza por delta+
    #[arg(long = "tabla", value_name = "NOMBRE=UBICACIÓN")]
    tablas: Vec<String>,
    /// Segundos para responder
    #[arg(long, default_value_t = 300)]
    plazo: u64,
    /// La consulta
    sql: String,
}

/// Runs the program with the process's arguments and these functions.
#[must_use]
pub fn main_with(functions: Functions) -> ExitCode {
    let cli = match ecommerce_cli::parse::<Cli>(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if cli.verboso {
        let _ = tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(tracing::Level::INFO)
            .try_init();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no se puede iniciar: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(run(cli.command, functions));
    // What is still running (a task that waits, a server) ends with the process, not before it.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.spanish());
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, functions: Functions) -> Result<(), ClusterError> {
    match command {
        Command::Planificador(args) => {
            let atado = args.atado;
            until_stopped(atado, scheduler(args, functions)).await
        }
        Command::Ejecutor(args) => {
            let atado = args.atado;
            until_stopped(atado, join(args, functions)).await
        }
        Command::Levantar(args) => raise::raise(args).await,
        Command::Consultar(args) => query(args, functions).await,
    }
}

async fn scheduler(args: SchedulerArgs, functions: Functions) -> Result<(), ClusterError> {
    let process = SchedulerProcess::bind(SchedulerOptions {
        engine: args.motor,
        address: SocketAddr::new(LOOPBACK, args.puerto),
        executors: args.esperar,
        heartbeat: args.heartbeat.heartbeat(),
        functions,
    })
    .await?;
    println!("planificador {} motor={}", process.address(), args.motor);
    process.serve().await
}

async fn join(args: ExecutorArgs, functions: Functions) -> Result<(), ClusterError> {
    let temporary;
    let work_dir = match args.trabajo {
        Some(dir) => {
            std::fs::create_dir_all(&dir)
                .map_err(ClusterError::process(format!("creating {}", dir.display())))?;
            dir
        }
        None => {
            temporary = tempfile::tempdir()
                .map_err(ClusterError::process("creating a temporary directory"))?;
            temporary.path().to_owned()
        }
    };
    executor(ExecutorOptions {
        cluster: args.planificador,
        cores: args
            .nucleos
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        work_dir,
        heartbeat: args.heartbeat.heartbeat(),
        connect: Options::default().connect,
        functions: if args.sin_funciones {
            Functions::default()
        } else {
            functions
        },
    })
    .await
}

async fn query(args: QueryArgs, functions: Functions) -> Result<(), ClusterError> {
    let options = Options {
        deadline: Duration::from_secs(args.plazo),
        functions,
        ..Options::default()
    };
    let cluster = Cluster::connect(&args.planificador.to_string(), options).await?;
    for table in &args.tablas {
        let (name, location) = table.split_once('=').ok_or_else(|| ClusterError::Source {
            table: table.clone(),
            reason: "expected NAME=LOCATION".to_owned(),
        })?;
        match location.strip_prefix("delta+") {
            Some(url) => {
                let url = Url::parse(url).map_err(|error| ClusterError::Source {
                    table: location.to_owned(),
                    reason: error.to_string(),
                })?;
                cluster.delta(name, &url).await?;
            }
            None => cluster.parquet(name, location).await?,
        }
    }
    let answer = cluster.sql(&args.sql).await?;
    let table = pretty_format_batches(&answer.batches)
        .map_err(|error| ClusterError::setup("printing the answer", error))?;
    println!("{table}");
    eprintln!(
        "{} filas; {} etapas, {} bytes entre ellas",
        answer.rows(),
        answer.traffic.stages,
        answer.traffic.shuffled_bytes
    );
    Ok(())
}

/// Serves until it ends, a signal arrives or, when tied, whoever started it lets go of the standard input.
async fn until_stopped(
    tied: bool,
    service: impl Future<Output = Result<(), ClusterError>>,
) -> Result<(), ClusterError> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(ClusterError::process("waiting for signals"))?;
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(ClusterError::process("waiting for signals"))?;
    let (released, release) = tokio::sync::oneshot::channel::<()>();
    if tied {
        // A thread, because a read of the standard input cannot be cancelled.
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            drop(released);
        });
    } else {
        std::mem::forget(released);
    }
    tokio::select! {
        ended = service => match ended {
            // Whoever holds the tie has the scheduler too, and says what became of it.
            Err(ClusterError::SchedulerLost { .. }) if tied => Ok(()),
            ended => ended,
        },
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        _ = release => Ok(()),
    }
}
