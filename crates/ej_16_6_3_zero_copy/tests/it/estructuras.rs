//! Structures as a producer fills them in, and how the other tests hand them over.

use std::ptr::NonNull;
use std::sync::atomic::AtomicBool;

use arrow::array::{Array, ArrayData, Float64Array};
use arrow::datatypes::{DataType, Field};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use ej_16_6_3_zero_copy::c_data::{import_array, import_field, import_float64};
use ej_16_6_3_zero_copy::{Column, ZeroCopyError, procesar_arrow};

pub(crate) static SIGUE: AtomicBool = AtomicBool::new(false);

/// `x · 2 + 1`, without any interruption.
pub(crate) fn procesada(columna: &Column) -> Column {
    procesar_arrow(columna, &SIGUE).unwrap()
}

pub(crate) fn exportado(array: &dyn Array) -> FFI_ArrowArray {
    FFI_ArrowArray::new(&array.to_data())
}

pub(crate) fn recibir(array: &mut FFI_ArrowArray) -> Result<Float64Array, ZeroCopyError> {
    // SAFETY: exported by Arrow a moment ago, and altered only in what is to be refused before it is followed.
    unsafe { import_float64(NonNull::from(array)) }
}

pub(crate) fn recibir_de(
    array: &mut FFI_ArrowArray,
    tipo: &DataType,
) -> Result<ArrayData, ZeroCopyError> {
    // SAFETY: as above.
    unsafe { import_array(NonNull::from(array), tipo) }
}

pub(crate) fn leer_esquema(esquema: &mut FFI_ArrowSchema) -> Result<Field, ZeroCopyError> {
    // SAFETY: as above.
    unsafe { import_field(NonNull::from(esquema)) }
}

/// The message of a structure that was refused for contradicting itself.
pub(crate) fn motivo<T>(resultado: Result<T, ZeroCopyError>) -> String {
    match resultado {
        Err(ZeroCopyError::Malformed(motivo)) => motivo,
        Err(otro) => panic!("otro error: {otro}"),
        Ok(_) => panic!("se aceptó"),
    }
}
