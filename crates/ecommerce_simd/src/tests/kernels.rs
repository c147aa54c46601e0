//! Every kernel returns the bits of the reference, whatever the length, the address and the values.

use super::*;
use crate::order::{BLOCK, LANES, SHORT, WINDOW};
use crate::{suma, suma_y_cuenta_positivos};

/// What is added of each element by the masked kernels.
fn positives(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| if *x > 0.0 { *x } else { 0.0 }).collect()
}

/// Checks all kernels on `x` at `offset` against the reference.
fn check(x: &[f64], offset: usize) {
    let add = |a: f64, b: f64| a + b;
    let sum = reference::sum(x, 0.0, &add);
    let positive = reference::sum(&positives(x), 0.0, &add);
    let count = x.iter().filter(|x| **x > 0.0).count() as u64;
    // In memory of its own too, where a sanitizer sees what is read before or after it.
    let (fenced, alone) = (Fenced::new(x, offset), Box::<[f64]>::from(x));
    for kernels in kernels() {
        for slice in [fenced.slice(), &alone] {
            let who = format!("{} {} +{offset}", kernels.isa(), x.len());
            let seen = kernels.suma(slice);
            assert_eq!(bits(seen), bits(sum), "{who}: {seen} {sum}");
            let (seen, seen_count) = kernels.suma_y_cuenta_positivos(slice);
            assert_eq!(bits(seen), bits(positive), "{who}: {seen} {positive}");
            assert_eq!(seen_count, count, "{who}");
        }
    }
    assert_eq!(bits(suma(fenced.slice())), bits(sum));
    assert_eq!(suma_y_cuenta_positivos(fenced.slice()).1, count);
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn every_kernel_returns_the_bits_of_the_order(
        x in proptest::collection::vec(any_value(), 0..400), offset in 0_usize..8,
    ) {
        check(&x, offset);
    }

    #[test]
    fn finite_slices_too(x in proptest::collection::vec(finite_value(), 0..400), offset in 0_usize..8) {
        check(&x, offset);
    }
}

#[test]
fn every_tail_at_every_offset() {
    let x = seeded(3 * LANES);
    for len in 0..=x.len() {
        for offset in 0..8 {
            check(&x[..len], offset);
        }
    }
}

#[test]
fn the_lengths_at_which_blocks_and_windows_begin() {
    let x = seeded(2 * WINDOW + 2 * BLOCK);
    for at in [
        SHORT,
        BLOCK,
        2 * BLOCK,
        5 * BLOCK,
        WINDOW,
        WINDOW + BLOCK,
        2 * WINDOW + BLOCK,
    ] {
        for len in [at - 1, at, at + 1, at + LANES - 1, at + LANES + 1] {
            check(&x[..len], len % 8);
        }
    }
}

#[test]
fn a_slice_that_is_announced_ahead() {
    let x = seeded((16 << 20) / 8 + 12_345);
    check(&x, 3);
}

#[test]
fn a_nan_anywhere_is_seen_and_counts_for_nothing() {
    for len in [1, SHORT - 1, SHORT, 33, 100] {
        for at in 0..len {
            let mut x = vec![1.0; len];
            x[at] = f64::NAN;
            for kernels in kernels() {
                assert!(kernels.suma(&x).is_nan(), "{} {len} {at}", kernels.isa());
                assert_eq!(
                    kernels.suma_y_cuenta_positivos(&x),
                    ((len - 1) as f64, (len - 1) as u64)
                );
            }
        }
    }
}

#[test]
fn a_zero_is_always_positive() {
    for len in [0, 1, 5, SHORT, 31, 64, 100, BLOCK + 1, WINDOW] {
        for kernels in Isa::ALL.into_iter().filter_map(Kernels::of) {
            let zeros = vec![-0.0; len];
            assert_eq!(kernels.suma(&zeros).to_bits(), 0, "{} {len}", kernels.isa());
            let (sum, count) = kernels.suma_y_cuenta_positivos(&zeros);
            assert_eq!((sum.to_bits(), count), (0, 0), "{} {len}", kernels.isa());
        }
    }
    for kernels in kernels() {
        let cancels: Vec<f64> = (0..64).map(|j| if j < 32 { 1.5 } else { -1.5 }).collect();
        assert_eq!(kernels.suma(&cancels).to_bits(), 0);
    }
}

#[test]
fn infinities_and_overflow() {
    for kernels in Isa::ALL.into_iter().filter_map(Kernels::of) {
        for len in [2, 40, 5000] {
            let with = |specials: &[f64]| {
                let mut x = vec![1.0; len];
                x[len - specials.len()..].copy_from_slice(specials);
                x
            };
            let max = vec![f64::MAX; len];
            let lowest = vec![f64::MIN; len];
            assert_eq!(kernels.suma(&with(&[f64::INFINITY])), f64::INFINITY);
            assert_eq!(kernels.suma(&with(&[f64::NEG_INFINITY])), f64::NEG_INFINITY);
            assert!(
                kernels
                    .suma(&with(&[f64::NEG_INFINITY, f64::INFINITY]))
                    .is_nan()
            );
            assert_eq!(kernels.suma(&max), f64::INFINITY);
            assert_eq!(kernels.suma(&lowest), f64::NEG_INFINITY);
            assert_eq!(
                kernels.suma_y_cuenta_positivos(&max),
                (f64::INFINITY, len as u64)
            );
            assert_eq!(kernels.suma_y_cuenta_positivos(&lowest), (0.0, 0));
            let (sum, count) =
                kernels.suma_y_cuenta_positivos(&with(&[f64::NEG_INFINITY, f64::INFINITY]));
            assert_eq!((sum, count), (f64::INFINITY, len as u64 - 1));
        }
    }
}

#[test]
fn subnormals_add_exactly() {
    let tiny = f64::from_bits(1);
    for kernels in Isa::ALL.into_iter().filter_map(Kernels::of) {
        for len in [1_u32, 13, 64, 5000] {
            let x = vec![tiny; len as usize];
            assert_eq!(
                kernels.suma(&x).to_bits(),
                u64::from(len),
                "{}",
                kernels.isa()
            );
            assert_eq!(
                kernels.suma_y_cuenta_positivos(&x),
                (f64::from_bits(u64::from(len)), u64::from(len))
            );
        }
    }
}

#[test]
fn the_best_is_the_last_one_available() {
    let available: Vec<Isa> = Isa::ALL
        .into_iter()
        .filter(|isa| Kernels::of(*isa).is_some())
        .collect();
    assert_eq!(available[..2], [Isa::Scalar, Isa::Portable]);
    assert_eq!(Some(&Kernels::best().isa()), available.last());
    assert!(
        available
            .iter()
            .all(|isa| Kernels::of(*isa).unwrap().isa() == *isa)
    );
    #[cfg(target_arch = "x86_64")]
    assert_eq!(
        available.contains(&Isa::Avx2),
        is_x86_feature_detected!("avx2")
    );
    assert_eq!(
        available.contains(&Isa::Neon),
        cfg!(target_arch = "aarch64")
    );
}

#[test]
fn the_yardstick_is_a_plain_loop() {
    let x = seeded(1000);
    let scalar = Kernels::of(Isa::Scalar).unwrap();
    let mut sum = 0.0;
    for x in &x {
        sum += x;
    }
    assert_eq!(scalar.suma(&x).to_bits(), sum.to_bits());
    let positive: f64 = x.iter().filter(|x| **x > 0.0).fold(0.0, |sum, x| sum + x);
    let count = x.iter().filter(|x| **x > 0.0).count() as u64;
    assert_eq!(scalar.suma_y_cuenta_positivos(&x), (positive, count));
}
