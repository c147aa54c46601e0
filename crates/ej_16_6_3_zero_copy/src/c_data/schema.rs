//! A schema is read before Arrow reads it: Arrow panics on a released one, and recurses as deep as it is told.

use std::ffi::{CStr, c_char};

use arrow::ffi::FFI_ArrowSchema;

use crate::error::ZeroCopyError;

/// Deeper than any real type, and shallow enough for any stack.
const MAX_DEPTH: usize = 64;
/// More columns than any real table. It also ends a schema whose children are itself.
const MAX_FIELDS: usize = 1 << 20;

/// # Safety
/// As [`import_field`](super::import_field).
pub(super) unsafe fn check(schema: &FFI_ArrowSchema) -> Result<(), ZeroCopyError> {
    // SAFETY: handed on.
    unsafe { check_field(schema, 0, &mut 0) }
}

unsafe fn check_field(
    schema: &FFI_ArrowSchema,
    depth: usize,
    fields: &mut usize,
) -> Result<(), ZeroCopyError> {
    if schema.release.is_none() {
        return Err(ZeroCopyError::Released("el esquema"));
    }
    *fields += 1;
    if depth > MAX_DEPTH || *fields > MAX_FIELDS {
        return Err(ZeroCopyError::malformed(
            "el esquema anida más de 64 niveles, o más de un millón de campos",
        ));
    }
    // SAFETY: a text, as the caller promises.
    let format = unsafe { text(schema.format, "el formato") }?
        .ok_or_else(|| ZeroCopyError::malformed("el esquema no dice su formato"))?;
    // SAFETY: as above.
    unsafe { text(schema.name, "el nombre") }?;

    let children = usize::try_from(schema.n_children)
        .ok()
        .filter(|&count| count == 0 || !schema.children.is_null())
        .ok_or_else(|| ZeroCopyError::malformed("el esquema cuenta hijos que no tiene"))?;
    if let Some(expected) = children_of(format)
        && children != expected
    {
        return Err(ZeroCopyError::malformed(format!(
            "el formato {format:?} lleva {expected} hijos y el esquema trae {children}"
        )));
    }
    for index in 0..children {
        // SAFETY: `children` is not null and has that many, as the caller promises.
        let child = unsafe { (*schema.children.add(index)).as_ref() }
            .ok_or_else(|| ZeroCopyError::malformed(format!("el hijo {index} es nulo")))?;
        // SAFETY: a child is a schema as well.
        unsafe { check_field(child, depth + 1, fields)? };
    }
    // SAFETY: null or a schema, as the caller promises.
    if let Some(dictionary) = unsafe { schema.dictionary.as_ref() } {
        if !matches!(format, "c" | "C" | "s" | "S" | "i" | "I" | "l" | "L") {
            return Err(ZeroCopyError::malformed(format!(
                "los índices de un diccionario son enteros, y el formato dice {format:?}"
            )));
        }
        // SAFETY: as above.
        unsafe { check_field(dictionary, depth + 1, fields)? };
    }
    Ok(())
}

/// How many children a format has, if that is fixed.
fn children_of(format: &str) -> Option<usize> {
    match format {
        "+l" | "+L" | "+vl" | "+vL" | "+m" => Some(1),
        "+r" => Some(2),
        "+s" => None,
        _ if format.starts_with("+w:") => Some(1),
        // As many as it lists, which Arrow compares.
        _ if format.starts_with("+u") => None,
        _ => Some(0),
    }
}

unsafe fn text<'a>(start: *const c_char, what: &str) -> Result<Option<&'a str>, ZeroCopyError> {
    if start.is_null() {
        return Ok(None);
    }
    // SAFETY: it ends in a zero byte, as the caller promises.
    unsafe { CStr::from_ptr(start) }
        .to_str()
        .map(Some)
        .map_err(|_| ZeroCopyError::malformed(format!("{what} del esquema no es UTF-8")))
}
