//! What is in the wheel.

use ej_16_6_5_pyo3_in_the_wild::{Abi3, Binary, Contents, Python, Role, Wheel};

use super::{python, wheel};

fn opened() -> Wheel {
    Wheel::open(&wheel()).unwrap()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn una_sola_rueda_para_cada_python_desde_3_11() {
    let wheel = opened();
    assert_eq!(wheel.contents(), Contents::Pyo3Extension);
    assert_eq!(
        wheel.abi3(),
        Abi3::Since(Python(3, 11)),
        "{:?}",
        wheel.problems()
    );
    assert_eq!(wheel.problems(), []);
    for tag in &wheel.file.tags {
        assert_eq!((tag.python.as_str(), tag.abi.as_str()), ("cp311", "abi3"));
    }
    assert_eq!(wheel.metadata.name, "mi-procesador");
    assert_eq!(wheel.metadata.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(wheel.metadata.requires_python.as_deref(), Some(">=3.11"));
    assert_eq!(
        wheel.metadata.requires,
        Vec::<String>::new(),
        "ni siquiera NumPy"
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn trae_un_modulo_sus_tipos_y_la_marca_de_que_los_trae() {
    let wheel = opened();
    let binaries: Vec<&str> = wheel
        .binaries
        .iter()
        .map(|binary| binary.path.as_str())
        .collect();
    assert_eq!(binaries, ["mi_modulo_rust/mi_modulo_rust.abi3.so"]);
    let init: Vec<&str> = wheel.binaries[0].init.iter().map(String::as_str).collect();
    assert_eq!(init, ["PyInit_mi_modulo_rust"]);
    for file in [
        "mi_modulo_rust/__init__.py",
        "mi_modulo_rust/__init__.pyi",
        "mi_modulo_rust/py.typed",
    ] {
        assert!(
            wheel.files.iter().any(|path| path == file),
            "{file}: {:?}",
            wheel.files
        );
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn ocupa_menos_de_cinco_megabytes() {
    let wheel = opened();
    println!("{} bytes, {} instalada", wheel.bytes, wheel.unpacked);
    assert!(wheel.bytes <= 5_000_000, "{} bytes", wheel.bytes);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn solo_pide_al_sistema_glibc_y_el_desenrollador_de_gcc() {
    let wheel = opened();
    let binary = &wheel.binaries[0];
    for library in &binary.needed {
        let known = [
            "libc.so.6",
            "libm.so.6",
            "libpthread.so.0",
            "libdl.so.2",
            "librt.so.1",
            "ld-linux-x86-64.so.2",
            "libgcc_s.so.1",
        ];
        assert!(known.contains(&library.as_str()), "{library}");
    }
    assert!(binary.stripped);
    println!("{:?}, glibc {:?}", binary.needed, binary.glibc);
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn maturin_es_un_ejecutable_de_rust_repartido_en_una_rueda() {
    let path = python().with_file_name("maturin");
    let binary = Binary::inspect("maturin", &std::fs::read(path).unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(binary.role, Role::Executable);
    assert!(!binary.rustc.is_empty() && binary.python.is_empty() && binary.init.is_empty());
}
