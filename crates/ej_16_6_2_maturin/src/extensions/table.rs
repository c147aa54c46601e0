//! What Python gets back: columns that were made in Rust, as Arrow and without a copy.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Int16Array, Int64Array, StringArray, StructArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use ej_16_6_4_when_to_extend::{Batch, NO_DATE, TextColumn};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{
    ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
};

/// Una tabla de Arrow por lotes. La toman sin copiarla `pyarrow.table`, `polars.DataFrame`, `pandas.DataFrame.from_arrow` y `nanoarrow.ArrayStream`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(super) struct TablaArrow {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl TablaArrow {
    pub(super) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    pub(super) fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn field(&self) -> Field {
        Field::new_struct("", self.schema.fields().clone(), false)
    }
}

#[pymethods]
impl TablaArrow {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    /// Los lotes, como un flujo de Arrow en una cápsula. La conversión que se pida la hace quien la pide.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _best_effort = requested_schema;
        let batches = self.batches.iter().cloned();
        let batches = batches.map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let reader = ArrayIterator::new(batches.collect::<Vec<_>>(), Arc::new(self.field()));
        Ok(to_stream_pycapsule(py, Box::new(reader), None)?)
    }

    fn __len__(&self) -> usize {
        self.rows()
    }

    fn __repr__(&self) -> String {
        let columns: Vec<&str> = self
            .schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        format!(
            "TablaArrow(filas={}, columnas={})",
            self.rows(),
            columns.join(", ")
        )
    }

    /// Cuántos lotes tiene.
    #[getter]
    fn lotes(&self) -> usize {
        self.batches.len()
    }
}

/// Una columna de Arrow de una pieza. La toman sin copiarla `pyarrow.array`, `polars.Series` y `nanoarrow.Array`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(super) struct ArrayArrow {
    array: ArrayRef,
    field: FieldRef,
}

impl ArrayArrow {
    pub(super) fn new(name: &str, array: ArrayRef) -> Self {
        let field = Field::new(name, array.data_type().clone(), false);
        Self {
            array,
            field: Arc::new(field),
        }
    }
}

#[pymethods]
impl ArrayArrow {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.field.as_ref())?)
    }

    /// El esquema y el array, como cápsulas de Arrow. La conversión que se pida la hace quien la pide.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _best_effort = requested_schema;
        Ok(to_array_pycapsules(
            py,
            Arc::clone(&self.field),
            &self.array,
            None,
        )?)
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!(
            "ArrayArrow({}, filas={})",
            self.field.data_type(),
            self.array.len()
        )
    }
}

/// The columns of the movements.
pub(super) fn movement_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("numero", DataType::Int64, false),
        Field::new("fecha", DataType::Date32, false),
        Field::new("fecha_valor", DataType::Date32, true),
        Field::new("cuenta", DataType::Int64, false),
        Field::new("importe", DataType::Int64, false),
        Field::new("saldo", DataType::Int64, false),
        Field::new("clave", DataType::Int16, false),
        Field::new("concepto", DataType::Utf8, false),
        Field::new("contrapartida", DataType::Utf8, false),
    ]))
}

/// The columns of the notes.
pub(super) fn note_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("numero", DataType::Int64, false),
        Field::new("texto", DataType::Utf8, false),
    ]))
}

/// Movements and notes of a stretch of a file as Arrow: the same memory.
pub(super) fn to_record_batches(batch: Batch) -> Result<(RecordBatch, RecordBatch), ArrowError> {
    let (rows, notes) = (batch.movements, batch.notes);
    let days: Vec<i32> = rows.fecha_valor;
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(days.len(), |row| {
        days[row] != NO_DATE
    }));
    let nulls = (nulls.null_count() > 0).then_some(nulls);
    let fecha_valor = Date32Array::try_new(ScalarBuffer::from(days), nulls)?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(rows.numero)),
        Arc::new(Date32Array::from(rows.fecha)),
        Arc::new(fecha_valor),
        Arc::new(Int64Array::from(rows.cuenta)),
        Arc::new(Int64Array::from(rows.importe)),
        Arc::new(Int64Array::from(rows.saldo)),
        Arc::new(Int16Array::from(rows.clave)),
        texts(rows.concepto)?,
        texts(rows.contrapartida)?,
    ];
    let note_columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(notes.numero)),
        texts(notes.texto)?,
    ];
    Ok((
        RecordBatch::try_new(movement_schema(), columns)?,
        RecordBatch::try_new(note_schema(), note_columns)?,
    ))
}

fn texts(column: TextColumn) -> Result<ArrayRef, ArrowError> {
    let (offsets, text) = column.into_parts();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let array = StringArray::try_new(offsets, Buffer::from_vec(text), None)?;
    Ok(Arc::new(array))
}
