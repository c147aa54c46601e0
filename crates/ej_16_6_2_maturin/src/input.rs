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

use std::time::{Duration, Instant};

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

use crate::arrow::read_array;
use crate::error::{overflow_error, type_error, value_error};

/// How many objects are converted before the signals are looked at.
const BATCH: usize = 1 << 16;

/// How long objects are converted before other threads of Python have their turn. A thread that waits is only sure to get it if it has waited undisturbed
/// for the interpreter's switch interval, 5 ms: handing over more often would wake it each time, and take the lock back before it is up.
const TURN: Duration = Duration::from_millis(10);

/// A column of numbers, whoever owns its memory.
#[derive(Debug)]
pub(crate) struct Numbers {
    chunks: Vec<Float64Array>,
}

impl Numbers {
    /// Returns the column in `data`, which the caller calls `argument`.
    ///
    /// # Errors
    /// - `TypeError`: no column, or one of something else than numbers; booleans are no numbers here.
    /// - `ValueError`: more than one dimension; nulls.
    /// - `OverflowError`: an integer that no f64 holds.
    /// - `MemoryError`, and what the object's own methods raise.
    pub(crate) fn read(data: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        if let Some(chunks) = from_arrow(data, argument)? {
            return Self::from_chunks(chunks, argument);
        }
        if let Some(column) = from_buffer(data, argument)? {
            return Ok(column);
        }
        from_sequence(data, argument).map(Self::copied)
    }

    fn copied(values: Vec<f64>) -> Self {
        Self {
            chunks: vec![Float64Array::from(values)],
        }
    }

    fn from_chunks(chunks: Vec<ArrayRef>, argument: &str) -> PyResult<Self> {
        let mut numbers = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let nulls = chunk.logical_null_count();
            if nulls > 0 {
                return Err(value_error(
                    argument,
                    format_args!("tiene {nulls} nulos: quítalos o dales un valor antes"),
                ));
            }
            let data_type = chunk.data_type();
            if let Some(chunk) = chunk.as_primitive_opt::<Float64Type>() {
                numbers.push(chunk.clone());
            } else if data_type.is_numeric() {
                let converted = arrow::compute::cast(&chunk, &DataType::Float64)
                    .map_err(|error| type_error(argument, error))?;
                numbers.push(converted.as_primitive::<Float64Type>().clone());
            } else {
                return Err(type_error(
                    argument,
                    format_args!("se esperaba una columna de números, no de {data_type}"),
                ));
            }
        }
        Ok(Self { chunks: numbers })
    }

    /// Returns the number of values.
    pub(crate) fn len(&self) -> usize {
        self.chunks.iter().map(Array::len).sum()
    }

    /// Returns the values, in order: one slice per chunk.
    pub(crate) fn chunks(&self) -> Vec<&[f64]> {
        self.chunks
            .iter()
            .map(|chunk| chunk.values().as_ref())
            .collect()
    }
}

