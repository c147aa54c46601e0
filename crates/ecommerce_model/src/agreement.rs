//! Whether two engines answered the same, cell by cell, as text.

/// Half a cent, and what floats need to say so.
const CENT: f64 = 0.0051;
/// What additions in another order change in a float, as a part of it.
const NOISE: f64 = 1e-9;

/// Whether two cells hold the same value; `None` is NULL.
///
/// Texts, dates and whole numbers are the same or not, blanks at their end apart. Numbers with decimals may differ by half a unit of
/// the last decimal that both show, from the sixth on by a whole one, and never by more than half a cent: sums of decimals are exact
/// in every engine, averages and quotients are rounded by each in its way.
///
/// ```
/// use ecommerce_model::cells_agree;
/// let agree = |one, other| cells_agree(Some(one), Some(other));
/// assert!(agree("100", "100.00") && agree("0.03", "0.0344") && agree("Supplier#1", "Supplier#1  "));
/// assert!(!agree("34.50", "34.51") && !agree("4423659", "4423658") && !agree("1995-03-15", "1995-03-16"));
/// assert!(cells_agree(None, None) && !cells_agree(None, Some("NULL")));
/// ```
pub fn cells_agree(one: Option<&str>, other: Option<&str>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one == other;
    };
    // Fixed-width text is padded by some.
    let (one, other) = (one.trim_end(), other.trim_end());
    if one == other {
        return true;
    }
    let digits = decimals(one).min(decimals(other));
    if decimals(one).max(decimals(other)) == 0 {
        return false;
    }
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => {
            // From the sixth decimal on, some cut where others round.
            let units = if digits < 6 { 0.51 } else { 1.01 };
            let shown = units * 10f64.powi(-digits);
            (one - other).abs() <= CENT.min(shown.max(NOISE * other.abs()))
        }
        _ => false,
    }
}

/// A row of an answer, as text cells; `None` is NULL.
type Row = [Option<String>];

/// The first row of `ours`, by its index, that has no row of its own among `theirs`; `None` if the two answers are the same.
///
/// Rows agree if their cells do, see [`cells_agree`]. They stand at the same place, save that rows which agree in the columns `order`
/// — those of the query's `ORDER BY` — may stand in any order among themselves: SQL says no more. Without `order`, any order will do.
///
/// # Cost
/// A comparison per row, and one more per place that it stands away from its own.
///
/// ```
/// use ecommerce_model::first_disagreement;
/// let rows = |rows: &[[&str; 2]]| -> Vec<Vec<Option<String>>> {
///     rows.iter().map(|row| row.iter().map(|cell| Some(cell.to_string())).collect()).collect()
/// };
/// let ours = rows(&[["a", "9"], ["b", "7"], ["c", "7"]]);
/// let tied = rows(&[["a", "9"], ["c", "7"], ["b", "7"]]);
/// assert_eq!(first_disagreement(&ours, &tied, &[1]), None);
/// assert_eq!(first_disagreement(&ours, &tied, &[0]), Some(1));
/// ```
pub fn first_disagreement(
    ours: &[Vec<Option<String>>],
    theirs: &[Vec<Option<String>>],
    order: &[usize],
) -> Option<usize> {
    let mut taken = vec![false; theirs.len()];
    for (at, row) in ours.iter().enumerate() {
        let tied = |other: &usize| same_at(row, &theirs[*other], order);
        let after = (at..theirs.len()).take_while(tied);
        let before = (0..at.min(theirs.len())).rev().take_while(tied);
        match after
            .chain(before)
            .find(|other| !taken[*other] && same(row, &theirs[*other]))
        {
            Some(other) => taken[other] = true,
            None => return Some(at),
        }
    }
    taken.iter().position(|taken| !taken)
}

fn same(ours: &Row, theirs: &Row) -> bool {
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(one, other)| cells_agree(one.as_deref(), other.as_deref()))
}

fn same_at(ours: &Row, theirs: &Row, columns: &[usize]) -> bool {
    columns.iter().all(|column| {
        let cell = |row: &Row| row.get(*column).cloned().flatten();
        cells_agree(cell(ours).as_deref(), cell(theirs).as_deref())
    })
}

/// Digits after the point; a number with an exponent is a float, with as many as floats have.
fn decimals(text: &str) -> i32 {
    if text.parse::<f64>().is_err() {
        return 0;
    }
    if text.contains(['e', 'E']) {
        return 15;
    }
    let after = text.split_once('.').map_or(0, |(_, after)| after.len());
    i32::try_from(after).unwrap_or(15)
}
