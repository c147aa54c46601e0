//! A place for a table: what stands there, and whether it is one of ours.

use super::TableKind;
use crate::durable::DurableStore;
use crate::error::PipelineError;
use crate::location::{Location, StorageOptions};
use arrow::datatypes::DataType;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::{DeltaTable, DeltaTableError};
use futures::StreamExt as _;
use object_store::ObjectStore;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use std::sync::{Arc, Mutex};

/// A place for a table, with the store that serves it.
pub(crate) struct Target {
    location: Location,
    store: Arc<dyn ObjectStore>,
    log_store: LogStoreRef,
    /// The table as last seen: the next look reads only the commits since.
    seen: Mutex<Option<DeltaTable>>,
}

impl Target {
    pub(crate) fn new(
        location: &Location,
        options: &StorageOptions,
        durable: bool,
    ) -> Result<Self, PipelineError> {
        let root: Arc<dyn ObjectStore> = match location.as_local() {
            Some(_) if durable => Arc::new(DurableStore::new()),
            _ => location.store(options)?,
        };
        let store: Arc<dyn ObjectStore> =
            Arc::new(PrefixStore::new(Arc::clone(&root), location.key()?));
        let log_store = default_logstore(
            Arc::clone(&store),
            root,
            location.url(),
            &StorageConfig::default(),
        );
        Ok(Self {
            location: location.clone(),
            store,
            log_store,
            seen: Mutex::default(),
        })
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// The table as it is now, or `None` if there is none yet.
    pub(crate) async fn open(&self) -> Result<Option<DeltaTable>, PipelineError> {
        let seen = self.seen.lock().ok().and_then(|seen| seen.clone());
        self.refresh(seen).await
    }

    async fn open_anew(&self) -> Result<Option<DeltaTable>, PipelineError> {
        if self
            .location
            .as_local()
            .is_some_and(|p| p.exists() && !p.is_dir())
        {
            return Err(self.not_a_table("a file"));
        }
        if !self.has_log().await? {
            let strangers = self.has_strangers().await?;
            // Another first run may have made the table between the two looks: then it is a table like any other.
            if !self.has_log().await? {
                return if strangers {
                    Err(self.not_a_table("a directory with other files"))
                } else {
                    Ok(None)
                };
            }
        }
        let mut table = self.nothing_yet();
        match table.load().await {
            Ok(()) => Ok(Some(table)),
            Err(e) if is_unavailable(&e) => Err(self.failed(e)),
            Err(e) => Err(PipelineError::DamagedLog {
                location: self.location.clone(),
                source: Box::new(e),
            }),
        }
    }

    /// The table as it is now, from how it was found before.
    pub(super) async fn refresh(
        &self,
        table: Option<DeltaTable>,
    ) -> Result<Option<DeltaTable>, PipelineError> {
        let table = match table {
            None => self.open_anew().await?,
            Some(mut table) => {
                table.update_state().await.map_err(|e| self.failed(e))?;
                Some(table)
            }
        };
        if let (Some(table), Ok(mut seen)) = (&table, self.seen.lock())
            && seen.as_ref().and_then(DeltaTable::version) < table.version()
        {
            *seen = Some(table.clone());
        }
        Ok(table)
    }

    async fn has_log(&self) -> Result<bool, PipelineError> {
        let log = ObjectPath::from("_delta_log");
        let mut entries = self.store.list(Some(&log));
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.failed(e.into()))?;
            let name = entry.location.filename().unwrap_or_default();
            // `…json#1` is what a writer that died left behind, not a commit.
            if name.ends_with(".json") || name.ends_with(".parquet") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything stands here that no first run leaves behind: somebody's data.
    async fn has_strangers(&self) -> Result<bool, PipelineError> {
        let mut entries = self.store.list(None);
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.failed(e.into()))?;
            let path = entry.location.as_ref();
            let name = entry.location.filename().unwrap_or_default();
            // Data files are named `part-00000-<uuid>-c000….parquet`, and end in `#1` while they are written.
            let ours = path.starts_with("_delta_log/")
                || path.starts_with("fecha=")
                    && (name.contains('#') || name.starts_with("part-") && name.len() > 45);
            if !ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The table must have our columns; writing into somebody else's would mix two things.
    pub(super) fn check_columns(
        &self,
        table: &DeltaTable,
        kind: TableKind,
    ) -> Result<(), PipelineError> {
        let found = table
            .snapshot()
            .map_err(|e| self.failed(e))?
            .snapshot()
            .arrow_schema();
        let other = |detail: String| {
            Err(PipelineError::OtherTable {
                location: self.location.clone(),
                detail,
            })
        };
        for ours in kind.schema().fields() {
            match found.field_with_name(ours.name()) {
                Err(_) => return other(format!("'{}' is missing", ours.name())),
                Ok(theirs) if plain(theirs.data_type()) != plain(ours.data_type()) => {
                    return other(format!(
                        "'{}' is {}, not {}",
                        ours.name(),
                        theirs.data_type(),
                        ours.data_type()
                    ));
                }
                Ok(_) => {}
            }
        }
        match found
            .fields()
            .iter()
            .find(|f| kind.schema().field_with_name(f.name()).is_err())
        {
            Some(extra) => other(format!("'{}' is not one of ours", extra.name())),
            None => Ok(()),
        }
    }

    /// The table that a first commit will make here.
    pub(super) fn nothing_yet(&self) -> DeltaTable {
        DeltaTable::new(Arc::clone(&self.log_store))
    }

    pub(super) fn log_store(&self) -> &LogStoreRef {
        &self.log_store
    }

    fn not_a_table(&self, what: &'static str) -> PipelineError {
        PipelineError::NotATable {
            location: self.location.clone(),
            what,
        }
    }

    pub(crate) fn failed(&self, source: DeltaTableError) -> PipelineError {
        PipelineError::Table {
            location: self.location.clone(),
            source: Box::new(source),
        }
    }
}

/// Trouble of the store rather than of the log's content.
fn is_unavailable(e: &DeltaTableError) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(e);
    while let Some(e) = next {
        if let Some(e) = e.downcast_ref::<object_store::Error>() {
            return !matches!(e, object_store::Error::NotFound { .. });
        }
        if e.downcast_ref::<std::io::Error>().is_some() {
            return true;
        }
        next = e.source();
    }
    false
}

/// A type without the encodings that readers choose.
fn plain(dtype: &DataType) -> DataType {
    match dtype {
        DataType::Dictionary(_, values) => plain(values),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        other => other.clone(),
    }
}
