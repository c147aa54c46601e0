//! What vacuum removes and what time travel then loses, from Rust; the same from Python is in `python/tests/test_delta_vacuum.py`.

use crate::espera;
use ej_16_5_2_delta_from_python::{
    Cleaning, SalesError, contents, contents_at, overwrite, sales, vacuum,
};
use std::path::Path;
use tempfile::TempDir;

const YA: Cleaning = Cleaning {
    retention_hours: 0,
    enforce: false,
    dry_run: false,
};

fn parquet(tabla: &Path) -> usize {
    let archivos = std::fs::read_dir(tabla).unwrap().flatten();
    archivos
        .filter(|e| e.path().extension().is_some_and(|x| x == "parquet"))
        .count()
}

/// A table that was overwritten once: one live file, one that only version 0 needs.
fn sobrescrita() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for marca in 0..2 {
        espera(overwrite(dir.path(), &sales(marca, 4))).unwrap();
    }
    assert_eq!(parquet(dir.path()), 2);
    dir
}

#[test]
fn en_rust_vacuum_borra_si_no_se_le_dice_que_no() {
    let dir = sobrescrita();
    let ensayo = espera(vacuum(
        dir.path(),
        Cleaning {
            dry_run: true,
            ..YA
        },
    ))
    .unwrap();
    assert_eq!((ensayo.len(), parquet(dir.path())), (1, 2));
    let borrados = espera(vacuum(dir.path(), YA)).unwrap();
    assert_eq!((borrados, parquet(dir.path())), (ensayo, 1));
}

#[test]
fn la_version_actual_queda_y_la_anterior_se_abre_pero_no_se_lee() {
    let dir = sobrescrita();
    let antes = espera(contents(dir.path())).unwrap();
    assert_eq!(espera(contents_at(dir.path(), 0)).unwrap().len(), 4);
    espera(vacuum(dir.path(), YA)).unwrap();
    assert_eq!(espera(contents(dir.path())).unwrap(), antes);
    // The log still has the version: it is reading that fails, and it says so.
    let error = espera(contents_at(dir.path(), 0)).unwrap_err();
    assert!(matches!(error, SalesError::Read { .. }), "{error:?}");
}

#[test]
fn con_la_retencion_de_una_semana_lo_de_hoy_se_queda() {
    let dir = sobrescrita();
    let semana = Cleaning {
        retention_hours: 168,
        enforce: true,
        dry_run: false,
    };
    assert_eq!(
        espera(vacuum(dir.path(), semana)).unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(espera(contents_at(dir.path(), 0)).unwrap().len(), 4);
}

#[test]
fn una_retencion_menor_que_la_de_la_tabla_se_rechaza() {
    let dir = sobrescrita();
    let corta = Cleaning {
        enforce: true,
        ..YA
    };
    let error = espera(vacuum(dir.path(), corta)).unwrap_err();
    assert!(matches!(error, SalesError::Delta { .. }), "{error:?}");
    assert_eq!(parquet(dir.path()), 2);
}
