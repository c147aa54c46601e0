//! Sums of doubles without rounding, so that neither the order of the rows nor the number of threads can be seen in them.
//!
//! A double is an integer times a power of two. Nearly all that are met (amounts, quantities, coordinates) are a multiple of 2⁻⁷⁰
//! below 2⁵⁰, and such numbers are added as 128-bit integers: two instructions each. The rest goes to a [`Wide`] integer of 2240
//! bits, which holds every sum of doubles there can be. What is rounded is the sum, once, to the nearest double.

/// A fixed-point number is a multiple of 2 to the minus this.
const FRACTION_BITS: i32 = 70;
/// Magnitudes stay below 2 to this, so that adding is checked but hardly ever fails.
const MAGNITUDE_BITS: i32 = 120;
/// In place of a double that is no fixed-point number.
pub(crate) const NOT_FIXED: i128 = i128::MIN;

/// `value` × 2⁷⁰, or [`NOT_FIXED`].
#[inline]
pub(crate) fn fixed(value: f64) -> i128 {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32;
    if exponent == 0 {
        return if value == 0.0 { 0 } else { NOT_FIXED };
    }
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    // value = mantissa × 2^(exponent − 1075)
    let shift = exponent - 1075 + FRACTION_BITS;
    let magnitude = if shift >= 0 {
        if shift > MAGNITUDE_BITS - 53 {
            return NOT_FIXED;
        }
        i128::from(mantissa) << shift
    } else {
        if shift < -52 || mantissa.trailing_zeros() < shift.unsigned_abs() {
            return NOT_FIXED;
        }
        i128::from(mantissa >> shift.unsigned_abs())
    };
    if bits >> 63 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// The double nearest to a fixed-point number: the conversion rounds to nearest, ties to even, and the scale is a power of two.
#[inline]
pub(crate) fn nearest(fixed: i128) -> f64 {
    const SCALE: f64 = 1.0 / (1_u128 << FRACTION_BITS) as f64;
    fixed as f64 * SCALE
}

const LIMBS: usize = 70;
/// Bits below the point: the smallest double is 2⁻¹⁰⁷⁴.
const POINT: i32 = 1074;

/// Any sum of doubles, exactly: digits of 32 bits in signed 64-bit limbs, which leave room for 2³⁰ additions between carries.
#[derive(Clone, Debug)]
pub(crate) struct Wide {
    limbs: [i64; LIMBS],
    since_carry: u32,
    nan: bool,
    infinite: [bool; 2],
}

impl Default for Wide {
    fn default() -> Self {
        Self {
            limbs: [0; LIMBS],
            since_carry: 0,
            nan: false,
            infinite: [false; 2],
        }
    }
}

impl Wide {
    /// Adds a double.
    pub(crate) fn add(&mut self, value: f64) {
        let bits = value.to_bits();
        let negative = bits >> 63 == 1;
        if value.is_nan() {
            self.nan = true;
        } else if value.is_infinite() {
            self.infinite[usize::from(negative)] = true;
        } else {
            let exponent = ((bits >> 52) & 0x7FF) as i32;
            let fraction = bits & ((1 << 52) - 1);
            let (mantissa, at) = if exponent == 0 {
                (fraction, 0)
            } else {
                (fraction | (1 << 52), exponent - 1)
            };
            self.add_at(u128::from(mantissa), at as usize, negative);
        }
    }

    /// Adds a fixed-point number.
    pub(crate) fn add_fixed(&mut self, fixed: i128) {
        let at = (POINT - FRACTION_BITS) as usize;
        let magnitude = fixed.unsigned_abs();
        self.add_at(magnitude & u128::from(u64::MAX), at, fixed < 0);
        self.add_at(magnitude >> 64, at + 64, fixed < 0);
    }

    /// Adds another sum.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.carry();
        let mut other = other.clone();
        other.carry();
        for (mine, theirs) in self.limbs.iter_mut().zip(other.limbs) {
            *mine += theirs;
        }
        self.since_carry = 2;
        self.nan |= other.nan;
        self.infinite[0] |= other.infinite[0];
        self.infinite[1] |= other.infinite[1];
    }

    /// Adds `magnitude` (below 2⁶⁴) × 2^(`at` − 1074).
    fn add_at(&mut self, magnitude: u128, at: usize, negative: bool) {
        let mut rest = magnitude << (at % 32);
        let mut limb = at / 32;
        while rest != 0 {
            let digit = (rest & 0xFFFF_FFFF) as i64;
            self.limbs[limb] += if negative { -digit } else { digit };
            rest >>= 32;
            limb += 1;
        }
        self.since_carry += 1;
        if self.since_carry == 1 << 30 {
            self.carry();
        }
    }

    /// Makes every limb but the last a digit in 0..2³².
    fn carry(&mut self) {
        let mut carry = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let total = *limb + carry;
            *limb = total & 0xFFFF_FFFF;
            carry = total >> 32;
        }
        self.limbs[LIMBS - 1] += carry;
        self.since_carry = 0;
    }

    /// The double nearest to the sum, ties to even; NaN or an infinity if one was added.
    pub(crate) fn nearest(&self) -> f64 {
        match (self.nan, self.infinite) {
            (true, _) | (_, [true, true]) => return f64::NAN,
            (_, [true, false]) => return f64::INFINITY,
            (_, [false, true]) => return f64::NEG_INFINITY,
            _ => {}
        }
        let mut digits = self.clone();
        digits.carry();
        let negative = digits.limbs[LIMBS - 1] < 0;
        if negative {
            for limb in &mut digits.limbs {
                *limb = -*limb;
            }
            digits.carry();
        }
        let magnitude = digits.magnitude();
        if negative { -magnitude } else { magnitude }
    }

    /// The double nearest to digits that are not negative.
    fn magnitude(&self) -> f64 {
        let Some(top) = self.limbs.iter().rposition(|limb| *limb != 0) else {
            return 0.0;
        };
        let high = top * 32 + (63 - self.limbs[top].leading_zeros() as usize);
        let bit = |at: usize| (self.limbs[at / 32] >> (at % 32)) & 1 == 1;
        if high <= 52 {
            let bits = self.limbs[0] | (self.limbs[1] << 32);
            return f64::from_bits(bits as u64);
        }
        let low = high - 52;
        let significand = (low..=high)
            .rev()
            .fold(0, |s, at| s << 1 | u64::from(bit(at)));
        let half = bit(low - 1);
        let beyond = (0..low - 1).any(bit);
        let bits = ((low as u64) << 52).saturating_add(significand);
        let rounded = bits + u64::from(half && (beyond || significand & 1 == 1));
        // A carry out of the significand raises the exponent; beyond the largest double is infinity.
        f64::from_bits(rounded.min(f64::INFINITY.to_bits()))
    }
}
