//! What the workload `final` adds to a race: the parts of the work, and an input served from S3; between shell scripts.

use crate::DUELO;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const INTERPRETER: &str = "#!/bin/sh\nif [ \"$1\" = -c ]; then exit 0; fi\nexec /bin/sh \"$@\"\n";

/// The right answer is the input itself; the key is told first.
const REFERENCE: &str = r#"[ "$1 $2" = "--clave region" ] || exit 9
mkdir -p "$6"; cp "$4" "$6/respuesta.lineas"
printf '{"filas": 7, "tablas": {"respuesta": {"hash": "x"}}}' > "$6/resumen.json"
"#;

const CHECKER: &str = r#"if cmp -s "$1" "$3"; then echo '{"hash": "x", "filas": 1, "columnas": [], "igual": true}'
else echo '{"hash": "y", "filas": 1, "columnas": [], "igual": false}'; fi
"#;

/// Says how it was called: its input, how many times, whether in parts, and where the store is.
const PEER: &str = r#"echo "${0##*/} $2 $8 ${12} $AWS_ENDPOINT_URL" >> "$TURNS"
cp "$REAL" "$4"
if [ "${12}" = 1 ]; then echo '{"partes_s": {"leer": 0.5, "agregar": 0.75, "escribir": 0.25}, "version": "peer 1"}'
else echo '{"consulta_s": 0.01, "consultas_s": [0.02, 0.01], "version": "peer 1"}'; fi
"#;

/// Says where it is, and leaves when nobody listens any more.
const SERVER: &str = r#"#!/bin/sh
echo '{"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "x"}'
cat > /dev/null
echo "server ends after $1" >> "$TURNS"
"#;

struct Workspace {
    directory: tempfile::TempDir,
}

impl Workspace {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let peers = root.join("benches/peers");
        fs::create_dir_all(&peers).unwrap();
        fs::create_dir_all(root.join("entrada")).unwrap();
        fs::create_dir_all(root.join("binarios/examples")).unwrap();
        for (path, text) in [
            (root.join("entrada/ventas.parquet"), "rows"),
            (peers.join("referencia_final.py"), REFERENCE),
            (peers.join("contenido.py"), CHECKER),
            (peers.join("final_polars_python.py"), PEER),
            (peers.join("final_duckdb.py"), PEER),
        ] {
            fs::write(path, text).unwrap();
        }
        executable(&root.join("python"), INTERPRETER);
        executable(&root.join("binarios/examples/servidor_s3"), SERVER);
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn duelo(&self, contestants: &str, arguments: &[&str]) -> (Output, Value) {
        let json = self.path("resultado.json");
        let output = Command::new(DUELO)
            .args(["final", "--contendientes", contestants])
            .args(["--corridas", "1", "--calentamiento", "0", "--entrada"])
            .arg(self.path("entrada"))
            .arg("--json")
            .arg(&json)
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("benches"))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("ECOMMERCE_PYTHON", self.path("python"))
            .env("ECOMMERCE_PYTHON_SPARK", "")
            .env("REAL", self.path("entrada/ventas.parquet"))
            .env("TURNS", self.path("turns"))
            .env_remove("AWS_ENDPOINT_URL")
            .output()
            .unwrap();
        let result = fs::read(&json)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or(Value::Null);
        (output, result)
    }

    fn turns(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("turns")).unwrap_or_default();
        let here = self.path("entrada").to_string_lossy().into_owned();
        let lines = text.lines().map(|l| l.replace(&here, "ENTRADA"));
        lines.map(|l| l.trim_end().to_owned()).collect()
    }
}

