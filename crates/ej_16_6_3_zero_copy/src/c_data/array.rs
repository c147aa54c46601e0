//! An array is read beside its type before Arrow reads it.

use std::ffi::c_void;

use arrow::array::layout;
use arrow::datatypes::{DataType, UnionMode};
use arrow::ffi::FFI_ArrowArray;

use crate::error::ZeroCopyError;

/// The widest value in bytes (Decimal256), and room for one offset more: no length that passes overflows a count of bits.
const MAX_ROWS: i64 = i64::MAX / (8 * 64);

/// # Safety
/// As [`import_array`](super::import_array).
pub(super) unsafe fn check(
    array: &FFI_ArrowArray,
    data_type: &DataType,
) -> Result<(), ZeroCopyError> {
    let rows = rows(array)?;
    // SAFETY: its pointers are as the caller promises, here and below.
    unsafe {
        check_buffers(array, data_type, rows)?;
        check_children(array, data_type, rows)?;
        check_dictionary(array, data_type)
    }
}

/// The rows that the buffers hold, those before the offset too.
fn rows(array: &FFI_ArrowArray) -> Result<i64, ZeroCopyError> {
    let (length, offset) = (array.length, array.offset);
    match length.checked_add(offset) {
        Some(rows) if length >= 0 && offset >= 0 && rows <= MAX_ROWS => {
            if (-1..=length).contains(&array.null_count) {
                Ok(rows)
            } else {
                Err(ZeroCopyError::malformed(format!(
                    "dice tener {} nulos en {length} filas",
                    array.null_count
                )))
            }
        }
        _ => Err(ZeroCopyError::malformed(format!(
            "longitud {length} con desplazamiento {offset}"
        ))),
    }
}

unsafe fn check_buffers(
    array: &FFI_ArrowArray,
    data_type: &DataType,
    rows: i64,
) -> Result<(), ZeroCopyError> {
    let described = layout(data_type);
    let validity = usize::from(described.can_contain_null_mask);
    let least = validity + described.buffers.len() + usize::from(described.variadic);
    let count = usize::try_from(array.n_buffers).unwrap_or(usize::MAX);
    // A view has as many buffers as it needs, up to what an i32 can name.
    let most = if described.variadic {
        i32::MAX as usize
    } else {
        least
    };
    if !(least..=most).contains(&count) || (count > 0 && array.buffers.is_null()) {
        return Err(ZeroCopyError::malformed(format!(
            "trae {} buffers y el tipo {data_type} lleva {least}",
            array.n_buffers
        )));
    }
    let buffer = |index: usize| -> *const c_void {
        // SAFETY: `index` is below `count`, and `buffers` has that many, as the caller promises.
        unsafe { *array.buffers.add(index) }
    };
    if validity == 1 && array.null_count > 0 && buffer(0).is_null() {
        return Err(ZeroCopyError::malformed(
            "dice tener nulos y no trae su mapa de bits",
        ));
    }
    let fixed = validity + described.buffers.len();
    if let Some(index) = (validity..fixed).find(|&index| rows > 0 && buffer(index).is_null())
        // The bytes of a column of empty texts may be nowhere.
        && !(index == 2 && is_variable(data_type))
    {
        return Err(ZeroCopyError::malformed(format!(
            "el buffer {index} es nulo y hay {rows} filas"
        )));
    }
    if array.length > 0 && is_variable(data_type) {
        // SAFETY: there are rows, so the offsets are there: one more than rows.
        let last = unsafe { last_offset(buffer(1), data_type, rows) };
        if last < 0 || (last > 0 && buffer(2).is_null()) {
            return Err(ZeroCopyError::malformed(format!(
                "el último desplazamiento es {last} y no hay tantos bytes"
            )));
        }
    }
    if described.variadic && count > least {
        let lengths = buffer(count - 1).cast::<i64>();
        for index in 0..count - least {
            let bytes = if lengths.is_null() {
                -1
            } else {
                // SAFETY: the last buffer of a view has one length per buffer of bytes, if there is one.
                unsafe { lengths.add(index).read_unaligned() }
            };
            if bytes < 0 || (bytes > 0 && buffer(fixed + index).is_null()) {
                return Err(ZeroCopyError::malformed(format!(
                    "el buffer de texto {index} dice medir {bytes} bytes"
                )));
            }
        }
    }
    Ok(())
}

