//! A tokio runtime on a thread of its own, for callers that have none and callers that have another.

use crate::LakeError;
use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// How long what still runs may take to end when the runtime stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// The runtime; when it is dropped, its tasks are ended before the drop returns.
#[derive(Debug)]
pub(crate) struct Background {
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    pub(crate) fn start(name: &str) -> Result<Self, LakeError> {
        let failed = LakeError::setup("the server's thread cannot be started");
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel::<io::Result<Handle>>();
        let run = move || match Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
        {
            Ok(runtime) => {
                if tell.send(Ok(runtime.handle().clone())).is_ok() {
                    // Either way it is time to stop.
                    let _ = runtime.block_on(stopped);
                }
                runtime.shutdown_timeout(PATIENCE);
            }
            // Nobody to tell: the starter is gone.
            Err(error) => drop(tell.send(Err(error))),
        };
        let started = thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .and_then(|thread| {
                let runtime = told.recv().map_err(io::Error::other)??;
                Ok(Self {
                    runtime,
                    stop: Some(stop),
                    thread: Some(thread),
                })
            });
        started.map_err(failed)
    }

    /// Runs `work` on the runtime and blocks the calling thread until it is done.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, LakeError> {
        let (tell, told) = mpsc::channel();
        self.runtime.spawn(async move {
            // The receiver waits below; it is gone only if its thread was.
            let _ = tell.send(work.await);
        });
        told.recv().map_err(|_| LakeError::Stopped)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was printed where it happened.
            let _ = thread.join();
        }
    }
}
