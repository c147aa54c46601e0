//! The same day on a real S3 protocol server, and commits whose answer is lost on the way back.

use crate::bancada::{Bancada, FECHA, TABLAS, contenido, json};
use crate::escritores::commits;
use crate::testigo::{Inv, Testigo};
use ecommerce_pipeline::{Location, StorageOptions};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Child;
use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
use std::collections::{BTreeSet, HashMap};
use std::fs;

/// Events copied into the bucket, and the command that reads and writes there.
pub(crate) struct Lago {
    pub(crate) b: Bancada,
    pub(crate) server: S3Server,
}

impl Lago {
    pub(crate) fn nuevo() -> Self {
        Self::con(Bancada::chica(), &["eventos", "nuevos"])
    }

    fn con(b: Bancada, entradas: &[&str]) -> Self {
        let server = S3Server::start().unwrap();
        server.create_bucket("tienda").unwrap();
        for entrada in entradas {
            for dia in fs::read_dir(b.ruta(entrada)).unwrap().flatten() {
                for archivo in fs::read_dir(dia.path()).unwrap().flatten() {
                    let key = format!(
                        "{entrada}/{}/{}",
                        dia.file_name().to_string_lossy(),
                        archivo.file_name().to_string_lossy()
                    );
                    let destino = server.path_of("tienda", &key);
                    fs::create_dir_all(destino.parent().unwrap()).unwrap();
                    fs::copy(archivo.path(), destino).unwrap();
                }
            }
        }
        Self { b, server }
    }

    pub(crate) fn comando(&self, entorno: HashMap<String, String>, mas: &[&str]) -> Child {
        self.de("eventos", entorno, mas)
    }

    pub(crate) fn de(
        &self,
        entrada: &str,
        entorno: HashMap<String, String>,
        mas: &[&str],
    ) -> Child {
        let entrada = format!("s3://tienda/{entrada}");
        self.b
            .crudo(&[
                "-f",
                FECHA,
                "-e",
                &entrada,
                "-s",
                "s3://tienda/metricas",
                "--silencioso",
            ])
            .args(mas)
            .envs(entorno)
    }

    pub(crate) fn proxy(&self, semilla: u64, reglas: impl IntoIterator<Item = Rule>) -> FaultProxy {
        let proxy = FaultProxy::before(&self.server, semilla).unwrap();
        reglas.into_iter().for_each(|regla| proxy.add(regla));
        proxy
    }

    pub(crate) fn contenido(&self) -> Vec<Option<String>> {
        let options: StorageOptions = self.server.storage_options().into_iter().collect();
        contenido(&Location::parse("s3://tienda/metricas").unwrap(), &options)
    }

    /// The tables on the server, and all else in the bucket.
    pub(crate) fn inv(&self, testigo: Testigo) -> Inv {
        let tablas = TABLAS.map(|t| self.server.path_of("tienda", t));
        Inv::en(&self.server.path_of("tienda", "eventos"), tablas, testigo)
    }

    pub(crate) fn commits(&self) -> Vec<String> {
        commits(&self.server.path_of("tienda", "metricas"))
    }
}

