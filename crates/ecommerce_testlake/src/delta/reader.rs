//! The second opinion, as a child process.

use super::Findings;
use ecommerce_testkit::process::{Child, ChildError, Finished};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Where the script and the definition of content lie, in this workspace.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/invariantes.py");
const DEFINITION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers");

/// How a program leaves that has said all. Leaving the ordinary way now and then aborts after `to_pyarrow_table` (deltalake
/// 1.6.6, pyarrow 26.0.1: "terminate called without an active exception"): threads of the dataset reader outlive the
/// interpreter. A program that raised has left before this, with its status.
const LEAVE: &str = "
import os as _os, sys as _sys
_sys.stdout.flush()
_sys.stderr.flush()
_os._exit(0)
";

/// Why the independent reader gave no findings. A damaged table is a finding, no error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// The environment does not say which Python to use.
    #[error(
        "ECOMMERCE_PYTHON is not set: this check belongs to the tier `nivel_python` (cargo xtask test)"
    )]
    NoPython,
    /// The interpreter could not be run.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// It ran and failed: a package is missing, or the script is wrong.
    #[error("the independent reader failed: {0:?}")]
    Failed(Finished),
    /// It answered something else than findings.
    #[error("the independent reader's answer makes no sense")]
    Answer(#[from] serde_json::Error),
    /// It was to answer again and again, and its pipes broke: it died.
    #[error("the independent reader does not answer any more")]
    Gone(#[from] io::Error),
}

/// Python's deltalake and pyarrow, which share no code with the readers and writers under test.
#[derive(Debug, Clone)]
pub struct IndependentReader {
    python: PathBuf,
}

impl IndependentReader {
    /// The reader with the interpreter that `ECOMMERCE_PYTHON` names.
    ///
    /// # Errors
    /// [`ReaderError::NoPython`] if it names none.
    pub fn from_env() -> Result<Self, ReaderError> {
        let python = std::env::var_os("ECOMMERCE_PYTHON").filter(|path| !path.is_empty());
        python.map(Self::with).ok_or(ReaderError::NoPython)
    }

    /// The reader with this interpreter, which has the packages deltalake and pyarrow.
    pub fn with(python: impl Into<PathBuf>) -> Self {
        Self {
            python: python.into(),
        }
    }

    /// A child that runs a Python program with this interpreter: to write a table with something that is not ours.
    ///
    /// It leaves without shutting the interpreter down: a program that comes to its end has succeeded.
    #[must_use]
    pub fn program(&self, text: &str) -> Child {
        self.python().arg("-c").arg(format!("{text}\n{LEAVE}"))
    }

    fn python(&self) -> Child {
        // Bytecode of the shared modules would be written into the sources.
        Child::new(&self.python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .timeout(Duration::from_secs(300))
    }

    /// What is found at a directory that should hold a table. For a table on the S3 server: its `path_of`.
    ///
    /// # Errors
    /// - [`ReaderError::Child`] if the interpreter cannot be run
    /// - [`ReaderError::Failed`] if it lacks a package, or ran out of time
    /// - [`ReaderError::Answer`] if its answer cannot be understood
    ///
    /// # Cost
    /// A second to start; it reads every live file twice and holds the table's rows as text.
    pub fn read(&self, table: impl AsRef<Path>) -> Result<Findings, ReaderError> {
        let run = self
            .python()
            .arg(SCRIPT)
            .arg(table.as_ref())
            .arg(DEFINITION)
            .run()?;
        if !run.success() {
            return Err(ReaderError::Failed(run));
        }
        Ok(serde_json::from_slice(&run.stdout)?)
    }
}

impl IndependentReader {
    /// The same reader, started once for many tables: for tests that look hundreds of times.
    ///
    /// # Errors
    /// [`ReaderError::Gone`] if the interpreter cannot be started.
    pub fn session(&self) -> Result<ReaderSession, ReaderError> {
        let mut child = Command::new(&self.python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args([SCRIPT, "-", DEFINITION])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let Some(answers) = child.stdout.take() else {
            return Err(io::Error::other("no standard output").into());
        };
        Ok(ReaderSession {
            child,
            answers: BufReader::new(answers),
        })
    }
}

/// A reader that is asked about one table after the other. It ends with the value.
#[derive(Debug)]
pub struct ReaderSession {
    child: process::Child,
    answers: BufReader<ChildStdout>,
}

impl ReaderSession {
    /// As [`IndependentReader::read`], without the second that a start takes.
    ///
    /// # Errors
    /// - [`ReaderError::Gone`] if the reader died
    /// - [`ReaderError::Answer`] if its answer cannot be understood
    pub fn read(&mut self, table: impl AsRef<Path>) -> Result<Findings, ReaderError> {
        let Some(questions) = self.child.stdin.as_mut() else {
            return Err(io::Error::other("no standard input").into());
        };
        writeln!(questions, "{}", table.as_ref().display())?;
        questions.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for ReaderSession {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
