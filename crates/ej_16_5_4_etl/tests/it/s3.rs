//! The same day on a real S3 protocol server, and with the commit's answer lost on the way.

use crate::bancada::{Bancada, FECHA, contenido, falla, json};
use ecommerce_pipeline::{Location, StorageOptions};
use ecommerce_testkit::process::Child;
use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
use std::collections::HashMap;
use std::fs;

/// Events copied into the bucket, and the command that reads and writes there.
struct Lago {
    b: Bancada,
    server: S3Server,
}

impl Lago {
    fn nuevo() -> Self {
        let b = Bancada::con_eventos();
        let server = S3Server::start().unwrap();
        server.create_bucket("lago").unwrap();
        for dia in fs::read_dir(b.ruta("eventos")).unwrap().flatten() {
            for archivo in fs::read_dir(dia.path()).unwrap().flatten() {
                let key = format!(
                    "eventos/{}/{}",
                    dia.file_name().to_string_lossy(),
                    archivo.file_name().to_string_lossy()
                );
                let destino = server.path_of("lago", &key);
                fs::create_dir_all(destino.parent().unwrap()).unwrap();
                fs::copy(archivo.path(), destino).unwrap();
            }
        }
        Self { b, server }
    }

    fn comando(&self, entorno: HashMap<String, String>, mas: &[&str]) -> Child {
        let lugares = ["-e", "s3://lago/eventos", "-s", "s3://lago/ventas"];
        self.b
            .crudo(&["--json", "-f", FECHA])
            .args(lugares)
            .args(mas)
            .envs(entorno)
    }

    fn contenido(&self) -> Option<String> {
        let options: StorageOptions = self.server.storage_options().into_iter().collect();
        contenido(&Location::parse("s3://lago/ventas").unwrap(), &options)
    }
}

#[test]
fn un_dia_en_s3_da_lo_mismo_que_en_disco_y_repetirlo_tambien() {
    let lago = Lago::nuevo();
    let esperado = lago.b.contenido_esperado();
    for version in 0..2 {
        let f = lago
            .comando(lago.server.storage_options(), &[])
            .env("RUST_LOG", "trace")
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        assert_eq!(json(&f)["version_tabla"], version);
        assert_eq!(lago.contenido(), esperado);
        let claves = lago.server.credentials();
        assert_eq!(
            claves.occurrences(&f.stdout) + claves.occurrences(&f.stderr),
            0
        );
    }
}

/// The commit is applied and its answer lost, in each way there is: one version, no second, and an end with 0.
#[test]
fn un_commit_cuya_respuesta_se_pierde_se_reconoce_como_propio() {
    for fault in [
        Fault::ApplyThenAnswer(500),
        Fault::ApplyThenAnswer(503),
        Fault::ApplyThenDrop,
        Fault::ApplyThenHang,
    ] {
        let lago = Lago::nuevo();
        let proxy = FaultProxy::before(&lago.server, 7).unwrap();
        proxy.add(
            Rule::put(fault.clone())
                .path("ventas/_delta_log/")
                .suffix(".json")
                .times(1),
        );
        let f = lago
            .comando(
                proxy.storage_options(&lago.server),
                &["--opcion", "timeout=2s"],
            )
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{fault:?}: {}", f.stderr_text());
        assert_eq!(proxy.faults().len(), 1, "{fault:?}");
        assert_eq!(json(&f)["version_tabla"], 0, "{fault:?}");
        assert_eq!(lago.contenido(), lago.b.contenido_esperado(), "{fault:?}");
        let segunda = "ventas/_delta_log/00000000000000000001.json";
        assert!(!lago.server.path_of("lago", segunda).exists(), "{fault:?}");
    }
}

/// Whatever version is tried, the store says that somebody has it already.
#[test]
fn cuarenta_commits_que_otros_ganan_salen_con_4_y_la_tabla_queda_como_estaba() {
    let lago = Lago::nuevo();
    let f = lago
        .comando(lago.server.storage_options(), &[])
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let antes = lago.contenido();
    let proxy = FaultProxy::before(&lago.server, 11).unwrap();
    proxy.add(
        Rule::put(Fault::Refuse(412, "PreconditionFailed"))
            .path("ventas/_delta_log/")
            .suffix(".json"),
    );
    let f = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .run()
        .unwrap();
    falla(&f, 4, &["s3://lago/ventas", "ganaron 40 veces"]);
    assert_eq!(proxy.faults().len(), 40);
    assert_eq!(lago.contenido(), antes);
}

#[test]
fn si_el_almacen_no_esta_sale_con_5_y_lo_nombra() {
    let lago = Lago::nuevo();
    let proxy = FaultProxy::before(&lago.server, 3).unwrap();
    proxy.add(Rule::any(Fault::Refuse(403, "AccessDenied")));
    let f = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .run()
        .unwrap();
    falla(&f, 5, &["s3://lago/"]);
    assert_eq!(lago.contenido(), None);
}
