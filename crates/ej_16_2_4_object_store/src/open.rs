//! From a URL to a store: the one place where a scheme matters.

use crate::error::StoreError;
use crate::objects::Object;
use crate::options::StoreOptions;
use crate::place::{Place, Scheme};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{ClientConfigKey, ObjectStore};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use url::{Host, Url};

/// Stores by URL. A bucket is opened once and shared, which for `memory://` is what makes it a store.
#[derive(Default)]
pub struct Stores {
    options: StoreOptions,
    open: Mutex<HashMap<(Scheme, String), Arc<dyn ObjectStore>>>,
}

impl Stores {
    /// Stores that are opened with these options.
    pub fn new(options: StoreOptions) -> Self {
        Self {
            options,
            open: Mutex::default(),
        }
    }

    /// The object, or the beginning of keys, that a URL names. Nothing is asked of the store yet.
    ///
    /// ```
    /// use ej_16_2_4_object_store::{Stores, StoreError};
    /// let stores = Stores::default();
    /// let object = stores.open("memory:///ventas/hoy.csv")?;
    /// assert_eq!(object.place().to_string(), "memory:///ventas/hoy.csv");
    /// assert!(matches!(stores.open("s3://lago/x"), Err(StoreError::NoCredentials { .. })));
    /// # Ok::<(), StoreError>(())
    /// ```
    ///
    /// # Errors
    /// * [`StoreError::Place`] if the URL is none.
    /// * [`StoreError::NoCredentials`] if a remote store finds no way to identify itself.
    /// * [`StoreError::UnknownOption`] for a chosen option that the store does not know.
    /// * [`StoreError::PlainHttp`] for an `http://` endpoint beyond this machine.
    /// * [`StoreError::Settings`] for settings that do not go together.
    pub fn open(&self, url: &str) -> Result<Object, StoreError> {
        self.object(&Place::parse(url)?)
    }

    /// The object at a place.
    ///
    /// # Errors
    /// As [`Stores::open`], save the first.
    pub fn object(&self, place: &Place) -> Result<Object, StoreError> {
        let bucket = (place.scheme(), place.bucket().to_owned());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match open.get(&bucket) {
            Some(store) => Arc::clone(store),
            None => {
                let store = build(place, &self.options)?;
                open.insert(bucket, Arc::clone(&store));
                store
            }
        };
        Ok(Object::new(place.clone(), store, *self.options.patience()))
    }
}

