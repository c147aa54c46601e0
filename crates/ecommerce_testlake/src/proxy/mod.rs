//! Faults between a client and the S3 server, chosen by rules and written down.

mod answer;
mod body;
mod exchange;
mod fault;
mod port;
mod rule;

use crate::background::Background;
use crate::{LakeError, S3Server};
use answer::Desk;
use port::Port;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

pub use exchange::Exchange;
pub use fault::Fault;
pub use rule::Rule;

/// An HTTP proxy on a free loopback port: without rules it forwards every request unchanged, `Host` header included, so
/// that signatures hold. It stops when it is dropped.
///
/// Rules are asked in order; the first that matches a request and is due decides its fault. Draws are seeded: the k-th
/// request that a rule matches always has the same luck, however threads interleave.
///
/// ```
/// use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
///
/// let s3 = S3Server::start()?;
/// let proxy = FaultProxy::before(&s3, 7)?;
/// // The first commit is applied, and answered as if it had not been.
/// proxy.add(Rule::put(Fault::ApplyThenAnswer(503)).path("_delta_log/").suffix(".json").times(1));
/// // Three of ten reads fail.
/// proxy.add(Rule::get(Fault::Answer(500)).probability(0.3));
/// let options = proxy.storage_options(&s3);
/// # let _ = options;
/// # Ok::<(), ecommerce_testlake::LakeError>(())
/// ```
///
/// # Cost
/// One new connection to the server per request; bodies are streamed, not held.
#[derive(Debug)]
pub struct FaultProxy {
    // Dropped first, so that no request is under way when the rest goes.
    background: Background,
    desk: Arc<Desk>,
    port: Arc<Mutex<Port>>,
    address: SocketAddr,
}

impl FaultProxy {
    /// A proxy before `server` whose draws are seeded with `seed`.
    ///
    /// # Errors
    /// [`LakeError::Setup`] if a thread or a loopback port cannot be had.
    pub fn before(server: &S3Server, seed: u64) -> Result<Self, LakeError> {
        Self::before_address(server.address(), seed)
    }

    /// A proxy before any HTTP/1 server.
    ///
    /// # Errors
    /// As [`FaultProxy::before`].
    pub fn before_address(upstream: SocketAddr, seed: u64) -> Result<Self, LakeError> {
        let failed = "the proxy cannot listen on 127.0.0.1";
        let background = Background::start("fault-proxy")?;
        let port = background
            .wait(async { Port::reserve() })?
            .map_err(LakeError::setup(failed))?;
        let address = port.address();
        let proxy = Self {
            background,
            desk: Arc::new(Desk::new(upstream, seed)),
            port: Arc::new(Mutex::new(port)),
            address,
        };
        proxy.up()?;
        Ok(proxy)
    }

    /// Appends a rule.
    pub fn add(&self, rule: Rule) {
        self.desk.rules().push(rule);
    }

    /// Takes all rules away: from here on everything is forwarded.
    pub fn clear(&self) {
        self.desk.rules().clear();
    }

    /// Where it listens, or would.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a client needs to reach `server` through this proxy.
    #[must_use]
    pub fn storage_options(&self, server: &S3Server) -> HashMap<String, String> {
        server.storage_options_at(&self.endpoint())
    }

    /// Takes the endpoint down: open connections are reset and new ones refused, until [`FaultProxy::up`]. The port stays
    /// reserved, so nobody else answers there meanwhile.
    ///
    /// # Errors
    /// [`LakeError::Stopped`] if the proxy's runtime is gone.
    pub fn down(&self) -> Result<(), LakeError> {
        let port = Arc::clone(&self.port);
        let closing = async move {
            let serving = port.lock().unwrap_or_else(PoisonError::into_inner).close();
            if let Some(serving) = serving {
                // Ends as cancelled: that is what was asked for.
                let _ = serving.await;
            }
        };
        self.background.wait(closing)
    }

    /// Listens again after [`FaultProxy::down`]; nothing happens if it does already.
    ///
    /// # Errors
    /// [`LakeError::Setup`] if the port cannot be listened on, [`LakeError::Stopped`] as for `down`.
    pub fn up(&self) -> Result<(), LakeError> {
        let (port, desk) = (Arc::clone(&self.port), Arc::clone(&self.desk));
        let opening = async move {
            port.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .open(&desk)
        };
        self.background
            .wait(opening)?
            .map_err(LakeError::setup("the proxy cannot listen again"))
    }

    /// What was asked and answered, in the order the requests came in.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.desk.log().exchanges()
    }

    /// The requests that met a fault.
    #[must_use]
    pub fn faults(&self) -> Vec<Exchange> {
        self.exchanges()
            .into_iter()
            .filter(|exchange| exchange.fault.is_some())
            .collect()
    }

    /// The requests of that method whose path contains the text: the attempts at one thing.
    #[must_use]
    pub fn attempts(&self, method: &str, path: &str) -> Vec<Exchange> {
        self.exchanges()
            .into_iter()
            .filter(|exchange| exchange.method == method && exchange.path.contains(path))
            .collect()
    }

    /// Forgets what was logged.
    pub fn forget(&self) {
        self.desk.log().forget();
    }
}
