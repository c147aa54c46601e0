//! Objects in memory: whole objects in and out, and nothing between the client and its bytes.

use futures::TryStreamExt;
use futures::future::BoxFuture;
use hyper::body::Bytes;
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput,
    PutObjectOutput, StreamingBlob, Timestamp,
};
use s3s::{Body, S3, S3Request, S3Response, S3Result, s3_error};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

#[derive(Debug, Clone)]
struct Kept {
    bytes: Bytes,
    tag: String,
    since: SystemTime,
}

/// Every bucket there could be, each with what was put into it.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    objects: Mutex<HashMap<(String, String), Kept>>,
    versions: AtomicU64,
}

impl Shelf {
    fn find(&self, bucket: String, key: String) -> S3Result<Kept> {
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects
            .get(&(bucket, key))
            .cloned()
            .ok_or_else(|| s3_error!(NoSuchKey))
    }

    async fn put(&self, input: PutObjectInput) -> S3Result<S3Response<PutObjectOutput>> {
        let body = input.body.ok_or_else(|| s3_error!(IncompleteBody))?;
        let expected = input.content_length.and_then(|n| usize::try_from(n).ok());
        let whole = Vec::with_capacity(expected.unwrap_or(0));
        let whole = body
            .try_fold(whole, |mut whole, piece| async move {
                whole.extend_from_slice(&piece);
                Ok(whole)
            })
            .await
            .map_err(|_| s3_error!(IncompleteBody))?;
        // A version number is a legal tag, and costs no hash.
        let tag = format!("v{}", self.versions.fetch_add(1, Ordering::Relaxed));
        let kept = Kept {
            bytes: whole.into(),
            tag: tag.clone(),
            since: SystemTime::now(),
        };
        self.objects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((input.bucket, input.key), kept);
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(tag)),
            ..Default::default()
        }))
    }

    fn get(&self, input: GetObjectInput) -> S3Result<S3Response<GetObjectOutput>> {
        let Kept { bytes, tag, since } = self.find(input.bucket, input.key)?;
        let whole = bytes.len();
        let (bytes, content_range) = match input.range {
            None => (bytes, None),
            Some(range) => {
                let range = range.check(whole as u64)?;
                let shown = format!("bytes {}-{}/{whole}", range.start, range.end - 1);
                // Below the length of something in memory.
                (
                    bytes.slice(range.start as usize..range.end as usize),
                    Some(shown),
                )
            }
        };
        Ok(S3Response::new(GetObjectOutput {
            content_length: i64::try_from(bytes.len()).ok(),
            content_range,
            body: Some(StreamingBlob::from(Body::from(bytes))),
            e_tag: Some(ETag::Strong(tag)),
            last_modified: Some(Timestamp::from(since)),
            ..Default::default()
        }))
    }

    fn head(&self, input: HeadObjectInput) -> S3Result<S3Response<HeadObjectOutput>> {
        let Kept { bytes, tag, since } = self.find(input.bucket, input.key)?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: i64::try_from(bytes.len()).ok(),
            e_tag: Some(ETag::Strong(tag)),
            last_modified: Some(Timestamp::from(since)),
            ..Default::default()
        }))
    }
}

// The trait is written for async-trait; these are the signatures that it makes.
impl S3 for Shelf {
    fn put_object<'this, 'future>(
        &'this self,
        request: S3Request<PutObjectInput>,
    ) -> BoxFuture<'future, S3Result<S3Response<PutObjectOutput>>>
    where
        'this: 'future,
        Self: 'future,
    {
        Box::pin(self.put(request.input))
    }

    fn get_object<'this, 'future>(
        &'this self,
        request: S3Request<GetObjectInput>,
    ) -> BoxFuture<'future, S3Result<S3Response<GetObjectOutput>>>
    where
        'this: 'future,
        Self: 'future,
    {
        Box::pin(std::future::ready(self.get(request.input)))
    }

    fn head_object<'this, 'future>(
        &'this self,
        request: S3Request<HeadObjectInput>,
    ) -> BoxFuture<'future, S3Result<S3Response<HeadObjectOutput>>>
    where
        'this: 'future,
        Self: 'future,
    {
        Box::pin(std::future::ready(self.head(request.input)))
    }
}
