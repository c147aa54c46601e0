//! Checkpoints: written, read back, and read without the commits that they stand for.

use crate::bancada::{Sitio, ambos, en_disco, en_s3, lote_de, numeros, venta};
use deltalake::table::config::TablePropertiesExt as _;
use ej_16_5_1_delta::log::{self, Files};
use ej_16_5_1_delta::{
    Place, Sale, TableError, TableSpec, append, checkpoint, read_sales, set_properties,
};
use std::fs;
use std::time::{Duration, Instant};

async fn siete(sitio: &Sitio) -> deltalake::DeltaTable {
    let lotes: Vec<[Sale; 1]> = (1..=7).map(|i| [venta(i, "norte", i)]).collect();
    let lotes: Vec<&[Sale]> = lotes.iter().map(|lote| lote.as_slice()).collect();
    sitio.con(&lotes).await
}

fn quitar_commits(sitio: &Sitio, versiones: std::ops::RangeInclusive<u64>) {
    for version in versiones {
        fs::remove_file(sitio.commit(version)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn con_el_checkpoint_y_sin_los_commits_la_tabla_es_la_misma() {
    for sitio in ambos() {
        let tabla = siete(&sitio).await;
        checkpoint(&tabla).await.unwrap();
        let antes = sitio.ventas().await;
        let ultimo = fs::read(sitio.commit(7)).unwrap();
        quitar_commits(&sitio, 0..=7);
        let esperado = Files {
            commits: vec![],
            checkpoints: vec![7],
            others: vec!["_last_checkpoint".to_owned()],
        };
        assert_eq!(
            log::files(&sitio.place).await.unwrap(),
            esperado,
            "{}",
            sitio.nombre
        );
        assert_eq!(sitio.ventas().await, antes);

        // Writing also wants the commit of the version that was read: without it, an error, and the table as it was.
        let tabla = sitio.place.open().await.unwrap();
        let error = append(tabla.clone(), [lote_de(&[venta(8, "sur", 8)])]).await;
        assert!(matches!(error, Err(TableError::Delta(_))), "{error:?}");
        assert_eq!(sitio.ventas().await, antes);
        fs::write(sitio.commit(7), ultimo).unwrap();
        let tabla = append(tabla, [lote_de(&[venta(8, "sur", 8)])])
            .await
            .unwrap();
        assert_eq!(tabla.version(), Some(8));
        assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 4, 5, 6, 7, 8]);
        // What lies before it is lost, and said so; nothing takes the table for a shorter one.
        for version in [0, 6] {
            let error = sitio.place.open_at(version).await;
            assert!(matches!(error, Err(TableError::NoVersion(_))), "{error:?}");
        }
        assert_eq!(
            numeros(
                &read_sales(&sitio.place.open_at(7).await.unwrap())
                    .await
                    .unwrap()
            ),
            [1, 2, 3, 4, 5, 6, 7]
        );
    }
}

#[tokio::test]
async fn sin_el_puntero_al_ultimo_checkpoint_tambien_se_encuentra() {
    let sitio = en_disco();
    checkpoint(&siete(&sitio).await).await.unwrap();
    quitar_commits(&sitio, 0..=6);
    fs::remove_file(sitio.raiz.join("_delta_log/_last_checkpoint")).unwrap();
    assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn un_checkpoint_roto_sin_commits_es_un_error_y_con_ellos_no_se_inventa_nada() {
    let sitio = en_disco();
    checkpoint(&siete(&sitio).await).await.unwrap();
    let ruta = sitio
        .raiz
        .join("_delta_log/00000000000000000007.checkpoint.parquet");
    let entero = fs::read(&ruta).unwrap();
    fs::write(&ruta, &entero[..entero.len() / 2]).unwrap();
    quitar_commits(&sitio, 0..=7);
    let antes = sitio.arbol();
    let error = sitio.place.open().await;
    assert!(
        matches!(error, Err(TableError::Damaged { .. })),
        "{error:?}"
    );
    let creada = sitio.place.open_or_create(&TableSpec::sales()).await;
    assert!(matches!(creada, Err(TableError::Damaged { .. })));
    assert_eq!(antes.changes(&sitio.arbol()), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn el_intervalo_los_escribe_solos_y_de_fabrica_es_de_cien() {
    for sitio in ambos() {
        let forma = TableSpec::sales().property("delta.checkpointInterval", "3");
        let lotes: Vec<[Sale; 1]> = (1..=6).map(|i| [venta(i, "norte", i)]).collect();
        let lotes: Vec<&[Sale]> = lotes.iter().map(|lote| lote.as_slice()).collect();
        drop(sitio.con_forma(&forma, &lotes).await);
        // After every third commit, the one that makes the table included.
        assert_eq!(log::files(&sitio.place).await.unwrap().checkpoints, [2, 5]);
        assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 4, 5, 6]);
    }
    let intervalo = |t: &deltalake::DeltaTable| {
        t.snapshot()
            .unwrap()
            .table_config()
            .checkpoint_interval()
            .get()
    };
    for sitio in ambos() {
        let tabla = sitio.con(&[]).await;
        assert_eq!(intervalo(&tabla), 100);
        let tabla = set_properties(tabla, &[("delta.checkpointInterval", "10")])
            .await
            .unwrap();
        assert_eq!(intervalo(&tabla), 10);
        let error = set_properties(tabla, &[("delta.noExiste", "1")]).await;
        assert!(matches!(error, Err(TableError::Delta(_))), "{error:?}");
        assert_eq!(
            intervalo(&sitio.place.open().await.unwrap()),
            10,
            "{}",
            sitio.nombre
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_hueco_en_el_registro_es_un_error() {
    for sitio in ambos() {
        drop(siete(&sitio).await);
        quitar_commits(&sitio, 3..=3);
        let antes = sitio.arbol();
        let error = sitio.place.open().await;
        assert!(
            matches!(error, Err(TableError::Damaged { .. })),
            "{error:?}"
        );
        assert!(sitio.place.create(&TableSpec::sales()).await.is_err());
        assert_eq!(antes.changes(&sitio.arbol()), []);
    }
}

/// In a runtime of one thread the library hands a checkpoint's requests to another and blocks until they are answered; but they go out
/// on connections that the blocked thread has to drive. The client's time-out ends the wait, and its second attempt opens its own.
#[tokio::test]
async fn con_un_solo_hilo_un_checkpoint_en_s3_agota_el_plazo_de_una_peticion() {
    let sitio = en_s3();
    let plazo = Duration::from_secs(1);
    let mut ajustes = sitio.entorno.clone();
    ajustes.insert("timeout".to_owned(), "1s".to_owned());
    let place = Place::parse(&sitio.direccion, ajustes).unwrap();
    let tabla = place.create(&TableSpec::sales()).await.unwrap();
    let tabla = append(tabla, [lote_de(&[venta(1, "norte", 1)])])
        .await
        .unwrap();
    let empezo = Instant::now();
    checkpoint(&tabla).await.unwrap();
    assert!(empezo.elapsed() >= plazo, "{:?}", empezo.elapsed());
    assert_eq!(log::files(&place).await.unwrap().checkpoints, [1]);
    assert_eq!(
        numeros(&read_sales(&place.open().await.unwrap()).await.unwrap()),
        [1]
    );
}
