//! Work shared among threads that end with the call.
//!
//! Not Rayon's: its pool outlives the call, and a process that Python forks afterwards has the pool's state and none of its threads.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// How a long computation runs: on how many threads, and until who says stop.
#[derive(Clone, Copy, Debug)]
pub struct Execution<'a> {
    threads: NonZero<usize>,
    stop: Option<&'a AtomicBool>,
}

impl Default for Execution<'_> {
    /// As many threads as the machine has to offer, and nobody who stops it.
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            stop: None,
        }
    }
}

impl Execution<'_> {
    /// Returns the same on `threads` threads, the caller's among them.
    #[must_use]
    pub fn with_threads(self, threads: NonZero<usize>) -> Self {
        Self { threads, ..self }
    }

    /// Returns the same, given up soon after `stop` becomes true.
    #[must_use]
    pub fn until<'b>(self, stop: &'b AtomicBool) -> Execution<'b> {
        Execution {
            threads: self.threads,
            stop: Some(stop),
        }
    }

    /// Whether somebody said stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads.get()
    }

    /// Does each of `tasks` on some thread, in any order but started in theirs. After the first error or stop no other is started.
    ///
    /// # Errors
    /// One of those that a task gave; the caller learns of a stop from [`Execution::is_stopped`].
    pub(crate) fn each<T, E>(
        &self,
        tasks: impl ExactSizeIterator<Item = T> + Send,
        work: impl Fn(T) -> Result<(), E> + Sync,
    ) -> Result<(), E>
    where
        T: Send,
        E: Send,
    {
        let helpers = self.threads().min(tasks.len()).saturating_sub(1);
        let tasks = Mutex::new(Some(tasks));
        let failed = Mutex::new(None);
        let next = || match tasks.lock() {
            Ok(mut tasks) => tasks.as_mut().and_then(Iterator::next),
            // Another thread panicked while it took one: there are none for this one.
            Err(_) => None,
        };
        let run = || {
            while !self.is_stopped()
                && let Some(task) = next()
            {
                if let Err(error) = work(task) {
                    if let Ok(mut tasks) = tasks.lock() {
                        *tasks = None;
                    }
                    if let Ok(mut failed) = failed.lock() {
                        failed.get_or_insert(error);
                    }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..helpers {
                // Without another thread this one does it all.
                let _ = thread::Builder::new().spawn_scoped(scope, run);
            }
            run();
        });
        match failed.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn on(threads: usize) -> Execution<'static> {
        Execution::default().with_threads(NonZero::new(threads).unwrap())
    }

    #[test]
    fn cada_tarea_se_hace_una_vez_con_cualquier_numero_de_hilos() {
        for threads in [1, 2, 7] {
            let mut done = vec![0; 100];
            on(threads)
                .each(done.iter_mut(), |done| {
                    *done += 1;
                    Ok::<(), ()>(())
                })
                .unwrap();
            assert_eq!(done, [1; 100]);
        }
    }

    #[test]
    fn tras_un_error_o_una_parada_no_empieza_ninguna_otra() {
        let started = AtomicUsize::new(0);
        let failed = on(1).each(0..100, |task| {
            started.fetch_add(1, Ordering::Relaxed);
            if task == 3 { Err(task) } else { Ok(()) }
        });
        assert_eq!((failed, started.into_inner()), (Err(3), 4));

        let stop = AtomicBool::new(false);
        let started = AtomicUsize::new(0);
        let work = |task: usize| {
            started.fetch_add(1, Ordering::Relaxed);
            stop.store(task == 5, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        on(1).until(&stop).each(0..100, work).unwrap();
        assert_eq!(started.into_inner(), 6);
    }
}
