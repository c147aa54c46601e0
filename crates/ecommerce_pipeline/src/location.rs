//! Where data is: a local path, or a bucket and a key, with the store that serves it.

use deltalake::ObjectStoreError;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Settings of remote stores beyond the environment: endpoint, region, keys.
///
/// Not `Debug`, and never printed: values may be secrets.
#[derive(Clone, Default)]
pub struct StorageOptions(BTreeMap<String, String>);

impl FromIterator<(String, String)> for StorageOptions {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(options: I) -> Self {
        Self(
            options
                .into_iter()
                .map(|(k, v)| (k.to_ascii_lowercase(), v))
                .collect(),
        )
    }
}

impl StorageOptions {
    /// The names that were set, without their values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A place that holds files or a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location(Arc<Place>);

/// Shared, because errors carry places and should stay small.
#[derive(PartialEq, Eq, Debug)]
struct Place {
    url: Url,
    local: Option<PathBuf>,
}

/// Why a text is no place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LocationError {
    /// Empty, or with a NUL byte.
    #[error("an empty path, or one with a NUL byte, names nothing")]
    Unusable,
    /// A scheme this program has no store for.
    #[error("'{0}://' is not supported: use a local path, s3://, gs:// or az://")]
    UnknownScheme(String),
    /// User and password, a query or a fragment in the address. The address is not repeated: it may hold a secret.
    #[error(
        "credentials, queries and fragments do not belong into an address: use the environment"
    )]
    Credentials,
    /// No bucket.
    #[error("'{0}' names no bucket")]
    NoBucket(String),
    /// The store cannot be set up: an unknown option, a bad endpoint, plain HTTP beyond this machine.
    #[error("the store of {location} cannot be set up: {detail}")]
    Store {
        /// The place.
        location: String,
        /// What is wrong.
        detail: String,
    },
    /// Plain HTTP to another machine would show the keys to the network.
    #[error("plain http is only used on this machine: the endpoint must be https")]
    PlainHttp,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.local {
            Some(path) => write!(f, "{}", path.display()),
            None => f.write_str(self.0.url.as_str().trim_end_matches('/')),
        }
    }
}

/// How long a request is retried before the store counts as unavailable.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);
/// Our own name among the options, which are otherwise the store's.
const RETRY_OPTION: &str = "retry_timeout";

