//! The stable ABI, and what a wheel that promises it must keep to.

use ej_16_6_5_pyo3_in_the_wild::{Abi3, Problem, Python, abi3};

use crate::make::{Elf, NAME, Rueda};

fn with_imports(
    name: &str,
    file: &str,
    imports: &[&'static str],
) -> ej_16_6_5_pyo3_in_the_wild::Wheel {
    let elf = Elf {
        imports: imports.to_vec(),
        ..Elf::extension()
    };
    Rueda::named(name).with(file, elf.build()).read().unwrap()
}

#[test]
fn la_lista_dice_desde_cuando() {
    assert_eq!(abi3::len(), 968);
    assert_eq!(abi3::since("PyLong_FromLong"), Some(Python(3, 2)));
    // El protocolo de búfer entró en 3.11: por eso el wheel de este repositorio es cp311-abi3.
    assert_eq!(abi3::since("PyObject_GetBuffer"), Some(Python(3, 11)));
    assert_eq!(abi3::since("PyType_GetModuleByDef"), Some(Python(3, 13)));
    assert_eq!(abi3::since("PyUnicode_AsUTF8"), None);
    assert_eq!(abi3::since("_PyLong_AsByteArray"), None);
}

#[test]
fn una_rueda_que_cumple_abi3_lo_es() {
    let wheel = Rueda::extension().read().unwrap();
    assert_eq!(
        (wheel.abi3(), wheel.problems()),
        (Abi3::Since(Python(3, 11)), vec![])
    );
    assert_eq!(wheel.abi3().to_string(), "sí, desde 3.11");
}

#[test]
fn un_simbolo_de_fuera_rompe_la_promesa_y_se_nombra() {
    let wheel = with_imports(NAME, "m/_m.abi3.so", &["Py_DecRef", "PyUnicode_AsUTF8"]);
    assert_eq!(wheel.abi3(), Abi3::Broken);
    let foreign = ["PyUnicode_AsUTF8".to_owned()].into();
    assert_eq!(
        wheel.problems(),
        [Problem::NotStable("m/_m.abi3.so".into(), foreign)]
    );
    assert_eq!(
        wheel.problems()[0].to_string(),
        "m/_m.abi3.so importa fuera de abi3: PyUnicode_AsUTF8"
    );
}

#[test]
fn un_simbolo_posterior_a_la_etiqueta_tambien() {
    let name = |python: &str| format!("m-1.0-{python}-abi3-manylinux_2_17_x86_64.whl");
    let buffer =
        |python: &str| with_imports(&name(python), "m/_m.abi3.so", &["PyObject_GetBuffer"]).abi3();
    assert_eq!(buffer("cp310"), Abi3::Broken);
    assert_eq!(buffer("cp311"), Abi3::Since(Python(3, 11)));
    assert_eq!(buffer("cp312"), Abi3::Since(Python(3, 12)));
}

#[test]
fn la_etiqueta_y_el_nombre_tienen_que_decir_lo_mismo() {
    for (name, file) in [
        (NAME, "m/_m.cpython-311-x86_64-linux-gnu.so"),
        (
            "m-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
            "m/_m.abi3.so",
        ),
    ] {
        let wheel = with_imports(name, file, &["Py_DecRef"]);
        assert_eq!(wheel.abi3(), Abi3::Broken, "{name}");
        assert_eq!(wheel.problems(), [Problem::HalfAbi3(file.into())]);
    }
}

#[test]
fn sin_promesa_no_hay_abi3_aunque_los_simbolos_lo_permitan() {
    let file = "m/_m.cpython-311-x86_64-linux-gnu.so";
    let wheel = with_imports(
        "m-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
        file,
        &["Py_DecRef"],
    );
    assert_eq!((wheel.abi3(), wheel.problems()), (Abi3::No, vec![]));
}
