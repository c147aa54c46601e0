//! La comparación de respuestas ve lo que debe ver.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use ej_16_4_4_ballista::{chapter, difference, shapes};

fn batch(numbers: &[Option<i64>], floats: &[f64]) -> RecordBatch {
    RecordBatch::try_from_iter([
        (
            "n",
            Arc::new(Int64Array::from(numbers.to_vec())) as ArrayRef,
        ),
        ("x", Arc::new(Float64Array::from(floats.to_vec()))),
    ])
    .unwrap()
}

#[test]
fn sin_orden_se_comparan_multiconjuntos_y_con_orden_sucesiones() {
    let one = [batch(&[Some(1), None, Some(1)], &[0.5, 1.5, 2.5])];
    let other = [
        batch(&[None, Some(1)], &[1.5, 2.5]),
        batch(&[Some(1)], &[0.5]),
    ];
    assert_eq!(difference(&one, &other, false).unwrap(), None);
    assert!(
        difference(&one, &other, true)
            .unwrap()
            .unwrap()
            .starts_with("row 0")
    );
}

#[test]
fn una_fila_de_mas_de_menos_o_repetida_es_una_diferencia() {
    let one = [batch(&[Some(1), Some(2)], &[0.5, 1.5])];
    for other in [
        vec![batch(&[Some(1)], &[0.5])],
        vec![batch(&[Some(1), Some(2), Some(2)], &[0.5, 1.5, 1.5])],
        vec![batch(&[Some(1), Some(1)], &[0.5, 0.5])],
        vec![batch(&[Some(1), None], &[0.5, 1.5])],
        vec![],
    ] {
        assert!(
            difference(&one, &other, false).unwrap().is_some(),
            "{other:?}"
        );
    }
}

#[test]
fn los_decimales_pueden_diferir_en_una_parte_de_mil_millones_y_no_en_mas() {
    let one = [batch(&[Some(1)], &[0.1 + 0.2])];
    assert_eq!(
        difference(&one, &[batch(&[Some(1)], &[0.3])], false).unwrap(),
        None
    );
    assert!(
        difference(&one, &[batch(&[Some(1)], &[0.300_000_01])], false)
            .unwrap()
            .is_some()
    );
    let nan = [batch(&[Some(1)], &[f64::NAN])];
    assert_eq!(difference(&nan, &nan, true).unwrap(), None);
    assert!(difference(&one, &nan, true).unwrap().is_some());
}

#[test]
fn cada_consulta_tiene_un_nombre_suyo() {
    let mut names: Vec<_> = chapter()
        .into_iter()
        .chain(shapes())
        .map(|query| query.name)
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all > 80, "{all}");
}
