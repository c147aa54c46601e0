//! The same query on S3: by typed options, by the environment, and when the store says no.

use crate::eventos::{Carpeta, escribir, pocos, revenue_de_pocos};
use ecommerce_testkit::process::Child;
use ecommerce_testlake::{FaultProxy, S3Server};
use ej_16_3_1_polars_api::{
    Claves, OpcionesS3, Origen, RevenueError, calcular_revenue_de, escanear_de, plan_revenue,
};
use std::time::Duration;

const EVENTOS: &str = "s3://lago/ventas/eventos.parquet";

fn servidor() -> S3Server {
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("lago").unwrap();
    std::fs::create_dir(s3.path_of("lago", "ventas")).unwrap();
    escribir(&s3.path_of("lago", "ventas/eventos.parquet"), &mut pocos());
    s3
}

fn opciones(s3: &S3Server) -> OpcionesS3 {
    OpcionesS3 {
        endpoint: Some(s3.endpoint()),
        region: Some("us-east-1".into()),
        claves: Some(Claves {
            acceso: s3.credentials().access_key().into(),
            secreta: s3.credentials().secret_key().into(),
        }),
        http_sin_cifrar: false,
        reintentar: Some(Duration::from_secs(1)),
    }
}

#[test]
fn un_objeto_y_un_patron_dan_lo_mismo_que_el_disco() {
    let s3 = servidor();
    for ruta in [EVENTOS, "s3://lago/ventas/*.parquet", "s3://lago/ventas/"] {
        let revenue = calcular_revenue_de(&Origen::en_s3(ruta, opciones(&s3))).unwrap();
        assert!(revenue.equals_missing(&revenue_de_pocos()), "{ruta}");
    }
}

#[test]
fn con_el_entorno_basta_la_direccion_y_las_claves_no_salen() {
    let s3 = servidor();
    for (argumentos, esperado) in [
        (&["revenue", EVENTOS][..], "11.0"),
        (&["revenue", "--guia", EVENTOS], "11.0"),
        (
            &["plan", EVENTOS],
            "Parquet SCAN [s3://lago/ventas/eventos.parquet]",
        ),
    ] {
        let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_3_1_polars_api"))
            .args(argumentos)
            .env_clear()
            .envs(s3.storage_options())
            .run()
            .unwrap();
        assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
        let texto = fin.stdout_text();
        assert!(texto.contains(esperado), "{texto}");
        let claves = s3.credentials();
        assert_eq!(claves.occurrences(&texto), 0);
        assert_eq!(claves.occurrences(fin.stderr_text()), 0);
    }
}

