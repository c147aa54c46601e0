//! A workbench: a directory with generated events, and the binary to run over it.

use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_pipeline::{Location, StorageOptions, TableKind, content_hash, open_table};
use ecommerce_testkit::process::{Child, Finished};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const FECHA: &str = "2024-01-15";

/// The three tables beside each other, in the order in which they are written: the metrics make the day new.
pub(crate) const TABLAS: [&str; 3] = ["metricas_cuarentena", "metricas_productos", "metricas"];
/// The day after.
pub(crate) const SIGUIENTE: &str = "2024-01-16";

pub(crate) struct Bancada {
    dir: TempDir,
    /// For the programs' own temporary files, which the killed ones leave there.
    tmp: TempDir,
    /// Tables put aside.
    guardado: TempDir,
}

impl Bancada {
    pub(crate) fn vacia() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            tmp: tempfile::tempdir().unwrap(),
            guardado: tempfile::tempdir().unwrap(),
        }
    }

    /// Two days from 2024-01-15 with 6,000 events, in files of 1,000.
    pub(crate) fn con_eventos() -> Self {
        let bancada = Self::vacia();
        bancada.eventos(42, 6_000, Format::Parquet);
        bancada
    }

    /// Two days with 1,200 events, in `eventos` and, other events of the same days, in `nuevos`.
    pub(crate) fn chica() -> Self {
        let bancada = Self::vacia();
        for (nombre, semilla) in [("eventos", 42), ("nuevos", 43)] {
            bancada.eventos_en(nombre, semilla, 2, 1_200, Format::Parquet);
        }
        bancada
    }

    pub(crate) fn eventos(&self, semilla: u64, filas: u64, format: Format) {
        self.eventos_en("eventos", semilla, 2, filas, format);
    }

    pub(crate) fn eventos_en(
        &self,
        nombre: &str,
        semilla: u64,
        dias: u32,
        filas: u64,
        format: Format,
    ) {
        let config = ConfigGenerador::new(semilla, FECHA.parse().unwrap(), dias, filas);
        let layout = Layout {
            root: self.ruta(nombre),
            format,
            rows_per_file: match filas {
                ..4_000 => 200,
                4_000..1_000_000 => 1_000,
                _ => 500_000,
            },
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

    /// The command for a day of `entrada` into `metricas`, saying nothing.
    pub(crate) fn dia_de(&self, entrada: &str, fecha: &str) -> Child {
        self.crudo(&["-f", fecha, "-e", entrada, "-s", "metricas", "--silencioso"])
    }

    /// Runs it, and it must go well.
    #[track_caller]
    pub(crate) fn publica(&self, entrada: &str, fecha: &str) {
        let f = self.dia_de(entrada, fecha).run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    }

    /// The tables saved under another name, for [`restaura`](Self::restaura).
    pub(crate) fn guarda(&self, nombre: &str) {
        for tabla in TABLAS {
            if self.ruta(tabla).exists() {
                copia(
                    &self.ruta(tabla),
                    &self.guardado.path().join(nombre).join(tabla),
                );
            }
        }
    }

    /// The tables as they were saved; none where nothing was.
    pub(crate) fn restaura(&self, nombre: &str) {
        self.sin_tablas();
        for tabla in TABLAS {
            let guardada = self.guardado.path().join(nombre).join(tabla);
            if guardada.exists() {
                copia(&guardada, &self.ruta(tabla));
            }
        }
    }

    pub(crate) fn sin_tablas(&self) {
        for tabla in TABLAS {
            let _ = fs::remove_dir_all(self.ruta(tabla));
        }
    }

    /// `mantener` on the metrics and the two beside them, for good.
    #[track_caller]
    pub(crate) fn mantiene(&self, dias: &str) {
        let orden = [
            "mantener",
            "--tabla",
            "metricas",
            "--ejecutar",
            "--silencioso",
        ];
        let f = self
            .crudo(&orden)
            .args(["--retencion", dias])
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    }

    /// Where the programs put their temporary files.
    pub(crate) fn tmp(&self) -> &Path {
        self.tmp.path()
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
            .env("TMPDIR", self.tmp.path())
            .env_remove("AWS_ENDPOINT_URL")
            // A machine that does other things as well may stand still for minutes.
            .timeout(Duration::from_secs(300))
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
            // The long suite's largest day takes minutes.
            .timeout(Duration::from_secs(1_800))
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

/// A directory and all below it.
pub(crate) fn copia(de: &Path, a: &Path) {
    fs::create_dir_all(a).unwrap();
    for entry in fs::read_dir(de).unwrap().flatten() {
        let (path, destino) = (entry.path(), a.join(entry.file_name()));
        if path.is_dir() {
            copia(&path, &destino);
        } else {
            fs::copy(path, destino).unwrap();
        }
    }
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
