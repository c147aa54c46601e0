//! The trap of the guide's sum, and multiplication.

use arrow::array::{Array, Float64Array, Int64Array};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::compute::kernels::numeric;
use arrow::error::ArrowError;
use ej_16_2_1_arrow_columns::{
    multiply_scalar, multiply_scalar_wrapping, sum_ignoring_validity, total, total_by_iteration,
};
use proptest::prelude::*;

/// Three valid rows that sum to 450 and one null with something under it.
fn con_basura() -> Float64Array {
    Float64Array::new(
        ScalarBuffer::from(vec![100.0, 1e6, 200.0, 150.0]),
        Some(NullBuffer::from(vec![true, false, true, true])),
    )
}

#[test]
fn la_suma_de_la_guia_cuenta_lo_que_hay_bajo_un_nulo() {
    let montos = con_basura();
    assert_eq!(montos.null_count(), 1);
    assert_eq!(sum_ignoring_validity(&montos), 1_000_450.0);
    assert_eq!(total(&montos), Some(450.0));
    assert_eq!(total_by_iteration(&montos), Some(450.0));
}

#[test]
fn una_columna_hecha_de_option_esconde_la_trampa_porque_pone_ceros() {
    let montos = Float64Array::from(vec![Some(100.0), None, Some(200.0), Some(150.0)]);
    assert_eq!(sum_ignoring_validity(&montos), 450.0);
    // So does the mean, until it divides by the length.
    assert_eq!(sum_ignoring_validity(&montos) / montos.len() as f64, 112.5);
    assert_eq!(
        total(&montos).unwrap() / (montos.len() - montos.null_count()) as f64,
        150.0
    );
}

#[test]
fn la_basura_bajo_los_nulos_sale_de_operaciones_corrientes() {
    let montos = Float64Array::from(vec![Some(100.0), None, Some(200.0), Some(150.0)]);
    // A kernel computes every slot, null or not: 0 + 21 stands under the null now.
    let con_iva = numeric::add(&montos, &Float64Array::new_scalar(21.0)).unwrap();
    let con_iva = con_iva.as_any().downcast_ref::<Float64Array>().unwrap();
    assert_eq!(total(con_iva), Some(513.0));
    assert_eq!(sum_ignoring_validity(con_iva), 534.0);
    // Setting rows to null leaves their values where they were.
    let mascara = arrow::array::BooleanArray::from(vec![false, false, true, false]);
    let sin_200 = arrow::compute::nullif(&montos, &mascara).unwrap();
    let sin_200 = sin_200.as_any().downcast_ref::<Float64Array>().unwrap();
    assert_eq!(total(sin_200), Some(250.0));
    assert_eq!(sum_ignoring_validity(sin_200), 450.0);
}

#[test]
fn sin_filas_validas_la_suma_es_ninguna_y_no_cero() {
    let vacia = Float64Array::from(Vec::<f64>::new());
    let nula = Float64Array::new_null(3);
    for columna in [&vacia, &nula] {
        assert_eq!(total(columna), None);
        assert_eq!(total_by_iteration(columna), None);
    }
    // The guide's form gives a zero for both, and for the empty one a negative zero.
    assert_eq!(sum_ignoring_validity(&vacia).to_bits(), (-0.0f64).to_bits());
    assert_eq!(sum_ignoring_validity(&nula), 0.0);
}

#[test]
fn multiplicar_por_un_escalar_deja_los_nulos_nulos() {
    let dobles = multiply_scalar(&con_basura(), 2.0).unwrap();
    assert_eq!(
        dobles,
        Float64Array::from(vec![Some(200.0), None, Some(400.0), Some(300.0)])
    );
    let guia = Float64Array::from(vec![100.0, 200.0, 150.0]);
    assert_eq!(
        multiply_scalar(&guia, 2.0).unwrap().values(),
        &[200.0, 400.0, 300.0]
    );
    assert_eq!(
        multiply_scalar(&Float64Array::from(Vec::<f64>::new()), 2.0)
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn un_entero_que_desborda_es_un_error_salvo_bajo_un_nulo() {
    let valores = ScalarBuffer::from(vec![1, i64::MAX]);
    let valido = Int64Array::new(valores.clone(), None);
    let error = multiply_scalar(&valido, 2).unwrap_err();
    assert!(
        matches!(error, ArrowError::ArithmeticOverflow(_)),
        "{error}"
    );
    // What the kernel of the guide did:
    assert_eq!(
        multiply_scalar_wrapping(&valido, 2).unwrap().values(),
        &[2, -2]
    );

    let nulo = Int64Array::new(valores, Some(NullBuffer::from(vec![true, false])));
    assert_eq!(
        multiply_scalar(&nulo, 2).unwrap(),
        Int64Array::from(vec![Some(2), None])
    );
}

proptest! {
    /// Cents as integers below 2^53 add up exactly in any order, so every way must give the same number.
    #[test]
    fn las_dos_formas_correctas_coinciden_con_la_suma_de_los_some(
        filas in prop::collection::vec(prop::option::of(-1_000_000_000i64..1_000_000_000), 0..500),
        basura in -1e15f64..1e15,
    ) {
        let valores: ScalarBuffer<f64> = filas.iter().map(|f| f.map_or(basura, |c| c as f64)).collect();
        let validez = NullBuffer::from_iter(filas.iter().map(Option::is_some));
        let columna = Float64Array::new(valores, Some(validez));
        let exacta = filas.iter().flatten().copied().reduce(|a, b| a + b).map(|c| c as f64);
        prop_assert_eq!(total(&columna), exacta);
        prop_assert_eq!(total_by_iteration(&columna), exacta);
    }
}
