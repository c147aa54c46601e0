//! A workbench: a directory with generated events, and the binary to run over it.

use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_pipeline::{Location, StorageOptions, TableKind, content_hash, open_table};
use ecommerce_testkit::process::{Child, Finished};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const FECHA: &str = "2024-01-15";

pub(crate) struct Bancada {
    dir: TempDir,
}

impl Bancada {
    pub(crate) fn vacia() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Two days from 2024-01-15 with 6,000 events, in files of 1,000.
    pub(crate) fn con_eventos() -> Self {
        let bancada = Self::vacia();
        bancada.eventos(42, 6_000, Format::Parquet);
        bancada
    }

    pub(crate) fn eventos(&self, semilla: u64, filas: u64, format: Format) {
        let config = ConfigGenerador::new(semilla, FECHA.parse().unwrap(), 2, filas);
        let layout = Layout {
            root: self.ruta("eventos"),
            format,
            rows_per_file: 1_000,
            threads: 2,
        };
        write_days(&Generador::new(config).unwrap(), &layout, &|_, _| {}).unwrap();
    }

    pub(crate) fn ruta(&self, nombre: &str) -> PathBuf {
        self.dir.path().join(nombre)
    }

    /// The day's directory.
    pub(crate) fn dia(&self) -> PathBuf {
        self.ruta(&format!("eventos/fecha={FECHA}"))
    }

    pub(crate) fn parte(&self, n: usize) -> PathBuf {
        self.dia().join(format!("part-{n:05}.parquet"))
    }

    /// The command for the day into `metricas`, with more arguments.
    pub(crate) fn comando(&self, mas: &[&str]) -> Child {
        self.crudo(&[
            "--fecha",
            FECHA,
            "--entrada",
            "eventos",
            "--salida",
            "metricas",
        ])
        .args(mas)
    }

    pub(crate) fn crudo(&self, argumentos: &[&str]) -> Child {
        Child::new(binario())
            .args(argumentos)
            .current_dir(self.dir.path())
            .env_remove("AWS_ENDPOINT_URL")
            .timeout(Duration::from_secs(120))
    }

    pub(crate) fn correr(&self, mas: &[&str]) -> Finished {
        self.comando(mas).run().unwrap()
    }

    /// Content of the three tables, in the order of `TableKind::ALL`; `None` where there is none.
    pub(crate) fn contenido(&self, salida: &str) -> Vec<Option<String>> {
        contenido(
            &Location::local(&self.ruta(salida)).unwrap(),
            &StorageOptions::default(),
        )
    }

    /// What a clean run over the same events leaves.
    pub(crate) fn contenido_esperado(&self) -> Vec<Option<String>> {
        let ok = self
            .crudo(&[
                "-f",
                FECHA,
                "-e",
                "eventos",
                "-s",
                "esperada",
                "--silencioso",
            ])
            .run()
            .unwrap();
        assert_eq!(ok.code, Some(0), "{}", ok.stderr_text());
        self.contenido("esperada")
    }
}

pub(crate) fn contenido(salida: &Location, options: &StorageOptions) -> Vec<Option<String>> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut hashes = Vec::new();
        for kind in TableKind::ALL {
            let table = open_table(&kind.location(salida).unwrap(), options)
                .await
                .unwrap();
            hashes.push(match table {
                Some(t) => Some(content_hash(&t).await.unwrap()),
                None => None,
            });
        }
        hashes
    })
}

pub(crate) fn binario() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_analytics-ecommerce"))
}

pub(crate) fn json(finished: &Finished) -> Value {
    serde_json::from_slice(&finished.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", finished.stdout_text()))
}

/// Exits with `code`, and says exactly one line, which starts with `error: ` and contains each of `partes`.
#[track_caller]
pub(crate) fn falla(finished: &Finished, code: i32, partes: &[&str]) {
    let said = finished.stderr_text();
    let errors: Vec<&str> = said.lines().filter(|l| l.starts_with("error: ")).collect();
    assert_eq!(finished.code, Some(code), "{said}");
    assert_eq!(errors.len(), 1, "{said}");
    for parte in partes {
        assert!(
            errors[0].contains(parte),
            "falta '{parte}' en: {}",
            errors[0]
        );
    }
    assert!(
        !said.contains("panicked") && !said.contains(".rs:"),
        "{said}"
    );
}
