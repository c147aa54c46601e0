//! The guide's Python and its completed version, on the same events; and an independent reader over what ours leaves.

use crate::bancada::{Bancada, FECHA, FILAS, OTRA, falla, hacer};
use ecommerce_testkit::process::{Child, Steps};
use ecommerce_testkit::temp::tree_digest;
use ecommerce_testlake::delta::{IndependentReader, Invariant};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CASOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/guia.py");

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers")
}

fn python(script: &Path) -> Child {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    Child::new(interpreter)
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .timeout(Duration::from_secs(300))
}

/// Runs a case of `guia.py`, which asserts by itself, and gives what it says.
fn caso(nombre: &str, argumentos: &[&Path]) -> Value {
    let f = python(Path::new(CASOS))
        .arg(nombre)
        .args(argumentos)
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    serde_json::from_str(f.stdout_text().lines().last().unwrap()).unwrap()
}

/// The completed version of the guide's function, as the duel runs it.
fn completada(b: &Bancada, fecha: &str, tabla: &str) -> Child {
    python(&peers().join("etl_diario_polars_python.py"))
        .args([
            OsStr::new("--fecha"),
            OsStr::new(fecha),
            OsStr::new("--entrada"),
        ])
        .arg(b.ruta("eventos"))
        .arg("--salida")
        .arg(b.ruta(tabla))
}

