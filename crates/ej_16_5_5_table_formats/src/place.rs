//! Where a Delta table stands: a directory, or a bucket and a key, with the log store that serves it.

use crate::delta;
use crate::error::{Format, FormatError, Problem};
use deltalake::DeltaTable;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use futures::StreamExt as _;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, parse_url_opts};
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// Settings of a remote store (`AWS_…`). Not `Debug`, and never printed: they hold keys.
#[derive(Clone, Default)]
pub struct StoreOptions(Vec<(String, String)>);

impl StoreOptions {
    /// The settings that the environment holds.
    pub fn from_env() -> Self {
        std::env::vars()
            .filter(|(name, _)| name.starts_with("AWS_"))
            .collect()
    }
}

impl FromIterator<(String, String)> for StoreOptions {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(options: I) -> Self {
        Self(options.into_iter().collect())
    }
}

/// A place for a Delta table.
///
/// The log store is deltalake's own default over a store of object_store: a commit is a conditional put (`hard_link` on
/// disk, `If-None-Match: *` on S3), so of two Rust writers of one version exactly one succeeds.
#[derive(Clone)]
pub struct Place {
    text: String,
    log_store: LogStoreRef,
}

impl Place {
    /// The place that `text` names: a path, or `s3://bucket/key`.
    ///
    /// # Errors
    /// * [`FormatError::Place`] if it names none, or its store cannot be set up.
    pub fn parse(text: &str, options: &StoreOptions) -> Result<Self, FormatError> {
        let wrong = |detail: String| FormatError::Place {
            place: text.to_owned(),
            detail,
        };
        let mut url = if text.contains("://") {
            Url::parse(text).map_err(|e| wrong(e.to_string()))?
        } else {
            let path = std::path::absolute(text).map_err(|e| wrong(e.to_string()))?;
            Url::from_directory_path(path).map_err(|()| wrong("no es una ruta".into()))?
        };
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let (store, prefix) =
            parse_url_opts(&url, options.0.iter().cloned()).map_err(|e| wrong(e.to_string()))?;
        let root: Arc<dyn ObjectStore> = Arc::from(store);
        let table: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&root), prefix));
        let log_store = default_logstore(table, root, &url, &StorageConfig::default());
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            log_store,
        })
    }

    /// The place at a local path.
    ///
    /// # Errors
    /// * [`FormatError::Place`] if the path is empty.
    pub fn local(path: &Path) -> Result<Self, FormatError> {
        Self::parse(&path.to_string_lossy(), &StoreOptions::default())
    }

    /// The place as it was named.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The log, for whoever looks at single commits.
    pub fn log_store(&self) -> &LogStoreRef {
        &self.log_store
    }

    /// A handle to whatever will be here; nothing is read yet.
    pub fn nothing_yet(&self) -> DeltaTable {
        DeltaTable::new(Arc::clone(&self.log_store))
    }

    /// The table as it is now.
    ///
    /// # Errors
    /// * [`FormatError::Table`] with [`Problem::NoEsTabla`] if there is no log, [`Problem::MetadatosDanados`] if it cannot be
    ///   read, [`Problem::VersionNueva`] if it asks for a newer client, [`Problem::Otro`] if the store does not answer.
    pub async fn open(&self) -> Result<DeltaTable, FormatError> {
        // The library answers a missing log and a damaged one in similar words; a look at the directory tells them apart.
        if !self.has_log().await? {
            return Err(self.refused(Problem::NoEsTabla, "no hay ningún commit en _delta_log"));
        }
        let mut table = self.nothing_yet();
        table.load().await.map_err(|e| delta::refused(self, &e))?;
        Ok(table)
    }

    async fn has_log(&self) -> Result<bool, FormatError> {
        let log = ObjectPath::from("_delta_log");
        let store = self.log_store.object_store(None);
        let mut entries = store.list(Some(&log));
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.refused(Problem::Otro, &e.to_string()))?;
            let name = entry.location.filename().unwrap_or_default();
            if name.ends_with(".json") || name.ends_with(".parquet") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn refused(&self, problem: Problem, detail: &str) -> FormatError {
        FormatError::Table {
            format: Format::Delta,
            place: self.text.clone(),
            problem,
            detail: crate::error::one_line(detail),
        }
    }
}
