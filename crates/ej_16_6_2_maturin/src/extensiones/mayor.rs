//! Files of the MAYOR-3 format.

use std::path::PathBuf;

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use ej_16_6_4_when_to_extend::{Cabecera, Cierre, ErrorMayor, Generador, Trabajo, leer};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyString};

use super::argumentos::{self, entero, trabajo};
use super::tabla::{self, TablaArrow};
use crate::entrada::nombre_del_tipo;
use crate::error::{ComoPython, interno, tipo, valor};
use crate::largo;

/// Adds what this file exports.
pub(super) fn registrar(m: &Bound<'_, PyModule>) -> PyResult<()> {
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
            self.movimientos.get().filas(),
            self.notas.get().filas()
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
    let hilos = argumentos::hilos(hilos)?;
    let origen = Origen::leer(origen)?;
    let leido = largo::ejecutar(py, origen.bytes(), move |parar| {
        let trabajo = trabajo(hilos, parar);
        match origen {
            Origen::Bytes(bytes) => Leido::de(&bytes, trabajo),
            Origen::Ruta(ruta) => match std::fs::read(&ruta) {
                Ok(bytes) => Leido::de(&bytes, trabajo),
                Err(error) => Err(ErrorDeOrigen::Disco(ruta, error)),
            },
        }
    })?;
    let cabecera = PyDict::new(py);
    cabecera.set_item("fecha", leido.cabecera.fecha)?;
    cabecera.set_item("primer_numero", leido.cabecera.primer_numero)?;
    cabecera.set_item("moneda", leido.cabecera.moneda)?;
    cabecera.set_item("origen", leido.cabecera.origen)?;
    let cierre = PyDict::new(py);
    cierre.set_item("movimientos", leido.cierre.movimientos)?;
    cierre.set_item("notas", leido.cierre.notas)?;
    cierre.set_item("importe_total", leido.cierre.importe_total)?;
    cierre.set_item("suma_de_cuentas", leido.cierre.suma_de_cuentas)?;
    cierre.set_item("suma_de_bytes", leido.cierre.suma_de_bytes)?;
    Ok(ExtractoMayor {
        movimientos: Py::new(py, TablaArrow::new(tabla::movimientos(), leido.movimientos))?,
        notas: Py::new(py, TablaArrow::new(tabla::notas(), leido.notas))?,
        cabecera: cabecera.unbind(),
        cierre: cierre.unbind(),
    })
}

/// Where a file is.
enum Origen {
    Bytes(PyBackedBytes),
    Ruta(PathBuf),
}

impl Origen {
    fn leer(origen: &Bound<'_, PyAny>) -> PyResult<Self> {
        if origen.is_instance_of::<PyBytes>() || origen.is_instance_of::<PyByteArray>() {
            return origen.extract().map(Self::Bytes).map_err(PyErr::from);
        }
        if origen.is_instance_of::<PyString>() || origen.hasattr("__fspath__")? {
            let ruta = origen.extract::<PathBuf>();
            return ruta
                .map(Self::Ruta)
                .map_err(|error| tipo("origen", error.value(origen.py())));
        }
        Err(tipo(
            "origen",
            format_args!(
                "se esperaba bytes, bytearray o una ruta, no {}",
                nombre_del_tipo(origen)
            ),
        ))
    }

    /// How much there is to read; of a file as if it were long, because reading it may take as long as it likes.
    fn bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Ruta(_) => usize::MAX,
        }
    }
}

/// A file that was read, as Arrow.
struct Leido {
    cabecera: Cabecera,
    cierre: Cierre,
    movimientos: Vec<RecordBatch>,
    notas: Vec<RecordBatch>,
}

impl Leido {
    fn de(bytes: &[u8], trabajo: Trabajo<'_>) -> Result<Self, ErrorDeOrigen> {
        let extracto = leer(bytes, trabajo).map_err(ErrorDeOrigen::Mayor)?;
        let lotes = extracto.lotes.into_iter().map(tabla::de_lote);
        let (movimientos, notas) = lotes
            .collect::<Result<_, _>>()
            .map_err(ErrorDeOrigen::Arrow)?;
        Ok(Self {
            cabecera: extracto.cabecera,
            cierre: extracto.cierre,
            movimientos,
            notas,
        })
    }
}

enum ErrorDeOrigen {
    Mayor(ErrorMayor),
    Disco(PathBuf, std::io::Error),
    Arrow(ArrowError),
}

impl ComoPython for ErrorDeOrigen {
    fn como_python(self) -> PyErr {
        match self {
            Self::Mayor(error) => error.como_python(),
            Self::Disco(ruta, error) if error.kind() == std::io::ErrorKind::NotFound => {
                PyFileNotFoundError::new_err(format!("origen: no existe {}", ruta.display()))
            }
            Self::Disco(ruta, error) => PyOSError::new_err(format!(
                "origen: no se puede leer {}: {error}",
                ruta.display()
            )),
            Self::Arrow(error) => interno(error),
        }
    }
}

impl ComoPython for ErrorMayor {
    fn como_python(self) -> PyErr {
        match self {
            Self::Formato(error) => valor("origen", error),
            Self::Disco(error) => PyOSError::new_err(error.to_string()),
            Self::Interrumpido => interno(self),
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
    let generador = Generador {
        movimientos: entero(movimientos, "movimientos", 0, 100_000_000)?,
        semilla: semilla.map_or(Ok(1), |semilla| {
            entero(semilla, "semilla", 0, u64::MAX.into())
        })?,
    };
    let bytes = largo::ejecutar(py, generador.movimientos as usize, move |_| {
        generador.bytes()
    })?;
    Ok(PyBytes::new(py, &bytes))
}
