//! Writes that survive a power cut: every file, and every directory that names it, is synced before it counts.
//!
//! The object store crate (0.13) leaves this to the operating system, so a table on a disk that loses power may
//! lose the last commits it acknowledged. This wrapper is what `--duradero` puts around it.

use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};
use std::fmt;
use std::fs::File;
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

/// Syncs the file, then each directory above it up to the first that is not this process's to open.
async fn sync(path: PathBuf) -> Result<()> {
    let work = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        File::open(&path)?.sync_all()?;
        // A directory made on the way here is only durable once the one that names it is synced: table root,
        // log or partition directory, and the directory that holds the table.
        for directory in path.ancestors().skip(1).take(3) {
            sync_directory(directory)?;
        }
        Ok(())
    });
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic {
        store: "durable",
        source,
    };
    work.await
        .map_err(|e| failed(e.into()))?
        .map_err(|e| failed(e.into()))
}

fn sync_directory(directory: &FsPath) -> std::io::Result<()> {
    match File::open(directory) {
        Ok(handle) => handle.sync_all(),
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
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
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let done = self.inner.put_opts(location, payload, options).await?;
        self.sync(location).await?;
        Ok(done)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let inner = self.inner.put_multipart_opts(location, options).await?;
        let path = self.inner.path_to_filesystem(location)?;
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
