//! A cluster of real processes, started by whoever needs one and gone with it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use ecommerce_cluster::Engine;

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum RaiseError {
    /// The program cannot be started.
    #[error("starting {program}: {source}")]
    Start {
        /// Which.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It ended, or did not say in time that it is ready.
    #[error("the cluster is not ready: {0}")]
    NotReady(String),
}

/// What is raised.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The engine.
    pub engine: Engine,
    /// Executors.
    pub executors: usize,
    /// Tasks at once of each.
    pub cores: usize,
    /// How often everything may be started anew.
    pub restarts: usize,
    /// Further arguments of `levantar`.
    pub arguments: Vec<String>,
    /// Environment of all processes: gates, credentials.
    pub environment: Vec<(String, String)>,
}

impl Shape {
    /// Returns two executors of one core.
    pub fn of(engine: Engine) -> Self {
        Self {
            engine,
            executors: 2,
            cores: 1,
            restarts: 100,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }
}

/// `levantar` as a child of this process, tied to it: when this process ends, however it does, so does the cluster.
#[derive(Debug)]
pub struct Raised {
    child: Child,
    lines: Receiver<String>,
    url: String,
}

impl Raised {
    /// Returns a cluster that is ready. `program` is this exercise's or any other with the same subcommands.
    ///
    /// # Errors
    /// * [`RaiseError::Start`], [`RaiseError::NotReady`].
    pub fn start(program: &Path, shape: &Shape) -> Result<Self, RaiseError> {
        let mut child = Command::new(program)
            .args(["levantar", "--atado", "--puerto", "0"])
            .args(["--motor", &shape.engine.to_string()])
            .args(["--ejecutores", &shape.executors.to_string()])
            .args(["--nucleos", &shape.cores.to_string()])
            .args(["--reinicios", &shape.restarts.to_string()])
            .args(&shape.arguments)
            .envs(shape.environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| RaiseError::Start {
                program: program.display().to_string(),
                source,
            })?;
        let (send, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if send.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let mut raised = Self {
            child,
            lines,
            url: String::new(),
        };
        raised.url = raised.ready(Duration::from_secs(60))?;
        Ok(raised)
    }

    /// Returns the address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the process id of `levantar`.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the next line that says that everything is ready, and returns the address in it.
    ///
    /// # Errors
    /// * [`RaiseError::NotReady`].
    pub fn ready(&self, within: Duration) -> Result<String, RaiseError> {
        match self.lines.recv_timeout(within) {
            Ok(line) => match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["listo", url, ..] => Ok(url.to_owned()),
                _ => Err(RaiseError::NotReady(format!("it says '{line}'"))),
            },
            Err(RecvTimeoutError::Timeout) => {
                Err(RaiseError::NotReady(format!("nothing in {within:?}")))
            }
            Err(RecvTimeoutError::Disconnected) => Err(RaiseError::NotReady("it ended".to_owned())),
        }
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        // The end of its standard input is what it takes for "stop".
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
