//! Long work: Python's other threads run meanwhile, and Ctrl-C stops it.
//!
//! `py.detach` alone lets the other threads run, but a signal is only looked at by the main thread when it is back in Python: Ctrl-C would wait for the end of
//! the call. So long work goes to a thread of its own and the caller's thread waits for it in slices, between which it asks Python whether a signal came.
//!
//! No thread outlives its call and there is no global pool (nor should what runs here use Rayon's): after `os.fork`, as `multiprocessing` does it, the child
//! has only the thread that forked, and a pool started by the parent would never answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::{ComoPython, interno};

/// Below this many elements a call takes a few milliseconds: it runs detached on the caller's own thread, which costs no thread.
pub(crate) const CORTO: usize = 1 << 20;
/// How often the waiting thread looks at signals.
const MIRADA: Duration = Duration::from_millis(20);
/// How long a cancelled call waits for its work to notice, before it leaves it behind to end by itself.
const CORTESIA: Duration = Duration::from_millis(100);

/// Returns what `trabajo` returns, run without the GIL.
///
/// `elementos` says how much there is to do. `trabajo` owns what it reads, and looks now and then at the flag it gets: once that is true nobody waits for
/// its result, and it ends as soon as it can, with any error.
///
/// # Errors
/// - What a signal handler raised, `KeyboardInterrupt` for Ctrl-C, at most [`MIRADA`] + [`CORTESIA`] after the signal.
/// - `trabajo`'s own error, as its exception.
/// - `OSError`: no thread could be started.
/// - `RuntimeError`: `trabajo` panicked.
pub(crate) fn ejecutar<T, E, F>(py: Python<'_>, elementos: usize, trabajo: F) -> PyResult<T>
where
    T: Send + 'static,
    E: ComoPython + Send + 'static,
    F: FnOnce(&AtomicBool) -> Result<T, E> + Send + 'static,
{
    if elementos < CORTO {
        let nunca = AtomicBool::new(false);
        return py
            .detach(move || trabajo(&nunca))
            .map_err(ComoPython::como_python);
    }
    let cancelar = Arc::new(AtomicBool::new(false));
    let (enviar, mut recibir) = mpsc::sync_channel(1);
    let bandera = Arc::clone(&cancelar);
    thread::Builder::new()
        .name("mi_modulo_rust".to_owned())
        .spawn(move || {
            // Nobody listens after a cancellation.
            let _ = enviar.send(trabajo(&bandera));
        })?;
    loop {
        match esperar(py, &mut recibir, MIRADA) {
            Ok(hecho) => return hecho.map_err(ComoPython::como_python),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(interno("el cálculo se detuvo a medias"));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(excepcion) = py.check_signals() {
                    cancelar.store(true, Ordering::Relaxed);
                    let _ = esperar(py, &mut recibir, CORTESIA);
                    return Err(excepcion);
                }
            }
        }
    }
}

fn esperar<T: Send>(
    py: Python<'_>,
    recibir: &mut mpsc::Receiver<T>,
    tiempo: Duration,
) -> Result<T, RecvTimeoutError> {
    // Exclusive, because a receiver may be sent to another thread but not shared with it.
    py.detach(move || recibir.recv_timeout(tiempo))
}
