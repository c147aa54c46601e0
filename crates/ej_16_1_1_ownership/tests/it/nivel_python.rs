//! The other side of the comparison, measured: what CPython counts, shares and collects.

use ecommerce_testkit::process::Child;
use std::path::Path;

#[test]
#[ignore = "tier python: cargo xtask test"]
fn cpython_cuenta_referencias_comparte_al_pasar_y_recoge_los_ciclos_mas_tarde() {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/referencias.py");
    let run = Child::new(interpreter).arg(script).run().unwrap();
    assert!(run.success(), "{run:?}");
    let told = run.stdout_text();
    let facts: Vec<_> = told.lines().collect();
    assert_eq!(
        facts,
        [
            // Every name is an addition at run time, every name that goes a subtraction.
            "cinco nombres más: +5",
            "tras del: +0",
            // A call shares: same object, and its caller sees the change. Rust's move leaves the caller nothing.
            "la función recibe el mismo objeto: True",
            "quien llama ve el cambio: [1.0, 2.0, 3.0]",
            // Without a cycle the last reference frees at once, no collector involved.
            "sin ciclo, tras del: ['solo']",
            // Locals go in order of their slots; Rust's go in reverse of their declaration.
            "variables locales: ['a', 'b']",
            // A cycle outlives its last name until the collector runs, and then it is found.
            "ciclo, tras del: []",
            "ciclo, tras gc.collect(): ['evento', 'sesion']",
            // With a weak way back there is no cycle: freed at once, as in Rust.
            "con weakref, tras del: ['sesion', 'evento']",
            // The counter is part of every object.
            "una referencia débil a lo que ya no está: None",
        ]
    );
}