// Stores are never formatted: object_store's Debug shows the access key, and a builder's shows the secret one.
impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn build(place: &Place, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, StoreError> {
    match place.scheme() {
        Scheme::File => Ok(Arc::new(LocalFileSystem::new())),
        Scheme::Memory => Ok(Arc::new(InMemory::new())),
        Scheme::S3 => s3(place, options),
        Scheme::Gs => gs(place, options),
        Scheme::Az => az(place, options),
    }
}

/// Applies the environment's settings that the builder knows, then the chosen ones, all of which it must know.
macro_rules! configured {
    ($builder:expr, $key:ty, $prefix:literal, $place:expr, $options:expr) => {{
        let mut builder = $builder
            .with_retry($options.patience().retry())
            .with_client_options($options.patience().client());
        for (name, value) in $options.environment() {
            if let Ok(key) = name.parse::<$key>() {
                builder = builder.with_config(key, value);
            }
        }
        for (name, value) in $options.chosen($prefix) {
            let key = name
                .parse::<$key>()
                .map_err(|_| StoreError::UnknownOption {
                    place: $place.clone(),
                    name: name.to_owned(),
                })?;
            builder = builder.with_config(key, value);
        }
        builder
    }};
}

fn s3(place: &Place, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use AmazonS3ConfigKey as Key;
    let builder = AmazonS3Builder::new();
    let builder =
        configured!(builder, Key, "aws_", place, options).with_bucket_name(place.bucket());
    let set = |key: Key| builder.get_config_value(&key);
    let identified = set(Key::AccessKeyId).is_some()
        || set(Key::SecretAccessKey).is_some()
        || set(Key::WebIdentityTokenFile).is_some()
        || set(Key::ContainerCredentialsRelativeUri).is_some()
        || set(Key::ContainerCredentialsFullUri).is_some()
        || set(Key::MetadataEndpoint).is_some()
        || is_true(set(Key::SkipSignature));
    require(
        identified,
        place,
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (profiles of ~/.aws are not read), or aws_metadata_endpoint on EC2",
    )?;
    let local = is_local_http(set(Key::Endpoint), place)?;
    let store = builder.with_allow_http(local).build();
    Ok(Arc::new(store.map_err(|e| settings(place, options, &e))?))
}

fn gs(place: &Place, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use GoogleConfigKey as Key;
    let builder = GoogleCloudStorageBuilder::new();
    let builder =
        configured!(builder, Key, "google_", place, options).with_bucket_name(place.bucket());
    let set = |key: Key| builder.get_config_value(&key);
    let identified = set(Key::ServiceAccount).is_some()
        || set(Key::ServiceAccountKey).is_some()
        || set(Key::ApplicationCredentials).is_some()
        || is_true(set(Key::SkipSignature));
    require(
        identified,
        place,
        "GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT",
    )?;
    let local = is_local_http(set(Key::BaseUrl), place)?;
    // This builder has no `with_allow_http`, and its own default is to allow it.
    let allow_http = Key::Client(ClientConfigKey::AllowHttp);
    let store = builder.with_config(allow_http, local.to_string()).build();
    Ok(Arc::new(store.map_err(|e| settings(place, options, &e))?))
}

fn az(place: &Place, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use AzureConfigKey as Key;
    let builder = MicrosoftAzureBuilder::new();
    let builder =
        configured!(builder, Key, "azure_", place, options).with_container_name(place.bucket());
    let set = |key: Key| builder.get_config_value(&key);
    let identified = set(Key::AccessKey).is_some()
        || set(Key::SasKey).is_some()
        || set(Key::Token).is_some()
        || set(Key::ClientSecret).is_some()
        || set(Key::FederatedTokenFile).is_some()
        || set(Key::MsiEndpoint).is_some()
        || is_true(set(Key::UseAzureCli))
        || is_true(set(Key::UseEmulator))
        || is_true(set(Key::SkipSignature));
    require(
        identified,
        place,
        "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_SAS_KEY",
    )?;
    let local = is_local_http(set(Key::Endpoint), place)?;
    let store = builder.with_allow_http(local).build();
    Ok(Arc::new(store.map_err(|e| settings(place, options, &e))?))
}

fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|value| {
        ["true", "1", "yes", "on", "y"].contains(&value.to_ascii_lowercase().as_str())
    })
}

fn require(holds: bool, place: &Place, wanted: &'static str) -> Result<(), StoreError> {
    holds
        .then_some(())
        .ok_or_else(|| StoreError::NoCredentials {
            place: place.clone(),
            wanted,
        })
}

/// The first line of what a builder says, without any value that is secret.
fn settings(place: &Place, options: &StoreOptions, error: &object_store::Error) -> StoreError {
    let detail = error.to_string();
    StoreError::Settings {
        place: place.clone(),
        detail: options.redact(detail.lines().next().unwrap_or_default()),
    }
}

/// Whether the endpoint is plain HTTP on this machine; anywhere else it is refused, whatever `allow_http` says.
fn is_local_http(endpoint: Option<String>, place: &Place) -> Result<bool, StoreError> {
    let Some(url) = endpoint.and_then(|text| Url::parse(&text).ok()) else {
        return Ok(false);
    };
    if url.scheme() != "http" {
        return Ok(false);
    }
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    is_local
        .then_some(true)
        .ok_or_else(|| StoreError::PlainHttp {
            place: place.clone(),
        })
}
