//! A whole file: cut into chunks at ends of lines, read by several threads, put together in order, and held against its closing record.
//!
//! Nothing is given before the closing record agrees. Whatever the number of threads and chunks, the error is the same: the first of the file.

use std::io::Read;
use std::sync::OnceLock;

use super::LONGEST_LINE;
use super::checksum::sum;
use super::chunk::{self, Chunk};
use super::columns::Batch;
use super::error::{Fault, Field, FormatError, MayorError, Reason};
use super::record::{self, Closing, Header, Record};
use crate::sharing::Execution;

/// How long a chunk is: what it becomes is a batch of Arrow, and its texts stay far below the 2 GiB of an offset. Columns of some hundred
/// kilobytes are what the allocator has at hand; larger ones come from the system each time, page by page, and a third of the speed goes there.
const CHUNK: usize = 1 << 20;
const ACCOUNTS_MODULUS: u64 = 1_000_000_000_000_000;

/// A file that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Its header.
    pub header: Header,
    /// Its movements and notes, in the file's order, some ten thousand together.
    pub batches: Vec<Batch>,
    /// Its closing record, which agrees with them.
    pub closing: Closing,
}

/// What a file amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Its header.
    pub header: Header,
    /// Its closing record, which agrees with what was read.
    pub closing: Closing,
    /// How many lines it has.
    pub lines: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Returns what the file in `bytes` holds.
///
/// # Errors
/// - [`MayorError::Format`]: the first line and field that are not what the specification says, or that the file is cut short.
/// - [`MayorError::Interrupted`]: `execution` was stopped; that is looked at every MiB.
///
/// # Cost
/// Reads the bytes once (and once more those of its sum, from cache). Allocates the columns, which are of some 90 % of the file.
pub fn read_extract(bytes: &[u8], execution: Execution<'_>) -> Result<Extract, MayorError> {
    read_in_chunks(bytes, execution, CHUNK)
}

pub(super) fn read_in_chunks(
    bytes: &[u8],
    execution: Execution<'_>,
    chunk: usize,
) -> Result<Extract, MayorError> {
    let mut state = State::of(chunk);
    let whole = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |end| end + 1);
    let (lines, rest) = bytes.split_at(whole);
    let mut batches = Vec::new();
    state.lines(lines, &execution, |batch| batches.push(batch))?;
    let totals = state.end(rest)?;
    Ok(Extract {
        header: totals.header,
        batches,
        closing: totals.closing,
    })
}

/// Returns what the file in `input` amounts to, read through to its end and kept nowhere.
///
/// # Errors
/// Those of [`read_extract`], and [`MayorError::Io`].
///
/// # Cost
/// Memory for two chunks of a MiB for each thread, whatever the length of the file.
pub fn totals(input: impl Read, execution: Execution<'_>) -> Result<Totals, MayorError> {
    total_in_chunks(input, execution, CHUNK)
}

pub(super) fn total_in_chunks(
    mut input: impl Read,
    execution: Execution<'_>,
    chunk: usize,
) -> Result<Totals, MayorError> {
    let mut state = State::of(chunk);
    let block = chunk * execution.threads();
    let mut bytes = Vec::with_capacity(block + LONGEST_LINE + 1);
    loop {
        // What the last line lacks comes with the next block.
        let before = bytes.len();
        let read = input.by_ref().take(block as u64).read_to_end(&mut bytes)?;
        let fresh = bytes[before..].iter().rposition(|&byte| byte == b'\n');
        let whole = fresh.map_or(0, |end| before + end + 1);
        state.lines(&bytes[..whole], &execution, drop)?;
        bytes.drain(..whole);
        if read == 0 || bytes.len() > LONGEST_LINE {
            return state.end(&bytes);
        }
    }
}

/// What was read so far.
struct State {
    chunk: usize,
    header: Option<Header>,
    close: Option<Closing>,
    line: u64,
    length: u64,
    number: u64,
    movements: u64,
    notes: u64,
    total: i128,
    accounts: u64,
    bytes: u32,
}

impl State {
    fn of(chunk: usize) -> Self {
        Self {
            chunk,
            header: None,
            close: None,
            line: 0,
            length: 0,
            number: 0,
            movements: 0,
            notes: 0,
            total: 0,
            accounts: 0,
            bytes: 0,
        }
    }

    /// Reads whole lines and gives what they hold, in order.
    fn lines(
        &mut self,
        mut lines: &[u8],
        execution: &Execution<'_>,
        mut give: impl FnMut(Batch),
    ) -> Result<(), MayorError> {
        self.length += lines.len() as u64;
        if self.header.is_none() && !lines.is_empty() {
            lines = self.header(lines)?;
        }
        if lines.is_empty() {
            return Ok(());
        }
        if self.close.is_some() {
            return Err(self.at_next_line((Field::Tipo, Reason::AfterClosing)));
        }
        let chunks = cut(lines, self.chunk);
        let read: Vec<OnceLock<Chunk>> = chunks.iter().map(|_| OnceLock::new()).collect();
        // An error here only says that what follows is not wanted; what comes before has been started.
        let _ = execution.each(chunks.iter().zip(&read), |(lines, place)| {
            let chunk = chunk::read(lines);
            let goes_on = chunk.error.is_none();
            // Each place is of one task.
            let _ = place.set(chunk);
            goes_on.then_some(()).ok_or(())
        });
        for (lines, chunk) in chunks.into_iter().zip(read) {
            // Stopped, or behind an error that was returned below.
            let chunk = chunk.into_inner().ok_or(MayorError::Interrupted)?;
            let rest = &lines[chunk.consumed..];
            if self.close.is_some() {
                return Err(self.at_next_line((Field::Tipo, Reason::AfterClosing)));
            }
            give(self.add(chunk)?);
            if !rest.is_empty() {
                self.close(rest)?;
            }
        }
        Ok(())
    }

