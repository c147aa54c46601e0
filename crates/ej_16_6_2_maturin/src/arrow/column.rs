//! What Python gets back: two small classes that any Arrow library takes without copying.
//!
//! pyo3-arrow has its own (`PyArray`, `PyChunkedArray`), and they are not used: `PyArray.buffer` ends in a panic for anything but Int64, and slicing
//! or casting them imports a package that this wheel does not need.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef};
use ej_16_6_3_zero_copy::Column;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyIterator, PyList, PyTuple};
use pyo3_arrow::ffi::{
    ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
};

/// How many values `str` shows.
const SHOWN: usize = 10;

/// Una columna float64 de una pieza. La toman sin copiarla `pyarrow.array`, `polars.Series` y `nanoarrow.Array`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(crate) struct ColumnaArrow {
    array: Float64Array,
    field: FieldRef,
}

/// Una columna float64 por trozos. La toman sin copiarla `pyarrow.chunked_array`, `polars.Series` y `nanoarrow.ArrayStream`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(crate) struct ColumnaArrowPorTrozos {
    column: Column,
    field: FieldRef,
}

/// Returns the object that Python gets.
pub(super) fn to_python<'py>(
    py: Python<'py>,
    column: Column,
    chunked: bool,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let field: FieldRef = Arc::new(Field::new(name, DataType::Float64, true));
    match <[Float64Array; 1]>::try_from(column.into_chunks()) {
        Ok([array]) if !chunked => Ok(Bound::new(py, ColumnaArrow { array, field })?.into_any()),
        chunks => {
            let column = Column::new(chunks.map_or_else(|several| several, Vec::from));
            Ok(Bound::new(py, ColumnaArrowPorTrozos { column, field })?.into_any())
        }
    }
}

#[pymethods]
impl ColumnaArrow {
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

    fn __getitem__(&self, indice: isize) -> PyResult<Option<f64>> {
        element(std::slice::from_ref(&self.array), indice)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        list(py, std::slice::from_ref(&self.array), usize::MAX)?.try_iter()
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        list_text(py, std::slice::from_ref(&self.array))
    }

    fn __repr__(&self) -> String {
        format!(
            "ColumnaArrow(filas={}, nulos={})",
            self.array.len(),
            self.array.null_count()
        )
    }

    /// Cuántos nulos tiene.
    #[getter]
    fn nulos(&self) -> usize {
        self.array.null_count()
    }

    /// Los valores en una lista, con None en los nulos.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list(py, std::slice::from_ref(&self.array), usize::MAX)
    }
}

#[pymethods]
impl ColumnaArrowPorTrozos {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.field.as_ref())?)
    }

    /// Los trozos, como un flujo de Arrow en una cápsula. La conversión que se pida la hace quien la pide.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _best_effort = requested_schema;
        let chunks = self.column.clone().into_chunks();
        let chunks = chunks
            .into_iter()
            .map(|chunk| Ok(Arc::new(chunk) as ArrayRef));
        let reader = ArrayIterator::new(chunks.collect::<Vec<_>>(), Arc::clone(&self.field));
        Ok(to_stream_pycapsule(py, Box::new(reader), None)?)
    }

    fn __len__(&self) -> usize {
        self.column.len()
    }

    fn __getitem__(&self, indice: isize) -> PyResult<Option<f64>> {
        element(self.column.chunks(), indice)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        list(py, self.column.chunks(), usize::MAX)?.try_iter()
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        list_text(py, self.column.chunks())
    }

    fn __repr__(&self) -> String {
        format!(
            "ColumnaArrowPorTrozos(filas={}, trozos={}, nulos={})",
            self.column.len(),
            self.column.chunks().len(),
            self.column.null_count()
        )
    }

    /// Cuántos nulos tiene.
    #[getter]
    fn nulos(&self) -> usize {
        self.column.null_count()
    }

    /// Cuántos trozos tiene.
    #[getter]
    fn trozos(&self) -> usize {
        self.column.chunks().len()
    }

    /// Los valores en una lista, con None en los nulos.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list(py, self.column.chunks(), usize::MAX)
    }
}

fn element(chunks: &[Float64Array], index: isize) -> PyResult<Option<f64>> {
    let rows: usize = chunks.iter().map(Array::len).sum();
    let outside = || {
        PyIndexError::new_err(format!(
            "indice: {index} está fuera de la columna, de {rows} filas"
        ))
    };
    let from_the_end = if index < 0 { rows } else { 0 };
    let mut row = from_the_end.checked_add_signed(index).ok_or_else(outside)?;
    for chunk in chunks {
        if row < chunk.len() {
            return Ok(chunk.is_valid(row).then(|| chunk.value(row)));
        }
        row -= chunk.len();
    }
    Err(outside())
}

fn list<'py>(
    py: Python<'py>,
    chunks: &[Float64Array],
    count: usize,
) -> PyResult<Bound<'py, PyList>> {
    let values = chunks.iter().flat_map(Float64Array::iter).take(count);
    PyList::new(py, values.collect::<Vec<Option<f64>>>())
}

fn list_text(py: Python<'_>, chunks: &[Float64Array]) -> PyResult<String> {
    let rows: usize = chunks.iter().map(Array::len).sum();
    let mut text = list(py, chunks, SHOWN)?.repr()?.to_string();
    if rows > SHOWN {
        text.truncate(text.len() - 1);
        text.push_str(", …]");
    }
    Ok(text)
}
