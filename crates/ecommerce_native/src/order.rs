//! Several values as bytes that are in the order of the values, so that a key of several columns is one text.

/// A value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// None.
    Null,
    /// Integers, days and instants, as their 64 bits.
    Number(u64),
    Text(&'a [u8]),
}

const SOME: u8 = 1;
/// Behind everything else.
const NONE: u8 = 2;

/// Makes the order of signed numbers that of their bits.
#[inline]
pub(crate) fn ordered(bits: u64) -> u64 {
    bits ^ (1 << 63)
}

/// Appends a value. A text ends with two zeros, and a zero in it is followed by 255.
pub(crate) fn encode(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NONE),
        Value::Number(bits) => {
            out.push(SOME);
            out.extend_from_slice(&ordered(bits).to_be_bytes());
        }
        Value::Text(text) => {
            out.push(SOME);
            if text.contains(&0) {
                for byte in text {
                    out.push(*byte);
                    if *byte == 0 {
                        out.push(u8::MAX);
                    }
                }
            } else {
                out.extend_from_slice(text);
            }
            out.extend_from_slice(&[0, 0]);
        }
    }
}

/// Takes the first value, a text if `text`, off what [`encode`] made.
pub(crate) fn decode<'a>(bytes: &mut &[u8], text: bool, room: &'a mut Vec<u8>) -> Value<'a> {
    let Some((&SOME, rest)) = bytes.split_first() else {
        *bytes = bytes.get(1..).unwrap_or_default();
        return Value::Null;
    };
    if !text {
        let Some((eight, rest)) = rest.split_first_chunk::<8>() else {
            return Value::Null;
        };
        *bytes = rest;
        return Value::Number(ordered(u64::from_be_bytes(*eight)));
    }
    room.clear();
    let mut rest = rest;
    while let Some(zero) = rest.iter().position(|byte| *byte == 0) {
        room.extend_from_slice(&rest[..zero]);
        let next = rest.get(zero + 1).copied();
        rest = rest.get(zero + 2..).unwrap_or_default();
        if next != Some(u8::MAX) {
            break;
        }
        room.push(0);
    }
    *bytes = rest;
    Value::Text(room)
}
