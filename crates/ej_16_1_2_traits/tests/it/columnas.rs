//! Errors as values, in a column: nothing is lost, and the caller chooses what a bad row means.

use ej_16_1_2_traits::{MontoError, ParsedColumn, Reason, parse_column, parsear_monto};

const COLUMN: [&str; 7] = ["150.5", "", "abc", "49.75", "1.234,56", "NaN", "-0"];

#[test]
fn ninguna_fila_se_pierde() {
    let ParsedColumn { montos, rejected } = parse_column(COLUMN);
    assert_eq!(montos, [150.5, 49.75, 0.0]);
    let told: Vec<_> = rejected
        .iter()
        .map(|(row, error)| (*row, error.reason(), error.column()))
        .collect();
    assert_eq!(
        told,
        [
            (2, Reason::Empty, 1),
            (3, Reason::Unexpected('a'), 1),
            (5, Reason::Unexpected(','), 6),
            (6, Reason::NaN, 1),
        ]
    );
    assert_eq!(montos.len() + rejected.len(), COLUMN.len());
    assert_eq!(parse_column([]), ParsedColumn::default());
}

/// The same function, three policies: stop at the first error, keep what is good, or say how often each reason occurs.
#[test]
fn quien_llama_decide_que_es_una_fila_mala() {
    let stop: Result<Vec<f64>, MontoError> = COLUMN.into_iter().map(parsear_monto).collect();
    assert_eq!(stop.unwrap_err().reason(), Reason::Empty);
    let good: Vec<f64> = COLUMN.into_iter().flat_map(parsear_monto).collect();
    assert_eq!(good.len(), 3);
    let bad = parse_column(COLUMN).rejected;
    let unexpected = bad
        .iter()
        .filter(|(_, e)| matches!(e.reason(), Reason::Unexpected(_)));
    assert_eq!(unexpected.count(), 2);
}

/// `?` hands the error on with its type, so a caller three levels up can still ask what and where.
#[test]
fn el_error_sube_con_su_tipo() {
    fn total(csv: &str) -> Result<f64, Box<dyn std::error::Error>> {
        let mut total = 0.0;
        for line in csv.lines() {
            let field = line.split(';').nth(1).ok_or("falta el campo 2")?;
            total += parsear_monto(field)?;
        }
        Ok(total)
    }
    assert_eq!(total("u1;10.5\nu2;4.5").unwrap(), 15.0);
    let error = total("u1;10.5\nu2;4,5").unwrap_err();
    let error = error.downcast_ref::<MontoError>().unwrap();
    assert_eq!(
        (error.reason(), error.column()),
        (Reason::Unexpected(','), 2)
    );
}
