//! The check that Polars does not make: that every record of a CSV has as many fields as the first.
//!
//! Polars fills short lines with nulls, and once a projection leaves columns out it cuts long ones too, without a word
//! (`polars-io`, `csv/read/parser.rs`). So the lines are counted here, at a tenth of a second of one core for ten million short lines, over bytes that
//! the page cache holds anyway, while the engine works; the output is published only if both agree.

use super::Dialect;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is wrong with a CSV file, and on which line, from 1.
#[derive(Debug, thiserror::Error)]
pub enum CsvFault {
    /// A record has another number of fields than the first one.
    #[error("line {line}: {found} fields instead of {expected}")]
    Fields {
        /// Line the record begins on.
        line: u64,
        /// Its fields; 0 for an empty line.
        found: usize,
        /// Fields of the first record.
        expected: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("line {line}: not UTF-8")]
    NotUtf8 {
        /// Line of the first such byte.
        line: u64,
    },
    /// A record begins as [`Dialect::NO_COMMENT`] does, which would leave it out.
    #[error("line {line}: begins with a reserved mark")]
    Reserved {
        /// Line the record begins on.
        line: u64,
    },
    /// A quote that never closes, or closes after more than 64 MiB.
    #[error("line {line}: unbalanced quote")]
    OpenQuote {
        /// Line of the quote.
        line: u64,
    },
    /// The file cannot be read.
    #[error("cannot be read")]
    Io(#[from] io::Error),
}

const BLOCK: usize = 1 << 20;
/// A field of 10 MiB is data; a record longer than this is a quote that someone forgot to close.
const LONGEST_RECORD: usize = 64 << 20;

/// The number of records, the header among them, all with as many fields as the first; `None` if `stop` was set meanwhile.
///
/// With [`Dialect::ragged`] only the encoding is checked.
///
/// # Errors
/// The first [`CsvFault`] from the top.
///
/// # Cost
/// One sequential read in blocks of 1 MiB; memory grows only with the longest record.
pub fn check_lines(
    path: &Path,
    dialect: &Dialect,
    stop: &AtomicBool,
) -> Result<Option<u64>, CsvFault> {
    let mut file = File::open(path)?;
    let mut walk = Walk {
        dialect,
        line: 1,
        skip: dialect.skip,
        expected: None,
        records: 0,
    };
    let mut data: Vec<u8> = Vec::with_capacity(2 * BLOCK);
    let mut first = true;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let before = data.len();
        data.resize(before + BLOCK, 0);
        let read = read_block(&mut file, &mut data[before..])?;
        data.truncate(before + read);
        let last = read < BLOCK;
        let from = if first && data.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        first = false;
        let done = from + walk.block(&data[from..], last)?;
        if last {
            return Ok(Some(walk.records));
        }
        data.drain(..done);
        if data.len() > LONGEST_RECORD {
            return Err(CsvFault::OpenQuote { line: walk.line });
        }
    }
}

fn read_block(file: &mut File, mut into: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while !into.is_empty() {
        match file.read(into) {
            Ok(0) => break,
            Ok(n) => {
                read += n;
                into = &mut into[n..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(read)
}

struct Walk<'a> {
    dialect: &'a Dialect,
    line: u64,
    skip: usize,
    expected: Option<usize>,
    records: u64,
}

impl Walk<'_> {
    /// Walks the whole records of the block and says how many bytes they took; the last block has nothing after it.
    fn block(&mut self, bytes: &[u8], last: bool) -> Result<usize, CsvFault> {
        let complete = match bytes.iter().rposition(|b| *b == b'\n') {
            _ if last => bytes.len(),
            Some(at) => at + 1,
            None => return Ok(0),
        };
        let bytes = &bytes[..complete];
        if !self.dialect.lossy
            && let Err(e) = std::str::from_utf8(bytes)
        {
            // What stands before the bad byte is looked at first: the fault that comes first is the one to tell.
            let good = &bytes[..e.valid_up_to()];
            let whole = good
                .iter()
                .rposition(|b| *b == b'\n')
                .map_or(0, |at| at + 1);
            let mut at = self.line;
            at += count(good, b'\n') as u64;
            self.records(&good[..whole], false)?;
            return Err(CsvFault::NotUtf8 { line: at });
        }
        if self.dialect.ragged {
            self.line += count(bytes, b'\n') as u64;
            return Ok(complete);
        }
        self.records(bytes, last)
    }

    fn records(&mut self, bytes: &[u8], last: bool) -> Result<usize, CsvFault> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            if let Some(expected) = self.expected
                && self.dialect.comment.is_none()
            {
                let (lines, length) = even_lines(rest, self.dialect, expected - 1);
                self.records += lines;
                self.line += lines;
                at += length;
                if length > 0 {
                    continue;
                }
            }
            let end = newline(rest).map_or(rest.len(), |end| end + 1);
            let line = &rest[..end];
            if self.skip > 0 {
                self.skip -= 1;
                self.line += 1;
                at += end;
                continue;
            }
            if let Some(comment) = &self.dialect.comment
                && line.starts_with(comment.as_bytes())
            {
                self.line += 1;
                at += end;
                continue;
            }
            if self.dialect.comment.is_none() && line.starts_with(Dialect::NO_COMMENT.as_bytes()) {
                return Err(CsvFault::Reserved { line: self.line });
            }
            let quoted = self.dialect.quote.is_some_and(|q| count(line, q) > 0);
            let (fields, length, lines) = if quoted {
                match quoted_record(rest, self.dialect) {
                    Some(found) => found,
                    None if last => return Err(CsvFault::OpenQuote { line: self.line }),
                    None => return Ok(at),
                }
            } else {
                let empty = matches!(line, b"\n" | b"\r\n" | b"\r");
                let fields = if empty {
                    0
                } else {
                    count(line, self.dialect.separator) + 1
                };
                (fields, end, 1)
            };
            self.record(fields)?;
            self.line += lines;
            at += length;
        }
        Ok(at)
    }

    fn record(&mut self, found: usize) -> Result<(), CsvFault> {
        let expected = match self.expected {
            Some(expected) => expected,
            // Empty lines before the header are no header.
            None if found == 0 => return Ok(()),
            None => *self.expected.insert(found),
        };
        // In a file of one column an empty line is a value that is missing; in others Polars makes it a row of nulls.
        if found.max(1) != expected {
            return Err(CsvFault::Fields {
                line: self.line,
                found,
                expected,
            });
        }
        self.records += 1;
        Ok(())
    }
}

