//! A Spark session that is spoken to line by line (`tests/jvm/delta_spark.py`).

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use tokio::sync::{Mutex, MutexGuard};

/// One session for all tests: it starts in ten seconds and takes a gigabyte. It ends with its input, which is with this process.
pub(crate) struct Spark {
    _child: Child,
    hacia: ChildStdin,
    desde: BufReader<ChildStdout>,
}

pub(crate) async fn spark() -> MutexGuard<'static, Spark> {
    static SESION: OnceLock<Mutex<Spark>> = OnceLock::new();
    let sesion = SESION.get_or_init(|| Mutex::new(Spark::nueva()));
    sesion.lock().await
}

impl Spark {
    fn nueva() -> Self {
        let python =
            std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("ECOMMERCE_PYTHON_SPARK says which");
        let guion = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jvm/delta_spark.py");
        let mut child = Command::new(python)
            .arg(guion)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let hacia = child.stdin.take().unwrap();
        let desde = BufReader::new(child.stdout.take().unwrap());
        let mut nueva = Self {
            _child: child,
            hacia,
            desde,
        };
        let version = nueva.respuesta().unwrap();
        assert!(
            version.as_str().is_some_and(|v| v.starts_with("4.2")),
            "{version}"
        );
        nueva
    }

    fn respuesta(&mut self) -> Result<Value, String> {
        let mut linea = String::new();
        self.desde.read_line(&mut linea).unwrap();
        let respuesta: Value = serde_json::from_str(&linea).expect("Spark ended early");
        match respuesta.get("error") {
            Some(error) => Err(error.as_str().unwrap_or_default().to_owned()),
            None => Ok(respuesta["bien"].clone()),
        }
    }

    pub(crate) fn pide(&mut self, peticion: &Value) -> Result<Value, String> {
        writeln!(self.hacia, "{peticion}").unwrap();
        self.hacia.flush().unwrap();
        self.respuesta()
    }

    pub(crate) fn sql(&mut self, texto: &str) -> Result<Value, String> {
        self.pide(&json!({"orden": "sql", "texto": texto}))
    }

    pub(crate) fn leer(
        &mut self,
        tabla: &Path,
        version: Option<u64>,
        columnas: &[&str],
    ) -> Vec<String> {
        let peticion =
            json!({"orden": "leer", "tabla": tabla, "version": version, "columnas": columnas});
        serde_json::from_value(self.pide(&peticion).unwrap()).unwrap()
    }

    pub(crate) fn historia(&mut self, tabla: &Path) -> Vec<String> {
        serde_json::from_value(
            self.pide(&json!({"orden": "historia", "tabla": tabla}))
                .unwrap(),
        )
        .unwrap()
    }
}
