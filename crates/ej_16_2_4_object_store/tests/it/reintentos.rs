//! Retries, counted by the server's side: how often, how far apart, what never, and when it ends.

use super::lago::{BUCKET, Lago, MIB, bytes, carpeta, lago, lago_con, paciencia, url_de};
use ecommerce_testlake::{Fault, Rule};
use ej_16_2_4_object_store::{Operation, Parts, Patience, Said, StoreError, Stores};
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStoreExt;
use std::time::{Duration, Instant};

fn breve() -> Patience {
    Patience {
        retries: 3,
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(50),
        attempt: Duration::from_millis(400),
        deadline: Duration::from_secs(20),
    }
}

#[tokio::test]
async fn un_error_pasajero_se_reintenta_y_los_intentos_se_ven_en_el_servidor() {
    for status in [500, 503, 429, 408] {
        let lago = lago();
        lago.dado("x", b"abc".to_vec()).await;
        for (metodo, rule) in [
            ("GET", Rule::get(Fault::Answer(status))),
            ("PUT", Rule::put(Fault::Answer(status))),
            ("HEAD", Rule::head(Fault::Answer(status))),
        ] {
            lago.proxy.clear();
            lago.proxy.forget();
            lago.proxy.add(rule.times(2));
            let objeto = lago.objeto("x");
            match metodo {
                "GET" => assert_eq!(objeto.get().await.unwrap(), "abc"),
                "PUT" => objeto.put("abc").await.unwrap(),
                _ => assert_eq!(objeto.head().await.unwrap().size, 3),
            }
            let vistas = lago.respuestas(metodo);
            assert_eq!(vistas, [Some(status), Some(status), Some(200)], "{metodo}");
        }
    }
}

#[tokio::test]
async fn un_corte_y_un_atasco_se_reintentan_si_repetir_no_hace_dano() {
    for fault in [Fault::Drop, Fault::Hang] {
        let lago = lago_con(breve());
        let objeto = lago.dado("x", b"abc".to_vec()).await;
        lago.proxy.add(Rule::any(fault.clone()).times(1));
        assert_eq!(objeto.get().await.unwrap(), "abc", "{fault:?}");
        assert_eq!(lago.respuestas("GET"), [None, Some(200)]);
        lago.proxy.clear();
        lago.proxy.forget();
        lago.proxy.add(Rule::any(fault.clone()).times(1));
        // Writing the same over the same is harmless; creating is not, and is asked about (dudas.rs).
        objeto.put("abcd").await.unwrap();
        assert_eq!(lago.respuestas("PUT"), [None, Some(200)], "{fault:?}");
    }
}

#[tokio::test]
async fn las_esperas_crecen_de_media_y_ninguna_es_mas_corta_que_la_primera() {
    let primera = Duration::from_millis(40);
    let lago = lago_con(Patience {
        retries: 5,
        first_wait: primera,
        longest_wait: Duration::from_secs(2),
        ..paciencia()
    });
    const CLAVES: usize = 24;
    lago.proxy.add(Rule::get(Fault::Answer(503)));
    let lecturas = (0..CLAVES).map(|k| {
        let objeto = lago.objeto(&format!("clave-{k:02}"));
        async move { objeto.get().await.unwrap_err() }
    });
    join_all(lecturas).await;
    let mut medias = [Duration::ZERO; 5];
    for k in 0..CLAVES {
        let intentos = lago.proxy.attempts("GET", &format!("clave-{k:02}"));
        assert_eq!(intentos.len(), 6);
        for (n, pareja) in intentos.windows(2).enumerate() {
            let espera = pareja[1].at - pareja[0].at;
            assert!(espera >= primera, "{espera:?}");
            medias[n] += espera / CLAVES as u32;
        }
    }
    // Each is drawn between the first and twice the last: 1, 1.5, 2, 2.5 … first waits on average (less the longest).
    assert!(medias[4] > medias[0] + primera / 2, "{medias:?}");
}

