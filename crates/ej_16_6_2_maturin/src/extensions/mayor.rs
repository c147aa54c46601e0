//! Files of the MAYOR-3 format.

use std::path::PathBuf;

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use ej_16_6_4_when_to_extend::{Closing, Execution, Generator, Header, MayorError, read_extract};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyString};

use super::execution::{execution, threads};
use super::table::{self, TablaArrow};
use crate::arguments::integer_between;
use crate::error::{IntoPyErr, internal_error, type_error, value_error};
use crate::input::type_name;
use crate::long_work;

/// Adds what this file exports.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ExtractoMayor>()?;
    m.add_function(wrap_pyfunction!(leer_mayor, m)?)?;
    m.add_function(wrap_pyfunction!(generar_mayor, m)?)
}

/// Lo que hay en un archivo MAYOR-3, ya comprobado contra su registro de cierre.
#[pyclass(frozen, module = "mi_modulo_rust")]
struct ExtractoMayor {
    movimientos: Py<TablaArrow>,
    notas: Py<TablaArrow>,
    cabecera: Py<PyDict>,
    cierre: Py<PyDict>,
}

#[pymethods]
impl ExtractoMayor {
    /// Una fila por movimiento, en el orden del archivo: numero int64, fecha date32, fecha_valor date32 (la única con nulos), cuenta int64, importe y saldo
    /// int64 en céntimos, clave int16, concepto y contrapartida utf8.
    #[getter]
    fn movimientos(&self, py: Python<'_>) -> Py<TablaArrow> {
        self.movimientos.clone_ref(py)
    }

    /// Una fila por nota: numero int64, el de su movimiento; texto utf8.
    #[getter]
    fn notas(&self, py: Python<'_>) -> Py<TablaArrow> {
        self.notas.clone_ref(py)
    }

    /// Un dict: fecha (días desde 1970), primer_numero, moneda, origen.
    #[getter]
    fn cabecera(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        Ok(self.cabecera.bind(py).copy()?.unbind())
    }

    /// Un dict: movimientos, notas, importe_total, suma_de_cuentas, suma_de_bytes.
    #[getter]
    fn cierre(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        Ok(self.cierre.bind(py).copy()?.unbind())
    }

    fn __repr__(&self) -> String {
        format!(
            "ExtractoMayor(movimientos={}, notas={})",
            self.movimientos.get().rows(),
            self.notas.get().rows()
        )
    }
}

/// Lee un archivo MAYOR-3 entero: todo o nada.
///
/// Parámetros:
///     origen: los bytes del archivo (bytes, que se leen donde están, o bytearray, que se copia) o su ruta (str u os.PathLike).
///     hilos: cuántos leen como mucho; si no se dice, los de la máquina.
///
/// Devuelve:
///     ExtractoMayor
///
/// Errores:
///     ValueError: el archivo no es lo que dice su especificación, está dañado o cortado; el mensaje dice línea, campo y motivo. hilos < 1.
///     TypeError: origen no es ni bytes ni una ruta; hilos no es un int.
///     FileNotFoundError, OSError: no existe o no se puede leer.
#[pyfunction]
#[pyo3(signature = (origen, *, hilos=None))]
fn leer_mayor(
    py: Python<'_>,
    origen: &Bound<'_, PyAny>,
    hilos: Option<&Bound<'_, PyAny>>,
) -> PyResult<ExtractoMayor> {
    let threads = threads(hilos)?;
    let source = Source::read(origen)?;
    let extract = long_work::run(py, source.bytes(), move |stop| {
        let execution = execution(threads, stop);
        match &source {
            Source::Bytes(bytes) => ArrowExtract::read(bytes, execution),
            Source::Path(path) => match std::fs::read(path) {
                Ok(bytes) => ArrowExtract::read(&bytes, execution),
                Err(error) => Err(SourceError::Io(path.clone(), error)),
            },
        }
    })?;
    let header = PyDict::new(py);
    header.set_item("fecha", extract.header.fecha)?;
    header.set_item("primer_numero", extract.header.primer_numero)?;
    header.set_item("moneda", extract.header.moneda)?;
    header.set_item("origen", extract.header.origen)?;
    let closing = PyDict::new(py);
    closing.set_item("movimientos", extract.closing.movimientos)?;
    closing.set_item("notas", extract.closing.notas)?;
    closing.set_item("importe_total", extract.closing.importe_total)?;
    closing.set_item("suma_de_cuentas", extract.closing.suma_de_cuentas)?;
    closing.set_item("suma_de_bytes", extract.closing.suma_de_bytes)?;
    Ok(ExtractoMayor {
        movimientos: Py::new(
            py,
            TablaArrow::new(table::movement_schema(), extract.movements),
        )?,
        notas: Py::new(py, TablaArrow::new(table::note_schema(), extract.notes))?,
        cabecera: header.unbind(),
        cierre: closing.unbind(),
    })
}

