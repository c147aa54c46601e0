//! Writing something large: in parts, a few at a time, seen by nobody until all are there, taken back if one fails.

use crate::error::{Operation, StoreError};
use crate::objects::Object;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, Stream, StreamExt};
use object_store::{MultipartUpload, ObjectMeta, ObjectStoreExt, PutPayload};
use std::pin::pin;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

/// What putting a part in its place may take the store, beyond the usual deadline. S3 says of large uploads that completing
/// one can take minutes.
const PER_PART: Duration = Duration::from_millis(500);

/// How something large is cut up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts {
    /// Bytes per part; the last may be shorter.
    pub bytes: u64,
    /// Parts under way at once.
    pub in_flight: usize,
}

impl Parts {
    /// The smallest part S3 takes, save for the last.
    pub const SMALLEST: u64 = 5 << 20;
    /// The most parts S3 takes.
    pub const MOST: u64 = 10_000;

    /// Parts of at least [`Parts::SMALLEST`] bytes, at least one at a time.
    pub fn new(bytes: u64, in_flight: usize) -> Self {
        Self {
            bytes: bytes.max(Self::SMALLEST),
            in_flight: in_flight.max(1),
        }
    }

    /// The same, in parts large enough for [`Parts::MOST`] of them to hold `total` bytes.
    ///
    /// ```
    /// use ej_16_2_4_object_store::Parts;
    /// assert_eq!(Parts::default().for_size(80 << 30).bytes, 9 << 20); // 10 240 parts of 8 MiB would be too many
    /// ```
    #[must_use]
    pub fn for_size(self, total: u64) -> Self {
        let needed = total.div_ceil(Self::MOST).next_multiple_of(1 << 20);
        Self {
            bytes: self.bytes.max(needed),
            ..self
        }
    }

    /// The most bytes that a copy in these parts holds at once: those read ahead, those being written, and one between.
    pub fn memory(self) -> u64 {
        (2 * self.in_flight as u64 + 1) * self.bytes
    }
}

impl Default for Parts {
    /// 8 MiB, four at a time: at most 72 MiB in memory.
    fn default() -> Self {
        Self::new(8 << 20, 4)
    }
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Uploaded {
    /// Bytes.
    pub bytes: u64,
    /// Parts; 0 if it fitted into one request.
    pub parts: u64,
}

impl Object {
    /// Writes what a stream gives, over what is there.
    ///
    /// Up to one part's bytes go in a single request; more go as an upload in parts. If the stream or a part fails, what is
    /// under way is awaited, so that nothing arrives afterwards, and the upload is aborted. If the future is dropped, it is
    /// aborted by a task that is left behind. If the answer to the completion is lost, the object is looked for.
    ///
    /// # Errors
    /// * What the stream gives.
    /// * [`StoreError::NoBucket`], [`StoreError::Refused`], [`StoreError::Unavailable`], [`StoreError::Deadline`], as for
    ///   [`Object::put`], of the part that failed.
    /// * [`StoreError::Leftover`] with any of these inside, if it could not be aborted either.
    ///
    /// # Cost
    /// At most `parts.in_flight + 1` parts are in memory; a piece that is exactly one part is not copied.
    pub async fn upload<E: Into<StoreError>>(
        &self,
        source: impl Stream<Item = Result<Bytes, E>>,
        parts: Parts,
    ) -> Result<Uploaded, StoreError> {
        self.key()?;
        let mut source = pin!(source);
        let mut cutter = Cutter::new(parts.bytes);
        while cutter.filled <= parts.bytes {
            match source.next().await {
                Some(piece) => cutter.add(piece.map_err(Into::into)?),
                None => {
                    let (bytes, all) = (cutter.filled, cutter.rest());
                    self.put(all).await?;
                    return Ok(Uploaded { bytes, parts: 0 });
                }
            }
        }
        let mut unfinished = Unfinished::begin(self).await?;
        match unfinished.feed(source, cutter, parts.in_flight).await {
            Ok(uploaded) => unfinished.complete(uploaded).await.map(|()| uploaded),
            Err(error) => Err(unfinished.take_back(error).await),
        }
    }
}

/// Cuts pieces of any length into parts of one length, without copying.
struct Cutter {
    part: u64,
    pieces: Vec<Bytes>,
    filled: u64,
}

impl Cutter {
    fn new(part: u64) -> Self {
        Self {
            part,
            pieces: Vec::new(),
            filled: 0,
        }
    }

    fn add(&mut self, piece: Bytes) {
        self.filled += piece.len() as u64;
        self.pieces.push(piece);
    }

    /// The next part, if there is a whole one.
    fn whole(&mut self) -> Option<PutPayload> {
        if self.filled < self.part {
            return None;
        }
        let (mut taken, mut left) = (Vec::new(), self.part);
        for piece in &mut self.pieces {
            // At most the piece's length, which is a usize.
            let cut = piece.split_to((piece.len() as u64).min(left) as usize);
            left -= cut.len() as u64;
            taken.push(cut);
        }
        self.pieces.retain(|piece| !piece.is_empty());
        self.filled -= self.part;
        Some(
            taken
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect(),
        )
    }

