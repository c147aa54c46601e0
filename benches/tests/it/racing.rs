//! Races between shell scripts: order, verdicts, what is written down.

use crate::DUELO;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An interpreter that takes every module for installed and runs the "scripts" with the shell.
const INTERPRETER: &str = "#!/bin/sh\nif [ \"$1\" = -c ]; then exit 0; fi\nexec /bin/sh \"$@\"\n";

/// The right answer is the input itself: three files of lines.
const REFERENCE: &str = r#"mkdir -p "$6"
for t in metricas productos cuarentena; do cp "$4/fecha=$2/$t" "$6/$t.lineas"; done
h() { sha256sum < "$6/$1.lineas" | cut -c1-64; }
printf '{"filas": 3, "tablas": {"metricas": {"hash": "x"}, "productos": {"hash": "x"}, "cuarentena": {"hash": "x"}}}' > "$6/resumen.json"
"#;

const CHECKER: &str = r#"for pair in "$1 $5" "$2 $6" "$3 $7"; do
  set -- $pair
  if cmp -s "$1" "$2"; then echo '{"hash": "x", "filas": 1, "columnas": [], "igual": true}'
  else printf '{"hash": "y", "filas": 1, "columnas": [], "igual": false, "diferencias": {"filas_de_mas": 1, "filas_de_menos": 1, "de_mas": ["%s"], "de_menos": ["%s"]}}\n' "$(cat "$1")" "$(cat "$2")"; fi
done
"#;

const GOOD_PEER: &str = r#"echo "$0" >> "$TURNS"
cp "$4/fecha=$2/metricas" "$6"; cp "$4/fecha=$2/productos" "$6_productos"; cp "$4/fecha=$2/cuarentena" "$6_cuarentena"
echo '{"consulta_s": 0.25, "version": "peer 1"}'
"#;

struct Workspace {
    directory: tempfile::TempDir,
}

impl Workspace {
    fn new(peer: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let day = root.join("entrada/fecha=2024-01-15");
        let peers = root.join("benches/peers");
        fs::create_dir_all(&day).unwrap();
        fs::create_dir_all(&peers).unwrap();
        for table in ["metricas", "productos", "cuarentena"] {
            fs::write(day.join(table), format!("row of {table}")).unwrap();
        }
        fs::write(peers.join("referencia_etl.py"), REFERENCE).unwrap();
        fs::write(peers.join("contenido.py"), CHECKER).unwrap();
        fs::write(peers.join("etl_polars_python.py"), peer).unwrap();
        // The contestant `rust` is a binary: here a script that hands over to the same peer.
        let native = format!(
            "#!/bin/sh\nexec /bin/sh {}/native.py \"$@\"\n",
            peers.display()
        );
        fs::write(peers.join("native.py"), GOOD_PEER).unwrap();
        executable(&root.join("python"), INTERPRETER);
        executable(&root.join("native"), &native);
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn duelo(&self, arguments: &[&str]) -> (Output, Value) {
        let json = self.path("resultado.json");
        let output = Command::new(DUELO)
            .args(["etl", "--entrada"])
            .arg(self.path("entrada"))
            .arg("--json")
            .arg(&json)
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("benches"))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("ECOMMERCE_PYTHON", self.path("python"))
            .env("ECOMMERCE_PYTHON_SPARK", "")
            .env("TURNS", self.path("turns"))
            .output()
            .unwrap();
        let result = fs::read(&json)
            .ok()
            .and_then(|b| serde_json::from_slice(&b).ok())
            .unwrap_or(Value::Null);
        (output, result)
    }

    fn turns(&self) -> String {
        let text = fs::read_to_string(self.path("turns")).unwrap();
        text.lines()
            .map(|l| if l.ends_with("native.py") { 'R' } else { 'P' })
            .collect()
    }
}

fn executable(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn contestants_take_turns_and_the_first_runs_twice_per_round() {
    let workspace = Workspace::new(GOOD_PEER);
    let native = workspace.path("native");
    let (output, result) = workspace.duelo(&[
        "--corridas",
        "2",
        "--contendientes",
        "rust,polars-python",
        "--binario",
        native.to_str().unwrap(),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(workspace.turns(), "RPRRPRRPR");
    let peer = &result["contendientes"][1];
    assert_eq!(
        (peer["estado"].as_str(), peer["version"].as_str()),
        (Some("ok"), Some("peer 1"))
    );
    assert_eq!(peer["consulta_s"].as_f64(), Some(0.25));
    assert_eq!(peer["muestras"].as_array().unwrap().len(), 2);
    assert_eq!(result["contendientes"][0]["hash"], peer["hash"]);
    assert_eq!(result["aa"]["nombre"], "rust");
    assert!(result["aa"]["razon"].as_f64().unwrap() > 0.0);
    assert_eq!(result["filas"], 3);
    // What others read names no directory of this machine, and no output is left behind.
    assert!(
        !result
            .to_string()
            .contains(workspace.directory.path().to_str().unwrap()),
        "{result}"
    );
    assert_eq!(
        fs::read_dir(workspace.path("target/duelo"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn what_is_not_installed_is_absent_and_the_rest_runs() {
    let workspace = Workspace::new(GOOD_PEER);
    let (output, result) = workspace.duelo(&["--corridas", "1"]);
    assert!(output.status.success());
    let states: Vec<_> = result["contendientes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["estado"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["ausente", "ok", "ausente", "ausente"]);
    assert_eq!(result["aa"]["nombre"], "polars-python");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("rust: no está analytics-ecommerce: cargo xtask dist"),
        "{told}"
    );
}

#[test]
fn a_different_answer_has_no_time_and_says_where_it_differs() {
    let workspace = Workspace::new(&format!("{GOOD_PEER}echo 'another row' > \"$6\"\n"));
    let (output, result) =
        workspace.duelo(&["--corridas", "1", "--contendientes", "polars-python"]);
    assert_eq!(output.status.code(), Some(1));
    let peer = &result["contendientes"][0];
    assert_eq!(
        (peer["estado"].as_str(), peer["mediana_s"].is_null()),
        (Some("distinto"), true)
    );
    let detail = peer["detalle"].as_str().unwrap();
    assert!(
        detail.contains("metricas")
            && detail.contains("+ another row")
            && detail.contains("- row of metricas"),
        "{detail}"
    );
    assert_eq!(
        workspace.turns(),
        "P",
        "a contestant that differs does not run again"
    );
}

#[test]
fn a_failing_contestant_is_an_error_with_its_last_words() {
    let workspace = Workspace::new("echo 'no pude' >&2; exit 3");
    let (output, result) =
        workspace.duelo(&["--corridas", "1", "--contendientes", "polars-python"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(result["contendientes"][0]["estado"], "error");
    assert_eq!(
        result["contendientes"][0]["detalle"],
        "salió con 3\nno pude"
    );
}

#[test]
fn a_run_past_its_limit_is_killed_with_its_children() {
    let workspace = Workspace::new("sleep 60 & sleep 60");
    let start = std::time::Instant::now();
    let (_, result) = workspace.duelo(&[
        "--corridas",
        "1",
        "--contendientes",
        "polars-python",
        "--limite-s",
        "0.3",
    ]);
    assert_eq!(
        result["contendientes"][0]["detalle"],
        "pasó el límite de tiempo"
    );
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn unknown_names_are_refused_before_anything_runs() {
    let workspace = Workspace::new(GOOD_PEER);
    let (output, result) = workspace.duelo(&["--contendientes", "rust,cobol"]);
    assert!(!output.status.success() && result.is_null());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("«cobol» no compite en etl; sí: rust, polars-python, pyspark, java-spark")
    );
}
