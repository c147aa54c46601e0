//! The Python peers beside our programs, on the same small files.

use crate::archivos::{Fila, escribir};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp;
use ej_16_3_4_polars_benchmark::sales::{Sales, write_sales};
use parquet::file::properties::EnabledStatistics::{self, Chunk};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every contestant of the workload `revenue`: its name, its script if it is one, and what it is called with.
const CONTENDIENTES: [(&str, &str, &[&str]); 9] = [
    ("rust-polars", "", &["--motor", "memoria"]),
    ("rust-polars-streaming", "", &["--motor", "streaming"]),
    ("rust-datafusion", "", &[]),
    ("polars-python", "revenue_polars_python.py", &[]),
    (
        "polars-python-memoria",
        "revenue_polars_python.py",
        &["--motor", "memoria"],
    ),
    ("pandas", "revenue_pandas.py", &[]),
    ("pandas-columnas", "revenue_pandas.py", &["--solo-columnas"]),
    ("duckdb", "revenue_duckdb.py", &[]),
    ("chdb", "revenue_chdb.py", &[]),
];

fn pares() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers")
}

fn python(script: &str) -> Child {
    let interprete =
        std::env::var_os("ECOMMERCE_PYTHON").expect("cargo xtask test sets ECOMMERCE_PYTHON");
    Child::new(interprete)
        .arg(pares().join(script))
        .timeout(Duration::from_secs(120))
}

fn correr((nombre, script, mas): (&str, &str, &[&str]), entrada: &Path, salida: &Path) -> Finished {
    let hijo = match (nombre, script) {
        ("rust-datafusion", _) => Child::new(env!("CARGO_BIN_EXE_revenue-datafusion")),
        (_, "") => Child::new(env!("CARGO_BIN_EXE_revenue-polars")),
        _ => python(script),
    };
    let run = hijo
        .arg("--entrada")
        .arg(entrada)
        .arg("--salida")
        .arg(salida)
        .args(mas.iter().copied())
        .run()
        .unwrap();
    assert!(!run.crashed() && !run.timed_out, "{nombre}: {run:?}");
    run
}

/// A few lines of Python over the one argument.
fn programa(codigo: &str, argumento: &Path) -> serde_json::Value {
    let interprete =
        std::env::var_os("ECOMMERCE_PYTHON").expect("cargo xtask test sets ECOMMERCE_PYTHON");
    let run = Child::new(interprete)
        .args(["-c", codigo])
        .arg(argumento)
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout_text()).unwrap()
}

/// What the file says, as the duel's checker renders it.
fn lineas(salida: &Path) -> String {
    let run = python("contenido.py")
        .arg(salida)
        .arg("--lineas")
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout_text().replace('\x1f', " ")
}

/// Per contestant: the rendered answer, or the exit code.
fn respuestas(filas: &[Fila], estadisticas: EnabledStatistics) -> Vec<(&'static str, String)> {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, filas, estadisticas);
    CONTENDIENTES
        .into_iter()
        .map(|uno| {
            let salida = dir.path().join(uno.0);
            let run = correr(uno, &entrada, &salida);
            let dicho = match run.code {
                Some(0) => lineas(&salida),
                Some(codigo) => format!("sale con {codigo}"),
                None => format!("{run:?}"),
            };
            (uno.0, dicho)
        })
        .collect()
}