/// Where a file is.
enum Source {
    Bytes(PyBackedBytes),
    Path(PathBuf),
}

impl Source {
    fn read(origen: &Bound<'_, PyAny>) -> PyResult<Self> {
        if origen.is_instance_of::<PyBytes>() || origen.is_instance_of::<PyByteArray>() {
            return origen.extract().map(Self::Bytes).map_err(PyErr::from);
        }
        if origen.is_instance_of::<PyString>() || origen.hasattr("__fspath__")? {
            let path = origen.extract::<PathBuf>();
            return path
                .map(Self::Path)
                .map_err(|error| type_error("origen", error.value(origen.py())));
        }
        Err(type_error(
            "origen",
            format_args!(
                "se esperaba bytes, bytearray o una ruta, no {}",
                type_name(origen)
            ),
        ))
    }

    /// How much there is to read; of a file as if it were long, because reading it may take as long as it likes.
    fn bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Path(_) => usize::MAX,
        }
    }
}

/// A file that was read, as Arrow.
struct ArrowExtract {
    header: Header,
    closing: Closing,
    movements: Vec<RecordBatch>,
    notes: Vec<RecordBatch>,
}

impl ArrowExtract {
    fn read(bytes: &[u8], execution: Execution<'_>) -> Result<Self, SourceError> {
        let extract = read_extract(bytes, execution).map_err(SourceError::Mayor)?;
        let batches = extract.batches.into_iter().map(table::to_record_batches);
        let (movements, notes) = batches
            .collect::<Result<_, _>>()
            .map_err(SourceError::Arrow)?;
        Ok(Self {
            header: extract.header,
            closing: extract.closing,
            movements,
            notes,
        })
    }
}

enum SourceError {
    Mayor(MayorError),
    Io(PathBuf, std::io::Error),
    Arrow(ArrowError),
}

impl IntoPyErr for SourceError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::Mayor(error) => error.into_py_err(),
            Self::Io(path, error) if error.kind() == std::io::ErrorKind::NotFound => {
                PyFileNotFoundError::new_err(format!("origen: no existe {}", path.display()))
            }
            Self::Io(path, error) => PyOSError::new_err(format!(
                "origen: no se puede leer {}: {error}",
                path.display()
            )),
            Self::Arrow(error) => internal_error(error),
        }
    }
}

impl IntoPyErr for MayorError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::Format(error) => value_error("origen", error),
            Self::Io(error) => PyOSError::new_err(error.to_string()),
            Self::Interrupted => internal_error(self),
        }
    }
}

/// Los bytes de un archivo MAYOR-3 inventado, que dependen solo de los argumentos.
///
/// Parámetros:
///     movimientos: cuántos, de 0 a 100 millones; cada uno ocupa algo más de cien bytes.
///     semilla: de 0 a 2**64 - 1.
///
/// Errores:
///     ValueError: fuera de esos límites. TypeError: no son int. OverflowError: un int que no cabe en 128 bits.
#[pyfunction]
#[pyo3(signature = (movimientos, *, semilla=None), text_signature = "(movimientos, *, semilla=1)")]
fn generar_mayor<'py>(
    py: Python<'py>,
    movimientos: &Bound<'py, PyAny>,
    semilla: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let generator = Generator {
        movements: integer_between(movimientos, "movimientos", 0, 100_000_000)?,
        seed: semilla.map_or(Ok(1), |semilla| {
            integer_between(semilla, "semilla", 0, u64::MAX.into())
        })?,
    };
    let bytes = long_work::run(py, generator.movements as usize, move |_| generator.bytes())?;
    Ok(PyBytes::new(py, &bytes))
}
