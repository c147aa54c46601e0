//! The source distribution.

use std::path::{Path, PathBuf};
use std::process::Command;

use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;

use super::{crate_directory, module, python, run};

/// Makes the sdist in `dir` and returns the directory that it unpacks to.
pub(super) fn unpacked(dir: &Path) -> PathBuf {
    run(module("maturin")
        .args(["sdist", "--manifest-path"])
        .arg(crate_directory().join("Cargo.toml"))
        .arg("--out")
        .arg(dir));
    let name = format!("mi_procesador-{}", env!("CARGO_PKG_VERSION"));
    let archive = dir.join(format!("{name}.tar.gz"));
    assert!(
        archive.is_file(),
        "{:?}",
        std::fs::read_dir(dir).unwrap().collect::<Vec<_>>()
    );
    run(Child::new(python())
        .args(["-m", "tarfile", "--extract"])
        .arg(&archive)
        .arg(dir));
    dir.join(name)
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_sdist_lleva_todo_lo_que_cargo_necesita_y_nada_de_los_demas_ejercicios() {
    let dir = temp::dir().unwrap();
    let root = unpacked(dir.path());
    for file in ["PKG-INFO", "pyproject.toml", "Cargo.lock"] {
        assert!(root.join(file).is_file(), "{file}");
    }
    let manifest = root.join("crates/ej_16_6_2_maturin/Cargo.toml");
    assert!(manifest.is_file());
    assert!(manifest.with_file_name("mi_modulo_rust.pyi").is_file());
    // Everything resolves from what is in there, with the versions locked, without network.
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--offline",
            "--no-deps",
            "--manifest-path",
        ])
        .arg(&manifest)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let root_manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(
        root_manifest.contains("[profile.wheel]"),
        "pyproject.toml pide ese perfil"
    );
    let mut crates: Vec<String> = std::fs::read_dir(root.join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    crates.sort();
    for other in [
        "ej_16_3_1_polars_api",
        "ecommerce_pipeline",
        "workspace_hack",
    ] {
        assert!(!crates.iter().any(|name| name == other), "{crates:?}");
    }
    for needed in [
        "ecommerce_model",
        "ej_16_6_1_pyo3",
        "ej_16_6_3_zero_copy",
        "ej_16_6_4_when_to_extend",
    ] {
        assert!(crates.iter().any(|name| name == needed), "{crates:?}");
    }
}
