//! When two tables hold the same.

use crate::dias;
use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use ej_16_5_5_table_formats::{Content, FormatError, write_parquet};
use proptest::prelude::*;
use std::sync::Arc;

fn todo() -> RecordBatch {
    let dias = dias();
    let lotes: Vec<&RecordBatch> = dias.iter().map(|dia| &dia.batch).collect();
    concat_batches(&lotes[0].schema(), lotes).unwrap()
}

/// The batch with one column in another type.
fn con_tipo(lote: &RecordBatch, columna: &str, tipo: &DataType) -> RecordBatch {
    let en = lote.schema().index_of(columna).unwrap();
    let mut columnas = lote.columns().to_vec();
    columnas[en] = cast(&columnas[en], tipo).unwrap();
    let mut campos: Vec<Arc<Field>> = lote.schema().fields().to_vec();
    campos[en] = Arc::new(Field::new(columna, tipo.clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(campos)), columnas).unwrap()
}

#[test]
fn el_orden_y_los_trozos_no_cuentan_y_una_celda_si() {
    let lote = todo();
    let entero = Content::of(std::slice::from_ref(&lote)).unwrap();
    assert_eq!(entero.rows(), 600);
    let trozos = [lote.slice(400, 200), lote.slice(0, 400)];
    assert_eq!(Content::of(&trozos).unwrap(), entero);

    let mut columnas: Vec<ArrayRef> = lote.columns().to_vec();
    let mut ids: Vec<String> = (0..600).map(|i| format!("otro-{i}")).collect();
    let en = lote.schema().index_of("evento_id").unwrap();
    for (i, id) in ids.iter_mut().enumerate().skip(1) {
        *id = columnas[en]
            .as_any()
            .downcast_ref::<StringArray>()
            .unwrap()
            .value(i)
            .to_owned();
    }
    columnas[en] = Arc::new(StringArray::from(ids));
    let cambiado = RecordBatch::try_new(lote.schema(), columnas).unwrap();
    assert_ne!(Content::of(&[cambiado]).unwrap(), entero);
}

#[test]
fn vista_diccionario_y_zona_son_maneras_de_decir_lo_mismo() {
    let lote = todo();
    let entero = Content::of(std::slice::from_ref(&lote)).unwrap();
    let diccionario = DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    let instante = |zona: &str| DataType::Timestamp(TimeUnit::Microsecond, Some(zona.into()));
    for (columna, tipo) in [
        ("fecha", diccionario),
        ("evento_id", DataType::Utf8View),
        ("pagina", DataType::LargeUtf8),
        ("timestamp", instante("+00:00")),
    ] {
        let otro = con_tipo(&lote, columna, &tipo);
        assert_eq!(Content::of(&[otro]).unwrap(), entero, "{columna}");
    }
}

#[test]
fn una_columna_que_falta_o_cambia_de_tipo_se_nombra() {
    let lote = todo();
    let sin_monto: Vec<usize> = (0..lote.num_columns())
        .filter(|i| lote.schema().field(*i).name() != "monto")
        .collect();
    let falta = Content::of(&[lote.project(&sin_monto).unwrap()]).unwrap_err();
    assert!(
        matches!(&falta, FormatError::Column { column, .. } if column == "monto"),
        "{falta}"
    );
    let texto = con_tipo(&lote, "monto", &DataType::Utf8);
    let tipo = Content::of(&[texto]).unwrap_err();
    assert!(tipo.to_string().contains("monto"), "{tipo}");
}

#[test]
fn un_archivo_parquet_da_el_mismo_contenido() {
    let carpeta = tempfile::tempdir().unwrap();
    let archivo = carpeta.path().join("todo.parquet");
    write_parquet(&archivo, &todo()).unwrap();
    assert_eq!(
        Content::of_parquet(&archivo).unwrap(),
        Content::of(&[todo()]).unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn ninguna_permutacion_cambia_el_contenido(
        orden in Just((0..60u32).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let lote = todo().slice(0, 60);
        let otro = take_record_batch(&lote, &arrow::array::UInt32Array::from(orden)).unwrap();
        prop_assert_eq!(Content::of(&[otro]).unwrap(), Content::of(&[lote]).unwrap());
    }
}
