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

use super::excepcion;
use crate::entrada::nombre_del_tipo;
use crate::error::{tipo, valor};

/// A column of Float64 as it came.
pub(super) struct Leida {
    pub(super) columna: Column,
    /// It came as a stream, and goes out as one.
    pub(super) por_trozos: bool,
    /// The name of its field.
    pub(super) nombre: String,
}

/// What an object exported.
enum Exportada<'py> {
    Array {
        esquema: Bound<'py, PyCapsule>,
        array: Bound<'py, PyCapsule>,
    },
    Flujo(ArrayStream),
    Bufer(Float64Array),
}

/// Returns the column of Float64 in `objeto`, none of its values copied.
///
/// # Errors
/// `TypeError` and `ValueError`, as `procesar_arrow` says; and what Python raises while the object exports itself.
pub(super) fn leer_float64(objeto: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Leida> {
    let fallo = |error| excepcion(argumento, error);
    match exportar(objeto, argumento)? {
        Exportada::Array { esquema, array } => {
            let campo = campo(&esquema, argumento)?;
            // Before the array is taken: whoever is refused keeps it.
            if *campo.data_type() != DataType::Float64 {
                return Err(fallo(ZeroCopyError::WrongType(campo.data_type().clone())));
            }
            let array = puntero::<FFI_ArrowArray>(&array, c"arrow_array", argumento)?;
            // SAFETY: a capsule with this name holds an initialized structure, which this thread alone uses while it holds the GIL; what it
            // points to is its producer's promise.
            let array = unsafe { import_float64(array) }.map_err(fallo)?;
            Ok(Leida {
                columna: array.into(),
                por_trozos: false,
                nombre: campo.name().clone(),
            })
        }
        Exportada::Flujo(mut flujo) => {
            let mut trozos = Vec::new();
            while let Some(trozo) = flujo.next_float64().map_err(fallo)? {
                objeto.py().check_signals()?;
                trozos.push(trozo);
            }
            Ok(Leida {
                columna: Column::new(trozos),
                por_trozos: true,
                nombre: flujo.field().name().clone(),
            })
        }
        Exportada::Bufer(array) => Ok(Leida {
            columna: array.into(),
            por_trozos: false,
            nombre: String::new(),
        }),
    }
}

/// Returns the chunks of the column in `objeto`, of any type.
///
/// # Errors
/// As [`leer_float64`], except that no type is wrong.
pub(crate) fn leer_array(objeto: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Vec<ArrayData>> {
    let fallo = |error| excepcion(argumento, error);
    match exportar(objeto, argumento)? {
        Exportada::Array { esquema, array } => {
            let campo = campo(&esquema, argumento)?;
            let array = puntero::<FFI_ArrowArray>(&array, c"arrow_array", argumento)?;
            // SAFETY: as in `leer_float64`.
            let array = unsafe { import_array(array, campo.data_type()) }.map_err(fallo)?;
            Ok(vec![array])
        }
        Exportada::Flujo(mut flujo) => {
            let mut trozos = Vec::new();
            while let Some(trozo) = flujo.next_array().map_err(fallo)? {
                objeto.py().check_signals()?;
                trozos.push(trozo);
            }
            Ok(trozos)
        }
        Exportada::Bufer(array) => Ok(vec![array.to_data()]),
    }
}

fn exportar<'py>(objeto: &Bound<'py, PyAny>, argumento: &str) -> PyResult<Exportada<'py>> {
    // A class has the methods of its instances, and no column.
    if !objeto.is_instance_of::<PyType>() {
        let (como_array, como_flujo) = (
            tiene(objeto, "__arrow_c_array__", argumento)?,
            tiene(objeto, "__arrow_c_stream__", argumento)?,
        );
        if como_array {
            match capsulas(objeto, argumento) {
                // Who has both methods may have several chunks, and then only the other one serves.
                Err(error) if como_flujo && error.is_instance_of::<PyException>(objeto.py()) => {}
                otro => return otro,
            }
        }
        if como_flujo {
            return flujo(objeto, argumento);
        }
        if let Some(array) = bufer(objeto, argumento)? {
            return Ok(Exportada::Bufer(array));
        }
    }
    Err(tipo(
        argumento,
        format_args!(
            "se esperaba una columna de Arrow (PyArrow, Polars, Pandas, nanoarrow …) o un array de float64 de NumPy, no {}",
            nombre_del_tipo(objeto)
        ),
    ))
}

fn tiene(objeto: &Bound<'_, PyAny>, metodo: &str, argumento: &str) -> PyResult<bool> {
    objeto
        .hasattr(metodo)
        .map_err(|error| al_exportar(error, objeto, argumento))
}

fn capsulas<'py>(objeto: &Bound<'py, PyAny>, argumento: &str) -> PyResult<Exportada<'py>> {
    let devuelto = objeto
        .call_method0("__arrow_c_array__")
        .map_err(|error| al_exportar(error, objeto, argumento))?;
    let dos = devuelto.cast::<PyTuple>().ok().filter(|dos| dos.len() == 2);
    let capsula = |indice: usize| dos.and_then(|dos| dos.get_item(indice).ok()?.cast_into().ok());
    match (capsula(0), capsula(1)) {
        (Some(esquema), Some(array)) => Ok(Exportada::Array { esquema, array }),
        _ => Err(tipo(
            argumento,
            "su __arrow_c_array__ no devuelve dos cápsulas",
        )),
    }
}

