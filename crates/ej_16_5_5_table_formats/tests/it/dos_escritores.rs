//! The experiment with two Rust writers as processes: the judge has nothing to say against them.

use crate::{escritor_de_rust, espera, plan};
use ej_16_5_5_table_formats::conflict::{self, Commit, End};
use ej_16_5_5_table_formats::{FormatError, Place};
use std::ffi::OsString;

#[test]
fn dos_procesos_de_rust_no_pierden_ni_doblan_y_cada_dia_es_de_uno() {
    let carpeta = tempfile::tempdir().unwrap();
    let fin = espera(conflict::run(&plan(
        carpeta.path(),
        escritor_de_rust,
        12,
        4,
    )))
    .unwrap();
    let agregados = &fin.agregados;
    // deltalake gives up after 15 attempts: a writer that is overtaken each time is refused, and says so.
    let rechazados = &agregados.rechazados;
    let del_segundo = |c: &&Commit| c.id.starts_with("spark-");
    let rechazados_del_segundo = rechazados.iter().filter(del_segundo).count();
    assert_eq!(agregados.confirmados_spark + rechazados_del_segundo, 12);
    for commit in rechazados {
        let error = commit.error.as_deref().unwrap_or_default();
        assert!(error.contains("se adelantó"), "{commit:?}");
    }
    assert!(agregados.alternancias > 0, "no compitieron: {agregados:?}");
    assert_eq!(
        (
            &agregados.perdidos_rust,
            &agregados.perdidos_spark,
            &agregados.doblados
        ),
        (&vec![], &vec![], &vec![])
    );
    assert_eq!(fin.rondas.len(), 8);
    for ronda in &fin.rondas {
        assert!(!matches!(ronda.fin, End::Roto(_)), "{ronda:?}");
        // Whoever was refused was told so by the conflict checker, not by a crash.
        for commit in [&ronda.rust, &ronda.spark] {
            assert!(
                commit.hecho || commit.error.as_ref().unwrap().contains("se adelantó"),
                "{commit:?}"
            );
            // What is kept of a run does not say where its directory was.
            let dicho = commit.error.as_deref().unwrap_or("<tabla>");
            assert!(dicho.contains("<tabla>"), "{commit:?}");
        }
    }
}

#[test]
fn un_escritor_que_no_arranca_o_no_habla_es_un_error() {
    let carpeta = tempfile::tempdir().unwrap();
    let mut nadie = plan(carpeta.path(), escritor_de_rust, 1, 0);
    nadie.spark = vec![OsString::from("no-hay-tal-programa")];
    let error = espera(conflict::run(&nadie)).unwrap_err();
    assert!(matches!(error, FormatError::Program { .. }), "{error}");

    let otra = tempfile::tempdir().unwrap();
    let mut mudo = plan(otra.path(), escritor_de_rust, 1, 0);
    mudo.spark = vec![OsString::from("true")];
    let error = espera(conflict::run(&mudo)).unwrap_err().to_string();
    assert!(error.contains("terminó antes de tiempo"), "{error}");
}

/// What makes the Rust writer safe on a directory: a version that exists cannot be written again.
#[test]
fn una_version_que_existe_no_se_puede_escribir_otra_vez() {
    use deltalake::kernel::transaction::TransactionError;
    use deltalake::logstore::CommitOrBytes;
    let carpeta = tempfile::tempdir().unwrap();
    espera(async {
        let lugar = Place::local(&carpeta.path().join("tabla")).unwrap();
        let escribir = |texto: &'static str| {
            let bytes = CommitOrBytes::LogBytes(texto.into());
            lugar
                .log_store()
                .write_commit_entry(0, bytes, uuid::Uuid::new_v4())
        };
        escribir("primero").await.unwrap();
        let segundo = escribir("segundo").await.unwrap_err();
        assert!(
            matches!(segundo, TransactionError::VersionAlreadyExists(0)),
            "{segundo}"
        );
        let queda = lugar.log_store().read_commit_entry(0).await.unwrap();
        assert_eq!(queda.unwrap().as_ref(), b"primero");
    });
}
