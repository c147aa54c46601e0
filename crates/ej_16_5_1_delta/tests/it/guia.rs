//! The guide's program, corrected, on disk and in S3.

use crate::bancada::{ambos, en_disco, lote_de, venta};
use ej_16_5_1_delta::{TableError, cells, programa};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn el_programa_de_la_guia_corre_igual_en_disco_y_en_s3() {
    for sitio in ambos() {
        drop(
            sitio
                .con(&[&[venta(1, "norte", 15_050), venta(2, "sur", 9_999)]])
                .await,
        );
        let nuevos = lote_de(&[venta(3, "norte", 1), venta(4, "este", 700)]);
        let corrida = programa(&sitio.place, vec![nuevos]).await.unwrap();
        assert_eq!((corrida.version, corrida.version_nueva), (Some(1), Some(2)));
        assert_eq!(
            corrida.columns,
            [
                "venta_id: long",
                "fecha: date",
                "region: string",
                "monto: decimal(18,2)"
            ],
            "{}",
            sitio.nombre
        );
        let suma = corrida.por_region[0].schema().field(1).name().clone();
        assert_eq!(
            cells(&corrida.por_region, &["region", &suma]).unwrap(),
            ["\"norte\" | 150.50", "\"sur\" | 99.99"]
        );
        let metricas = corrida.metricas.unwrap();
        assert_eq!((metricas.num_added_files, metricas.num_added_rows), (1, 2));
        assert_eq!(sitio.ventas().await.len(), 4);
    }
}

#[tokio::test]
async fn sin_tabla_el_programa_lo_dice_y_no_la_crea() {
    let sitio = en_disco();
    let error = programa(&sitio.place, vec![lote_de(&[venta(1, "sur", 1)])]).await;
    assert!(matches!(error, Err(TableError::NoTable(_))), "{error:?}");
    assert!(!sitio.raiz.exists());
}
