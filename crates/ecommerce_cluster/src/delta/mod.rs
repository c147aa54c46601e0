//! Delta tables on other processes: the active files of one version, as a plain scan.
//!
//! deltalake's own scan cannot be encoded for another process. What it would read can: the list of files, with each one's
//! partition values. The client reads the log once, so that every process reads the same version, whatever is committed
//! meanwhile. A table that needs more than its files to be read rightly (deletion vectors, column mapping) is refused.

mod codec;
mod scan;

pub(crate) use codec::Codec;
pub use scan::DeltaFiles;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::execution::runtime_env::RuntimeEnv;
use deltalake::logstore::{StorageConfig, default_logstore};
use deltalake::{DeltaTable, DeltaTableError};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use url::Url;

use crate::error::ClusterError;
use scan::ActiveFile;

/// What a reader may ignore, because it concerns the log or is handled here.
const HARMLESS: [&str; 5] = [
    "timestampNtz",
    "v2Checkpoint",
    "vacuumProtocolCheck",
    // Refused below, by the files and the configuration that really use them.
    "deletionVectors",
    "columnMapping",
];

impl DeltaFiles {
    /// Returns the newest version of the table at `url` (`file:///…/` or `s3://bucket/…/`).
    ///
    /// # Errors
    /// - [`ClusterError::Source`] if there is no table, it cannot be read, or it has deletion vectors, column mapping or a
    ///   reader feature that is not known here.
    pub async fn open(url: &Url, runtime: &RuntimeEnv) -> Result<Self, ClusterError> {
        let mut url = url.clone();
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let refuse = |reason: String| ClusterError::Source {
            table: url.to_string(),
            reason,
        };
        let table = load(&url, runtime)
            .await
            .map_err(|error| refuse(error.to_string()))?;
        let snapshot = table
            .snapshot()
            .map_err(|error| refuse(error.to_string()))?;

        let protocol =
            serde_json::to_value(snapshot.protocol()).map_err(|error| refuse(error.to_string()))?;
        let unknown = protocol["readerFeatures"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|feature| feature.as_str())
            .find(|feature| !HARMLESS.contains(feature));
        if let Some(feature) = unknown {
            return Err(refuse(format!("it uses the reader feature '{feature}'")));
        }
        let metadata = snapshot.metadata();
        if let Some(mode) = metadata.configuration().get("delta.columnMapping.mode")
            && mode != "none"
        {
            return Err(refuse(format!("it uses column mapping by {mode}")));
        }

        let provider = table
            .table_provider()
            .await
            .map_err(|error| refuse(error.to_string()))?;
        // Partition columns are reported as dictionaries, which the wire and the other engines' scans do not agree on.
        let schema = Arc::new(Schema::new(
            provider
                .schema()
                .fields()
                .iter()
                .map(|field| match field.data_type() {
                    DataType::Dictionary(_, values) => Arc::new(
                        field
                            .as_ref()
                            .clone()
                            .with_data_type(values.as_ref().clone()),
                    ),
                    _ => Arc::clone(field),
                })
                .collect::<Vec<_>>(),
        ));
        let root = Path::from_url_path(url.path()).map_err(|error| refuse(error.to_string()))?;
        let partition_columns: Vec<String> = metadata
            .partition_columns()
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut files = Vec::new();
        for file in snapshot.log_data().iter() {
            if file.deletion_vector_descriptor().is_some() {
                return Err(refuse("it has deletion vectors".to_owned()));
            }
            let values = file.partition_values_map();
            let location = root
                .parts()
                .chain(file.object_store_path().parts())
                .collect::<Path>();
            files.push(ActiveFile {
                location: location.to_string(),
                size: u64::try_from(file.size()).map_err(|error| refuse(error.to_string()))?,
                values: partition_columns
                    .iter()
                    .map(|column| values.get(column).cloned().flatten())
                    .collect(),
            });
        }
        files.sort_by(|a, b| a.location.cmp(&b.location));
        let store = match url.host_str() {
            Some(bucket) if url.scheme() != "file" => format!("{}://{bucket}", url.scheme()),
            _ => "file:///".to_owned(),
        };
        Ok(Self {
            store,
            schema,
            partition_columns,
            files,
        })
    }
}

async fn load(url: &Url, runtime: &RuntimeEnv) -> Result<DeltaTable, DeltaTableError> {
    let root = runtime
        .object_store_registry
        .get_store(url)
        .map_err(|error| DeltaTableError::Generic(error.to_string()))?;
    let prefix = Path::from_url_path(url.path())
        .map_err(|error| DeltaTableError::Generic(error.to_string()))?;
    let store = Arc::new(PrefixStore::new(Arc::clone(&root), prefix));
    let log_store = default_logstore(store, root, url, &StorageConfig::default());
    let mut table = DeltaTable::new(log_store);
    table.load().await?;
    Ok(table)
}
