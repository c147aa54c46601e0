//! What a condition says of values, and of stretches of which only the smallest and largest are known.

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use ej_16_2_2_parquet::Condition;
use proptest::prelude::*;
use std::sync::Arc;

fn numero() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        Just(Some(f64::NAN)),
        Just(Some(-f64::NAN)),
        Just(Some(f64::INFINITY)),
        Just(Some(f64::NEG_INFINITY)),
        Just(Some(0.0)),
        Just(Some(-0.0)),
        (-3i32..3).prop_map(|n| Some(f64::from(n))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// What holds is what IEEE 754 says; what is excluded by smallest and largest never holds.
    #[test]
    fn la_condicion_es_la_de_ieee_y_las_cotas_no_pierden_filas(
        valores in prop::collection::vec(numero(), 1..12),
        desde in prop::option::of(-3i32..3),
        hasta in prop::option::of(-3i32..3),
    ) {
        let (desde, hasta) = (desde.map(f64::from), hasta.map(f64::from));
        let condicion = Condition::number("x", desde, hasta);
        let columna: ArrayRef = Arc::new(Float64Array::from(valores.clone()));
        let dice = condicion.holds(&columna).unwrap();
        let espera: Vec<bool> = valores
            .iter()
            .map(|v| v.is_some_and(|v| {
                !v.is_nan() && desde.is_none_or(|d| v >= d) && hasta.is_none_or(|h| v <= h)
            }))
            .collect();
        prop_assert_eq!(dice.iter().map(|b| b == Some(true)).collect::<Vec<_>>(), espera.clone());
        // Bounds as a writer stores them: without nulls and NaN, and with no word on the sign of zero.
        let numeros = || valores.iter().flatten().copied().filter(|v| !v.is_nan());
        let cota = |v: Option<f64>| Arc::new(Float64Array::from(vec![v])) as ArrayRef;
        let menor = cota(numeros().reduce(f64::min));
        let mayor = cota(numeros().reduce(f64::max));
        let puede = condicion.may_hold(&menor, &mayor).unwrap().value(0);
        prop_assert!(puede || !espera.contains(&true), "{:?}", valores);
    }
}

#[test]
fn cotas_de_nan_o_ausentes_no_excluyen_nada() {
    let cota = |v: Option<f64>| Arc::new(Float64Array::from(vec![v])) as ArrayRef;
    let condicion = Condition::number("x", Some(5.0), Some(6.0));
    for (menor, mayor, puede) in [
        (None, None, true),
        (Some(f64::NAN), Some(f64::NAN), true),
        (Some(1.0), Some(f64::NAN), true),
        (Some(f64::NAN), Some(4.0), false),
        (Some(7.0), None, false),
        (Some(1.0), Some(5.0), true),
    ] {
        let dice = condicion
            .may_hold(&cota(menor), &cota(mayor))
            .unwrap()
            .value(0);
        assert_eq!(dice, puede, "{menor:?} {mayor:?}");
    }
    let textos = |v| Arc::new(StringArray::from(vec![v])) as ArrayRef;
    let condicion = Condition::text("x", "m");
    assert!(
        condicion
            .may_hold(&textos("a"), &textos("z"))
            .unwrap()
            .value(0)
    );
    assert!(
        !condicion
            .may_hold(&textos("n"), &textos("z"))
            .unwrap()
            .value(0)
    );
    let enteros = |v| Arc::new(Int64Array::from(vec![v])) as ArrayRef;
    let condicion = Condition::integer("x", None, Some(3));
    assert!(
        !condicion
            .may_hold(&enteros(4), &enteros(9))
            .unwrap()
            .value(0)
    );
}
