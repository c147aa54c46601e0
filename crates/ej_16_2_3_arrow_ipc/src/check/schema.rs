//! The schema message: every type complete and known, so that `fb_to_schema` cannot panic.

use crate::error::{Claim, IpcError};
use crate::limits::Limits;
use arrow_ipc::{
    DateUnit, Endianness, Field, Int, IntervalUnit, Precision, Schema, TimeUnit, Type, UnionMode,
};

/// Deepest nesting of fields. The flatbuffer verifier stops near 60 by itself; this bound does not depend on it.
const DEPTH: usize = 48;

/// Checks that the schema can be converted and that arrays of its types can be made.
pub(crate) fn check_schema(schema: Schema<'_>, limits: Limits) -> Result<(), IpcError> {
    if schema.endianness() != Endianness::Little {
        return Err(IpcError::unsupported(0, "big-endian data"));
    }
    let fields = schema
        .fields()
        .ok_or_else(|| IpcError::malformed(0, "a schema without a list of fields"))?;
    let mut count = 0;
    for field in fields {
        check_field(field, 0, &mut count, limits).map_err(|problem| match problem {
            Problem::Fields => IpcError::TooLarge {
                message: 0,
                what: Claim::Fields,
                claimed: count,
                bound: limits.fields,
            },
            Problem::Type(what) => {
                IpcError::malformed(0, format!("field {}: {what}", field.name().unwrap_or("?")))
            }
        })?;
    }
    Ok(())
}

enum Problem {
    Fields,
    Type(String),
}

impl From<&str> for Problem {
    fn from(what: &str) -> Self {
        Self::Type(what.to_owned())
    }
}

fn check_field(
    field: Field<'_>,
    depth: usize,
    count: &mut u64,
    limits: Limits,
) -> Result<(), Problem> {
    *count += 1;
    if *count > limits.fields {
        return Err(Problem::Fields);
    }
    if depth > DEPTH {
        return Err("nested too deeply".into());
    }
    if let Some(dictionary) = field.dictionary() {
        let index = dictionary
            .indexType()
            .ok_or("a dictionary without index type")?;
        integer(index)?;
    }
    check_type(field)?;
    for child in field.children().into_iter().flatten() {
        check_field(child, depth + 1, count, limits)?;
    }
    Ok(())
}

/// Checks the type's own parameters and how many children it has; the children themselves come later.
fn check_type(field: Field<'_>) -> Result<(), Problem> {
    let known = match field.type_type() {
        Type::Null | Type::Bool | Type::Binary | Type::LargeBinary | Type::BinaryView => true,
        Type::Utf8 | Type::LargeUtf8 | Type::Utf8View => true,
        Type::Struct_ => true,
        Type::Int => integer(field.type_as_int().ok_or(NO_PARAMETERS)?)?,
        Type::FloatingPoint => field.type_as_floating_point().is_some_and(|float| {
            [Precision::HALF, Precision::SINGLE, Precision::DOUBLE].contains(&float.precision())
        }),
        Type::Date => field
            .type_as_date()
            .is_some_and(|date| [DateUnit::DAY, DateUnit::MILLISECOND].contains(&date.unit())),
        Type::Time => field.type_as_time().is_some_and(|time| {
            let fitting = [
                (32, TimeUnit::SECOND),
                (32, TimeUnit::MILLISECOND),
                (64, TimeUnit::MICROSECOND),
                (64, TimeUnit::NANOSECOND),
            ];
            fitting.contains(&(time.bitWidth(), time.unit()))
        }),
        Type::Timestamp => field
            .type_as_timestamp()
            .is_some_and(|t| is_time_unit(t.unit())),
        Type::Duration => field
            .type_as_duration()
            .is_some_and(|d| is_time_unit(d.unit())),
        Type::Interval => field.type_as_interval().is_some_and(|interval| {
            let known = [
                IntervalUnit::YEAR_MONTH,
                IntervalUnit::DAY_TIME,
                IntervalUnit::MONTH_DAY_NANO,
            ];
            known.contains(&interval.unit())
        }),
        Type::Decimal => field
            .type_as_decimal()
            .is_some_and(|d| is_decimal(d.bitWidth(), d.precision(), d.scale())),
        Type::FixedSizeBinary => field
            .type_as_fixed_size_binary()
            .is_some_and(|b| b.byteWidth() >= 0),
        Type::List | Type::LargeList | Type::ListView | Type::LargeListView => {
            has_children(field, 1)?
        }
        Type::FixedSizeList => {
            has_children(field, 1)?;
            field
                .type_as_fixed_size_list()
                .is_some_and(|list| list.listSize() >= 0)
        }
        Type::Map => is_map(field)?,
        Type::RunEndEncoded => is_run_end_encoded(field)?,
        Type::Union => is_union(field)?,
        _ => false,
    };
    if known {
        Ok(())
    } else {
        Err(Problem::Type(format!(
            "no type of Arrow: {:?} with these parameters",
            field.type_type()
        )))
    }
}

