//! The file name of a wheel.

use ej_16_6_5_pyo3_in_the_wild::{FileName, Python};
use proptest::prelude::*;

#[test]
fn las_etiquetas_comprimidas_se_abren() {
    let name = FileName::parse(
        "a_b-1.2-7x-cp39.cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    )
    .unwrap();
    assert_eq!(
        (name.distribution.as_str(), name.version.as_str()),
        ("a_b", "1.2")
    );
    let tags: Vec<String> = name.tags.iter().map(ToString::to_string).collect();
    assert_eq!(
        tags,
        [
            "cp39-abi3-manylinux_2_17_x86_64",
            "cp39-abi3-manylinux2014_x86_64",
            "cp311-abi3-manylinux_2_17_x86_64",
            "cp311-abi3-manylinux2014_x86_64",
        ]
    );
    assert_eq!(name.abi3_since(), Some(Python(3, 9)));
    assert_eq!(name.manylinux(), Some((2, 17)));
}

#[test]
fn cada_familia_de_manylinux_promete_una_glibc() {
    let glibc = |platform: &str| {
        FileName::parse(&format!("a-1-cp311-abi3-{platform}.whl"))
            .unwrap()
            .manylinux()
    };
    assert_eq!(glibc("manylinux1_x86_64"), Some((2, 5)));
    assert_eq!(glibc("manylinux2010_x86_64"), Some((2, 12)));
    assert_eq!(glibc("manylinux2014_aarch64"), Some((2, 17)));
    assert_eq!(glibc("manylinux_2_34_x86_64"), Some((2, 34)));
    assert_eq!(glibc("linux_x86_64"), None);
    assert_eq!(glibc("any"), None);
}

#[test]
fn la_guia_escribe_una_etiqueta_que_no_es_abi3() {
    let name = FileName::parse("mi_procesador-0.1.0-cp311-cp311-linux_x86_64.whl").unwrap();
    assert_eq!((name.abi3_since(), name.manylinux()), (None, None));
}

#[test]
fn lo_que_no_es_un_nombre_se_dice() {
    let many = format!("a-1-{}-abi3-any.whl", vec!["cp3"; 101].join("."));
    for (name, reason) in [
        ("a.zip", "no acaba en .whl"),
        ("a-1-cp311-abi3.whl", "cinco partes"),
        ("a-1-1-x-cp311-abi3-any.whl", "cinco partes"),
        ("a-1-x1-cp311-abi3-any.whl", "no empieza por una cifra"),
        ("a-1-cp311--any.whl", "vacía"),
        ("a-1-cp311.-abi3-any.whl", "vacía"),
        ("../a-1-cp311-abi3-any.whl", "vacía"),
        (&many, "más de cien"),
    ] {
        let error = FileName::parse(name).unwrap_err().to_string();
        assert!(error.contains(reason), "{name}: {error}");
    }
}

proptest! {
    #[test]
    fn un_nombre_cualquiera_no_rompe_nada(name in ".{0,40}(-.{0,8}){0,6}\\.whl") {
        if let Ok(parsed) = FileName::parse(&name) {
            prop_assert!(!parsed.tags.is_empty() && !parsed.distribution.is_empty());
        }
    }
}
