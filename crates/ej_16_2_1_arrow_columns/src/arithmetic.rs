//! A column times a number, on today's kernels.

use arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use arrow::compute::kernels::numeric;
use arrow::datatypes::ArrowNumericType;
use arrow::error::ArrowError;

/// Every value times `factor`; null stays null.
///
/// The guide's `arrow::compute::multiply_scalar` was removed in arrow 46:
///
/// ```compile_fail,E0432
/// use arrow::compute::{multiply_scalar, sum};
/// ```
///
/// Today one kernel serves arrays and scalars of every numeric type: each side is a `Datum`.
///
/// ```
/// use arrow::array::{AsArray, Float64Array};
/// use arrow::compute::{kernels::numeric::mul, sum};
/// use arrow::datatypes::Float64Type;
///
/// let montos = Float64Array::from(vec![100.0, 200.0, 150.0]);
/// let dobles = mul(&montos, &Float64Array::new_scalar(2.0))?;
/// assert_eq!(sum(dobles.as_primitive::<Float64Type>()), Some(900.0));
/// # Ok::<(), arrow::error::ArrowError>(())
/// ```
///
/// # Errors
/// * [`ArrowError::ArithmeticOverflow`] if an integer that is not null overflows; the old kernel wrapped around.
/// * Others that the kernel may give for types it does not multiply.
///
/// # Source
/// Exercise 16.2.1 of the guide; `arrow-arith` 59.3, `numeric::mul`.
pub fn multiply_scalar<T: ArrowNumericType>(
    values: &PrimitiveArray<T>,
    factor: T::Native,
) -> Result<PrimitiveArray<T>, ArrowError> {
    typed(numeric::mul(
        values,
        &PrimitiveArray::<T>::new_scalar(factor),
    )?)
}

/// As [`multiply_scalar`], but an integer that overflows wraps around, as in the kernel the guide calls.
///
/// # Errors
/// Those that the kernel gives for types it does not multiply.
pub fn multiply_scalar_wrapping<T: ArrowNumericType>(
    values: &PrimitiveArray<T>,
    factor: T::Native,
) -> Result<PrimitiveArray<T>, ArrowError> {
    typed(numeric::mul_wrapping(
        values,
        &PrimitiveArray::<T>::new_scalar(factor),
    )?)
}

fn typed<T: ArrowNumericType>(product: ArrayRef) -> Result<PrimitiveArray<T>, ArrowError> {
    product
        .as_primitive_opt()
        .cloned()
        .ok_or_else(|| ArrowError::CastError(format!("the product is {}", product.data_type())))
}
