//! The exact percentile of many groups at once: what a GROUP BY asks for.

use super::exact::{lists, percentil_de, single_rows, state_rows};
use super::{PercentilExacto, floats};
use crate::UdfError;
use datafusion::arrow::array::{Array as _, ArrayRef, BooleanArray, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::common::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use std::sync::Arc;

/// The values of each group.
pub(super) struct Grupos {
    percentile: f64,
    values: Vec<Vec<f64>>,
    /// Bytes that the groups' vectors hold: kept up to date, because the engine asks after each batch.
    held: usize,
}

impl Grupos {
    pub(super) fn new(percentile: f64) -> Self {
        Self {
            percentile,
            values: Vec::new(),
            held: 0,
        }
    }

    fn extend(&mut self, group: usize, values: &[f64]) -> Result<()> {
        let Some(group) = self.values.get_mut(group) else {
            let why = "a group beyond the number of groups";
            return Err(UdfError::ForeignState {
                function: PercentilExacto::NOMBRE,
                why,
            }
            .into());
        };
        let before = group.capacity();
        group.extend_from_slice(values);
        self.held += (group.capacity() - before) * size_of::<f64>();
        Ok(())
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<f64>> {
        let taken = emit_to.take_needed(&mut self.values);
        let freed: usize = taken.iter().map(Vec::capacity).sum();
        self.held = self.held.saturating_sub(freed * size_of::<f64>());
        taken
    }
}

impl GroupsAccumulator for Grupos {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let column = floats(PercentilExacto::NOMBRE, values)?;
        self.values.resize_with(total_num_groups, Vec::new);
        let kept = kept(column, opt_filter);
        for (row, group) in group_indices.iter().enumerate() {
            if kept.as_ref().is_none_or(|kept| kept.is_valid(row)) {
                let value = column.values().get(row..=row).unwrap_or_default();
                self.extend(*group, value)?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let percentile = self.percentile;
        let of = |mut values: Vec<f64>| percentil_de(&mut values, percentile);
        let column: Float64Array = self.take(emit_to).into_iter().map(of).collect();
        Ok(Arc::new(column))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(lists(self.take(emit_to))?)])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.values.resize_with(total_num_groups, Vec::new);
        for (group, values) in group_indices.iter().zip(state_rows(values)?) {
            if let Some(values) = values {
                self.extend(*group, values.values())?;
            }
        }
        Ok(())
    }

    /// What a partial aggregation that gains nothing hands on: each row as a state of its own.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let column = floats(PercentilExacto::NOMBRE, values)?;
        let rows = single_rows(column, kept(column, opt_filter))?;
        Ok(vec![Arc::new(rows)])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<Vec<f64>>() + self.held
    }
}

/// The rows that count: neither null nor taken out by a FILTER, whose null is a no. `None` for all.
fn kept(column: &Float64Array, filter: Option<&BooleanArray>) -> Option<NullBuffer> {
    let filter = filter.map(|filter| {
        let yes = NullBuffer::new(filter.values().clone());
        NullBuffer::union(Some(&yes), filter.nulls()).unwrap_or(yes)
    });
    NullBuffer::union(column.nulls(), filter.as_ref())
}
