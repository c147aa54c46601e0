//! Case b: sums by key over windows of event time, with a watermark, late events, and a state that survives `kill -9`.
//!
//! [`Windows`] is the operator, alone: no clock, no files, so what it gives depends on its input only. [`Session`] feeds it
//! lines and keeps its state on disk; [`paced`] measures how long an event waits.

mod checkpoint;
mod latency;
mod session;

pub use checkpoint::CheckpointError;
pub use latency::{Latencies, Pace, PacedError, PacedReport, paced};
pub use session::{Key, Session, SessionError, StreamSummary};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long windows are, how often one begins, and how late an event may come.
///
/// # Units
/// Microseconds of event time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSpec {
    size: i64,
    slide: i64,
    disorder: i64,
}

/// Windows that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// A slide of zero, or longer than the window: then events would fall between two.
    #[error("the slide must be positive and no longer than the window")]
    Slide,
    /// More than the time line holds.
    #[error("a duration of windows must be below a hundred years")]
    TooLong,
}

impl WindowSpec {
    /// Windows of `size` that begin every `slide` (tumbling when both are equal), for events at most `disorder` out of order.
    ///
    /// # Errors
    /// * [`WindowError::Slide`] unless 0 < `slide` ≤ `size`.
    /// * [`WindowError::TooLong`] for a duration of a century or more.
    pub fn new(size: Duration, slide: Duration, disorder: Duration) -> Result<Self, WindowError> {
        const CENTURY: i64 = 100 * 366 * 86_400_000_000;
        let micros = |duration: Duration| {
            i64::try_from(duration.as_micros())
                .ok()
                .filter(|micros| *micros < CENTURY)
                .ok_or(WindowError::TooLong)
        };
        let spec = Self {
            size: micros(size)?,
            slide: micros(slide)?,
            disorder: micros(disorder)?,
        };
        if spec.slide == 0 || spec.slide > spec.size {
            return Err(WindowError::Slide);
        }
        Ok(spec)
    }

    /// The starts of the windows that hold `instant`, the latest first.
    fn starts(self, instant: i64) -> impl Iterator<Item = i64> {
        let last = instant.div_euclid(self.slide) * self.slide;
        (0..)
            .map(move |back| last - back * self.slide)
            .take_while(move |start| start + self.size > instant)
    }
}

/// What a window knows of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Purchases.
    pub purchases: u64,
    /// Their amounts, in cents; enough for ninety million purchases of the largest amount that the contract lets in.
    pub cents: i64,
}

/// A window that will not change any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its first instant, in microseconds since the epoch.
    pub start: i64,
    /// The first instant after it.
    pub end: i64,
    /// The key.
    pub key: String,
    /// Its sums.
    pub sums: Sums,
}

/// Where an event went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Open windows that took it.
    pub taken: u32,
    /// Windows that should have, and were closed already.
    pub missed: u32,
}

/// The operator: sums by key and window, closed as the watermark passes them.
///
/// # Cost
/// State: one entry per key and open window, whatever the number of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    spec: WindowSpec,
    /// No event before this instant is expected any more.
    watermark: i64,
    open: BTreeMap<i64, BTreeMap<String, Sums>>,
}

impl Windows {
    /// No event seen yet.
    pub fn new(spec: WindowSpec) -> Self {
        Self {
            spec,
            watermark: i64::MIN,
            open: BTreeMap::new(),
        }
    }

    /// The windows it was made for.
    pub fn spec(&self) -> WindowSpec {
        self.spec
    }

    /// Number of (window, key) pairs held.
    pub fn entries(&self) -> usize {
        self.open.values().map(BTreeMap::len).sum()
    }

    /// Adds a purchase to every window that holds it and is still open.
    pub fn add(&mut self, key: &str, cents: i64, instant: i64) -> Placed {
        let mut placed = Placed {
            taken: 0,
            missed: 0,
        };
        for start in self.spec.starts(instant) {
            if start + self.spec.size <= self.watermark {
                placed.missed += 1;
                continue;
            }
            let keys = self.open.entry(start).or_default();
            // Looked up before it is inserted: a key is new once, and allocating its text for every event is not free.
            if !keys.contains_key(key) {
                keys.insert(key.to_owned(), Sums::default());
            }
            if let Some(sums) = keys.get_mut(key) {
                sums.purchases += 1;
                sums.cents += cents;
            }
            placed.taken += 1;
        }
        placed
    }

    /// Learns that an event of this instant exists, purchase or not, and gives the windows which that closes, oldest first.
    pub fn observe(&mut self, instant: i64) -> Vec<Closed> {
        self.watermark = self.watermark.max(instant - self.spec.disorder);
        self.close_up_to(self.watermark)
    }

    /// Closes everything: the stream has ended.
    pub fn end(&mut self) -> Vec<Closed> {
        self.watermark = i64::MAX;
        self.close_up_to(i64::MAX)
    }

    fn close_up_to(&mut self, watermark: i64) -> Vec<Closed> {
        let mut closed = Vec::new();
        while let Some(first) = self.open.first_entry() {
            let (start, end) = (*first.key(), *first.key() + self.spec.size);
            if end > watermark {
                break;
            }
            let keys = first.remove();
            closed.extend(keys.into_iter().map(|(key, sums)| Closed {
                start,
                end,
                key,
                sums,
            }));
        }
        closed
    }
}