#[test]
fn en_s3_tambien_se_leen_solo_las_columnas_de_la_consulta() {
    let s3 = servidor();
    // Larger than what Polars reads at the end of a file for its footer.
    let filas = 60_000;
    let revuelto = |i: u64| (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let ancho: Vec<String> = (0..filas as u64)
        .map(|i| format!("{:x}{:x}", revuelto(i), revuelto(revuelto(i))))
        .collect();
    let mut eventos = polars::df!(
        "region" => vec!["norte"; filas],
        "relleno" => ancho,
        "monto" => vec![1.0; filas],
        "user_id" => vec!["u1"; filas],
    )
    .unwrap();
    let archivo = escribir(&s3.path_of("lago", "ventas/anchos.parquet"), &mut eventos);
    let total = std::fs::metadata(archivo).unwrap().len();
    let proxy = FaultProxy::before(&s3, 7).unwrap();
    let por_proxy = OpcionesS3 {
        endpoint: Some(proxy.storage_options(&s3)["AWS_ENDPOINT_URL"].clone()),
        ..opciones(&s3)
    };
    let origen = Origen::en_s3("s3://lago/ventas/anchos.parquet", por_proxy);
    let revenue = calcular_revenue_de(&origen).unwrap();
    let suma = revenue.column("revenue").unwrap().f64().unwrap().get(0);
    assert_eq!(suma, Some(filas as f64));
    let pedidos: u64 = proxy
        .attempts("GET", "anchos.parquet")
        .iter()
        .filter_map(|pedido| {
            let (desde, hasta) = pedido
                .range
                .as_deref()?
                .strip_prefix("bytes=")?
                .split_once('-')?;
            let hasta: u64 = hasta.parse().ok()?;
            Some(hasta + 1 - desde.parse::<u64>().ok()?)
        })
        .sum();
    assert!(pedidos > 0);
    assert!(pedidos < total / 3, "{pedidos} de {total}");
}

#[test]
fn lo_que_no_esta_se_dice_con_la_direccion_pedida() {
    let s3 = servidor();
    for ruta in [
        "s3://lago/ventas/otro.parquet",
        "s3://lago/ventas/x*.parquet",
        "s3://pantano/ventas/eventos.parquet",
    ] {
        let error = calcular_revenue_de(&Origen::en_s3(ruta, opciones(&s3))).unwrap_err();
        assert_eq!(error.to_string(), format!("{ruta}: there is no such file"));
    }
}

#[test]
fn un_no_del_almacen_se_dice_sin_claves() {
    let s3 = servidor();
    let otra = OpcionesS3 {
        claves: Some(Claves {
            acceso: s3.credentials().access_key().into(),
            secreta: "otra".into(),
        }),
        ..opciones(&s3)
    };
    let origen = Origen::en_s3(EVENTOS, otra);
    let error = calcular_revenue_de(&origen).unwrap_err();
    let RevenueError::Storage { detail, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(detail.contains("403 Forbidden"), "{detail}");
    for texto in [
        error.to_string(),
        format!("{error:?}"),
        format!("{origen:?}"),
        format!("{:?}", opciones(&s3)),
    ] {
        assert_eq!(s3.credentials().occurrences(&texto), 0, "{texto}");
    }
    let plan = plan_revenue(escanear_de(&Origen::en_s3(EVENTOS, opciones(&s3))).unwrap());
    assert_eq!(s3.credentials().occurrences(plan.explain(true).unwrap()), 0);
}

#[test]
fn un_servidor_apagado_es_un_error_tras_los_reintentos() {
    let s3 = servidor();
    let origen = Origen::en_s3(EVENTOS, opciones(&s3));
    drop(s3);
    let error = calcular_revenue_de(&origen).unwrap_err();
    let RevenueError::Storage { ruta, detail } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(ruta, EVENTOS);
    assert!(detail.contains("after 2 retries"), "{detail}");
}

/// Polars always lets plain HTTP through; what is sent would be legible on the way.
#[test]
fn http_sin_cifrar_a_otra_maquina_hay_que_pedirlo() {
    let lejos = |http_sin_cifrar| OpcionesS3 {
        endpoint: Some("http://almacen.example.com:9000".into()),
        http_sin_cifrar,
        ..OpcionesS3::default()
    };
    let error = escanear_de(&Origen::en_s3(EVENTOS, lejos(false))).map(drop);
    assert!(matches!(error, Err(RevenueError::Insecure { .. })));
    assert!(escanear_de(&Origen::en_s3(EVENTOS, lejos(true))).is_ok());
}

/// Polars has a runtime of its own and waits for it by blocking: fine in `spawn_blocking`, whatever the program's runtime.
#[tokio::test]
async fn desde_un_programa_asincrono_la_consulta_va_en_un_hilo_que_puede_bloquearse() {
    let s3 = servidor();
    let origen = Origen::en_s3(EVENTOS, opciones(&s3));
    let ran = tokio::task::spawn_blocking(move || calcular_revenue_de(&origen)).await;
    assert!(ran.unwrap().unwrap().equals_missing(&revenue_de_pocos()));
}

/// Called directly it blocks the thread it is on. A runtime of several lets others go on; one of one thread cannot, and Polars
/// panics there even for a file on disk: the guide's function with it, the typed one with an error.
#[tokio::test]
async fn llamada_directamente_en_un_runtime_de_un_hilo_polars_entra_en_panico() {
    let s3 = servidor();
    let carpeta = Carpeta::con(pocos());
    for origen in [
        Origen::en_s3(EVENTOS, opciones(&s3)),
        Origen::new(carpeta.eventos()),
    ] {
        let error = calcular_revenue_de(&origen).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{}: Polars panicked: can call blocking only when running on the multi-threaded runtime",
                origen.ruta()
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn en_un_runtime_de_varios_hilos_se_puede_llamar_directamente() {
    let s3 = servidor();
    let revenue = calcular_revenue_de(&Origen::en_s3(EVENTOS, opciones(&s3)));
    assert!(revenue.unwrap().equals_missing(&revenue_de_pocos()));
}
