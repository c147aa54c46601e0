//! The types of columns that the engine works on.

use arrow::datatypes::{DataType, TimeUnit as ArrowUnit};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::schema::types::ColumnDescriptor;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// DOUBLE.
    Float,
    /// INT32 or INT64, signed.
    Integer,
    /// INT32, days since 1970-01-01.
    Date,
    /// INT64, and whether it is UTC.
    Timestamp(Unit, bool),
    /// BYTE_ARRAY in UTF-8.
    Text,
}

/// Unit of a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Kind {
    /// What the column holds, if it is flat and of a type known here.
    pub(crate) fn of(column: &ColumnDescriptor) -> Option<Self> {
        if column.max_rep_level() != 0 || column.max_def_level() > 1 {
            return None;
        }
        let converted = column.converted_type();
        Some(match (column.physical_type(), column.logical_type_ref()) {
            (Physical::DOUBLE, None) => Self::Float,
            (Physical::INT32, Some(LogicalType::Date)) => Self::Date,
            (Physical::INT32 | Physical::INT64, Some(LogicalType::Integer(int)))
                if int.is_signed =>
            {
                Self::Integer
            }
            (Physical::INT64, Some(LogicalType::Timestamp(t))) => {
                let unit = match t.unit {
                    TimeUnit::MILLIS => Unit::Millis,
                    TimeUnit::MICROS => Unit::Micros,
                    TimeUnit::NANOS => Unit::Nanos,
                };
                Self::Timestamp(unit, t.is_adjusted_to_u_t_c)
            }
            (Physical::BYTE_ARRAY, Some(LogicalType::String | LogicalType::Enum)) => Self::Text,
            // What older writers say.
            (Physical::INT32, None) if converted == ConvertedType::DATE => Self::Date,
            (Physical::INT64, None) if converted == ConvertedType::TIMESTAMP_MILLIS => {
                Self::Timestamp(Unit::Millis, true)
            }
            (Physical::INT64, None) if converted == ConvertedType::TIMESTAMP_MICROS => {
                Self::Timestamp(Unit::Micros, true)
            }
            (Physical::BYTE_ARRAY, None)
                if matches!(converted, ConvertedType::UTF8 | ConvertedType::ENUM) =>
            {
                Self::Text
            }
            (Physical::INT32 | Physical::INT64, None)
                if matches!(
                    converted,
                    ConvertedType::NONE
                        | ConvertedType::INT_8
                        | ConvertedType::INT_16
                        | ConvertedType::INT_32
                        | ConvertedType::INT_64
                ) =>
            {
                Self::Integer
            }
            _ => return None,
        })
    }

    /// The type of a key of this kind in the result.
    pub(crate) fn arrow(self) -> DataType {
        match self {
            Self::Float => DataType::Float64,
            Self::Integer => DataType::Int64,
            Self::Date => DataType::Date32,
            Self::Timestamp(unit, utc) => {
                let unit = match unit {
                    Unit::Millis => ArrowUnit::Millisecond,
                    Unit::Micros => ArrowUnit::Microsecond,
                    Unit::Nanos => ArrowUnit::Nanosecond,
                };
                DataType::Timestamp(unit, utc.then(|| "UTC".into()))
            }
            Self::Text => DataType::Utf8,
        }
    }
}

/// What the file says a column is, in words.
pub(crate) fn describe(column: &ColumnDescriptor) -> String {
    let nested = if column.max_rep_level() != 0 || column.max_def_level() > 1 {
        "nested "
    } else {
        ""
    };
    match column.logical_type_ref() {
        Some(logical) => format!("{nested}{} ({logical:?})", column.physical_type()),
        None => format!("{nested}{}", column.physical_type()),
    }
}
