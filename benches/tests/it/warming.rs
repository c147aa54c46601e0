//! The second half of a race, and ends for want of memory: the workload `revenue` between shell scripts.

use crate::DUELO;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const INTERPRETER: &str = "#!/bin/sh\nif [ \"$1\" = -c ]; then exit 0; fi\nexec /bin/sh \"$@\"\n";

/// The right answer is the input itself.
const REFERENCE: &str = r#"mkdir -p "$4"; cp "$2" "$4/revenue.lineas"
printf '{"filas": 7, "tablas": {"revenue": {"hash": "x"}}}' > "$4/resumen.json"
"#;

const CHECKER: &str = r#"if cmp -s "$1" "$3"; then echo '{"hash": "x", "filas": 1, "columnas": [], "igual": true}'
else echo '{"hash": "y", "filas": 1, "columnas": [], "igual": false}'; fi
"#;

/// Says as many times as it was asked for queries, the first the slowest.
const PEER: &str = r#"echo "${0##*/} $6" >> "$TURNS"
cp "$2" "$4"
if [ "$6" = 1 ]; then echo '{"consulta_s": 0.01, "consultas_s": [0.01], "version": "peer 1"}'
else echo '{"consulta_s": 0.9, "consultas_s": [0.9, 0.003, 0.001, 0.002], "version": "peer 1"}'; fi
"#;

struct Workspace {
    directory: tempfile::TempDir,
}

impl Workspace {
    fn new(pandas: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let peers = root.join("benches/peers");
        fs::create_dir_all(&peers).unwrap();
        fs::create_dir_all(root.join("entrada")).unwrap();
        for (path, text) in [
            (root.join("entrada/ventas.parquet"), "rows"),
            (peers.join("referencia_revenue.py"), REFERENCE),
            (peers.join("contenido.py"), CHECKER),
            (peers.join("revenue_polars_python.py"), PEER),
            (peers.join("revenue_pandas.py"), pandas),
        ] {
            fs::write(path, text).unwrap();
        }
        let python = root.join("python");
        fs::write(&python, INTERPRETER).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(python, fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The result of a race between both peers, and whether the program was content.
    fn duelo(&self, arguments: &[&str]) -> (Value, bool) {
        let json = self.path("resultado.json");
        let output = Command::new(DUELO)
            .args([
                "revenue",
                "--contendientes",
                "polars-python,pandas",
                "--corridas",
                "1",
                "--calentamiento",
                "0",
            ])
            .arg("--entrada")
            .arg(self.path("entrada"))
            .arg("--json")
            .arg(&json)
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("benches"))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("ECOMMERCE_PYTHON", self.path("python"))
            .env("TURNS", self.path("turns"))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let result = fs::read(&json).unwrap_or_else(|_| panic!("{told}"));
        (
            serde_json::from_slice(&result).unwrap(),
            output.status.success(),
        )
    }

    fn turns(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("turns")).unwrap();
        let lines = text
            .lines()
            .map(|l| l.replace("revenue_", "").replace(".py", ""));
        lines.collect()
    }
}

#[test]
fn warm_processes_follow_the_cold_rounds_in_turn_and_their_first_query_does_not_count() {
    let workspace = Workspace::new(PEER);
    let (result, content) = workspace.duelo(&["--consultas", "4", "--procesos", "2"]);
    assert!(content);
    let round = |queries: u32| {
        ["polars_python", "pandas", "polars_python"].map(|who| format!("{who} {queries}"))
    };
    assert_eq!(workspace.turns(), [round(1), round(4), round(4)].concat());
    let first = &result["contendientes"][0];
    let warm = &first["caliente"];
    assert_eq!(
        ["mediana_s", "min_s", "max_s", "primera_s"].map(|key| warm[key].as_f64().unwrap()),
        [0.002, 0.001, 0.003, 0.9]
    );
    assert_eq!(warm["procesos"].as_array().unwrap().len(), 2);
    // The cold query is that of the cold process, and what is not the query is the start.
    assert_eq!(first["consulta_s"], 0.01);
    let wall = first["mediana_s"].as_f64().unwrap();
    assert!((first["arranque_s"].as_f64().unwrap() - (wall - 0.01)).abs() < 2e-4);
    assert_eq!(result["aa"]["razon_caliente"], 1.0);
    assert_eq!(result["filas"], 7);
}

#[test]
fn without_repetitions_there_is_nothing_warm() {
    let workspace = Workspace::new(PEER);
    let (result, _) = workspace.duelo(&["--consultas", "1"]);
    assert!(result["contendientes"][0].get("caliente").is_none());
    assert!(result["contendientes"][0].get("arranque_s").is_none());
    assert_eq!(workspace.turns().len(), 3);
}

#[test]
fn who_fails_while_warm_keeps_the_cold_times_and_says_why() {
    let fails = format!("{PEER}\n[ \"$6\" = 1 ] || {{ echo 'error: sin fuerzas' >&2; exit 3; }}\n");
    let workspace = Workspace::new(&fails);
    let (result, content) = workspace.duelo(&["--consultas", "4", "--procesos", "2"]);
    assert!(content);
    let pandas = &result["contendientes"][1];
    assert_eq!(pandas["estado"], "ok");
    assert!(pandas["mediana_s"].as_f64().is_some() && pandas.get("caliente").is_none());
    assert_eq!(
        pandas["detalle"],
        "en caliente: salió con 3\nerror: sin fuerzas"
    );
    assert_eq!(
        workspace
            .turns()
            .iter()
            .filter(|t| *t == "pandas 4")
            .count(),
        1,
        "it is not asked again"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn who_takes_too_much_memory_is_killed_and_reported_with_how_far_it_got() {
    // `tail` holds a line that does not end; the rest of the machine must not suffer for it.
    let greedy = "(head -c 300M /dev/zero; sleep 60) | tail -n 1 > \"$4\"\n";
    let workspace = Workspace::new(greedy);
    let start = std::time::Instant::now();
    let (result, content) = workspace.duelo(&["--consultas", "1", "--limite-mb", "100"]);
    assert!(content, "running out of memory is a finding, not a fault");
    assert!(start.elapsed().as_secs() < 40);
    let pandas = &result["contendientes"][1];
    assert_eq!(pandas["estado"], "sin_memoria");
    assert!(pandas["mediana_s"].is_null());
    assert!(
        (100..400).contains(&pandas["pico_mb"].as_u64().unwrap()),
        "{pandas}"
    );
    assert!(
        pandas["detalle"]
            .as_str()
            .unwrap()
            .starts_with("pasó el límite de memoria")
    );
    assert_eq!(result["contendientes"][0]["estado"], "ok");
}

#[test]
fn who_says_that_there_was_no_memory_is_believed() {
    let workspace = Workspace::new("echo 'error: sin memoria' >&2; exit 6\n");
    let (result, content) = workspace.duelo(&["--consultas", "1"]);
    assert!(content);
    assert_eq!(result["contendientes"][1]["estado"], "sin_memoria");
    assert_eq!(
        result["contendientes"][1]["detalle"],
        "salió con 6\nerror: sin memoria"
    );
}
