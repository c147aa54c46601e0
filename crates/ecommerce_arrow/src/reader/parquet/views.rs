//! The schema that files are decoded with: texts as views.

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use std::sync::Arc;

/// The same schema with every text and binary column as views, dictionaries of them included.
///
/// A view costs 16 bytes a row whatever the text; copied out, a dictionary's one long text would be as large as its length
/// times the rows that name it.
pub(super) fn with_views(schema: &Schema) -> Schema {
    Schema::new_with_metadata(fields(schema.fields()), schema.metadata().clone())
}

fn fields(from: &Fields) -> Fields {
    from.iter().map(field).collect()
}

fn field(from: &FieldRef) -> FieldRef {
    Arc::new(Field::clone(from).with_data_type(data_type(from.data_type())))
}

fn data_type(from: &DataType) -> DataType {
    match from {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, values) => data_type(values),
        DataType::List(item) => DataType::List(field(item)),
        DataType::LargeList(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, n) => DataType::FixedSizeList(field(item), *n),
        DataType::Struct(inner) => DataType::Struct(fields(inner)),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        other => other.clone(),
    }
}
