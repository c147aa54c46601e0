//! Reading something large: in ranges, a few at a time, in order, all of one version.

use crate::error::StoreError;
use crate::objects::Object;
use crate::upload::Parts;
use bytes::Bytes;
use futures::stream::{self, BoxStream, FuturesOrdered};
use futures::{FutureExt, StreamExt};
use std::ops::Range;
use tokio::task::JoinHandle;

impl Object {
    /// Its bytes from first to last, in pieces of `parts.bytes`.
    ///
    /// One GET for all of it would also be a stream, and object_store resumes one that breaks. But the time and the retries it
    /// has for that are those of a single request, counted from its beginning: a read that takes longer than its deadline has
    /// none left. Here every piece is a request with patience of its own.
    ///
    /// # Errors
    /// * [`StoreError::Changed`] if it is replaced meanwhile: pieces of two versions are never mixed.
    /// * As [`Object::head`].
    ///
    /// # Cost
    /// One HEAD, then one GET per piece; at most `parts.in_flight` pieces are in memory, read or being read. They are read
    /// ahead by tasks of their own, so that a consumer that pauses does not let connections go stale.
    pub fn stream(&self, parts: Parts) -> BoxStream<'static, Result<Bytes, StoreError>> {
        self.pieces(None, parts)
    }

    /// Those bytes of it, likewise.
    ///
    /// # Errors
    /// * [`StoreError::OutOfRange`] if it is shorter.
    /// * As [`Object::stream`].
    ///
    /// # Cost
    /// As [`Object::stream`], of the range.
    pub fn stream_range(
        &self,
        range: Range<u64>,
        parts: Parts,
    ) -> BoxStream<'static, Result<Bytes, StoreError>> {
        self.pieces(Some(range), parts)
    }

    fn pieces(
        &self,
        range: Option<Range<u64>>,
        parts: Parts,
    ) -> BoxStream<'static, Result<Bytes, StoreError>> {
        let object = self.clone();
        stream::once(async move {
            let head = object.head().await?;
            let range = range.unwrap_or(0..head.size);
            if range.end > head.size || range.start > range.end {
                return Err(object.out_of_range(range, head.size));
            }
            Ok(Ahead {
                parts: parts.for_size(head.size),
                version: head.e_tag,
                left: range,
                reads: FuturesOrdered::new(),
                object,
            })
        })
        .flat_map(|begun| match begun {
            Ok(ahead) => stream::try_unfold(ahead, Ahead::next).boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        })
        .boxed()
    }
}

/// A read under way.
struct Ahead {
    object: Object,
    parts: Parts,
    version: Option<String>,
    left: Range<u64>,
    reads: FuturesOrdered<Read>,
}

impl Ahead {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        while self.reads.len() < self.parts.in_flight && !self.left.is_empty() {
            let end = (self.left.start + self.parts.bytes).min(self.left.end);
            let range = self.left.start..end;
            self.left.start = end;
            let (object, version) = (self.object.clone(), self.version.clone());
            self.reads.push_back(Read(tokio::spawn(async move {
                object.get_range_of(range, version.as_deref()).await
            })));
        }
        match self.reads.next().await {
            Some(read) => Ok(Some((read?, self))),
            None => Ok(None),
        }
    }
}

/// A read on a task of its own, which ends with it.
struct Read(JoinHandle<Result<Bytes, StoreError>>);

impl Drop for Read {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Future for Read {
    type Output = Result<Bytes, StoreError>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        let joined = std::task::ready!(self.0.poll_unpin(cx));
        // Not joined only if the runtime is being shut down, or if the read panicked.
        std::task::Poll::Ready(joined.unwrap_or_else(|e| Err(StoreError::Source(e.to_string()))))
    }
}
