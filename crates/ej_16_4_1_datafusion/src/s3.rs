//! A bucket as a store, from options with the names that deltalake, object_store and the environment share.

use crate::EngineError;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const PATIENCE: Duration = Duration::from_secs(10);

/// The store of a bucket.
///
/// `options` are pairs such as `AWS_ENDPOINT_URL` and its value; a program hands over its environment. Names that object_store does
/// not know are passed over, as an environment is full of them. Plain HTTP is for this machine only.
///
/// # Errors
/// * [`EngineError::Store`] if there are no credentials, the endpoint is plain HTTP on another machine, or a value is none; secrets are never repeated.
pub fn s3_store(
    bucket: &str,
    options: impl IntoIterator<Item = (String, String)>,
) -> Result<Arc<dyn ObjectStore>, EngineError> {
    let fail = |what: &str| EngineError::Store {
        bucket: bucket.to_owned(),
        what: what.to_owned(),
    };
    let mut endpoint = None;
    let (mut key, mut secret) = (false, false);
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
    for (name, value) in options {
        let Ok(known) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else {
            continue;
        };
        match known {
            AmazonS3ConfigKey::Endpoint => endpoint = Some(value.clone()),
            AmazonS3ConfigKey::AccessKeyId => key = !value.is_empty(),
            AmazonS3ConfigKey::SecretAccessKey => secret = !value.is_empty(),
            // Said below, by where the endpoint is.
            AmazonS3ConfigKey::Client(_) | AmazonS3ConfigKey::Bucket => continue,
            _ => {}
        }
        builder = builder.with_config(known, value);
    }
    if !(key && secret) {
        // Without them object_store would ask the network for EC2's.
        return Err(fail("no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
    }
    let mut plain = false;
    if let Some(endpoint) = endpoint {
        let url = Url::parse(&endpoint).map_err(|_| fail("AWS_ENDPOINT_URL is no URL"))?;
        plain = url.scheme() == "http";
        if plain && !is_here(&url) {
            return Err(fail("plain http is for this machine only"));
        }
    }
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: PATIENCE,
        ..RetryConfig::default()
    };
    let client = ClientOptions::new()
        .with_allow_http(plain)
        .with_timeout(PATIENCE)
        .with_connect_timeout(PATIENCE);
    let store = builder
        .with_client_options(client)
        .with_retry(retry)
        .build()
        // Its words may quote the options.
        .map_err(|_| fail("the options do not make a store"))?;
    Ok(Arc::new(store))
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
