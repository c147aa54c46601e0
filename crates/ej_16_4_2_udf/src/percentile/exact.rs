//! `percentil_exacto(valor, p)`: the percentile of all values, which are kept.

use super::groups::Grupos;
use super::{between, floats, percentile, signature};
use crate::UdfError;
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, Float64Array, ListArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature};
use std::sync::Arc;

/// The aggregate. The values between two ranks are interpolated on a line, as numpy does by default.
///
/// # Shape
/// Float64: null for no value, as SQL's aggregates; NaN if one of them is NaN, as numpy's `percentile`. Nulls do not count.
///
/// # Cost
/// Eight bytes for each value until the group is done, and a selection in time that grows with the number of values, not a sort.
/// Under a memory limit a grouped query spills its partial states, which are lists of the values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PercentilExacto {
    signature: Signature,
}

impl Default for PercentilExacto {
    fn default() -> Self {
        Self {
            signature: signature(),
        }
    }
}

impl PercentilExacto {
    /// The name in SQL.
    pub const NOMBRE: &'static str = "percentil_exacto";
}

impl AggregateUDFImpl for PercentilExacto {
    fn name(&self) -> &str {
        Self::NOMBRE
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "valores");
        Ok(vec![Arc::new(Field::new(name, list_type(), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Valores {
            percentile: percentile(Self::NOMBRE, &args)?,
            values: Vec::new(),
        }))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Grupos::new(percentile(Self::NOMBRE, &args)?)))
    }

    /// A percentile does not depend on the order of its values: no plan has to sort for it.
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// Returns the percentile of some values, from 0 to 1, and leaves them in another order.
///
/// # Shape
/// `None` for no values. NaN if one of them is, whatever the percentile.
///
/// ```
/// use ej_16_4_2_udf::percentil_de;
/// assert_eq!(percentil_de(&mut [4.0, 1.0, 3.0, 2.0], 0.75), Some(3.25));
/// assert_eq!(percentil_de(&mut [], 0.5), None);
/// ```
#[must_use]
pub fn percentil_de(values: &mut [f64], percentile: f64) -> Option<f64> {
    if values.iter().any(|value| value.is_nan()) {
        return Some(f64::NAN);
    }
    let last = values.len().checked_sub(1)?;
    let rank = percentile.clamp(0.0, 1.0) * last as f64;
    let (_, low, above) = values.select_nth_unstable_by(rank as usize, f64::total_cmp);
    let low = *low;
    // The next one is the least of those above.
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(between(low, high, rank - rank.floor()))
}

/// The values of one group, or of all rows.
#[derive(Debug)]
struct Valores {
    percentile: f64,
    values: Vec<f64>,
}

impl Accumulator for Valores {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = floats(PercentilExacto::NOMBRE, values)?;
        self.values.extend(column.iter().flatten());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let value = percentil_de(&mut self.values, self.percentile);
        Ok(ScalarValue::Float64(value))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<f64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = std::mem::take(&mut self.values);
        Ok(vec![ScalarValue::List(Arc::new(lists([values])?))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for values in state_rows(states)?.into_iter().flatten() {
            self.values.extend_from_slice(values.values());
        }
        Ok(())
    }

    /// For windows that slide: a pass over the window for each batch that leaves it.
    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = floats(PercentilExacto::NOMBRE, values)?;
        for gone in column.iter().flatten() {
            let same = |value: &f64| value.total_cmp(&gone).is_eq();
            let Some(at) = self.values.iter().position(same) else {
                let why = "a value leaves a window that it is not in";
                return Err(foreign(why).into());
            };
            self.values.swap_remove(at);
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}

/// The type of a partial state: the values of a group.
fn list_type() -> DataType {
    DataType::List(item())
}

fn item() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

/// Partial states as a column, a row for each group.
pub(super) fn lists(groups: impl IntoIterator<Item = Vec<f64>>) -> Result<ListArray> {
    let mut values = Vec::new();
    let mut offsets = vec![0_i32];
    for group in groups {
        values.extend(group);
        offsets.push(offset(values.len())?);
    }
    list(offsets, Float64Array::from(values), None)
}

/// A partial state for each row: its value, or null.
pub(super) fn single_rows(column: &Float64Array, nulls: Option<NullBuffer>) -> Result<ListArray> {
    let values = Float64Array::new(column.values().clone(), None);
    list((0..=offset(column.len())?).collect(), values, nulls)
}

fn list(offsets: Vec<i32>, values: Float64Array, nulls: Option<NullBuffer>) -> Result<ListArray> {
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok(ListArray::try_new(
        item(),
        offsets,
        Arc::new(values),
        nulls,
    )?)
}

fn offset(found: usize) -> Result<i32, UdfError> {
    i32::try_from(found).map_err(|_| UdfError::StateTooLarge {
        function: PercentilExacto::NOMBRE,
        found,
    })
}

/// Partial states, row by row; a null one has no values.
pub(super) fn state_rows(states: &[ArrayRef]) -> Result<Vec<Option<Float64Array>>> {
    let state = states.first().ok_or_else(|| foreign("there is none"))?;
    let rows = state
        .as_list_opt::<i32>()
        .ok_or_else(|| foreign("it is no list"))?;
    let floats = |row: Option<ArrayRef>| match row {
        None => Ok(None),
        Some(values) => match values.as_any().downcast_ref::<Float64Array>() {
            Some(values) => Ok(Some(values.clone())),
            None => Err(foreign("its values are no Float64").into()),
        },
    };
    rows.iter().map(floats).collect()
}

fn foreign(why: &'static str) -> UdfError {
    UdfError::ForeignState {
        function: PercentilExacto::NOMBRE,
        why,
    }
}
