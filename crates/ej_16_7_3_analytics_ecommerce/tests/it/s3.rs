//! The same day on a real S3 protocol server, and with faults between.

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
        server.create_bucket("tienda").unwrap();
        for dia in fs::read_dir(b.ruta("eventos")).unwrap().flatten() {
            for archivo in fs::read_dir(dia.path()).unwrap().flatten() {
                let key = format!(
                    "eventos/{}/{}",
                    dia.file_name().to_string_lossy(),
                    archivo.file_name().to_string_lossy()
                );
                let destino = server.path_of("tienda", &key);
                fs::create_dir_all(destino.parent().unwrap()).unwrap();
                fs::copy(archivo.path(), destino).unwrap();
            }
        }
        Self { b, server }
    }

    fn comando(&self, entorno: HashMap<String, String>, mas: &[&str]) -> Child {
        self.b
            .crudo(&[
                "-f",
                FECHA,
                "-e",
                "s3://tienda/eventos",
                "-s",
                "s3://tienda/metricas",
                "--silencioso",
            ])
            .args(mas)
            .envs(entorno)
    }

    fn contenido(&self) -> Vec<Option<String>> {
        let options: StorageOptions = self.server.storage_options().into_iter().collect();
        contenido(&Location::parse("s3://tienda/metricas").unwrap(), &options)
    }
}

#[test]
fn un_dia_en_s3_da_lo_mismo_que_en_disco_y_las_claves_no_salen() {
    let lago = Lago::nuevo();
    let f = lago
        .comando(lago.server.storage_options(), &["-v"])
        .env("RUST_LOG", "trace")
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(lago.contenido(), lago.b.contenido_esperado());
    let claves = lago.server.credentials();
    assert_eq!(
        claves.occurrences(&f.stdout) + claves.occurrences(&f.stderr),
        0
    );
    let registro = fs::read(
        lago.server
            .path_of("tienda", "metricas/_delta_log/00000000000000000000.json"),
    )
    .unwrap();
    assert_eq!(claves.occurrences(registro), 0);
}

/// Faults 9: the commit is applied and its answer lost, in each way there is.
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
                .path("metricas/_delta_log/")
                .suffix(".json")
                .times(1),
        );
        let f = lago
            .comando(
                proxy.storage_options(&lago.server),
                &["--json", "--opcion", "timeout=2s"],
            )
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{fault:?}: {}", f.stderr_text());
        assert_eq!(proxy.faults().len(), 1, "{fault:?}");
        assert_eq!(json(&f)["versiones"]["metricas_diarias"], 0, "{fault:?}");
        assert_eq!(lago.contenido(), lago.b.contenido_esperado(), "{fault:?}");
        assert!(
            !lago
                .server
                .path_of("tienda", "metricas/_delta_log/00000000000000000001.json")
                .exists()
        );
    }
}

#[test]
fn los_fallos_pasajeros_se_reintentan() {
    let lago = Lago::nuevo();
    let proxy = FaultProxy::before(&lago.server, 11).unwrap();
    proxy.add(Rule::any(Fault::Answer(503)).probability(0.15));
    proxy.add(Rule::get(Fault::CutBody(1_000)).path("eventos/").times(3));
    let f = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert!(proxy.faults().len() >= 3);
    assert_eq!(lago.contenido(), lago.b.contenido_esperado());
}

#[test]
fn sin_servidor_o_sin_permiso_sale_con_5_y_nombra_el_lugar() {
    let lago = Lago::nuevo();
    let proxy = FaultProxy::before(&lago.server, 3).unwrap();
    proxy.add(Rule::any(Fault::Refuse(400, "ExpiredToken")));
    let f = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .run()
        .unwrap();
    falla(&f, 5, &["s3://tienda/metricas"]);
    proxy.clear();
    proxy.down().unwrap();
    let f = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .run()
        .unwrap();
    falla(&f, 5, &["s3://tienda/metricas"]);
    assert!(f.wall.as_secs() < 60, "{:?}", f.wall);
}
