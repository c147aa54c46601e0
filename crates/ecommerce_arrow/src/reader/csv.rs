//! CSV: RFC 4180 with a header line; an empty field is a null. One bad line condemns the file, by number.

use super::events::missing;
use super::{Columns, Limits, ReadProblem};
use crate::builder::EventBatchBuilder;
use crate::schema::{COLUMNS, events_view_schema};
use arrow::array::RecordBatch;
use arrow::compute::cast;
use csv::{ByteRecord, Reader, ReaderBuilder, Trim};
use ecommerce_model::FilaEvento;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where each of our columns stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Header {
    positions: [usize; 12],
}

/// Reads the header line; also names the columns that are not ours.
pub(super) fn inspect(
    mut file: File,
    limits: &Limits,
) -> Result<(Header, Vec<String>), ReadProblem> {
    let mut start = [0; 4];
    let n = file.read(&mut start)?;
    if matches!(
        &start[..n],
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [_, 0, ..] | [0, ..]
    ) {
        return Err(ReadProblem::BadRecord {
            line: 1,
            detail: "UTF-16 or binary, not UTF-8 text".into(),
        });
    }
    file.rewind()?;
    let mut reader = open(file, limits);
    let header = reader.inner.byte_headers().map_err(problem)?.clone();
    let names: Vec<&str> = header
        .iter()
        .map(|h| {
            std::str::from_utf8(h).map_err(|_| ReadProblem::BadRecord {
                line: 1,
                detail: "not UTF-8".into(),
            })
        })
        .collect::<Result<_, _>>()?;
    let mut positions = [0; 12];
    for (slot, (column, _, _)) in positions.iter_mut().zip(COLUMNS) {
        let mut places = names
            .iter()
            .enumerate()
            .filter(|(_, n)| **n == column)
            .map(|(i, _)| i);
        *slot = places
            .next()
            .ok_or_else(|| missing(column, names.iter().copied()))?;
        if places.next().is_some() {
            return Err(ReadProblem::RepeatedColumn(column.to_owned()));
        }
    }
    let extra = names
        .iter()
        .filter(|n| !COLUMNS.iter().any(|(c, _, _)| c == *n))
        .map(|n| (*n).to_owned())
        .collect();
    Ok((Header { positions }, extra))
}

/// The rows in batches.
pub(super) fn scan(
    file: File,
    header: &Header,
    columns: Columns,
    limits: &Limits,
) -> Result<impl Iterator<Item = Result<RecordBatch, ReadProblem>> + Send + use<>, ReadProblem> {
    let mut reader = open(file, limits);
    let (positions, batch_rows) = (header.positions, limits.batch_rows);
    let mut record = ByteRecord::new();
    Ok(std::iter::from_fn(move || {
        let mut builder = EventBatchBuilder::with_capacity(batch_rows);
        while builder.len() < batch_rows {
            match reader.next(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => return Some(Err(e)),
            }
            match row(&record, &positions) {
                Ok(fila) => builder.append(&fila),
                Err(detail) => {
                    return Some(Err(ReadProblem::BadRecord {
                        line: line_of(&record),
                        detail,
                    }));
                }
            }
        }
        (!builder.is_empty()).then(|| view(&mut builder, columns))
    }))
}

/// The columns asked for, texts as views.
fn view(builder: &mut EventBatchBuilder, columns: Columns) -> Result<RecordBatch, ReadProblem> {
    let batch = builder.finish()?;
    let ours = columns.positions();
    let schema = Arc::new(events_view_schema().project(ours)?);
    let arrays = ours
        .iter()
        .zip(schema.fields())
        .map(|(i, f)| cast(batch.column(*i), f.data_type()));
    Ok(RecordBatch::try_new(
        Arc::clone(&schema),
        arrays.collect::<Result<_, _>>()?,
    )?)
}