const NO_PARAMETERS: &str = "a type without its parameters";

fn integer(int: Int<'_>) -> Result<bool, Problem> {
    if [8, 16, 32, 64].contains(&int.bitWidth()) {
        Ok(true)
    } else {
        Err(Problem::Type(format!(
            "integers of {} bits",
            int.bitWidth()
        )))
    }
}

fn is_time_unit(unit: TimeUnit) -> bool {
    [
        TimeUnit::SECOND,
        TimeUnit::MILLISECOND,
        TimeUnit::MICROSECOND,
        TimeUnit::NANOSECOND,
    ]
    .contains(&unit)
}

/// The digits that each width holds; a scale beyond the precision could not be printed.
fn is_decimal(bits: i32, precision: i32, scale: i32) -> bool {
    let digits = match bits {
        32 => 9,
        64 => 18,
        128 => 38,
        256 => 76,
        _ => return false,
    };
    (1..=digits).contains(&precision) && (-precision..=precision).contains(&scale)
}

fn has_children(field: Field<'_>, wanted: usize) -> Result<bool, Problem> {
    let found = field.children().map_or(0, |children| children.len());
    if found == wanted {
        Ok(true)
    } else {
        Err(Problem::Type(format!(
            "{found} children instead of {wanted}"
        )))
    }
}

fn is_map(field: Field<'_>) -> Result<bool, Problem> {
    has_children(field, 1)?;
    let entries = field
        .children()
        .map(|children| children.get(0))
        .ok_or(NO_PARAMETERS)?;
    has_children(entries, 2)?;
    let key = entries
        .children()
        .map(|children| children.get(0))
        .ok_or(NO_PARAMETERS)?;
    Ok(field.type_as_map().is_some()
        && entries.type_type() == Type::Struct_
        && entries.dictionary().is_none()
        && !entries.nullable()
        && !key.nullable())
}

fn is_run_end_encoded(field: Field<'_>) -> Result<bool, Problem> {
    has_children(field, 2)?;
    let ends = field
        .children()
        .map(|children| children.get(0))
        .ok_or(NO_PARAMETERS)?;
    let width = ends
        .type_as_int()
        .filter(|int| int.is_signed())
        .map_or(0, |int| int.bitWidth());
    Ok([16, 32, 64].contains(&width) && !ends.nullable() && ends.dictionary().is_none())
}

/// A union needs children, and type ids that are distinct and within 0..=127, which is what an `i8` can say.
fn is_union(field: Field<'_>) -> Result<bool, Problem> {
    let union = field.type_as_union().ok_or(NO_PARAMETERS)?;
    let children = field.children().map_or(0, |children| children.len());
    if !(1..=128).contains(&children) {
        return Err(Problem::Type(format!("a union of {children} types")));
    }
    let mut seen = [false; 128];
    for id in union.typeIds().into_iter().flatten() {
        let first = usize::try_from(id)
            .ok()
            .and_then(|id| seen.get_mut(id))
            .is_some_and(|seen| !std::mem::replace(seen, true));
        if !first {
            return Err(Problem::Type(format!(
                "type id {id} of a union is repeated or out of range"
            )));
        }
    }
    let listed = union.typeIds().map_or(children, |ids| ids.len());
    Ok(listed == children && [UnionMode::Sparse, UnionMode::Dense].contains(&union.mode()))
}
