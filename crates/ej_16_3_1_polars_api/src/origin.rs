//! Where the events are, and how to get at them: typed, and with nothing secret in what can be printed.

use crate::error::RevenueError;
use polars::io::cloud::{AmazonS3ConfigKey, CloudOptions, CloudRetryConfig};
use std::fmt;
use std::time::Duration;

/// A path or an `s3://` address, with what reaching it takes.
#[derive(Clone, Debug)]
pub struct Origen {
    ruta: String,
    s3: Option<OpcionesS3>,
}

impl Origen {
    /// A file, a directory or a pattern on this machine, or an address for which the environment says the rest.
    pub fn new(ruta: impl Into<String>) -> Self {
        Self {
            ruta: ruta.into(),
            s3: None,
        }
    }

    /// An `s3://` address and its options, which go before the environment's.
    pub fn en_s3(ruta: impl Into<String>, opciones: OpcionesS3) -> Self {
        Self {
            ruta: ruta.into(),
            s3: Some(opciones),
        }
    }

    /// The path or address.
    pub fn ruta(&self) -> &str {
        &self.ruta
    }

    pub(crate) fn cloud_options(&self) -> Result<Option<CloudOptions>, RevenueError> {
        self.s3.as_ref().map(OpcionesS3::cloud_options).transpose()
    }
}

/// A pair of keys. Neither is ever printed.
#[derive(Clone)]
pub struct Claves {
    /// `AWS_ACCESS_KEY_ID`.
    pub acceso: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secreta: String,
}

impl fmt::Debug for Claves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claves(…)")
    }
}

/// How to reach a bucket. What is `None` comes from the environment, as in every AWS client.
#[derive(Clone, Debug, Default)]
pub struct OpcionesS3 {
    /// The server, for one that is not Amazon's: `https://host:port`.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` where a server of its own has none.
    pub region: Option<String>,
    /// As whom.
    pub claves: Option<Claves>,
    /// Lets plain HTTP go to another machine than this one. Polars itself allows it always.
    pub http_sin_cifrar: bool,
    /// How long a request is tried anew; Polars' ten seconds if `None`.
    pub reintentar: Option<Duration>,
}

impl OpcionesS3 {
    fn cloud_options(&self) -> Result<CloudOptions, RevenueError> {
        if let Some(endpoint) = &self.endpoint
            && !self.http_sin_cifrar
            && is_plain_http_elsewhere(endpoint)
        {
            return Err(RevenueError::Insecure {
                endpoint: endpoint.clone(),
            });
        }
        let claves = self.claves.as_ref();
        let pairs = [
            (AmazonS3ConfigKey::Endpoint, self.endpoint.as_ref()),
            (AmazonS3ConfigKey::Region, self.region.as_ref()),
            (AmazonS3ConfigKey::AccessKeyId, claves.map(|c| &c.acceso)),
            (
                AmazonS3ConfigKey::SecretAccessKey,
                claves.map(|c| &c.secreta),
            ),
        ];
        let given = pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?.clone())));
        Ok(CloudOptions::default()
            .with_aws(given)
            .with_retry_config(CloudRetryConfig {
                retry_timeout: self.reintentar,
                ..CloudRetryConfig::default()
            }))
    }
}

/// Whether what is sent there can be read on the way.
fn is_plain_http_elsewhere(endpoint: &str) -> bool {
    let Some((scheme, rest)) = endpoint.split_once("://") else {
        return false;
    };
    if !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.split(':').next().unwrap_or(host),
    };
    let loopback = |ip: std::net::IpAddr| ip.is_loopback();
    !(name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(loopback))
}

#[cfg(test)]
mod tests {
    use super::is_plain_http_elsewhere;

    #[test]
    fn plain_http_is_for_this_machine() {
        for near in [
            "http://127.0.0.1:9000",
            "HTTP://localhost",
            "http://[::1]:9000/x",
            "https://s3.example.com",
            "s3.example.com",
        ] {
            assert!(!is_plain_http_elsewhere(near), "{near}");
        }
        for far in [
            "http://s3.example.com",
            "http://10.0.0.7:9000",
            "HTTP://localhost.example.com",
            "http://127.0.0.1@example.com/",
            "http://[2001:db8::1]",
        ] {
            assert!(is_plain_http_elsewhere(far), "{far}");
        }
    }
}
