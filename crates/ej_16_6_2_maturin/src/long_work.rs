//! Long work: Python's other threads run meanwhile, and Ctrl-C stops it.
//!
//! `py.detach` alone lets the other threads run, but a signal is only looked at by the main thread when it is back in Python: Ctrl-C would wait for the end of
//! the call. So long work goes to a thread of its own and the caller's thread waits for it in slices, between which it asks Python whether a signal came.
//!
//! No thread outlives its call and there is no global pool (nor should what runs here use Rayon's): after `os.fork`, as `multiprocessing` does it, the child
//! has only the thread that forked, and a pool started by the parent would never answer.
//!
//! Nor does a thread that Python did not start ever enter the interpreter, not even to give back what it borrowed: before 3.14 an interpreter that is shutting
//! down ends such a thread where it stands, and the process aborts with it.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::{IntoPyErr, internal_error};

/// Below this many elements a call takes a few milliseconds: it runs detached on the caller's own thread, which costs no thread.
const SHORT: usize = 1 << 20;
/// How often the waiting thread looks at signals.
const SLICE: Duration = Duration::from_millis(20);
/// How long a cancelled call waits for its work to notice, before it leaves it behind to end by itself.
const COURTESY: Duration = Duration::from_millis(100);

/// Returns what `work` returns, run without the GIL.
///
/// `elements` says how much there is to do. `work` owns what it reads, and looks now and then at the flag it gets: once that is true nobody waits for
/// its result, and it ends as soon as it can, with any error. Work that has not ended [`COURTESY`] after that keeps what it reads for ever.
///
/// # Errors
/// - What a signal handler raised, `KeyboardInterrupt` for Ctrl-C, at most [`SLICE`] + [`COURTESY`] after the signal.
/// - `work`'s own error, as its exception.
/// - `OSError`: no thread could be started.
/// - `RuntimeError`: `work` panicked.
pub(crate) fn run<T, E, F>(py: Python<'_>, elements: usize, work: F) -> PyResult<T>
where
    T: Send + 'static,
    E: IntoPyErr + Send + 'static,
    F: Fn(&AtomicBool) -> Result<T, E> + Send + Sync + 'static,
{
    if elements < SHORT {
        let never = AtomicBool::new(false);
        return py
            .detach(move || work(&never))
            .map_err(IntoPyErr::into_py_err);
    }
    let cancel = Arc::new(AtomicBool::new(false));
    let (sender, mut receiver) = mpsc::sync_channel(1);
    let flag = Arc::clone(&cancel);
    // The caller's share is the last to go: what `work` borrowed from Python is given back by a thread of Python's.
    let work = Arc::new(work);
    let shared = Arc::clone(&work);
    thread::Builder::new()
        .name("mi_modulo_rust".to_owned())
        .spawn(move || {
            let done = shared(&flag);
            drop(shared);
            // Nobody listens after a cancellation.
            let _ = sender.send(done);
        })?;
    loop {
        match wait(py, &mut receiver, SLICE) {
            Ok(done) => return done.map_err(IntoPyErr::into_py_err),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(internal_error("el cálculo se detuvo a medias"));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(exception) = py.check_signals() {
                    cancel.store(true, Ordering::Relaxed);
                    if let Err(RecvTimeoutError::Timeout) = wait(py, &mut receiver, COURTESY) {
                        mem::forget(work);
                    }
                    return Err(exception);
                }
            }
        }
    }
}

fn wait<T: Send>(
    py: Python<'_>,
    receiver: &mut mpsc::Receiver<T>,
    timeout: Duration,
) -> Result<T, RecvTimeoutError> {
    // Exclusive, because a receiver may be sent to another thread but not shared with it.
    py.detach(move || receiver.recv_timeout(timeout))
}
