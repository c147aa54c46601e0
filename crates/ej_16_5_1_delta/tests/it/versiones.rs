//! Time travel by version and by instant, history, going back.

use crate::bancada::{Sitio, ambos, copiar, en_disco, lote_de, numeros, venta};
use chrono::{DateTime, Utc};
use ej_16_5_1_delta::{
    Place, TableError, TableSpec, append, history, overwrite, read_sales, restore,
};
use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

fn enero(dia: u64, hora: u64) -> DateTime<Utc> {
    let segundos = 1_704_067_200 + (dia - 1) * 86_400 + hora * 3_600;
    DateTime::from_timestamp(i64::try_from(segundos).unwrap(), 0).unwrap()
}

/// Version N was committed at noon of January N + 1: the instant of a commit is that of its file.
fn fechar(sitio: &Sitio, versiones: u64) {
    for version in 0..=versiones {
        let instante = UNIX_EPOCH
            + Duration::from_secs(u64::try_from(enero(version + 1, 12).timestamp()).unwrap());
        let archivo = File::options()
            .append(true)
            .open(sitio.commit(version))
            .unwrap();
        archivo.set_modified(instante).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cada_version_se_lee_por_su_numero_y_por_su_instante() {
    for sitio in ambos() {
        let tabla = sitio
            .con(&[&[venta(1, "norte", 100)], &[venta(2, "sur", 200)]])
            .await;
        overwrite(tabla, [lote_de(&[venta(3, "este", 300)])])
            .await
            .unwrap();
        fechar(&sitio, 3);
        for (version, esperadas) in [(0, vec![]), (1, vec![1]), (2, vec![1, 2]), (3, vec![3])] {
            let tabla = sitio.place.open_at(version).await.unwrap();
            assert_eq!(tabla.version(), Some(version));
            assert_eq!(
                numeros(&read_sales(&tabla).await.unwrap()),
                esperadas,
                "{}",
                sitio.nombre
            );
        }
        for (instante, version) in [
            (enero(2, 12), 1), // exactly its commit
            (enero(2, 20), 1), // between two
            (enero(3, 11), 1),
            (enero(3, 13), 2),
            (enero(31, 0), 3),         // after all
            (DateTime::UNIX_EPOCH, 0), // before all: the first, without an error
        ] {
            let tabla = sitio.place.open_as_of(instante).await.unwrap();
            assert_eq!(
                tabla.version(),
                Some(version),
                "{} {instante}",
                sitio.nombre
            );
        }
        let lejos = sitio.place.open_at(9).await;
        assert!(matches!(lejos, Err(TableError::NoVersion(9))), "{lejos:?}");
    }
}

#[tokio::test]
async fn al_copiar_una_tabla_sus_instantes_son_los_de_la_copia() {
    let (sitio, otro) = (en_disco(), en_disco());
    drop(sitio.con(&[&[venta(1, "norte", 100)]]).await);
    fechar(&sitio, 1);
    assert_eq!(
        sitio
            .place
            .open_as_of(enero(2, 13))
            .await
            .unwrap()
            .version(),
        Some(1)
    );
    copiar(&sitio.raiz, &otro.raiz);
    assert_eq!(
        otro.place.open_as_of(enero(2, 13)).await.unwrap().version(),
        Some(0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viajar_a_una_tabla_que_no_hay_es_un_error() {
    for sitio in ambos() {
        assert!(matches!(
            sitio.place.open_as_of(enero(1, 0)).await,
            Err(TableError::NoTable(_))
        ));
        assert!(matches!(
            sitio.place.open_at(0).await,
            Err(TableError::NoTable(_))
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn la_historia_dice_que_hizo_cada_version_la_ultima_primero() {
    for sitio in ambos() {
        let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
        let tabla = overwrite(tabla, [lote_de(&[venta(3, "este", 300)])])
            .await
            .unwrap();
        let commits = history(&tabla).await.unwrap();
        let que: Vec<_> = commits
            .iter()
            .map(|c| (c.version, c.operation.as_str()))
            .collect();
        assert_eq!(que, [(2, "WRITE"), (1, "WRITE"), (0, "CREATE TABLE")]);
        assert_eq!(commits[0].parameters["mode"], "Overwrite");
        assert_eq!(commits[1].parameters["mode"], "Append");
        assert!(commits.iter().all(|c| c.instant.is_some()));
        assert!(
            commits[0]
                .engine
                .as_deref()
                .unwrap()
                .starts_with("delta-rs:"),
            "{commits:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn volver_atras_es_una_version_nueva_y_no_reescribe_ninguna() {
    for sitio in ambos() {
        let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
        let tabla = overwrite(tabla, [lote_de(&[venta(3, "este", 300)])])
            .await
            .unwrap();
        let (tabla, metricas) = restore(tabla, 1).await.unwrap();
        assert_eq!(
            (metricas.num_removed_file, metricas.num_restored_file),
            (1, 1)
        );
        assert_eq!(tabla.version(), Some(3));
        assert_eq!(numeros(&sitio.ventas().await), [1]);
        let antes = sitio.place.open_at(2).await.unwrap();
        assert_eq!(numeros(&read_sales(&antes).await.unwrap()), [3]);
        let error = restore(tabla, 77).await;
        assert!(error.is_err());
    }
}

#[tokio::test]
async fn una_tabla_abierta_es_su_version_aunque_otros_sigan() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let place: Place = sitio.place.clone();
    let mut mia = place.open().await.unwrap();
    append(tabla, [lote_de(&[venta(2, "sur", 200)])])
        .await
        .unwrap();
    assert_eq!(numeros(&read_sales(&mia).await.unwrap()), [1]);
    mia.update_state().await.unwrap();
    assert_eq!(numeros(&read_sales(&mia).await.unwrap()), [1, 2]);
    let creada = place.open_or_create(&TableSpec::sales()).await.unwrap();
    assert_eq!(creada.version(), Some(2));
}
