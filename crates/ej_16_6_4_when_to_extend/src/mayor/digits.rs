//! Numbers of fixed width, eight digits at a time in a register.

use super::error::Reason;

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight bytes of `line` from `at`.
#[inline(always)]
pub(super) fn eight<const N: usize>(line: &[u8; N], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&line[at..at + 8]);
    u64::from_le_bytes(word)
}

/// The `count` bytes of `line` that end before `end`, after as many zeros (the digit) as make it eight.
#[inline(always)]
pub(super) fn last<const N: usize>(line: &[u8; N], end: usize, count: u32) -> u64 {
    let filled = !0 >> (8 * count);
    (eight(line, end - 8) & !filled) | (ZEROS & filled)
}

/// A word in which some byte has [`NOT_A_DIGIT`], unless all eight bytes are digits. Words of several numbers may be joined by `|`.
#[inline(always)]
pub(super) fn not_digits(word: u64) -> u64 {
    let digits = word ^ ZEROS;
    // Ten and more reaches 0x80 by it. Only from 0x8A on does a byte carry into the next, and those have the bit themselves.
    digits.wrapping_add(0x7676_7676_7676_7676) | digits
}

/// In each byte, the bit by which [`not_digits`] marks it.
pub(super) const NOT_A_DIGIT: u64 = 0x8080_8080_8080_8080;

/// The number that eight digits write; anything, if they are none.
#[inline(always)]
pub(super) fn number(word: u64) -> u64 {
    let digits = word ^ ZEROS;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    const PAIRS: u64 = 0x0000_00FF_0000_00FF;
    let high = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

const NO_SIGN: u8 = 0xFF;
const MINUS: u8 = 0x10;

/// For each byte the digit that it writes, with [`MINUS`] if negative; [`NO_SIGN`] for the others.
const SIGNED: [u8; 256] = {
    let mut table = [NO_SIGN; 256];
    table[b'{' as usize] = 0;
    table[b'}' as usize] = MINUS;
    let mut digit = 1;
    while digit < 10 {
        table[b'A' as usize + digit - 1] = digit as u8;
        table[b'J' as usize + digit - 1] = MINUS | digit as u8;
        digit += 1;
    }
    table
};

/// The word with a plain digit for its last byte, the sign-carrying one; whether it is negative; and whether it is no such byte.
#[inline(always)]
pub(super) fn signed(word: u64) -> (u64, bool, bool) {
    let code = SIGNED[(word >> 56) as usize];
    let digit = u64::from(b'0' + (code & 0x0F)) << 56;
    (
        (word & (!0 >> 8)) | digit,
        code & MINUS != 0,
        code == NO_SIGN,
    )
}

/// The number that a field of digits writes.
///
/// # Errors
/// [`Reason::Digit`]: a byte is none.
pub(super) fn field(bytes: &[u8]) -> Result<u64, Reason> {
    bytes.iter().try_fold(0u64, |number, &byte| match byte {
        b'0'..=b'9' => Ok(number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'))),
        _ => Err(Reason::Digit(byte)),
    })
}

/// The amount that a field of digits writes, whose last one carries the sign.
///
/// # Errors
/// - [`Reason::Digit`], [`Reason::Sign`]: a byte is none.
/// - [`Reason::NegativeZero`].
pub(super) fn amount(bytes: &[u8]) -> Result<i64, Reason> {
    let Some((&sign, digits)) = bytes.split_last() else {
        return Ok(0);
    };
    let tens = field(digits)? as i64;
    match SIGNED[usize::from(sign)] {
        NO_SIGN => Err(Reason::Sign(sign)),
        code => match tens * 10 + i64::from(code & 0x0F) {
            0 if code & MINUS != 0 => Err(Reason::NegativeZero),
            number if code & MINUS != 0 => Ok(-number),
            number => Ok(number),
        },
    }
}

/// The byte that ends an amount: its last digit and its sign.
pub(super) fn sign_byte(amount: i64) -> u8 {
    let digit = (amount.unsigned_abs() % 10) as u8;
    match (amount < 0, digit) {
        (false, 0) => b'{',
        (false, digit) => b'A' + digit - 1,
        (true, 0) => b'}',
        (true, digit) => b'J' + digit - 1,
    }
}
