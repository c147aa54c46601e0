//! filter, take, concat: what they give and what they copy.

use crate::{entra_en_panico, montos};
use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, StringViewArray,
    UInt32Array,
};
use arrow::compute::{concat_batches, filter, take};
use arrow::datatypes::{DataType, Field, Schema};
use ecommerce_testkit::alloc::{self, Allocations};
use ej_16_2_1_arrow_columns::buffers::{Role, buffers};
use ej_16_2_1_arrow_columns::{
    ColumnError, SelectError, StackError, column, guide_batch, rows_above, rows_at, stack,
};
use proptest::prelude::*;
use std::sync::Arc;

const FILAS: usize = 100_000;

fn lote(columna: Float64Array) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("monto", Arc::new(columna) as ArrayRef, true)])
        .unwrap()
}

fn direccion(lote: &RecordBatch) -> usize {
    let datos = buffers(lote.column(0));
    datos
        .iter()
        .find(|b| b.role == Role::Data(0))
        .unwrap()
        .address
}

#[test]
fn filtrar_deja_fuera_los_nulos_y_deja_pasar_nan() {
    let filas = lote(Float64Array::from(vec![
        Some(100.0),
        None,
        Some(200.0),
        Some(f64::NAN),
        Some(f64::INFINITY),
        Some(-0.0),
    ]));
    let premium = rows_above(&filas, "monto", 150.0).unwrap();
    let premium: &Float64Array = column(&premium, "monto").unwrap();
    assert_eq!(premium.null_count(), 0);
    assert_eq!(premium.values()[0], 200.0);
    // By IEEE 754's total order NaN is above every number; by its comparison operators it is above none.
    assert!(premium.value(1).is_nan());
    assert!(!matches!(
        f64::NAN.partial_cmp(&150.0),
        Some(std::cmp::Ordering::Greater)
    ));
    assert_eq!(premium.values()[2], f64::INFINITY);
    assert_eq!(premium.len(), 3);
    // The same order puts 0.0 above -0.0.
    let negativo = lote(Float64Array::from(vec![0.0, -0.0]));
    assert_eq!(rows_above(&negativo, "monto", -0.0).unwrap().num_rows(), 1);
}

#[test]
fn filtrar_por_una_columna_que_no_hay_o_no_es_numero_la_nombra() {
    let guia = guide_batch().unwrap();
    let error = rows_above(&guia, "mnto", 0.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no column 'mnto' (there is 'monto')"
    );
    let error = rows_above(&guia, "region", 0.0).unwrap_err();
    assert!(
        matches!(error, SelectError::Column(ColumnError::WrongType { .. })),
        "{error}"
    );
}

#[test]
fn filtrar_todo_no_copia_nada_y_filtrar_algo_copia_lo_elegido() {
    let filas = lote(montos(FILAS, 0));
    let todo = rows_above(&filas, "monto", -1.0).unwrap();
    assert_eq!(direccion(&todo), direccion(&filas));
    assert_eq!(todo.num_rows(), FILAS);
    let nada = rows_above(&filas, "monto", 1e9).unwrap();
    assert_eq!((nada.num_rows(), nada.num_columns()), (0, 1));
    let mitad = rows_above(&filas, "monto", 180.0).unwrap();
    assert_ne!(direccion(&mitad), direccion(&filas));
    assert!(mitad.num_rows() > FILAS / 3 && mitad.num_rows() < 2 * FILAS / 3);
}

