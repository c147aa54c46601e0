//! The same in Python, by the wheel that pip installs.

use crate::eventos::{Carpeta, escribir, pocos, revenue_de_pocos};
use crate::planes::{consultas, normalizado};
use ecommerce_testkit::process::Child;
use ej_16_3_1_polars_api::calcular_revenue;
use polars::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What a script of `tests/python` prints, given these arguments.
fn programa(nombre: &str, argumentos: &[&str]) -> String {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(nombre);
    let fin = Child::new(interprete)
        .arg(script)
        .args(argumentos)
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    fin.stdout_text()
}

/// `SUM(monto)` as the wheel's crates plan it, and as those of this workspace do.
const SUMA_EN_PYTHON: &str = "col(\"monto\").sum(null_on_empty=true)";
const SUMA_EN_RUST: &str = "when(col(\"monto\").null_count() < col(\"monto\").len())\
    .then(col(\"monto\").sum()).otherwise(null.cast(Float64))";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_planes_de_rust_y_de_python_son_el_mismo_texto() {
    let carpeta = Carpeta::con(pocos());
    let mut clientes = df!("user_id" => ["u1", "u2"], "nivel" => ["oro", "plata"]).unwrap();
    let clientes = escribir(&carpeta.dir().join("clientes.parquet"), &mut clientes);
    let (eventos, clientes) = (carpeta.eventos(), clientes.to_str().unwrap());
    let en_python: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&programa("planes.py", &[&eventos, clientes])).unwrap();
    let en_rust = consultas(&eventos, clientes);
    assert!(en_rust.keys().eq(en_python.keys()));
    for (nombre, consulta) in en_rust {
        for (forma, optimizado) in [("ingenuo", false), ("optimizado", true)] {
            let rust = normalizado(&consulta.explain(optimizado).unwrap());
            let python = normalizado(&en_python[nombre][forma]);
            // The one difference: SQL's SUM, null where there is nothing to add, is spelled out here and an option there.
            let python = if nombre == "sql" {
                assert_eq!(python.matches(SUMA_EN_PYTHON).count(), 1, "{python}");
                python.replace(SUMA_EN_PYTHON, SUMA_EN_RUST)
            } else {
                python
            };
            assert_eq!(rust, python, "{nombre}, {forma}");
        }
    }
}

/// Between integers `/` rounds down in Rust and is exact in Python: same words, another result.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_barra_de_dividir_no_es_la_misma() {
    let en_python: Value = serde_json::from_str(&programa("hechos.py", &["division"])).unwrap();
    assert_eq!(
        en_python,
        serde_json::json!({"plan": "(col(\"piezas\") / 2)", "resultado": [3.5, -3.5]})
    );
    let piezas = || df!("piezas" => [7i64, -7]).unwrap().lazy();
    let con_barra = piezas().select([col("piezas") / lit(2)]);
    let plan = con_barra.explain(false).unwrap();
    assert!(plan.contains("[(col(\"piezas\") rust_div 2)]"), "{plan}");
    let enteros = con_barra.collect().unwrap();
    assert!(
        enteros.equals(&df!("piezas" => [3i64, -4]).unwrap()),
        "{enteros}"
    );
    let como_python = piezas().select([col("piezas").true_div(lit(2))]);
    let plan = como_python.explain(false).unwrap();
    assert!(plan.contains("[(col(\"piezas\") / 2)]"), "{plan}");
    let reales = como_python.collect().unwrap();
    assert!(
        reales.equals(&df!("piezas" => [3.5, -3.5]).unwrap()),
        "{reales}"
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_rueda_lleva_otra_version_de_los_mismos_crates() {
    let hechos: Value = serde_json::from_str(&programa("hechos.py", &["versiones"])).unwrap();
    assert_eq!(hechos["polars"], "2.1.0");
    // From the bill of materials inside the wheel.
    assert_eq!(hechos["crates"]["polars-plan"], "0.55.1");
    assert_eq!(hechos["crates"]["polars-lazy"], "0.55.1");
    assert_eq!(polars::VERSION, "0.55.2");
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_resultados_son_iguales() {
    let carpeta = Carpeta::con(pocos());
    let ruta = carpeta.eventos();
    let en_python: Value =
        serde_json::from_str(&programa("hechos.py", &["revenue", &ruta])).unwrap();
    let esperado = serde_json::json!({
        "region": ["norte", null, "sur"],
        "revenue": [11.0, 3.0, 2.25],
        "usuarios_unicos": [2, 1, 1],
        "ticket_promedio": [5.5, 3.0, 2.25],
    });
    for motor in ["auto", "in-memory", "streaming"] {
        assert_eq!(en_python[motor], esperado, "{motor}");
    }
    let en_rust = calcular_revenue(&ruta).unwrap();
    assert!(en_rust.equals_missing(&revenue_de_pocos()));
}

/// Same plan, another engine: `collect()` is not the same order on both sides.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn collect_a_secas_es_el_motor_de_streaming_en_python_y_el_de_memoria_en_rust() {
    let carpeta = Carpeta::con(pocos());
    let ruta = carpeta.eventos();
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/hechos.py");
    let corrio_en_streaming = |child: Child| {
        let fin = child.env("POLARS_VERBOSE", "1").run().unwrap();
        assert!(fin.success(), "{fin:?}");
        fin.stderr_text()
            .contains("polars-stream: running group-by")
    };
    let python = |motor| {
        let child = Child::new(&interprete).arg(&script);
        corrio_en_streaming(child.args(["motor", motor, &ruta]))
    };
    assert!(python("auto"));
    assert!(python("streaming"));
    assert!(!python("in-memory"));
    let rust = Child::new(env!("CARGO_BIN_EXE_ej_16_3_1_polars_api")).args(["revenue", &ruta]);
    assert!(!corrio_en_streaming(rust));
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn lo_que_la_tabla_dice_de_python_es_asi() {
    let carpeta = Carpeta::con(pocos());
    let ruta = carpeta.eventos();
    let dir = carpeta.dir().to_str().unwrap();
    let dicho = programa("hechos.py", &["tabla", &ruta, dir]);
    let lineas: Vec<_> = dicho.lines().collect();
    assert_eq!(
        lineas,
        [
            "to_pandas: DataFrame de pandas, 6 filas",
            "read_database: [(1, 'norte')]",
            "write_database: True",
            "read_excel: True",
            "write_excel: True",
            "scan_delta: 6 filas",
            "scan_iceberg: True",
            "describe: 9 filas",
            "map_elements: [21.0, 4.5, 6.0, -2.0, 1.0, None]",
            "collect_async: 3 filas",
            "plot, style: True True",
            "gpu: ModuleNotFoundError",
            "profile: False",
            "to_alp_optimized: False",
            "ChunkedArray: False",
            "map_multiple: False",
            "type_coercion entre los interruptores: False",
        ]
    );
}
