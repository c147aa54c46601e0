//! Cells that a spreadsheet would take for formulas.

use polars::prelude::{DataType, Expr, Field, IntoColumn as _, StringChunked};
use std::borrow::Cow;

/// Whether a spreadsheet would run this text instead of showing it.
pub(super) fn is_formula(text: &str) -> bool {
    matches!(
        text.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    )
}

/// The column with an apostrophe before every such text. A column without any is handed on as it is.
pub(super) fn escaped(column: Expr) -> Expr {
    column.map(
        |column| {
            let texts = column.str()?;
            if !texts.iter().flatten().any(is_formula) {
                return Ok(column);
            }
            let safe: StringChunked = texts
                .iter()
                .map(|text| {
                    text.map(|text| {
                        if is_formula(text) {
                            Cow::Owned(format!("'{text}"))
                        } else {
                            Cow::Borrowed(text)
                        }
                    })
                })
                .collect();
            Ok(safe.with_name(column.name().clone()).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::String)),
    )
}
