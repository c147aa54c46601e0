//! Where a cluster is.

use std::net::IpAddr;
use std::str::FromStr;

use crate::error::ClusterError;

/// The address of a cluster: `df://127.0.0.1:50050`.
///
/// It is that of the scheduler's process of [`ecommerce_cluster`](crate), which tells where everything else is; not that of
/// a bare Ballista scheduler, which would not tell when an executor dies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    host: IpAddr,
    port: u16,
}

impl Address {
    /// Returns the address of this host and port.
    #[must_use]
    pub fn new(host: IpAddr, port: u16) -> Self {
        Self { host, port }
    }

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn host_port(&self) -> (IpAddr, u16) {
        (self.host, self.port)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host {
            IpAddr::V4(host) => write!(f, "df://{host}:{}", self.port),
            IpAddr::V6(host) => write!(f, "df://[{host}]:{}", self.port),
        }
    }
}

impl FromStr for Address {
    type Err = ClusterError;

    fn from_str(text: &str) -> Result<Self, ClusterError> {
        let wrong = |reason: &str| ClusterError::Address {
            url: text.to_owned(),
            reason: reason.to_owned(),
        };
        let rest = text
            .strip_prefix("df://")
            .ok_or_else(|| wrong("it does not begin with df://"))?;
        let (host, port) = rest
            .trim_end_matches('/')
            .rsplit_once(':')
            .ok_or_else(|| wrong("it has no port"))?;
        let port = port
            .parse()
            .map_err(|_| wrong("its port is no number below 65536"))?;
        if port == 0 {
            return Err(wrong("port 0 is nobody's"));
        }
        let host = match host.trim_start_matches('[').trim_end_matches(']') {
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            other => other
                .parse()
                .map_err(|_| wrong("its host is neither an IP address nor localhost"))?,
        };
        Ok(Self { host, port })
    }
}
