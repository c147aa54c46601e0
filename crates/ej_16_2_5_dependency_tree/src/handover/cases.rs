//! The columns that cross: every one of the event model, and the types around it.

use arrow::array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, Date32Array, Date64Array,
    Decimal128Array, DictionaryArray, DurationMicrosecondArray, Float32Array, Float64Array,
    Int8Array, Int32Array, Int64Array, LargeListArray, LargeStringArray, ListArray, NullArray,
    RecordBatch, StringArray, StringViewArray, StructArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampSecondArray, UInt32Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use arrow::error::ArrowError;
use ecommerce_arrow::{events_view_schema, generate_batch};
use ecommerce_model::Generador;
use std::sync::Arc;

/// A column that crosses.
#[derive(Debug, Clone)]
pub struct Case {
    /// A column of the model, or what is special about it.
    pub name: String,
    /// Its rows.
    pub array: ArrayRef,
    /// The rows that are cut out of it, on either side, before it crosses.
    pub slice: Option<(usize, usize)>,
}

impl Case {
    fn of(name: &str, array: impl Array + 'static) -> Self {
        Self {
            name: name.to_owned(),
            array: Arc::new(array),
            slice: None,
        }
    }

    fn cut(name: &str, array: &ArrayRef) -> Self {
        // Neither a multiple of eight rows nor of a cache line.
        let (offset, rows) = (101, 300);
        Self {
            name: name.to_owned(),
            array: array.slice(offset, rows),
            slice: Some((offset, rows)),
        }
    }
}

/// The columns of the event model: all twelve as in files, with text as `Utf8`; text as in memory, `Utf8View`; and some
/// cut in the middle.
///
/// # Errors
/// * [`ArrowError`] if a column cannot be built; the generator's can.
pub fn model_cases(generador: &Generador) -> Result<Vec<Case>, ArrowError> {
    let rows = generador.config().filas.min(2_000);
    let events = generate_batch(generador, 0..rows)?;
    let views = events_view_schema();
    let in_memory: Result<Vec<ArrayRef>, ArrowError> = (events.columns().iter())
        .zip(views.fields())
        .map(|(column, field)| cast(column, field.data_type()))
        .collect();
    let in_memory = RecordBatch::try_new(views, in_memory?)?;

    let mut cases = of_batch(&events);
    let texts = of_batch(&in_memory).into_iter();
    cases.extend(texts.filter(|case| case.array.data_type() == &DataType::Utf8View));
    let cut = (cases.iter())
        .filter(|case| ["evento_id", "monto", "timestamp"].contains(&case.name.as_str()))
        .map(|case| Case::cut(&format!("trozo de {}", case.name), &case.array));
    let cut: Vec<Case> = cut.collect();
    cases.extend(cut);
    Ok(cases)
}

/// The types around the model's: other numbers, text and bytes, dates and times, nested ones, and what this build of
/// Polars lacks.
///
/// # Errors
/// * [`ArrowError`] if a column cannot be built; these can.
pub fn neighbour_cases() -> Result<Vec<Case>, ArrowError> {
    let mut cases = plain()?;
    cases.extend(nested()?);
    Ok(cases)
}

fn of_batch(batch: &RecordBatch) -> Vec<Case> {
    let fields = batch.schema_ref().fields().iter();
    let columns = fields.zip(batch.columns());
    columns
        .map(|(field, array)| Case {
            name: field.name().clone(),
            array: array.clone(),
            slice: None,
        })
        .collect()
}

const ROWS: i32 = 1_000;

/// Every third row is null.
fn some<T>(make: impl Fn(i32) -> T) -> impl Iterator<Item = Option<T>> {
    (0..ROWS).map(move |i| (i % 3 != 2).then(|| make(i)))
}

