//! Where the sales are: a file of this machine, looked at before an engine sees it, or an object of S3.

use crate::{Key, WorkError};
use arrow::datatypes::{DataType, Schema};
use ecommerce_arrow::{Limits, ReadError, ReadProblem, SafeParquet};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{ClientOptions, RetryConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long a store that does not answer is asked again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The sales.
#[derive(Clone, Debug)]
pub enum Input {
    /// A Parquet file whose footer was read and believed, with the columns of the work.
    File {
        /// Its absolute path.
        path: PathBuf,
        /// The same as text.
        text: String,
    },
    /// An object, which nobody has looked at yet.
    Object {
        /// `s3://bucket/key`.
        url: Url,
        /// Its store, as the environment's `AWS_…` variables describe it.
        store: Arc<AmazonS3>,
    },
}

impl Input {
    /// The input at `place`: an `s3://` address or a path.
    ///
    /// # Errors
    /// * [`WorkError::Input`] if the file cannot be opened, is no Parquet file, is damaged, or a column that `key` needs is missing or
    ///   has another type.
    /// * [`WorkError::Path`] if its absolute path is not UTF-8.
    /// * [`WorkError::Store`] if the address is none of an object, or the environment lacks the store's keys.
    ///
    /// # Cost
    /// Reads the footer of a file; nothing of an object.
    pub fn open(place: &Path, key: Key) -> Result<Self, WorkError> {
        match place.to_str().filter(|text| text.starts_with("s3://")) {
            Some(address) => object(address),
            None => file(place, key),
        }
    }

    /// What errors call it.
    pub fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.display().to_string(),
            Self::Object { url, .. } => url.to_string(),
        }
    }

    /// Its bytes, where they are a file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Object { .. } => None,
        }
    }
}

fn object(address: &str) -> Result<Input, WorkError> {
    let fail = |what: &str| WorkError::Store {
        address: address.to_owned(),
        what: what.to_owned(),
    };
    let url = Url::parse(address).map_err(|error| fail(&error.to_string()))?;
    let bucket = url.host_str().ok_or_else(|| fail("no bucket"))?;
    if url.path().len() < 2 {
        return Err(fail("no object"));
    }
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    if keys.iter().any(|key| std::env::var_os(key).is_none()) {
        // Without them object_store would ask the network for the keys of an EC2 machine.
        return Err(fail("no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
    }
    let local = std::env::var("AWS_ENDPOINT_URL")
        .ok()
        .and_then(|endpoint| Url::parse(&endpoint).ok())
        .is_some_and(|endpoint| matches!(endpoint.host_str(), Some("127.0.0.1" | "localhost")));
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        // In the clear to this machine alone.
        .with_client_options(ClientOptions::new().with_allow_http(local))
        .with_retry(RetryConfig {
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        })
        .build()
        .map_err(|error| fail(&error.to_string()))?;
    Ok(Input::Object {
        url,
        store: Arc::new(store),
    })
}

fn file(path: &Path, key: Key) -> Result<Input, WorkError> {
    let name = path.display().to_string();
    let read_error = |problem| ReadError {
        file: name.clone(),
        problem,
    };
    let whole = std::path::absolute(path).map_err(|e| read_error(ReadProblem::Io(e)))?;
    let found = SafeParquet::open(path, &name, &Limits::default())?;
    for column in key.needed() {
        check(column, found.file_schema()).map_err(read_error)?;
    }
    match whole.to_str().map(str::to_owned) {
        Some(text) => Ok(Input::File { path: whole, text }),
        None => Err(WorkError::Path(whole)),
    }
}

fn check(column: &'static str, schema: &Schema) -> Result<(), ReadProblem> {
    let mut found = schema.fields().iter().filter(|f| f.name() == column);
    let (expected, fits): (_, fn(&DataType) -> bool) = match column {
        "monto" => ("Float64", |kind| *kind == DataType::Float64),
        _ => ("Utf8", is_text),
    };
    match (found.next(), found.next()) {
        (None, _) => Err(ReadProblem::MissingColumn {
            column,
            similar: None,
        }),
        (Some(_), Some(_)) => Err(ReadProblem::RepeatedColumn(column.into())),
        (Some(field), None) if !fits(field.data_type()) => Err(ReadProblem::RetypedColumn {
            column,
            found: field.data_type().to_string(),
            expected,
        }),
        (Some(_), None) => Ok(()),
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}
