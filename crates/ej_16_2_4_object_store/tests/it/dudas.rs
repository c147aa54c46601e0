//! Writes that were carried out although the answer says otherwise, or never came.

use super::lago::{Lago, MIB, bytes, lago, lago_con, paciencia};
use ecommerce_testlake::{Fault, Rule};
use ej_16_2_4_object_store::{Created, Parts, Patience, Said, StoreError};
use futures::stream;
use object_store::{Error, ObjectStore, PutMode};
use std::time::Duration;

/// A client that waits half a second for an answer.
fn impaciente() -> Lago {
    lago_con(Patience {
        attempt: Duration::from_millis(500),
        ..paciencia()
    })
}

#[tokio::test]
async fn una_creacion_aplicada_cuya_respuesta_se_pierde_se_reconoce_como_propia() {
    for fault in [
        Fault::ApplyThenAnswer(500),
        Fault::ApplyThenAnswer(503),
        Fault::ApplyThenDrop,
        Fault::ApplyThenHang,
    ] {
        let lago = impaciente();
        lago.proxy
            .add(Rule::put(fault.clone()).path("/lago/commit").times(1));
        let objeto = lago.objeto("commit");
        assert_eq!(
            objeto.create("mío: 7f3a").await.unwrap(),
            Created::Confirmed,
            "{fault:?}"
        );
        assert_eq!(objeto.get().await.unwrap(), "mío: 7f3a");
        assert_eq!(lago.proxy.faults().len(), 1);
    }
}

#[tokio::test]
async fn object_store_por_si_solo_dice_que_ya_existia() {
    let lago = lago();
    lago.proxy
        .add(Rule::put(Fault::ApplyThenAnswer(503)).times(1));
    let objeto = lago.objeto("commit");
    let directo = objeto
        .store()
        .put_opts(objeto.place().key(), "mío".into(), PutMode::Create.into())
        .await;
    assert!(
        matches!(directo, Err(Error::AlreadyExists { .. })),
        "{:?}",
        directo.is_ok()
    );
    assert_eq!(lago.respuestas("PUT"), [Some(503), Some(412)]);
    // A reset is not even retried: a creation is no idempotent request.
    let lago = lago_con(paciencia());
    lago.proxy.add(Rule::put(Fault::ApplyThenDrop).times(1));
    let objeto = lago.objeto("commit");
    let directo = objeto
        .store()
        .put_opts(objeto.place().key(), "mío".into(), PutMode::Create.into())
        .await;
    assert!(matches!(directo, Err(Error::Generic { .. })));
    assert_eq!(lago.respuestas("PUT"), [None]);
    assert!(lago.existe("commit"), "although it was written");
}

#[tokio::test]
async fn una_creacion_que_no_llego_se_repite_y_otra_que_se_adelanta_gana() {
    for fault in [Fault::Drop, Fault::Hang, Fault::Answer(500)] {
        let lago = impaciente();
        lago.proxy.add(Rule::put(fault.clone()).times(1));
        let objeto = lago.objeto("commit");
        assert_eq!(
            objeto.create("mío").await.unwrap(),
            Created::Now,
            "{fault:?}"
        );
        assert_eq!(lago.proxy.attempts("PUT", "commit").len(), 2);
    }
    let lago = impaciente();
    let objeto = lago.dado("commit", b"de otro".to_vec()).await;
    lago.proxy.add(Rule::put(Fault::Hang).times(1));
    assert_eq!(objeto.create("mío").await.unwrap(), Created::Already);
    assert_eq!(objeto.get().await.unwrap(), "de otro");
}

#[tokio::test]
async fn si_la_duda_no_se_puede_resolver_el_error_lo_dice() {
    let lago = lago_con(Patience {
        retries: 1,
        attempt: Duration::from_millis(300),
        ..paciencia()
    });
    lago.proxy.add(Rule::put(Fault::ApplyThenHang));
    lago.proxy.add(Rule::any(Fault::Answer(503)));
    let error = lago.objeto("commit").create("mío").await.unwrap_err();
    assert!(
        matches!(
            &error,
            StoreError::Unavailable {
                said: Said::Silence,
                ..
            }
        ),
        "{error}"
    );
    assert!(lago.existe("commit"));
}

#[tokio::test]
async fn una_subida_completada_cuya_respuesta_se_pierde_se_reconoce_como_acabada() {
    for (fault, antes) in [
        (Fault::ApplyThenAnswer(503), None),
        (Fault::ApplyThenDrop, Some(b"lo de antes".to_vec())),
        (Fault::ApplyThenHang, Some(bytes(6 * MIB, 1))),
    ] {
        let lago = lago_con(Patience {
            attempt: Duration::from_secs(3),
            ..paciencia()
        });
        let objeto = lago.objeto("grande");
        if let Some(antes) = antes {
            lago.dado("grande", antes).await;
        }
        // The server has forgotten the upload when it is asked to complete it once more, and refuses.
        lago.proxy
            .add(Rule::post(fault.clone()).query("uploadId=").times(1));
        let todo = bytes(6 * MIB, 1);
        let trozos = stream::iter([Ok::<_, StoreError>(todo.clone().into())]);
        let subido = objeto.upload(trozos, Parts::new(0, 1)).await.unwrap();
        assert_eq!(
            (subido.parts, lago.proxy.faults().len()),
            (2, 1),
            "{fault:?}"
        );
        assert_eq!(lago.respuestas("POST").last(), Some(&Some(403)));
        assert_eq!(lago.proxy.attempts("DELETE", "/grande").len(), 0);
        assert!(objeto.get().await.unwrap() == todo);
        assert_eq!(lago.sin_terminar(), 0);
    }
}

#[tokio::test]
async fn una_subida_que_no_se_puede_completar_se_aborta() {
    let lago = lago_con(Patience {
        retries: 1,
        longest_wait: Duration::from_millis(50),
        deadline: Duration::from_secs(2),
        ..paciencia()
    });
    let objeto = lago.dado("grande", bytes(6 * MIB, 1)).await;
    lago.proxy
        .add(Rule::post(Fault::Answer(503)).query("uploadId="));
    let trozos = || stream::iter([Ok::<_, StoreError>(bytes(6 * MIB, 2).into())]);
    // As long as what is there, which is not taken for it.
    let error = objeto.upload(trozos(), Parts::new(0, 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert_eq!(lago.sin_terminar(), 0);
    // A plain no is believed at once.
    lago.proxy.clear();
    lago.proxy.forget();
    lago.proxy
        .add(Rule::post(Fault::Refuse(400, "InvalidPart")).query("uploadId="));
    let error = objeto.upload(trozos(), Parts::new(0, 1)).await.unwrap_err();
    let dicho = Said::Status(400, Some("InvalidPart".to_owned()));
    assert!(
        matches!(&error, StoreError::Refused { said, attempts: 1, .. } if *said == dicho),
        "{error}"
    );
    assert_eq!(lago.proxy.attempts("HEAD", "/grande").len(), 1);
    assert!(objeto.get().await.unwrap() == bytes(6 * MIB, 1));
    assert_eq!(lago.sin_terminar(), 0);
}
