//! Rayon's workers, in a process that may fork.
//!
//! Rayon's global pool does not survive `os.fork`, as `multiprocessing` does it: the child has only the thread that forked, and work that
//! is left to threads that are not there is never done. This pool belongs to the process that made it, and a child makes its own.

use std::process;
use std::sync::{Arc, Mutex, TryLockError};

use rayon::{ThreadPool, ThreadPoolBuilder};

static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Returns the pool of this process, with as many threads as processors, or as `RAYON_NUM_THREADS` says; `None` if the system gives no more threads.
pub(crate) fn ready() -> Option<Arc<ThreadPool>> {
    let process = process::id();
    let mut cached = match POOL.try_lock() {
        Ok(cached) => cached,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        // Another thread is making it; or one was, in the parent, when the process forked, and nobody will ever unlock it.
        Err(TryLockError::WouldBlock) => return build(),
    };
    match &*cached {
        Some((owner, pool)) if *owner == process => Some(Arc::clone(pool)),
        _ => {
            let pool = build()?;
            if let Some((_, of_the_parent)) = cached.replace((process, Arc::clone(&pool))) {
                // To drop it would be to wake threads that this process has not.
                std::mem::forget(of_the_parent);
            }
            Some(pool)
        }
    }
}

fn build() -> Option<Arc<ThreadPool>> {
    let pool = ThreadPoolBuilder::new().thread_name(|index| format!("mi_modulo_rust-{index}"));
    pool.build().ok().map(Arc::new)
}
