//! Thirty-two that create one object at once.

use super::lago::{BUCKET, almacenes, carpeta, paciencia, servidor, url_de};
use ej_16_2_4_object_store::{Created, Stores};
use futures::future::join_all;

const CLAVES: usize = 10;
const CORREDORES: usize = 32;

/// On every key exactly one wins, and what is found there is the winner's.
pub(crate) async fn gana_uno(stores: &Stores, base: &str) {
    for k in 0..CLAVES {
        let objeto = stores.open(&format!("{base}/carrera/{k}")).unwrap();
        let carrera = (0..CORREDORES).map(|corredor| {
            let objeto = objeto.clone();
            // Of one length, so that nobody is told apart by that.
            tokio::spawn(async move { objeto.create(format!("{corredor:04}")).await.unwrap() })
        });
        let llegadas: Vec<Created> = join_all(carrera)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let ganadores: Vec<usize> = (0..CORREDORES).filter(|c| llegadas[*c].is_ours()).collect();
        let encontrado: usize = std::str::from_utf8(&objeto.get().await.unwrap())
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(ganadores, [encontrado], "{base}, key {k}");
        assert_eq!(llegadas[encontrado], Created::Now);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn de_32_que_crean_una_clave_gana_exactamente_uno_en_disco() {
    let dir = carpeta();
    gana_uno(&Stores::default(), &url_de(dir.path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn de_32_que_crean_una_clave_gana_exactamente_uno_en_memoria() {
    gana_uno(&Stores::default(), "memory://").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn de_32_que_crean_una_clave_gana_exactamente_uno_en_s3() {
    let server = servidor();
    let stores = almacenes(server.storage_options(), paciencia());
    gana_uno(&stores, &format!("s3://{BUCKET}")).await;
}
