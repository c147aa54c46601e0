//! Between arrow-rs and Polars through the C Data Interface: the same buffers, two libraries.
//!
//! | type | arrow-rs → Polars | Polars → arrow-rs |
//! |---|---|---|
//! | integers, Float64, Date, Datetime, Boolean | same address | same address |
//! | Utf8View ↔ String | same views and buffers | same views and buffers |
//! | Utf8 → String | new views over the same payload | – |
//! | Categorical → Dictionary | – | copied |
//!
//! Each "same address" is a test of this crate. A slice that has nulls keeps its values where they are; its validity bitmap is
//! copied, because the interface has one offset for both.

use arrow::array::{Array, ArrayRef, RecordBatch, make_array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use polars::prelude::{Column, CompatLevel, DataFrame, PolarsError, Series};
use polars_arrow::ffi as polars_ffi;
use std::mem::{ManuallyDrop, align_of, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Why a hand-over failed.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// arrow-rs refused the data.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// Polars refused the data.
    #[error(transparent)]
    Polars(#[from] PolarsError),
    /// Polars has the type, but not as it was built here: dictionaries and decimals are features of it.
    #[error("Polars was built without the type {data_type}: {said}")]
    NotBuilt {
        /// The type.
        data_type: DataType,
        /// What Polars said, which names the feature.
        said: String,
    },
}

// Both libraries lay the structs out as the C Data Interface prescribes; the casts below rest on it.
const _: () = assert!(size_of::<FFI_ArrowArray>() == size_of::<polars_ffi::ArrowArray>());
const _: () = assert!(align_of::<FFI_ArrowArray>() == align_of::<polars_ffi::ArrowArray>());
const _: () = assert!(size_of::<FFI_ArrowSchema>() == size_of::<polars_ffi::ArrowSchema>());
const _: () = assert!(align_of::<FFI_ArrowSchema>() == align_of::<polars_ffi::ArrowSchema>());

/// The arrow-rs array as a Polars series.
///
/// # Cost
/// No copy for the types of the module's table; the buffers live until both sides have dropped them.
///
/// # Errors
/// * [`BridgeError::Arrow`] if the array cannot be exported.
/// * [`BridgeError::Polars`] if Polars has no such type.
/// * [`BridgeError::NotBuilt`] if this build of it has not.
pub fn series_from_array(name: &str, array: &dyn Array) -> Result<Series, BridgeError> {
    let data_type = array.data_type().clone();
    let (array, schema) = to_ffi(&array.to_data())?;
    let (array, schema) = (ManuallyDrop::new(array), ManuallyDrop::new(schema));
    // SAFETY: source and target are the same C struct (asserted above), and `ManuallyDrop` leaves the one
    // release callback to the copy.
    let (array, schema) = unsafe {
        (
            std::ptr::from_ref(&*array)
                .cast::<polars_ffi::ArrowArray>()
                .read(),
            std::ptr::from_ref(&*schema)
                .cast::<polars_ffi::ArrowSchema>()
                .read(),
        )
    };
    // SAFETY: `schema` was just exported by arrow-rs and describes `array`, exported with it.
    let imported = unsafe {
        let field = polars_ffi::import_field_from_c(&schema)?;
        polars_ffi::import_array_from_c(array, field.dtype)?
    };
    // A type whose feature is off makes Polars panic; nothing of ours is borrowed by what the panic leaves behind.
    catch_unwind(AssertUnwindSafe(|| {
        Series::from_arrow(name.into(), imported)
    }))
    .map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        BridgeError::NotBuilt {
            data_type,
            said: said.unwrap_or_default().to_owned(),
        }
    })?
    .map_err(BridgeError::from)
}

/// The batch as a Polars frame, column by column.
///
/// # Errors
/// As [`series_from_array`].
pub fn frame_from_batch(batch: &RecordBatch) -> Result<DataFrame, BridgeError> {
    let columns: Result<Vec<Column>, BridgeError> = batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, array)| Ok(series_from_array(field.name(), array.as_ref())?.into()))
        .collect();
    Ok(DataFrame::new(batch.num_rows(), columns?)?)
}

/// Chunk `chunk` of a Polars series as an arrow-rs array with its field.
///
/// # Cost
/// No copy for the types of the module's table.
///
/// # Errors
/// * [`BridgeError::Arrow`] if arrow-rs has no such type.
pub fn array_from_series(series: &Series, chunk: usize) -> Result<(Field, ArrayRef), BridgeError> {
    let level = CompatLevel::newest();
    let field = series.dtype().to_arrow_field(series.name().clone(), level);
    let schema = ManuallyDrop::new(polars_ffi::export_field_to_c(&field));
    let array = ManuallyDrop::new(polars_ffi::export_array_to_c(series.to_arrow(chunk, level)));
    // SAFETY: as in `series_from_array`, the other way round.
    let (array, schema) = unsafe {
        (
            std::ptr::from_ref(&*array).cast::<FFI_ArrowArray>().read(),
            std::ptr::from_ref(&*schema)
                .cast::<FFI_ArrowSchema>()
                .read(),
        )
    };
    let field = Field::try_from(&schema)?;
    // SAFETY: Polars exported `array` and `schema` together, so the one describes the other.
    let data = unsafe { from_ffi(array, &schema)? };
    Ok((field, make_array(data)))
}

/// The frame as batches, one per chunk; an empty frame gives one empty batch.
///
/// # Errors
/// As [`array_from_series`].
pub fn batches_from_frame(frame: &DataFrame) -> Result<Vec<RecordBatch>, BridgeError> {
    let mut frame = frame.clone();
    // Columns may be cut in different places; a batch needs them cut in the same ones.
    frame.align_chunks_par();
    let chunks = frame
        .columns()
        .first()
        .map_or(0, |c| c.as_materialized_series().n_chunks());
    (0..chunks)
        .map(|chunk| {
            let parts: Result<Vec<_>, _> = frame
                .columns()
                .iter()
                .map(|c| array_from_series(c.as_materialized_series(), chunk))
                .collect();
            let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = parts?.into_iter().unzip();
            Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
        })
        .collect()
}
