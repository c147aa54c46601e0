//! The kernels against the order written down plainly, and against exact sums.

mod exact;
mod kernels;
mod reference;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::io::Write as _;
use std::sync::Once;

use crate::{Isa, Kernels};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1614),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Returns the kernels that share the order, as far as this machine has them; says once what it lacks.
///
/// The harness swallows what a passing test prints, so this goes to the standard output itself.
fn kernels() -> Vec<Kernels> {
    static SAID: Once = Once::new();
    let wanted: &[Isa] = if cfg!(target_arch = "x86_64") {
        &[Isa::Portable, Isa::Avx2, Isa::Avx512]
    } else if cfg!(target_arch = "aarch64") {
        &[Isa::Portable, Isa::Neon]
    } else {
        &[Isa::Portable]
    };
    SAID.call_once(|| {
        for isa in wanted {
            if Kernels::of(*isa).is_none() {
                let line = format!(
                    "\nNO EJECUTADO: ecommerce_simd con {isa}: este procesador no lo tiene\n"
                );
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        }
    });
    wanted.iter().copied().filter_map(Kernels::of).collect()
}

/// A slice at `offset` elements from a multiple of 64 bytes, between NaNs that no kernel may read.
struct Fenced {
    memory: Vec<f64>,
    start: usize,
    len: usize,
}

impl Fenced {
    fn new(x: &[f64], offset: usize) -> Self {
        let mut memory = vec![f64::NAN; x.len() + 32];
        let misses = memory.as_ptr().addr() / 8 % 8;
        let start = 8 + (8 - misses) % 8 + offset % 8;
        memory[start..start + x.len()].copy_from_slice(x);
        Self {
            memory,
            start,
            len: x.len(),
        }
    }

    fn slice(&self) -> &[f64] {
        &self.memory[self.start..][..self.len]
    }
}

/// Bits, with one pattern for every NaN.
fn bits(x: f64) -> u64 {
    if x.is_nan() {
        f64::NAN.to_bits()
    } else {
        x.to_bits()
    }
}

/// Any f64, special ones often.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => proptest::num::f64::NORMAL,
        2 => proptest::num::f64::SUBNORMAL,
        4 => -1.0e3..1.0e3,
        1 => Just(0.0),
        1 => Just(-0.0),
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(f64::NAN), Just(f64::MAX), Just(f64::MIN)],
    ]
}

/// Finite values of every magnitude that 400 of do not overflow.
fn finite_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => proptest::num::f64::NORMAL.prop_map(|x| x / 1024.0),
        2 => proptest::num::f64::SUBNORMAL,
        6 => -1.0e3..1.0e3,
        1 => Just(0.0),
        1 => Just(-0.0),
    ]
}

/// Seeded values of both signs, for lengths beyond what proptest is quick with.
fn seeded(len: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..len).map(|_| next() - 0.25).collect()
}
