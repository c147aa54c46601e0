//! The operations, written once over `dyn ObjectStore`: they mean the same on disk, in memory and in three clouds.

use crate::error::{Operation, StoreError};
use crate::options::Patience;
use crate::place::{Place, PlaceError};
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload,
};
use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

/// An object that is there or could be, or all objects whose keys begin with its key.
///
/// Every operation ends by the deadline of its [`Patience`], and every error names the place.
#[derive(Clone)]
pub struct Object {
    place: Place,
    store: Arc<dyn ObjectStore>,
    patience: Patience,
}

/// An object as a listing shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Where it is.
    pub place: Place,
    /// Its length in bytes.
    pub size: u64,
}

/// Length and version of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its length in bytes.
    pub size: u64,
    /// What changes when it is replaced.
    pub e_tag: Option<String>,
}

impl From<&ObjectMeta> for Head {
    fn from(meta: &ObjectMeta) -> Self {
        Self {
            size: meta.size,
            e_tag: meta.e_tag.clone(),
        }
    }
}

impl Object {
    pub(crate) fn new(place: Place, store: Arc<dyn ObjectStore>, patience: Patience) -> Self {
        Self {
            place,
            store,
            patience,
        }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The store itself, for code that takes one. Never format it: its `Debug` shows the access key.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The objects whose keys begin with this one's, segment by segment: `a/b` finds `a/b/c`, neither `a/b` itself nor `a/bc`.
    ///
    /// # Shape
    /// In no order that all stores share. Files: links are followed; a directory that is not there is empty.
    ///
    /// # Errors
    /// * [`StoreError::NoBucket`], [`StoreError::Refused`], [`StoreError::Unavailable`], [`StoreError::Deadline`].
    ///
    /// # Cost
    /// One request per thousand objects (S3), made as the stream is read.
    pub fn list(&self) -> BoxStream<'static, Result<Listed, StoreError>> {
        let key = self.place.key();
        let prefix = (!key.as_ref().is_empty()).then_some(key);
        let found = self.store.list(prefix);
        stream::try_unfold((self.clone(), found), |(object, mut found)| async move {
            let next = object.within(Operation::List, found.try_next()).await?;
            Ok(next.map(|meta| {
                let listed = Listed {
                    place: object.place.with_key(meta.location),
                    size: meta.size,
                };
                (listed, (object, found))
            }))
        })
        .boxed()
    }

    /// Its length and version.
    ///
    /// # Errors
    /// * [`StoreError::NoObject`], [`StoreError::NoBucket`], [`StoreError::Refused`], [`StoreError::Unavailable`],
    ///   [`StoreError::Deadline`].
    pub async fn head(&self) -> Result<Head, StoreError> {
        let asked = self.store.head(self.key()?);
        match self.within(Operation::Head, asked).await {
            Ok(meta) => Ok(Head::from(&meta)),
            // An answer to HEAD has no body, so it cannot say whether key or bucket is missing; an answer to GET can.
            Err(StoreError::NoObject { place }) if place.scheme().is_remote() => {
                let first = self.get_opts(range_options(0..1, None)).await;
                Err(first.err().unwrap_or(StoreError::NoObject { place }))
            }
            Err(other) => Err(other),
        }
    }

    /// The whole object.
    ///
    /// # Errors
    /// As [`Object::head`].
    ///
    /// # Cost
    /// One request, one allocation of its size: for what is known to be small. [`Object::stream`] is for the rest.
    pub async fn get(&self) -> Result<Bytes, StoreError> {
        let key = self.key()?;
        let read = async { self.store.get(key).await?.bytes().await };
        self.within(Operation::Read, read).await
    }

