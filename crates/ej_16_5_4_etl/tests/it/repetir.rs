//! R2: the same day again changes nothing, and a text is never more than the date or place that it names.

use crate::bancada::{Bancada, FECHA, FILAS, OTRA, filas_y_version, hacer, runtime};
use ecommerce_pipeline::{ErrorClass, PipelineError};
use ecommerce_testkit::temp::tree_digest;
use ej_16_5_4_etl::pipeline_etl_diario;

#[test]
fn dos_veces_dan_el_mismo_contenido_y_las_mismas_filas() {
    let b = Bancada::con_eventos();
    let primera = hacer(&b.etl(FECHA));
    let (hash, antes) = (b.contenido("ventas"), filas_y_version(&b.lugar("ventas")));
    assert!(hash.is_some() && antes == (primera.filas_procesadas as usize, 0));
    for vez in 1..4 {
        let otra = hacer(&b.etl(FECHA));
        assert_eq!(otra.filas_procesadas, primera.filas_procesadas);
        assert_eq!(otra.version_tabla, vez);
        assert_eq!(b.contenido("ventas"), hash);
        assert_eq!(filas_y_version(&b.lugar("ventas")), (antes.0, vez));
    }
}

#[test]
fn repetir_un_dia_con_otros_eventos_cambia_ese_dia_y_ningun_otro() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    hacer(&b.etl(OTRA));
    let ambos = b.contenido("ventas");
    // The same second day beside other events of the first.
    std::fs::remove_dir_all(b.dia()).unwrap();
    b.eventos_en("nuevos", 7, 1, FILAS, ecommerce_arrow::Format::Parquet);
    std::fs::rename(b.ruta(&format!("nuevos/fecha={FECHA}")), b.dia()).unwrap();
    hacer(&b.etl(FECHA));
    assert_ne!(b.contenido("ventas"), ambos);
    // As if both days had been run once, on what the input is now.
    let mut limpia = b.etl(OTRA);
    limpia.destino = b.lugar("limpia");
    hacer(&limpia);
    limpia.fecha = FECHA.parse().unwrap();
    hacer(&limpia);
    assert_eq!(b.contenido("ventas"), b.contenido("limpia"));
}

#[test]
fn la_funcion_de_la_guia_toma_tres_textos() {
    let b = Bancada::con_eventos();
    let (origen, destino) = (b.ruta("eventos"), b.ruta("ventas"));
    let (origen, destino) = (origen.to_str().unwrap(), destino.to_str().unwrap());
    let m = runtime()
        .block_on(pipeline_etl_diario(FECHA, origen, destino))
        .unwrap();
    assert_eq!((m.fecha.as_str(), m.version_tabla), (FECHA, 0));
    assert!(m.filas_procesadas > 0);
}

#[test]
fn lo_que_no_es_una_fecha_no_llega_a_una_ruta_ni_a_un_predicado() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    let antes = tree_digest(b.ruta("")).unwrap();
    let (origen, destino) = (b.ruta("eventos"), b.ruta("ventas"));
    let (origen, destino) = (origen.to_str().unwrap(), destino.to_str().unwrap());
    for texto in [
        "2024-01-15' OR 'a'='a",
        "*",
        "2024-01-1?",
        "../eventos",
        "2024-1-15",
        "2024-02-30",
        "",
    ] {
        let error = runtime()
            .block_on(pipeline_etl_diario(texto, origen, destino))
            .unwrap_err();
        assert!(matches!(error, PipelineError::Date(_)), "{texto}: {error}");
        assert_eq!(error.class(), ErrorClass::Usage);
    }
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
}