/// One record as a row. What is required by the schema and empty becomes an empty text: the contract judges it.
fn row<'a>(record: &'a ByteRecord, positions: &[usize; 12]) -> Result<FilaEvento<'a>, String> {
    let field = |c: usize| -> Result<Option<&'a str>, String> {
        let bytes = record.get(positions[c]).unwrap_or_default();
        if bytes.contains(&0) {
            return Err(format!("NUL byte in column '{}'", COLUMNS[c].0));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| format!("column '{}' is not UTF-8", COLUMNS[c].0))?;
        Ok((!text.is_empty()).then_some(text))
    };
    let number = |c: usize| -> Result<Option<f64>, String> {
        field(c)?
            .map(|t| t.trim().parse().map_err(|_| expected(c, "a number", t)))
            .transpose()
    };
    let instant = |c: usize| -> Result<Option<i64>, String> {
        field(c)?
            .map(|t| parse_instant(t).ok_or_else(|| expected(c, "an instant with its offset", t)))
            .transpose()
    };
    Ok(FilaEvento {
        evento_id: Some(field(0)?.unwrap_or_default()),
        tipo: Some(field(1)?.unwrap_or_default()),
        user_id: field(2)?,
        session_id: field(3)?,
        producto_id: field(4)?,
        monto: number(5)?,
        region: field(6)?,
        pagina: field(7)?,
        mensaje: field(8)?,
        timestamp: Some(instant(9)?.ok_or_else(|| expected(9, "an instant with its offset", ""))?),
        lat: number(10)?,
        lon: number(11)?,
    })
}

/// `2024-01-15T10:00:00Z`, with a blank for the `T`, a fraction, or another offset; a time without offset is no instant.
fn parse_instant(text: &str) -> Option<i64> {
    ecommerce_model::parse_instant_micros(text.trim())
}

fn expected(column: usize, what: &str, found: &str) -> String {
    format!(
        "column '{}' should be {what}, not '{}'",
        COLUMNS[column].0,
        found.chars().take(40).collect::<String>()
    )
}

/// A reader that knows how long the current record has become.
struct Records {
    inner: Reader<Counted<BufReader<File>>>,
    consumed: Arc<AtomicU64>,
    limit: u64,
}

fn open(file: File, limits: &Limits) -> Records {
    let consumed = Arc::new(AtomicU64::new(0));
    let source = Counted {
        source: BufReader::with_capacity(1 << 16, file),
        consumed: Arc::clone(&consumed),
        limit: limits.record_bytes,
    };
    let inner = ReaderBuilder::new()
        .trim(Trim::Headers)
        .buffer_capacity(1 << 16)
        .from_reader(source);
    Records {
        inner,
        consumed,
        limit: limits.record_bytes,
    }
}

impl Records {
    /// Whether a record was read.
    fn next(&mut self, record: &mut ByteRecord) -> Result<bool, ReadProblem> {
        self.consumed.store(0, Ordering::Relaxed);
        self.inner
            .read_byte_record(record)
            .map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::FileTooLarge => {
                    ReadProblem::TooLarge {
                        what: "a CSV record",
                        bytes: self.limit,
                        limit: self.limit,
                    }
                }
                kind => problem_of(kind),
            })
    }
}

/// Stops a record that does not end: an unbalanced quote would otherwise swallow the file into memory.
struct Counted<R> {
    source: R,
    consumed: Arc<AtomicU64>,
    limit: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        if self.consumed.fetch_add(n as u64, Ordering::Relaxed) > self.limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(n)
    }
}

fn problem(e: csv::Error) -> ReadProblem {
    problem_of(e.into_kind())
}

fn problem_of(kind: csv::ErrorKind) -> ReadProblem {
    match kind {
        csv::ErrorKind::Io(io) => ReadProblem::Io(io),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => ReadProblem::BadRecord {
            line: pos.map_or(0, |p| p.line()),
            detail: format!("{len} fields instead of {expected_len}"),
        },
        csv::ErrorKind::Utf8 { pos, .. } => ReadProblem::BadRecord {
            line: pos.map_or(0, |p| p.line()),
            detail: "not UTF-8".into(),
        },
        other => ReadProblem::Damaged(format!("{other:?}").chars().take(200).collect()),
    }
}

fn line_of(record: &ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}