    /// Those bytes of it.
    ///
    /// # Errors
    /// * [`StoreError::OutOfRange`] if it is shorter, on every store; left to themselves some cut the range and some refuse it.
    /// * As [`Object::head`].
    ///
    /// # Cost
    /// One request for the range alone. An empty range asks nothing.
    pub async fn get_range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.get_range_of(range, None).await
    }

    /// Those bytes of that version of it.
    pub(crate) async fn get_range_of(
        &self,
        range: Range<u64>,
        version: Option<&str>,
    ) -> Result<Bytes, StoreError> {
        if range.start == range.end {
            return Ok(Bytes::new());
        }
        let (key, options) = (self.key()?, range_options(range.clone(), version));
        let read = async {
            let result = self.store.get_opts(key, options).await?;
            let (found, meta) = (result.range.clone(), result.meta.clone());
            Ok((result.bytes().await?, found, meta))
        };
        match self.within(Operation::Read, read).await {
            // Not every server heeds If-Match on a read.
            Ok((_, _, meta)) if version.is_some_and(|v| meta.e_tag.as_deref() != Some(v)) => {
                Err(StoreError::Changed {
                    place: self.place.clone(),
                })
            }
            Ok((bytes, found, _)) if found == range => Ok(bytes),
            Ok((_, _, meta)) => Err(self.out_of_range(range, meta.size)),
            Err(error @ (StoreError::Failed { .. } | StoreError::Refused { .. })) => {
                match self.head().await {
                    Ok(head) if range.end > head.size || range.start > range.end => {
                        Err(self.out_of_range(range, head.size))
                    }
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Writes it in one piece, over what is there.
    ///
    /// # Errors
    /// * [`StoreError::NoBucket`], [`StoreError::Refused`], [`StoreError::Unavailable`], [`StoreError::Deadline`].
    ///
    /// # Cost
    /// One request. Nobody sees a part of it. On disk it survives the process's death, not power loss: nothing is synced.
    pub async fn put(&self, bytes: impl Into<PutPayload>) -> Result<(), StoreError> {
        let written = self.store.put(self.key()?, bytes.into());
        self.within(Operation::Write, written).await.map(drop)
    }

    /// Deletes it. One that is not there is no error, on any store.
    ///
    /// # Errors
    /// * [`StoreError::NoBucket`], [`StoreError::Refused`], [`StoreError::Unavailable`], [`StoreError::Deadline`].
    pub async fn delete(&self) -> Result<(), StoreError> {
        let deleted = self.store.delete(self.key()?);
        match self.within(Operation::Delete, deleted).await {
            Err(StoreError::NoObject { .. }) => Ok(()),
            other => other,
        }
    }

    async fn get_opts(&self, options: GetOptions) -> Result<GetResult, StoreError> {
        let asked = self.store.get_opts(self.place.key(), options);
        self.within(Operation::Read, asked).await
    }

    /// How long it insists.
    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// The key, which an operation on an object needs: without one, S3 would take a read for a listing.
    pub(crate) fn key(&self) -> Result<&object_store::path::Path, StoreError> {
        let key = self.place.key();
        if key.as_ref().is_empty() {
            return Err(PlaceError::NoKey(self.place.to_string()).into());
        }
        Ok(key)
    }

    /// What `work` gives, or the error it means here, by the deadline.
    pub(crate) async fn within<T>(
        &self,
        operation: Operation,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(self.patience.deadline, work).await {
            Ok(done) => done.map_err(|error| StoreError::of(&self.place, operation, &error)),
            Err(_) => Err(self.too_late(operation)),
        }
    }

    pub(crate) fn too_late(&self, operation: Operation) -> StoreError {
        StoreError::Deadline {
            place: self.place.clone(),
            operation,
            deadline: self.patience.deadline,
        }
    }

    pub(crate) fn out_of_range(&self, range: Range<u64>, size: u64) -> StoreError {
        StoreError::OutOfRange {
            place: self.place.clone(),
            range,
            size,
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", self.place)
    }
}

fn range_options(range: Range<u64>, version: Option<&str>) -> GetOptions {
    GetOptions {
        range: Some(GetRange::Bounded(range)),
        if_match: version.map(str::to_owned),
        ..GetOptions::default()
    }
}
