//! Where an array's bytes are: what a claim of "no copy" is checked with.

use arrow::array::{ArrayData, layout};
use arrow::datatypes::DataType;

/// One buffer of an array or of one of its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferAddress {
    /// What it holds, in Spanish, with the children that lead to it: `valores`, `validez`, `item.valores`, `diccionario.textos`.
    pub name: String,
    /// Its first byte. 0 if it has none.
    pub address: usize,
    /// Its size in bytes, those before the array's offset too.
    pub bytes: usize,
}

/// Returns the buffers of `data` in the order of the Arrow format: its own, those of its children, those of its dictionary.
///
/// A bitmap of nulls is listed only if there are nulls.
pub fn buffer_addresses(data: &ArrayData) -> Vec<BufferAddress> {
    let mut found = Vec::new();
    walk(data, "", &mut found);
    found
}

fn walk(data: &ArrayData, prefix: &str, found: &mut Vec<BufferAddress>) {
    let mut push = |name: &str, start: *const u8, bytes: usize| {
        found.push(BufferAddress {
            name: format!("{prefix}{name}"),
            address: if bytes == 0 { 0 } else { start.addr() },
            bytes,
        });
    };
    if let Some(nulls) = data.nulls() {
        push("validez", nulls.buffer().as_ptr(), nulls.buffer().len());
    }
    let fixed = layout(data.data_type()).buffers.len();
    for (index, buffer) in data.buffers().iter().enumerate() {
        let name = buffer_name(data.data_type(), index, fixed);
        push(&name, buffer.as_ptr(), buffer.len());
    }
    for (index, child) in data.child_data().iter().enumerate() {
        let prefix = format!("{prefix}{}.", child_name(data.data_type(), index));
        walk(child, &prefix, found);
    }
}

fn buffer_name(data_type: &DataType, index: usize, fixed: usize) -> String {
    match (data_type, index) {
        (DataType::Utf8View | DataType::BinaryView, 0) => "vistas".to_owned(),
        _ if index >= fixed => format!("textos {}", index - fixed),
        (DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary, 1) => {
            "textos".to_owned()
        }
        (DataType::ListView(_) | DataType::LargeListView(_), 1) => "longitudes".to_owned(),
        (
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::List(_)
            | DataType::LargeList(_)
            | DataType::ListView(_)
            | DataType::LargeListView(_)
            | DataType::Map(..),
            0,
        ) => "desplazamientos".to_owned(),
        (DataType::Dictionary(..), 0) => "índices".to_owned(),
        (DataType::Union(..), 0) => "tipos".to_owned(),
        (DataType::Union(..), 1) => "desplazamientos".to_owned(),
        _ => "valores".to_owned(),
    }
}

fn child_name(data_type: &DataType, index: usize) -> String {
    let field = match data_type {
        DataType::Dictionary(..) => return "diccionario".to_owned(),
        DataType::Struct(fields) => fields.get(index),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => Some(field),
        DataType::RunEndEncoded(ends, values) => Some(if index == 0 { ends } else { values }),
        _ => None,
    };
    field.map_or_else(|| format!("hijo {index}"), |field| field.name().clone())
}
