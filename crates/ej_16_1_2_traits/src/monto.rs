//! Amounts from text, and what is wrong with the text when there is none.

/// The amount written in `s`.
///
/// The text is a decimal number as Rust, JSON and CSV writers write it: an optional sign, ASCII digits with an optional point, an
/// optional exponent (`150.5`, `-3`, `.5`, `1e3`). The result is the nearest f64; `-0` is zero, without a sign, so that equal amounts have equal bits.
/// Nothing is guessed: no blanks are trimmed, no decimal commas or thousands points accepted.
///
/// ```
/// use ej_16_1_2_traits::{MontoError, Reason, parsear_monto};
/// assert_eq!(parsear_monto("150.5"), Ok(150.5));
/// let error = parsear_monto("1.234,56").unwrap_err();
/// assert_eq!((error.reason(), error.column()), (Reason::Unexpected(','), 6));
/// assert_eq!(error.to_string(), "column 6: ',' (U+002C) does not belong in a number");
/// ```
///
/// # Errors
/// * [`Reason::Empty`] for `""`.
/// * [`Reason::Blank`] if there are only blanks.
/// * [`Reason::Unexpected`] at the first character that cannot continue a number.
/// * [`Reason::NonAsciiDigit`] if that character is a numeral of another script or form: `٣`, `５`, `½`.
/// * [`Reason::Incomplete`] if the text ends where a digit must follow: `-`, `.`, `1e`.
/// * [`Reason::NaN`] and [`Reason::Infinite`] for the words that f64 accepts, in any case, with or without sign.
/// * [`Reason::TooLarge`] if the nearest f64 is infinite: `1e400`.
///
/// # Cost
/// No allocation. The error holds a character and a number, however long the text is.
///
/// # Source
/// Guide 16.1.2, whose `parse::<f64>()` accepts `NaN`, `inf` and `1e400` and whose error is a text.
pub fn parsear_monto(s: &str) -> Result<f64, MontoError> {
    match s.parse::<f64>() {
        // Adding zero takes the sign off -0 and changes no other value.
        Ok(monto) if monto.is_finite() => Ok(monto + 0.0),
        Ok(monto) => Err(not_finite(s, monto)),
        Err(_) => Err(first_fault(s)),
    }
}

/// Why a text is no amount, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("column {column}: {reason}")]
pub struct MontoError {
    reason: Reason,
    column: usize,
}

impl MontoError {
    /// What is wrong.
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The character at which it goes wrong, counted from 1; one past the last if something is missing there.
    pub const fn column(&self) -> usize {
        self.column
    }
}

/// What is wrong with the text of an amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Reason {
    /// No text at all.
    #[error("there is no text")]
    Empty,
    /// Blanks and nothing else.
    #[error("there are only blanks")]
    Blank,
    /// A character that cannot stand here.
    #[error("{0:?} (U+{code:04X}) does not belong in a number", code = u32::from(*.0))]
    Unexpected(char),
    /// A numeral that is not one of 0 to 9.
    #[error("{0:?} (U+{code:04X}) is not one of the digits 0 to 9", code = u32::from(*.0))]
    NonAsciiDigit(char),
    /// The text ends too early.
    #[error("a digit is missing at the end")]
    Incomplete,
    /// The word `nan`.
    #[error("NaN is not an amount")]
    NaN,
    /// The word `inf` or `infinity`.
    #[error("infinity is not an amount")]
    Infinite,
    /// A number beyond the largest f64.
    #[error("the number is larger than f64 can hold")]
    TooLarge,
}

/// What came of a column of texts: the amounts, and each rejected row with its reason.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ParsedColumn {
    /// The amounts of the good rows, in order.
    pub montos: Vec<f64>,
    /// The rows that are no amounts, counted from 1, in order.
    pub rejected: Vec<(usize, MontoError)>,
}

/// Every row of a column, either as an amount or as a rejection: a bad row neither stops the rest nor vanishes.
///
/// ```
/// use ej_16_1_2_traits::{Reason, parse_column, parsear_monto};
/// let column = ["150.5", "abc", "49.75", ""];
/// let parsed = parse_column(column);
/// assert_eq!(parsed.montos, [150.5, 49.75]);
/// let rejected: Vec<_> = parsed.rejected.iter().map(|(row, e)| (*row, e.reason())).collect();
/// assert_eq!(rejected, [(2, Reason::Unexpected('a')), (4, Reason::Empty)]);
///
/// // All or nothing is the same function and another container: the first error stops.
/// let all: Result<Vec<f64>, _> = column.into_iter().map(parsear_monto).collect();
/// assert_eq!(all.unwrap_err().reason(), Reason::Unexpected('a'));
/// ```
pub fn parse_column<'a>(texts: impl IntoIterator<Item = &'a str>) -> ParsedColumn {
    let mut parsed = ParsedColumn::default();
    for (index, text) in texts.into_iter().enumerate() {
        match parsear_monto(text) {
            Ok(monto) => parsed.montos.push(monto),
            Err(error) => parsed.rejected.push((index + 1, error)),
        }
    }
    parsed
}

/// The error of a text that f64 accepts with a value that is no amount. It points at the number, past its sign.
fn not_finite(text: &str, value: f64) -> MontoError {
    let number = text.trim_start_matches(['+', '-']);
    let spelled_out = number.starts_with(|first: char| first.is_ascii_alphabetic());
    MontoError {
        reason: match (value.is_nan(), spelled_out) {
            (true, _) => Reason::NaN,
            (false, true) => Reason::Infinite,
            (false, false) => Reason::TooLarge,
        },
        column: text.len() - number.len() + 1,
    }
}

/// How far a number has been read.
#[derive(Clone, Copy)]
enum Read {
    Nothing,
    Sign,
    Whole,
    PointOnly,
    Fraction,
    ExponentMark,
    ExponentSign,
    Exponent,
}

/// The error of a text that f64 refuses: the first character with which no number goes on, or its end.
fn first_fault(text: &str) -> MontoError {
    let at = |reason, column| MontoError { reason, column };
    if text.is_empty() {
        return at(Reason::Empty, 1);
    }
    if text.chars().all(char::is_whitespace) {
        return at(Reason::Blank, 1);
    }
    let mut read = Read::Nothing;
    let mut column = 1;
    for found in text.chars() {
        read = match (read, found) {
            (Read::Nothing, '+' | '-') => Read::Sign,
            (Read::Nothing | Read::Sign | Read::Whole, '0'..='9') => Read::Whole,
            (Read::Nothing | Read::Sign, '.') => Read::PointOnly,
            (Read::Whole, '.') => Read::Fraction,
            (Read::PointOnly | Read::Fraction, '0'..='9') => Read::Fraction,
            (Read::Whole | Read::Fraction, 'e' | 'E') => Read::ExponentMark,
            (Read::ExponentMark, '+' | '-') => Read::ExponentSign,
            (Read::ExponentMark | Read::ExponentSign | Read::Exponent, '0'..='9') => Read::Exponent,
            (_, numeral) if numeral.is_numeric() && !numeral.is_ascii() => {
                return at(Reason::NonAsciiDigit(numeral), column);
            }
            (_, other) => return at(Reason::Unexpected(other), column),
        };
        column += 1;
    }
    at(Reason::Incomplete, column)
}
