//! PySpark with delta-spark on the same events and the same table.

use crate::bancada::{Bancada, FECHA, OTRA};
use ecommerce_testkit::process::Child;
use std::path::Path;
use std::time::Duration;

const SESION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/sesion_spark.py");

/// One session of Spark: the day twice into a table of its own, then once into the table that Rust made.
#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn spark_da_el_mismo_dia_y_las_dos_escriben_en_la_misma_tabla() {
    let b = Bancada::con_eventos();
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("ECOMMERCE_PYTHON_SPARK");
    let rust = |fecha: &str, tabla: &str| {
        let f = b.para(fecha, tabla).run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    };
    rust(FECHA, "de-rust");
    rust(OTRA, "de-rust");
    let esperado = b.contenido("de-rust");
    let f = Child::new(&interpreter)
        .arg(SESION)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers"))
        .arg(FECHA)
        .arg(b.ruta("eventos"))
        .args([b.ruta("de-spark"), b.ruta("de-spark"), b.ruta("de-rust")])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ECOMMERCE_SPARK_MEMORIA", "1g")
        .timeout(Duration::from_secs(300))
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    // Spark has replaced the day in ours, and no other.
    assert_eq!(b.contenido("de-rust"), esperado);
    // Its own has the same day once; ours replaces it there, and adds the other.
    assert_eq!(b.contenido("de-spark"), b.contenido_esperado());
    rust(FECHA, "de-spark");
    rust(OTRA, "de-spark");
    assert_eq!(b.contenido("de-spark"), esperado);
}
