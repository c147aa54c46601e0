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
const A_LA_VISTA: usize = 10;

/// Una columna float64 de una pieza. La toman sin copiarla `pyarrow.array`, `polars.Series` y `nanoarrow.Array`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(crate) struct ColumnaArrow {
    array: Float64Array,
    campo: FieldRef,
}

/// Una columna float64 por trozos. La toman sin copiarla `pyarrow.chunked_array`, `polars.Series` y `nanoarrow.ArrayStream`.
#[pyclass(frozen, module = "mi_modulo_rust")]
pub(crate) struct ColumnaArrowPorTrozos {
    columna: Column,
    campo: FieldRef,
}

/// Returns the object that Python gets.
pub(super) fn a_python<'py>(
    py: Python<'py>,
    columna: Column,
    por_trozos: bool,
    nombre: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let campo: FieldRef = Arc::new(Field::new(nombre, DataType::Float64, true));
    match <[Float64Array; 1]>::try_from(columna.into_chunks()) {
        Ok([array]) if !por_trozos => Ok(Bound::new(py, ColumnaArrow { array, campo })?.into_any()),
        trozos => {
            let columna = Column::new(trozos.map_or_else(|varios| varios, Vec::from));
            Ok(Bound::new(py, ColumnaArrowPorTrozos { columna, campo })?.into_any())
        }
    }
}

#[pymethods]
impl ColumnaArrow {
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

    fn __getitem__(&self, indice: isize) -> PyResult<Option<f64>> {
        elemento(std::slice::from_ref(&self.array), indice)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        lista(py, std::slice::from_ref(&self.array), usize::MAX)?.try_iter()
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        como_lista(py, std::slice::from_ref(&self.array))
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
        lista(py, std::slice::from_ref(&self.array), usize::MAX)
    }
}

#[pymethods]
impl ColumnaArrowPorTrozos {
    /// El esquema, como cápsula de Arrow.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.campo.as_ref())?)
    }

    /// Los trozos, como un flujo de Arrow en una cápsula. La conversión que se pida la hace quien la pide.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _best_effort = requested_schema;
        let trozos = self.columna.clone().into_chunks();
        let trozos = trozos
            .into_iter()
            .map(|trozo| Ok(Arc::new(trozo) as ArrayRef));
        let lector = ArrayIterator::new(trozos.collect::<Vec<_>>(), Arc::clone(&self.campo));
        Ok(to_stream_pycapsule(py, Box::new(lector), None)?)
    }

    fn __len__(&self) -> usize {
        self.columna.len()
    }

    fn __getitem__(&self, indice: isize) -> PyResult<Option<f64>> {
        elemento(self.columna.chunks(), indice)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        lista(py, self.columna.chunks(), usize::MAX)?.try_iter()
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        como_lista(py, self.columna.chunks())
    }

    fn __repr__(&self) -> String {
        format!(
            "ColumnaArrowPorTrozos(filas={}, trozos={}, nulos={})",
            self.columna.len(),
            self.columna.chunks().len(),
            self.columna.null_count()
        )
    }

    /// Cuántos nulos tiene.
    #[getter]
    fn nulos(&self) -> usize {
        self.columna.null_count()
    }

    /// Cuántos trozos tiene.
    #[getter]
    fn trozos(&self) -> usize {
        self.columna.chunks().len()
    }

    /// Los valores en una lista, con None en los nulos.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        lista(py, self.columna.chunks(), usize::MAX)
    }
}

fn elemento(trozos: &[Float64Array], indice: isize) -> PyResult<Option<f64>> {
    let filas: usize = trozos.iter().map(Array::len).sum();
    let fuera = || {
        PyIndexError::new_err(format!(
            "indice: {indice} está fuera de la columna, de {filas} filas"
        ))
    };
    let desde_el_final = if indice < 0 { filas } else { 0 };
    let mut fila = desde_el_final
        .checked_add_signed(indice)
        .ok_or_else(fuera)?;
    for trozo in trozos {
        if fila < trozo.len() {
            return Ok(trozo.is_valid(fila).then(|| trozo.value(fila)));
        }
        fila -= trozo.len();
    }
    Err(fuera())
}

fn lista<'py>(
    py: Python<'py>,
    trozos: &[Float64Array],
    cuantos: usize,
) -> PyResult<Bound<'py, PyList>> {
    let valores = trozos.iter().flat_map(Float64Array::iter).take(cuantos);
    PyList::new(py, valores.collect::<Vec<Option<f64>>>())
}

fn como_lista(py: Python<'_>, trozos: &[Float64Array]) -> PyResult<String> {
    let filas: usize = trozos.iter().map(Array::len).sum();
    let mut texto = lista(py, trozos, A_LA_VISTA)?.repr()?.to_string();
    if filas > A_LA_VISTA {
        texto.truncate(texto.len() - 1);
        texto.push_str(", …]");
    }
    Ok(texto)
}