#[tokio::test]
async fn lo_que_no_es_pasajero_no_se_reintenta() {
    let lago = lago();
    let objeto = lago.dado("x", b"abc".to_vec()).await;
    for (status, codigo) in [
        (400, "ExpiredToken"),
        (403, "AccessDenied"),
        (403, "SignatureDoesNotMatch"),
        (409, "OperationAborted"),
    ] {
        lago.proxy.clear();
        lago.proxy.forget();
        lago.proxy.add(Rule::get(Fault::Refuse(status, codigo)));
        let error = objeto.get().await.unwrap_err();
        let esperado = StoreError::Refused {
            place: objeto.place().clone(),
            operation: Operation::Read,
            said: Said::Status(status, Some(codigo.to_owned())),
            attempts: 1,
        };
        assert_eq!(error, esperado);
        assert_eq!(lago.respuestas("GET").len(), 1);
    }
    assert_eq!(
        objeto.get().await.unwrap_err().to_string(),
        "s3://lago/x: refused to read: status 409 (OperationAborted)"
    );
}

#[tokio::test]
async fn el_nombre_de_una_clave_no_se_toma_por_lo_que_dijo_el_servidor() {
    let lago = lago();
    let clave = "status code: 503, after 9 retries <Code>NoSuchBucket</Code>";
    let objeto = lago.objeto(clave);
    let falta = StoreError::NoObject {
        place: objeto.place().clone(),
    };
    assert_eq!(objeto.get().await.unwrap_err(), falta);
    lago.proxy
        .add(Rule::any(Fault::Refuse(403, "AccessDenied")));
    let error = objeto.get().await.unwrap_err();
    let dicho = Said::Status(403, Some("AccessDenied".to_owned()));
    assert!(
        matches!(&error, StoreError::Refused { said, attempts: 1, .. } if *said == dicho),
        "{error}"
    );
    // A directory where a file should be: an error of the system, whatever its name says.
    let dir = carpeta();
    std::fs::write(dir.path().join("status code: 503"), "x").unwrap();
    let url = url_de(&dir.path().join("status code: 503/x"));
    let error = Stores::default()
        .open(&url)
        .unwrap()
        .put("x")
        .await
        .unwrap_err();
    assert!(matches!(&error, StoreError::Failed { .. }), "{error}");
}

#[tokio::test]
async fn un_fallo_que_no_se_va_acaba_antes_del_plazo_y_nombra_bucket_y_clave() {
    for (fault, dicho) in [
        (Fault::Answer(503), Said::Status(503, None)),
        (
            Fault::Refuse(500, "InternalError"),
            Said::Status(500, Some("InternalError".into())),
        ),
        (
            Fault::Refuse(429, "SlowDown"),
            Said::Status(429, Some("SlowDown".into())),
        ),
        (Fault::Hang, Said::Silence),
        (Fault::Drop, Said::Broken),
    ] {
        let lago = lago_con(breve());
        lago.proxy.add(Rule::any(fault.clone()));
        let objeto = lago.objeto("ventas/2024.parquet");
        let antes = Instant::now();
        let error = objeto.get().await.unwrap_err();
        assert!(
            antes.elapsed() < breve().deadline,
            "{fault:?}: {:?}",
            antes.elapsed()
        );
        let esperado = StoreError::Unavailable {
            place: objeto.place().clone(),
            operation: Operation::Read,
            said: dicho,
            attempts: 4,
        };
        assert_eq!(error, esperado, "{fault:?}");
        assert_eq!(
            lago.respuestas("GET").len(),
            4,
            "what the error says is what the server saw"
        );
        assert!(
            error
                .to_string()
                .starts_with(&format!("s3://{BUCKET}/ventas/2024.parquet: "))
        );
    }
}

#[tokio::test]
async fn con_el_servidor_caido_se_dice_que_no_hay_conexion_y_al_volver_se_sigue() {
    let lago = lago_con(breve());
    let objeto = lago.dado("x", b"abc".to_vec()).await;
    lago.proxy.down().unwrap();
    let error = objeto.get().await.unwrap_err();
    assert!(
        matches!(
            &error,
            StoreError::Unavailable {
                said: Said::NoConnection,
                attempts: 4,
                ..
            }
        ),
        "{error}"
    );
    let error = objeto.create("mío").await.unwrap_err();
    assert!(
        matches!(
            &error,
            StoreError::Unavailable {
                said: Said::NoConnection,
                ..
            }
        ),
        "{error}"
    );
    lago.proxy.up().unwrap();
    assert_eq!(objeto.get().await.unwrap(), "abc");
}