/// Returns the chunks of an object that speaks Arrow's PyCapsule interface; `None` if it does not, or if it would need a library that is not installed.
fn from_arrow(data: &Bound<'_, PyAny>, argument: &str) -> PyResult<Option<Vec<ArrayRef>>> {
    // A class has its instances' methods too.
    if data.is_instance_of::<PyType>()
        || !(data.hasattr("__arrow_c_array__")? || data.hasattr("__arrow_c_stream__")?)
    {
        return Ok(None);
    }
    match read_array(data, argument) {
        Ok(chunks) => Ok(Some(chunks.into_iter().map(make_array).collect())),
        // Pandas exports through pyarrow, and works without it.
        Err(error) if error.is_instance_of::<PyImportError>(data.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the column of an object with the buffer protocol; `None` where only its elements, as Python objects, say what they are.
fn from_buffer(data: &Bound<'_, PyAny>, argument: &str) -> PyResult<Option<Numbers>> {
    if is_text(data) {
        return Ok(None);
    }
    // Its buffer is the values alone: those it hides would come out.
    if data.get_type().name()? == "MaskedArray" {
        return Err(type_error(
            argument,
            "es un MaskedArray, que oculta valores: conviértelo antes con compressed() o filled()",
        ));
    }
    let Ok(buffer) = PyUntypedBuffer::get(data) else {
        return Ok(None);
    };
    // A scalar with the buffer protocol is no column, as its missing length will tell.
    if buffer.dimensions() == 0 {
        return Ok(None);
    }
    if buffer.dimensions() != 1 {
        return Err(value_error(
            argument,
            format_args!("tiene {} dimensiones: se espera una", buffer.dimensions()),
        ));
    }
    // PyO3 0.30 takes `>` for the byte order of a little-endian machine: only formats without a prefix of their own are left to it.
    let format = match buffer.format().to_bytes() {
        [_] | [b'@', _] => ElementType::from_format(buffer.format()),
        _ => ElementType::Unknown,
    };
    if format == (ElementType::Float { bytes: 8 })
        && buffer.is_c_contiguous()
        && buffer.item_count() > 0
    {
        // Memory that is not aligned to 8 bytes goes object by object.
        let Ok(buffer) = buffer.into_typed::<f64>() else {
            return Ok(None);
        };
        let chunk = AnyBufferProtocol::Float64(buffer).into_arrow_array()?;
        return Numbers::from_chunks(vec![chunk], argument).map(Some);
    }
    let py = data.py();
    let values = match format {
        ElementType::Float { bytes: 8 } => converted_values::<f64>(py, buffer, |x| x),
        ElementType::Float { bytes: 4 } => converted_values::<f32>(py, buffer, f64::from),
        ElementType::SignedInteger { bytes: 1 } => converted_values::<i8>(py, buffer, f64::from),
        ElementType::SignedInteger { bytes: 2 } => converted_values::<i16>(py, buffer, f64::from),
        ElementType::SignedInteger { bytes: 4 } => converted_values::<i32>(py, buffer, f64::from),
        ElementType::SignedInteger { bytes: 8 } => {
            converted_values::<i64>(py, buffer, |x| x as f64)
        }
        ElementType::UnsignedInteger { bytes: 1 } => converted_values::<u8>(py, buffer, f64::from),
        ElementType::UnsignedInteger { bytes: 2 } => converted_values::<u16>(py, buffer, f64::from),
        ElementType::UnsignedInteger { bytes: 4 } => converted_values::<u32>(py, buffer, f64::from),
        ElementType::UnsignedInteger { bytes: 8 } => {
            converted_values::<u64>(py, buffer, |x| x as f64)
        }
        ElementType::Bool => {
            return Err(type_error(
                argument,
                "se esperaba una columna de números, no de bool",
            ));
        }
        _ => None,
    };
    Ok(values.map(Numbers::copied))
}

/// Returns the buffer's values as f64, copied; `None` if they are not aligned.
fn converted_values<T: Element>(
    py: Python<'_>,
    buffer: PyUntypedBuffer,
    convert: impl Fn(T) -> f64,
) -> Option<Vec<f64>> {
    let values = buffer.into_typed::<T>().ok()?.to_vec(py).ok()?;
    Some(values.into_iter().map(convert).collect())
}

/// Returns the numbers of anything that has a length and can be walked.
fn from_sequence(data: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<f64>> {
    let py = data.py();
    let not_a_column = || {
        type_error(
            argument,
            format_args!(
                "se esperaba una columna de números (lista, array de NumPy, columna de Arrow …), no {}",
                type_name(data)
            ),
        )
    };
    let unordered = data.is_instance_of::<PyDict>()
        || data.is_instance_of::<PySet>()
        || data.is_instance_of::<PyFrozenSet>();
    if is_text(data) || unordered || data.is_instance_of::<PyType>() {
        return Err(not_a_column());
    }
    let length = match data.len() {
        Ok(length) => length,
        Err(error) if error.is_instance_of::<PyTypeError>(py) => return Err(not_a_column()),
        Err(error) => return Err(error),
    };
    let mut values = Vec::new();
    // What `__len__` says is a promise, not a fact.
    reserve(&mut values, length.min(BATCH))?;
    let mut turn = Instant::now();
    for (position, object) in data.try_iter()?.enumerate() {
        if position % BATCH == BATCH - 1 {
            py.check_signals()?;
            if turn.elapsed() >= TURN {
                py.detach(|| ());
                turn = Instant::now();
            }
        }
        let x = number(&object?, format_args!("{argument}[{position}]"))?;
        if values.len() == values.capacity() {
            reserve(
                &mut values,
                position.max(length.saturating_sub(position).min(1 << 24)),
            )?;
        }
        values.push(x);
    }
    Ok(values)
}

fn reserve(values: &mut Vec<f64>, more: usize) -> PyResult<()> {
    values
        .try_reserve(more.max(1))
        .map_err(|_| PyMemoryError::new_err("no hay memoria para la columna"))
}

/// Returns a number as f64; `name` is what the caller calls it.
///
/// # Errors
/// - `TypeError`: not a real number. Booleans are refused: `True` among measurements is a mistake more often than a one.
/// - `OverflowError`: an integer beyond f64.
/// - `ValueError`: a signaling NaN of `decimal`.
pub(crate) fn number(object: &Bound<'_, PyAny>, name: impl std::fmt::Display) -> PyResult<f64> {
    if let Ok(x) = object.cast::<PyFloat>() {
        return Ok(x.value());
    }
    let py = object.py();
    let integer = object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>();
    if !integer && !is_real(object)? {
        return Err(type_error(
            name,
            format_args!("se esperaba un número, no {}", type_name(object)),
        ));
    }
    object.extract::<f64>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(py) {
            overflow_error(name, "no cabe en un float de 64 bits")
        } else if error.is_instance_of::<PyValueError>(py) {
            value_error(name, error.value(py))
        } else {
            error
        }
    })
}

/// Returns whether the object, no `float` and no `int`, is a real number: NumPy's scalars, fractions, decimals.
fn is_real(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    static REAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = object.py();
    if object.is_instance_of::<PyBool>() {
        return Ok(false);
    }
    let real = object.is_instance(REAL.import(py, "numbers", "Real")?)?
        || object.is_instance(DECIMAL.import(py, "decimal", "Decimal")?)?;
    // NumPy's durations are integers with a unit, and say that they are integers.
    Ok(real && object.get_type().name()? != "timedelta64")
}

fn is_text(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
}

/// Returns the name of the object's type, for a message.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object
        .get_type()
        .name()
        .map_or_else(|_| "otra cosa".to_owned(), |name| name.to_string())
}
