//! From the C structures that another library fills in to an array of ours, without copying a buffer.
//!
//! Arrow's own import believes what the structures say, and panics or reads where it should not if they lie. So they are
//! read first, here, and refused with an error. What no reader can check is said in [`import_array`].

mod array;
mod schema;
mod stream;

use std::ptr::NonNull;

use arrow::array::{Array, ArrayData, Float64Array};
use arrow::datatypes::{DataType, Field};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};

pub use stream::ArrayStream;

use crate::error::ZeroCopyError;

/// Returns the field that `schema` describes. The structure stays its owner's.
///
/// # Safety
/// `schema` points to an initialized structure. Its pointers are null or point to what the C Data Interface says: texts that
/// end in a zero byte, as many children as it counts.
///
/// # Errors
/// - [`ZeroCopyError::Released`]: it has no release callback any more.
/// - [`ZeroCopyError::Malformed`]: a text, a child or a dictionary is missing, a text is not UTF-8, it is nested too deeply.
/// - [`ZeroCopyError::Arrow`]: a type that Arrow does not know.
pub unsafe fn import_field(schema: NonNull<FFI_ArrowSchema>) -> Result<Field, ZeroCopyError> {
    // SAFETY: initialized, as the caller promises.
    let schema = unsafe { schema.as_ref() };
    // SAFETY: its pointers are as the caller promises.
    unsafe { schema::check(schema)? };
    Ok(Field::try_from(schema)?)
}

/// Returns the array of `data_type` that `array` describes, and takes it over: the structure is left released.
///
/// # Cost
/// No buffer is copied, except one whose address is no multiple of its type's alignment, which Arrow does not read in place.
///
/// # Safety
/// `array` points to an initialized structure that nobody else uses meanwhile. What cannot be checked is the caller's promise:
/// every pointer that is not null points to as many bytes as the lengths claim, nobody writes there while the array lives, and the
/// release callback lets it all go.
///
/// # Errors
/// - [`ZeroCopyError::Released`]: it has no release callback any more.
/// - [`ZeroCopyError::Malformed`]: negative or absurd lengths, buffers, children or a dictionary that the type has not or that are
///   missing, offsets that go backwards at their end, children that are too short.
/// - [`ZeroCopyError::Arrow`]: what Arrow's validation finds.
pub unsafe fn import_array(
    array: NonNull<FFI_ArrowArray>,
    data_type: &DataType,
) -> Result<ArrayData, ZeroCopyError> {
    // SAFETY: initialized, as the caller promises.
    let described = unsafe { array.as_ref() };
    if described.is_released() {
        return Err(ZeroCopyError::Released("el array"));
    }
    // SAFETY: its pointers are as the caller promises.
    unsafe { array::check(described, data_type)? };
    // SAFETY: the caller lets us have it; what is left behind is marked as released.
    let owned = unsafe { FFI_ArrowArray::from_raw(array.as_ptr()) };
    // SAFETY: its structure was checked against `data_type`; the rest is the caller's promise.
    let data = unsafe { from_ffi_and_data_type(owned, data_type.clone())? };
    data.validate()?;
    Ok(data)
}

/// Returns the column of Float64 that `array` describes, taken over like [`import_array`] does.
///
/// The nulls are counted: a producer that claims another number is refused, for Arrow would forget the bitmap of one that claims none.
///
/// # Cost
/// One pass over the bitmap, if there is one: an eighth of a byte per row.
///
/// # Safety
/// As [`import_array`].
///
/// # Errors
/// Those of [`import_array`], and [`ZeroCopyError::Malformed`] for a wrong count of nulls.
pub unsafe fn import_float64(
    array: NonNull<FFI_ArrowArray>,
) -> Result<Float64Array, ZeroCopyError> {
    // SAFETY: initialized and nobody else's, as the caller promises.
    let described = unsafe { array.as_ref() };
    let (length, claimed) = (described.length, described.null_count);
    // A count that nobody could believe is left for the check to refuse.
    let counted = (0..=length).contains(&claimed);
    if counted {
        // SAFETY: as above; −1 means that nobody has counted, which is always true to say.
        unsafe { (*array.as_ptr()).set_null_count(-1) };
    }
    // SAFETY: as the caller promises.
    let imported = unsafe { import_array(array, &DataType::Float64) };
    if imported.is_err() && counted {
        // SAFETY: as above. Who is refused finds the structure as it was.
        unsafe { (*array.as_ptr()).set_null_count(claimed) };
    }
    let column = Float64Array::from(imported?);
    let found = column.null_count();
    if counted && i64::try_from(found) != Ok(claimed) {
        return Err(ZeroCopyError::malformed(format!(
            "dice tener {claimed} nulos y tiene {found}"
        )));
    }
    Ok(column)
}