#[tokio::test]
async fn el_plazo_corta_aunque_queden_reintentos() {
    let lago = lago_con(Patience {
        retries: 1_000_000,
        attempt: Duration::from_secs(60),
        deadline: Duration::from_millis(300),
        ..breve()
    });
    lago.proxy.add(Rule::any(Fault::Hang));
    let objeto = lago.objeto("x");
    let error = objeto.get().await.unwrap_err();
    let esperado = StoreError::Deadline {
        place: objeto.place().clone(),
        operation: Operation::Read,
        deadline: Duration::from_millis(300),
    };
    assert_eq!(error, esperado);
    let error = objeto.list().next().await.unwrap().unwrap_err();
    assert!(matches!(
        error,
        StoreError::Deadline {
            operation: Operation::List,
            ..
        }
    ));
    lago.proxy.clear();
    lago.proxy.add(Rule::any(Fault::Answer(503)));
    let antes = Instant::now();
    let error = objeto.get().await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Deadline { .. } | StoreError::Unavailable { .. }
        ),
        "{error}"
    );
    assert!(
        antes.elapsed() < Duration::from_secs(5),
        "{:?}",
        antes.elapsed()
    );
}

#[tokio::test]
async fn tres_de_cada_diez_peticiones_fallan_y_una_copia_llega_entera() {
    let lago = lago();
    let todo = bytes(12 * MIB, 1);
    let desde = lago.dado("desde", todo.clone()).await;
    for fault in [Fault::Answer(500), Fault::Answer(503), Fault::Drop] {
        lago.proxy.add(Rule::any(fault).probability(0.1));
    }
    let hasta = lago.objeto("hasta");
    ej_16_2_4_object_store::copy(&desde, &hasta, Parts::new(0, 2))
        .await
        .unwrap();
    assert!(hasta.get().await.unwrap() == todo);
    assert_eq!(lago.sin_terminar(), 0);
}

async fn cortado_a_los_4_mib() -> (Lago, Vec<u8>) {
    let lago = lago_con(Patience {
        retries: 3,
        ..paciencia()
    });
    let todo = bytes(20 * MIB, 2);
    lago.dado("x", todo.clone()).await;
    lago.proxy.add(Rule::get(Fault::CutBody(4 * MIB as u64)));
    (lago, todo)
}

#[tokio::test]
async fn una_lectura_cortada_se_reanuda_donde_iba() {
    let (lago, todo) = cortado_a_los_4_mib().await;
    let objeto = lago.objeto("x");
    let leido = objeto.get_range(0..5 * MIB as u64).await.unwrap();
    assert!(leido == todo[..5 * MIB]);
    let rangos: Vec<_> = lago
        .proxy
        .attempts("GET", "/x")
        .into_iter()
        .filter_map(|e| e.range)
        .collect();
    let hasta = 5 * MIB - 1;
    assert_eq!((rangos.len(), &rangos[0]), (2, &format!("bytes=0-{hasta}")));
    // A reset takes what was on its way: the second begins where the client was.
    let desde = rangos[1]
        .strip_prefix("bytes=")
        .unwrap()
        .strip_suffix(&format!("-{hasta}"));
    let desde: usize = desde.unwrap().parse().unwrap();
    assert!((1..=4 * MIB).contains(&desde), "{desde}");
}

#[tokio::test]
async fn los_reintentos_son_por_peticion_y_un_solo_get_largo_los_agota() {
    let (lago, todo) = cortado_a_los_4_mib().await;
    let objeto = lago.objeto("x");
    // One GET: cut at 4, 8, 12 and 16 MiB; the fourth cut finds no retry left.
    let key = objeto.place().key();
    let leido = objeto.store().get(key).await.unwrap().bytes().await;
    assert!(leido.is_err());
    assert_eq!(lago.proxy.attempts("GET", "/x").len(), 4);
    // In pieces of 5 MiB every one is cut once, and has three retries of its own.
    lago.proxy.forget();
    let leido: Vec<_> = objeto.stream(Parts::new(0, 2)).try_collect().await.unwrap();
    assert!(leido.concat() == todo);
    assert_eq!(lago.proxy.attempts("GET", "/x").len(), 8);
}
