//! The rows of the page's table whose "yes" is Rust's: each is run. `nivel_python` runs the others, and these on Python's side.

use crate::eventos::{Carpeta, pocos, revenue_de_pocos};
use ej_16_3_1_polars_api::{escanear, plan_revenue, recoger};
use polars::prelude::*;
use std::process::Command;

#[test]
fn profile_dice_cuanto_tarda_cada_nodo() {
    let carpeta = Carpeta::con(pocos());
    let (resultado, nodos) = plan_revenue(escanear(&carpeta.eventos()).unwrap())
        .profile()
        .unwrap();
    assert!(resultado.equals_missing(&revenue_de_pocos()));
    assert_eq!(
        nodos.get_column_names(),
        ["node", "start", "end"],
        "{nodos}"
    );
    let nombres = nodos.column("node").unwrap().str().unwrap();
    assert!(
        nombres.iter().flatten().any(|n| n.starts_with("sort")),
        "{nodos}"
    );
}

#[test]
fn una_funcion_propia_corre_en_el_motor_sin_interprete() {
    let doble = |columnas: &mut [Column]| -> PolarsResult<Column> {
        let montos = columnas[0].f64()?;
        Ok(montos.apply_values(|m| m * 2.0).into_column())
    };
    let consulta = pocos().lazy().select([map_multiple(
        doble,
        [col("monto")],
        |_: &Schema, campos: &[Field]| Ok(campos[0].clone()),
    )]);
    for motor in [Engine::InMemory, Engine::Streaming] {
        let hecho = recoger(consulta.clone(), motor).unwrap();
        let montos = hecho.column("monto").unwrap().f64().unwrap().clone();
        assert_eq!(montos.get(0), Some(21.0));
        assert_eq!(montos.null_count(), 1);
    }
}

#[test]
fn una_columna_se_recorre_con_su_tipo_y_sin_copiarla() {
    let frame = df!("monto" => [1.5, 2.5]).unwrap();
    let columna: &ChunkedArray<Float64Type> = frame.column("monto").unwrap().f64().unwrap();
    let trozos: Vec<&[f64]> = columna
        .downcast_iter()
        .map(|t| t.values().as_slice())
        .collect();
    assert_eq!(trozos, [&[1.5, 2.5]]);
    // Another type is an error here, and `&[f64]` is one that the compiler knows.
    assert!(frame.column("monto").unwrap().i64().is_err());
}

#[test]
fn el_plan_optimizado_es_un_valor_que_se_puede_recorrer() {
    let carpeta = Carpeta::con(pocos());
    let plan = plan_revenue(escanear(&carpeta.eventos()).unwrap())
        .to_alp_optimized()
        .unwrap();
    assert!(plan.describe().starts_with("SORT BY"));
    // Its nodes, one by one: how many, and which is the root.
    assert!(plan.lp_arena.len() >= 3);
}

/// `5 > 4.5` needs the two sides to become one type; without that rule the plan says so instead of computing.
#[test]
fn las_reglas_del_optimizador_se_apagan_una_a_una_tambien_la_coercion() {
    let consulta = df!("a" => [5i32])
        .unwrap()
        .lazy()
        .select([(col("a") + lit(0.5f64)).alias("a")]);
    let con = consulta.clone().collect().unwrap();
    assert_eq!(con.column("a").unwrap().dtype(), &DataType::Float64);
    let sin = consulta.with_type_coercion(false);
    let plan = sin.explain(true).unwrap();
    assert!(!plan.contains("cast"), "{plan}");
}

/// Accepted, and done by the processor: whoever counts on the GPU is not told.
#[test]
fn el_motor_gpu_se_acepta_en_rust_y_calcula_en_el_procesador() {
    let hecho = recoger(plan_revenue(pocos().lazy()), Engine::Gpu).unwrap();
    assert!(hecho.equals_missing(&revenue_de_pocos()));
}

/// What is not in this build could be in another: none of the crate's features is for it.
#[test]
fn ninguna_caracteristica_de_polars_trae_lo_que_solo_hay_en_python() {
    let rustc = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .unwrap();
    let plataforma = String::from_utf8(rustc.stdout).unwrap();
    // What another platform needs may never have been downloaded here.
    let salida = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", plataforma.trim()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errores = String::from_utf8_lossy(&salida.stderr);
    assert!(salida.status.success(), "{errores}");
    let todo: serde_json::Value = serde_json::from_slice(&salida.stdout).unwrap();
    let paquetes = todo["packages"].as_array().unwrap();
    let polars = paquetes.iter().find(|p| p["name"] == "polars").unwrap();
    assert_eq!(polars["version"], polars::VERSION);
    let nombres: Vec<&String> = polars["features"].as_object().unwrap().keys().collect();
    assert!(nombres.len() > 100, "{nombres:?}");
    for ausente in [
        "excel",
        "database",
        "pandas",
        "delta",
        "iceberg",
        "gpu",
        "cuda",
        "plot",
        "clipboard",
    ] {
        let parecidas: Vec<_> = nombres.iter().filter(|n| n.contains(ausente)).collect();
        assert!(parecidas.is_empty(), "{ausente}: {parecidas:?}");
    }
}
