//! A place for a table: what stands there, and whether it is one of ours.

use crate::durable::DurableStore;
use crate::error::{Obstacle, PipelineError};
use crate::location::{Location, StorageOptions};
use arrow::datatypes::{DataType, Schema};
use deltalake::kernel::transaction::PROTOCOL;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::table::config::TablePropertiesExt as _;
use deltalake::{DeltaTable, DeltaTableError};
use futures::StreamExt as _;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::sync::{Arc, Mutex};

/// How the Delta kernel begins to say that the store failed; a file that is not there is something else to it.
const KERNEL_STORE: &str = "Error interacting with object store: ";

/// Name of the first commit in a log.
const FIRST_COMMIT: &str = "00000000000000000000.json";

/// The last writer version there is: what came after it are named features.
const LAST_WRITER: i32 = 7;

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
            return Err(self.not_a_table(Obstacle::File));
        }
        self.refuse_links(false)?;
        if !self.has_log().await? {
            let strangers = self.has_strangers().await?;
            // Another first run may have made the table between the two looks: then it is a table like any other.
            if !self.has_log().await? {
                return if strangers {
                    Err(self.not_a_table(Obstacle::OtherFiles))
                } else {
                    Ok(None)
                };
            }
        }
        let mut table = self.nothing_yet();
        match table.load().await {
            Ok(()) => {}
            Err(e) if is_unavailable(&e) => return Err(self.failed(e)),
            Err(e) => return Err(self.damaged(e)),
        }
        self.refuse_files_outside(&table)?;
        self.refuse_empty_commits(&table).await?;
        Ok(Some(table))
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
        // Most logs still have their first entry, and asking for it lists nothing.
        match self.store.head(&log.clone().join(FIRST_COMMIT)).await {
            Ok(_) => return Ok(true),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(e) => return Err(self.failed(e.into())),
        }
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

    /// The table must have these columns, be of a protocol that this program writes, and let rows go.
    ///
    /// The library finds the latter two out when it commits: after an hour's work, with a data file written that nobody needs.
    pub(crate) fn check_writable(
        &self,
        table: &DeltaTable,
        columns: &Schema,
    ) -> Result<(), PipelineError> {
        self.check_columns(table, columns)?;
        let snapshot = table.snapshot().map_err(|e| self.failed(e))?;
        let asked = snapshot.protocol().min_writer_version();
        if asked > LAST_WRITER {
            // The library looks at no version above 7, and would write to this one.
            let what = format!("it asks for writers of version {asked}");
            return Err(self.damaged(DeltaTableError::generic(what)));
        }
        let snapshot = snapshot.snapshot();
        PROTOCOL
            .can_write_to(snapshot)
            .and_then(|()| PROTOCOL.check_append_only(snapshot))
            .map_err(|e| self.failed(e.into()))
    }

    /// The table must have our columns; writing into somebody else's would mix two things.
    pub(super) fn check_columns(
        &self,
        table: &DeltaTable,
        columns: &Schema,
    ) -> Result<(), PipelineError> {
        let snapshot = table.snapshot().map_err(|e| self.failed(e))?;
        let found = snapshot.snapshot().arrow_schema();
        let other = |detail: String| {
            Err(PipelineError::OtherTable {
                location: self.location.clone(),
                detail,
            })
        };
        for ours in columns.fields() {
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
            .find(|f| columns.field_with_name(f.name()).is_err())
        {
            Some(extra) => other(format!("'{}' is not one of ours", extra.name())),
            None => Ok(()),
        }
    }

    /// A log may name any file that the process can read; ours names files of the table.
    fn refuse_files_outside(&self, table: &DeltaTable) -> Result<(), PipelineError> {
        let snapshot = table.snapshot().map_err(|e| self.failed(e))?;
        for file in snapshot.log_data().iter() {
            let path = file.path();
            if path.starts_with('/')
                || path.contains("://")
                || path.split('/').any(|part| part == "..")
            {
                let what = format!("it names a file outside the table: {path}");
                return Err(self.damaged(DeltaTableError::generic(what)));
            }
        }
        Ok(())
    }

    /// A commit of no bytes says nothing, and the library passes over it: what it added would be missing without a word. A
    /// power cut leaves such files where nothing was synced.
    async fn refuse_empty_commits(&self, table: &DeltaTable) -> Result<(), PipelineError> {
        // Commits below the last checkpoint are not read any more.
        let snapshot = table.snapshot().map_err(|e| self.failed(e))?;
        let interval = snapshot.table_config().checkpoint_interval().get();
        let from = table.version().unwrap_or(0).saturating_sub(interval);
        let log = ObjectPath::from("_delta_log");
        let before = log.clone().join(format!("{from:020}"));
        let mut entries = self.store.list_with_offset(Some(&log), &before);
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.failed(e.into()))?;
            let name = entry.location.filename().unwrap_or_default();
            if entry.size == 0 && name.len() == 25 && name.ends_with(".json") {
                let what = format!("the commit {name} is empty");
                return Err(self.damaged(DeltaTableError::generic(what)));
            }
        }
        Ok(())
    }

    /// A link that leads out of a local table would take reads, writes and deletions with it, for the store follows links.
    ///
    /// Looks at the table's own entries, which are its log and its days; at all that lies below them only if `deep`.
    pub(crate) fn refuse_links(&self, deep: bool) -> Result<(), PipelineError> {
        let Some(Ok(root)) = self.location.as_local().map(std::path::Path::canonicalize) else {
            return Ok(());
        };
        let mut directories = vec![root.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                let path = entry.path();
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                // A link that leads nowhere leads to what somebody may put there.
                let outside = |target: std::path::PathBuf| !target.starts_with(&root);
                if kind.is_symlink() && path.canonicalize().map_or(true, outside) {
                    return Err(self.not_a_table(Obstacle::LinkOut));
                }
                if deep && kind.is_dir() {
                    directories.push(path);
                }
            }
        }
        Ok(())
    }

    /// The table that a first commit will make here.
    pub(super) fn nothing_yet(&self) -> DeltaTable {
        DeltaTable::new(Arc::clone(&self.log_store))
    }

    pub(super) fn log_store(&self) -> &LogStoreRef {
        &self.log_store
    }

    fn not_a_table(&self, what: Obstacle) -> PipelineError {
        PipelineError::NotATable {
            location: self.location.clone(),
            what,
        }
    }

    fn damaged(&self, source: DeltaTableError) -> PipelineError {
        PipelineError::DamagedLog {
            location: self.location.clone(),
            source: Box::new(source),
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
        // The log is read by the Delta kernel, whose error for this has no source: its text begins like this.
        if e.is::<std::io::Error>() || e.to_string().starts_with(KERNEL_STORE) {
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
