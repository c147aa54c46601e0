//! Numbers as Spanish writes them.

/// With a decimal comma: `1234,50`.
///
/// ```
/// assert_eq!(ecommerce_cli::comma(3.14159, 2), "3,14");
/// ```
pub fn comma(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('.', ",")
}

/// With its thousands apart.
///
/// ```
/// assert_eq!(ecommerce_cli::thousands(1_234_567), "1 234 567");
/// ```
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Three significant digits, without zeros at the end of the decimals.
///
/// ```
/// use ecommerce_cli::significant;
/// assert_eq!([0.05, 1.0, 2.345, 500.4].map(significant), ["0,05", "1", "2,35", "500"]);
/// assert_eq!(significant(12_345.6), "12 346");
/// ```
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if magnitude >= 3 {
        return thousands(value.round() as u64);
    }
    let digits = usize::try_from(2 - magnitude).unwrap_or(0);
    let text = comma(value, digits);
    let trimmed = text.trim_end_matches('0').trim_end_matches(',');
    // 500 keeps its zeros; 0,050 and 1,00 lose theirs.
    if text.contains(',') {
        trimmed.to_owned()
    } else {
        text
    }
}

/// Nanoseconds in the unit that leaves one to three digits before the comma.
///
/// ```
/// let times = [0.512, 1.0, 999.0, 1_234.0, 45_678.9, 1.5e6, 2.345e9, 1e12];
/// assert_eq!(
///     times.map(ecommerce_cli::duration),
///     ["0,512 ns", "1 ns", "999 ns", "1,23 µs", "45,7 µs", "1,5 ms", "2,35 s", "1 000 s"]
/// );
/// ```
pub fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", significant(value))
}
