//! Child processes for tests: limited, captured, measured, and killed as a group so that nothing outlives a test.
//!
//! ```
//! use ecommerce_testkit::process::Child;
//! use std::time::Duration;
//!
//! let run = Child::new("sh").args(["-c", "cat; echo problema >&2; exit 3"])
//!     .stdin("hola").limit_files(64).timeout(Duration::from_secs(20)).run()?;
//! assert_eq!((run.code, run.signal, run.stdout_text(), run.stderr_text()), (Some(3), None, "hola".into(), "problema\n".into()));
//! # Ok::<(), ecommerce_testkit::process::ChildError>(())
//! ```
//!
//! Three ways to kill: by the clock or by an event ([`Running::kill_when`]), before the n-th system call of a set counted
//! over all threads ([`Steps`]), and by strace's own count, which is per thread and per call ([`Strace`]). Linux only.

mod calls;
mod child;
mod error;
mod finished;
mod group;
mod launch;
mod ptrace;
mod running;
mod steps;
mod strace;
mod strace_log;
mod sys;
#[cfg(test)]
mod tests;
mod trigger;

pub use child::Child;
pub use error::ChildError;
pub use finished::Finished;
pub use running::Running;
pub use steps::{Call, Stepped, Steps};
pub use strace::{Strace, Traced, When};
pub use strace_log::Logged;
pub use sys::Signal;
pub use trigger::Trigger;