#[test]
fn un_dia_en_s3_da_lo_mismo_que_en_disco_y_las_claves_no_salen() {
    let lago = Lago::con(Bancada::con_eventos(), &["eventos"]);
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

/// The ways in which a commit is carried out and its answer lost.
pub(crate) fn ambiguos() -> [(&'static str, Fault); 4] {
    [
        ("500", Fault::ApplyThenAnswer(500)),
        ("503", Fault::ApplyThenAnswer(503)),
        ("corte", Fault::ApplyThenDrop),
        ("cuelgue", Fault::ApplyThenHang),
    ]
}

/// Each commit of a run is applied and its answer lost, on tables that do not exist and on full ones: each is recognised as
/// the run's own, so there is one version more and not two.
#[test]
fn un_commit_cuya_respuesta_se_pierde_se_reconoce_como_propio() {
    for (modo, fault) in ambiguos() {
        let falta = FaultReport::begin(
            9,
            modo,
            format!("el PUT de cada commit se aplica y la respuesta se pierde: {modo}"),
        );
        let (mut veces, mut corridas) = (0, 0);
        let lago = Lago::nuevo();
        let inv = lago.inv(Testigo::de_aqui());
        for (version, entrada) in ["eventos", "nuevos"].into_iter().enumerate() {
            let reglas = TABLAS.map(|tabla| {
                Rule::put(fault.clone())
                    .path(format!("/{tabla}/_delta_log/"))
                    .suffix(".json")
                    .times(1)
            });
            let proxy = lago.proxy(7, reglas);
            let f = lago
                .de(
                    entrada,
                    proxy.storage_options(&lago.server),
                    &["--json", "--opcion", "timeout=1s"],
                )
                .run()
                .unwrap();
            assert_eq!(f.code, Some(0), "{modo}: {}", f.stderr_text());
            assert_eq!(proxy.faults().len(), 3, "{modo}");
            for tabla in ["metricas_diarias", "productos_diarios", "cuarentena"] {
                assert_eq!(json(&f)["versiones"][tabla], version, "{modo}");
            }
            assert_eq!(lago.commits().len(), version + 1, "{modo}");
            // What the same run leaves on a disk.
            lago.b.publica(entrada, FECHA);
            let esperado = Inv::de(&lago.b, "metricas", Testigo::de_aqui()).como_esta();
            inv.exactamente(&esperado, modo);
            veces += proxy.faults().len();
            corridas += 1;
        }
        falta.passed(
            veces,
            format!("{corridas} corridas salen con 0; cada commit, una versión; INV"),
        );
    }
}

/// Writers of the same day whose commits are all ambiguous half of the time: every acknowledged run is once in the log.
pub(crate) fn carrera_ambigua(lago: &Lago, rondas: u64, testigo: Testigo) -> (usize, usize) {
    lago.b.publica("eventos", FECHA);
    let esperado = Inv::de(&lago.b, "metricas", Testigo::de_aqui()).como_esta();
    let inv = lago.inv(testigo);
    let (mut faltas, mut compromisos) = (0, 0);
    for ronda in 0..rondas {
        let (modo, fault) = ambiguos()[ronda as usize % 3].clone();
        let regla = Rule::put(fault)
            .path("_delta_log/")
            .suffix(".json")
            .probability(0.5);
        let proxy = lago.proxy(ronda, [regla]);
        let antes = lago.commits().len();
        let orden = lago.comando(proxy.storage_options(&lago.server), &["--json"]);
        let procesos: Vec<_> = (0..4).map(|_| orden.spawn().unwrap()).collect();
        let mut hechos = BTreeSet::new();
        for proceso in procesos {
            let f = proceso.wait().unwrap();
            assert!(
                matches!(f.code, Some(0 | 4)),
                "ronda {ronda}, {modo}: {f:?}"
            );
            if f.code == Some(0) {
                hechos.insert(json(&f)["ejecucion"].as_str().unwrap().to_owned());
            }
        }
        let nuevos = lago.commits().split_off(antes);
        for id in &hechos {
            let veces = nuevos.iter().filter(|commit| commit.contains(id)).count();
            assert_eq!(veces, 1, "ronda {ronda}: {id}");
        }
        compromisos += hechos.len();
        faltas += proxy.faults().len();
        inv.exactamente(&esperado, &format!("ronda {ronda}"));
    }
    (faltas, compromisos)
}

#[test]
fn varios_escritores_con_respuestas_perdidas_dejan_una_copia() {
    let falta = FaultReport::begin(
        9,
        "carrera",
        "4 escritores del mismo día; la mitad de los PUT de commit pierde la respuesta",
    );
    let (faltas, compromisos) = carrera_ambigua(&Lago::nuevo(), 3, Testigo::de_aqui());
    falta.passed(
        faltas,
        format!("{compromisos} corridas con 0, cada una una vez en el registro; INV"),
    );
}
