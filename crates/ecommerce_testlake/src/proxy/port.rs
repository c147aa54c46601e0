//! A port that can be closed and opened again without being lost.

use super::answer::{Desk, serve};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::{JoinHandle, JoinSet};

/// A loopback port, and the task that serves it while it is open.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    /// Bound and never listening: while the port is closed, connections are refused and nobody else is given its number.
    _reserved: TcpSocket,
    serving: Option<JoinHandle<()>>,
}

impl Port {
    pub(super) fn reserve() -> io::Result<Self> {
        let reserved = TcpSocket::new_v4()?;
        reserved.set_reuseaddr(true)?;
        reserved.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            address: reserved.local_addr()?,
            _reserved: reserved,
            serving: None,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens and serves, unless it does already. To be called on the runtime.
    pub(super) fn open(&mut self, desk: &Arc<Desk>) -> io::Result<()> {
        if self.serving.is_none() {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(self.address)?;
            self.serving = Some(tokio::spawn(accept(socket.listen(1024)?, Arc::clone(desk))));
        }
        Ok(())
    }

    /// Ends serving; the port is closed once the returned task has ended.
    pub(super) fn close(&mut self) -> Option<JoinHandle<()>> {
        let serving = self.serving.take()?;
        serving.abort();
        Some(serving)
    }
}

/// Accepts until it is aborted, which ends the connections with it: they live in its set.
async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((socket, _)) = accepted {
                    connections.spawn(serve(socket, Arc::clone(&desk)));
                }
            }
            // Forgotten as they end, so that a long run does not collect them.
            Some(_) = connections.join_next() => {}
        }
    }
}
