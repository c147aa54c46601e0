//! Uploads in parts: many, failed, abandoned, killed.

use super::lago::{
    BUCKET, MIB, bytes, carpeta, lago, lago_con, paciencia, pronto, sin_firmar, url_de,
};
use ecommerce_testkit::process::{Child, Trigger};
use ecommerce_testlake::{Fault, Rule};
use ej_16_2_4_object_store::{Parts, Patience, Said, StoreError};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use object_store::{ObjectStoreExt, WriteMultipart};
use std::io;

type Trozo = Result<bytes::Bytes, StoreError>;

fn trozos(cuantos: usize) -> impl futures::Stream<Item = Trozo> {
    // One allocation for all of them: the test is about the upload's memory, not about its own.
    let uno = bytes::Bytes::from(bytes(5 * MIB, 9));
    stream::iter((0..cuantos).map(move |_| Ok(uno.clone())))
}

#[test]
fn diez_gigas_caben_en_las_partes_que_s3_admite() {
    let parts = Parts::default();
    for (total, bytes, cuantas) in [
        (10u64 << 30, 8 << 20, 1_280),
        (80_000 << 20, 8 << 20, 10_000),
        ((80_000 << 20) + 1, 9 << 20, 8_889),
        (5 << 40, 525 << 20, 9_987),
    ] {
        let parts = parts.for_size(total);
        assert_eq!((parts.bytes, total.div_ceil(parts.bytes)), (bytes, cuantas));
    }
    assert_eq!(
        Parts::new(1, 0),
        Parts {
            bytes: 5 << 20,
            in_flight: 1
        }
    );
    assert_eq!(parts.memory(), 72 << 20);
}