fn flujo<'py>(objeto: &Bound<'py, PyAny>, argumento: &str) -> PyResult<Exportada<'py>> {
    let capsula = objeto
        .call_method0("__arrow_c_stream__")
        .map_err(|error| al_exportar(error, objeto, argumento))?
        .cast_into::<PyCapsule>()
        .map_err(|_| tipo(argumento, "su __arrow_c_stream__ no devuelve una cápsula"))?;
    let puntero = puntero::<FFI_ArrowArrayStream>(&capsula, c"arrow_array_stream", argumento)?;
    // SAFETY: as in `leer_float64`.
    let flujo = unsafe { ArrayStream::import(puntero) };
    flujo
        .map(Exportada::Flujo)
        .map_err(|error| excepcion(argumento, error))
}

/// What the object's own method raised, with the argument's name.
fn al_exportar(error: PyErr, objeto: &Bound<'_, PyAny>, argumento: &str) -> PyErr {
    let py = objeto.py();
    let no_es_de_la_columna = !error.is_instance_of::<PyException>(py)
        || error.is_instance_of::<PyMemoryError>(py)
        // Pandas exports through PyArrow.
        || error.is_instance_of::<PyImportError>(py);
    if no_es_de_la_columna {
        return error;
    }
    let motivo = format!("no se deja exportar a Arrow ({})", error.value(py));
    let nueva = if error.is_instance_of::<PyTypeError>(py) {
        tipo(argumento, motivo)
    } else {
        valor(argumento, motivo)
    };
    nueva.set_cause(py, Some(error));
    nueva
}

fn campo(esquema: &Bound<'_, PyCapsule>, argumento: &str) -> PyResult<Field> {
    let esquema = puntero::<FFI_ArrowSchema>(esquema, c"arrow_schema", argumento)?;
    // SAFETY: as in `leer_float64`.
    unsafe { import_field(esquema) }.map_err(|error| excepcion(argumento, error))
}

/// The structure in a capsule of this name.
fn puntero<T>(
    capsula: &Bound<'_, PyCapsule>,
    nombre: &CStr,
    argumento: &str,
) -> PyResult<NonNull<T>> {
    let puntero = capsula
        .is_valid_checked(Some(nombre))
        .then(|| capsula.pointer_checked(Some(nombre)))
        .ok_or_else(|| {
            tipo(
                argumento,
                format_args!("su cápsula no se llama {}", nombre.to_string_lossy()),
            )
        })??
        .cast::<T>();
    if puntero.is_aligned() {
        Ok(puntero)
    } else {
        Err(valor(argumento, "su cápsula no apunta a una estructura"))
    }
}

/// The array of an object with the buffer protocol, which shares its memory; `None` if it has not got the protocol.
fn bufer(objeto: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Option<Float64Array>> {
    if objeto.is_instance_of::<PyBytes>() || objeto.is_instance_of::<PyByteArray>() {
        return Ok(None);
    }
    // Its buffer is the values alone: what it hides would come out.
    if objeto.get_type().name()? == "MaskedArray" {
        return Err(tipo(
            argumento,
            "un MaskedArray de NumPy no dice a Arrow qué oculta; conviértelo antes con pyarrow.array",
        ));
    }
    let Ok(bufer) = PyUntypedBuffer::get(objeto) else {
        return Ok(None);
    };
    match bufer.format().to_bytes() {
        // With `<` PyO3 0.30 refuses this machine's order, and with `>` it takes the other for it.
        b"d" | b"@d" | b"=d" => {}
        otro => {
            return Err(tipo(
                argumento,
                format_args!(
                    "se esperaba float64 con los bytes en el orden de esta máquina y el array es de {:?}; conviértelo antes, por ejemplo con astype",
                    String::from_utf8_lossy(otro)
                ),
            ));
        }
    }
    if bufer.dimensions() != 1 {
        return Err(valor(
            argumento,
            format_args!("tiene {} dimensiones: se espera una", bufer.dimensions()),
        ));
    }
    if !bufer.is_c_contiguous() {
        return Err(valor(
            argumento,
            "sus valores no están seguidos en memoria; cópialos antes, por ejemplo con numpy.ascontiguousarray",
        ));
    }
    if bufer.item_count() == 0 {
        return Ok(Some(Float64Array::from(Vec::<f64>::new())));
    }
    let bufer = bufer.into_typed::<f64>().map_err(|_| {
        valor(
            argumento,
            "sus valores no empiezan en un múltiplo de 8 bytes; cópialos antes",
        )
    })?;
    let array = AnyBufferProtocol::Float64(bufer).into_arrow_array()?;
    Ok(array.as_any().downcast_ref::<Float64Array>().cloned())
}
