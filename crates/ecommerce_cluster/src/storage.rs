//! Where tables lie: this machine's disk, and S3 buckets opened when a query names them.
//!
//! Credentials come from the environment of each process (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, …), never from the query:
//! what is sent between processes has locations, not secrets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use object_store::ObjectStore;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use url::{Host, Url};

/// Returns a runtime that reads local files and, on demand, any S3 bucket.
///
/// # Errors
/// The runtime's temporary directories cannot be set up.
pub(crate) fn runtime() -> Result<Arc<RuntimeEnv>> {
    RuntimeEnvBuilder::new()
        .with_object_store_registry(Arc::new(Stores::default()))
        // A listing that is remembered, as it is by default and for good, hides files that came or went.
        .with_object_list_cache_limit(0)
        .build_arc()
}

/// Local files, and S3 buckets as they are named.
#[derive(Default)]
struct Stores {
    local: DefaultObjectStoreRegistry,
    buckets: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

// A store's own Debug shows its access key.
impl std::fmt::Debug for Stores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stores")
    }
}

impl ObjectStoreRegistry for Stores {
    fn register_store(
        &self,
        url: &Url,
        store: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        self.local.register_store(url, store)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        match (url.scheme(), url.host_str()) {
            ("s3", Some(bucket)) if self.local.get_store(url).is_err() => {
                let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(store) = buckets.get(bucket) {
                    return Ok(Arc::clone(store));
                }
                let store = bucket_from_environment(bucket)?;
                buckets.insert(bucket.to_owned(), Arc::clone(&store));
                Ok(store)
            }
            _ => self.local.get_store(url),
        }
    }
}

fn bucket_from_environment(bucket: &str) -> Result<Arc<dyn ObjectStore>> {
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
    let builder = builder.with_allow_http(endpoint.as_deref().is_some_and(is_this_machine));
    let store = builder
        .build()
        .map_err(|error| DataFusionError::ObjectStore(Box::new(error)))?;
    Ok(Arc::new(store))
}

/// Returns whether plain HTTP may be spoken there: only with this machine.
pub(crate) fn is_this_machine(endpoint: &str) -> bool {
    Url::parse(endpoint).is_ok_and(|url| match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_spoken_with_this_machine_alone() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost:1",
            "http://[::1]:9000",
        ] {
            assert!(is_this_machine(endpoint), "{endpoint}");
        }
        for endpoint in [
            "http://10.0.0.7:9000",
            "http://s3.example",
            "http://localhost.example",
            "http://127.0.0.1.example:80",
            "nothing",
        ] {
            assert!(!is_this_machine(endpoint), "{endpoint}");
        }
    }

    #[test]
    fn a_store_is_opened_once_per_bucket_and_never_shown() {
        let stores = Stores::default();
        assert_eq!(format!("{stores:?}"), "Stores");
        let unknown = Url::parse("ftp://lago/x").unwrap();
        assert!(stores.get_store(&unknown).is_err());
        let local = Url::parse("file:///").unwrap();
        assert!(stores.get_store(&local).is_ok());
    }
}
