//! rustc on programs of a few lines, with the Polars that these tests were built with: nothing is built anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What has to compile before an error says anything about the program at hand. A build of another crate's, with fewer features,
/// may lie there too: this asks for those that the programs use.
const TESTIGO: &str = "use polars::prelude::*; fn main() { let _ = LazyFrame::scan_parquet(\"x\".into(), ScanArgsParquet::default()); }";

pub(crate) struct Compilador {
    dir: TempDir,
    dependencias: PathBuf,
    polars: PathBuf,
}

impl Compilador {
    /// The compiler, and the newest build of Polars beside this program that it accepts.
    pub(crate) fn nuevo() -> Self {
        let programa = std::env::current_exe().unwrap();
        let dependencias = programa.parent().unwrap().to_owned();
        let es_polars = |ruta: &PathBuf| {
            let nombre = ruta.file_name().unwrap().to_string_lossy().into_owned();
            nombre.starts_with("libpolars-") && nombre.ends_with(".rlib")
        };
        let entradas = fs::read_dir(&dependencias).unwrap();
        let mut construidos: Vec<PathBuf> = entradas
            .map(|e| e.unwrap().path())
            .filter(es_polars)
            .collect();
        construidos
            .sort_by_key(|ruta| std::cmp::Reverse(fs::metadata(ruta).unwrap().modified().unwrap()));
        let mut errores = Vec::new();
        for polars in construidos {
            let compilador = Self {
                dir: tempfile::tempdir().unwrap(),
                dependencias: dependencias.clone(),
                polars,
            };
            match compilador.compilar(TESTIGO) {
                Ok(()) => return compilador,
                Err(error) => errores.push(error),
            }
        }
        panic!("no Polars here that compiles the witness: {errores:?}");
    }

    /// Nothing if the program compiles, what the compiler says if not.
    pub(crate) fn compilar(&self, programa: &str) -> Result<(), String> {
        let fuente = self.dir.path().join("programa.rs");
        fs::write(&fuente, programa).unwrap();
        let salida = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"))
            .args([
                "--edition=2024",
                "--emit=metadata",
                "--color=never",
                "-Awarnings",
            ])
            .arg("-L")
            .arg(format!("dependency={}", self.dependencias.display()))
            .arg("--extern")
            .arg(format!("polars={}", self.polars.display()))
            .arg("--out-dir")
            .arg(self.dir.path())
            .arg(&fuente)
            .output()
            .unwrap();
        if salida.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&salida.stderr).into_owned())
    }

    /// The errors of a program that must have some: code and first line of each.
    pub(crate) fn errores(&self, programa: &str) -> Vec<String> {
        let dicho = self.compilar(programa).expect_err("it compiles");
        let es_error = |linea: &&str| linea.starts_with("error[");
        dicho.lines().filter(es_error).map(str::to_owned).collect()
    }
}
