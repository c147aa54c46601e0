//! The program from outside.

use crate::eventos::Carpeta;
use ecommerce_testkit::process::{Child, Finished};

fn correr(argumentos: &[&str]) -> Finished {
    Child::new(env!("CARGO_BIN_EXE_ej_16_3_1_polars_api"))
        .args(argumentos)
        .run()
        .unwrap()
}

#[test]
fn genera_un_archivo_y_muestra_su_revenue_y_su_plan() {
    let carpeta = Carpeta::nueva();
    let ruta = carpeta.ruta("e.parquet");
    let fin = correr(&["generar", "--filas", "5000", &ruta]);
    assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
    assert_eq!(fin.stdout_text(), format!("{ruta}: 5000 filas\n"));

    let fin = correr(&["revenue", &ruta]);
    assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
    for region in ["norte", "sur", "este", "oeste", "centro"] {
        assert!(fin.stdout_text().contains(region), "{}", fin.stdout_text());
    }

    let fin = correr(&["plan", &ruta]);
    let texto = fin.stdout_text();
    let (ingenuo, optimizado) = texto.split_once("optimizado\n\n").unwrap();
    assert!(ingenuo.contains("PROJECT */12 COLUMNS"), "{texto}");
    assert!(optimizado.contains("PROJECT 3/12 COLUMNS"), "{texto}");
    assert!(
        optimizado.contains("SELECTION: col(\"monto\") > 0.0"),
        "{texto}"
    );
}

#[test]
fn un_archivo_malo_es_una_linea_y_sale_con_3() {
    let carpeta = Carpeta::nueva();
    let ruta = carpeta.ruta("texto.parquet");
    std::fs::write(&ruta, "esto no es Parquet, aunque lo parezca").unwrap();
    let fin = correr(&["revenue", &ruta]);
    assert_eq!(fin.code, Some(3));
    assert_eq!(
        fin.stderr_text(),
        format!("error: {ruta}: not a Parquet file: The file must end with PAR1\n")
    );
    assert_eq!(fin.stdout_text(), "");
}

#[test]
fn lo_que_no_se_entiende_sale_con_2() {
    for argumentos in [
        &["revenu"][..],
        &["revenue"],
        &["generar", "--filas", "muchas", "x"],
    ] {
        assert_eq!(correr(argumentos).code, Some(2), "{argumentos:?}");
    }
}