/// What each operation allocates beside the column of 800,000 bytes it reads.
#[test]
fn lo_que_reserva_cada_operacion() {
    let columna = montos(FILAS, 0);
    let (una_de_diez, todas): (BooleanArray, BooleanArray) = (
        (0..FILAS).map(|i| Some(i % 10 == 0)).collect(),
        (0..FILAS).map(|_| Some(true)).collect(),
    );
    let posiciones = UInt32Array::from_iter_values((0..FILAS as u32).step_by(10));
    let contado = |operacion: &dyn Fn() -> ArrayRef| -> (usize, Allocations) {
        let (salida, visto) = alloc::in_this_thread(operacion);
        (salida.len(), visto)
    };
    let elegidas = 8 * FILAS as u64 / 10;

    let (filas, visto) = contado(&|| Arc::new(columna.slice(10, FILAS - 10)));
    assert_eq!(filas, FILAS - 10);
    assert!(
        visto.bytes < 256,
        "slice: only the array's own header: {visto:?}"
    );

    let (filas, visto) = contado(&|| filter(&columna, &todas).unwrap());
    assert_eq!(filas, FILAS);
    assert!(
        visto.bytes < 256,
        "filter that keeps all is a slice: {visto:?}"
    );

    let (filas, visto) = contado(&|| filter(&columna, &una_de_diez).unwrap());
    assert_eq!(filas, FILAS / 10);
    assert!(
        (elegidas..2 * elegidas).contains(&visto.bytes),
        "filter: the rows it keeps: {visto:?}"
    );

    let (filas, visto) = contado(&|| take(&columna, &posiciones, None).unwrap());
    assert_eq!(filas, FILAS / 10);
    assert!(
        (elegidas..2 * elegidas).contains(&visto.bytes),
        "take: the rows it picks: {visto:?}"
    );

    let partes = [
        lote(columna.slice(0, 30_000)),
        lote(columna.slice(30_000, FILAS - 30_000)),
    ];
    let (filas, visto) = contado(&|| stack(&partes).unwrap().column(0).clone());
    assert_eq!(filas, FILAS);
    let todo = 8 * FILAS as u64;
    assert!(
        (todo..todo + 4_096).contains(&visto.bytes),
        "concat: everything once: {visto:?}"
    );

    let (_, visto) = contado(&|| stack(&partes[..1]).unwrap().column(0).clone());
    assert!(visto.bytes < 1_024, "one batch is not copied: {visto:?}");
}

#[test]
fn elegir_vistas_de_texto_copia_las_vistas_y_no_el_texto() {
    let largo = |i: u32| format!("un texto que no cabe en su vista, número {i}");
    let textos: StringViewArray = (0..1_000).map(|i| Some(largo(i))).collect();
    let filas = RecordBatch::try_from_iter([("t", Arc::new(textos.clone()) as ArrayRef)]).unwrap();
    let salteadas = rows_at(&filas, &[999, 0, 0]).unwrap();
    let salteadas: &StringViewArray = column(&salteadas, "t").unwrap();
    assert_eq!(
        (salteadas.value(0), salteadas.value(2)),
        (largo(999).as_str(), largo(0).as_str())
    );
    let texto = |v: &StringViewArray| {
        v.data_buffers()
            .iter()
            .map(|b| b.as_ptr())
            .collect::<Vec<_>>()
    };
    assert_eq!(texto(salteadas), texto(&textos));
    // Utf8 must move the bytes.
    let filas = RecordBatch::try_from_iter([(
        "t",
        Arc::new(StringArray::from_iter_values((0..1_000).map(largo))) as ArrayRef,
    )])
    .unwrap();
    let salteadas = rows_at(&filas, &[999, 0, 0]).unwrap();
    assert_eq!(
        buffers(salteadas.column(0)).last().unwrap().bytes,
        largo(999).len() + 2 * largo(0).len()
    );
}

#[test]
fn una_posicion_que_no_hay_es_un_error_y_take_a_secas_entra_en_panico() {
    let guia = guide_batch().unwrap();
    let error = rows_at(&guia, &[0, 3]).unwrap_err();
    assert_eq!(error.to_string(), "row 3 of a batch of 3");
    assert_eq!(rows_at(&guia, &[2, 2]).unwrap().num_rows(), 2);
    assert_eq!(rows_at(&guia, &[]).unwrap().num_rows(), 0);
    assert!(entra_en_panico(|| take(
        guia.column(1),
        &UInt32Array::from(vec![3]),
        None
    )));
}

#[test]
fn apilar_nada_es_un_error_y_apilar_uno_es_el_mismo() {
    assert!(matches!(stack(&[]).unwrap_err(), StackError::NoBatches));
    let guia = guide_batch().unwrap();
    let solo = stack(std::slice::from_ref(&guia)).unwrap();
    assert_eq!(solo, guia);
    assert_eq!(direccion(&solo), direccion(&guia));
    assert_eq!(stack(&[guia.clone(), guia]).unwrap().num_rows(), 6);
}

