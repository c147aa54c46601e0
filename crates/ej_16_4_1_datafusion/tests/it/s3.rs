//! The same query over objects of S3: the store is given to the session, and then a URL is a table.

use crate::tienda::{archivos, en_trozos, esperado, fecha, por_region, sesion, tienda};
use ecommerce_testkit::temp::TempDir;
use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
use ej_16_4_1_datafusion::{
    Engine, EngineError, Settings, Shop, revenue_por_region, run, s3_store, scanned,
};
use std::collections::HashMap;
use std::fs;
use url::Url;

fn servidor(tienda: &Shop) -> (S3Server, TempDir) {
    let dir = archivos(tienda, en_trozos());
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("lago").unwrap();
    subir(&s3, &dir);
    (s3, dir)
}

fn subir(s3: &S3Server, dir: &TempDir) {
    for tabla in ["ventas", "clientes"] {
        let archivo = format!("{tabla}.parquet");
        fs::copy(dir.path().join(&archivo), s3.path_of("lago", &archivo)).unwrap();
    }
}

async fn abrir(opciones: HashMap<String, String>) -> Result<Engine, EngineError> {
    let engine = Engine::new(&Settings::default())?;
    let bucket = Url::parse("s3://lago").unwrap();
    engine.add_store(&bucket, s3_store("lago", opciones)?);
    for tabla in ["ventas", "clientes"] {
        let url = format!("s3://lago/{tabla}.parquet");
        engine.register_url(tabla, &url).await?;
    }
    Ok(engine)
}

#[tokio::test]
async fn desde_s3_la_respuesta_es_la_del_disco() {
    let tienda = tienda();
    let (s3, dir) = servidor(&tienda);
    let desde = fecha("2024-01-01");
    let nube = abrir(s3.storage_options()).await.unwrap();
    let filas = revenue_por_region(&nube, desde).await.unwrap();
    assert_eq!(por_region(&filas), esperado(&tienda, desde));
    let disco = sesion(&dir, &Settings::default()).await;
    let mismas = revenue_por_region(&disco, desde).await.unwrap();
    assert_eq!(por_region(&filas), por_region(&mismas));
}

#[tokio::test]
async fn de_s3_solo_viene_lo_que_la_consulta_necesita() {
    let (s3, _dir) = servidor(&tienda());
    let proxy = FaultProxy::before(&s3, 7).unwrap();
    let engine = abrir(proxy.storage_options(&s3)).await.unwrap();
    let abierto = proxy.attempts("GET", "ventas").len();
    let sql = "SELECT SUM(monto) FROM ventas WHERE fecha >= '2024-06-23'";
    let (_, plan) = run(engine.query(sql).await.unwrap()).await.unwrap();
    let hecho = scanned(plan.as_ref());
    let pedidos = proxy.attempts("GET", "ventas");
    // After the footer: one request, since the two columns' pages lie near each other.
    assert_eq!(pedidos.len() - abierto, 1, "{pedidos:?}");
    assert!(hecho.bytes < 20_000, "{hecho:?}");
    let de_fuera = proxy.attempts("PUT", "").len() + proxy.attempts("DELETE", "").len();
    assert_eq!(de_fuera, 0);
}

#[tokio::test]
async fn un_objeto_reemplazado_despues_de_abrirlo_es_un_error() {
    let (s3, _dir) = servidor(&tienda());
    let engine = abrir(s3.storage_options()).await.unwrap();
    let otra = Shop::new(7, 20_000).unwrap();
    subir(&s3, &archivos(&otra, en_trozos()));
    let error = revenue_por_region(&engine, fecha("2024-01-01"))
        .await
        .unwrap_err();
    assert!(matches!(error, EngineError::Changed { .. }), "{error:?}");
}

#[tokio::test]
async fn un_fallo_pasajero_no_se_nota_y_uno_que_dura_es_un_error_sin_claves() {
    let tienda = tienda();
    let (s3, _dir) = servidor(&tienda);
    let proxy = FaultProxy::before(&s3, 7).unwrap();
    let desde = fecha("2024-01-01");
    let engine = abrir(proxy.storage_options(&s3)).await.unwrap();
    proxy.add(Rule::get(Fault::Answer(503)).path("ventas").times(1));
    let filas = revenue_por_region(&engine, desde).await.unwrap();
    assert_eq!(por_region(&filas), esperado(&tienda, desde));
    proxy.add(Rule::get(Fault::Answer(503)).path("ventas"));
    let error = revenue_por_region(&engine, desde).await.unwrap_err();
    assert!(error.to_string().contains("ventas.parquet"), "{error}");
    let claves = s3.credentials();
    assert_eq!(claves.occurrences(format!("{error} {error:?}")), 0);
}

#[tokio::test]
async fn lo_que_no_hay_y_lo_que_falta_se_dice() {
    let (s3, _dir) = servidor(&tienda());
    let engine = abrir(s3.storage_options()).await.unwrap();
    for url in [
        "s3://lago/nada.parquet",
        "s3://otro/ventas.parquet",
        "s3://lago/nada/",
    ] {
        let error = engine.register_url("t", url).await.unwrap_err();
        assert!(matches!(error, EngineError::Register { .. }), "{error:?}");
    }
    let mut sin_claves = s3.storage_options();
    sin_claves.remove("AWS_SECRET_ACCESS_KEY");
    let mut lejos = s3.storage_options();
    lejos.insert("AWS_ENDPOINT_URL".into(), "http://example.com".into());
    for (opciones, dice) in [
        (HashMap::new(), "no AWS_ACCESS_KEY_ID"),
        (sin_claves, "no AWS_ACCESS_KEY_ID"),
        (lejos, "plain http is for this machine only"),
    ] {
        let error = s3_store("lago", opciones).err().unwrap();
        assert!(matches!(error, EngineError::Store { .. }));
        assert!(error.to_string().contains(dice), "{error}");
        assert_eq!(s3.credentials().occurrences(error.to_string()), 0);
    }
}
