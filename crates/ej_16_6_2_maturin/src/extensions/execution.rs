//! On how many threads an operation runs, and until when.

use std::num::NonZero;
use std::sync::atomic::AtomicBool;

use ej_16_6_4_when_to_extend::Execution;
use pyo3::prelude::*;

use crate::arguments::integer_between;

/// Returns how many threads may be used; `None` is all of the machine's.
///
/// # Errors
/// Those of [`integer_between`].
pub(super) fn threads(hilos: Option<&Bound<'_, PyAny>>) -> PyResult<Option<NonZero<usize>>> {
    // More are never useful, and each costs a stack.
    let threads = hilos
        .map(|hilos| integer_between(hilos, "hilos", 1, 1024))
        .transpose()?;
    Ok(threads.and_then(NonZero::new))
}

/// Returns how a computation runs that is given up when `stop` becomes true.
pub(super) fn execution(threads: Option<NonZero<usize>>, stop: &AtomicBool) -> Execution<'_> {
    let execution = Execution::default().until(stop);
    match threads {
        Some(threads) => execution.with_threads(threads),
        None => execution,
    }
}
