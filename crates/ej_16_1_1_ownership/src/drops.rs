//! A value that says when it is dropped, so that "freed here" is an assertion.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// What has been dropped so far, in order, and on which thread.
///
/// ```
/// use ej_16_1_1_ownership::DropLog;
/// let log = DropLog::new();
/// let kept = log.probe("kept");
/// drop(log.probe("gone"));
/// assert_eq!(log.names(), ["gone"]);
/// assert_eq!(log.threads(), [std::thread::current().id()]);
/// # drop(kept);
/// ```
#[derive(Debug, Default)]
pub struct DropLog {
    dropped: Mutex<Vec<(&'static str, ThreadId)>>,
}

impl DropLog {
    /// An empty log.
    pub const fn new() -> Self {
        Self {
            dropped: Mutex::new(Vec::new()),
        }
    }

    /// A value that writes `name` here when it is dropped.
    pub const fn probe(&self, name: &'static str) -> Probe<'_> {
        Probe { name, log: self }
    }

    /// The names of what was dropped, first to last.
    pub fn names(&self) -> Vec<&'static str> {
        self.entries().iter().map(|(name, _)| *name).collect()
    }

    /// The threads that dropped it, in the same order.
    pub fn threads(&self) -> Vec<ThreadId> {
        self.entries().iter().map(|(_, thread)| *thread).collect()
    }

    /// How many were dropped.
    pub fn count(&self) -> usize {
        self.entries().len()
    }

    /// A thread that panicked while it wrote left whole entries behind, so its poison is no reason to stop.
    fn entries(&self) -> MutexGuard<'_, Vec<(&'static str, ThreadId)>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value whose drop is written down. It borrows its log, so the compiler proves that the log outlives it.
#[derive(Debug)]
#[must_use = "an unused probe is dropped at once"]
pub struct Probe<'log> {
    name: &'static str,
    log: &'log DropLog,
}

impl Probe<'_> {
    /// The name it will leave in the log.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        self.log.entries().push((self.name, thread::current().id()));
    }
}

/// Whether `value` was kept: pushed to `kept` if `keep` says so, dropped at the end of this function otherwise.
///
/// Only the running program knows which. The compiler therefore gives `value` a *drop flag*, a hidden `bool` that the move
/// clears and the end of the scope reads: the one piece of ownership that exists at run time without being asked for.
///
/// ```
/// use ej_16_1_1_ownership::{DropLog, drops::keep_if};
/// let log = DropLog::new();
/// let mut kept = Vec::new();
/// keep_if(log.probe("buena"), true, &mut kept);
/// keep_if(log.probe("mala"), false, &mut kept);
/// assert_eq!(log.names(), ["mala"]);
/// # drop(kept);
/// ```
pub fn keep_if<T>(value: T, keep: bool, kept: &mut Vec<T>) -> bool {
    if keep {
        kept.push(value);
    }
    keep
}
