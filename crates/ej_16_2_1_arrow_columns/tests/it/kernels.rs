//! Which order of additions the sum kernel has, and so whether it is told what machine it runs on.

use arrow::array::{Array, Float64Array};
use arrow::compute::sum;
use ej_16_2_1_arrow_columns::lanes::{COMPILED_LANES, sum_in_lanes, sum_valid_in_lanes};
use proptest::prelude::*;

/// Values whose sum depends on the order: eighty orders of magnitude, both signs.
fn reales() -> impl Strategy<Value = f64> {
    (-1.0f64..1.0, -40i32..40).prop_map(|(mantisa, exponente)| mantisa * 10f64.powi(exponente))
}

proptest! {
    /// Bit for bit the order of [`COMPILED_LANES`] accumulators: what the target names at compile time, nothing of this CPU.
    #[test]
    fn el_kernel_suma_en_los_carriles_del_destino_de_compilacion(valores in prop::collection::vec(reales(), 1..600)) {
        let en_carriles = sum_in_lanes::<COMPILED_LANES>(&valores);
        let suma = sum(&Float64Array::from(valores)).unwrap();
        prop_assert_eq!(suma.to_bits(), en_carriles.to_bits());
    }

    #[test]
    fn con_nulos_el_kernel_suma_en_la_mitad_de_carriles(filas in prop::collection::vec(prop::option::of(reales()), 1..600)) {
        let columna = Float64Array::from(filas);
        // Without a null the kernel takes the other path.
        prop_assume!((1..columna.len()).contains(&columna.null_count()));
        let en_carriles = sum_valid_in_lanes::<{ COMPILED_LANES / 2 }>(&columna);
        prop_assert_eq!(sum(&columna).unwrap().to_bits(), en_carriles.to_bits());
    }
}

#[test]
fn otro_numero_de_carriles_da_otros_bits() {
    // So the equalities above say something: on these values every other number of lanes rounds otherwise.
    let valores: Vec<f64> = (0..10_000u32)
        .map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8) / 7.0 * 10f64.powi(i as i32 % 13))
        .collect();
    let suma = sum(&Float64Array::from(valores.clone())).unwrap().to_bits();
    let por_carriles = [
        (1, sum_in_lanes::<1>(&valores)),
        (2, sum_in_lanes::<2>(&valores)),
        (4, sum_in_lanes::<4>(&valores)),
        (8, sum_in_lanes::<8>(&valores)),
        (16, sum_in_lanes::<16>(&valores)),
        (32, sum_in_lanes::<32>(&valores)),
    ];
    for (carriles, otra) in por_carriles {
        assert_eq!(
            suma == otra.to_bits(),
            carriles == COMPILED_LANES,
            "{carriles}"
        );
    }
    // One lane is the guide's loop.
    let en_orden = valores.iter().fold(0.0, |a, b| a + b);
    assert_eq!(por_carriles[0].1.to_bits(), en_orden.to_bits());
}
