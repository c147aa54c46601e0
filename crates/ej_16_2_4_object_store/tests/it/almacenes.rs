//! The same suite on every kind of store that needs nothing but this process.

use super::lago::{
    BUCKET, MIB, almacenes, bytes, carpeta, paciencia, servidor, sin_firmar, url_de,
};
use super::suite;
use ej_16_2_4_object_store::{Parts, StoreError, Stores, copy};
use futures::TryStreamExt;
use object_store::{Attribute, Attributes, PutMode, PutOptions, UpdateVersion};

#[tokio::test]
async fn la_misma_suite_pasa_en_disco() {
    let dir = carpeta();
    suite::pasa(&Stores::default(), &format!("{}/suite", url_de(dir.path()))).await;
}

#[tokio::test]
async fn la_misma_suite_pasa_en_memoria() {
    suite::pasa(&Stores::default(), "memory:///suite").await;
}

#[tokio::test]
async fn la_misma_suite_pasa_en_s3() {
    let server = servidor();
    let stores = almacenes(server.storage_options(), paciencia());
    suite::pasa(&stores, &format!("s3://{BUCKET}/suite")).await;
    assert_eq!(server.unfinished_uploads().unwrap().len(), 0);
}

#[tokio::test]
async fn se_copia_de_cualquier_almacen_a_cualquier_otro() {
    let (server, dir) = (servidor(), carpeta());
    let stores = almacenes(sin_firmar(server.storage_options()), paciencia());
    let todo = bytes(6 * MIB, 5);
    let bases = [
        url_de(dir.path()),
        "memory://".to_owned(),
        format!("s3://{BUCKET}"),
    ];
    for desde in &bases {
        for hasta in &bases {
            let desde = stores.open(&format!("{desde}/desde.bin")).unwrap();
            let hasta = stores.open(&format!("{hasta}/hasta.bin")).unwrap();
            desde.put(todo.clone()).await.unwrap();
            copy(&desde, &hasta, Parts::new(0, 2)).await.unwrap();
            assert!(hasta.get().await.unwrap() == todo, "{desde:?} → {hasta:?}");
            hasta.delete().await.unwrap();
        }
    }
}

#[tokio::test]
async fn un_bucket_que_falta_se_distingue_de_una_clave_que_falta() {
    let server = servidor();
    let stores = almacenes(server.storage_options(), paciencia());
    let objeto = stores.open("s3://otro-lago/ventas/x").unwrap();
    let falta = StoreError::NoBucket {
        place: objeto.place().clone(),
    };
    assert_eq!(objeto.get().await.unwrap_err(), falta);
    // HEAD answers have no body: the code is asked for with a GET.
    assert_eq!(objeto.head().await.unwrap_err(), falta);
    assert_eq!(objeto.put("x").await.unwrap_err(), falta);
    assert_eq!(objeto.create("x").await.unwrap_err(), falta);
    assert_eq!(
        objeto.list().try_collect::<Vec<_>>().await.unwrap_err(),
        falta
    );
    let fuente = stores.open("memory:///fuente").unwrap();
    fuente.put(bytes(6 * MIB, 6)).await.unwrap();
    assert_eq!(
        copy(&fuente, &objeto, Parts::new(0, 1)).await.unwrap_err(),
        falta
    );
    assert_eq!(
        falta.to_string(),
        "s3://otro-lago/ventas/x: there is no bucket 'otro-lago'"
    );
}

#[tokio::test]
async fn cada_coleccion_tiene_su_memoria_y_sus_nombres_son_almacenes_distintos() {
    let stores = Stores::default();
    stores.open("memory:///x").unwrap().put("1").await.unwrap();
    stores
        .open("memory://otra/x")
        .unwrap()
        .put("2")
        .await
        .unwrap();
    assert_eq!(
        stores.open("memory:///x").unwrap().get().await.unwrap(),
        "1"
    );
    assert_eq!(
        stores.open("memory://otra/x").unwrap().get().await.unwrap(),
        "2"
    );
    let ajena = Stores::default().open("memory:///x").unwrap();
    assert!(matches!(
        ajena.get().await,
        Err(StoreError::NoObject { .. })
    ));
}

#[tokio::test]
async fn un_listado_largo_llega_entero_pagina_a_pagina() {
    let server = servidor();
    let stores = almacenes(server.storage_options(), paciencia());
    std::fs::create_dir(server.path_of(BUCKET, "muchos")).unwrap();
    for i in 0..2_345 {
        std::fs::write(server.path_of(BUCKET, &format!("muchos/{i:04}")), b"x").unwrap();
    }
    let url = format!("s3://{BUCKET}/muchos");
    let found: Vec<_> = stores
        .open(&url)
        .unwrap()
        .list()
        .try_collect()
        .await
        .unwrap();
    let claves: Vec<String> = found.iter().map(|l| l.place.to_string()).collect();
    let esperadas: Vec<String> = (0..2_345).map(|i| format!("{url}/{i:04}")).collect();
    assert_eq!(claves, esperadas);
}

#[tokio::test]
async fn lo_que_el_disco_hace_de_otro_modo() {
    let dir = carpeta();
    let stores = Stores::default();
    let objeto = stores.open(&url_de(&dir.path().join("x"))).unwrap();
    objeto.put("1").await.unwrap();
    // No update on condition: there is nothing in a file system to make it atomic with.
    let e_tag = objeto.head().await.unwrap().e_tag;
    let version = UpdateVersion {
        e_tag,
        version: None,
    };
    let key = objeto.place().key();
    let modo = PutMode::Update(version);
    let cambio = objeto.store().put_opts(key, "2".into(), modo.into()).await;
    assert!(matches!(
        cambio,
        Err(object_store::Error::NotImplemented { .. })
    ));
    // No attributes.
    let atributos = Attributes::from_iter([(Attribute::ContentType, "text/csv")]);
    let opciones = PutOptions {
        attributes: atributos,
        ..PutOptions::default()
    };
    let escrito = objeto.store().put_opts(key, "2".into(), opciones).await;
    assert!(matches!(
        escrito,
        Err(object_store::Error::NotImplemented { .. })
    ));
    // A link is followed, wherever it leads, also when listing.
    let fuera = carpeta();
    std::fs::write(fuera.path().join("ajeno"), "y").unwrap();
    std::os::unix::fs::symlink(fuera.path(), dir.path().join("enlace")).unwrap();
    let base = stores.open(&url_de(dir.path())).unwrap();
    let mut vistos: Vec<String> = base
        .list()
        .map_ok(|l| l.place.to_string())
        .try_collect()
        .await
        .unwrap();
    vistos.sort();
    assert_eq!(
        vistos,
        ["enlace/ajeno", "x"].map(|n| url_de(&dir.path().join(n)))
    );
    // Keys that are files and directories at once are possible everywhere else.
    let debajo = stores.open(&url_de(&dir.path().join("x/y"))).unwrap();
    assert!(debajo.put("3").await.is_err());
    let memoria = |clave: &str| stores.open(&format!("memory:///{clave}")).unwrap();
    memoria("x").put("1").await.unwrap();
    memoria("x/y").put("3").await.unwrap();
}