    fn rest(&mut self) -> PutPayload {
        self.filled = 0;
        std::mem::take(&mut self.pieces).into_iter().collect()
    }
}

/// An upload that nobody sees yet.
struct Unfinished {
    object: Object,
    /// What was there when it began.
    before: Option<ObjectMeta>,
    /// `None` once completed or aborted.
    upload: Option<Box<dyn MultipartUpload>>,
    writes: FuturesUnordered<BoxFuture<'static, Result<(), StoreError>>>,
}

impl Unfinished {
    async fn begin(object: &Object) -> Result<Self, StoreError> {
        let (store, key) = (object.store(), object.place().key());
        // Whatever is wrong with this, beginning will say it better.
        let before = object.within(Operation::Head, store.head(key)).await.ok();
        let begun = store.put_multipart(key);
        Ok(Self {
            upload: Some(object.within(Operation::Upload, begun).await?),
            object: object.clone(),
            before,
            writes: FuturesUnordered::new(),
        })
    }

    async fn feed<E: Into<StoreError>>(
        &mut self,
        mut source: impl Stream<Item = Result<Bytes, E>> + Unpin,
        mut cutter: Cutter,
        in_flight: usize,
    ) -> Result<Uploaded, StoreError> {
        let mut uploaded = Uploaded { bytes: 0, parts: 0 };
        let mut ended = false;
        loop {
            while self.writes.len() < in_flight {
                let bytes = cutter.filled.min(cutter.part);
                let part = match cutter.whole() {
                    Some(part) => part,
                    None if ended && bytes > 0 => cutter.rest(),
                    None => break,
                };
                self.write(part);
                uploaded.bytes += bytes;
                uploaded.parts += 1;
            }
            let wants_more = !ended && self.writes.len() < in_flight;
            tokio::select! {
                Some(written) = self.writes.next() => written?,
                piece = source.next(), if wants_more => match piece {
                    Some(piece) => cutter.add(piece.map_err(Into::into)?),
                    None => ended = true,
                },
                else => return Ok(uploaded),
            }
        }
    }

    /// Parts are numbered in the order of these calls, whatever the order in which they arrive.
    fn write(&mut self, part: PutPayload) {
        if let Some(upload) = &mut self.upload {
            let (object, sent) = (self.object.clone(), upload.put_part(part));
            let write = async move { object.within(Operation::Upload, sent).await };
            self.writes.push(write.boxed());
        }
    }

    async fn complete(mut self, uploaded: Uploaded) -> Result<(), StoreError> {
        let Some(upload) = &mut self.upload else {
            return Ok(());
        };
        let parts = u32::try_from(uploaded.parts).unwrap_or(u32::MAX);
        let until = Instant::now() + self.object.patience().deadline + PER_PART * parts;
        let error = match timeout_at(until, upload.complete()).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => {
                let place = self.object.place();
                Some(StoreError::of(place, Operation::Upload, &error))
            }
            Err(_) => Some(self.object.too_late(Operation::Upload)),
        };
        match error {
            Some(error) if !(is_doubtful(&error) && self.appears(uploaded.bytes, until).await) => {
                Err(self.take_back(error).await)
            }
            _ => {
                self.upload = None;
                Ok(())
            }
        }
    }

    /// Whether something new of that length comes to be there: the upload, completed although the answer was lost.
    ///
    /// Borrowed mutably, because the upload is `Send` and not `Sync`: so the future can go to another thread.
    async fn appears(&mut self, bytes: u64, until: Instant) -> bool {
        let (store, key) = (self.object.store(), self.object.place().key());
        let is_new = |found: &ObjectMeta| {
            self.before.as_ref().is_none_or(|before| {
                // The same bytes have the same tag on S3.
                (&before.e_tag, before.last_modified) != (&found.e_tag, found.last_modified)
            })
        };
        loop {
            let found = self.object.within(Operation::Head, store.head(key)).await;
            if found.is_ok_and(|found| found.size == bytes && is_new(&found)) {
                return true;
            }
            let next = Instant::now() + self.object.patience().longest_wait;
            if next > until {
                return false;
            }
            sleep(next - Instant::now()).await;
        }
    }

    /// Aborts, and returns the reason.
    async fn take_back(mut self, cause: StoreError) -> StoreError {
        // A part that arrived after the abort would stay for good.
        while self.writes.next().await.is_some() {}
        let Some(mut upload) = self.upload.take() else {
            return cause;
        };
        match self.object.within(Operation::Upload, upload.abort()).await {
            Ok(()) => cause,
            Err(_) => StoreError::Leftover {
                cause: Box::new(cause),
            },
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let (Some(mut upload), Ok(runtime)) = (self.upload.take(), Handle::try_current()) {
            let (object, mut writes) = (self.object.clone(), std::mem::take(&mut self.writes));
            runtime.spawn(async move {
                while writes.next().await.is_some() {}
                // Nobody is left to be told.
                let _ = object.within(Operation::Upload, upload.abort()).await;
            });
        }
    }
}

/// Whether a completion that ended like this may have been carried out. A store that has carried one out may answer the second
/// request for it, which the client sends when the first answer is lost, with anything.
fn is_doubtful(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable { .. } | StoreError::Deadline { .. } => true,
        StoreError::Refused { attempts, .. } => *attempts > 1,
        _ => false,
    }
}
