//! The program from outside.

use ecommerce_testkit::process::{Child, Finished};
use std::fs;

fn correr(argumentos: &[&str]) -> Finished {
    Child::new(env!("CARGO_BIN_EXE_ej_16_2_2_parquet"))
        .args(argumentos)
        .run()
        .unwrap()
}

#[test]
fn la_tabla_tiene_treinta_y_seis_filas_en_texto_json_y_svg() {
    let dir = tempfile::tempdir().unwrap();
    let (json, svg) = (dir.path().join("t.json"), dir.path().join("t.svg"));
    let fin = correr(&[
        "tabla",
        "--filas",
        "400",
        "--repeticiones",
        "1",
        "--json",
        json.to_str().unwrap(),
        "--svg",
        svg.to_str().unwrap(),
    ]);
    assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
    let texto = fin.stdout_text();
    assert!(texto.starts_with("400 eventos, "), "{texto}");
    assert_eq!(texto.lines().count(), 3 + 36, "{texto}");
    assert!(texto.contains("por columna          zstd 9"), "{texto}");
    let json = fs::read_to_string(json).unwrap();
    assert_eq!(json.matches("\"codificacion\": ").count(), 36);
    assert!(
        json.starts_with("{\n  \"ejercicio\": \"16.2.2\",\n  \"filas\": 400,"),
        "{json}"
    );
    assert!(json.ends_with("}\n  ]\n}\n"), "{json}");
    let svg = fs::read_to_string(svg).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<rect ").count(), 37);
}

#[test]
fn escribir_y_leer_desde_fuera() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    let ruta = ruta.to_str().unwrap();
    let fin = correr(&["escribir", "--filas", "70000", ruta]);
    assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
    let fin = correr(&["leer", ruta]);
    assert_eq!(
        fin.stdout_text(),
        format!("{ruta}: 70000 filas en 2 lotes\n")
    );

    let bytes = fs::read(ruta).unwrap();
    fs::write(ruta, &bytes[..bytes.len() / 2]).unwrap();
    let fin = correr(&["leer", ruta]);
    assert_eq!(fin.code, Some(3));
    assert_eq!(
        fin.stderr_text(),
        format!(
            "error: {ruta}: damaged: no Parquet footer at the end: truncated, or not Parquet\n"
        )
    );
}

#[test]
fn lo_que_no_se_entiende_sale_con_2() {
    for argumentos in [
        &["tablas"][..],
        &["tabla", "--filas"],
        &["tabla", "--filas", "muchas"],
        &["tabla", "--filas", "0"],
        &["leer"],
        &["leer", "a", "b"],
        &["leer", "--json", "x"],
    ] {
        let fin = correr(argumentos);
        assert_eq!(fin.code, Some(2), "{argumentos:?} {}", fin.stderr_text());
        assert!(fin.stderr_text().starts_with("error: "), "{argumentos:?}");
    }
    let ayuda = correr(&["--help"]);
    assert_eq!(ayuda.code, Some(0));
    assert!(ayuda.stdout_text().contains("tabla    [--filas N]"));
}
