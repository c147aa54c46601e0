//! `--motor`: a scheduler and two executors, each a process, add up the day.
//!
//! With feature `cluster` only; `cargo xtask test` asks for it and has built the cluster's program beside this one's.

use crate::bancada::{Bancada, falla};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A cluster that ends with this value, or with this process.
struct Cluster {
    levantar: Child,
    url: String,
}

impl Cluster {
    fn de(motor: &str) -> Self {
        let programa = PathBuf::from(env!("CARGO_BIN_EXE_analytics-ecommerce"))
            .with_file_name("ecommerce-cluster");
        let mut levantar = Command::new(&programa)
            .args(["levantar", "--atado", "--puerto", "0", "--ejecutores", "2"])
            .args(["--motor", motor])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| {
                panic!(
                    "{}: {e}; cargo build -p ecommerce_cluster",
                    programa.display()
                )
            });
        let mut linea = String::new();
        let salida = levantar.stdout.take().unwrap();
        BufReader::new(salida).read_line(&mut linea).unwrap();
        let url = linea.split(' ').nth(1).unwrap_or_else(|| panic!("{linea}"));
        Self {
            url: url.to_owned(),
            levantar,
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.levantar.stdin.take());
        let _ = self.levantar.wait();
    }
}

#[test]
#[ignore = "tier cluster: cargo xtask test"]
fn un_cluster_deja_el_mismo_contenido_que_este_proceso() {
    for motor in ["ballista", "distribuido"] {
        let cluster = Cluster::de(motor);
        let b = Bancada::con_eventos();
        let f = b.correr(&["--motor", motor, "--planificador", &cluster.url]);
        assert_eq!(f.code, Some(0), "{motor}: {}", f.stderr_text());
        assert_eq!(b.contenido("metricas"), b.contenido_esperado(), "{motor}");
        assert!(b.contenido("metricas").iter().all(Option::is_some));

        // Where it was told to, and nothing stays there.
        std::fs::create_dir(b.ruta("compartido")).unwrap();
        let f = b.correr(&[
            "--motor",
            motor,
            "--planificador",
            &cluster.url,
            "--intermedio",
            "compartido",
        ]);
        assert_eq!(f.code, Some(0), "{motor}: {}", f.stderr_text());
        assert_eq!(std::fs::read_dir(b.ruta("compartido")).unwrap().count(), 0);
    }
}

#[test]
#[ignore = "tier cluster: cargo xtask test"]
fn un_intervalo_reparte_sus_dias_en_el_mismo_cluster() {
    let cluster = Cluster::de("ballista");
    let b = Bancada::con_eventos();
    let rango = |salida: &str, mas: &[&str]| {
        let f = b
            .crudo(&[
                "rango",
                "--desde",
                "2024-01-15",
                "--hasta",
                "2024-01-16",
                "-e",
                "eventos",
                "-s",
                salida,
            ])
            .args(mas)
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        b.contenido(salida)
    };
    let alli = rango(
        "alli",
        &["--motor", "ballista", "--planificador", &cluster.url],
    );
    assert_eq!(alli, rango("aqui", &[]));
}

#[test]
#[ignore = "tier cluster: cargo xtask test"]
fn sin_cluster_hay_un_error_claro_antes_de_diez_segundos_y_ninguna_tabla() {
    let b = Bancada::con_eventos();
    let ido = {
        let cluster = Cluster::de("ballista");
        let otro = ["--motor", "distribuido", "--planificador", &cluster.url];
        falla(&b.correr(&otro), 2, &["es de otro motor"]);
        cluster.url.clone()
    };
    let inicio = Instant::now();
    let f = b.correr(&["--motor", "ballista", "--planificador", &ido]);
    assert!(
        inicio.elapsed() < Duration::from_secs(10),
        "{:?}",
        inicio.elapsed()
    );
    falla(&f, 5, &["no responde", &ido]);
    falla(&b.correr(&["--motor", "ballista"]), 2, &["--planificador"]);
    falla(
        &b.correr(&["--motor", "ballista", "--planificador", "http://localhost"]),
        2,
        &["df://HOST:PUERTO"],
    );
    falla(
        &b.correr(&[
            "--motor",
            "ballista",
            "--planificador",
            &ido,
            "--intermedio",
            "no-hay",
        ]),
        2,
        &["no-hay no es un directorio"],
    );
    falla(&b.correr(&["--planificador", &ido]), 2, &["--motor"]);
    assert_eq!(b.contenido("metricas"), [None, None, None]);
}
