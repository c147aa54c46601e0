//! A script of `benches/peers` in a process of its own, which does its own timing and is asked line by line.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The process. It ends with its standard input, when this is dropped.
pub(crate) struct Peer {
    child: Child,
    // Taken when it is to end.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts a script with the interpreter of `ECOMMERCE_PYTHON`; without one says so and returns `None`.
    pub(crate) fn of_environment(exercise: &str, script: &str) -> Option<Self> {
        let Some(interpreter) = std::env::var_os("ECOMMERCE_PYTHON") else {
            eprintln!("{exercise}: Python ausente: ECOMMERCE_PYTHON no dice con qué intérprete");
            return None;
        };
        Some(Self::start(&interpreter, script))
    }

    fn start(interpreter: &OsStr, script: &str) -> Self {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut child = Command::new(interpreter)
            // No warnings: that map_elements is slow is what is measured.
            .args(["-W", "ignore"])
            .arg(peers.join(script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ECOMMERCE_PYTHON is an interpreter");
        Self {
            requests: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().expect("it is piped")),
            child,
        }
    }

    /// Returns its answer to a request, a line each.
    pub(crate) fn ask(&mut self, request: &str) -> String {
        let requests = self.requests.as_mut().expect("it has not been dropped");
        writeln!(requests, "{request}").expect("it reads its requests");
        let mut answer = String::new();
        let read = self.answers.read_line(&mut answer);
        assert!(
            read.expect("it answers in text") > 0,
            "no answer to {request}"
        );
        answer.trim_end().to_owned()
    }

    /// Returns the seconds that it says something took.
    pub(crate) fn time(&mut self, request: &str) -> Duration {
        let seconds = self.ask(request).parse();
        Duration::from_secs_f64(seconds.expect("it answers with seconds"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.requests.take());
        // It has nothing left to say, whatever its exit status.
        let _ = self.child.wait();
    }
}
