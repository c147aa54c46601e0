//! Many small days in one table: the program that measures them, and that the table stays right.

use crate::bancada::{Bancada, fecha, filas_y_version, runtime};
use std::fs;
use std::time::{Duration, SystemTime};

#[test]
fn la_medida_de_muchos_dias_cuenta_commits_checkpoints_y_archivos() {
    let b = Bancada::vacia();
    fs::create_dir(b.ruta("tmp")).unwrap();
    let f = b
        .crudo(&["muchos-dias", "--salida", "out", "--trabajo", "tmp"])
        .timeout(Duration::from_secs(400))
        .args(["--dias", "11", "--filas", "500", "--aperturas", "1"])
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(fs::read_dir(b.ruta("tmp")).unwrap().count(), 0, "leftovers");
    let json = fs::read(b.ruta("out/muchos-dias.json")).unwrap();
    let m: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let variantes = m["variantes"].as_array().unwrap();
    let nombres: Vec<_> = variantes
        .iter()
        .map(|v| v["nombre"].as_str().unwrap())
        .collect();
    assert_eq!(nombres, ["nunca", "100", "10", "10-diario"]);
    for v in variantes {
        assert!(v["dias_por_s"].as_f64().unwrap() > 0.0);
        let puntos = v["puntos"].as_array().unwrap();
        let commits: Vec<_> = puntos
            .iter()
            .map(|p| p["commits"].as_u64().unwrap())
            .collect();
        assert_eq!(commits, [1, 10, 11]);
        for p in puntos {
            // One commit and one data file a day; a checkpoint after every tenth, and the file that names the last one.
            let n = p["commits"].as_u64().unwrap();
            let checkpoints = if v["checkpoint_cada"] == 10 {
                n / 10
            } else {
                0
            };
            assert_eq!(p["checkpoints"], checkpoints);
            assert_eq!(p["datos_archivos"], n);
            let registro = n + checkpoints + u64::from(checkpoints > 0);
            assert_eq!(p["registro_archivos"], registro);
            assert!(p["abrir_ms"].as_f64().unwrap() >= p["abrir_min_ms"].as_f64().unwrap());
        }
    }
    let md = fs::read_to_string(b.ruta("out/muchos-dias.md")).unwrap();
    assert!(
        md.contains("# 11 días pequeños")
            && md.contains("checkpoint cada 10: abrir tras 11 commits")
    );
    let svg = fs::read_to_string(b.ruta("out/muchos-dias.svg")).unwrap();
    assert_eq!(svg.matches("<polyline").count(), 4);
    let cifras = fs::read(b.ruta("out/muchos-dias-cifras.json")).unwrap();
    let cifras: serde_json::Value = serde_json::from_slice(&cifras).unwrap();
    assert!(cifras["16.5.4/abrir_veces/10/11"].is_string());
}

#[test]
fn doce_dias_seguidos_y_vueltos_a_hacer_tienen_las_mismas_filas() {
    let b = Bancada::vacia();
    b.eventos(42, 12, 9_600);
    let mut etl = b.etl("2024-01-15");
    let table = etl.table().unwrap();
    let runtime = runtime();
    for vuelta in 1..=2 {
        let mut filas = 0;
        for dia in fecha("2024-01-15").through(fecha("2024-01-26")) {
            etl.fecha = dia;
            let m = runtime.block_on(etl.run_on(&table)).unwrap();
            filas += m.filas_procesadas as usize;
        }
        // Both segments, or several regions, on most days.
        assert!(filas > 3 * 12, "{filas}");
        let found = filas_y_version(&b.lugar("ventas"));
        assert_eq!(found, (filas, 12 * vuelta - 1));
    }
    // A checkpoint after every tenth commit, from which the readers above started.
    for version in [9, 19] {
        let checkpoint = format!("ventas/_delta_log/{version:020}.checkpoint.parquet");
        assert!(b.ruta(&checkpoint).exists());
    }
}

#[test]
fn los_commits_de_mas_de_treinta_dias_se_borran_al_hacer_un_checkpoint_y_la_tabla_se_lee_igual() {
    let b = Bancada::vacia();
    b.eventos(42, 20, 16_000);
    let mut etl = b.etl("2024-01-15");
    let (table, runtime) = (etl.table().unwrap(), runtime());
    let commit = |n: u32| b.ruta(&format!("ventas/_delta_log/{n:020}.json"));
    let mut filas = 0;
    for (n, dia) in (0..).zip(fecha("2024-01-15").through(fecha("2024-02-03"))) {
        if n == 10 {
            // The ten commits so far, and their checkpoint, become two months old.
            let entonces = SystemTime::now() - Duration::from_secs(60 * 86_400);
            for entry in fs::read_dir(b.ruta("ventas/_delta_log")).unwrap().flatten() {
                let file = fs::File::open(entry.path()).unwrap();
                file.set_modified(entonces).unwrap();
            }
        }
        // Between two checkpoints nothing is looked for, and nothing goes.
        assert!(n == 0 || commit(0).exists());
        etl.fecha = dia;
        let m = runtime.block_on(etl.run_on(&table)).unwrap();
        filas += m.filas_procesadas as usize;
    }
    // Those before the last checkpoint that is old enough are gone; every younger one is there.
    assert!(!commit(0).exists() && !commit(8).exists());
    assert!((10..20).all(|n| commit(n).exists()));
    assert_eq!(filas_y_version(&b.lugar("ventas")), (filas, 19));
}
