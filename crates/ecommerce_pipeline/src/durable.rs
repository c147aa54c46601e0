//! Writes that survive a power cut: every file, and every directory that names it, is synced before it counts.
//!
//! The object store crate (0.13) leaves this to the operating system, so a table on a disk that loses power may
//! lose the last commits it acknowledged. This wrapper is what `--duradero` puts around it.

use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
    UploadPart,
};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

/// A local store that syncs what it writes before it says so.
#[derive(Debug, Clone)]
pub(crate) struct DurableStore {
    inner: Arc<LocalFileSystem>,
}

impl DurableStore {
    pub(crate) fn new() -> Self {
        Self {
            inner: Arc::new(LocalFileSystem::new()),
        }
    }

    async fn sync(&self, location: &Path) -> Result<()> {
        let path = self.inner.path_to_filesystem(location)?;
        sync(path).await
    }
}

/// Syncs the file, then the directories above it that may have been made on the way here.
async fn sync(path: PathBuf) -> Result<()> {
    blocking(move || {
        File::open(&path)?.sync_all()?;
        Ok(sync_above(&path)?)
    })
    .await
}

async fn blocking<F>(work: F) -> Result<()>
where
    F: FnOnce() -> Result<(), Failure> + Send + 'static,
{
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic {
        store: "durable",
        source,
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Failure::Exists(path, source))) => Err(object_store::Error::AlreadyExists {
            path: path.display().to_string(),
            source: source.into(),
        }),
        Ok(Err(Failure::Io(source))) => Err(failed(source.into())),
        Err(e) => Err(failed(e.into())),
    }
}

/// What stops a write.
enum Failure {
    /// Somebody was first.
    Exists(PathBuf, io::Error),
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// Writes beside the target, syncs, then gives it its name: by a link, which only one creator gets, or by a rename.
fn write_whole(path: &FsPath, payload: &PutPayload, create: bool) -> Result<(), Failure> {
    make_parents(path)?;
    let (mut file, staging) = staged(path)?;
    let mut named = || -> Result<(), Failure> {
        for bytes in payload {
            file.write_all(bytes)?;
        }
        file.sync_all()?;
        if !create {
            return Ok(fs::rename(&staging, path)?);
        }
        fs::hard_link(&staging, path).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => Failure::Exists(path.to_owned(), e),
            _ => Failure::Io(e),
        })
    };
    let outcome = named();
    if create || outcome.is_err() {
        // What stays behind is residue that `mantener` removes.
        let _ = fs::remove_file(&staging);
    }
    outcome?;
    Ok(sync_above(path)?)
}

/// A new file beside `path`, named as the inner store names its own: upkeep knows them as residue.
fn staged(path: &FsPath) -> io::Result<(File, PathBuf)> {
    for n in 1u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("#{n}"));
        let staging = PathBuf::from(name);
        match File::create_new(&staging) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            made => return Ok((made?, staging)),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Makes the directories above `path` that are not there, each synced into the one that names it.
fn make_parents(path: &FsPath) -> io::Result<()> {
    let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) else {
        return Ok(());
    };
    make_parents(parent)?;
    match fs::create_dir(parent) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    parent.parent().map_or(Ok(()), sync_directory)
}

/// Another writer may have made the directories and not synced them: log or partition directory, table root, and the
/// directory that holds the table.
fn sync_above(path: &FsPath) -> io::Result<()> {
    path.ancestors()
        .skip(1)
        .take(3)
        .try_for_each(sync_directory)
}

fn sync_directory(directory: &FsPath) -> io::Result<()> {
    match File::open(directory) {
        Ok(handle) => handle.sync_all(),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        Err(e) => Err(e),
    }
}

impl fmt::Display for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableStore({})", self.inner)
    }
}

#[async_trait::async_trait]
impl ObjectStore for DurableStore {
    /// Content first, name last: a commit that a power cut leaves behind is either whole or not there. The inner store names
    /// a file before anything is synced, and an empty commit would make the whole table unreadable.
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let create = match options.mode {
            PutMode::Create if options.attributes.is_empty() => true,
            PutMode::Overwrite if options.attributes.is_empty() => false,
            // What a file system cannot keep: refused there.
            _ => return self.inner.put_opts(location, payload, options).await,
        };
        let path = self.inner.path_to_filesystem(location)?;
        blocking(move || write_whole(&path, &payload, create)).await?;
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let path = self.inner.path_to_filesystem(location)?;
        let above = path.clone();
        blocking(move || Ok(make_parents(&above)?)).await?;
        let inner = self.inner.put_multipart_opts(location, options).await?;
        Ok(Box::new(DurableUpload { inner, path }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await?;
        self.sync(to).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await?;
        self.sync(to).await
    }
}

#[derive(Debug)]
struct DurableUpload {
    inner: Box<dyn MultipartUpload>,
    path: PathBuf,
}

#[async_trait::async_trait]
impl MultipartUpload for DurableUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.inner.put_part(data)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let done = self.inner.complete().await?;
        sync(self.path.clone()).await?;
        Ok(done)
    }

    async fn abort(&mut self) -> Result<()> {
        self.inner.abort().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt as _;

    #[tokio::test]
    async fn a_creation_has_one_winner_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = DurableStore::new();
        let path = dir.path().join("a/b/_delta_log/00000000000000000000.json");
        let key = Path::from_absolute_path(&path).unwrap();
        let create = || store.put_opts(&key, "uno".into(), PutMode::Create.into());
        create().await.unwrap();
        assert!(matches!(
            create().await,
            Err(object_store::Error::AlreadyExists { .. })
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "uno");
        store.put(&key, "dos".into()).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "dos");
        let beside = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1);
    }
}
