//! Lines in, closed windows out, each exactly once also when the process dies in between.
//!
//! A checkpoint holds the operator's state together with how far the input was read and how long the output was. On
//! restart the output is cut to that length and the input goes on from there: what was written after the checkpoint is
//! written again, the same.

use super::checkpoint::{self, CheckpointError};
use super::{Closed, WindowSpec, Windows};
use crate::contract::DailyContract;
use ecommerce_model::{
    Centavos, Clase, DateError, FilaEvento, Motivo, format_instant, parse_instant_micros,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufWriter, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Why a stream stops.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The checkpoint cannot be read or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is of other windows: its state means something else.
    #[error("{path}: the state is of other windows than those asked for")]
    OtherWindows {
        /// The checkpoint.
        path: PathBuf,
    },
    /// The output is shorter than when the checkpoint was written.
    #[error("{path}: the output has lost bytes since the checkpoint")]
    OutputLost {
        /// The output.
        path: PathBuf,
    },
    /// The input or the output failed.
    #[error("{path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The calendar cannot be set up.
    #[error(transparent)]
    Date(#[from] DateError),
}

/// What became of the lines, from the stream's beginning and not only from the last start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamSummary {
    /// Lines read.
    pub lines: u64,
    /// Purchases that every window of theirs took.
    pub purchases: u64,
    /// Purchases that came after a window of theirs was closed.
    pub late: u64,
    /// Cents of the windows that these missed.
    pub late_cents: i64,
    /// Valid events of other kinds: they move the watermark.
    pub others: u64,
    /// Lines that broke the contract, by reason; `json` if they are no event at all, `del_futuro` if it has not happened yet.
    pub rejected: BTreeMap<String, u64>,
    /// Windows closed.
    pub closed: u64,
}

/// What purchases are summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// Sales region: a handful of keys.
    Region,
    /// Customer: as many keys as buy within a window.
    User,
}

/// All that a restart needs.
#[derive(Serialize, Deserialize)]
struct State {
    key: Key,
    windows: Windows,
    /// Bytes of the input whose effect is in here.
    read: u64,
    /// Bytes of the output whose cause is in here.
    written: u64,
    summary: StreamSummary,
}

/// A stream under way.
pub struct Session {
    state: State,
    contract: DailyContract,
    checkpoint: PathBuf,
    output: BufWriter<File>,
    output_path: PathBuf,
}

/// An event as a line brings it: the columns of the event files, the instant in RFC 3339.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    evento_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tipo: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    region: Option<Cow<'a, str>>,
    monto: Option<f64>,
    #[serde(borrow)]
    timestamp: Option<Cow<'a, str>>,
}

