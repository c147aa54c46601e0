//! Damage by a seeded hand: cut, flip, overwrite with absurd numbers, repeat, splice.

use ej_16_2_3_arrow_ipc::sample::SplitMix64;

/// Numbers that lengths, counts and offsets should never be.
pub(crate) const ABSURDOS: [i64; 10] = [
    i64::MAX,
    i64::MIN,
    -1,
    1 << 62,
    1 << 40,
    1 << 31,
    i32::MAX as i64,
    0xffff_ffff,
    1 << 20,
    0,
];

/// A copy of `bytes` with one to four things done to it.
pub(crate) fn mutar(bytes: &[u8], random: &mut SplitMix64) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        if out.is_empty() {
            break;
        }
        let at = random.below(out.len() as u64) as usize;
        let aligned = at & !7;
        match random.below(7) {
            0 => out.truncate(at),
            1 | 2 => out[at] ^= 1 << random.below(8),
            3 => overwrite(
                &mut out,
                aligned,
                &ABSURDOS[random.below(10) as usize].to_le_bytes(),
            ),
            4 => overwrite(
                &mut out,
                at & !3,
                &(ABSURDOS[random.below(10) as usize] as i32).to_le_bytes(),
            ),
            5 => {
                let len = random.below(64) as usize;
                let piece: Vec<u8> = bytes
                    .iter()
                    .skip(random.below(bytes.len() as u64) as usize)
                    .take(len)
                    .copied()
                    .collect();
                overwrite(&mut out, aligned, &piece);
            }
            _ => {
                let end = (aligned + 8 * random.below(9) as usize).min(out.len());
                let piece = out[aligned..end].to_vec();
                out.splice(aligned..aligned, piece);
            }
        }
    }
    out
}

pub(crate) fn overwrite(out: &mut [u8], at: usize, bytes: &[u8]) {
    let len = bytes.len().min(out.len().saturating_sub(at));
    out[at..at + len].copy_from_slice(&bytes[..len]);
}
