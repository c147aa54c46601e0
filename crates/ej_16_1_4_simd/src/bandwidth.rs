//! Reading and nothing else: how many bytes a second one thread gets out of the memory.
//!
//! No sum can be faster than this, so this is what the sums of long columns are held against. There are two ways of reading,
//! because it depends on the machine which of them the memory likes better; the better one is its bandwidth.

/// Words that are read at once: four cache lines.
const ROW: usize = 32;

/// Places that are read by turns, and the words from one to the next: 65 KiB, so that they do not share cache sets.
const PLACES: usize = 8;
const STRIDE: usize = 260 * ROW;

/// Returns the bitwise or of all words, read from the first to the last.
///
/// # Cost
/// As fast as the caches and the memory deliver; with AVX2 where the processor has it.
pub fn lee_seguido(datos: &[f64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { lee_seguido_avx2(datos) };
    }
    in_one_go(datos)
}

/// Returns the bitwise or of all words, read from eight places by turns.
///
/// # Cost
/// As [`lee_seguido`]. Eight pages at once keep more requests under way, if the memory can take them.
pub fn lee_ocho_lugares(datos: &[f64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { lee_ocho_lugares_avx2(datos) };
    }
    by_turns(datos)
}

#[cfg(target_arch = "x86_64")]
#[inline(never)]
#[target_feature(enable = "avx2")]
unsafe fn lee_seguido_avx2(datos: &[f64]) -> u64 {
    in_one_go(datos)
}

#[cfg(target_arch = "x86_64")]
#[inline(never)]
#[target_feature(enable = "avx2")]
unsafe fn lee_ocho_lugares_avx2(datos: &[f64]) -> u64 {
    by_turns(datos)
}

#[inline(always)]
fn add(words: &mut [u64; ROW], row: &[f64; ROW]) {
    for (word, x) in words.iter_mut().zip(row) {
        *word |= x.to_bits();
    }
}

#[inline(always)]
fn in_one_go(datos: &[f64]) -> u64 {
    let (rows, rest) = datos.as_chunks::<ROW>();
    let mut words = [0; ROW];
    for row in rows {
        add(&mut words, row);
    }
    let rest = rest.iter().fold(0, |word, x| word | x.to_bits());
    words.iter().fold(rest, |word, other| word | other)
}

#[inline(always)]
fn by_turns(datos: &[f64]) -> u64 {
    let (rows, _) = datos.as_chunks::<ROW>();
    let (windows, _) = rows.as_chunks::<{ PLACES * STRIDE / ROW }>();
    let mut words = [0; ROW];
    for window in windows {
        for row in 0..STRIDE / ROW {
            for place in 0..PLACES {
                let row = &window[place * (STRIDE / ROW) + row];
                announce(row);
                add(&mut words, row);
            }
        }
    }
    let rest = in_one_go(&datos[windows.len() * PLACES * STRIDE..]);
    words.iter().fold(rest, |word, other| word | other)
}

/// Announces what lies two rows behind this one, which need not exist.
#[inline(always)]
fn announce(row: &[f64; ROW]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let ahead = row.as_ptr().wrapping_add(2 * ROW);
        // SAFETY: SSE, which has the instruction, is part of x86-64; any address may be announced.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(ahead.cast());
            _mm_prefetch::<_MM_HINT_T1>(ahead.wrapping_add(ROW / 4).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = row;
}