impl Session {
    /// Goes on from the checkpoint at `checkpoint`, or begins, appending closed windows to `output`.
    ///
    /// # Errors
    /// * [`SessionError::Checkpoint`] if there is one that cannot be used.
    /// * [`SessionError::OtherWindows`] if it is of another `spec` or `key`.
    /// * [`SessionError::OutputLost`] if the output is shorter than the checkpoint says.
    /// * [`SessionError::Io`] if the output cannot be opened or cut.
    pub fn open(
        spec: WindowSpec,
        key: Key,
        checkpoint: &Path,
        output: &Path,
    ) -> Result<Self, SessionError> {
        let state = checkpoint::load::<State>(checkpoint)?.unwrap_or_else(|| State {
            key,
            windows: Windows::new(spec),
            read: 0,
            written: 0,
            summary: StreamSummary::default(),
        });
        if state.windows.spec() != spec || state.key != key {
            return Err(SessionError::OtherWindows {
                path: checkpoint.to_owned(),
            });
        }
        let io = |source| SessionError::Io {
            path: output.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(output)
            .map_err(io)?;
        if file.metadata().map_err(io)?.len() < state.written {
            return Err(SessionError::OutputLost {
                path: output.to_owned(),
            });
        }
        file.set_len(state.written).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        Ok(Self {
            state,
            contract: DailyContract::new()?,
            checkpoint: checkpoint.to_owned(),
            output: BufWriter::new(file),
            output_path: output.to_owned(),
        })
    }

    /// How many bytes of the input are done: where a source that can seek goes on.
    pub fn position(&self) -> u64 {
        self.state.read
    }

    /// What became of the lines so far.
    pub fn summary(&self) -> &StreamSummary {
        &self.state.summary
    }

    /// Pairs of window and key in memory.
    pub fn entries(&self) -> usize {
        self.state.windows.entries()
    }

    /// Reads all of `input`, which stands at [`position`](Self::position), with a checkpoint every `every` lines and at the end;
    /// returns the last line if it has no end yet. Whoever writes it may not be done, so it is left for the next time.
    ///
    /// # Errors
    /// As [`line`](Self::line) and [`checkpoint`](Self::checkpoint); [`SessionError::Io`] if the input fails.
    pub fn read(&mut self, mut input: impl BufRead, every: u64) -> Result<Vec<u8>, SessionError> {
        let (mut line, mut since) = (Vec::new(), 0);
        loop {
            line.clear();
            let read = input.read_until(b'\n', &mut line);
            read.map_err(|source| SessionError::Io {
                path: PathBuf::from("-"),
                source,
            })?;
            if line.last() != Some(&b'\n') {
                self.checkpoint()?;
                return Ok(line);
            }
            self.line(&line)?;
            since += 1;
            if since >= every {
                self.checkpoint()?;
                since = 0;
            }
        }
    }

    /// Takes one line, its end included, and writes the windows that it closes; returns how many those are.
    ///
    /// # Errors
    /// * [`SessionError::Io`] if the output fails. A bad line is counted, not an error.
    pub fn line(&mut self, line: &[u8]) -> Result<usize, SessionError> {
        self.state.read += line.len() as u64;
        let (windows, summary) = (&mut self.state.windows, &mut self.state.summary);
        summary.lines += 1;
        let event = match parsed(line, &mut self.contract, self.state.key, now()) {
            Ok(event) => event,
            Err(reason) => {
                *summary.rejected.entry(reason.to_owned()).or_default() += 1;
                return Ok(0);
            }
        };
        match &event.purchase {
            None => summary.others += 1,
            Some((key, cents)) => {
                let placed = windows.add(key, cents.get(), event.instant);
                if placed.missed == 0 {
                    summary.purchases += 1;
                } else {
                    summary.late += 1;
                    summary.late_cents += cents.get() * i64::from(placed.missed);
                }
            }
        }
        let closed = windows.observe(event.instant);
        self.write(&closed)?;
        Ok(closed.len())
    }

    /// Closes every window: nothing comes after, and what does is late. Ends with a checkpoint.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint).
    pub fn end(&mut self) -> Result<(), SessionError> {
        let closed = self.state.windows.end();
        self.write(&closed)?;
        self.checkpoint()
    }

    /// Brings output and state to the disk, in this order: the state must not promise what the output may lose.
    ///
    /// # Errors
    /// * [`SessionError::Io`] for the output, [`SessionError::Checkpoint`] for the state; the last checkpoint still holds.
    pub fn checkpoint(&mut self) -> Result<(), SessionError> {
        let flushed = self.output.flush();
        let synced = flushed.and_then(|()| self.output.get_ref().sync_data());
        synced.map_err(|source| self.io(source))?;
        Ok(checkpoint::save(&self.checkpoint, &self.state)?)
    }

    fn write(&mut self, closed: &[Closed]) -> Result<(), SessionError> {
        for window in closed {
            let line = rendered(window);
            let wrote = self.output.write_all(line.as_bytes());
            wrote.map_err(|source| self.io(source))?;
            self.state.written += line.len() as u64;
        }
        self.state.summary.closed += closed.len() as u64;
        Ok(())
    }

    fn io(&self, source: io::Error) -> SessionError {
        SessionError::Io {
            path: self.output_path.clone(),
            source,
        }
    }
}

/// What the operator needs of an event.
struct Event<'a> {
    instant: i64,
    /// Key and amount.
    purchase: Option<(Cow<'a, str>, Centavos)>,
}

/// How far the clocks of those who send events may be ahead of ours.
const AHEAD: i64 = 5 * 60 * 1_000_000;

/// Microseconds since the epoch by this machine's clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros().try_into().unwrap_or(i64::MAX))
}

fn parsed<'a>(
    line: &'a [u8],
    contract: &mut DailyContract,
    key: Key,
    now: i64,
) -> Result<Event<'a>, &'static str> {
    let line: Line<'a> = serde_json::from_slice(line).map_err(|_| "json")?;
    let row = FilaEvento {
        evento_id: line.evento_id.as_deref(),
        tipo: line.tipo.as_deref(),
        user_id: line.user_id.as_deref(),
        region: line.region.as_deref(),
        monto: line.monto,
        timestamp: line.timestamp.as_deref().and_then(parse_instant_micros),
        ..FilaEvento::default()
    };
    let accepted = contract.check(&row).map_err(Motivo::as_str)?;
    let instant = row.timestamp.ok_or(Motivo::TimestampImposible.as_str())?;
    // The contract has seen to it that a purchase has both.
    let name = match key {
        Key::Region => line.region,
        Key::User => line.user_id,
    };
    let purchase =
        (accepted.clase == Clase::Compra).then(|| (name.unwrap_or_default(), accepted.centavos));
    // One event of tomorrow would close every window of today: the watermark believes what it sees.
    if instant > now.saturating_add(AHEAD) {
        return Err("del_futuro");
    }
    Ok(Event { instant, purchase })
}

fn rendered(window: &Closed) -> String {
    let instant = |micros| format_instant(micros).unwrap_or_default();
    let cents = window.sums.cents;
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    let line = serde_json::json!({
        "desde": instant(window.start),
        "hasta": instant(window.end),
        "clave": window.key,
        "compras": window.sums.purchases,
        "revenue": format!("{sign}{}.{:02}", cents / 100, cents % 100),
    });
    format!("{line}\n")
}
