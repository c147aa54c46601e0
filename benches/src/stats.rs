//! The few numbers that stand for a contestant's runs.

/// The middle value, or the mean of the two middle ones; `None` without values.
///
/// ```
/// use benches::stats::median;
/// assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
/// assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
/// assert_eq!(median(&[]), None);
/// ```
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The smallest value; `None` without values.
pub fn min(values: &[f64]) -> Option<f64> {
    values.iter().copied().min_by(f64::total_cmp)
}

/// The largest value; `None` without values.
pub fn max(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// `value` to four decimals, so that results differ by measurements and not by digits.
pub fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// `value` to six decimals, for what takes milliseconds.
pub fn fine(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