    fn header<'a>(&mut self, lines: &'a [u8]) -> Result<&'a [u8], MayorError> {
        let (line, rest) = first_line(lines);
        match record::parse(line) {
            Ok(Record::Header(header)) => {
                self.number = header.primer_numero - 1;
                self.header = Some(header);
            }
            Ok(_) => return Err(self.at_next_line((Field::Tipo, Reason::NoHeader))),
            Err(fault) => return Err(self.at_next_line(fault)),
        }
        self.line += 1;
        self.bytes = sum(&lines[..lines.len() - rest.len()]);
        Ok(rest)
    }

    /// Puts a chunk after those before it.
    fn add(&mut self, chunk: Chunk) -> Result<Batch, MayorError> {
        if let Some(previous) = chunk.previous {
            if chunk.starts_with_note && self.movements == 0 {
                return Err(self.at_next_line((Field::Numero, Reason::LooseNote)));
            }
            if previous != self.number {
                let is_movement = u64::from(!chunk.starts_with_note);
                let reason = Reason::Sequence {
                    expected: self.number + is_movement,
                    found: previous.wrapping_add(is_movement),
                };
                return Err(self.at_next_line((Field::Numero, reason)));
            }
        }
        if let Some(error) = chunk.error {
            return Err(MayorError::Format(FormatError {
                line: self.line + error.line,
                ..error
            }));
        }
        let movements = chunk.batch.movements.numero.len() as u64;
        if movements > 0 {
            self.number = chunk.number;
        }
        self.line += chunk.lines;
        self.movements += movements;
        self.notes += chunk.batch.notes.numero.len() as u64;
        self.total += i128::from(chunk.total);
        self.accounts = (self.accounts + chunk.accounts % ACCOUNTS_MODULUS) % ACCOUNTS_MODULUS;
        self.bytes = self.bytes.wrapping_add(chunk.bytes);
        Ok(chunk.batch)
    }

    fn close(&mut self, lines: &[u8]) -> Result<(), MayorError> {
        let (line, rest) = first_line(lines);
        let close = match record::parse(line) {
            Ok(Record::Close(close)) => close,
            // Its first byte is that of a closing record, so that it is one or wrong.
            Ok(_) => return Err(self.at_next_line((Field::Tipo, Reason::RecordType(b'Z')))),
            Err(fault) => return Err(self.at_next_line(fault)),
        };
        let agreements: [(Field, i128, i128); 5] = [
            (
                Field::Movimientos,
                close.movimientos.into(),
                self.movements.into(),
            ),
            (Field::Notas, close.notas.into(), self.notes.into()),
            (Field::ImporteTotal, close.importe_total.into(), self.total),
            (
                Field::SumaDeCuentas,
                close.suma_de_cuentas.into(),
                self.accounts.into(),
            ),
            (
                Field::SumaDeBytes,
                close.suma_de_bytes.into(),
                self.bytes.into(),
            ),
        ];
        for (field, declared, computed) in agreements {
            if declared != computed {
                let reason = Reason::Mismatch { declared, computed };
                return Err(self.at_next_line((field, reason)));
            }
        }
        self.close = Some(close);
        self.line += 1;
        if !rest.is_empty() {
            return Err(self.at_next_line((Field::Tipo, Reason::AfterClosing)));
        }
        Ok(())
    }

    /// The end of the file, after `rest` of a line without its end.
    fn end(self, rest: &[u8]) -> Result<Totals, MayorError> {
        if self.close.is_some() && !rest.is_empty() {
            return Err(self.at_next_line((Field::Tipo, Reason::AfterClosing)));
        }
        if rest.len() > LONGEST_LINE {
            return Err(self.at_next_line((Field::Linea, Reason::TooLong(LONGEST_LINE))));
        }
        if !rest.is_empty() {
            return Err(self.at_next_line((Field::Linea, Reason::NoLineEnd)));
        }
        match (&self.header, self.close) {
            (Some(header), Some(closing)) => Ok(Totals {
                header: header.clone(),
                closing,
                lines: self.line,
                bytes: self.length,
            }),
            (Some(_), None) => Err(self.at_next_line((Field::Tipo, Reason::NoClosing))),
            (None, _) => Err(self.at_next_line((Field::Linea, Reason::Empty))),
        }
    }

    fn at_next_line(&self, (field, reason): Fault) -> MayorError {
        MayorError::Format(FormatError {
            line: self.line + 1,
            field,
            reason,
        })
    }
}

/// The first line without its end, and what follows it.
fn first_line(lines: &[u8]) -> (&[u8], &[u8]) {
    match lines.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&lines[..end], &lines[end + 1..]),
        None => (lines, &[]),
    }
}

/// Lines in stretches of about `length` bytes.
fn cut(mut lines: &[u8], length: usize) -> Vec<&[u8]> {
    let mut chunks = Vec::with_capacity(lines.len() / length + 1);
    while let Some(tail) = lines.get(length..).filter(|tail| !tail.is_empty()) {
        let end = tail
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(tail.len(), |end| end + 1);
        let (chunk, rest) = lines.split_at(length + end);
        chunks.push(chunk);
        lines = rest;
    }
    if !lines.is_empty() {
        chunks.push(lines);
    }
    chunks
}
