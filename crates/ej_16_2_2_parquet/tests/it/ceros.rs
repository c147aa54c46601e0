//! Zeros, compressed by hand as far as each codec goes: bombs.

/// `n` zeros as a gzip member: a literal and then runs of 258 bytes in 13 bits each.
pub(crate) fn gzip(n: usize) -> Vec<u8> {
    let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut held, mut count) = (0u64, 0);
    let mut out = Vec::new();
    let mut put = |value: u64, width: u32| {
        held |= value << count;
        count += width;
        while count >= 8 {
            out.push(held as u8);
            held >>= 8;
            count -= 8;
        }
    };
    // Last block, fixed codes; the code of literal 0 is 00110000, that of length 258 is 11000101, of distance 1 is 00000.
    put(1, 1);
    put(1, 2);
    let runs = (n - 1) / 258;
    for _ in 0..n - runs * 258 {
        put(0b0000_1100, 8);
    }
    for _ in 0..runs {
        put(0b1010_0011, 8);
        put(0, 5);
    }
    put(0, 7);
    put(0, 7);
    bytes.extend(out);
    bytes.extend(crate::artesania::crc32(&vec![0; n]).to_le_bytes());
    bytes.extend((n as u32).to_le_bytes());
    bytes
}

/// As a Snappy block: a literal, then copies of 64 bytes in three.
pub(crate) fn snappy(n: usize) -> Vec<u8> {
    let mut bytes = crate::artesania::varint(n as u64);
    let copies = (n - 1) / 64;
    for _ in 0..n - copies * 64 {
        bytes.extend([0, 0]);
    }
    for _ in 0..copies {
        bytes.extend([63 << 2 | 2, 1, 0]);
    }
    bytes
}

/// As an LZ4 block: a literal, one match as long as needed, and the five literals that a block ends with.
pub(crate) fn lz4(n: usize) -> Vec<u8> {
    let mut bytes = vec![0x1F, 0, 1, 0];
    let mut length = n - 6 - 4 - 15;
    while length >= 255 {
        bytes.push(255);
        length -= 255;
    }
    bytes.push(length as u8);
    bytes.extend([0x50, 0, 0, 0, 0, 0]);
    bytes
}

/// As an LZ4 frame of one block, which old writers stored under the codec's name; it does not say its size.
pub(crate) fn lz4_frame(n: usize) -> Vec<u8> {
    let block = lz4(n);
    // Version 1, independent blocks; blocks of at most 4 MiB; the descriptor's checksum is xxh32's second byte.
    let mut bytes = vec![0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0x73];
    bytes.extend((block.len() as u32).to_le_bytes());
    bytes.extend(block);
    bytes.extend([0, 0, 0, 0]);
    bytes
}

/// As a Zstandard frame: blocks of 128 KiB that repeat one byte, four bytes each.
pub(crate) fn zstd(n: usize) -> Vec<u8> {
    // No checksum, no size; a window of 1 MiB.
    let mut bytes = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50];
    let mut left = n;
    while left > 0 {
        let block = left.min(128 << 10);
        left -= block;
        let header = (block as u32) << 3 | 1 << 1 | u32::from(left == 0);
        bytes.extend(&header.to_le_bytes()[..3]);
        bytes.push(0);
    }
    bytes
}