#[track_caller]
fn sale_bien(child: &Child) {
    let f = child.run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_append_de_la_guia_duplica_las_filas_y_la_tabla_no_sabe_de_que_dia_son() {
    let b = Bancada::con_eventos();
    let dicho = caso("repetir", &[&b.ruta("eventos"), &b.ruta("guia")]);
    let una = dicho["filas_tras_una"].as_u64().unwrap();
    assert!(una > 0);
    assert_eq!(dicho["filas_tras_dos"], 2 * una);
    assert_eq!(dicho["revenue_tras_dos_entre_una"], 2.0);
    let columnas = dicho["columnas"].as_array().unwrap();
    assert!(!columnas.contains(&"fecha".into()), "{columnas:?}");
    // What it calls filas_procesadas are the groups, not the events.
    assert_eq!(dicho["filas_procesadas"], una);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_solo_nan_del_dia_deja_sin_revenue_a_su_region_en_la_guia() {
    let b = Bancada::vacia();
    b.eventos(42, 1, 10 * FILAS);
    let dicho = caso("nan", &[&b.ruta("eventos"), &b.ruta("guia")]);
    assert!(dicho["grupos_sin_revenue"].as_u64().unwrap() > 0, "{dicho}");
    // Ours counts that row by its reason and adds up the rest.
    let m = hacer(&b.etl(FECHA));
    assert!(m.motivos["monto_no_finito"] > 0);
    assert!(m.revenue.parse::<f64>().unwrap() > 0.0);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_fecha_como_texto_es_un_patron_y_el_asterisco_son_todos_los_dias() {
    let b = Bancada::con_eventos();
    let dicho = caso("patron", &[&b.ruta("eventos"), &b.ruta("guia")]);
    assert_eq!(
        dicho["transacciones_con_asterisco"],
        dicho["transacciones_de_los_dos_dias"]
    );
    assert!(
        dicho["transacciones_de_un_dia"].as_u64() < dicho["transacciones_con_asterisco"].as_u64()
    );
    falla(
        &b.crudo(&["--fecha", "*"]).run().unwrap(),
        2,
        &["AAAA-MM-DD"],
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn schema_mode_merge_anade_la_columna_nueva_y_deja_nulos_en_las_filas_de_antes() {
    let b = Bancada::con_eventos();
    let dicho = caso("fusion", &[&b.ruta("eventos"), &b.ruta("guia")]);
    let columnas = |cuando: &str| -> BTreeSet<String> {
        serde_json::from_value(dicho[cuando].clone()).unwrap()
    };
    let (antes, despues) = (columnas("antes"), columnas("despues"));
    // Events have twelve columns; what the aggregation leaves of them are always the same five.
    assert_eq!(antes.len(), 5, "{antes:?}");
    assert!(despues.is_superset(&antes), "{despues:?}");
    let nuevas: Vec<_> = despues.difference(&antes).collect();
    assert_eq!(nuevas, ["moneda"]);
    let cuenta = |que: &str| dicho[que].as_u64().unwrap();
    assert!(
        cuenta("sin_moneda") > 0 && cuenta("con_moneda") > 0,
        "{dicho}"
    );
    assert_eq!(cuenta("sin_moneda") + cuenta("con_moneda"), cuenta("filas"));
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn pl_count_sin_argumentos_es_hoy_un_error_que_remite_a_pl_len() {
    let dicho = caso("contar", &[]);
    let error = dicho["error"].as_str().unwrap();
    assert!(
        error.contains("at least one argument") && error.contains("pl.len()"),
        "{error}"
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn log_monto_se_calcula_y_se_tira_asi_que_el_plan_ni_lo_calcula() {
    let b = Bancada::con_eventos();
    let dicho = caso("plan", &[&b.ruta("eventos")]);
    assert_eq!(dicho["log1p_escrito"], true);
    assert_eq!(dicho["log1p_en_el_plan"], false);
    assert_eq!(dicho["timestamp_se_lee"], false);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_version_completada_es_idempotente_y_da_lo_mismo_que_la_de_rust() {
    let b = Bancada::con_eventos();
    let esperado = b.contenido_esperado();
    for _ in 0..3 {
        sale_bien(&completada(&b, FECHA, "ventas"));
        assert_eq!(b.contenido("ventas"), esperado);
    }
    // And says no where ours does: a day that is not there, a text that is no date.
    for (fecha, parte) in [("2030-01-01", "no hay archivos"), ("*", "no es una fecha")] {
        let f = completada(&b, fecha, "ventas").run().unwrap();
        falla(&f, 3, &[parte]);
    }
    assert_eq!(b.contenido("ventas"), esperado);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_dos_versiones_se_reemplazan_el_dia_en_la_misma_tabla() {
    let b = Bancada::con_eventos();
    for (tabla, rust_primero) in [("de-rust", true), ("de-python", false)] {
        let ours = |fecha: &str| b.para(fecha, tabla);
        let theirs = |fecha: &str| completada(&b, fecha, tabla);
        if rust_primero {
            sale_bien(&ours(FECHA));
            sale_bien(&theirs(OTRA));
            sale_bien(&theirs(FECHA));
        } else {
            sale_bien(&theirs(FECHA));
            sale_bien(&ours(OTRA));
            sale_bien(&ours(FECHA));
        }
    }
    for fecha in [FECHA, OTRA] {
        sale_bien(&b.para(fecha, "limpia"));
    }
    let esperado = b.contenido("limpia");
    assert_eq!(b.contenido("de-rust"), esperado);
    assert_eq!(b.contenido("de-python"), esperado);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_tabla_que_deja_la_guia_no_se_toma_por_la_nuestra() {
    let b = Bancada::con_eventos();
    caso("repetir", &[&b.ruta("eventos"), &b.ruta("ventas")]);
    let antes = tree_digest(b.ruta("ventas")).unwrap();
    let f = b.comando(&[]).run().unwrap();
    falla(&f, 3, &["otras columnas", "'fecha' is missing"]);
    assert_eq!(tree_digest(b.ruta("ventas")).unwrap(), antes);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_hash_y_las_filas_son_los_de_la_referencia_en_duckdb() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    sale_bien(
        &python(&peers().join("referencia_etl_diario.py"))
            .args(["--fecha", FECHA, "--entrada"])
            .arg(b.ruta("eventos"))
            .arg("--salida")
            .arg(b.ruta("referencia")),
    );
    let f = python(&peers().join("contenido.py"))
        .arg(b.ruta("ventas"))
        .arg("--contra")
        .arg(b.ruta("referencia/segmentos.lineas"))
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}{}", f.stdout_text(), f.stderr_text());
    let dicho: Value = serde_json::from_str(f.stdout_text().trim()).unwrap();
    assert_eq!(dicho["igual"], true);
    assert_eq!(dicho["hash"].as_str(), b.contenido("ventas").as_deref());
}

/// INV after a death at every step, by a reader that is not ours.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn tras_una_muerte_en_cada_paso_un_lector_ajeno_ve_la_tabla_vieja_o_la_nueva() {
    let reader = IndependentReader::from_env().unwrap();
    let b = Bancada::vacia();
    b.eventos(7, 1, FILAS);
    sale_bien(&b.comando(&[]));
    let vieja = reader.read(b.ruta("ventas")).unwrap().as_expected();
    std::fs::remove_dir_all(b.ruta("eventos")).unwrap();
    b.eventos(42, 1, FILAS);
    sale_bien(&b.para(FECHA, "esperada"));
    let nueva = reader.read(b.ruta("esperada")).unwrap().as_expected();
    let invariant = Invariant::watch(b.ruta("ventas"), b.ruta("")).unwrap();
    let pasos = Steps::namespace().under(b.ruta("ventas"));
    let (mut n, mut muertes, mut viejas) = (1, 0, 0);
    loop {
        let golpe = pasos.kill_at(n, &b.comando(&[])).unwrap();
        let (cual, _) = invariant.check_any(&reader, &[&vieja, &nueva]).unwrap();
        viejas += usize::from(cual == 0);
        if !golpe.landed {
            break;
        }
        (muertes, n) = (muertes + 1, n + 1);
    }
    assert!(
        muertes >= 3 && viejas >= 2,
        "{muertes} deaths, {viejas} old tables"
    );
    let found = invariant.check(&reader, &nueva).unwrap();
    assert!(found.transaction(&format!("etl-diario/{FECHA}")).is_some());
}
