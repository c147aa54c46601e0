//! A workbench: a directory with generated events, the library and the program to run over it.

use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, Fecha, Generador};
use ecommerce_pipeline::{Location, StorageOptions, content_hash, open_table, read_batches};
use ecommerce_testkit::process::{Child, Finished};
use ej_16_5_4_etl::{Etl, Metricas};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const FECHA: &str = "2024-01-15";
pub(crate) const OTRA: &str = "2024-01-16";
pub(crate) const FILAS: u64 = 6_000;

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
        bancada.eventos(42, 2, FILAS);
        bancada
    }

    pub(crate) fn eventos(&self, semilla: u64, dias: u32, filas: u64) {
        self.eventos_en("eventos", semilla, dias, filas, Format::Parquet);
    }

    pub(crate) fn eventos_en(
        &self,
        nombre: &str,
        semilla: u64,
        dias: u32,
        filas: u64,
        format: Format,
    ) {
        let layout = Layout {
            root: self.ruta(nombre),
            format,
            rows_per_file: 1_000,
            threads: 2,
        };
        write_days(&generador(semilla, dias, filas), &layout, &|_, _| {}).unwrap();
    }

    pub(crate) fn ruta(&self, nombre: &str) -> PathBuf {
        self.dir.path().join(nombre)
    }

    pub(crate) fn lugar(&self, nombre: &str) -> Location {
        Location::local(&self.ruta(nombre)).unwrap()
    }

    /// The day's directory.
    pub(crate) fn dia(&self) -> PathBuf {
        self.ruta(&format!("eventos/fecha={FECHA}"))
    }

    pub(crate) fn parte(&self, n: usize) -> PathBuf {
        self.dia().join(format!("part-{n:05}.parquet"))
    }

    pub(crate) fn etl(&self, fecha: &str) -> Etl {
        let mut etl = Etl::new(
            fecha.parse().unwrap(),
            self.lugar("eventos"),
            self.lugar("ventas"),
        );
        etl.threads = 2;
        etl
    }

    /// The program for the day into `ventas`, with more arguments.
    pub(crate) fn comando(&self, mas: &[&str]) -> Child {
        self.para(FECHA, "ventas").args(mas)
    }

    /// The program for a day and a table; paths absolute, so that what it does to them can be recognised.
    pub(crate) fn para(&self, fecha: &str, tabla: &str) -> Child {
        self.crudo(&["--json", "--fecha", fecha, "--hilos", "2"])
            .arg("--entrada")
            .arg(self.ruta("eventos"))
            .arg("--salida")
            .arg(self.ruta(tabla))
    }

    pub(crate) fn crudo(&self, argumentos: &[&str]) -> Child {
        Child::new(binario())
            .args(argumentos)
            .current_dir(self.dir.path())
            .env_remove("AWS_ENDPOINT_URL")
            .timeout(Duration::from_secs(120))
    }

    pub(crate) fn contenido(&self, tabla: &str) -> Option<String> {
        contenido(&self.lugar(tabla), &StorageOptions::default())
    }

    /// What one clean run over the same events leaves.
    pub(crate) fn contenido_esperado(&self) -> Option<String> {
        let f = self.para(FECHA, "esperada").run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let hash = self.contenido("esperada");
        std::fs::remove_dir_all(self.ruta("esperada")).unwrap();
        assert!(hash.is_some());
        hash
    }
}

pub(crate) fn generador(semilla: u64, dias: u32, filas: u64) -> Generador {
    Generador::new(ConfigGenerador::new(semilla, fecha(FECHA), dias, filas)).unwrap()
}

pub(crate) fn fecha(texto: &str) -> Fecha {
    texto.parse().unwrap()
}

/// Content hash of the table, `None` where there is none.
pub(crate) fn contenido(lugar: &Location, options: &StorageOptions) -> Option<String> {
    runtime().block_on(async {
        let table = open_table(lugar, options).await.unwrap()?;
        Some(content_hash(&table).await.unwrap())
    })
}

/// Rows of the table, and its version.
pub(crate) fn filas_y_version(lugar: &Location) -> (usize, u64) {
    runtime().block_on(async {
        let table = open_table(lugar, &StorageOptions::default())
            .await
            .unwrap()
            .unwrap();
        let rows = read_batches(&table).await.unwrap();
        (
            rows.iter().map(|b| b.num_rows()).sum(),
            table.version().unwrap(),
        )
    })
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Runs the day in this process.
pub(crate) fn hacer(etl: &Etl) -> Metricas {
    runtime().block_on(etl.run()).unwrap()
}

pub(crate) fn binario() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ej_16_5_4_etl"))
}

pub(crate) fn json(finished: &Finished) -> Value {
    serde_json::from_slice(&finished.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}{}", finished.stdout_text(), finished.stderr_text()))
}

/// Exits with `code`, and says exactly one line, which starts with `error: ` and contains each of `partes`.
#[track_caller]
pub(crate) fn falla(finished: &Finished, code: i32, partes: &[&str]) {
    let said = finished.stderr_text();
    assert_eq!(finished.code, Some(code), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("error: "), "{said}");
    for parte in partes {
        assert!(said.contains(parte), "falta '{parte}' en: {said}");
    }
    assert!(
        !said.contains("panicked") && !said.contains(".rs:"),
        "{said}"
    );
}

/// A directory with all that lies below it.
pub(crate) fn copiar(de: &Path, a: &Path) {
    std::fs::create_dir_all(a).unwrap();
    for entry in std::fs::read_dir(de).unwrap().flatten() {
        let (path, to) = (entry.path(), a.join(entry.file_name()));
        if path.is_dir() {
            copiar(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
