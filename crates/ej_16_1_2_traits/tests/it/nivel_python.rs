//! The same questions to CPython: what it says, and when.

use ecommerce_testkit::process::Child;
use std::path::Path;

#[test]
#[ignore = "tier python: cargo xtask test"]
fn en_python_el_caso_el_metodo_y_el_numero_se_descubren_al_ejecutar() {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/tipos.py");
    let run = Child::new(interpreter).arg(script).run().unwrap();
    assert!(run.success(), "{run:?}");
    let told = run.stdout_text();
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            // A forgotten case is no error at all: the match does nothing and the function returns None.
            "match sin el caso: None",
            // A forgotten method: the class is defined without complaint, the object is not made.
            "clase abstracta incompleta: se define; crear el objeto da TypeError",
            // A type can be declared to be one, and nobody looks whether it is.
            "float registrado: isinstance True, sumar False",
            // A protocol that is not checked by a tool fails where the method is called.
            "protocolo incompleto: AttributeError al llamar",
            // What float() takes for a number and parsear_monto does not.
            "float(' 150.5 '): 150.5",
            "float('1_000'): 1000.0",
            "float('١٥٠'): 150.0",
            "float('NaN'): nan",
            "float('inf'): inf",
            "float('1e400'): inf",
            "float('-0'): -0.0",
            "float(''): ValueError: could not convert string to float: ''",
            "float('abc'): ValueError: could not convert string to float: 'abc'",
            "float('1.234,56'): ValueError: could not convert string to float: '1.234,56'",
        ]
    );
}
