//! Columns that differ: what is refused, what is merged.

use crate::bancada::{ambos, en_disco, lote_de, numeros, venta};
use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType as Arrow, Field, Schema};
use deltalake::kernel::{DataType, StructField};
use ej_16_5_1_delta::{
    Sale, TableError, TableSpec, append, append_merging_schema, cells, overwrite_schema, query,
    read_sales,
};
use std::sync::Arc;

/// The batch of these sales with a column more, or in place of one.
fn con_columna(ventas: &[Sale], campo: Field, columna: ArrayRef) -> RecordBatch {
    let lote = lote_de(ventas);
    let mut campos = lote.schema().fields().to_vec();
    let mut columnas = lote.columns().to_vec();
    match lote.schema().index_of(campo.name()) {
        Ok(i) => (campos[i], columnas[i]) = (Arc::new(campo), columna),
        Err(_) => {
            campos.push(Arc::new(campo));
            columnas.push(columna);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(campos)), columnas).unwrap()
}

fn con_canal(ventas: &[Sale]) -> RecordBatch {
    let canal: StringArray = ventas.iter().map(|_| Some("web")).collect();
    con_columna(
        ventas,
        Field::new("canal", Arrow::Utf8, true),
        Arc::new(canal),
    )
}

fn sin(lote: &RecordBatch, columna: &str) -> RecordBatch {
    let quedan = (0..lote.num_columns()).filter(|i| lote.schema().field(*i).name() != columna);
    lote.project(&quedan.collect::<Vec<_>>()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn una_columna_de_mas_o_de_menos_se_rechaza_y_no_queda_nada() {
    for sitio in ambos() {
        let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
        let antes = sitio.arbol();
        let ventas = [venta(2, "sur", 200)];
        for lote in [con_canal(&ventas), sin(&lote_de(&ventas), "region")] {
            let error = append(tabla.clone(), [lote]).await;
            assert!(matches!(error, Err(TableError::Columns(_))), "{error:?}");
        }
        assert_eq!(antes.changes(&sitio.arbol()), [], "{}", sitio.nombre);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn con_merge_la_columna_nueva_entra_y_la_que_falta_es_nula() {
    for sitio in ambos() {
        let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
        let tabla = append_merging_schema(tabla, [con_canal(&[venta(2, "sur", 200)])])
            .await
            .unwrap();
        let corto = sin(&lote_de(&[venta(3, "este", 300)]), "region");
        let tabla = append_merging_schema(tabla, [corto]).await.unwrap();
        let filas = query(&tabla, "SELECT * FROM ventas").await.unwrap();
        assert_eq!(
            cells(&filas, &["venta_id", "region", "canal"]).unwrap(),
            [
                "1 | \"norte\" | nulo",
                "2 | \"sur\" | \"web\"",
                "3 | nulo | nulo"
            ]
        );
        // The columns changed with version 2; version 1 is as it was.
        let antes = sitio.place.open_at(1).await.unwrap();
        assert_eq!(antes.snapshot().unwrap().schema().fields().count(), 4);
    }
}

#[tokio::test]
async fn con_merge_se_rechaza_otro_tipo_y_la_falta_de_lo_que_no_admite_nulos() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let antes = sitio.ventas().await;
    let ventas = [venta(2, "sur", 200)];
    let si: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let booleano = con_columna(&ventas, Field::new("fecha", Arrow::Boolean, false), si);
    let error = append_merging_schema(tabla.clone(), [booleano]).await;
    assert!(matches!(error, Err(TableError::Columns(_))), "{error:?}");
    let sin_numero = sin(&lote_de(&ventas), "venta_id");
    let error = append_merging_schema(tabla, [sin_numero]).await;
    assert!(matches!(error, Err(TableError::Rows(_))), "{error:?}");
    assert_eq!(sitio.ventas().await, antes);
    assert_eq!(sitio.place.open().await.unwrap().version(), Some(1));
}

#[tokio::test]
async fn un_numero_menor_se_ensancha_y_uno_que_no_cabe_se_rechaza() {
    let sitio = en_disco();
    let forma = TableSpec::sales().column(StructField::nullable("unidades", DataType::INTEGER));
    let tabla = sitio.place.create(&forma).await.unwrap();
    let con_unidades = |n: i64| {
        let columna: ArrayRef = Arc::new(Int64Array::from(vec![n]));
        con_columna(
            &[venta(n, "sur", 1)],
            Field::new("unidades", Arrow::Int64, true),
            columna,
        )
    };
    // The column is 32 bits wide: 64 that fit are taken, and what does not fit fails as a value, not as a type.
    let tabla = append(tabla, [con_unidades(7)]).await.unwrap();
    let error = append(tabla.clone(), [con_unidades(1 << 40)]).await;
    assert!(error.is_err(), "{error:?}");
    let estrecho: ArrayRef = Arc::new(Int32Array::from(vec![9]));
    let estrecho = con_columna(
        &[venta(9, "sur", 1)],
        Field::new("unidades", Arrow::Int32, true),
        estrecho,
    );
    let id: ArrayRef = Arc::new(Int32Array::from(vec![9]));
    let mut campos = estrecho.schema().fields().to_vec();
    campos[0] = Arc::new(Field::new("venta_id", Arrow::Int32, false));
    let mut columnas = estrecho.columns().to_vec();
    columnas[0] = id;
    let lote = RecordBatch::try_new(Arc::new(Schema::new(campos)), columnas).unwrap();
    append(tabla, [lote]).await.unwrap();
    assert_eq!(numeros(&sitio.ventas().await), [7, 9]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sobrescribir_el_esquema_cambia_las_columnas_y_el_viaje_conserva_las_viejas() {
    for sitio in ambos() {
        let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
        let otra = RecordBatch::try_from_iter([(
            "cliente",
            Arc::new(StringArray::from(vec!["ana"])) as ArrayRef,
        )]);
        let tabla = overwrite_schema(tabla, [otra.unwrap()]).await.unwrap();
        let columnas: Vec<_> = tabla
            .snapshot()
            .unwrap()
            .schema()
            .fields()
            .map(|f| f.name().clone())
            .collect();
        assert_eq!(columnas, ["cliente"], "{}", sitio.nombre);
        let filas = query(&tabla, "SELECT * FROM ventas").await.unwrap();
        assert_eq!(cells(&filas, &["cliente"]).unwrap(), ["\"ana\""]);
        let vieja = sitio.place.open_at(1).await.unwrap();
        assert_eq!(read_sales(&vieja).await.unwrap(), [venta(1, "norte", 100)]);
    }
}

/// The library's check of types is Arrow's cast, which is generous: a text becomes a number, a float a decimal, rounded.
#[tokio::test]
async fn un_texto_que_es_un_numero_entra_y_uno_que_no_lo_es_para_el_lote() {
    let sitio = en_disco();
    let tabla = sitio.con(&[]).await;
    let con_texto = |texto: &str| {
        let columna: ArrayRef = Arc::new(StringArray::from(vec![texto]));
        con_columna(
            &[venta(0, "sur", 1)],
            Field::new("venta_id", Arrow::Utf8, false),
            columna,
        )
    };
    let tabla = append(tabla, [con_texto("12")]).await.unwrap();
    let error = append(tabla.clone(), [con_texto("doce")]).await;
    assert!(error.is_err(), "{error:?}");
    let real: ArrayRef = Arc::new(Float64Array::from(vec![7.129]));
    let real = con_columna(
        &[venta(13, "sur", 0)],
        Field::new("monto", Arrow::Float64, false),
        real,
    );
    append(tabla, [real]).await.unwrap();
    assert_eq!(
        sitio.ventas().await,
        [venta(12, "sur", 1), venta(13, "sur", 713)]
    );
}
