//! `levantar`: a scheduler and its executors as children of one process, which starts all of them anew when one dies.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::mpsc;

use super::HeartbeatArgs;
use super::stop::Stop;
use crate::address::Address;
use crate::control::ready;
use crate::engine::Engine;
use crate::error::ClusterError;

/// How long children may take to end by themselves.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Args, Debug)]
pub(super) struct RaiseArgs {
    /// Cuántos ejecutores
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    ejecutores: u16,
    /// Puerto del planificador en 127.0.0.1; 0 toma uno libre
    #[arg(long, default_value_t = 50050)]
    puerto: u16,
    /// Tareas a la vez de cada ejecutor; sin decirlo, los núcleos se reparten
    #[arg(long)]
    nucleos: Option<usize>,
    /// El motor del clúster
    #[arg(long, value_enum, default_value_t)]
    motor: Engine,
    /// Cuántas veces se empieza de nuevo cuando muere un proceso
    #[arg(long, default_value_t = 10)]
    reinicios: usize,
    /// Segundos para que todo esté listo
    #[arg(long, default_value_t = 60)]
    arranque: u64,
    #[command(flatten)]
    heartbeat: HeartbeatArgs,
    /// Termina cuando se cierra la entrada estándar
    #[arg(long, hide = true)]
    atado: bool,
    /// No hace nada cuando muere un proceso
    #[arg(long, hide = true)]
    sin_vigilar: bool,
    /// Los ejecutores se inician sin las funciones propias
    #[arg(long, hide = true)]
    sin_funciones: bool,
}

/// Why a generation of processes ended.
enum Ending {
    /// Somebody wants it to.
    Stopped,
    /// A process ended by itself.
    Died(Exit),
}

struct Exit {
    pid: Pid,
    what: String,
    status: std::io::Result<ExitStatus>,
}

pub(super) async fn raise(args: RaiseArgs) -> Result<(), ClusterError> {
    let mut stop = Stop::new(args.atado)?;
    let mut port = args.puerto;
    let mut generation = 0;
    loop {
        let (exits, mut exited) = mpsc::unbounded_channel();
        let mut family = Family {
            children: Vec::new(),
            exits,
        };
        let started = tokio::select! {
            started = start(&args, port, &mut family) => started.map(Some),
            () = stop.wanted() => Ok(None),
            Some(exit) = exited.recv() => Err(ClusterError::setup(&exit.what, exit.describe())),
        };
        let ending = match started {
            Ok(Some((address, _work))) => {
                port = address.port();
                let again = if generation == 0 {
                    String::new()
                } else {
                    format!(" reinicio={generation}")
                };
                println!(
                    "listo {address} ejecutores={} motor={}{again}",
                    args.ejecutores, args.motor
                );
                let _ = std::io::stdout().flush();
                let ending = tokio::select! {
                    () = stop.wanted() => Ending::Stopped,
                    Some(exit) = exited.recv(), if !args.sin_vigilar => {
                        family.children.retain(|child| child.pid != exit.pid);
                        Ending::Died(exit)
                    }
                };
                family.end(&mut exited).await;
                ending
            }
            Ok(None) => {
                family.end(&mut exited).await;
                Ending::Stopped
            }
            Err(error) => {
                family.end(&mut exited).await;
                return Err(error);
            }
        };
        match ending {
            Ending::Stopped => return Ok(()),
            Ending::Died(exit) => {
                eprintln!("{} ha terminado ({})", exit.what, exit.describe());
                if generation == args.reinicios {
                    return Err(ClusterError::setup("levantar", "no quedan reinicios"));
                }
                generation += 1;
            }
        }
    }
}

/// Starts everything and waits until it is ready. The directory of the shuffle files lives as long as the second value.
async fn start(
    args: &RaiseArgs,
    port: u16,
    family: &mut Family,
) -> Result<(Address, tempfile::TempDir), ClusterError> {
    let work =
        tempfile::tempdir().map_err(ClusterError::process("creating a temporary directory"))?;
    let beat = args.heartbeat.latido.to_string();
    let timeout = args.heartbeat.plazo_latido.to_string();
    let address = family.scheduler(&[
        "planificador",
        "--atado",
        "--puerto",
        &port.to_string(),
        "--esperar",
        &args.ejecutores.to_string(),
        "--motor",
        &args.motor.to_string(),
        "--latido",
        &beat,
        "--plazo-latido",
        &timeout,
    ])?;
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = args
        .nucleos
        .unwrap_or_else(|| all.div_ceil(usize::from(args.ejecutores)))
        .to_string();
    for number in 1..=args.ejecutores {
        let dir = work.path().join(format!("ejecutor-{number}"));
        let mut rest = vec!["--latido", &beat, "--plazo-latido", &timeout];
        if args.sin_funciones {
            rest.push("--sin-funciones");
        }
        family.executor(number, &address, &cores, &dir, &rest)?;
    }
    ready(&address, Duration::from_secs(args.arranque)).await?;
    Ok((address, work))
}

/// The processes that were started.
struct Family {
    children: Vec<Member>,
    exits: mpsc::UnboundedSender<Exit>,
}

struct Member {
    pid: Pid,
    /// As long as it is open, the child stays.
    tie: Option<ChildStdin>,
}

impl Family {
    fn scheduler(&mut self, arguments: &[&str]) -> Result<Address, ClusterError> {
        let what = "el planificador";
        let mut command = this_program()?;
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().map_err(ClusterError::process(what))?;
        let stdout = child.stdout.take();
        self.adopt(what.to_owned(), child);
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(ClusterError::process(what))?;
        }
        line.split_whitespace()
            .nth(1)
            .ok_or_else(|| ClusterError::setup(what, "no dice dónde escucha"))?
            .parse()
    }

    fn executor(
        &mut self,
        number: u16,
        address: &Address,
        cores: &str,
        work: &Path,
        rest: &[&str],
    ) -> Result<(), ClusterError> {
        let what = format!("el ejecutor {number}");
        let mut command = this_program()?;
        command
            .args([
                "ejecutor",
                "--atado",
                "--planificador",
                &address.to_string(),
            ])
            .args(["--nucleos", cores, "--trabajo"])
            .arg(work)
            .args(rest)
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let child = command.spawn().map_err(ClusterError::process(&what))?;
        self.adopt(what, child);
        Ok(())
    }

    fn adopt(&mut self, what: String, mut child: std::process::Child) {
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
        let tie = child.stdin.take();
        self.children.push(Member { pid, tie });
        let exits = self.exits.clone();
        // Waiting for a child blocks; its end is told through the channel.
        std::thread::spawn(move || {
            let status = child.wait();
            let _ = exits.send(Exit { pid, what, status });
        });
    }

    /// Lets go of every child, and kills those that stay.
    async fn end(self, exited: &mut mpsc::UnboundedReceiver<Exit>) {
        let Self {
            mut children,
            exits,
        } = self;
        for child in &mut children {
            child.tie = None;
        }
        // The channel closes when the last waiting thread has told its child's end.
        drop(exits);
        let all = async {
            while let Some(exit) = exited.recv().await {
                children.retain(|child| child.pid != exit.pid);
            }
        };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            for child in &children {
                let _ = kill(child.pid, Signal::SIGKILL);
            }
            while exited.recv().await.is_some() {}
        }
    }
}

fn this_program() -> Result<Command, ClusterError> {
    std::env::current_exe()
        .map(Command::new)
        .map_err(ClusterError::process("finding this program"))
}

impl Exit {
    fn describe(&self) -> String {
        match &self.status {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }
}