fn is_variable(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary
    )
}

/// # Safety
/// `offsets` has one more than `rows`.
unsafe fn last_offset(offsets: *const c_void, data_type: &DataType, rows: i64) -> i64 {
    let rows = rows as usize;
    if matches!(data_type, DataType::Utf8 | DataType::Binary) {
        // SAFETY: the caller's promise; of any alignment.
        i64::from(unsafe { offsets.cast::<i32>().add(rows).read_unaligned() })
    } else {
        // SAFETY: as above.
        unsafe { offsets.cast::<i64>().add(rows).read_unaligned() }
    }
}

unsafe fn check_children(
    array: &FFI_ArrowArray,
    data_type: &DataType,
    rows: i64,
) -> Result<(), ZeroCopyError> {
    // Each child's type, and the rows that it must have at least.
    let expected: Vec<(&DataType, i64)> = match data_type {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::Map(field, _) => vec![(field.data_type(), 0)],
        DataType::FixedSizeList(field, size) => {
            let rows = i64::from(*size)
                .checked_mul(rows)
                .filter(|&rows| (0..=MAX_ROWS).contains(&rows))
                .ok_or_else(|| ZeroCopyError::malformed(format!("listas de {size} valores")))?;
            vec![(field.data_type(), rows)]
        }
        DataType::FixedSizeBinary(size) if *size < 0 => {
            return Err(ZeroCopyError::malformed(format!("valores de {size} bytes")));
        }
        DataType::Struct(fields) => fields
            .iter()
            .map(|field| (field.data_type(), rows))
            .collect(),
        DataType::Union(fields, mode) => fields
            .iter()
            .map(|(_, field)| match mode {
                UnionMode::Sparse => (field.data_type(), rows),
                UnionMode::Dense => (field.data_type(), 0),
            })
            .collect(),
        DataType::RunEndEncoded(ends, values) => {
            vec![(ends.data_type(), 0), (values.data_type(), 0)]
        }
        _ => Vec::new(),
    };
    if array.n_children != expected.len() as i64
        || (!expected.is_empty() && array.children.is_null())
    {
        return Err(ZeroCopyError::malformed(format!(
            "trae {} hijos y el tipo {data_type} lleva {}",
            array.n_children,
            expected.len()
        )));
    }
    for (index, (child_type, least)) in expected.into_iter().enumerate() {
        // SAFETY: `children` has that many, as the caller promises.
        let child = unsafe { (*array.children.add(index)).as_ref() }
            .ok_or_else(|| ZeroCopyError::malformed(format!("el hijo {index} es nulo")))?;
        if child.length < least {
            return Err(ZeroCopyError::malformed(format!(
                "el hijo {index} tiene {} filas y hacen falta {least}",
                child.length
            )));
        }
        // SAFETY: a child is an array as well.
        unsafe { check(child, child_type)? };
    }
    Ok(())
}

unsafe fn check_dictionary(
    array: &FFI_ArrowArray,
    data_type: &DataType,
) -> Result<(), ZeroCopyError> {
    // SAFETY: null or an array, as the caller promises.
    match (unsafe { array.dictionary.as_ref() }, data_type) {
        (None, DataType::Dictionary(..)) => Err(ZeroCopyError::malformed("falta el diccionario")),
        (Some(values), DataType::Dictionary(_, value_type)) => {
            // SAFETY: a dictionary is an array as well.
            unsafe { check(values, value_type) }
        }
        (Some(_), _) => Err(ZeroCopyError::malformed(format!(
            "trae un diccionario y el tipo {data_type} no lo lleva"
        ))),
        (None, _) => Ok(()),
    }
}
