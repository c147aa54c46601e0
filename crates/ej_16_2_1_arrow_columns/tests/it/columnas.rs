//! Columns by name and type.

use crate::entra_en_panico;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Float64Type, Schema, TimeUnit};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_1_arrow_columns::{ColumnError, column, column_as, guide_batch};
use std::sync::Arc;

fn eventos() -> RecordBatch {
    let config = ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, 500);
    generate_batch(&Generador::new(config).unwrap(), 0..500).unwrap()
}

fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

#[test]
fn cada_columna_del_modelo_sale_con_su_tipo_y_apunta_al_lote() {
    let lote = eventos();
    for (n, (nombre, ..)) in ecommerce_arrow::COLUMNS.iter().enumerate() {
        let vista: &dyn Array = match *nombre {
            "monto" | "lat" | "lon" => column::<Float64Array>(&lote, nombre).unwrap(),
            "timestamp" => column_as::<TimestampMicrosecondArray>(&lote, nombre, &utc()).unwrap(),
            _ => column::<StringArray>(&lote, nombre).unwrap(),
        };
        assert!(
            std::ptr::addr_eq(vista, Arc::as_ptr(lote.column(n))),
            "{nombre}"
        );
    }
}

#[test]
fn una_columna_que_falta_dice_cual_se_le_parece() {
    let lote = guide_batch().unwrap();
    let error = column::<Float64Array>(&lote, "Monto").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no column 'Monto' (there is 'monto')"
    );
    let error = column::<StringArray>(&lote, "regoin").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no column 'regoin' (there is 'region')"
    );
    let error = column::<StringArray>(&lote, "precio").unwrap_err();
    assert_eq!(
        error,
        ColumnError::Missing {
            column: "precio".into(),
            similar: None
        }
    );
    assert!(column::<StringArray>(&lote, "").is_err());
}

#[test]
fn un_downcast_equivocado_dice_columna_tipo_esperado_y_tipo_encontrado() {
    let lote = guide_batch().unwrap();
    let error = column::<Int64Array>(&lote, "monto").unwrap_err();
    assert_eq!(error.to_string(), "column 'monto' is Float64, not Int64");
    let error = column::<BooleanArray>(&lote, "monto").unwrap_err();
    assert_eq!(error.to_string(), "column 'monto' is Float64, not Boolean");
    // Utf8 and Utf8View are two Rust types: text that comes from another engine may be the other one.
    let error = column::<StringViewArray>(&lote, "region").unwrap_err();
    assert_eq!(error.to_string(), "column 'region' is Utf8, not Utf8View");
}

#[test]
fn el_unwrap_de_la_guia_es_un_panic() {
    let lote = guide_batch().unwrap();
    assert!(lote.column_by_name("precio").is_none());
    let monto = lote.column_by_name("monto").unwrap();
    assert!(monto.as_any().downcast_ref::<Int64Array>().is_none());
    // The short form of today, `as_primitive`, panics as well; `as_primitive_opt` does not.
    assert_eq!(monto.as_primitive::<Float64Type>().value(1), 200.0);
    assert!(entra_en_panico(|| monto.as_string::<i32>().len()));
    assert!(monto.as_string_opt::<i32>().is_none());
}

#[test]
fn dos_columnas_con_el_mismo_nombre_se_dicen_y_column_by_name_da_la_primera() {
    let campo = |nombre: &str| Field::new(nombre, DataType::Float64, false);
    let valores = |v| Arc::new(Float64Array::from(vec![v])) as ArrayRef;
    let lote = RecordBatch::try_new(
        Arc::new(Schema::new(vec![
            campo("monto"),
            campo("lat"),
            campo("monto"),
        ])),
        vec![valores(1.0), valores(2.0), valores(3.0)],
    )
    .unwrap();
    let primera = lote.column_by_name("monto").unwrap();
    assert_eq!(primera.as_primitive::<Float64Type>().value(0), 1.0);
    let error = column::<Float64Array>(&lote, "monto").unwrap_err();
    assert_eq!(error.to_string(), "column 'monto' occurs 2 times");
}

#[test]
fn el_downcast_no_ve_ni_la_zona_de_un_instante_ni_la_escala_de_un_decimal() {
    let sin_zona = TimestampMicrosecondArray::from(vec![0]);
    let con_zona = sin_zona.clone().with_timezone("UTC");
    let centavos = Decimal128Array::from(vec![15_050])
        .with_precision_and_scale(18, 2)
        .unwrap();
    let milesimas = centavos.clone().with_precision_and_scale(18, 3).unwrap();
    let una = |array: ArrayRef| {
        let campo = Field::new("x", array.data_type().clone(), false);
        RecordBatch::try_new(Arc::new(Schema::new(vec![campo])), vec![array]).unwrap()
    };
    for lote in [una(Arc::new(sin_zona)), una(Arc::new(con_zona))] {
        assert!(column::<TimestampMicrosecondArray>(&lote, "x").is_ok());
        let exacta = column_as::<TimestampMicrosecondArray>(&lote, "x", &utc());
        assert_eq!(exacta.is_ok(), lote.column(0).data_type() == &utc());
    }
    // 150.50 and 15.050 are the same integer: only the data type tells them apart.
    let [c, m] = [una(Arc::new(centavos)), una(Arc::new(milesimas))];
    let enteros = |lote| column::<Decimal128Array>(lote, "x").unwrap().value(0);
    assert_eq!(enteros(&c), enteros(&m));
    let error = column_as::<Decimal128Array>(&m, "x", &DataType::Decimal128(18, 2)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 'x' is Decimal128(18, 3), not Decimal128(18, 2)"
    );
}
