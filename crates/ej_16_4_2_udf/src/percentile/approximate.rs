//! `percentil_aproximado(valor, p)`: the percentile to within one in a hundred, in memory that does not grow with the rows.

use super::buckets::Cubos;
use super::{floats, percentile, signature};
use crate::UdfError;
use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, Int32Array, ListArray, UInt64Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int32Type, UInt64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};
use std::sync::Arc;

/// The aggregate. Its partial state is a list of buckets and a list of their counts.
///
/// # Shape
/// As [`PercentilExacto`](super::PercentilExacto), with the error of [`Cubos::percentil`].
///
/// # Cost
/// A logarithm and a step down a tree for each value; see [`Cubos`] for the memory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PercentilAproximado {
    signature: Signature,
}

impl Default for PercentilAproximado {
    fn default() -> Self {
        Self {
            signature: signature(),
        }
    }
}

impl PercentilAproximado {
    /// The name in SQL.
    pub const NOMBRE: &'static str = "percentil_aproximado";
}

impl AggregateUDFImpl for PercentilAproximado {
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
        let list = |name, item| {
            let name = format_state_name(args.name, name);
            Arc::new(Field::new(name, DataType::List(list_item(item)), true))
        };
        Ok(vec![
            list("cubos", DataType::Int32),
            list("cuentas", DataType::UInt64),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Aproximado {
            percentile: percentile(Self::NOMBRE, &args)?,
            cubos: Cubos::default(),
        }))
    }

    /// Counts do not depend on the order in which they are counted.
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Aproximado {
    percentile: f64,
    cubos: Cubos,
}

impl Accumulator for Aproximado {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = floats(PercentilAproximado::NOMBRE, values)?;
        column
            .iter()
            .flatten()
            .for_each(|value| self.cubos.cuenta(value));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.cubos.percentil(self.percentile)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.cubos.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (cubos, cuentas): (Vec<i32>, Vec<u64>) = self.cubos.iter().unzip();
        let cubos = one_list(Arc::new(Int32Array::from(cubos)))?;
        Ok(vec![cubos, one_list(Arc::new(UInt64Array::from(cuentas)))?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [cubos, cuentas] = states else {
            return Err(foreign("it has two columns").into());
        };
        let (Some(cubos), Some(cuentas)) =
            (cubos.as_list_opt::<i32>(), cuentas.as_list_opt::<i32>())
        else {
            return Err(foreign("it is no list").into());
        };
        for (cubos, cuentas) in cubos.iter().zip(cuentas.iter()) {
            let (Some(cubos), Some(cuentas)) = (cubos, cuentas) else {
                continue;
            };
            let cubos = cubos.as_primitive_opt::<Int32Type>();
            let cuentas = cuentas.as_primitive_opt::<UInt64Type>();
            let (Some(cubos), Some(cuentas)) = (cubos, cuentas) else {
                return Err(foreign("its buckets are no numbers").into());
            };
            if cubos.len() != cuentas.len() {
                return Err(foreign("a bucket without its count").into());
            }
            for (cubo, cuenta) in cubos.values().iter().zip(cuentas.values()) {
                self.cubos.cuenta_cubo(*cubo, *cuenta);
            }
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = floats(PercentilAproximado::NOMBRE, values)?;
        if column
            .iter()
            .flatten()
            .all(|gone| self.cubos.descuenta(gone))
        {
            Ok(())
        } else {
            Err(foreign("a value leaves a window that it is not in").into())
        }
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}

fn list_item(item: DataType) -> FieldRef {
    Arc::new(Field::new_list_field(item, true))
}

/// A list of all these values, as a constant.
fn one_list(values: ArrayRef) -> Result<ScalarValue> {
    let item = list_item(values.data_type().clone());
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    let list = ListArray::try_new(item, offsets, values, None)?;
    Ok(ScalarValue::List(Arc::new(list)))
}

fn foreign(why: &'static str) -> UdfError {
    UdfError::ForeignState {
        function: PercentilAproximado::NOMBRE,
        why,
    }
}
