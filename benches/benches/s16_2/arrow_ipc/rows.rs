//! The column as rows of a struct, for the formats that know nothing else.

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, DictionaryArray, Float64Array, Float64Builder,
    Int32Builder, Int64Array, ListBuilder, RecordBatch, StringArray, StructArray, StructBuilder,
};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use ej_16_2_3_arrow_ipc::sample::Kind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use std::error::Error;
use std::sync::Arc;

/// A row: one value or none.
#[derive(Serialize, Deserialize, Debug)]
struct Row<T> {
    v: Option<T>,
}

/// A nested value, borrowed from the batch.
#[derive(Serialize)]
struct NestedRef<'a> {
    lat: f64,
    lon: f64,
    marcas: &'a [i32],
}

/// The same, read.
#[derive(Deserialize, Debug)]
pub(super) struct Nested {
    lat: f64,
    lon: f64,
    marcas: Vec<i32>,
}

/// The rows of a batch, serialized one by one straight from the column.
pub(super) struct Rows<'a> {
    kind: Kind,
    batch: &'a RecordBatch,
}

pub(super) fn of(kind: Kind, batch: &RecordBatch) -> Rows<'_> {
    Rows { kind, batch }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let column = self.batch.column(0);
        match self.kind {
            Kind::F64 => serializer.collect_seq(
                column
                    .as_primitive::<Float64Type>()
                    .iter()
                    .map(|v| Row { v }),
            ),
            Kind::I64 => {
                serializer.collect_seq(column.as_primitive::<Int64Type>().iter().map(|v| Row { v }))
            }
            Kind::Texto => {
                serializer.collect_seq(column.as_string::<i32>().iter().map(|v| Row { v }))
            }
            Kind::Diccionario => {
                serializer.collect_seq(regions(column).into_iter().map(|v| Row { v }))
            }
            Kind::Anidado => serializer.collect_seq(nested(column.as_struct()).map(|v| Row { v })),
        }
    }
}

fn regions(column: &ArrayRef) -> arrow::array::TypedDictionaryArray<'_, Int32Type, StringArray> {
    let column: &DictionaryArray<Int32Type> = column.as_dictionary();
    column.downcast_dict().expect("a dictionary of text")
}

fn nested(column: &StructArray) -> impl ExactSizeIterator<Item = Option<NestedRef<'_>>> {
    let lat = column.column(0).as_primitive::<Float64Type>().values();
    let lon = column.column(1).as_primitive::<Float64Type>().values();
    let lists = column.column(2).as_list::<i32>();
    let marks = lists.values().as_primitive::<Int32Type>().values();
    (0..column.len()).map(move |row| {
        let range = lists.value_offsets()[row] as usize..lists.value_offsets()[row + 1] as usize;
        column.is_valid(row).then(|| NestedRef {
            lat: lat[row],
            lon: lon[row],
            marcas: &marks[range],
        })
    })
}

/// The rows that were read.
#[derive(Debug)]
pub(super) enum Column {
    F64(Vec<Option<f64>>),
    I64(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Nested(Vec<Option<Nested>>),
}

type Done<T> = Result<T, Box<dyn Error>>;

/// Reads rows of the kind's type with what `$read` makes of `Vec<Row<_>>`.
macro_rules! by_kind {
    ($kind:expr, $read:expr) => {
        Ok(match $kind {
            Kind::F64 => Column::F64(values($read?)),
            Kind::I64 => Column::I64(values($read?)),
            Kind::Texto | Kind::Diccionario => Column::Text(values($read?)),
            Kind::Anidado => Column::Nested(values($read?)),
        })
    };
}

/// The same vector without the struct around each value; the compiler reuses its memory.
fn values<T>(rows: Vec<Row<T>>) -> Vec<Option<T>> {
    rows.into_iter().map(|row| row.v).collect()
}

pub(super) fn from_json(kind: Kind, bytes: &[u8]) -> Done<Column> {
    by_kind!(kind, serde_json::from_slice(bytes))
}

pub(super) fn from_postcard(kind: Kind, bytes: &[u8]) -> Done<Column> {
    by_kind!(kind, postcard::from_bytes(bytes))
}

pub(super) fn from_csv(kind: Kind, bytes: &[u8]) -> Done<Column> {
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<Row<T>>, csv::Error> {
        csv::Reader::from_reader(bytes).into_deserialize().collect()
    }
    match kind {
        Kind::Anidado => Err("CSV has no nested values".into()),
        Kind::F64 => Ok(Column::F64(values(read(bytes)?))),
        Kind::I64 => Ok(Column::I64(values(read(bytes)?))),
        Kind::Texto | Kind::Diccionario => Ok(Column::Text(values(read(bytes)?))),
    }
}

pub(super) fn write_csv(kind: Kind, batch: &RecordBatch, out: &mut Vec<u8>) -> Done<()> {
    fn write<T: Serialize>(out: &mut Vec<u8>, rows: impl Iterator<Item = Option<T>>) -> Done<()> {
        let mut writer = csv::Writer::from_writer(out);
        for v in rows {
            writer.serialize(Row { v })?;
        }
        Ok(writer.flush()?)
    }
    let column = batch.column(0);
    match kind {
        Kind::F64 => write(out, column.as_primitive::<Float64Type>().iter()),
        Kind::I64 => write(out, column.as_primitive::<Int64Type>().iter()),
        Kind::Texto => write(out, column.as_string::<i32>().iter()),
        Kind::Diccionario => write(out, regions(column).into_iter()),
        Kind::Anidado => Err("CSV has no nested values".into()),
    }
}

impl Column {
    /// The rows as an Arrow column, to be compared with what was written.
    pub(super) fn into_array(self) -> ArrayRef {
        match self {
            Self::F64(values) => Arc::new(Float64Array::from(values)),
            Self::I64(values) => Arc::new(Int64Array::from(values)),
            Self::Text(values) => Arc::new(StringArray::from(values)),
            Self::Nested(values) => nested_array(&values),
        }
    }
}

fn nested_array(rows: &[Option<Nested>]) -> ArrayRef {
    let (mut lat, mut lon) = (Float64Builder::new(), Float64Builder::new());
    let mut marks = ListBuilder::new(Int32Builder::new());
    for row in rows {
        lat.append_option(row.as_ref().map(|row| row.lat));
        lon.append_option(row.as_ref().map(|row| row.lon));
        marks.append_option(row.as_ref().map(|row| row.marcas.iter().copied().map(Some)));
    }
    let DataType::Struct(fields) =
        ej_16_2_3_arrow_ipc::sample::sample_column(Kind::Anidado, 0, 0, 0)
            .column(0)
            .data_type()
            .clone()
    else {
        unreachable!("a nested column is a struct");
    };
    let mut builder =
        StructBuilder::new(fields, vec![Box::new(lat), Box::new(lon), Box::new(marks)]);
    for row in rows {
        builder.append(row.is_some());
    }
    Arc::new(builder.finish())
}