impl Location {
    /// The place a text names: a local path, `file://`, `s3://`, `gs://` or `az://`.
    ///
    /// ```
    /// use ecommerce_pipeline::Location;
    /// assert_eq!(Location::parse("s3://bucket/a/b/")?.to_string(), "s3://bucket/a/b");
    /// assert!(Location::parse("ftp://host/x").is_err());
    /// assert!(Location::parse("s3://key:secret@bucket/x").is_err());
    /// # Ok::<(), ecommerce_pipeline::LocationError>(())
    /// ```
    ///
    /// # Errors
    /// One variant of [`LocationError`] each, as they say.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        if text.is_empty() || text.contains('\0') {
            return Err(LocationError::Unusable);
        }
        let Some((scheme, _)) = text.split_once("://") else {
            return Self::local(Path::new(text));
        };
        let mut url = Url::parse(text)
            .map_err(|_| LocationError::UnknownScheme(scheme.chars().take(20).collect()))?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(LocationError::Credentials);
        }
        match url.scheme() {
            "file" => Self::local(&url.to_file_path().map_err(|()| LocationError::Unusable)?),
            "s3" | "gs" | "az" => {
                if url.host_str().is_none_or(str::is_empty) {
                    return Err(LocationError::NoBucket(text.chars().take(60).collect()));
                }
                let path = format!("{}/", url.path().trim_end_matches('/'));
                url.set_path(&path);
                Ok(Self::at(url, None))
            }
            other => Err(LocationError::UnknownScheme(other.to_owned())),
        }
    }

    /// A local place, made absolute; `..` is resolved in the text, so the result says where it leads.
    ///
    /// # Errors
    /// * [`LocationError::Unusable`] if the path is empty or has a NUL byte, or the working directory is gone.
    pub fn local(path: &Path) -> Result<Self, LocationError> {
        if path.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(LocationError::Unusable);
        }
        let absolute = std::path::absolute(path).map_err(|_| LocationError::Unusable)?;
        let mut plain = PathBuf::new();
        for part in absolute.components() {
            match part {
                Component::ParentDir => drop(plain.pop()),
                Component::CurDir => {}
                other => plain.push(other),
            }
        }
        let url = Url::from_directory_path(&plain).map_err(|()| LocationError::Unusable)?;
        Ok(Self::at(url, Some(plain)))
    }

    fn at(url: Url, local: Option<PathBuf>) -> Self {
        Self(Arc::new(Place { url, local }))
    }

    /// The local path, or `None` for a remote place.
    pub fn as_local(&self) -> Option<&Path> {
        self.0.local.as_deref()
    }

    /// The address, ending in a slash.
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// The place beside this one whose last name ends in `suffix`: `ventas` → `ventas_cuarentena`.
    ///
    /// # Errors
    /// * [`LocationError::Unusable`] for the root of a disk or bucket, which has nothing beside it.
    pub fn beside(&self, suffix: &str) -> Result<Self, LocationError> {
        match &self.0.local {
            Some(path) => {
                let mut name = path.file_name().ok_or(LocationError::Unusable)?.to_owned();
                name.push(suffix);
                Self::local(&path.with_file_name(name))
            }
            None => {
                let key = self.0.url.path().trim_end_matches('/');
                if key.is_empty() {
                    return Err(LocationError::Unusable);
                }
                let mut url = self.0.url.clone();
                url.set_path(&format!("{key}{suffix}/"));
                Ok(Self::at(url, None))
            }
        }
    }

    /// The object with this key in the same bucket.
    pub(crate) fn object(&self, key: &ObjectPath) -> Self {
        let mut url = self.0.url.clone();
        url.set_path(key.as_ref());
        Self::at(url, None)
    }

    /// The key under which the store of [`store`](Self::store) finds this place.
    ///
    /// # Errors
    /// * [`LocationError::Store`] if the key has characters that no store takes.
    pub fn key(&self) -> Result<ObjectPath, LocationError> {
        let bad = |detail: object_store::path::Error| self.unusable(&detail.to_string());
        match &self.0.local {
            Some(path) => ObjectPath::from_absolute_path(path).map_err(bad),
            None => ObjectPath::from_url_path(self.0.url.path()).map_err(bad),
        }
    }

    /// The store that serves this place: the whole file system, or the bucket.
    ///
    /// Credentials come from the environment; `options` go before it. A request is given half a minute (option
    /// `timeout`), and retried for as long (option `retry_timeout`, in seconds).
    ///
    /// # Errors
    /// * [`LocationError::PlainHttp`] for an `http://` endpoint beyond this machine.
    /// * [`LocationError::Store`] for an option the store does not know, or settings that do not go together.
    pub fn store(&self, options: &StorageOptions) -> Result<Arc<dyn ObjectStore>, LocationError> {
        let bad = |e: ObjectStoreError| self.unusable(&e.to_string());
        if self.0.local.is_some() {
            return Ok(Arc::new(LocalFileSystem::new()));
        }
        let retry = RetryConfig {
            max_retries: 8,
            retry_timeout: self.retry_timeout(options)?,
            ..RetryConfig::default()
        };
        let client = ClientOptions::new()
            .with_connect_timeout(Duration::from_secs(5))
            .with_timeout(RETRY_TIMEOUT)
            .with_allow_http(self.is_loopback_http(options)?);
        let options = options.0.iter().filter(|(name, _)| *name != RETRY_OPTION);
        let unknown = |k: &str| self.unusable(&format!("unknown option '{k}'"));
        match self.0.url.scheme() {
            "s3" => {
                let mut b = AmazonS3Builder::from_env()
                    .with_url(self.0.url.as_str())
                    .with_retry(retry)
                    .with_client_options(client);
                for (k, v) in options {
                    b = b.with_config(k.parse().map_err(|_| unknown(k))?, v);
                }
                Ok(Arc::new(b.build().map_err(bad)?))
            }
            "gs" => {
                let mut b = GoogleCloudStorageBuilder::from_env()
                    .with_url(self.0.url.as_str())
                    .with_retry(retry)
                    .with_client_options(client);
                for (k, v) in options {
                    b = b.with_config(k.parse().map_err(|_| unknown(k))?, v);
                }
                Ok(Arc::new(b.build().map_err(bad)?))
            }
            _ => {
                let mut b = MicrosoftAzureBuilder::from_env()
                    .with_url(self.0.url.as_str())
                    .with_retry(retry)
                    .with_client_options(client);
                for (k, v) in options {
                    b = b.with_config(k.parse().map_err(|_| unknown(k))?, v);
                }
                Ok(Arc::new(b.build().map_err(bad)?))
            }
        }
    }

    fn retry_timeout(&self, options: &StorageOptions) -> Result<Duration, LocationError> {
        let Some(text) = options.0.get(RETRY_OPTION) else {
            return Ok(RETRY_TIMEOUT);
        };
        text.strip_suffix('s')
            .unwrap_or(text)
            .parse()
            .map(Duration::from_secs)
            .map_err(|_| self.unusable("'retry_timeout' is a number of seconds, such as 10s"))
    }

    /// Whether the endpoint is plain HTTP on this machine; plain HTTP anywhere else is refused.
    fn is_loopback_http(&self, options: &StorageOptions) -> Result<bool, LocationError> {
        let from_options = [
            "endpoint",
            "aws_endpoint",
            "endpoint_url",
            "aws_endpoint_url",
            "azure_endpoint",
            "azure_storage_endpoint",
        ]
        .iter()
        .find_map(|k| options.0.get(*k).cloned());
        let from_environment = || {
            [
                "AWS_ENDPOINT_URL",
                "AWS_ENDPOINT",
                "AZURE_STORAGE_ENDPOINT",
                "AZURE_ENDPOINT",
            ]
            .iter()
            .find_map(|k| std::env::var(k).ok())
        };
        let Some(endpoint) = from_options
            .or_else(from_environment)
            .and_then(|e| Url::parse(&e).ok())
        else {
            return Ok(false);
        };
        if endpoint.scheme() != "http" {
            return Ok(false);
        }
        let loopback = match endpoint.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        if loopback {
            Ok(true)
        } else {
            Err(LocationError::PlainHttp)
        }
    }

    fn unusable(&self, detail: &str) -> LocationError {
        LocationError::Store {
            location: self.to_string(),
            detail: detail.lines().next().unwrap_or_default().to_owned(),
        }
    }
}
