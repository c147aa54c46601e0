//! Making batches, and the mistakes that name their column.

use arrow::array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, Int64Array, NullArray, RecordBatch,
    StringArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use ej_16_2_1_arrow_columns::{BuildError, build, column, guide_batch, total};
use std::sync::Arc;

fn esquema(nullable: bool) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("monto", DataType::Float64, nullable),
    ]))
}

fn ids(n: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(
        (0..n).map(|i| format!("t{i}")),
    ))
}

#[test]
fn el_lote_de_la_guia_tiene_tres_filas_tres_columnas_y_suma_450() {
    let lote = guide_batch().unwrap();
    assert_eq!((lote.num_rows(), lote.num_columns()), (3, 3));
    assert_eq!(total(column(&lote, "monto").unwrap()), Some(450.0));
}

#[test]
fn el_lote_guarda_los_mismos_arc_que_se_le_dan() {
    let columnas = vec![
        ids(3),
        Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0])) as ArrayRef,
    ];
    let lote = build(esquema(false), columnas.clone()).unwrap();
    for (dada, guardada) in columnas.iter().zip(lote.columns()) {
        assert!(Arc::ptr_eq(dada, guardada));
        assert_eq!(Arc::strong_count(dada), 2);
    }
    drop(lote);
    assert_eq!(Arc::strong_count(&columnas[0]), 1);
}

#[test]
fn un_tipo_equivocado_se_dice_con_el_nombre_de_la_columna() {
    let enteros: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let error = build(esquema(false), vec![ids(3), enteros.clone()]).unwrap_err();
    assert!(
        matches!(&error, BuildError::WrongType { column, expected: DataType::Float64, found: DataType::Int64 } if column == "monto")
    );
    assert_eq!(error.to_string(), "column 'monto' is Int64, not Float64");
    // Arrow's own message has only the index.
    let suyo = RecordBatch::try_new(esquema(false), vec![ids(3), enteros]).unwrap_err();
    assert_eq!(
        suyo.to_string(),
        "Invalid argument error: column types must match schema types, expected Float64 but found Int64 at column index 1"
    );
}

#[test]
fn columnas_de_mas_de_menos_o_de_otro_largo_son_errores_con_nombre() {
    let montos = |n| Arc::new(Float64Array::from(vec![1.0; n])) as ArrayRef;
    let error = build(esquema(false), vec![ids(3)]).unwrap_err();
    assert!(matches!(
        error,
        BuildError::ColumnCount {
            fields: 2,
            given: 1
        }
    ));
    let error = build(esquema(false), vec![ids(3), montos(3), montos(3)]).unwrap_err();
    assert!(matches!(
        error,
        BuildError::ColumnCount {
            fields: 2,
            given: 3
        }
    ));
    let error = build(esquema(false), vec![ids(3), montos(2)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 'monto' has 2 rows, the first column 3"
    );
}

#[test]
fn un_nulo_donde_no_puede_haberlo_es_un_error_tambien_si_no_esta_en_el_bitmap() {
    let con_nulo: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, None]));
    let error = build(esquema(false), vec![ids(3), con_nulo.clone()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 'monto' may not be null and has 2 nulls"
    );
    assert!(build(esquema(true), vec![ids(3), con_nulo]).is_ok());

    // A dictionary whose key is valid and whose value is null; a Null column, which has no bitmap at all.
    let diccionario = DictionaryArray::<Int32Type>::new(
        Int32Array::from(vec![0, 1]),
        Arc::new(StringArray::from(vec![Some("norte"), None])),
    );
    for (tipo, columna, nulos) in [
        (
            diccionario.data_type().clone(),
            Arc::new(diccionario.clone()) as ArrayRef,
            1,
        ),
        (DataType::Null, Arc::new(NullArray::new(2)) as ArrayRef, 2),
    ] {
        let esquema = Arc::new(Schema::new(vec![Field::new("region", tipo, false)]));
        let error = build(esquema, vec![columna]).unwrap_err();
        assert!(
            matches!(&error, BuildError::UnexpectedNulls { column, nulls } if column == "region" && *nulls == nulos),
            "{error}"
        );
    }
}

#[test]
fn sin_columnas_el_error_es_de_arrow() {
    let vacio = Arc::new(Schema::empty());
    assert!(matches!(
        build(vacio, vec![]).unwrap_err(),
        BuildError::Arrow(_)
    ));
}