fn executable(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_parts_are_timed_last_and_apart() {
    let workspace = Workspace::new();
    let (output, result) = workspace.duelo("polars-python", &["--consultas", "4"]);
    assert!(output.status.success(), "{output:?}");
    let file = "final_polars_python.py ENTRADA/ventas.parquet";
    // Cold and its twin, warm and its twin, the parts once.
    let expected = ["1 0", "1 0", "4 0", "4 0", "4 1"].map(|how| format!("{file} {how}"));
    assert_eq!(workspace.turns(), expected);
    let entry = &result["contendientes"][0];
    assert_eq!(entry["partes_s"]["agregar"], 0.75);
    assert_eq!(entry["caliente"]["mediana_s"], 0.01);
    // The process that timed parts is no sample of the whole.
    assert_eq!(entry["muestras"].as_array().unwrap().len(), 1);
    assert!(result.get("almacen").is_none());
}

#[test]
fn only_the_chosen_tell_their_parts() {
    let workspace = Workspace::new();
    let both = "polars-python,duckdb";
    let (output, result) = workspace.duelo(both, &["--consultas", "2", "--partes", "duckdb"]);
    assert!(output.status.success(), "{output:?}");
    let parts = |n: usize| &result["contendientes"][n]["partes_s"];
    assert!(parts(0).is_null(), "{result}");
    assert_eq!(parts(1)["leer"], 0.5);
    let in_parts = workspace.turns().into_iter().filter(|t| t.ends_with(" 1"));
    let duckdb = "final_duckdb.py ENTRADA/ventas.parquet 2 1";
    assert_eq!(in_parts.collect::<Vec<_>>(), [duckdb]);
    let (output, _) = workspace.duelo(both, &["--partes", "chdb"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("--partes chdb no está entre los contendientes"),
        "{said}"
    );
}

#[test]
fn from_s3_contestants_get_an_address_and_the_environment_and_who_cannot_says_why() {
    let workspace = Workspace::new();
    let binaries = workspace.path("binarios");
    let (output, result) = workspace.duelo(
        "polars-python,duckdb,pyspark",
        &[
            "--consultas",
            "1",
            "--s3",
            "--binario",
            binaries.to_str().unwrap(),
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let turns = workspace.turns();
    let object = "final_polars_python.py s3://ventas/ventas.parquet 1";
    assert_eq!(turns[0], format!("{object} 0 http://127.0.0.1:9"));
    let last = turns.last().unwrap();
    assert_eq!(last, "server ends after ENTRADA/ventas.parquet");
    assert!(turns.iter().all(|turn| !turn.contains("duckdb")));
    assert_eq!(result["almacen"], "s3");
    let entries = &result["contendientes"];
    assert_eq!(
        [
            &entries[0]["estado"],
            &entries[1]["estado"],
            &entries[2]["estado"]
        ],
        ["ok", "ausente", "ausente"]
    );
    assert!(entries[1]["detalle"].as_str().unwrap().contains("httpfs"));
    assert!(
        entries[2]["detalle"]
            .as_str()
            .unwrap()
            .contains("jars de S3")
    );
    assert!(!result.to_string().contains("127.0.0.1:9"), "{result}");
}

#[test]
fn a_work_that_nobody_reads_from_s3_is_refused_and_so_is_a_missing_server() {
    let workspace = Workspace::new();
    let nowhere = workspace.path("entrada");
    let (output, result) = workspace.duelo(
        "polars-python",
        &["--s3", "--binario", nowhere.to_str().unwrap()],
    );
    assert!(!output.status.success() && result.is_null());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("no está examples/servidor_s3: cargo build"),
        "{said}"
    );
    let refused = Command::new(DUELO)
        .args(["revenue", "--filas", "10", "--s3"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("los contendientes de revenue no leen de S3"),
        "{said}"
    );
}

#[test]
fn java_and_scala_are_absent_with_what_is_missing() {
    let workspace = Workspace::new();
    let (output, result) = workspace.duelo(
        "polars-python,java-spark,scala-spark",
        &["--consultas", "1"],
    );
    assert!(output.status.success(), "{output:?}");
    for index in [1, 2] {
        let entry = &result["contendientes"][index];
        assert_eq!(entry["estado"], "ausente");
        assert!(
            entry["detalle"]
                .as_str()
                .unwrap()
                .contains("ECOMMERCE_PYTHON_SPARK")
        );
    }
}

#[test]
fn the_report_writes_text_drawing_page_and_figures() {
    let workspace = Workspace::new();
    let (output, _) = workspace.duelo("polars-python", &["--consultas", "4"]);
    assert!(output.status.success(), "{output:?}");
    let path = |name: &str| workspace.path(name).to_string_lossy().into_owned();
    let report = Command::new(DUELO)
        .args([
            "informe-final",
            &path("resultado.json"),
            "--md",
            &path("f.md"),
            "--svg",
            &path("f.svg"),
        ])
        .args(["--html", &path("f.html"), "--cifras", &path("f.json")])
        .output()
        .unwrap();
    assert!(report.status.success(), "{report:?}");
    let read = |name: &str| fs::read_to_string(workspace.path(name)).unwrap();
    assert!(read("f.md").contains("| 7 | polars-python |"));
    assert!(read("f.svg").starts_with("<svg"));
    assert!(read("f.html").starts_with("<!doctype html>"));
    let figures: Value = serde_json::from_str(&read("f.json")).unwrap();
    assert_eq!(figures["16.7.2/caliente/polars-python/7"], "10,0 ms");
}
