//! Where the buffers of a column lie, in either library.

use arrow::array::{Array, ArrayData};
use arrow::datatypes::DataType;
use polars::prelude::Series;
use polars_arrow::array as pa;
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::PhysicalType;
use polars_arrow::types::NativeType;
use std::any::Any;

/// A buffer that is not empty: what it holds, and its bytes' addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// What it holds; of a nested column with the way to it.
    pub(super) part: String,
    start: usize,
    bytes: usize,
}

impl Span {
    /// Whether the other begins inside this one.
    pub(super) fn contains(&self, other: &Self) -> bool {
        (self.start..self.start + self.bytes).contains(&other.start)
    }
}

const VALIDITY: &str = "validez";
const VALUES: &str = "valores";
const OFFSETS: &str = "desplazamientos";
const VIEWS: &str = "vistas";
const PAYLOAD: &str = "contenido";

/// Collects the spans of one column.
#[derive(Default)]
struct Spans {
    found: Vec<Span>,
}

impl Spans {
    fn add(&mut self, way: &str, part: &str, start: usize, bytes: usize) {
        if bytes > 0 {
            self.found.push(Span {
                part: format!("{way}{part}"),
                start,
                bytes,
            });
        }
    }

    fn add_slice<T>(&mut self, way: &str, part: &str, slice: &[T]) {
        self.add(way, part, slice.as_ptr().addr(), size_of_val(slice));
    }

    /// Bits `offset..offset + len` from `start` on.
    fn add_bits(&mut self, way: &str, part: &str, start: usize, offset: usize, len: usize) {
        if len > 0 {
            let bytes = (offset % 8 + len).div_ceil(8);
            self.add(way, part, start + offset / 8, bytes);
        }
    }

    fn add_bitmap(&mut self, way: &str, part: &str, bitmap: &Bitmap) {
        let (bytes, offset, len) = bitmap.as_slice();
        self.add_bits(way, part, bytes.as_ptr().addr(), offset, len);
    }

    fn array(&mut self, way: &str, data: &ArrayData) {
        if let Some(nulls) = data.nulls() {
            let start = nulls.buffer().as_ptr().addr();
            self.add_bits(way, VALIDITY, start, nulls.offset(), nulls.len());
        }
        let buffers = data.buffers();
        match data.data_type() {
            DataType::Boolean => {
                for bits in buffers {
                    self.add_bits(way, VALUES, bits.as_ptr().addr(), data.offset(), data.len());
                }
            }
            other => {
                let parts: &[&str] = match other {
                    DataType::Utf8
                    | DataType::LargeUtf8
                    | DataType::Binary
                    | DataType::LargeBinary => &[OFFSETS, PAYLOAD],
                    DataType::Utf8View | DataType::BinaryView => &[VIEWS, PAYLOAD],
                    DataType::List(_) | DataType::LargeList(_) => &[OFFSETS],
                    DataType::Dictionary(..) => &["códigos"],
                    _ => &[VALUES],
                };
                for (n, buffer) in buffers.iter().enumerate() {
                    // Views may have any number of text buffers.
                    let part = parts.get(n).or(parts.last()).copied().unwrap_or(VALUES);
                    self.add_slice(way, part, buffer.as_slice());
                }
            }
        }
        for (n, child) in data.child_data().iter().enumerate() {
            let name = match data.data_type() {
                DataType::Struct(fields) => fields[n].name().clone(),
                DataType::Dictionary(..) => "diccionario".to_owned(),
                _ => "elementos".to_owned(),
            };
            self.array(&format!("{way}{name}."), child);
        }
    }

    fn primitive<T: NativeType>(&mut self, way: &str, any: &dyn Any) {
        if let Some(array) = any.downcast_ref::<pa::PrimitiveArray<T>>() {
            self.add_slice(way, VALUES, array.values().as_slice());
        }
    }

    fn chunk(&mut self, way: &str, chunk: &dyn pa::Array) {
        if chunk.dtype().to_physical_type() == PhysicalType::Null {
            // It makes a bitmap up when asked for one.
            return;
        }
        if let Some(validity) = chunk.validity() {
            self.add_bitmap(way, VALIDITY, validity);
        }
        let any = chunk.as_any();
        match chunk.dtype().to_physical_type() {
            PhysicalType::Primitive(_) => {
                // One of them is the column's; the others are no such array and add nothing.
                self.primitive::<f64>(way, any);
                self.primitive::<f32>(way, any);
                self.primitive::<i64>(way, any);
                self.primitive::<i32>(way, any);
                self.primitive::<i16>(way, any);
                self.primitive::<i8>(way, any);
                self.primitive::<u64>(way, any);
                self.primitive::<u32>(way, any);
            }
            PhysicalType::Boolean => {
                if let Some(array) = any.downcast_ref::<pa::BooleanArray>() {
                    self.add_bitmap(way, VALUES, array.values());
                }
            }
            PhysicalType::Utf8View => {
                if let Some(array) = any.downcast_ref::<pa::Utf8ViewArray>() {
                    self.add_slice(way, VIEWS, array.views().as_slice());
                    for text in array.data_buffers().iter() {
                        self.add_slice(way, PAYLOAD, text.as_slice());
                    }
                }
            }
            PhysicalType::BinaryView => {
                if let Some(array) = any.downcast_ref::<pa::BinaryViewArray>() {
                    self.add_slice(way, VIEWS, array.views().as_slice());
                    for text in array.data_buffers().iter() {
                        self.add_slice(way, PAYLOAD, text.as_slice());
                    }
                }
            }
            PhysicalType::LargeList => {
                if let Some(array) = any.downcast_ref::<pa::ListArray<i64>>() {
                    self.add_slice(way, OFFSETS, array.offsets().as_slice());
                    self.chunk(&format!("{way}elementos."), array.values().as_ref());
                }
            }
            PhysicalType::Struct => {
                if let Some(array) = any.downcast_ref::<pa::StructArray>() {
                    for (field, values) in array.fields().iter().zip(array.values()) {
                        self.chunk(&format!("{way}{}.", field.name), values.as_ref());
                    }
                }
            }
            // Polars keeps no column in the other layouts with the features this workspace turns on.
            _ => {}
        }
    }
}

/// The buffers of an arrow-rs array.
pub(super) fn of_array(array: &dyn Array) -> Vec<Span> {
    let mut spans = Spans::default();
    spans.array("", &array.to_data());
    spans.found
}

/// The buffers of all chunks of a series.
pub(super) fn of_series(series: &Series) -> Vec<Span> {
    let mut spans = Spans::default();
    for chunk in series.chunks() {
        spans.chunk("", chunk.as_ref());
    }
    spans.found
}
