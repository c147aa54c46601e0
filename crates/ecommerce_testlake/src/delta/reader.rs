//! The second opinion, as a child process.

use super::Findings;
use ecommerce_testkit::process::{Child, ChildError, Finished};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the script and the definition of content lie, in this workspace.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/invariantes.py");
const DEFINITION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers");

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
    #[must_use]
    pub fn program(&self, text: &str) -> Child {
        self.python().args(["-c", text])
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
