//! The work, the same for every contestant: which rows, which key, which columns come out.

/// No sale of the shop's contract is dearer. NaN is not at most this where NaN ranks above every number, and is nothing at all
/// where it compares false: with both bounds it stays out everywhere.
pub const MOST: f64 = 1e9;

/// By what the sales are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Seven regions; how many different users bought in each is part of the answer.
    Region,
    /// Up to a million users; how many different ones is then no question.
    User,
}

impl Key {
    /// The column of the file.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::User => "user_id",
        }
    }

    /// The columns that have to be read.
    pub const fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Region => &["region", "user_id", "monto"],
            Self::User => &["user_id", "monto"],
        }
    }

    /// The columns of the answer, in order: the key's text, then whole numbers.
    pub const fn answer(self) -> &'static [&'static str] {
        match self {
            Self::Region => &["region", "centavos", "ventas", "usuarios", "media"],
            Self::User => &["user_id", "centavos", "ventas", "media"],
        }
    }
}

/// How an engine without exact float sums adds amounts up. With amounts of whole cents both give the same but for the length of
/// the sum: of a hundred million floats it may be a cent off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// Every amount becomes cents, half to even, and whole numbers are added.
    Cents,
    /// The floats are added and the total becomes cents.
    Float,
}

/// The mean in cents, half up, of `sales` sales that add up to `cents`; 0 of none.
///
/// ```
/// use ej_16_7_2_four_languages::mean;
/// assert_eq!([mean(5, 2), mean(4, 3), mean(5, 3), mean(0, 0)], [3, 1, 2, 0]);
/// ```
pub fn mean(cents: i64, sales: i64) -> i64 {
    // Wide enough for the double of anything that fits.
    let (cents, sales) = (i128::from(cents), i128::from(sales));
    let rounded = (2 * cents + sales).checked_div(2 * sales).unwrap_or(0);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}
