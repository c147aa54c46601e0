//! The kernels of `ecommerce_simd` against Arrow's.

use crate::montos;
use arrow::array::Float64Array;
use arrow::compute::sum;
use ej_16_2_1_arrow_columns::sum_and_count_above;
use proptest::prelude::*;

#[test]
fn el_simd_propio_da_la_misma_suma_salvo_el_orden() {
    let columna = montos(100_003, 0);
    let exacta: f64 = columna
        .values()
        .iter()
        .map(|v| (v * 100.0).round() as i64)
        .sum::<i64>() as f64
        / 100.0;
    for suma in [
        sum(&columna).unwrap(),
        ecommerce_simd::suma(columna.values()),
    ] {
        assert!((suma - exacta).abs() <= 1e-9 * exacta, "{suma} {exacta}");
    }
}

proptest! {
    /// The three kernels against the one loop, on whole cents, which add up exactly in any order.
    #[test]
    fn sumar_y_contar_por_kernels_es_lo_mismo_que_en_un_bucle(centavos in prop::collection::vec(-1_000i64..1_000, 0..300)) {
        let valores: Vec<f64> = centavos.iter().map(|c| *c as f64).collect();
        let en_bucle = ecommerce_simd::suma_y_cuenta_positivos(&valores);
        prop_assert_eq!(sum_and_count_above(&Float64Array::from(valores), 0.0).unwrap(), en_bucle);
    }
}
