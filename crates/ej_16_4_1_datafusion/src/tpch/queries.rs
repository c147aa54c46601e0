//! The twenty-two queries, with the parameters by which the specification validates an implementation.
//!
//! They are written with explicit joins, in the order of the specification's FROM clauses as far as neighbours are joined at all:
//! DataFusion joins in the order that is written. Query 15 uses WITH in place of a view, a variant the specification allows.

/// Their texts, in order.
pub const QUERIES: [&str; 22] = [
    include_str!("../../queries/q01.sql"),
    include_str!("../../queries/q02.sql"),
    include_str!("../../queries/q03.sql"),
    include_str!("../../queries/q04.sql"),
    include_str!("../../queries/q05.sql"),
    include_str!("../../queries/q06.sql"),
    include_str!("../../queries/q07.sql"),
    include_str!("../../queries/q08.sql"),
    include_str!("../../queries/q09.sql"),
    include_str!("../../queries/q10.sql"),
    include_str!("../../queries/q11.sql"),
    include_str!("../../queries/q12.sql"),
    include_str!("../../queries/q13.sql"),
    include_str!("../../queries/q14.sql"),
    include_str!("../../queries/q15.sql"),
    include_str!("../../queries/q16.sql"),
    include_str!("../../queries/q17.sql"),
    include_str!("../../queries/q18.sql"),
    include_str!("../../queries/q19.sql"),
    include_str!("../../queries/q20.sql"),
    include_str!("../../queries/q21.sql"),
    include_str!("../../queries/q22.sql"),
];

/// The share of the total value from which query 11 calls a part important, at scale 1.
const FRACTION: &str = "0.0001";

/// Query `number`, from 1 to 22, for data of a scale, which only query 11 depends on; `None` for other numbers.
///
/// ```
/// use ej_16_4_1_datafusion::tpch::query;
/// assert!(query(6, 1.0).is_some_and(|sql| sql.starts_with("SELECT SUM(l_extendedprice * l_discount)")));
/// assert!(query(11, 10.0).is_some_and(|sql| sql.contains("* 0.0000100000")));
/// assert_eq!(query(23, 1.0), None);
/// ```
pub fn query(number: usize, scale: f64) -> Option<String> {
    let text = QUERIES.get(number.checked_sub(1)?)?.trim_end();
    if number == 11 {
        let fraction = format!("{:.10}", 0.0001 / scale);
        return Some(text.replace(FRACTION, &fraction));
    }
    Some(text.to_owned())
}
