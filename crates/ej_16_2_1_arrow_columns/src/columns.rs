//! A column by its name and type: what `column_by_name(…).unwrap()` and `downcast_ref::<…>().unwrap()` leave out.

use arrow::array::{
    Array, BooleanArray, GenericByteArray, GenericByteViewArray, PrimitiveArray, RecordBatch,
};
use arrow::datatypes::{ArrowPrimitiveType, ByteArrayType, ByteViewType, DataType};

/// Why a batch has no such column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// No column has that name.
    #[error("there is no column '{column}'{}", hint(similar.as_deref()))]
    Missing {
        /// The name asked for.
        column: String,
        /// The batch's column with nearly that name.
        similar: Option<String>,
    },
    /// Several columns have that name, which Arrow allows.
    #[error("column '{column}' occurs {times} times")]
    Repeated {
        /// The name asked for.
        column: String,
        /// How often it occurs.
        times: usize,
    },
    /// The column holds another type.
    #[error("column '{column}' is {found}, not {expected}")]
    WrongType {
        /// The name asked for.
        column: String,
        /// The type asked for.
        expected: DataType,
        /// The type it has.
        found: DataType,
    },
}

fn hint(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |name| format!(" (there is '{name}')"))
}

/// An array type that knows which data type it stands for.
pub trait TypedColumn: Array + 'static {
    /// The data type that an error names as the expected one.
    ///
    /// For timestamps without their zone, for decimals with the default precision and scale: that is all the
    /// Rust type says. [`column_as`] compares the rest.
    fn expected_type() -> DataType;
}

impl<T: ArrowPrimitiveType> TypedColumn for PrimitiveArray<T> {
    fn expected_type() -> DataType {
        T::DATA_TYPE
    }
}

impl<T: ByteArrayType> TypedColumn for GenericByteArray<T> {
    fn expected_type() -> DataType {
        T::DATA_TYPE
    }
}

impl<T: ByteViewType + ?Sized> TypedColumn for GenericByteViewArray<T> {
    fn expected_type() -> DataType {
        T::DATA_TYPE
    }
}

impl TypedColumn for BooleanArray {
    fn expected_type() -> DataType {
        DataType::Boolean
    }
}

/// The column `name` of the batch as an `A`.
///
/// # Errors
/// * [`ColumnError::Missing`] if no column has that name; the case counts.
/// * [`ColumnError::Repeated`] if more than one has it: `column_by_name` would give the first.
/// * [`ColumnError::WrongType`] if it is no `A`.
///
/// # Cost
/// One comparison per column; the reference points into the batch.
pub fn column<'batch, A: TypedColumn>(
    batch: &'batch RecordBatch,
    name: &str,
) -> Result<&'batch A, ColumnError> {
    let array = find(batch, name)?;
    array
        .as_any()
        .downcast_ref()
        .ok_or_else(|| ColumnError::WrongType {
            column: name.to_owned(),
            expected: A::expected_type(),
            found: array.data_type().clone(),
        })
}

/// The column `name` of the batch as an `A` whose data type is exactly `expected`.
///
/// A downcast does not see what the Rust type leaves open: the zone of a timestamp, the scale of a decimal.
///
/// # Errors
/// Those of [`column()`], and [`ColumnError::WrongType`] if the data type is another one.
pub fn column_as<'batch, A: TypedColumn>(
    batch: &'batch RecordBatch,
    name: &str,
    expected: &DataType,
) -> Result<&'batch A, ColumnError> {
    let found = find(batch, name)?.data_type();
    if found != expected {
        return Err(ColumnError::WrongType {
            column: name.to_owned(),
            expected: expected.clone(),
            found: found.clone(),
        });
    }
    column(batch, name)
}

fn find<'batch>(batch: &'batch RecordBatch, name: &str) -> Result<&'batch dyn Array, ColumnError> {
    let fields = batch.schema_ref().fields();
    let mut found = fields
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| field.name() == name);
    match (found.next(), found.count()) {
        (Some((_, array)), 0) => Ok(array.as_ref()),
        (Some(_), others) => Err(ColumnError::Repeated {
            column: name.to_owned(),
            times: others + 1,
        }),
        (None, _) => Err(ColumnError::Missing {
            column: name.to_owned(),
            similar: closest(name, fields.iter().map(|field| field.name().as_str())),
        }),
    }
}

/// The name that takes the fewest edits to become `name`, if those are at most a third of it.
fn closest<'name>(name: &str, names: impl Iterator<Item = &'name str>) -> Option<String> {
    let allowed = (name.chars().count() / 3).max(1);
    names
        .map(|candidate| {
            (
                edits(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate.to_owned())
}

/// Insertions, deletions and substitutions between two names (Levenshtein), one row of the table at a time.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
