//! The outline of a batch: every node and buffer that its schema calls for, inside the body, large enough, used once.

use super::region::{Region, Span};
use crate::error::{Claim, IpcError};
use crate::limits::Limits;
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Field, UnionMode};
use arrow_ipc::{MetadataVersion, RecordBatch};

/// What a batch will take, once its outline is known to be sound.
#[derive(Debug)]
pub(crate) struct Outline {
    /// Bytes that its values measure, uncompressed.
    pub(crate) bytes: u64,
}

/// Checks `batch` against the fields that it must hold and the body that it must fit into.
///
/// With `in_place`, the buffers of the columns at `wanted` (all, if `None`) must also be aligned for their types where they stand.
pub(crate) fn check_body<'a>(
    batch: RecordBatch<'_>,
    fields: impl Iterator<Item = &'a Field>,
    body: &Buffer,
    wanted: Option<&[usize]>,
    context: Context,
) -> Result<Outline, IpcError> {
    let mut walk = Walk::new(batch, body, context)?;
    let rows = walk.count(batch.length(), "rows")?;
    for (index, field) in fields.enumerate() {
        field.name().clone_into(&mut walk.column);
        walk.in_place = context.in_place && wanted.is_none_or(|wanted| wanted.contains(&index));
        let found = walk.array(field.data_type())?;
        if found != rows {
            return Err(walk.malformed(format!("{found} rows in a batch of {rows}")));
        }
    }
    walk.finish()
}

/// What a check needs to know besides the batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) message: u64,
    pub(crate) version: MetadataVersion,
    pub(crate) limits: Limits,
    pub(crate) in_place: bool,
}

struct Walk<'a> {
    region: Region<'a>,
    context: Context,
    nodes: std::vec::IntoIter<(i64, i64)>,
    variadic: std::vec::IntoIter<i64>,
    column: String,
    in_place: bool,
}

impl<'a> Walk<'a> {
    fn new(batch: RecordBatch<'_>, body: &'a Buffer, context: Context) -> Result<Self, IpcError> {
        let message = context.message;
        let nodes = batch
            .nodes()
            .ok_or_else(|| IpcError::malformed(message, "a batch without its nodes"))?;
        let nodes: Vec<_> = nodes.iter().map(|n| (n.length(), n.null_count())).collect();
        let variadic: Vec<_> = batch.variadicBufferCounts().into_iter().flatten().collect();
        Ok(Self {
            region: Region::new(batch, body, message)?,
            context,
            nodes: nodes.into_iter(),
            variadic: variadic.into_iter(),
            column: String::new(),
            in_place: context.in_place,
        })
    }

    fn malformed(&self, problem: String) -> IpcError {
        IpcError::malformed(
            self.context.message,
            format!("column {}: {problem}", self.column),
        )
    }

    fn count(&self, claimed: i64, what: &str) -> Result<u64, IpcError> {
        let count =
            u64::try_from(claimed).map_err(|_| self.malformed(format!("{claimed} {what}")))?;
        self.context
            .limits
            .check(self.context.message, Claim::Rows, count)?;
        Ok(count)
    }

