//! The sum that the closing record carries.

/// All bytes together, modulo 2³².
pub(super) fn sum(bytes: &[u8]) -> u32 {
    // Pairs of bytes in lanes of 16 bits, which 128 words cannot fill; a shape that the compiler turns into vectors.
    const EVEN: u64 = 0x00FF_00FF_00FF_00FF;
    let mut total = 0u32;
    for block in bytes.chunks(8 * 128) {
        let (words, rest) = block.as_chunks::<8>();
        let (mut even, mut odd) = (0u64, 0u64);
        for &word in words {
            let word = u64::from_le_bytes(word);
            even += word & EVEN;
            odd += (word >> 8) & EVEN;
        }
        for lanes in [even, odd] {
            for lane in 0..4 {
                total = total.wrapping_add((lanes >> (16 * lane)) as u32 & 0xFFFF);
            }
        }
        for &byte in rest {
            total = total.wrapping_add(byte.into());
        }
    }
    total
}
