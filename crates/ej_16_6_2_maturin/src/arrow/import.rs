//! How a Python object's column gets here: capsules first, then the buffer protocol.
//!
//! `pyo3_arrow::input::AnyArray` does this in one line, and is not used: it believes what the structures say, so that one that was consumed already ends in
//! a panic, or in a read of what is no longer there; and through PyO3's `PyBuffer` it reads NumPy's big-endian numbers as if they were of this machine.
#![expect(
    unsafe_code,
    reason = "the C Data Interface is a structure of pointers that another library fills in"
)]

use std::ffi::CStr;
use std::ptr::NonNull;

use arrow::array::{Array, ArrayData, Float64Array};
use arrow::datatypes::{DataType, Field};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow::ffi_stream::FFI_ArrowArrayStream;
use ej_16_6_3_zero_copy::c_data::{ArrayStream, import_array, import_field, import_float64};
use ej_16_6_3_zero_copy::{Column, ZeroCopyError};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyException, PyImportError, PyMemoryError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule, PyTuple, PyType};
use pyo3_arrow::buffer::AnyBufferProtocol;

use super::exception;
use crate::error::{type_error, value_error};
use crate::input::type_name;

/// A column of Float64 as it came.
pub(super) struct ReadColumn {
    pub(super) column: Column,
    /// It came as a stream, and goes out as one.
    pub(super) chunked: bool,
    /// The name of its field.
    pub(super) name: String,
}

/// What an object exported.
enum Exported<'py> {
    Array {
        schema: Bound<'py, PyCapsule>,
        array: Bound<'py, PyCapsule>,
    },
    Stream(ArrayStream),
    Buffer(Float64Array),
}

/// Returns the column of Float64 in `object`, none of its values copied.
///
/// # Errors
/// `TypeError` and `ValueError`, as `procesar_arrow` says; and what Python raises while the object exports itself.
pub(super) fn read_float64(object: &Bound<'_, PyAny>, argument: &str) -> PyResult<ReadColumn> {
    let failure = |error| exception(argument, error);
    match export(object, argument)? {
        Exported::Array { schema, array } => {
            let field = field(&schema, argument)?;
            // Before the array is taken: whoever is refused keeps it.
            if *field.data_type() != DataType::Float64 {
                return Err(failure(ZeroCopyError::WrongType(field.data_type().clone())));
            }
            let array = pointer::<FFI_ArrowArray>(&array, c"arrow_array", argument)?;
            // SAFETY: a capsule with this name holds an initialized structure, which this thread alone uses while it holds the GIL; what it
            // points to is its producer's promise.
            let array = unsafe { import_float64(array) }.map_err(failure)?;
            Ok(ReadColumn {
                column: array.into(),
                chunked: false,
                name: field.name().clone(),
            })
        }
        Exported::Stream(mut stream) => {
            let mut chunks = Vec::new();
            while let Some(chunk) = stream.next_float64().map_err(failure)? {
                object.py().check_signals()?;
                chunks.push(chunk);
            }
            Ok(ReadColumn {
                column: Column::new(chunks),
                chunked: true,
                name: stream.field().name().clone(),
            })
        }
        Exported::Buffer(array) => Ok(ReadColumn {
            column: array.into(),
            chunked: false,
            name: String::new(),
        }),
    }
}