fn todos_menos(excepciones: &[(&str, &'static str)], dicho: &str) -> Vec<(&'static str, String)> {
    CONTENDIENTES
        .iter()
        .map(|(nombre, ..)| {
            let otro = excepciones.iter().find(|(quien, _)| quien == nombre);
            (*nombre, otro.map_or(dicho, |(_, dicho)| dicho).to_owned())
        })
        .collect()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_nueve_contendientes_dan_los_centavos_de_la_referencia() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    let ventas = Sales::new(7, 30_000).unwrap();
    write_sales(&ventas, &entrada).unwrap();
    let run = python("referencia_revenue.py")
        .arg("--entrada")
        .arg(&entrada)
        .arg("--salida")
        .arg(dir.path())
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let referencia = std::fs::read_to_string(dir.path().join("revenue.lineas"))
        .unwrap()
        .replace('\x1f', " ");
    // The reference adds integers in Python, the generator in Rust.
    let esperado: Vec<_> = ventas
        .expected()
        .iter()
        .map(|(r, c)| format!("{r} {c}"))
        .collect();
    assert_eq!(referencia, esperado.join("\n"));
    for uno in CONTENDIENTES {
        let salida = dir.path().join(uno.0);
        let run = correr(uno, &entrada, &salida);
        assert_eq!(run.code, Some(0), "{}: {run:?}", uno.0);
        assert_eq!(lineas(&salida), referencia, "{}", uno.0);
        let dicho: serde_json::Value =
            serde_json::from_str(run.stdout_text().lines().last().unwrap()).unwrap();
        assert!(dicho["consulta_s"].as_f64().unwrap() > 0.0, "{}", uno.0);
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn nan_es_mayor_que_cero_para_polars_datafusion_y_duckdb_y_no_para_pandas_ni_chdb() {
    let filas = [
        (Some(f64::NAN), Some("sur")),
        (Some(1.0), Some("sur")),
        (Some(2.0), Some("norte")),
    ];
    let ieee = "norte 200\nsur 100";
    let quienes = ["pandas", "pandas-columnas", "chdb"].map(|quien| (quien, ieee));
    // Refused: a total that is NaN is no money.
    assert_eq!(
        respuestas(&filas, EnabledStatistics::None),
        todos_menos(&quienes, "sale con 3")
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_groupby_de_pandas_pierde_las_filas_sin_region_y_los_demas_no() {
    let filas = [(Some(1.0), None), (Some(2.0), Some("norte"))];
    let pierde = ["pandas", "pandas-columnas"].map(|quien| (quien, "norte 200"));
    assert_eq!(
        respuestas(&filas, Chunk),
        todos_menos(&pierde, "\\N 100\nnorte 200")
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn sin_filas_que_sumar_nadie_inventa_una_region() {
    let filas = [
        (Some(-1.0), Some("sur")),
        (None, Some("norte")),
        (Some(0.0), None),
    ];
    assert_eq!(respuestas(&filas, Chunk), todos_menos(&[], ""));
    assert_eq!(respuestas(&[], Chunk), todos_menos(&[], ""));
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn collect_es_otro_motor_en_python_que_en_rust() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &[(Some(1.0), Some("sur"))], Chunk);
    let agrupa_en_streaming = |mas: &[&str]| {
        let run = python("revenue_polars_python.py")
            .arg("--entrada")
            .arg(&entrada)
            .arg("--salida")
            .arg(dir.path().join("r"))
            .args(mas.iter().copied())
            .env("POLARS_VERBOSE", "1")
            .run()
            .unwrap();
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stderr_text()
            .contains("polars-stream: running group-by")
    };
    assert!(agrupa_en_streaming(&[]));
    assert!(!agrupa_en_streaming(&["--motor", "memoria"]));
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_par_dice_en_una_linea_lo_que_le_pasa_y_sale_con_su_codigo() {
    let dir = temp::dir().unwrap();
    let (mala, buena) = (
        dir.path().join("mala.parquet"),
        dir.path().join("buena.parquet"),
    );
    std::fs::write(&mala, "no es parquet").unwrap();
    escribir(&buena, &[(Some(1.0), Some("sur"))], Chunk);
    for uno in CONTENDIENTES
        .into_iter()
        .filter(|(_, script, _)| !script.is_empty())
    {
        for (entrada, salida, codigo) in [
            (&mala, dir.path().join("r"), 3),
            (&buena, buena.join("r"), 5),
        ] {
            let run = correr(uno, entrada, &salida);
            let dicho = run.stderr_text();
            assert_eq!(run.code, Some(codigo), "{}: {dicho}", uno.0);
            assert!(
                dicho.lines().last().unwrap().starts_with("error: "),
                "{}: {dicho}",
                uno.0
            );
        }
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_rueda_de_polars_trae_jemalloc_avx2_y_otro_compilador_y_nuestro_binario_no() {
    let codigo = r#"
import json, mmap, re, sys
from pathlib import Path
import _polars_runtime_32 as rueda
def lleva(ruta):
    with open(ruta, "rb") as archivo, mmap.mmap(archivo.fileno(), 0, access=mmap.ACCESS_READ) as bytes:
        rustc = re.search(rb"rustc version [0-9.]+(-nightly)?", bytes)
        return {"jemalloc": bytes.find(b"jemalloc_bg_thd") >= 0, "rustc": rustc and rustc[0].decode()}
(biblioteca,) = Path(rueda.__file__).parent.glob("*.so")
print(json.dumps({"rueda": lleva(biblioteca), "binario": lleva(sys.argv[1]), "opciones": rueda.BUILD_FEATURE_FLAGS}))
"#;
    let dicho = programa(codigo, Path::new(env!("CARGO_BIN_EXE_revenue-polars")));
    assert_eq!(dicho["rueda"]["jemalloc"], true, "{dicho}");
    assert_eq!(dicho["binario"]["jemalloc"], false, "{dicho}");
    assert!(
        dicho["rueda"]["rustc"]
            .as_str()
            .unwrap()
            .ends_with("-nightly"),
        "{dicho}"
    );
    let opciones = dicho["opciones"].as_str().unwrap();
    assert!(
        ["+avx2", "+fma", "+bmi2"]
            .iter()
            .all(|o| opciones.contains(o)),
        "{dicho}"
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn lo_que_cuesta_escribir_el_plan_en_python_se_nota_con_diez_mil_filas_y_no_con_un_millon() {
    let codigo = r#"
import json, statistics, sys, time
import polars as pl
tiempos = []
for _ in range(25):
    inicio = time.perf_counter()
    plan = pl.scan_parquet(sys.argv[1]).filter(pl.col("monto") > 0).group_by("region").agg(pl.sum("monto"))
    escrito = time.perf_counter()
    plan.collect()
    tiempos.append((escrito - inicio, time.perf_counter() - escrito))
plan, motor = (statistics.median(parte) for parte in zip(*tiempos[5:]))
print(json.dumps(plan / (plan + motor)))
"#;
    let dir = temp::dir().unwrap();
    let parte = |filas: u64| {
        let entrada = dir.path().join(format!("{filas}.parquet"));
        write_sales(&Sales::new(42, filas).unwrap(), &entrada).unwrap();
        programa(codigo, &entrada).as_f64().unwrap()
    };
    let (pocas, muchas) = (parte(10_000), parte(1_000_000));
    assert!(muchas < 0.05 && muchas < pocas, "{pocas} {muchas}");
}
