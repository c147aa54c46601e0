//! A column of Float64 as it came: in one piece or in several.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;

use crate::error::ZeroCopyError;

/// The chunks of a column, in order. They share their memory with whoever made them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    chunks: Vec<Float64Array>,
}

impl Column {
    /// Returns the column of these chunks; none of them is an empty column.
    pub fn new(chunks: Vec<Float64Array>) -> Self {
        Self { chunks }
    }

    /// Returns the column of these chunks, whatever they hold.
    ///
    /// # Errors
    /// [`ZeroCopyError::WrongType`]: one of them is not Float64. Integers are refused as well: converting them copies, and loses
    /// digits beyond 2⁵³, so it is for the caller to ask for.
    pub fn try_from_arrays(arrays: &[ArrayRef]) -> Result<Self, ZeroCopyError> {
        let chunks = arrays.iter().map(|array| {
            array
                .as_primitive_opt::<Float64Type>()
                .cloned()
                .ok_or_else(|| ZeroCopyError::WrongType(array.data_type().clone()))
        });
        Ok(Self::new(chunks.collect::<Result<_, _>>()?))
    }

    /// Returns the chunks.
    pub fn chunks(&self) -> &[Float64Array] {
        &self.chunks
    }

    /// Returns the chunks, the column consumed.
    pub fn into_chunks(self) -> Vec<Float64Array> {
        self.chunks
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Array::len).sum()
    }

    /// Returns whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of nulls.
    pub fn null_count(&self) -> usize {
        self.chunks.iter().map(Array::null_count).sum()
    }
}

impl From<Float64Array> for Column {
    fn from(array: Float64Array) -> Self {
        Self::new(vec![array])
    }
}
