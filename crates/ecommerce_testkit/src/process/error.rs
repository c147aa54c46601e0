//! Why a child could not be run or observed. How a child *ended* is no error: see [`Finished`](super::Finished).

use std::io;
use std::path::PathBuf;

/// Why a child process could not be run as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// The program could not be started: not found, not executable, or a limit that cannot be set.
    #[error("{}: cannot be started", program.display())]
    Start {
        /// What was to be run.
        program: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The files for standard input, output or error could not be made or read.
    #[error("the child's {stream} cannot be captured")]
    Capture {
        /// `stdin`, `stdout`, `stderr` or `strace log`.
        stream: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The child was started and then could not be waited for or traced.
    #[error("the child cannot be {action}")]
    Observe {
        /// `waited for`, `traced` or `signalled`.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// strace is not in `PATH`.
    #[error("strace is missing: install the package `strace`")]
    StraceMissing,
    /// strace started and refused: no permission to trace, or an argument that it does not know.
    #[error("strace refused: {0}")]
    StraceRefused(String),
    /// No system call of that name is known to [`Call`](super::Call) on this machine.
    #[error("no system call is known as `{0}` here")]
    UnknownCall(String),
}