    /// Walks one array, in the order in which arrow-ipc reads its nodes and buffers, and returns its length.
    fn array(&mut self, data_type: &DataType) -> Result<u64, IpcError> {
        use DataType as T;
        let (len, nulls) = self.node()?;
        match data_type {
            T::Null => {}
            T::Boolean => {
                self.validity(len, nulls)?;
                self.at_least(len.div_ceil(8), 1)?;
            }
            T::Utf8 | T::Binary => self.offsets(len, nulls, 4, true)?,
            T::LargeUtf8 | T::LargeBinary => self.offsets(len, nulls, 8, true)?,
            T::Utf8View | T::BinaryView => {
                self.validity(len, nulls)?;
                self.at_least(len * 16, 16)?;
                let more = self
                    .variadic
                    .next()
                    .ok_or_else(|| self.malformed("no count of its view buffers".into()))?;
                for _ in 0..self.count(more, "view buffers")? {
                    self.span()?;
                }
            }
            T::FixedSizeBinary(width) => {
                self.validity(len, nulls)?;
                self.at_least(
                    len.saturating_mul(u64::try_from(*width).unwrap_or(u64::MAX)),
                    1,
                )?;
            }
            T::List(child) | T::Map(child, _) => {
                self.offsets(len, nulls, 4, false)?;
                self.array(child.data_type())?;
            }
            T::LargeList(child) => {
                self.offsets(len, nulls, 8, false)?;
                self.array(child.data_type())?;
            }
            T::ListView(child) | T::LargeListView(child) => {
                let width = if matches!(data_type, T::ListView(_)) {
                    4
                } else {
                    8
                };
                self.validity(len, nulls)?;
                self.at_least(len * width, width)?;
                self.at_least(len * width, width)?;
                self.array(child.data_type())?;
            }
            T::FixedSizeList(child, size) => {
                self.validity(len, nulls)?;
                let found = self.array(child.data_type())?;
                let needed = len.saturating_mul(u64::try_from(*size).unwrap_or(u64::MAX));
                if found < needed {
                    return Err(
                        self.malformed(format!("{found} elements for {len} lists of {size}"))
                    );
                }
            }
            T::Struct(fields) => {
                self.validity(len, nulls)?;
                for field in fields {
                    self.array(field.data_type())?;
                }
            }
            T::RunEndEncoded(ends, values) => {
                self.array(ends.data_type())?;
                self.array(values.data_type())?;
            }
            T::Dictionary(keys, _) => {
                self.validity(len, nulls)?;
                self.fixed(len, keys)?;
            }
            T::Union(fields, mode) => {
                if self.context.version < MetadataVersion::V5 {
                    self.span()?;
                }
                self.at_least(len, 1)?;
                if *mode == UnionMode::Dense {
                    self.at_least(len * 4, 4)?;
                }
                for (_, field) in fields.iter() {
                    self.array(field.data_type())?;
                }
            }
            other => {
                self.validity(len, nulls)?;
                self.fixed(len, other)?;
            }
        }
        Ok(len)
    }

    fn node(&mut self) -> Result<(u64, u64), IpcError> {
        let (len, nulls) = self
            .nodes
            .next()
            .ok_or_else(|| self.malformed("no node".into()))?;
        let len = self.count(len, "elements")?;
        match u64::try_from(nulls) {
            Ok(nulls) if nulls <= len => Ok((len, nulls)),
            _ => Err(self.malformed(format!("{nulls} nulls in {len} elements"))),
        }
    }

    /// The validity bitmap, which counts only where there are nulls.
    fn validity(&mut self, len: u64, nulls: u64) -> Result<(), IpcError> {
        if nulls == 0 {
            self.span().map(drop)
        } else {
            self.at_least(len.div_ceil(8), 1)
        }
    }

    /// Validity and offsets, and for text and bytes the values. An empty array may do without offsets.
    fn offsets(&mut self, len: u64, nulls: u64, width: u64, values: bool) -> Result<(), IpcError> {
        self.validity(len, nulls)?;
        let needed = if len == 0 { 0 } else { (len + 1) * width };
        self.at_least(needed, width)?;
        if values {
            self.span()?;
        }
        Ok(())
    }

    fn fixed(&mut self, len: u64, data_type: &DataType) -> Result<(), IpcError> {
        let width = data_type.primitive_width().ok_or_else(|| {
            IpcError::unsupported(self.context.message, format!("type {data_type}"))
        })? as u64;
        self.at_least(len * width, width)
    }

    /// The next buffer, whose elements of `width` bytes must take `needed` bytes or more.
    fn at_least(&mut self, needed: u64, width: u64) -> Result<(), IpcError> {
        let span = self.span()?;
        if span.length < needed || !span.length.is_multiple_of(width) {
            return Err(self.malformed(format!(
                "a buffer of {} bytes where {needed} are needed",
                span.length
            )));
        }
        // 32-byte decimals are pairs of 16-byte words to the compiler.
        let alignment = usize::try_from(width.min(16)).unwrap_or(16);
        match span.address {
            Some(address) if self.in_place && address % alignment != 0 => {
                Err(IpcError::Misaligned {
                    message: self.context.message,
                    column: self.column.clone(),
                    alignment,
                })
            }
            _ => Ok(()),
        }
    }

    /// The next buffer of the body, whatever it holds.
    fn span(&mut self) -> Result<Span, IpcError> {
        let span = self
            .region
            .next_span()
            .map_err(|problem| self.malformed(problem))?;
        let (limits, message) = (self.context.limits, self.context.message);
        limits.check(message, Claim::Decompressed, self.region.cost)?;
        Ok(span)
    }

    fn finish(mut self) -> Result<Outline, IpcError> {
        let left = (self.nodes.len(), self.region.left(), self.variadic.len());
        if left != (0, 0, 0) {
            self.column = "-".into();
            return Err(self.malformed(format!(
                "{left:?} nodes, buffers and view counts that no column takes"
            )));
        }
        Ok(Outline {
            bytes: self.region.bytes,
        })
    }
}
