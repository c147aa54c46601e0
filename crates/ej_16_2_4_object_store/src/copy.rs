//! From one store to another, whatever their kinds, in bounded memory.

use crate::error::StoreError;
use crate::objects::Object;
use crate::upload::{Parts, Uploaded};

/// Copies an object, over what is there.
///
/// The bytes pass through this process, also within one bucket: `ObjectStore::copy` would leave that to the server, where S3
/// stops at 5 GB and no other store can be reached.
///
/// # Errors
/// * [`StoreError::Changed`] if the source is replaced meanwhile.
/// * As [`Object::stream`] for the source and [`Object::upload`] for the target; the error's place says which.
///
/// # Cost
/// Never more than [`Parts::memory`] bytes of the object in memory: 72 MiB by default, for 4 GB as for 80. From 80 GB on
/// parts grow with the object, because S3 takes no more than 10,000.
pub async fn copy(from: &Object, to: &Object, parts: Parts) -> Result<Uploaded, StoreError> {
    let parts = parts.for_size(from.head().await?.size);
    to.upload(from.stream(parts), parts).await
}
