//! The program from outside.

use ecommerce_testkit::process::Child;

#[test]
fn muestra_las_dos_formas_con_sus_distancias() {
    let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_3_2_custom_expressions"))
        .env("POLARS_FMT_TABLE_FORMATTING", "NOTHING")
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
    let texto = fin.stdout_text();
    let linea = texto.lines().find(|l| l.contains("Buenos Aires")).unwrap();
    assert_eq!(linea.matches("10044.").count(), 2, "{linea}");
    assert!(texto.contains("arcsin()"), "{texto}");
}
