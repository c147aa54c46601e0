//! Copies: bounded memory, and no half-written target.

use super::lago::{
    BUCKET, MIB, bytes, carpeta, lago, lago_con, paciencia, servidor, sin_firmar, url_de,
};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testlake::{Fault, Rule, S3Server};
use ej_16_2_4_object_store::{Parts, Patience, StoreError, StoreOptions, Stores, copy};
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt};

/// The binary copies under a limit on its heap and stacks.
pub(crate) fn copia_con_limite(
    server: &S3Server,
    desde: &str,
    hasta: &str,
    limite: u64,
) -> Finished {
    Child::new(env!("CARGO_BIN_EXE_ej_16_2_4_object_store"))
        .args(["copiar", desde, hasta, "--en-vuelo", "1"])
        .env_clear()
        .envs(sin_firmar(server.storage_options()))
        // One arena and few threads: what is measured is the copy.
        .env("MALLOC_ARENA_MAX", "1")
        .env("TOKIO_WORKER_THREADS", "2")
        .limit_data(limite)
        .timeout(std::time::Duration::from_secs(3600))
        .run()
        .unwrap()
}

/// The limit under which copies are made, one part at a time: 24 MiB of the object, and what the program takes itself.
pub(crate) const LIMITE: u64 = 48 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn una_copia_de_s3_a_s3_cabe_en_menos_memoria_que_el_objeto() {
    assert_eq!(Parts::new(8 << 20, 1).memory(), 24 << 20);
    let lago = lago();
    let todo = bytes(64 * MIB, 3);
    lago.dado("desde", todo.clone()).await;
    let (desde, hasta) = (
        format!("s3://{BUCKET}/desde"),
        format!("s3://{BUCKET}/hasta"),
    );
    let copiado = copia_con_limite(&lago.server, &desde, &hasta, LIMITE);
    assert!(copiado.success(), "{copiado:?}");
    assert_eq!(
        copiado.stdout_text(),
        format!("{} bytes en 8 partes: {hasta}\n", todo.len())
    );
    assert!(std::fs::read(lago.server.path_of(BUCKET, "hasta")).unwrap() == todo);
}

#[test]
fn y_de_disco_a_disco_tambien() {
    let (server, dir) = (servidor(), carpeta());
    let (desde, hasta) = (dir.path().join("desde"), dir.path().join("hasta"));
    // 256 MiB that take no room: nothing was ever written there.
    std::fs::File::create(&desde)
        .unwrap()
        .set_len(256 << 20)
        .unwrap();
    let copiado = copia_con_limite(&server, &url_de(&desde), &url_de(&hasta), LIMITE);
    assert!(copiado.success(), "{copiado:?}");
    assert_eq!(hasta.metadata().unwrap().len(), 256 << 20);
}

#[tokio::test]
async fn un_disco_lleno_es_un_error_y_no_deja_nada_a_medias() {
    let (server, dir) = (servidor(), carpeta());
    std::fs::write(server.path_of(BUCKET, "desde"), bytes(12 * MIB, 1)).unwrap();
    let hasta = dir.path().join("hasta");
    std::fs::write(&hasta, "lo de antes").unwrap();
    let copia = |clave: &str| {
        // A file may grow to 4 MiB. The shell ignores the signal that would come with the error.
        Child::new("/bin/sh")
            .args([
                "-c",
                "trap '' XFSZ; exec \"$@\"",
                "sh",
                env!("CARGO_BIN_EXE_ej_16_2_4_object_store"),
            ])
            .args(["copiar", &format!("s3://{BUCKET}/{clave}"), &url_de(&hasta)])
            .env_clear()
            .envs(server.storage_options())
            .limit_file_size(4 << 20)
            .run()
            .unwrap()
    };
    std::fs::write(server.path_of(BUCKET, "corto"), bytes(6 * MIB, 1)).unwrap();
    // In parts, and in one piece.
    for clave in ["desde", "corto"] {
        let lleno = copia(clave);
        assert_eq!((lleno.code, lleno.crashed()), (Some(5), false), "{lleno:?}");
        let error = lleno.stderr_text();
        assert!(
            error.contains(&url_de(&hasta)) && error.contains("File too large"),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(archivos(dir.path()), ["hasta"]);
        assert_eq!(std::fs::read(&hasta).unwrap(), b"lo de antes");
    }
}

fn archivos(dir: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn el_error_dice_cual_de_los_dos_lugares_fallo() {
    let lago = lago_con(Patience {
        retries: 1,
        ..paciencia()
    });
    let desde = lago.dado("desde", bytes(12 * MIB, 1)).await;
    let hasta = lago.objeto("hasta");
    let falta = lago.objeto("falta");
    let error = copy(&falta, &hasta, Parts::default()).await.unwrap_err();
    assert_eq!(
        error,
        StoreError::NoObject {
            place: falta.place().clone()
        }
    );
    for (rule, place) in [
        (Rule::get(Fault::Answer(503)), desde.place()),
        (Rule::put(Fault::Answer(503)), hasta.place()),
        (Rule::post(Fault::Answer(503)), hasta.place()),
    ] {
        lago.proxy.clear();
        lago.proxy.add(rule);
        let error = copy(&desde, &hasta, Parts::new(0, 2)).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Unavailable { place: named, .. } if named == place),
            "{error}"
        );
        assert_eq!((lago.sin_terminar(), lago.existe("hasta")), (0, false));
    }
}

#[tokio::test]
async fn un_origen_que_cambia_a_mitad_aborta_la_copia() {
    let lago = lago();
    let desde = lago.dado("desde", bytes(11 * MIB, 1)).await;
    let hasta = lago.objeto("hasta");
    // The second part's read is held back until the object has been replaced.
    lago.proxy
        .add(Rule::get(Fault::Hang).header("range").nth(2));
    let reemplazo = async {
        while lago.proxy.faults().is_empty() {
            tokio::task::yield_now().await;
        }
        lago.dado("desde", bytes(11 * MIB, 2)).await;
        lago.proxy.down().unwrap();
        lago.proxy.up().unwrap();
    };
    let (copiado, ()) = tokio::join!(copy(&desde, &hasta, Parts::new(0, 1)), reemplazo);
    assert_eq!(
        copiado.unwrap_err(),
        StoreError::Changed {
            place: desde.place().clone()
        }
    );
    assert_eq!((lago.sin_terminar(), lago.existe("hasta")), (0, false));
}

#[tokio::test]
async fn el_copy_de_gcs_tiene_los_modos_cambiados_en_object_store_0_13() {
    let lago = lago();
    let gcs = StoreOptions::default()
        .with_patience(paciencia())
        .with_option("google_base_url", lago.proxy.endpoint())
        .with_option(
            "google_service_account_key",
            r#"{"disable_oauth": true, "client_email": "", "private_key": "", "private_key_id": ""}"#,
        );
    let objeto = Stores::new(gcs).open("gs://lago/desde").unwrap();
    // A server on which the target is always there refuses what may not overwrite, and lets the rest pass.
    let condicional =
        Rule::put(Fault::Refuse(412, "PreconditionFailed")).header("x-goog-if-generation-match");
    lago.proxy.add(condicional);
    lago.proxy.add(Rule::put(Fault::Answer(200)));
    let (desde, hasta) = (Path::from("desde"), Path::from("hasta"));
    let copia = objeto.store().copy(&desde, &hasta).await;
    assert!(
        matches!(copia, Err(Error::AlreadyExists { .. })),
        "copy overwrites nothing"
    );
    objeto
        .store()
        .copy_if_not_exists(&desde, &hasta)
        .await
        .expect("and this one would have");
}
