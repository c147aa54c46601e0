//! What Python gets back: columns that were made in Rust, as Arrow and without a copy.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Int16Array, Int64Array, StringArray, StructArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use ej_16_6_4_when_to_extend::{Lote, SIN_FECHA, Texto};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{
    ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
};

/// Una tabla de Arrow por lotes. La toman sin copiarla `pyarrow.table`, `polars.DataFrame`, `pandas.DataFrame.from_arrow` y `nanoarrow.ArrayStream`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(super) struct TablaArrow {
    esquema: SchemaRef,
    lotes: Vec<RecordBatch>,
}

impl TablaArrow {
    pub(super) fn new(esquema: SchemaRef, lotes: Vec<RecordBatch>) -> Self {
        Self { esquema, lotes }
    }

    pub(super) fn filas(&self) -> usize {
        self.lotes.iter().map(RecordBatch::num_rows).sum()
    }

    fn campo(&self) -> Field {
        Field::new_struct("", self.esquema.fields().clone(), false)
    }
}

#[pymethods]
impl TablaArrow {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.esquema.as_ref())?)
    }

    /// Los lotes, como un flujo de Arrow en una cápsula. La conversión que se pida la hace quien la pide.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _best_effort = requested_schema;
        let lotes = self.lotes.iter().cloned();
        let lotes = lotes.map(|lote| Ok(Arc::new(StructArray::from(lote)) as ArrayRef));
        let lector = ArrayIterator::new(lotes.collect::<Vec<_>>(), Arc::new(self.campo()));
        Ok(to_stream_pycapsule(py, Box::new(lector), None)?)
    }

    fn __len__(&self) -> usize {
        self.filas()
    }

    fn __repr__(&self) -> String {
        let columnas: Vec<&str> = self
            .esquema
            .fields()
            .iter()
            .map(|campo| campo.name().as_str())
            .collect();
        format!(
            "TablaArrow(filas={}, columnas={})",
            self.filas(),
            columnas.join(", ")
        )
    }

    /// Cuántos lotes tiene.
    #[getter]
    fn lotes(&self) -> usize {
        self.lotes.len()
    }
}

/// Una columna de Arrow de una pieza. La toman sin copiarla `pyarrow.array`, `polars.Series` y `nanoarrow.Array`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(super) struct ArrayArrow {
    array: ArrayRef,
    campo: FieldRef,
}

impl ArrayArrow {
    pub(super) fn new(nombre: &str, array: ArrayRef) -> Self {
        let campo = Field::new(nombre, array.data_type().clone(), false);
        Self {
            array,
            campo: Arc::new(campo),
        }
    }
}

#[pymethods]
impl ArrayArrow {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.campo.as_ref())?)
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
            Arc::clone(&self.campo),
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
            self.campo.data_type(),
            self.array.len()
        )
    }
}

/// The columns of the movements.
pub(super) fn movimientos() -> SchemaRef {
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
pub(super) fn notas() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("numero", DataType::Int64, false),
        Field::new("texto", DataType::Utf8, false),
    ]))
}

/// Movements and notes of a stretch of a file as Arrow: the same memory.
pub(super) fn de_lote(lote: Lote) -> Result<(RecordBatch, RecordBatch), ArrowError> {
    let (filas, notas_de) = (lote.movimientos, lote.notas);
    let hay: Vec<i32> = filas.fecha_valor;
    let nulos = NullBuffer::new(BooleanBuffer::collect_bool(hay.len(), |fila| {
        hay[fila] != SIN_FECHA
    }));
    let nulos = (nulos.null_count() > 0).then_some(nulos);
    let fecha_valor = Date32Array::try_new(ScalarBuffer::from(hay), nulos)?;
    let columnas: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(filas.numero)),
        Arc::new(Date32Array::from(filas.fecha)),
        Arc::new(fecha_valor),
        Arc::new(Int64Array::from(filas.cuenta)),
        Arc::new(Int64Array::from(filas.importe)),
        Arc::new(Int64Array::from(filas.saldo)),
        Arc::new(Int16Array::from(filas.clave)),
        textos(filas.concepto)?,
        textos(filas.contrapartida)?,
    ];
    let columnas_de_notas: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(notas_de.numero)),
        textos(notas_de.texto)?,
    ];
    Ok((
        RecordBatch::try_new(movimientos(), columnas)?,
        RecordBatch::try_new(notas(), columnas_de_notas)?,
    ))
}

fn textos(columna: Texto) -> Result<ArrayRef, ArrowError> {
    let (offsets, texto) = columna.into_parts();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let array = StringArray::try_new(offsets, Buffer::from_vec(texto), None)?;
    Ok(Arc::new(array))
}