#[test]
fn dos_lotes_con_las_columnas_cambiadas_son_un_error_y_concat_batches_los_mezcla() {
    let coordenadas = |nombres: [&str; 2]| {
        let columna = |v| Arc::new(Float64Array::from(vec![v])) as ArrayRef;
        RecordBatch::try_from_iter([(nombres[0], columna(40.4)), (nombres[1], columna(-3.7))])
            .unwrap()
    };
    let lotes = [coordenadas(["lat", "lon"]), coordenadas(["lon", "lat"])];
    let mezclado = concat_batches(&lotes[0].schema(), &lotes).unwrap();
    let lat: &Float64Array = column(&mezclado, "lat").unwrap();
    assert_eq!(lat.values(), &[40.4, 40.4], "the second is a longitude");
    let error = stack(&lotes).unwrap_err();
    assert_eq!(
        error.to_string(),
        "batch 1 has 'lon' Float64 where batch 0 has 'lat' Float64"
    );
}

#[test]
fn un_lote_con_otro_tipo_o_con_menos_columnas_es_un_error_y_concat_batches_entra_en_panico() {
    let guia = guide_batch().unwrap();
    let menos = guia.project(&[0, 1]).unwrap();
    let error = stack(&[guia.clone(), menos.clone()]).unwrap_err();
    assert_eq!(error.to_string(), "batch 1 has 2 columns, batch 0 has 3");
    let lotes = [guia.clone(), menos];
    assert!(entra_en_panico(|| concat_batches(
        &lotes[0].schema(),
        &lotes
    )));

    let texto = RecordBatch::try_from_iter([
        ("id", guia.column(0).clone()),
        ("monto", guia.column(2).clone()),
        ("region", guia.column(2).clone()),
    ])
    .unwrap();
    let error = stack(&[guia, texto]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "batch 1 has 'monto' Utf8 where batch 0 has 'monto' Float64"
    );
}

#[test]
fn una_columna_que_admite_nulos_en_un_lote_los_admite_en_todos() {
    let con = |admite| {
        let esquema = Schema::new(vec![Field::new("monto", DataType::Float64, admite)]);
        let monto = Float64Array::from(vec![(!admite).then_some(1.0)]);
        RecordBatch::try_new(Arc::new(esquema), vec![Arc::new(monto)]).unwrap()
    };
    let juntos = stack(&[con(false), con(true)]).unwrap();
    assert!(juntos.schema().field(0).is_nullable());
    assert_eq!(juntos.column(0).null_count(), 1);
    // With the first batch's schema Arrow refuses them.
    assert!(concat_batches(&con(false).schema(), &[con(false), con(true)]).is_err());
}

proptest! {
    #[test]
    fn filtrar_es_elegir_las_posiciones_verdaderas(mascara in prop::collection::vec(any::<bool>(), 1..400), nulos in 0usize..5) {
        let columna = montos(mascara.len(), nulos);
        let posiciones: Vec<u32> = (0..).zip(&mascara).filter(|(_, si)| **si).map(|(i, _)| i).collect();
        let filtrada = filter(&columna, &BooleanArray::from(mascara)).unwrap();
        let elegida = rows_at(&lote(columna), &posiciones).unwrap();
        prop_assert_eq!(&filtrada, elegida.column(0));
    }

    #[test]
    fn cortar_y_apilar_devuelve_lo_mismo(filas in 1usize..500, cortes in prop::collection::vec(any::<prop::sample::Index>(), 0..6), nulos in 0usize..5) {
        let entero = lote(montos(filas, nulos));
        let mut puntos: Vec<usize> = cortes.iter().map(|c| c.index(filas + 1)).chain([0, filas]).collect();
        puntos.sort_unstable();
        let partes: Vec<RecordBatch> = puntos.windows(2).map(|p| entero.slice(p[0], p[1] - p[0])).collect();
        prop_assert_eq!(stack(&partes).unwrap(), entero);
    }
}
