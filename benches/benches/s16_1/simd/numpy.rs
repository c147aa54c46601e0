//! numpy in a process of its own, which does its own timing: `benches/peers/suma_numpy.py`.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The process, started when it is first asked something. It ends with its standard input, when this is dropped.
pub(super) struct Numpy {
    interpreter: OsString,
    process: Option<Process>,
    prepared: Option<usize>,
}

struct Process {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Numpy {
    /// Returns numpy by the interpreter of `ECOMMERCE_PYTHON`; without one says so and returns `None`.
    pub(super) fn of_environment() -> Option<Self> {
        let Some(interpreter) = std::env::var_os("ECOMMERCE_PYTHON") else {
            eprintln!("16.1.4: numpy ausente: ECOMMERCE_PYTHON no dice con qué intérprete");
            return None;
        };
        Some(Self {
            interpreter,
            process: None,
            prepared: None,
        })
    }

    /// Has it make an array of this length, unless it has one, and compares its sums with those of integers.
    pub(super) fn prepare(&mut self, len: usize) {
        if self.prepared == Some(len) {
            return;
        }
        // As the script makes it: -1000, -999, … 1999, and over again.
        let amounts = || (0..len as i64).map(|row| row % 3_000 - 1_000);
        let sum: i64 = amounts().sum();
        let positive: i64 = amounts().filter(|amount| *amount > 0).sum();
        let expected = format!("{sum} {positive}");
        assert_eq!(self.ask(&format!("prepara {len}")), expected);
        self.prepared = Some(len);
    }

    /// Returns what this many calls took it.
    pub(super) fn time(&mut self, what: &str, times: u64) -> Duration {
        let seconds = self.ask(&format!("{what} {times}"));
        Duration::from_secs_f64(seconds.parse().expect("it answers with seconds"))
    }

    fn ask(&mut self, request: &str) -> String {
        let process = self
            .process
            .get_or_insert_with(|| Process::start(&self.interpreter));
        writeln!(process.requests, "{request}").expect("it reads its requests");
        let mut answer = String::new();
        let read = process.answers.read_line(&mut answer);
        read.expect("it answers in text");
        answer.trim_end().to_owned()
    }
}

impl Process {
    fn start(interpreter: &OsStr) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/suma_numpy.py");
        let mut child = Command::new(interpreter)
            .arg(script)
            // Huge pages, which numpy asks for and nobody else here does, would compare pages and not sums.
            .env("NUMPY_MADVISE_HUGEPAGE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ECOMMERCE_PYTHON is an interpreter");
        Self {
            requests: child.stdin.take().expect("it is piped"),
            answers: BufReader::new(child.stdout.take().expect("it is piped")),
            child,
        }
    }
}

impl Drop for Numpy {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.requests);
            // It has nothing left to say, whatever its exit status.
            let _ = process.child.wait();
        }
    }
}