#[tokio::test]
async fn una_subida_de_muchas_partes_es_un_objeto_y_no_deja_nada() {
    let lago = lago();
    let objeto = lago.objeto("grande");
    let subido = objeto.upload(trozos(12), Parts::new(0, 4)).await.unwrap();
    assert_eq!((subido.bytes, subido.parts), (60 * MIB as u64, 12));
    assert_eq!(objeto.head().await.unwrap().size, 60 * MIB as u64);
    assert_eq!(lago.sin_terminar(), 0);
    let mut partes: Vec<u32> = lago
        .proxy
        .attempts("PUT", "/grande")
        .iter()
        .map(|e| {
            e.query
                .split('&')
                .find_map(|q| q.strip_prefix("partNumber="))
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    partes.sort_unstable();
    assert_eq!(partes, (1..=12).collect::<Vec<_>>());
    assert_eq!(
        lago.proxy.attempts("POST", "/grande").len(),
        2,
        "begun and completed"
    );
}

#[tokio::test]
async fn si_una_parte_falla_la_subida_se_aborta_y_no_queda_nada() {
    let lago = lago_con(Patience {
        retries: 1,
        ..paciencia()
    });
    let objeto = lago.dado("grande", b"lo de antes".to_vec()).await;
    lago.proxy
        .add(Rule::put(Fault::Refuse(500, "InternalError")).query("partNumber=3"));
    let error = objeto
        .upload(trozos(8), Parts::new(0, 3))
        .await
        .unwrap_err();
    let dicho = Said::Status(500, Some("InternalError".to_owned()));
    assert!(
        matches!(&error, StoreError::Unavailable { said, attempts: 2, .. } if *said == dicho),
        "{error}"
    );
    assert_eq!(lago.proxy.attempts("DELETE", "/grande").len(), 1);
    assert_eq!(lago.sin_terminar(), 0);
    assert_eq!(objeto.get().await.unwrap(), "lo de antes");
}

#[tokio::test]
async fn si_la_fuente_falla_la_subida_se_aborta_y_no_queda_nada() {
    let lago = lago();
    let objeto = lago.objeto("grande");
    let fuente = trozos(4).chain(stream::iter([Err(io::Error::other("disco roto").into())]));
    let error = objeto.upload(fuente, Parts::new(0, 2)).await.unwrap_err();
    assert_eq!(error, StoreError::Source("disco roto".to_owned()));
    assert_eq!((lago.sin_terminar(), lago.existe("grande")), (0, false));
}

#[tokio::test]
async fn si_tampoco_se_puede_abortar_el_error_dice_que_quedan_partes() {
    let lago = lago_con(Patience {
        retries: 1,
        ..paciencia()
    });
    lago.proxy
        .add(Rule::put(Fault::Answer(503)).query("partNumber=2"));
    lago.proxy.add(Rule::delete(Fault::Answer(503)));
    let error = lago
        .objeto("grande")
        .upload(trozos(3), Parts::new(0, 1))
        .await
        .unwrap_err();
    let StoreError::Leftover { cause } = &error else {
        panic!("{error}");
    };
    assert!(matches!(**cause, StoreError::Unavailable { .. }), "{cause}");
    assert!(lago.sin_terminar() > 0);
    assert!(!lago.existe("grande"));
}

#[tokio::test]
async fn una_subida_que_se_abandona_se_aborta_sola() {
    let lago = lago();
    let objeto = lago.objeto("grande");
    lago.proxy
        .add(Rule::put(Fault::Hang).query("partNumber=3").times(1));
    let a_la_tercera = async {
        while lago.proxy.faults().is_empty() {
            tokio::task::yield_now().await
        }
    };
    tokio::select! {
        subida = objeto.upload(trozos(4), Parts::new(0, 1)) => panic!("it ended: {subida:?}"),
        () = a_la_tercera => {}
    }
    // The upload has been dropped. What hangs is given up with its connection and sent again; the abort waits for it.
    assert!(lago.sin_terminar() > 0);
    lago.proxy.down().unwrap();
    lago.proxy.up().unwrap();
    assert!(pronto(|| lago.sin_terminar() == 0).await);
    assert!(!lago.existe("grande"));
}

#[tokio::test]
async fn write_multipart_de_object_store_deja_las_partes_si_una_falla() {
    let lago = lago_con(Patience {
        retries: 0,
        ..paciencia()
    });
    lago.proxy
        .add(Rule::put(Fault::Answer(500)).query("partNumber=2"));
    let objeto = lago.objeto("grande");
    let subida = objeto
        .store()
        .put_multipart(objeto.place().key())
        .await
        .unwrap();
    let mut subida = WriteMultipart::new(subida);
    subida.write(&bytes(11 * MIB, 1));
    assert!(subida.finish().await.is_err());
    // `finish` aborts when completing fails, not when a part does.
    assert_eq!(lago.proxy.attempts("DELETE", "/grande").len(), 0);
    assert!(lago.sin_terminar() > 0);
}

#[tokio::test]
async fn muerto_a_media_subida_no_se_ve_nada_y_repetirla_la_acaba() {
    let (lago, dir) = (lago(), carpeta());
    let todo = bytes(17 * MIB, 7);
    std::fs::write(dir.path().join("grande"), &todo).unwrap();
    let copia = || {
        Child::new(env!("CARGO_BIN_EXE_ej_16_2_4_object_store"))
            .args([
                "copiar",
                &url_de(&dir.path().join("grande")),
                &format!("s3://{BUCKET}/grande"),
            ])
            .env_clear()
            .envs(sin_firmar(lago.proxy.storage_options(&lago.server)))
    };
    // The third part never arrives, so the upload cannot end before it is killed.
    lago.proxy.add(Rule::put(Fault::Hang).query("partNumber=3"));
    let raiz = lago.server.path_of("", "");
    let muerto = copia()
        .spawn()
        .unwrap()
        .kill_when(&Trigger::EntryIn(raiz, ".part-2".into()))
        .unwrap();
    assert_eq!(
        (muerto.signal, muerto.timed_out),
        (Some(9), false),
        "{muerto:?}"
    );
    let objeto = lago.objeto("grande");
    assert!(matches!(
        objeto.head().await,
        Err(StoreError::NoObject { .. })
    ));
    let base = lago.stores.open(&format!("s3://{BUCKET}")).unwrap();
    assert_eq!(base.list().try_collect::<Vec<_>>().await.unwrap(), []);
    // The parts stay: nobody was left to abort. On S3 a lifecycle rule removes them.
    assert!(lago.sin_terminar() > 0);
    lago.proxy.clear();
    let entero = copia().run().unwrap();
    assert!(entero.success(), "{entero:?}");
    assert!(objeto.get().await.unwrap() == todo);
}

#[tokio::test]
async fn en_disco_una_subida_abandonada_borra_su_archivo_a_medias() {
    let dir = carpeta();
    let stores = ej_16_2_4_object_store::Stores::default();
    let objeto = stores.open(&url_de(&dir.path().join("grande"))).unwrap();
    let sin_fin = trozos(2).chain(stream::pending());
    assert!(
        objeto
            .upload(sin_fin, Parts::new(0, 1))
            .now_or_never()
            .is_none()
    );
    assert!(pronto(|| std::fs::read_dir(dir.path()).unwrap().next().is_none()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn una_subida_y_una_lectura_por_partes_caben_en_una_tarea_propia() {
    let dir = carpeta();
    let stores = ej_16_2_4_object_store::Stores::default();
    let objeto = stores.open(&url_de(&dir.path().join("grande"))).unwrap();
    // `spawn` asks that the future can go to another thread, which is what this shows.
    let escrito = tokio::spawn(async move {
        let subida = objeto.upload(trozos(3), Parts::new(0, 2)).await.unwrap();
        let leido: Vec<_> = objeto.stream(Parts::new(0, 2)).try_collect().await.unwrap();
        (
            subida.bytes,
            leido.iter().map(|b| b.len() as u64).sum::<u64>(),
        )
    });
    let (subido, leido) = escrito.await.unwrap();
    assert!(subido > 0);
    assert_eq!(subido, leido);
}
