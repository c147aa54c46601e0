//! What Python calls a column of numbers, read without copying where that is possible.
//!
//! | what comes | how it is read |
//! |---|---|
//! | Arrow (`__arrow_c_array__`, `__arrow_c_stream__`), Float64 | shared: its own memory, chunk by chunk |
//! | Arrow, another numeric type | copied and converted |
//! | buffer protocol (NumPy, `array.array`, `memoryview`), native aligned f64, contiguous | shared |
//! | buffer protocol, strided f64, or f32 and integers | copied in one go |
//! | anything else with a length (lists, tuples, NumPy of Python objects or of the other byte order) | copied, object by object |
//!
//! Shared memory may be written by another Python thread meanwhile, as with NumPy's own functions: the result is then one of the values it had, or an error;
//! nothing read from it is used as an index or a length.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, make_array};
use arrow::datatypes::{DataType, Float64Type};
use pyo3::buffer::{Element, ElementType, PyUntypedBuffer};
use pyo3::exceptions::{PyImportError, PyMemoryError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PySet, PyString, PyType,
};
use pyo3_arrow::buffer::AnyBufferProtocol;

use crate::arrow::leer_array;
use crate::error::{desborde, tipo, valor};

/// How many objects are converted between two looks at the signals.
const TANDA: usize = 1 << 16;

/// A column of numbers, whoever owns its memory.
#[derive(Debug)]
pub(crate) struct Columna {
    trozos: Vec<Float64Array>,
}

