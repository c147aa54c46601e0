//! What threads take: row groups, and towards the end pieces of them, so that none waits long for the last row group of another.
//!
//! Pages begin at other rows in each column. A piece passes whole pages over by their headers alone and decodes what is left up to
//! its first row, as it decodes the dictionary once more: little beside what it shares out.

use crate::source::Source;
use bytes::Bytes;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Fewer rows than this are not worth a piece of their own.
pub(crate) const PIECE_ROWS: usize = 1 << 16;

/// Rows of a row group.
pub(crate) struct Task {
    pub(crate) file: usize,
    pub(crate) group: usize,
    pub(crate) rows: Range<usize>,
    /// Rows of the whole row group.
    pub(crate) of: usize,
    /// Of a row group in pieces: its chunks, read by whoever comes first.
    shared: Option<Arc<Mutex<Waiting>>>,
}

/// The chunks of a row group in pieces, as long as one of them is to come.
struct Waiting {
    chunks: Vec<Bytes>,
    /// Pieces that have not asked for them.
    pieces: usize,
    fetched: bool,
}

/// Chunks, and whether they were read just now.
pub(crate) struct Fetched {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) anew: bool,
}

impl Task {
    /// The chunks that the task needs, read by `fetch` unless another piece has done so.
    pub(crate) fn chunks(
        &self,
        fetch: impl FnOnce() -> io::Result<Vec<Bytes>>,
    ) -> io::Result<Fetched> {
        let Some(shared) = &self.shared else {
            let chunks = fetch()?;
            return Ok(Fetched { chunks, anew: true });
        };
        let mut waiting = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let anew = !waiting.fetched;
        if anew {
            waiting.chunks = fetch()?;
            waiting.fetched = true;
        }
        waiting.pieces = waiting.pieces.saturating_sub(1);
        let chunks = if waiting.pieces == 0 {
            // Nobody else will ask: they go when the last piece does.
            std::mem::take(&mut waiting.chunks)
        } else {
            waiting.chunks.clone()
        };
        Ok(Fetched { chunks, anew })
    }
}

/// All row groups in the order of the files; of `threads` threads each finds one in pieces at the end, of `piece` rows at least.
pub(crate) fn tasks(source: &Source, threads: usize, piece: usize) -> Vec<Task> {
    let groups: Vec<_> = source
        .files
        .iter()
        .enumerate()
        .flat_map(|(file, f)| {
            let groups = f.metadata.row_groups().iter().enumerate();
            // Not negative: the footer was checked.
            groups.map(move |(n, g)| (file, n, usize::try_from(g.num_rows()).unwrap_or(0)))
        })
        .collect();
    let split = groups.len().min(threads);
    let wanted = if threads > 1 {
        threads.div_ceil(split.max(1)).max(2)
    } else {
        1
    };
    let mut tasks = Vec::with_capacity(groups.len() + split * wanted);
    for (at, (file, group, of)) in groups.iter().copied().enumerate() {
        let pieces = if at + split < groups.len() {
            1
        } else {
            wanted.min(of / piece.max(1)).max(1)
        };
        let shared = (pieces > 1).then(|| {
            let waiting = Waiting {
                chunks: Vec::new(),
                pieces,
                fetched: false,
            };
            Arc::new(Mutex::new(waiting))
        });
        let size = of / pieces;
        for n in 1..=pieces {
            let end = if n == pieces { of } else { n * size };
            tasks.push(Task {
                file,
                group,
                rows: (n - 1) * size..end,
                of,
                shared: shared.clone(),
            });
        }
    }
    tasks
}
