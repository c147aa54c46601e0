//! The guide's numbers, and every other.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow::datatypes::DataType;
use ej_16_6_3_zero_copy::{Column, PARALLEL_FROM, ZeroCopyError, procesar_arrow};
use proptest::prelude::*;

use crate::estructuras::procesada;

fn bits(columna: &Column) -> Vec<Option<u64>> {
    let valores = columna.chunks().iter().flat_map(Float64Array::iter);
    valores.map(|x| x.map(f64::to_bits)).collect()
}

#[test]
fn los_de_la_guia() {
    let columna = Float64Array::from(vec![1.0, 2.0, 3.0, 4.0, 5.0]).into();
    let esperado = Float64Array::from(vec![3.0, 5.0, 7.0, 9.0, 11.0]).into();
    assert_eq!(procesada(&columna), esperado);
}

#[test]
fn una_columna_vacia_o_sin_trozos_da_otra_igual() {
    assert_eq!(procesada(&Column::default()).chunks().len(), 0);
    let vacia: Column = Float64Array::from(Vec::<f64>::new()).into();
    assert_eq!(procesada(&vacia), vacia);
}

#[test]
fn infinitos_ceros_subnormales_y_nan_dan_lo_que_dice_ieee_754() {
    let raros = vec![
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        0.0,
        -0.5,
        f64::from_bits(1),
        2f64.powi(52),
        2f64.powi(53),
        0.1,
        f64::from_bits(0x7ff8_0000_0000_0123),
        f64::from_bits(0xfff8_0000_0000_0456),
    ];
    let salida = procesada(&Float64Array::from(raros.clone()).into());
    let esperado: Vec<_> = raros
        .iter()
        .map(|&x| Some((std::hint::black_box(x) * 2.0 + 1.0).to_bits()))
        .collect();
    assert_eq!(bits(&salida), esperado);
    let [doble_desborda, cero_negativo] = [0, 4].map(|fila| salida.chunks()[0].value(fila));
    assert_eq!((doble_desborda, cero_negativo), (f64::INFINITY, 1.0));
    assert!(salida.chunks()[0].value(11).is_nan());
}

#[test]
fn en_paralelo_salen_los_mismos_bits_que_en_serie() {
    let filas = PARALLEL_FROM + 12_345;
    let valores: Vec<f64> = (0..filas).map(|i| (i as f64).sqrt() - 300.0).collect();
    let entera = procesada(&Float64Array::from(valores.clone()).into());
    let una_a_una: Vec<_> = valores
        .iter()
        .map(|x| Some((x * 2.0 + 1.0).to_bits()))
        .collect();
    assert_eq!(bits(&entera), una_a_una);
}

#[test]
fn lo_que_no_es_float64_se_rechaza_con_su_tipo() {
    let enteros: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let error = Column::try_from_arrays(&[enteros]).unwrap_err();
    assert!(matches!(&error, ZeroCopyError::WrongType(DataType::Int64)));
    assert_eq!(
        error.to_string(),
        "se esperaba una columna float64 y llegó Int64; conviértela antes, por ejemplo con cast"
    );
}

#[test]
fn quien_cancela_no_espera_ni_en_serie_ni_en_paralelo() {
    for filas in [10, PARALLEL_FROM] {
        let columna = Float64Array::from(vec![1.0; filas]).into();
        let resultado = procesar_arrow(&columna, &AtomicBool::new(true));
        assert!(matches!(resultado, Err(ZeroCopyError::Cancelled)));
    }
}

proptest! {
    /// Chunks, slices and nulls, however they come: the same lengths, the same nulls, each value its own.
    #[test]
    fn cualquier_troceado_da_lo_mismo_que_fila_a_fila(
        valores in prop::collection::vec(prop::option::weighted(0.8, any::<f64>()), 0..200),
        cortes in prop::collection::vec(0usize..200, 0..6),
        con_nulos in any::<bool>(),
    ) {
        let entera: Float64Array = if con_nulos {
            valores.iter().copied().collect()
        } else {
            valores.iter().map(|x| x.unwrap_or(1.5)).collect::<Vec<_>>().into()
        };
        let mut cortes: Vec<usize> = cortes.into_iter().filter(|&corte| corte <= entera.len()).collect();
        cortes.extend([0, entera.len()]);
        cortes.sort_unstable();
        let trozos: Vec<Float64Array> = cortes.windows(2).map(|par| entera.slice(par[0], par[1] - par[0])).collect();
        let longitudes: Vec<usize> = trozos.iter().map(Array::len).collect();
        let esperado: Vec<_> = entera.iter().map(|x| x.map(|x| (x * 2.0 + 1.0).to_bits())).collect();

        let salida = procesada(&Column::new(trozos));
        prop_assert_eq!(bits(&salida), esperado);
        prop_assert_eq!(salida.chunks().iter().map(Array::len).collect::<Vec<_>>(), longitudes);
        prop_assert_eq!(salida.null_count(), entera.null_count());
    }
}