/// Fields, bytes and lines of the record that begins here, whose quotes may hold separators and line ends; `None` if it does
/// not end here.
fn quoted_record(bytes: &[u8], dialect: &Dialect) -> Option<(usize, usize, u64)> {
    let quote = dialect.quote?;
    let (mut fields, mut lines, mut at) = (1, 1, 0);
    let mut field_start = true;
    while at < bytes.len() {
        let b = bytes[at];
        if field_start && b == quote {
            at += 1;
            loop {
                let closing = at + bytes[at..].iter().position(|b| *b == quote)?;
                lines += count(&bytes[at..closing], b'\n') as u64;
                at = closing + 1;
                if bytes.get(at) != Some(&quote) {
                    break;
                }
                at += 1;
            }
            field_start = false;
            continue;
        }
        at += 1;
        field_start = b == dialect.separator;
        if field_start {
            fields += 1;
        } else if b == b'\n' {
            return Some((fields, at, lines));
        }
    }
    // The file ends with the record, or the block does: only its caller knows, and asks again with more if there is more.
    bytes
        .last()
        .is_some_and(|b| *b != b'\n')
        .then_some((fields, at, lines))
}

/// The lines from the top that have so many separators, no quote and no reserved mark: how many they are, and their bytes.
///
/// Sixty-four bytes at a time, as masks: short lines cost more than their bytes when each is looked for alone.
fn even_lines(bytes: &[u8], dialect: &Dialect, separators: usize) -> (u64, usize) {
    let mark = Dialect::NO_COMMENT.as_bytes()[0];
    let quote = dialect.quote.unwrap_or(mark);
    let (mut lines, mut done, mut seen) = (0, 0, 0);
    for (i, chunk) in bytes.as_chunks().0.iter().enumerate() {
        let special = |any: bool, b: &u8| any | (*b == quote) | (*b == mark);
        if chunk.iter().fold(false, special) {
            break;
        }
        let mut apart = mask(chunk, dialect.separator);
        let mut ends = mask(chunk, b'\n');
        while ends != 0 {
            let end = ends.trailing_zeros();
            let before = (1 << end) - 1;
            seen += (apart & before).count_ones() as usize;
            if seen != separators {
                return (lines, done);
            }
            seen = 0;
            lines += 1;
            done = i * chunk.len() + end as usize + 1;
            apart &= !before;
            ends &= ends - 1;
        }
        seen += apart.count_ones() as usize;
    }
    (lines, done)
}

/// A bit for each byte that is the one wanted, the first lowest.
fn mask(chunk: &[u8; 64], wanted: u8) -> u64 {
    let equal = chunk.map(|b| u8::from(b == wanted));
    // The product gathers the lowest bits of eight bytes in its highest byte, each in its place and without a carry.
    let eight =
        |bytes: &[u8; 8]| u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let bytes = equal.as_chunks().0.iter().rev();
    bytes.fold(0, |mask, bytes| mask << 8 | eight(bytes))
}

/// How often the byte occurs. The compiler turns it into vector instructions.
fn count(bytes: &[u8], wanted: u8) -> usize {
    // Sums of u8 in runs short enough not to overflow: one lane per byte instead of eight.
    bytes
        .chunks(255)
        .map(|run| usize::from(run.iter().map(|b| u8::from(*b == wanted)).sum::<u8>()))
        .sum()
}

/// Where the first line ends.
fn newline(bytes: &[u8]) -> Option<usize> {
    const RUN: usize = 32;
    let mut at = 0;
    for run in bytes.chunks(RUN) {
        if run.iter().fold(false, |any, b| any | (*b == b'\n')) {
            return run.iter().position(|b| *b == b'\n').map(|i| at + i);
        }
        at += RUN;
    }
    None
}
