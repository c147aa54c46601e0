//! Every kernel against the exact sum: a finite f64 is a whole number of 2^-1074, and whole numbers add exactly.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::*;
use crate::{error_factor, roundings};

/// Returns the number of 2^-1074 in a finite f64.
fn units(x: f64) -> BigInt {
    let bits = x.to_bits();
    let exponent = bits >> 52 & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    // A subnormal has the exponent of the smallest normal one, without its leading bit.
    let (significand, shift) = match exponent {
        0 => (fraction, 0),
        _ => (fraction | 1 << 52, exponent - 1),
    };
    let magnitude = BigInt::from(significand) << shift;
    if x.is_sign_negative() {
        -magnitude
    } else {
        magnitude
    }
}

fn magnitude(x: &BigInt) -> BigInt {
    if *x < BigInt::from(0) { -x } else { x.clone() }
}

/// The exact sum of finite elements, and the bound on the error of summing them.
struct Exact {
    sum: BigInt,
    bound: BigRational,
}

impl Exact {
    fn of(x: &[f64], factor: f64) -> Self {
        let each: Vec<BigInt> = x.iter().map(|x| units(*x)).collect();
        let absolute: BigInt = each.iter().map(magnitude).sum();
        let factor = BigRational::new(units(factor), BigInt::from(1) << 1074);
        Self {
            sum: each.iter().sum(),
            bound: factor * BigRational::from_integer(absolute),
        }
    }

    fn check(&self, seen: f64, isa: Isa) {
        assert!(seen.is_finite(), "{isa}: {seen}");
        let error = BigRational::from_integer(magnitude(&(units(seen) - &self.sum)));
        assert!(error <= self.bound, "{isa}: {error} > {}", self.bound);
    }
}

fn check_all(x: &[f64], offset: usize) {
    let fenced = Fenced::new(x, offset);
    let positive: Vec<f64> = x.iter().copied().filter(|x| *x > 0.0).collect();
    let factor = error_factor(x.len());
    let (all, above) = (Exact::of(x, factor), Exact::of(&positive, factor));
    for kernels in kernels() {
        all.check(kernels.suma(fenced.slice()), kernels.isa());
        let (sum, count) = kernels.suma_y_cuenta_positivos(fenced.slice());
        above.check(sum, kernels.isa());
        assert_eq!(count, positive.len() as u64);
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn the_error_is_within_the_documented_bound(
        x in proptest::collection::vec(finite_value(), 0..400), offset in 0_usize..8,
    ) {
        check_all(&x, offset);
    }

    #[test]
    fn also_where_everything_cancels(
        half in proptest::collection::vec(finite_value(), 0..200), seed in any::<u64>(), offset in 0_usize..8,
    ) {
        let mut x: Vec<f64> = half.iter().flat_map(|x| [*x, -x]).collect();
        let mut state = seed | 1;
        for at in (1..x.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            x.swap(at, (state >> 33) as usize % (at + 1));
        }
        check_all(&x, offset);
    }

    #[test]
    fn whole_numbers_are_exact(x in proptest::collection::vec(-1_000_000_i32..1_000_000, 0..400), offset in 0_usize..8) {
        let exact: i64 = x.iter().copied().map(i64::from).sum();
        let x: Vec<f64> = x.into_iter().map(f64::from).collect();
        for kernels in kernels() {
            prop_assert_eq!(kernels.suma(Fenced::new(&x, offset).slice()), exact as f64);
        }
    }
}

#[test]
fn a_long_sum_is_within_a_bound_that_a_left_to_right_sum_need_not_keep() {
    // 1 is lost upon 2^53 as often as it comes: from left to right all of it, in lanes nearly none.
    let mut x = vec![1.0; 20_000];
    x[0] = 2.0_f64.powi(53);
    check_all(&x, 1);
    let scalar = Kernels::of(Isa::Scalar).unwrap();
    assert_eq!(scalar.suma(&x), 2.0_f64.powi(53));
    assert!(kernels()[0].suma(&x) - 2.0_f64.powi(53) > 18_000.0);
    check_all(&seeded(80_000), 5);
}

#[test]
fn the_factor_is_not_rounded_below_the_bound() {
    for len in [2, 11, 12, 400, 4096, 1 << 20, 1 << 40] {
        let d = BigRational::from_integer(BigInt::from(roundings(len)));
        let u = BigRational::new(BigInt::from(1), BigInt::from(1) << 53);
        let one = BigRational::from_integer(BigInt::from(1));
        let exact = &d * &u / (one - &d * &u);
        let factor = BigRational::new(units(error_factor(len)), BigInt::from(1) << 1074);
        assert!(factor >= exact, "{len}");
        assert!(
            factor <= exact * BigRational::new(BigInt::from(1_000_001), BigInt::from(1_000_000)),
            "{len}"
        );
    }
    assert_eq!((error_factor(0), error_factor(1)), (0.0, 0.0));
}
