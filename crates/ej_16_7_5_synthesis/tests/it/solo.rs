//! Case c: what the orders are, and that nothing of this environment reaches the tool. That the real binary does its work
//! there is proven in 16.7.3.

use ecommerce_testkit::temp;
use ej_16_7_5_synthesis::portable::{PortableError, work_alone};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A program that does as `script` says.
fn program(directory: &Path, script: &str) -> PathBuf {
    let path = directory.join("programa");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn las_cuatro_ordenes_corren_en_un_entorno_sin_variables() {
    let directory = temp::dir().unwrap();
    // The shell sets PWD, _ and the like on its own; what was handed over would stand in its export list.
    let program = program(
        directory.path(),
        "echo \"$1 ${HOME-nada} ${CARGO_PKG_NAME-nada} ${USER-nada}\"",
    );
    let steps = work_alone(&program, 10, directory.path()).unwrap();
    let said: Vec<_> = steps.iter().map(|step| step.output.trim()).collect();
    assert_eq!(
        said,
        [
            "generar nada nada nada",
            "--fecha nada nada nada",
            "consultar nada nada nada",
            "reporte nada nada nada"
        ]
    );
    assert!(steps[0].order.ends_with("--filas 10 --silencioso"));
}

#[test]
fn una_orden_que_falla_detiene_y_dice_su_ultima_linea() {
    let directory = temp::dir().unwrap();
    let program = program(
        directory.path(),
        "[ \"$1\" = generar ] && exit 0; echo uno >&2; echo dos >&2; exit 3",
    );
    match work_alone(&program, 10, directory.path()) {
        Err(PortableError::Failed { order, words }) => {
            assert!(order.starts_with("--fecha"), "{order}");
            assert_eq!(words, "dos");
        }
        other => panic!("{other:?}"),
    }
    let missing = work_alone(&directory.path().join("no"), 10, directory.path());
    assert!(
        matches!(missing, Err(PortableError::Start { .. })),
        "{missing:?}"
    );
}
