//! The guide's program, corrected, on three stores.

use super::lago::lago;
use super::lago::{BUCKET, almacenes, carpeta, paciencia, servidor};
use ej_16_2_4_object_store::guide::recorrer_almacen;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, ObjectStoreExt, RetryConfig};
use std::time::Duration;

#[tokio::test]
async fn el_programa_de_la_guia_corre_igual_en_disco_en_memoria_y_en_s3() {
    let (server, dir) = (servidor(), carpeta());
    let stores = almacenes(server.storage_options(), paciencia());
    let s3 = stores.open(&format!("s3://{BUCKET}")).unwrap();
    let disco = LocalFileSystem::new_with_prefix(dir.path()).unwrap();
    let memoria = InMemory::new();
    let todos: [&dyn ObjectStore; 3] = [&disco, &memoria, s3.store()];
    for store in todos {
        let parte = Path::from("datos/ventas/2024/01/parte.parquet");
        store.put(&parte, vec![7; 4321].into()).await.unwrap();
        store
            .put(&Path::from("datos/ventasx"), "no".into())
            .await
            .unwrap();
        let mut salida = Vec::new();
        recorrer_almacen(store, &mut salida).await.unwrap();
        assert_eq!(
            String::from_utf8(salida).unwrap(),
            "Objeto: datos/ventas/2024/01/parte.parquet (4321 bytes)\nDescargado: 4321 bytes\n"
        );
        let escrito = store.get(&Path::from("resultados/test.txt")).await.unwrap();
        assert_eq!(escrito.bytes().await.unwrap(), "hola mundo");
    }
}

#[tokio::test]
async fn lo_que_falta_para_el_programa_de_la_guia_con_un_error_que_nombra_la_clave() {
    let error = recorrer_almacen(&InMemory::new(), Vec::new())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("datos/ventas/2024/01/parte.parquet"),
        "{error}"
    );
}

#[tokio::test]
async fn el_constructor_de_la_guia_no_mira_el_entorno_y_pregunta_a_los_metadatos_de_ec2() {
    // As the guide builds it, but for where it would look: `new` reads no variable; `from_env` does.
    let lago = lago();
    let s3 = AmazonS3Builder::new()
        .with_bucket_name("mi-bucket")
        .with_region("us-east-1")
        .with_metadata_endpoint(lago.proxy.endpoint())
        .with_retry(RetryConfig {
            max_retries: 0,
            retry_timeout: Duration::from_secs(5),
            backoff: BackoffConfig::default(),
        })
        .build()
        .unwrap();
    assert!(s3.get(&Path::from("datos/x")).await.is_err());
    let preguntas: Vec<(String, String)> = lago
        .proxy
        .exchanges()
        .into_iter()
        .map(|e| (e.method, e.path))
        .collect();
    assert_eq!(
        preguntas,
        [("PUT".to_owned(), "/latest/api/token".to_owned())]
    );
}
