//! A store that only reads, and of every object only the version that it saw first.
//!
//! DataFusion keeps what it has learned of a file (its size, its footer, its least and greatest values) for as long as the session
//! lives, and reads the pages whenever it needs them. A file that is replaced in between would be read with the offsets and
//! the statistics of the old one. Here every read demands the entity tag of the first, which S3 compares and the local
//! store makes of inode, time and size, and what comes is compared once more. And what has no way to write cannot be talked into it by SQL.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload,
    OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, coalesce_ranges,
};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// `bytes::Bytes`, which the trait below names.
type Bytes = <PutPayload as IntoIterator>::Item;

/// A read-only view of a store in which no object changes: reading one that did is an error.
#[derive(Clone)]
pub struct PinnedStore {
    inner: Arc<dyn ObjectStore>,
    /// Gaps up to this many bytes are read rather than asked around.
    gap: u64,
    seen: Arc<Mutex<HashMap<Path, Version>>>,
}

/// What tells one version of an object from another.
#[derive(Clone)]
struct Version {
    tag: Option<String>,
    size: u64,
    modified: SystemTime,
}

impl Version {
    fn of(object: &ObjectMeta) -> Self {
        Self {
            tag: object.e_tag.clone(),
            size: object.size,
            modified: object.last_modified.into(),
        }
    }

    /// By the tag where both have one: a listing may leave it out.
    fn is(&self, other: &Self) -> bool {
        match (&self.tag, &other.tag) {
            (Some(one), Some(other)) => one == other,
            _ => self.size == other.size && self.modified == other.modified,
        }
    }
}

impl PinnedStore {
    /// The view of this machine's files. A second request costs next to nothing, so nothing is read that was not asked for.
    pub fn local() -> Self {
        Self {
            inner: Arc::new(LocalFileSystem::new()),
            gap: 0,
            seen: Arc::default(),
        }
    }

    /// The view of a store that is far away.
    pub fn remote(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            gap: OBJECT_STORE_COALESCE_DEFAULT,
            seen: Arc::default(),
        }
    }

    fn saw(&self, location: &Path) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.contains_key(location)
    }

    /// What was seen below a prefix.
    fn below(&self, prefix: Option<&Path>) -> HashSet<Path> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let inside = |at: &&Path| prefix.is_none_or(|p| *at != p && at.prefix_matches(p));
        seen.keys().filter(inside).cloned().collect()
    }

    /// The tag that was seen of the object, if one was.
    fn tag(&self, location: &Path) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(location).and_then(|version| version.tag.clone())
    }
}

/// Whether this is the version of the object that counts: the first that is seen.
fn pin(seen: &Mutex<HashMap<Path, Version>>, object: &ObjectMeta) -> bool {
    let found = Version::of(object);
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let first = seen
        .entry(object.location.clone())
        .or_insert_with(|| found.clone());
    if first.tag.is_none() && first.is(&found) {
        first.tag = found.tag.clone();
    }
    first.is(&found)
}

/// An object that was there is there no more.
#[derive(Debug, thiserror::Error)]
#[error("the object was there and is gone")]
pub(crate) struct Gone;

/// Not [`Error::NotFound`]: DataFusion takes that for a table without rows.
fn gone(location: &Path) -> Error {
    Error::Precondition {
        path: location.to_string(),
        source: Gone.into(),
    }
}

fn changed(location: &Path) -> Error {
    Error::Precondition {
        path: location.to_string(),
        source: "the object is not the one that was seen first".into(),
    }
}

fn read_only() -> Error {
    Error::NotSupported {
        source: "this engine only reads".into(),
    }
}

/// Stores know their credentials and print them.
impl fmt::Debug for PinnedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinnedStore")
    }
}

impl fmt::Display for PinnedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinnedStore")
    }
}

// The signatures are those that `async_trait` writes.
impl ObjectStore for PinnedStore {
    fn get_opts<'life0, 'life1, 'async_trait>(
        &'life0 self,
        location: &'life1 Path,
        mut options: GetOptions,
    ) -> BoxFuture<'async_trait, Result<GetResult>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        async move {
            if options.if_match.is_none() {
                options.if_match = self.tag(location);
            }
            let found = match self.inner.get_opts(location, options).await {
                Err(Error::NotFound { .. }) if self.saw(location) => return Err(gone(location)),
                other => other?,
            };
            // Not every server compares the tag that it is sent.
            if pin(&self.seen, &found.meta) {
                Ok(found)
            } else {
                Err(changed(location))
            }
        }
        .boxed()
    }

    fn get_ranges<'life0, 'life1, 'life2, 'async_trait>(
        &'life0 self,
        location: &'life1 Path,
        ranges: &'life2 [Range<u64>],
    ) -> BoxFuture<'async_trait, Result<Vec<Bytes>>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        Self: 'async_trait,
    {
        // Each through `get_opts`: the local store's own way to read several ranges looks at no tag.
        coalesce_ranges(ranges, |range| self.get_range(location, range), self.gap).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let seen = Arc::clone(&self.seen);
        let mut expected: HashSet<Path> = self.below(prefix);
        let mut objects = self.inner.list(prefix);
        // What was there and is not listed any more is an error, and not a table with fewer rows.
        stream::poll_fn(move |context| {
            let next = objects.poll_next_unpin(context);
            next.map(|next| match next {
                Some(Ok(object)) => {
                    expected.remove(&object.location);
                    Some(if pin(&seen, &object) {
                        Ok(object)
                    } else {
                        Err(changed(&object.location))
                    })
                }
                Some(error) => Some(error),
                None => {
                    let missing = expected.drain().next()?;
                    Some(Err(gone(&missing)))
                }
            })
        })
        .fuse()
        .boxed()
    }

    fn list_with_delimiter<'life0, 'life1, 'async_trait>(
        &'life0 self,
        prefix: Option<&'life1 Path>,
    ) -> BoxFuture<'async_trait, Result<ListResult>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        async move {
            let found = self.inner.list_with_delimiter(prefix).await?;
            match found.objects.iter().find(|object| !pin(&self.seen, object)) {
                Some(object) => Err(changed(&object.location)),
                None => Ok(found),
            }
        }
        .boxed()
    }

    fn put_opts<'life0, 'life1, 'async_trait>(
        &'life0 self,
        _: &'life1 Path,
        _: PutPayload,
        _: PutOptions,
    ) -> BoxFuture<'async_trait, Result<PutResult>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        async { Err(read_only()) }.boxed()
    }

    fn put_multipart_opts<'life0, 'life1, 'async_trait>(
        &'life0 self,
        _: &'life1 Path,
        _: PutMultipartOptions,
    ) -> BoxFuture<'async_trait, Result<Box<dyn MultipartUpload>>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        async { Err(read_only()) }.boxed()
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::once(async { Err(read_only()) }).boxed()
    }

    fn copy_opts<'life0, 'life1, 'life2, 'async_trait>(
        &'life0 self,
        _: &'life1 Path,
        _: &'life2 Path,
        _: CopyOptions,
    ) -> BoxFuture<'async_trait, Result<()>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        Self: 'async_trait,
    {
        async { Err(read_only()) }.boxed()
    }
}
