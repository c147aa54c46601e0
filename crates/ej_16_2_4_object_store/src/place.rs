//! An address: which store, which bucket, which key. Parsed once, refused early, printed without surprises.

use object_store::path::Path;
use std::fmt;
use std::sync::Arc;

/// The kinds of store there are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scheme {
    /// A directory tree of this machine.
    File,
    /// The memory of this process.
    Memory,
    /// Amazon S3, and what speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Gs,
    /// Azure Blob Storage.
    Az,
}

impl Scheme {
    /// Its name in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Memory => "memory",
            Self::S3 => "s3",
            Self::Gs => "gs",
            Self::Az => "az",
        }
    }

    /// Whether it is reached over a network.
    pub fn is_remote(self) -> bool {
        matches!(self, Self::S3 | Self::Gs | Self::Az)
    }
}

/// Where an object is, or all objects whose keys begin the same way.
///
/// `Display` gives the URL that [`Place::parse`] takes. A place holds no secret: addresses with one are refused.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Place(Arc<Parts>);

/// Shared: errors carry places, and listings make many of one bucket.
#[derive(PartialEq, Eq, Hash)]
struct Parts {
    scheme: Scheme,
    bucket: String,
    key: Path,
}

/// Why a text is no address. Each names the text, save where the text may hold a secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlaceError {
    /// No `scheme://` at all.
    #[error(
        "'{0}' is no URL: write file:///path, memory:///key, s3://bucket/key, gs://… or az://…"
    )]
    NoScheme(String),
    /// A scheme for which there is no store.
    #[error("'{0}://' is not supported: file, memory, s3, gs and az are")]
    UnknownScheme(String),
    /// The part between `//` and the next `/` is missing, or names something other than a bucket.
    #[error("'{0}' names no bucket")]
    NoBucket(String),
    /// `file://host/path`: only this machine's files are read.
    #[error("'{0}' names a host: local files are file:///path, with three slashes")]
    Host(String),
    /// User and password, a query or a fragment. The address is not repeated: any of them may be a secret.
    #[error(
        "credentials, queries and fragments do not belong into an address; write %3F for '?' and %23 for '#'"
    )]
    Credentials,
    /// `..`, `.`, an empty segment or a control character in the key, plain or percent-encoded.
    #[error("'{url}' is no usable key: {detail}")]
    Key {
        /// The address.
        url: String,
        /// Which part of it is wrong.
        detail: String,
    },
    /// A local name that ends in `#` and digits: object_store keeps those for files that are being written.
    #[error("'{0}' ends in # and digits, a name that is kept for unfinished files")]
    Reserved(String),
    /// An operation on an object, with an address that names a whole bucket.
    #[error("'{0}' names a bucket, not an object")]
    NoKey(String),
}

impl Place {
    /// The place that a URL names: `file:///…`, `memory:///…`, `s3://bucket/…`, `gs://bucket/…` or `az://container/…`.
    ///
    /// The key may be percent-encoded or not. Nothing is normalised: `Url::parse` would turn `s3://b/a/../../c` into
    /// `s3://b/c` before anybody could object.
    ///
    /// ```
    /// use ej_16_2_4_object_store::{Place, PlaceError};
    /// let place = Place::parse("s3://lago/ventas/a%C3%B1o 2024.parquet")?;
    /// assert_eq!((place.bucket(), place.key().as_ref()), ("lago", "ventas/año 2024.parquet"));
    /// assert!(matches!(Place::parse("s3://lago/a/%2e%2e/b"), Err(PlaceError::Key { .. })));
    /// # Ok::<(), PlaceError>(())
    /// ```
    ///
    /// # Errors
    /// One variant of [`PlaceError`] each, as they say.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let shown = || text.escape_debug().take(200).collect::<String>();
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| PlaceError::NoScheme(shown()))?;
        let scheme = [
            Scheme::File,
            Scheme::Memory,
            Scheme::S3,
            Scheme::Gs,
            Scheme::Az,
        ]
        .into_iter()
        .find(|known| known.as_str() == scheme)
        .ok_or_else(|| PlaceError::UnknownScheme(scheme.escape_debug().take(20).collect()))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.contains('@') || rest.contains(['?', '#']) {
            return Err(PlaceError::Credentials);
        }
        match scheme {
            Scheme::File if !bucket.is_empty() => return Err(PlaceError::Host(shown())),
            Scheme::S3 | Scheme::Gs | Scheme::Az if bucket.is_empty() => {
                return Err(PlaceError::NoBucket(shown()));
            }
            _ => {}
        }
        let names_a_bucket = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !bucket.chars().all(names_a_bucket) {
            return Err(PlaceError::NoBucket(shown()));
        }
        // `Path` would drop one leading slash, although `/x` and `x` are two keys of S3.
        let key = if key.starts_with('/') {
            Err(object_store::path::Error::EmptySegment { path: key.into() })
        } else {
            // Decodes, then refuses `.`, `..`, empty segments and control characters.
            Path::from_url_path(key)
        };
        let key = key.map_err(|problem| PlaceError::Key {
            url: shown(),
            detail: match problem {
                object_store::path::Error::BadSegment { source, .. } => {
                    source.to_string().escape_debug().to_string()
                }
                object_store::path::Error::EmptySegment { .. } => "an empty segment".to_owned(),
                _ => "its bytes are not UTF-8".to_owned(),
            },
        })?;
        if scheme == Scheme::File && is_staging_name(&key) {
            return Err(PlaceError::Reserved(shown()));
        }
        Ok(Self(Arc::new(Parts {
            scheme,
            bucket: bucket.to_owned(),
            key,
        })))
    }

    /// The kind of store.
    pub fn scheme(&self) -> Scheme {
        self.0.scheme
    }

    /// The bucket or container; empty for files.
    pub fn bucket(&self) -> &str {
        &self.0.bucket
    }

    /// The key within the bucket; for files, the path without its first slash.
    pub fn key(&self) -> &Path {
        &self.0.key
    }

    /// The place of another key in the same bucket.
    pub fn with_key(&self, key: Path) -> Self {
        Self(Arc::new(Parts {
            scheme: self.0.scheme,
            bucket: self.0.bucket.clone(),
            key,
        }))
    }
}

/// Whether `LocalFileSystem` takes the name for one of its unfinished files, which it neither writes nor lists.
fn is_staging_name(key: &Path) -> bool {
    let after = key.filename().and_then(|name| name.split_once('#'));
    after.is_some_and(|(_, end)| !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/", self.0.scheme.as_str(), self.0.bucket)?;
        self.0.key.as_ref().chars().try_for_each(|c| match c {
            '%' => f.write_str("%25"),
            '?' => f.write_str("%3F"),
            '#' => f.write_str("%23"),
            c => write!(f, "{c}"),
        })
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}