fn plain() -> Result<Vec<Case>, ArrowError> {
    let truth: BooleanArray = some(|i| i % 2 == 0).collect();
    let cut: ArrayRef = Arc::new(truth.clone());
    let long = |i| format!("un texto que no cabe en su vista, número {i}");
    let instants = || some(|i| i64::from(i) * 1_000_000);
    let cents = Decimal128Array::from_iter(some(i128::from)).with_precision_and_scale(18, 2)?;
    Ok(vec![
        Case::of(
            "sin nulos",
            Float64Array::from_iter_values((0..ROWS).map(f64::from)),
        ),
        Case::of("con nulos", Int64Array::from_iter(some(i64::from))),
        Case::of("con nulos", Int32Array::from_iter(some(|i| i))),
        Case::of("con nulos", UInt32Array::from_iter(some(i32::unsigned_abs))),
        Case::of("con nulos", Int8Array::from_iter(some(|i| (i % 100) as i8))),
        Case::of("con nulos", Float32Array::from_iter(some(|i| i as f32))),
        Case::of("con nulos", truth),
        Case::cut("trozo", &cut),
        Case::of(
            "textos cortos con nulos",
            StringArray::from_iter(some(|i| i.to_string())),
        ),
        Case::of(
            "textos largos con nulos",
            StringArray::from_iter(some(long)),
        ),
        Case::of(
            "textos largos con nulos",
            LargeStringArray::from_iter(some(long)),
        ),
        Case::of(
            "textos largos con nulos",
            StringViewArray::from_iter(some(long)),
        ),
        Case::of(
            "textos cortos con nulos",
            StringViewArray::from_iter(some(|i| i.to_string())),
        ),
        Case::of(
            "bytes",
            BinaryArray::from_iter(some(|i| long(i).into_bytes())),
        ),
        Case::of(
            "bytes",
            BinaryViewArray::from_iter(some(|i| long(i).into_bytes())),
        ),
        Case::of("día", Date32Array::from_iter(some(|i| i))),
        Case::of(
            "día en milisegundos",
            Date64Array::from_iter(some(|i| i64::from(i) * 86_400_000)),
        ),
        Case::of(
            "instante sin zona",
            TimestampMicrosecondArray::from_iter(instants()),
        ),
        Case::of(
            "instante de Madrid",
            TimestampMicrosecondArray::from_iter(instants()).with_timezone("Europe/Madrid"),
        ),
        Case::of(
            "instante",
            TimestampMillisecondArray::from_iter(instants()).with_timezone("UTC"),
        ),
        Case::of(
            "instante",
            TimestampSecondArray::from_iter(some(i64::from)).with_timezone("UTC"),
        ),
        Case::of(
            "hora del día",
            Time64MicrosecondArray::from_iter(instants()),
        ),
        Case::of("duración", DurationMicrosecondArray::from_iter(instants())),
        Case::of("dinero", cents),
        Case::of("nada", NullArray::new(10)),
    ])
}

fn nested() -> Result<Vec<Case>, ArrowError> {
    let regions: DictionaryArray<Int32Type> = some(|i| ["norte", "sur"][i as usize % 2]).collect();
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values((0..2 * ROWS).map(f64::from)));
    let element = Arc::new(Field::new("item", DataType::Float64, true));
    let pairs = || std::iter::repeat_n(2, ROWS as usize);
    let fields = Fields::from(vec![
        Field::new("monto", DataType::Float64, true),
        Field::new("region", DataType::Utf8View, true),
    ]);
    let amounts: ArrayRef = Arc::new(Float64Array::from_iter(some(f64::from)));
    let names: ArrayRef = Arc::new(StringViewArray::from_iter(some(|i| {
        format!("la región número {i}")
    })));
    Ok(vec![
        Case::of("categorías", regions),
        Case::of(
            "lista",
            ListArray::try_new(
                element.clone(),
                OffsetBuffer::from_lengths(pairs()),
                values.clone(),
                None,
            )?,
        ),
        Case::of(
            "lista",
            LargeListArray::try_new(element, OffsetBuffer::from_lengths(pairs()), values, None)?,
        ),
        Case::of(
            "estructura",
            StructArray::try_new(fields, vec![amounts, names], None)?,
        ),
    ])
}
