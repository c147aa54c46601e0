//! What ends `levantar`: a signal, whoever holds its standard input, or the end of its parent.

use std::time::Duration;

use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{SignalKind, signal};

use crate::error::ClusterError;

/// How often it is looked whether the parent is still the same.
const PARENT: Duration = Duration::from_millis(200);

/// Everything that ends the program.
pub(super) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    released: Option<tokio::sync::watch::Receiver<()>>,
    parent: Pid,
}

impl Stop {
    pub(super) fn new(tied: bool) -> Result<Self, ClusterError> {
        let on = |kind| signal(kind).map_err(ClusterError::process("waiting for signals"));
        let released = tied.then(|| {
            let (held, released) = tokio::sync::watch::channel(());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
                drop(held);
            });
            released
        });
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hangup: on(SignalKind::hangup())?,
            released,
            parent: getppid(),
        })
    }

    pub(super) async fn wanted(&mut self) {
        let parent = self.parent;
        let orphaned = async {
            while getppid() == parent {
                tokio::time::sleep(PARENT).await;
            }
        };
        let released = async {
            match &mut self.released {
                Some(released) => while released.changed().await.is_ok() {},
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
            () = released => {}
            () = orphaned => {}
        }
    }
}
