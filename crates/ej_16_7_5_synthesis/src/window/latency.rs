//! How long an event waits, measured from when it should have arrived.
//!
//! Events are due at fixed instants, whether or not the operator keeps up: while it stalls they queue, and their wait
//! counts. A generator that waits for the operator would hide exactly the stalls that the question is about.

use super::WindowSpec;
use super::session::{Key, Session, SessionError};
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador, GeneratorError, format_instant};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How fast events come, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Events per second.
    pub per_second: u32,
    /// Seconds.
    pub seconds: u32,
    /// Events between two checkpoints.
    pub checkpoint_every: u32,
}

/// Waits, sorted.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// The waits in `all`.
    pub fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// The wait that a share `quantile` of them does not exceed: one that was measured, not one between two. Zero if there is none.
    pub fn quantile(&self, quantile: f64) -> Duration {
        let rank = (quantile * self.0.len() as f64).ceil() as usize;
        let at = rank.clamp(1, self.0.len().max(1)) - 1;
        self.0.get(at).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What [`paced`] saw.
#[derive(Debug)]
pub struct PacedReport {
    /// From when each event was due until its effect was in the state.
    pub events: Latencies,
    /// The same of the events that closed windows: until the results were handed to the file.
    pub results: Latencies,
    /// Windows closed.
    pub closed: u64,
    /// The most pairs of window and key held at once.
    pub most_entries: usize,
    /// From the first event due to the last one done.
    pub elapsed: Duration,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum PacedError {
    /// No events could be generated.
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    /// The stream stopped.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The instants of the events leave the calendar.
    #[error("the events do not fit in the calendar")]
    Calendar,
}

/// Sends generated events at a fixed pace to a [`Session`] whose files are in `directory`, checkpoints included.
///
/// The instants of the events follow the clock, each up to `disorder` behind it: windows close while it runs.
///
/// # Errors
/// * [`PacedError`] if the events cannot be generated or the session stops.
///
/// # Cost
/// All lines are made first and held in memory, so that making them is not measured.
pub fn paced(
    spec: WindowSpec,
    key: Key,
    pace: Pace,
    directory: &Path,
) -> Result<PacedReport, PacedError> {
    let lines = lines(spec, pace)?;
    let mut session = Session::open(
        spec,
        key,
        &directory.join("estado.json"),
        &directory.join("ventanas.ndjson"),
    )?;
    let gap = Duration::from_secs(1) / pace.per_second.max(1);
    let (sender, receiver) = mpsc::channel::<(Instant, &[u8])>();
    let (mut events, mut results) = (Vec::with_capacity(lines.len()), Vec::new());
    let (mut most_entries, mut since) = (0, 0);
    let begun = Instant::now();
    std::thread::scope(|scope| -> Result<(), SessionError> {
        let lines = &lines;
        scope.spawn(move || {
            for (at, line) in (0_u32..).zip(lines) {
                let due = begun + gap * at;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                if sender.send((due, line)).is_err() {
                    return;
                }
            }
        });
        for (due, line) in receiver {
            most_entries = most_entries.max(session.entries());
            let closed = session.line(line)?;
            since += 1;
            if since >= pace.checkpoint_every.max(1) {
                session.checkpoint()?;
                since = 0;
            }
            let wait = due.elapsed();
            events.push(wait);
            if closed > 0 {
                results.push(wait);
            }
        }
        Ok(())
    })?;
    Ok(PacedReport {
        events: Latencies::new(events),
        results: Latencies::new(results),
        closed: session.summary().closed,
        most_entries,
        elapsed: begun.elapsed(),
    })
}

fn lines(spec: WindowSpec, pace: Pace) -> Result<Vec<Vec<u8>>, PacedError> {
    let count = u64::from(pace.per_second) * u64::from(pace.seconds);
    let first = "2024-01-15".parse().map_err(GeneratorError::Date)?;
    let generator = Generador::new(ConfigGenerador::new(42, first, 1, count))?;
    let (mut row, mut lines) = (FilaGenerada::new(), Vec::new());
    const START: i64 = 1_705_276_800_000_000;
    let gap = 1_000_000 / i64::from(pace.per_second.max(1));
    for (at, index) in (0_i64..).zip(0..count) {
        generator.fill(index, &mut row);
        let event = row.as_fila();
        // A spread that repeats, without a random number: every event up to `disorder` behind the clock.
        let behind = match spec.disorder {
            0 => 0,
            disorder => (at * 7_919) % disorder,
        };
        let instant = format_instant(START + at * gap - behind).ok_or(PacedError::Calendar)?;
        let line = serde_json::json!({
            "evento_id": event.evento_id,
            "tipo": event.tipo,
            "user_id": event.user_id,
            "region": event.region,
            "monto": event.monto,
            "timestamp": instant,
        });
        lines.push(format!("{line}\n").into_bytes());
    }
    Ok(lines)
}
