//! Faults for tests and for the measured run: signals to one process, by its id.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::error::ClusterError;

/// What is done to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It ends at once, without a word.
    Kill,
    /// It stays and does nothing, as behind a network that lost it.
    Freeze,
    /// It goes on.
    Thaw,
}

/// Does it to the process with this id.
///
/// # Errors
/// - [`ClusterError::Process`] if there is no such process or it is not ours.
pub fn inject(fault: Fault, pid: u32) -> Result<(), ClusterError> {
    let signal = match fault {
        Fault::Kill => Signal::SIGKILL,
        Fault::Freeze => Signal::SIGSTOP,
        Fault::Thaw => Signal::SIGCONT,
    };
    let pid = i32::try_from(pid).unwrap_or(i32::MAX);
    kill(Pid::from_raw(pid), signal)
        .map_err(|error| ClusterError::process(format!("sending {signal} to {pid}"))(error.into()))
}
