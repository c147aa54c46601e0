//! Bodies on their way through: unchanged, slow, or cut off.

use futures::{Stream, StreamExt, TryStreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, BodyStream, StreamBody};
use hyper::body::{Bytes, Frame, Incoming, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Why a body ends early.
type Failure = Box<dyn std::error::Error + Send + Sync>;
/// A body as the proxy passes it on.
pub(super) type Body = UnsyncBoxBody<Bytes, Failure>;

/// How long the bytes before a cut get to leave: a reset throws away what is still unsent.
const BEFORE_A_RESET: Duration = Duration::from_millis(20);
/// How often a slow body moves, where its rate allows.
const BEAT: Duration = Duration::from_millis(50);

pub(super) fn boxed(whole: Incoming) -> Body {
    whole.map_err(Failure::from).boxed_unsync()
}

/// The body as it is, every piece told to `tally` as it is handed on.
pub(super) fn counted(whole: Body, tally: impl Fn(u64) + Send + 'static) -> Body {
    Counted { whole, tally }.boxed_unsync()
}

struct Counted<T> {
    whole: Body,
    tally: T,
}

// Neither field is pinned through: the body is boxed, the closure is only called.
impl<T> Unpin for Counted<T> {}

impl<T: Fn(u64)> hyper::body::Body for Counted<T> {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let frame = ready!(Pin::new(&mut self.whole).poll_frame(cx));
        if let Some(bytes) = frame.as_ref().and_then(|f| f.as_ref().ok()?.data_ref()) {
            (self.tally)(bytes.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.whole.is_end_stream()
    }

    // An answer without a length of its own gets it from here.
    fn size_hint(&self) -> SizeHint {
        self.whole.size_hint()
    }
}

/// The body at `rate` bytes per second.
pub(super) fn paced(whole: Incoming, rate: u64) -> Body {
    let rate = rate.max(1);
    let step = usize::try_from(rate * BEAT.as_millis() as u64 / 1000)
        .unwrap_or(usize::MAX)
        .max(1);
    let slow = data(boxed(whole)).map_ok(move |bytes| {
        let pieces = (0..bytes.len())
            .step_by(step)
            .map(move |at| bytes.slice(at..bytes.len().min(at.saturating_add(step))));
        stream::iter(pieces).then(move |piece| async move {
            tokio::time::sleep(Duration::from_secs_f64(piece.len() as f64 / rate as f64)).await;
            Ok(piece)
        })
    });
    as_body(slow.try_flatten())
}

/// The first `after` bytes of the body, then a failure, told to `at_the_cut` just before. A body whose announced length is no
/// longer passes whole: nobody asks for what comes after it.
pub(super) fn cut(whole: Body, after: u64, at_the_cut: impl FnOnce() + Send + 'static) -> Body {
    let head = data(whole).scan(after, |left, bytes| {
        let kept = bytes.map(|bytes| {
            bytes.slice(
                ..bytes
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX)),
            )
        });
        let is_over = *left == 0;
        *left -= kept.as_ref().map_or(0, |bytes| bytes.len() as u64);
        std::future::ready((!is_over).then_some(kept))
    });
    let end = stream::once(async move {
        tokio::time::sleep(BEFORE_A_RESET).await;
        at_the_cut();
        Err(Failure::from(io::Error::from(
            io::ErrorKind::ConnectionReset,
        )))
    });
    as_body(head.chain(end))
}

fn data(body: Body) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    BodyStream::new(body).try_filter_map(|frame| std::future::ready(Ok(frame.into_data().ok())))
}

fn as_body(bytes: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static) -> Body {
    BodyExt::boxed_unsync(StreamBody::new(bytes.map_ok(Frame::data)))
}
