//! Where the bytes of a column are, and how many share them.

use arrow::array::{Array, Float64Array};
use arrow::buffer::{Buffer, MutableBuffer, ScalarBuffer};

/// What a buffer holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// One bit per row: not null.
    Validity,
    /// The type's own buffers in the order of the Arrow specification: values; offsets and text; views and texts.
    Data(usize),
}

/// One buffer of an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BufferFacts {
    /// What it holds.
    pub role: Role,
    /// Address of its first byte as this array sees it: past the rows that a slice skipped.
    pub address: usize,
    /// Address of the allocation it lies in.
    pub allocation: usize,
    /// Bytes from `address` on that belong to the array.
    pub bytes: usize,
    /// How many buffers share the allocation, this one included.
    pub owners: usize,
}

impl BufferFacts {
    /// The largest power of two that divides the address.
    pub fn alignment(&self) -> usize {
        1 << self.address.trailing_zeros().min(usize::BITS - 1)
    }
}

/// The buffers of an array: validity first, if it has one, then its data. Those of child arrays are left out.
///
/// # Cost
/// A few reference counts go up and down; no data is touched.
pub fn buffers(array: &dyn Array) -> Vec<BufferFacts> {
    let data = array.to_data();
    let mut found = Vec::with_capacity(data.buffers().len() + 1);
    if let Some(nulls) = data.nulls() {
        found.push(facts(Role::Validity, nulls.buffer()));
    }
    let own = data.buffers().iter().enumerate();
    found.extend(own.map(|(n, buffer)| facts(Role::Data(n), buffer)));
    found
}

fn facts(role: Role, buffer: &Buffer) -> BufferFacts {
    BufferFacts {
        role,
        address: buffer.as_ptr().addr(),
        allocation: buffer.data_ptr().addr().get(),
        bytes: buffer.len(),
        // `to_data` itself holds one.
        owners: buffer.strong_count() - 1,
    }
}

/// A copy of the column whose values start at a multiple of 64 bytes.
///
/// `Float64Array::from(vec)` and the builders keep the `Vec`'s allocation, which promises 8 bytes; only a
/// [`MutableBuffer`] promises more. Nothing needs it to be correct: the C Data Interface and the IPC reader accept
/// any address that fits the type.
///
/// # Cost
/// One copy of the values; the bitmap is shared.
pub fn aligned_to_a_cache_line(column: &Float64Array) -> Float64Array {
    let mut values = MutableBuffer::with_capacity(size_of_val(column.values().as_ref()));
    values.extend_from_slice(column.values());
    Float64Array::new(ScalarBuffer::from(values), column.nulls().cloned())
}
