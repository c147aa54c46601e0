//! A workbench: a directory, the binary to run in it, and readers that are not Polars.

use arrow::array::RecordBatch;
use ecommerce_testkit::process::{Child, Finished};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Where the examples lie in the repository.
pub(crate) fn tuberias() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tuberias")
}

/// The binary under test. `TRANSFORMA_BIN` names another one: the tests are built with every feature of Polars, and what people
/// copy has few, is optimized for size and compressed; the same tests must hold there.
pub(crate) fn binario() -> PathBuf {
    std::env::var_os("TRANSFORMA_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_transforma").into(), PathBuf::from)
}

pub(crate) struct Bancada {
    dir: TempDir,
}

impl Bancada {
    pub(crate) fn nueva() -> Self {
        Self {
            dir: ecommerce_testkit::temp::dir().unwrap(),
        }
    }

    /// A copy of the examples and their data, with somewhere to write.
    pub(crate) fn de_ejemplos() -> Self {
        let bancada = Self::nueva();
        copia(&tuberias(), bancada.raiz());
        fs::create_dir_all(bancada.ruta("salida")).unwrap();
        bancada
    }

    pub(crate) fn raiz(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn ruta(&self, nombre: &str) -> PathBuf {
        self.dir.path().join(nombre)
    }

    pub(crate) fn escribe(&self, nombre: &str, contenido: impl AsRef<[u8]>) -> PathBuf {
        let ruta = self.ruta(nombre);
        fs::create_dir_all(ruta.parent().unwrap()).unwrap();
        fs::write(&ruta, contenido).unwrap();
        ruta
    }

    pub(crate) fn lee(&self, nombre: &str) -> String {
        fs::read_to_string(self.ruta(nombre)).unwrap()
    }

    /// The command with these arguments, run in the directory.
    pub(crate) fn comando(&self, argumentos: &[&str]) -> Child {
        Child::new(binario())
            .args(argumentos)
            .current_dir(self.raiz())
            .timeout(Duration::from_secs(60))
    }

    pub(crate) fn corre(&self, argumentos: &[&str]) -> Finished {
        self.comando(argumentos).run().unwrap()
    }

    /// Writes the YAML as `t.yaml` and runs it.
    pub(crate) fn tuberia(&self, yaml: &str) -> Finished {
        self.escribe("t.yaml", yaml);
        self.corre(&["t.yaml"])
    }

    /// The error of the YAML: its exit code and its only line.
    pub(crate) fn falla(&self, yaml: &str) -> (i32, String) {
        error(&self.tuberia(yaml))
    }

    /// The rows of a Parquet file, read by arrow-rs.
    pub(crate) fn parquet(&self, nombre: &str) -> Vec<RecordBatch> {
        lotes(&self.ruta(nombre))
    }
}

/// Exit code and the single line of standard error, without its `error: `.
pub(crate) fn error(run: &Finished) -> (i32, String) {
    assert!(!run.timed_out && !run.crashed(), "{run:?}");
    let texto = run.stderr_text();
    let lineas: Vec<&str> = texto.lines().collect();
    assert_eq!(lineas.len(), 1, "one line: {run:?}");
    let mensaje = lineas[0].strip_prefix("error: ").unwrap().to_owned();
    for ajeno in ["panicked", "unwrap", "RUST_BACKTRACE", "src/"] {
        assert!(!mensaje.contains(ajeno), "{mensaje}");
    }
    (run.code.unwrap(), mensaje)
}

pub(crate) fn lotes(ruta: &Path) -> Vec<RecordBatch> {
    ParquetRecordBatchReaderBuilder::try_new(fs::File::open(ruta).unwrap())
        .unwrap()
        .build()
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn copia(de: &Path, a: &Path) {
    for entrada in fs::read_dir(de).unwrap() {
        let entrada = entrada.unwrap();
        let destino = a.join(entrada.file_name());
        if entrada.file_name() == "salida" {
            continue;
        }
        if entrada.file_type().unwrap().is_dir() {
            fs::create_dir_all(&destino).unwrap();
            copia(&entrada.path(), &destino);
        } else {
            fs::copy(entrada.path(), destino).unwrap();
        }
    }
}

/// The records of a CSV, split by hand: quotes around a field, doubled inside it.
pub(crate) fn registros(texto: &str, separador: char) -> Vec<Vec<String>> {
    let mut filas = vec![vec![String::new()]];
    let (mut dentro, mut letras) = (false, texto.chars().peekable());
    while let Some(c) = letras.next() {
        let campo = filas.last_mut().unwrap().last_mut().unwrap();
        match c {
            '"' if dentro && letras.peek() == Some(&'"') => {
                campo.push('"');
                letras.next();
            }
            '"' => dentro = !dentro,
            '\n' if !dentro => filas.push(vec![String::new()]),
            c if c == separador && !dentro => filas.last_mut().unwrap().push(String::new()),
            c => campo.push(c),
        }
    }
    if filas.last().is_some_and(|fila| fila == &[String::new()]) {
        filas.pop();
    }
    filas
}

/// Cents of an amount with two decimals at most.
pub(crate) fn centavos(texto: &str) -> i64 {
    let (entero, decimales) = texto.split_once('.').unwrap_or((texto, ""));
    let signo = if entero.starts_with('-') { -1 } else { 1 };
    let decimales: i64 = format!("{decimales:0<2}").parse().unwrap();
    entero.parse::<i64>().unwrap() * 100 + signo * decimales
}
