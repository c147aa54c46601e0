//! `haversine(lat1, lon1, lat2, lon2)`: everything that DataFusion may ask of a scalar function, and this one can answer.

use crate::UdfError;
use crate::kernel::{Columna, distancias_en_bloques};
use crate::simplify::simplified;
use datafusion::arrow::array::{Array, AsArray as _, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::types::{NativeType, logical_float64};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    Coercion, ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
    TypeSignatureClass, Volatility,
};
use ecommerce_model::haversine_km;
use std::sync::Arc;

/// How the distance of a batch is computed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Nucleo {
    /// [`distancias_en_bloques`]: no branch on a row and no call, the bits of no C library.
    #[default]
    Vectorial,
    /// [`haversine_km`] for one row after the other: the bits of exercise 16.3.2, save the sign of a NaN.
    PorFila,
}

/// The function. Two of them are equal, and their common subexpressions one, if their fields are.
///
/// # Shape
/// Four arguments, columns or constants of any numeric type, coerced to Float64; the result is Float64, null where one of the four
/// is null, and nullable if one of them is.
///
/// # Units
/// Degrees in, km out, on a sphere of 6371 km. Nothing is judged: NaN and infinities give NaN, and a latitude beyond ±90 is the
/// point over the pole.
///
/// # Source
/// Guide 16.4.2, `haversine_udf`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Haversine {
    name: &'static str,
    signature: Signature,
    nucleo: Nucleo,
    boxed: bool,
}

impl Default for Haversine {
    fn default() -> Self {
        Self::new()
    }
}

impl Haversine {
    /// The name in SQL.
    pub const NOMBRE: &'static str = "haversine";

    /// Returns the function `haversine`: immutable, with the vectorized kernel.
    #[must_use]
    pub fn new() -> Self {
        Self::con(Self::NOMBRE, Nucleo::default(), Volatility::Immutable)
    }

    /// Returns it under another name, with another kernel, or with another promise to the optimizer.
    #[must_use]
    pub fn con(name: &'static str, nucleo: Nucleo, volatility: Volatility) -> Self {
        // Numbers of any type become Float64; texts do not, though a CAST would take some of them.
        let degrees = Coercion::new_implicit(
            TypeSignatureClass::Native(logical_float64()),
            vec![TypeSignatureClass::Numeric],
            NativeType::Float64,
        );
        let mut signature = Signature::coercible(vec![degrees; 4], volatility);
        signature.parameter_names =
            Some(["lat1", "lon1", "lat2", "lon2"].map(String::from).to_vec());
        Self {
            name,
            signature,
            nucleo,
            boxed: false,
        }
    }

    /// Whether the filter that it stands in has its bounding box already.
    pub(crate) fn is_boxed(&self) -> bool {
        self.boxed
    }

    /// The same function, told apart as one whose filter has its bounding box.
    pub(crate) fn boxed(&self) -> Self {
        Self {
            boxed: true,
            ..self.clone()
        }
    }

    /// The promise made to the optimizer.
    pub(crate) fn volatility(&self) -> Volatility {
        self.signature.volatility
    }

    /// Distances of a batch; `rows` is its length.
    fn columns(&self, puntos: [Columna<'_>; 4], rows: usize) -> Vec<f64> {
        let mut km = vec![0.0; rows];
        match self.nucleo {
            Nucleo::Vectorial => distancias_en_bloques(puntos, &mut km),
            Nucleo::PorFila => {
                for (row, km) in km.iter_mut().enumerate() {
                    let [lat1, lon1, lat2, lon2] = puntos.map(|column| match column {
                        Columna::Filas(values) => values.get(row).copied().unwrap_or(f64::NAN),
                        Columna::Una(value) => value,
                    });
                    // As the other kernel: no NaN with a sign, which would be less than any number.
                    *km = haversine_km(lat1, lon1, lat2, lon2).abs();
                }
            }
        }
        km
    }
}

impl ScalarUDFImpl for Haversine {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    /// Not nullable if no argument is, unlike what [`Self::return_type`] alone would say.
    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name, DataType::Float64, nullable)))
    }

    /// A null in, a null out: what lets the optimizer make an inner join of an outer one.
    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let arguments: [ColumnarValue; 4] =
            args.args
                .try_into()
                .map_err(|args: Vec<_>| UdfError::ArgumentCount {
                    function: Self::NOMBRE,
                    expected: 4,
                    found: args.len(),
                })?;
        let mut puntos = [Columna::Una(0.0); 4];
        let mut nulls: Option<NullBuffer> = None;
        let mut constant = true;
        for (number, argument) in arguments.iter().enumerate() {
            puntos[number] = match degrees(argument, number, rows)? {
                Degrees::Null => return Ok(ColumnarValue::Scalar(ScalarValue::Float64(None))),
                Degrees::One(value) => Columna::Una(value),
                Degrees::Rows(column) => {
                    constant = false;
                    nulls = NullBuffer::union(nulls.as_ref(), column.nulls());
                    // Whatever stands under a null is computed with, and masked.
                    Columna::Filas(column.values())
                }
            };
        }
        if constant {
            let km = self.columns(puntos, 1).first().copied();
            return Ok(ColumnarValue::Scalar(ScalarValue::Float64(km)));
        }
        let km = self.columns(puntos, rows);
        let km = Float64Array::try_new(km.into(), nulls)?;
        Ok(ColumnarValue::Array(Arc::new(km)))
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        simplified(self, args, info)
    }

    /// From 0 on. There is no upper bound: NaN, which this may return, is above every number to the engine.
    fn evaluate_bounds(&self, _: &[&Interval]) -> Result<Interval> {
        Interval::make(Some(0.0_f64), None)
    }
}

/// One of the four, checked.
enum Degrees<'a> {
    /// A constant null: so is every distance.
    Null,
    One(f64),
    Rows(&'a Float64Array),
}

fn degrees(argument: &ColumnarValue, number: usize, rows: usize) -> Result<Degrees<'_>, UdfError> {
    let wrong_type = |found: DataType| UdfError::ArgumentType {
        function: Haversine::NOMBRE,
        argument: number + 1,
        expected: DataType::Float64,
        found,
    };
    match argument {
        ColumnarValue::Scalar(ScalarValue::Float64(value)) => {
            Ok(value.map_or(Degrees::Null, Degrees::One))
        }
        ColumnarValue::Scalar(other) => Err(wrong_type(other.data_type())),
        ColumnarValue::Array(array) => {
            let column = array
                .as_primitive_opt::<Float64Type>()
                .ok_or_else(|| wrong_type(array.data_type().clone()))?;
            if column.len() == rows {
                Ok(Degrees::Rows(column))
            } else {
                Err(UdfError::ArgumentLength {
                    function: Haversine::NOMBRE,
                    argument: number + 1,
                    expected: rows,
                    found: column.len(),
                })
            }
        }
    }
}