/// Returns the chunks of the column in `object`, of any type.
///
/// # Errors
/// As [`read_float64`], except that no type is wrong.
pub(crate) fn read_array(object: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<ArrayData>> {
    let failure = |error| exception(argument, error);
    match export(object, argument)? {
        Exported::Array { schema, array } => {
            let field = field(&schema, argument)?;
            let array = pointer::<FFI_ArrowArray>(&array, c"arrow_array", argument)?;
            // SAFETY: as in `read_float64`.
            let array = unsafe { import_array(array, field.data_type()) }.map_err(failure)?;
            Ok(vec![array])
        }
        Exported::Stream(mut stream) => {
            let mut chunks = Vec::new();
            while let Some(chunk) = stream.next_array().map_err(failure)? {
                object.py().check_signals()?;
                chunks.push(chunk);
            }
            Ok(chunks)
        }
        Exported::Buffer(array) => Ok(vec![array.to_data()]),
    }
}

fn export<'py>(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Exported<'py>> {
    // A class has the methods of its instances, and no column.
    if !object.is_instance_of::<PyType>() {
        let (has_array, has_stream) = (
            has(object, "__arrow_c_array__", argument)?,
            has(object, "__arrow_c_stream__", argument)?,
        );
        if has_array {
            match capsules(object, argument) {
                // Who has both methods may have several chunks, and then only the other one serves.
                Err(error) if has_stream && error.is_instance_of::<PyException>(object.py()) => {}
                other => return other,
            }
        }
        if has_stream {
            return stream(object, argument);
        }
        if let Some(array) = buffer(object, argument)? {
            return Ok(Exported::Buffer(array));
        }
    }
    Err(type_error(
        argument,
        format_args!(
            "se esperaba una columna de Arrow (PyArrow, Polars, Pandas, nanoarrow …) o un array de float64 de NumPy, no {}",
            type_name(object)
        ),
    ))
}

fn has(object: &Bound<'_, PyAny>, method: &str, argument: &str) -> PyResult<bool> {
    object
        .hasattr(method)
        .map_err(|error| export_error(error, object, argument))
}

fn capsules<'py>(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Exported<'py>> {
    let returned = object
        .call_method0("__arrow_c_array__")
        .map_err(|error| export_error(error, object, argument))?;
    let pair = returned
        .cast::<PyTuple>()
        .ok()
        .filter(|pair| pair.len() == 2);
    let capsule = |index: usize| pair.and_then(|pair| pair.get_item(index).ok()?.cast_into().ok());
    match (capsule(0), capsule(1)) {
        (Some(schema), Some(array)) => Ok(Exported::Array { schema, array }),
        _ => Err(type_error(
            argument,
            "su __arrow_c_array__ no devuelve dos cápsulas",
        )),
    }
}

fn stream<'py>(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Exported<'py>> {
    let capsule = object
        .call_method0("__arrow_c_stream__")
        .map_err(|error| export_error(error, object, argument))?
        .cast_into::<PyCapsule>()
        .map_err(|_| type_error(argument, "su __arrow_c_stream__ no devuelve una cápsula"))?;
    let pointer = pointer::<FFI_ArrowArrayStream>(&capsule, c"arrow_array_stream", argument)?;
    // SAFETY: as in `read_float64`.
    let stream = unsafe { ArrayStream::import(pointer) };
    stream
        .map(Exported::Stream)
        .map_err(|error| exception(argument, error))
}

/// What the object's own method raised, with the argument's name.
fn export_error(error: PyErr, object: &Bound<'_, PyAny>, argument: &str) -> PyErr {
    let py = object.py();
    let not_of_the_column = !error.is_instance_of::<PyException>(py)
        || error.is_instance_of::<PyMemoryError>(py)
        // Pandas exports through PyArrow.
        || error.is_instance_of::<PyImportError>(py);
    if not_of_the_column {
        return error;
    }
    let reason = format!("no se deja exportar a Arrow ({})", error.value(py));
    let new = if error.is_instance_of::<PyTypeError>(py) {
        type_error(argument, reason)
    } else {
        value_error(argument, reason)
    };
    new.set_cause(py, Some(error));
    new
}

fn field(schema: &Bound<'_, PyCapsule>, argument: &str) -> PyResult<Field> {
    let schema = pointer::<FFI_ArrowSchema>(schema, c"arrow_schema", argument)?;
    // SAFETY: as in `read_float64`.
    unsafe { import_field(schema) }.map_err(|error| exception(argument, error))
}

/// The structure in a capsule of this name.
fn pointer<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr, argument: &str) -> PyResult<NonNull<T>> {
    let pointer = capsule
        .is_valid_checked(Some(name))
        .then(|| capsule.pointer_checked(Some(name)))
        .ok_or_else(|| {
            type_error(
                argument,
                format_args!("su cápsula no se llama {}", name.to_string_lossy()),
            )
        })??
        .cast::<T>();
    if pointer.is_aligned() {
        Ok(pointer)
    } else {
        Err(value_error(
            argument,
            "su cápsula no apunta a una estructura",
        ))
    }
}

/// The array of an object with the buffer protocol, which shares its memory; `None` if it has not got the protocol.
fn buffer(object: &Bound<'_, PyAny>, argument: &str) -> PyResult<Option<Float64Array>> {
    if object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>() {
        return Ok(None);
    }
    // Its buffer is the values alone: what it hides would come out.
    if object.get_type().name()? == "MaskedArray" {
        return Err(type_error(
            argument,
            "un MaskedArray de NumPy no dice a Arrow qué oculta; conviértelo antes con pyarrow.array",
        ));
    }
    let Ok(buffer) = PyUntypedBuffer::get(object) else {
        return Ok(None);
    };
    match buffer.format().to_bytes() {
        // With `<` PyO3 0.30 refuses this machine's order, and with `>` it takes the other for it.
        b"d" | b"@d" | b"=d" => {}
        other => {
            return Err(type_error(
                argument,
                format_args!(
                    "se esperaba float64 con los bytes en el orden de esta máquina y el array es de {:?}; conviértelo antes, por ejemplo con astype",
                    String::from_utf8_lossy(other)
                ),
            ));
        }
    }
    if buffer.dimensions() != 1 {
        return Err(value_error(
            argument,
            format_args!("tiene {} dimensiones: se espera una", buffer.dimensions()),
        ));
    }
    if !buffer.is_c_contiguous() {
        return Err(value_error(
            argument,
            "sus valores no están seguidos en memoria; cópialos antes, por ejemplo con numpy.ascontiguousarray",
        ));
    }
    if buffer.item_count() == 0 {
        return Ok(Some(Float64Array::from(Vec::<f64>::new())));
    }
    let buffer = buffer.into_typed::<f64>().map_err(|_| {
        value_error(
            argument,
            "sus valores no empiezan en un múltiplo de 8 bytes; cópialos antes",
        )
    })?;
    let array = AnyBufferProtocol::Float64(buffer).into_arrow_array()?;
    Ok(array.as_any().downcast_ref::<Float64Array>().cloned())
}
