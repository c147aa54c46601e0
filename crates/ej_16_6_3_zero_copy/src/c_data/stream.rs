//! A stream of arrays of one type: what a chunked column is when it crosses.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use arrow::array::{ArrayData, Float64Array};
use arrow::datatypes::{DataType, Field};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow::ffi_stream::FFI_ArrowArrayStream;

use super::{import_array, import_field, import_float64};
use crate::error::ZeroCopyError;

type NextCallback = unsafe extern "C" fn(*mut FFI_ArrowArrayStream, *mut FFI_ArrowArray) -> c_int;

/// A stream that was taken over from another library. It is released when it is dropped.
#[derive(Debug)]
pub struct ArrayStream {
    stream: FFI_ArrowArrayStream,
    next: NextCallback,
    field: Field,
}

impl ArrayStream {
    /// Returns the stream that `stream` describes, its schema read, and leaves the structure released.
    ///
    /// # Safety
    /// `stream` points to an initialized structure that nobody else uses, and its callbacks do what the C Stream Interface says: the
    /// schema and the arrays they fill in are as [`import_field`] and [`import_array`] ask.
    ///
    /// # Errors
    /// - [`ZeroCopyError::Released`]: somebody consumed it already.
    /// - [`ZeroCopyError::Malformed`]: a callback is missing.
    /// - [`ZeroCopyError::Producer`]: the producer could not give the schema.
    /// - Those of [`import_field`].
    pub unsafe fn import(stream: NonNull<FFI_ArrowArrayStream>) -> Result<Self, ZeroCopyError> {
        // SAFETY: initialized, as the caller promises.
        if unsafe { stream.as_ref() }.release.is_none() {
            return Err(ZeroCopyError::Released("el flujo"));
        }
        // SAFETY: the caller lets us have it; what is left behind is marked as released.
        let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        let (Some(get_schema), Some(next)) = (stream.get_schema, stream.get_next) else {
            return Err(ZeroCopyError::malformed("al flujo le falta una función"));
        };
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: its own callback, on itself, with a place to write.
        let code = unsafe { get_schema(&mut stream, &mut schema) };
        if code != 0 {
            return Err(failure(&mut stream, code));
        }
        // SAFETY: filled in by the producer, as the caller promises.
        let field = unsafe { import_field(NonNull::from(&mut schema))? };
        Ok(Self {
            stream,
            next,
            field,
        })
    }

    /// Returns the field that all its arrays have.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// Returns the next array, of any type, or nothing at the end.
    ///
    /// # Errors
    /// [`ZeroCopyError::Producer`], or those of [`import_array`].
    pub fn next_array(&mut self) -> Result<Option<ArrayData>, ZeroCopyError> {
        let Some(mut array) = self.advance()? else {
            return Ok(None);
        };
        // SAFETY: filled in by the producer, which whoever imported the stream answers for.
        unsafe { import_array(NonNull::from(&mut array), self.field.data_type()) }.map(Some)
    }

    /// Returns the next chunk of a column of Float64, or nothing at the end.
    ///
    /// # Errors
    /// [`ZeroCopyError::WrongType`], [`ZeroCopyError::Producer`], or those of [`import_float64`].
    pub fn next_float64(&mut self) -> Result<Option<Float64Array>, ZeroCopyError> {
        if *self.field.data_type() != DataType::Float64 {
            return Err(ZeroCopyError::WrongType(self.field.data_type().clone()));
        }
        let Some(mut array) = self.advance()? else {
            return Ok(None);
        };
        // SAFETY: as in `next_array`.
        unsafe { import_float64(NonNull::from(&mut array)) }.map(Some)
    }

    fn advance(&mut self) -> Result<Option<FFI_ArrowArray>, ZeroCopyError> {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: its own callback, on itself, with a place to write.
        match unsafe { (self.next)(&mut self.stream, &mut array) } {
            0 if array.is_released() => Ok(None),
            0 => Ok(Some(array)),
            code => Err(failure(&mut self.stream, code)),
        }
    }
}

fn failure(stream: &mut FFI_ArrowArrayStream, code: i32) -> ZeroCopyError {
    let message = stream.get_last_error.and_then(|last_error| {
        // SAFETY: its own callback, on itself, right after the call that failed.
        let text = NonNull::new(unsafe { last_error(stream) }.cast_mut())?;
        // SAFETY: a text that ends in a zero byte and lives until the stream's next call.
        let text = unsafe { CStr::from_ptr(text.as_ptr()) };
        Some(text.to_string_lossy().into_owned())
    });
    ZeroCopyError::Producer {
        code,
        message: message.unwrap_or_else(|| "no dice por qué".to_owned()),
    }
}