impl Columna {
    /// Returns the column in `datos`, which the caller calls `argumento`.
    ///
    /// # Errors
    /// - `TypeError`: no column, or one of something else than numbers; booleans are no numbers here.
    /// - `ValueError`: more than one dimension; nulls.
    /// - `OverflowError`: an integer that no f64 holds.
    /// - `MemoryError`, and what the object's own methods raise.
    pub(crate) fn leer(datos: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Self> {
        if let Some(trozos) = de_arrow(datos, argumento)? {
            return Self::de_trozos(trozos, argumento);
        }
        if let Some(columna) = de_bufer(datos, argumento)? {
            return Ok(columna);
        }
        de_secuencia(datos, argumento).map(Self::copia)
    }

    fn copia(valores: Vec<f64>) -> Self {
        Self {
            trozos: vec![Float64Array::from(valores)],
        }
    }

    fn de_trozos(trozos: Vec<ArrayRef>, argumento: &str) -> PyResult<Self> {
        let mut numeros = Vec::with_capacity(trozos.len());
        for trozo in trozos {
            let nulos = trozo.logical_null_count();
            if nulos > 0 {
                return Err(valor(
                    argumento,
                    format_args!("tiene {nulos} nulos: quítalos o dales un valor antes"),
                ));
            }
            let tipo_arrow = trozo.data_type();
            if let Some(trozo) = trozo.as_primitive_opt::<Float64Type>() {
                numeros.push(trozo.clone());
            } else if tipo_arrow.is_numeric() {
                let convertido = arrow::compute::cast(&trozo, &DataType::Float64)
                    .map_err(|error| tipo(argumento, error))?;
                numeros.push(convertido.as_primitive::<Float64Type>().clone());
            } else {
                return Err(tipo(
                    argumento,
                    format_args!("se esperaba una columna de números, no de {tipo_arrow}"),
                ));
            }
        }
        Ok(Self { trozos: numeros })
    }

    /// Returns the number of values.
    pub(crate) fn len(&self) -> usize {
        self.trozos.iter().map(Array::len).sum()
    }

    /// Returns the values, in order: one slice per chunk.
    pub(crate) fn trozos(&self) -> Vec<&[f64]> {
        self.trozos
            .iter()
            .map(|trozo| trozo.values().as_ref())
            .collect()
    }
}

/// Returns the chunks of an object that speaks Arrow's PyCapsule interface; `None` if it does not, or if it would need a library that is not installed.
fn de_arrow(datos: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Option<Vec<ArrayRef>>> {
    // A class has its instances' methods too.
    if datos.is_instance_of::<PyType>()
        || !(datos.hasattr("__arrow_c_array__")? || datos.hasattr("__arrow_c_stream__")?)
    {
        return Ok(None);
    }
    match leer_array(datos, argumento) {
        Ok(trozos) => Ok(Some(trozos.into_iter().map(make_array).collect())),
        // Pandas exports through pyarrow, and works without it.
        Err(error) if error.is_instance_of::<PyImportError>(datos.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the column of an object with the buffer protocol; `None` where only its elements, as Python objects, say what they are.
fn de_bufer(datos: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Option<Columna>> {
    if es_texto(datos) {
        return Ok(None);
    }
    // Its buffer is the values alone: those it hides would come out.
    if datos.get_type().name()? == "MaskedArray" {
        return Err(tipo(
            argumento,
            "es un MaskedArray, que oculta valores: conviértelo antes con compressed() o filled()",
        ));
    }
    let Ok(bufer) = PyUntypedBuffer::get(datos) else {
        return Ok(None);
    };
    // A scalar with the buffer protocol is no column, as its missing length will tell.
    if bufer.dimensions() == 0 {
        return Ok(None);
    }
    if bufer.dimensions() != 1 {
        return Err(valor(
            argumento,
            format_args!("tiene {} dimensiones: se espera una", bufer.dimensions()),
        ));
    }
    // PyO3 0.30 takes `>` for the byte order of a little-endian machine: only formats without a prefix of their own are left to it.
    let formato = match bufer.format().to_bytes() {
        [_] | [b'@', _] => ElementType::from_format(bufer.format()),
        _ => ElementType::Unknown,
    };
    if formato == (ElementType::Float { bytes: 8 })
        && bufer.is_c_contiguous()
        && bufer.item_count() > 0
    {
        // Memory that is not aligned to 8 bytes goes object by object.
        let Ok(bufer) = bufer.into_typed::<f64>() else {
            return Ok(None);
        };
        let trozo = AnyBufferProtocol::Float64(bufer).into_arrow_array()?;
        return Columna::de_trozos(vec![trozo], argumento).map(Some);
    }
    let py = datos.py();
    let valores = match formato {
        ElementType::Float { bytes: 8 } => convertidos::<f64>(py, bufer, |x| x),
        ElementType::Float { bytes: 4 } => convertidos::<f32>(py, bufer, f64::from),
        ElementType::SignedInteger { bytes: 1 } => convertidos::<i8>(py, bufer, f64::from),
        ElementType::SignedInteger { bytes: 2 } => convertidos::<i16>(py, bufer, f64::from),
        ElementType::SignedInteger { bytes: 4 } => convertidos::<i32>(py, bufer, f64::from),
        ElementType::SignedInteger { bytes: 8 } => convertidos::<i64>(py, bufer, |x| x as f64),
        ElementType::UnsignedInteger { bytes: 1 } => convertidos::<u8>(py, bufer, f64::from),
        ElementType::UnsignedInteger { bytes: 2 } => convertidos::<u16>(py, bufer, f64::from),
        ElementType::UnsignedInteger { bytes: 4 } => convertidos::<u32>(py, bufer, f64::from),
        ElementType::UnsignedInteger { bytes: 8 } => convertidos::<u64>(py, bufer, |x| x as f64),
        ElementType::Bool => {
            return Err(tipo(
                argumento,
                "se esperaba una columna de números, no de bool",
            ));
        }
        _ => None,
    };
    Ok(valores.map(Columna::copia))
}

/// Returns the buffer's values as f64, copied; `None` if they are not aligned.
fn convertidos<T: Element>(
    py: Python<'_>,
    bufer: PyUntypedBuffer,
    convertir: impl Fn(T) -> f64,
) -> Option<Vec<f64>> {
    let valores = bufer.into_typed::<T>().ok()?.to_vec(py).ok()?;
    Some(valores.into_iter().map(convertir).collect())
}

/// Returns the numbers of anything that has a length and can be walked.
fn de_secuencia(datos: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Vec<f64>> {
    let py = datos.py();
    let no_es_columna = || {
        tipo(
            argumento,
            format_args!(
                "se esperaba una columna de números (lista, array de NumPy, columna de Arrow …), no {}",
                nombre_del_tipo(datos)
            ),
        )
    };
    let sin_orden = datos.is_instance_of::<PyDict>()
        || datos.is_instance_of::<PySet>()
        || datos.is_instance_of::<PyFrozenSet>();
    if es_texto(datos) || sin_orden || datos.is_instance_of::<PyType>() {
        return Err(no_es_columna());
    }
    let largo = match datos.len() {
        Ok(largo) => largo,
        Err(error) if error.is_instance_of::<PyTypeError>(py) => return Err(no_es_columna()),
        Err(error) => return Err(error),
    };
    let mut valores = Vec::new();
    // What `__len__` says is a promise, not a fact.
    reservar(&mut valores, largo.min(TANDA))?;
    for (posicion, objeto) in datos.try_iter()?.enumerate() {
        if posicion % TANDA == TANDA - 1 {
            py.check_signals()?;
        }
        let x = numero(&objeto?, format_args!("{argumento}[{posicion}]"))?;
        if valores.len() == valores.capacity() {
            reservar(
                &mut valores,
                posicion.max(largo.saturating_sub(posicion).min(1 << 24)),
            )?;
        }
        valores.push(x);
    }
    Ok(valores)
}

fn reservar(valores: &mut Vec<f64>, mas: usize) -> PyResult<()> {
    valores
        .try_reserve(mas.max(1))
        .map_err(|_| PyMemoryError::new_err("no hay memoria para la columna"))
}

/// Returns a number as f64; `nombre` is what the caller calls it.
///
/// # Errors
/// - `TypeError`: not a real number. Booleans are refused: `True` among measurements is a mistake more often than a one.
/// - `OverflowError`: an integer beyond f64.
/// - `ValueError`: a signaling NaN of `decimal`.
pub(crate) fn numero(objeto: &Bound<'_, PyAny>, nombre: impl std::fmt::Display) -> PyResult<f64> {
    if let Ok(x) = objeto.cast::<PyFloat>() {
        return Ok(x.value());
    }
    let py = objeto.py();
    let entero = objeto.is_instance_of::<PyInt>() && !objeto.is_instance_of::<PyBool>();
    if !entero && !es_real(objeto)? {
        return Err(tipo(
            nombre,
            format_args!("se esperaba un número, no {}", nombre_del_tipo(objeto)),
        ));
    }
    objeto.extract::<f64>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(py) {
            desborde(nombre, "no cabe en un float de 64 bits")
        } else if error.is_instance_of::<PyValueError>(py) {
            valor(nombre, error.value(py))
        } else {
            error
        }
    })
}

/// Returns whether the object, no `float` and no `int`, is a real number: NumPy's scalars, fractions, decimals.
fn es_real(objeto: &Bound<'_, PyAny>) -> PyResult<bool> {
    static REAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = objeto.py();
    if objeto.is_instance_of::<PyBool>() {
        return Ok(false);
    }
    let real = objeto.is_instance(REAL.import(py, "numbers", "Real")?)?
        || objeto.is_instance(DECIMAL.import(py, "decimal", "Decimal")?)?;
    // NumPy's durations are integers with a unit, and say that they are integers.
    Ok(real && objeto.get_type().name()? != "timedelta64")
}

fn es_texto(objeto: &Bound<'_, PyAny>) -> bool {
    objeto.is_instance_of::<PyString>()
        || objeto.is_instance_of::<PyBytes>()
        || objeto.is_instance_of::<PyByteArray>()
}

/// Returns the name of the object's type, for a message.
pub(crate) fn nombre_del_tipo(objeto: &Bound<'_, PyAny>) -> String {
    objeto
        .get_type()
        .name()
        .map_or_else(|_| "otra cosa".to_owned(), |nombre| nombre.to_string())
}
