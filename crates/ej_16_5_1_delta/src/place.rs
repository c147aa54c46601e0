//! Where a table is, on disk or in S3, and the three things that can stand there: a table, nothing, or something else.

use crate::error::TableError;
use crate::spec::TableSpec;
use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::kernel::Version;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::protocol::SaveMode;
use futures::StreamExt as _;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use url::{Host, Url};

/// A place for a table. Not `Debug`: its store knows keys.
///
/// The library is built without its feature `s3`, which brings the AWS SDK; any store of `object_store` serves, because a commit is a
/// conditional put and S3 has that.
#[derive(Clone)]
pub struct Place {
    url: Url,
    store: Arc<dyn ObjectStore>,
    log_store: LogStoreRef,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.url.to_file_path() {
            Ok(path) => write!(f, "{}", path.display()),
            Err(()) => f.write_str(self.url.as_str().trim_end_matches('/')),
        }
    }
}

impl Place {
    /// The place that `text` names: a path, or `s3://bucket/key` with credentials and endpoint from `options` and, after them, the
    /// environment.
    ///
    /// # Errors
    /// * [`TableError::Address`] for an address with credentials in it, without a bucket, or of another kind.
    /// * [`TableError::Store`] for an option that S3 does not have, or plain HTTP beyond this machine.
    pub fn parse(
        text: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, TableError> {
        if text.is_empty() || text.contains('\0') {
            return Err(TableError::Address("empty, or with a NUL byte"));
        }
        if !text.contains("://") {
            return Self::local(Path::new(text));
        }
        let url = Url::parse(text).map_err(|_| TableError::Address("it cannot be parsed"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TableError::Address(
                "credentials belong into the environment",
            ));
        }
        match url.scheme() {
            "file" => {
                let path = url.to_file_path();
                Self::local(&path.map_err(|()| TableError::Address("it names no local path"))?)
            }
            "s3" => Self::s3(url, options),
            _ => Err(TableError::Address("a path, file:// or s3:// is expected")),
        }
    }

    /// A local place, which need not exist.
    ///
    /// # Errors
    /// * [`TableError::Address`] if the path cannot be made absolute.
    pub fn local(path: &Path) -> Result<Self, TableError> {
        let bad = || TableError::Address("it names no local path");
        let path = std::path::absolute(path).map_err(|_| bad())?;
        let url = Url::from_directory_path(&path).map_err(|()| bad())?;
        let key = ObjectPath::from_absolute_path(&path).map_err(|_| bad())?;
        Ok(Self::at(url, key, Arc::new(LocalFileSystem::new())))
    }

    fn s3(
        mut url: Url,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, TableError> {
        if url.host_str().is_none_or(str::is_empty) {
            return Err(TableError::Address("it names no bucket"));
        }
        url.set_path(&format!("{}/", url.path().trim_end_matches('/')));
        let place = url.as_str().trim_end_matches('/').to_owned();
        let failed = |detail: String| TableError::Store {
            place: place.clone(),
            detail,
        };
        let mut builder = AmazonS3Builder::from_env().with_url(url.as_str());
        let mut endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
        for (name, value) in options {
            let name = name.to_ascii_lowercase();
            if name.contains("endpoint") {
                endpoint = Some(value.clone());
            }
            let key = name
                .parse()
                .map_err(|_| failed(format!("unknown option '{name}'")))?;
            builder = builder.with_config(key, value);
        }
        if let Some(endpoint) = endpoint.and_then(|e| Url::parse(&e).ok())
            && endpoint.scheme() == "http"
        {
            if !is_loopback(&endpoint) {
                return Err(failed("plain http is only used on this machine".to_owned()));
            }
            builder = builder.with_allow_http(true);
        }
        let store = builder
            .build()
            .map_err(|e| failed(e.to_string().lines().next().unwrap_or_default().to_owned()))?;
        let key = ObjectPath::from_url_path(url.path())
            .map_err(|_| TableError::Address("its key has characters that S3 does not take"))?;
        Ok(Self::at(url, key, Arc::new(store)))
    }

    fn at(url: Url, key: ObjectPath, root: Arc<dyn ObjectStore>) -> Self {
        let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&root), key));
        let options = StorageConfig::default();
        let log_store = default_logstore(Arc::clone(&store), root, &url, &options);
        Self {
            url,
            store,
            log_store,
        }
    }

    /// The store, its root being this place.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The log of the table here, whether there is one or not.
    pub fn log_store(&self) -> &LogStoreRef {
        &self.log_store
    }

    /// The library's table without a look at what is there: writing to it creates a table, over anything but another table.
    pub fn unopened(&self) -> DeltaTable {
        DeltaTable::new(Arc::clone(&self.log_store))
    }

    /// The table in its last version.
    ///
    /// # Errors
    /// * [`TableError::NoTable`] if there is no log.
    /// * [`TableError::Damaged`] if there is one that gives no table: it is never taken for an empty one.
    /// * [`TableError::Unavailable`] if the store is the reason.
    pub async fn open(&self) -> Result<DeltaTable, TableError> {
        let mut table = self.unopened();
        if table.load().await.is_ok() {
            return Ok(table);
        }
        if !self.has_log().await? {
            return Err(TableError::NoTable(self.to_string()));
        }
        // Another's first commit may have come between the two looks: asked again, a log that is whole gives its table.
        let loaded = table.load().await;
        loaded.map_err(|e| TableError::opening(&self.to_string(), e))?;
        Ok(table)
    }

    /// The table as it was in `version`.
    ///
    /// # Errors
    /// * [`TableError::NoVersion`] if the log does not reach so far, forward or back.
    /// * Those of [`Place::open`].
    pub async fn open_at(&self, version: Version) -> Result<DeltaTable, TableError> {
        let mut table = self.unopened();
        if table.load_version(version).await.is_ok() {
            return Ok(table);
        }
        // Asked for the last version, a log that is whole gives it.
        self.open().await?;
        Err(TableError::NoVersion(version))
    }

    /// The table in its last version that was committed at `instant` or before; in its first where all are later.
    ///
    /// The instant of a commit is when its file was last modified, as the store says it: copying a table changes it.
    ///
    /// # Errors
    /// Those of [`Place::open`].
    pub async fn open_as_of(&self, instant: DateTime<Utc>) -> Result<DeltaTable, TableError> {
        // Looked at first: without any commit the library's search ends in a panic or an error, according to the store.
        self.open().await?;
        let mut table = self.unopened();
        let loaded = table.load_with_datetime(instant).await;
        loaded.map_err(|e| TableError::opening(&self.to_string(), e))?;
        Ok(table)
    }

    /// A new table in its version 0.
    ///
    /// # Errors
    /// * [`TableError::Occupied`] if anything at all stands here, another first commit in the same instant included.
    /// * [`TableError::Columns`], [`TableError::Delta`] for columns or properties that no table can have.
    pub async fn create(&self, spec: &TableSpec) -> Result<DeltaTable, TableError> {
        let occupied = || TableError::Occupied(self.to_string());
        if !self.is_empty().await? {
            return Err(occupied());
        }
        let properties = spec.properties().iter().cloned();
        let created = self
            .unopened()
            .create()
            .with_save_mode(SaveMode::ErrorIfExists)
            .with_columns(spec.columns()?)
            .with_partition_columns(spec.partitions())
            .with_configuration(properties.map(|(name, value)| (name, Some(value))))
            // Tried again, the library would commit the second of two creations as version 1, over the first one's columns.
            .with_commit_properties(CommitProperties::default().with_max_retries(0))
            .await;
        match created {
            Ok(table) => Ok(table),
            // The first commit is a conditional put like any other: of two at once, one is told that the version exists.
            Err(e) if crate::error::is_conflict(&e) || self.has_log().await? => Err(occupied()),
            Err(e) => Err(e.into()),
        }
    }

    /// The table here, made if there was nothing, also if others do the same at once.
    ///
    /// # Errors
    /// Those of [`Place::open`] and [`Place::create`].
    pub async fn open_or_create(&self, spec: &TableSpec) -> Result<DeltaTable, TableError> {
        match self.open().await {
            Err(TableError::NoTable(_)) => {}
            known => return known,
        }
        match self.create(spec).await {
            Err(TableError::Occupied(_)) => self.open().await,
            known => known,
        }
    }

    /// The objects below `_delta_log/`, by name.
    ///
    /// # Errors
    /// * [`TableError::Unavailable`] if they cannot be listed.
    pub async fn log_files(&self) -> Result<Vec<String>, TableError> {
        let mut names = Vec::new();
        let mut entries = self.store.list(Some(&ObjectPath::from("_delta_log")));
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.unavailable(&e))?;
            names.push(entry.location.as_ref().to_owned());
        }
        names.sort();
        Ok(names)
    }

    async fn is_empty(&self) -> Result<bool, TableError> {
        match self.store.list(None).next().await {
            None => Ok(true),
            Some(Ok(_)) => Ok(false),
            Some(Err(e)) => Err(self.unavailable(&e)),
        }
    }

    async fn has_log(&self) -> Result<bool, TableError> {
        let is_of_it = |name: &String| name.ends_with(".json") || name.ends_with(".parquet");
        Ok(self.log_files().await?.iter().any(is_of_it))
    }

    pub(crate) fn unavailable(&self, e: &object_store::Error) -> TableError {
        TableError::Unavailable {
            place: self.to_string(),
            detail: e.to_string().lines().next().unwrap_or_default().to_owned(),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
