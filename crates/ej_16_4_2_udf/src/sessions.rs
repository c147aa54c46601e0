//! `sesion(instante, minutos) OVER (PARTITION BY … ORDER BY instante)`: the number of the visit that an event belongs to.

use crate::UdfError;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, UInt64Array};
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Schema, TimeUnit, TimestampMicrosecondType,
};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    ColumnarValue, PartitionEvaluator, Signature, Volatility, WindowUDFImpl,
};
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// The window function: a new session starts where more minutes than these passed since the event before.
///
/// # Shape
/// UInt64 from 1 on, in each partition anew. An event without an instant belongs to no session, null, and ends none.
///
/// # Units
/// Instants are timestamps of any unit and zone, or dates, compared in microseconds; the gap is a whole number of minutes, above zero.
///
/// # Cost
/// A comparison a row. It holds the instant before and nothing else, so that a plan whose input is in order streams.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sesion {
    signature: Signature,
}

impl Default for Sesion {
    fn default() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl Sesion {
    /// The name in SQL.
    pub const NOMBRE: &'static str = "sesion";
}

impl WindowUDFImpl for Sesion {
    fn name(&self) -> &str {
        Self::NOMBRE
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    /// An instant and a number: texts are not parsed here, because what they say depends on a zone.
    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [instant, minutes] = arg_types else {
            let found = arg_types.len();
            return plan_err!(
                "sesion takes an instant and a number of minutes, not {found} arguments"
            );
        };
        let instant = match instant {
            DataType::Timestamp(_, zone) => {
                DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
            }
            DataType::Date32 | DataType::Date64 | DataType::Null => {
                DataType::Timestamp(TimeUnit::Microsecond, None)
            }
            other => return plan_err!("sesion: the first argument is an instant, not {other}"),
        };
        if !minutes.is_integer() {
            return plan_err!(
                "sesion: the second argument is a whole number of minutes, not {minutes}"
            );
        }
        Ok(vec![instant, DataType::Int64])
    }

    fn partition_evaluator(
        &self,
        args: PartitionEvaluatorArgs<'_>,
    ) -> Result<Box<dyn PartitionEvaluator>> {
        let not_constant = UdfError::NotConstant {
            function: Self::NOMBRE,
            parameter: "minutos",
        };
        let Some(minutes) = args.input_exprs().get(1) else {
            return Err(not_constant.into());
        };
        // A column has no place in a batch without any, and its error is not the one to show.
        let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
        let minutes = match minutes.evaluate(&nothing) {
            Ok(ColumnarValue::Scalar(ScalarValue::Int64(Some(minutes)))) => minutes,
            _ => return Err(not_constant.into()),
        };
        let gap = (minutes > 0)
            .then(|| minutes.checked_mul(60_000_000))
            .flatten();
        let gap = gap.ok_or(UdfError::GapOutOfRange { found: minutes })?;
        Ok(Box::new(Visitas {
            gap,
            last: None,
            direction: Ordering::Equal,
            number: 0,
        }))
    }

    fn field(&self, args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = args
            .input_fields()
            .first()
            .is_none_or(|field| field.is_nullable());
        Ok(Arc::new(Field::new(
            args.name(),
            DataType::UInt64,
            nullable,
        )))
    }
}

/// The visits of one partition, event by event.
#[derive(Debug)]
struct Visitas {
    /// Microseconds.
    gap: i64,
    last: Option<i64>,
    /// Whether instants have gone up or down so far.
    direction: Ordering,
    number: u64,
}

impl Visitas {
    /// The number of the session of the next event.
    fn next(&mut self, instant: Option<i64>) -> Result<Option<u64>, UdfError> {
        let Some(instant) = instant else {
            return Ok(None);
        };
        if let Some(last) = self.last.replace(instant) {
            let step = instant.cmp(&last);
            if step != Ordering::Equal && self.direction == step.reverse() {
                return Err(UdfError::Unordered);
            }
            if step != Ordering::Equal {
                self.direction = step;
            }
            // Two instants may be further apart than an i64 of microseconds holds.
            if instant.abs_diff(last) > self.gap.unsigned_abs() {
                self.number += 1;
            }
        } else {
            self.number = 1;
        }
        Ok(Some(self.number))
    }
}

impl PartitionEvaluator for Visitas {
    /// No event after this one is needed.
    fn is_causal(&self) -> bool {
        true
    }

    fn supports_bounded_execution(&self) -> bool {
        true
    }

    fn evaluate_all(&mut self, values: &[ArrayRef], _: usize) -> Result<ArrayRef> {
        let instants = instants(values)?;
        let sessions: Result<UInt64Array, UdfError> =
            instants.iter().map(|instant| self.next(instant)).collect();
        Ok(Arc::new(sessions?))
    }

    /// Called once for each row, in order.
    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> Result<ScalarValue> {
        let instants = instants(values)?;
        let row = range.start;
        let instant = instants.is_valid(row).then(|| instants.value(row));
        Ok(ScalarValue::UInt64(self.next(instant)?))
    }
}

fn instants(
    values: &[ArrayRef],
) -> Result<&datafusion::arrow::array::TimestampMicrosecondArray, UdfError> {
    let Some(first) = values.first() else {
        return Err(UdfError::ArgumentCount {
            function: Sesion::NOMBRE,
            expected: 2,
            found: 0,
        });
    };
    let wrong = || UdfError::ArgumentType {
        function: Sesion::NOMBRE,
        argument: 1,
        expected: DataType::Timestamp(TimeUnit::Microsecond, None),
        found: first.data_type().clone(),
    };
    first
        .as_primitive_opt::<TimestampMicrosecondType>()
        .ok_or_else(wrong)
}
