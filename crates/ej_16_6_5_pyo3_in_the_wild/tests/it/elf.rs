//! What is read out of an ELF.

use ej_16_6_5_pyo3_in_the_wild::{Binary, Format, Role, WheelError};
use proptest::prelude::*;

use crate::make::{Elf, PYO3};

fn inspect(elf: &Elf) -> Binary {
    Binary::inspect("m/_m.abi3.so", &elf.build())
        .unwrap()
        .unwrap()
}

fn texts(set: &std::collections::BTreeSet<String>) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

#[test]
fn de_una_extension_se_lee_todo() {
    let binary = inspect(&Elf::extension());
    assert_eq!(binary.role, Role::Extension);
    assert_eq!(texts(&binary.init), ["PyInit__m"]);
    assert_eq!(texts(&binary.python), ["PyModule_Create2", "Py_DecRef"]);
    assert_eq!(binary.needed, ["libgcc_s.so.1", "libc.so.6"]);
    assert_eq!(binary.glibc, Some((2, 17)));
    assert!(binary.stripped);
    assert_eq!(texts(&binary.rustc), ["1.99.1"]);
    assert!(binary.pyo3.panic_exception);
    assert_eq!(texts(&binary.pyo3.versions), ["0.29.2"]);
    assert_eq!(binary.module(), "_m");
}

#[test]
fn un_programa_no_es_una_extension_aunque_sea_reubicable() {
    let program = inspect(&Elf::program());
    assert_eq!(
        (program.role, program.pyo3.found()),
        (Role::Executable, false)
    );
    // Sin cargador, solo la marca lo dice.
    let is_static = Elf {
        interpreter: false,
        ..Elf::program()
    };
    assert_eq!(inspect(&is_static).role, Role::Executable);
    let neither = Elf {
        interpreter: false,
        pie: false,
        ..Elf::program()
    };
    assert_eq!(inspect(&neither).role, Role::Library);
}

#[test]
fn un_programa_de_verdad_es_un_programa() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let binary = Binary::inspect("yo", &own).unwrap().unwrap();
    assert_eq!(
        (binary.format, binary.role),
        (Format::Elf, Role::Executable)
    );
    assert!(!binary.stripped);
    assert!(
        binary.needed.iter().any(|name| name.starts_with("libc.so")),
        "{binary:?}"
    );
    assert!(binary.glibc >= Some((2, 2)), "{:?}", binary.glibc);
    assert!(!binary.rustc.is_empty() && binary.init.is_empty() && binary.python.is_empty());
}

#[test]
fn pyo3_se_busca_en_los_datos_y_no_en_el_codigo() {
    let in_code = Elf {
        rodata: vec![],
        code: PYO3.to_vec(),
        ..Elf::extension()
    };
    assert!(!inspect(&in_code).pyo3.found());
}

#[test]
fn lo_que_se_parece_a_pyo3_no_lo_es() {
    for other in [
        "pyo3",
        "pyo3-ffi-0.29.2/src",
        "pyo3-0.29/src",
        "pyo3-x.y.z/src",
        "pyo3-0.29.2",
        "pyo3_runtime",
    ] {
        let elf = Elf {
            rodata: other.as_bytes().to_vec(),
            ..Elf::extension()
        };
        assert!(!inspect(&elf).pyo3.found(), "{other}");
    }
    for (path, version) in [
        ("pyo3-0.30.0-beta.1/src", "0.30.0-beta.1"),
        ("\\pyo3-0.9.12\\src", "0.9.12"),
    ] {
        let elf = Elf {
            rodata: path.as_bytes().to_vec(),
            ..Elf::extension()
        };
        assert_eq!(texts(&inspect(&elf).pyo3.versions), [version]);
    }
}

#[test]
fn la_tabla_de_simbolos_locales_se_ve_si_esta() {
    assert!(
        !inspect(&Elf {
            local_symbols: true,
            ..Elf::extension()
        })
        .stripped
    );
}

#[test]
fn otros_formatos_se_reconocen_y_no_se_leen() {
    let binary = Binary::inspect("m.pyd", b"MZ\x90\0y lo que sea")
        .unwrap()
        .unwrap();
    assert_eq!((binary.format, binary.role), (Format::Pe, Role::Unread));
    let binary = Binary::inspect("m.so", &[0xcf, 0xfa, 0xed, 0xfe, 0])
        .unwrap()
        .unwrap();
    assert_eq!((binary.format, binary.role), (Format::MachO, Role::Unread));
    assert_eq!(Binary::inspect("m.py", b"import os\n").unwrap(), None);
    assert_eq!(Binary::inspect("m.py", b"").unwrap(), None);
}

#[test]
fn un_elf_cortado_es_un_error_que_lo_nombra() {
    let whole = Elf::extension().build();
    for length in 4..64 {
        let error = Binary::inspect("m/_m.abi3.so", &whole[..length]).unwrap_err();
        assert!(matches!(error, WheelError::Elf { .. }), "{length}: {error}");
        assert!(
            error
                .to_string()
                .starts_with("\"m/_m.abi3.so\" empieza como un ELF"),
            "{error}"
        );
    }
}

#[test]
fn un_elf_que_nombra_mas_de_lo_que_nadie_nombra_se_rechaza() {
    let rejected = |elf: Elf| {
        Binary::inspect("x.so", &elf.build())
            .unwrap_err()
            .to_string()
    };
    let needed = rejected(Elf {
        needed: vec!["libc.so.6"; 5000],
        ..Elf::extension()
    });
    assert!(
        needed.ends_with("tiene más de 4096 entradas en una tabla"),
        "{needed}"
    );
    let versions = rejected(Elf {
        glibc: vec!["GLIBC_2.17"; 5000],
        ..Elf::extension()
    });
    assert!(
        versions.ends_with("tiene más de 4096 entradas en una tabla"),
        "{versions}"
    );
    let long: &'static str = Box::leak(format!("Py{}", "x".repeat(300)).into_boxed_str());
    let name = rejected(Elf {
        imports: vec![long],
        ..Elf::extension()
    });
    assert!(
        name.ends_with("es más largo de lo que ninguno es"),
        "{name}"
    );
    // Los que no son de Python pueden ser largos: los de C++ lo son.
    let mangled: &'static str = Box::leak(format!("_Z{}", "x".repeat(300)).into_boxed_str());
    assert!(
        Binary::inspect(
            "x.so",
            &Elf {
                imports: vec![mangled],
                ..Elf::extension()
            }
            .build()
        )
        .is_ok()
    );
}

#[test]
fn de_un_elf_con_miles_de_versiones_se_guardan_unas_pocas() {
    let rodata = (0..10_000)
        .map(|n| format!("pyo3-0.{n}.0/src\0"))
        .collect::<String>();
    let elf = Elf {
        rodata: rodata.into_bytes(),
        ..Elf::extension()
    };
    assert_eq!(inspect(&elf).pyo3.versions.len(), 64);
}

proptest! {
    #[test]
    fn un_elf_con_bytes_cambiados_o_cortado_da_un_resultado_o_un_error(
        cut in 4usize..2000,
        changes in prop::collection::vec((4usize..2000, any::<u8>()), 0..12),
    ) {
        let mut bytes = Elf::extension().build();
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        bytes.truncate(cut);
        let found = Binary::inspect("m/_m.abi3.so", &bytes);
        prop_assert!(matches!(found, Ok(Some(_)) | Err(WheelError::Elf { .. })), "{found:?}");
    }
}
