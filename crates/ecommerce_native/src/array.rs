//! Values of a kind, one after the other, as an Arrow array.

use crate::error::NativeError;
use crate::kind::{Kind, Unit};
use crate::order::Value;
use arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, NullBufferBuilder, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::error::ArrowError;
use std::sync::Arc;

/// A column as it is put together.
pub(crate) struct Column {
    kind: Kind,
    valid: NullBufferBuilder,
    numbers: Vec<i64>,
    offsets: Vec<i32>,
    bytes: Vec<u8>,
}

impl Column {
    /// With room for `rows` values.
    pub(crate) fn new(kind: Kind, rows: usize) -> Self {
        let (numbers, texts) = if kind == Kind::Text {
            (0, rows + 1)
        } else {
            (rows, 1)
        };
        let mut offsets = Vec::with_capacity(texts);
        offsets.push(0);
        Self {
            kind,
            valid: NullBufferBuilder::new(rows),
            numbers: Vec::with_capacity(numbers),
            offsets,
            bytes: Vec::new(),
        }
    }

    /// What the values are.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Appends a value.
    ///
    /// # Errors
    /// If an array cannot hold so much text.
    pub(crate) fn push(&mut self, value: Value<'_>) -> Result<(), NativeError> {
        self.valid.append(value != Value::Null);
        let number = match value {
            Value::Null => 0,
            Value::Number(bits) => bits as i64,
            Value::Text(text) => {
                self.bytes.extend_from_slice(text);
                0
            }
        };
        if self.kind == Kind::Text {
            self.offsets
                .push(i32::try_from(self.bytes.len()).map_err(|_| {
                    ArrowError::InvalidArgumentError("more than 2 GiB of text in a column".into())
                })?);
        } else {
            self.numbers.push(number);
        }
        Ok(())
    }

    /// The array, of the type that [`Kind::arrow`] says.
    ///
    /// # Errors
    /// If a text is not UTF-8.
    pub(crate) fn finish(mut self) -> Result<ArrayRef, NativeError> {
        let nulls = self.valid.finish();
        let wide = ScalarBuffer::from(self.numbers);
        Ok(match self.kind {
            Kind::Text => {
                let offsets = OffsetBuffer::new(self.offsets.into());
                Arc::new(StringArray::try_new(
                    offsets,
                    Buffer::from_vec(self.bytes),
                    nulls,
                )?)
            }
            Kind::Float => {
                let floats = wide.iter().map(|bits| f64::from_bits(*bits as u64));
                Arc::new(Float64Array::new(ScalarBuffer::from_iter(floats), nulls))
            }
            Kind::Integer => Arc::new(Int64Array::new(wide, nulls)),
            Kind::Date => {
                let days = wide.iter().map(|days| *days as i32);
                Arc::new(Date32Array::new(ScalarBuffer::from_iter(days), nulls))
            }
            Kind::Timestamp(unit, _) => {
                let data_type = self.kind.arrow();
                match unit {
                    Unit::Millis => Arc::new(
                        TimestampMillisecondArray::new(wide, nulls).with_data_type(data_type),
                    ),
                    Unit::Micros => Arc::new(
                        TimestampMicrosecondArray::new(wide, nulls).with_data_type(data_type),
                    ),
                    Unit::Nanos => Arc::new(
                        TimestampNanosecondArray::new(wide, nulls).with_data_type(data_type),
                    ),
                }
            }
        })
    }
}
