//! What leaves as CSV is opened by a spreadsheet: a text that it would run as a formula is defused there, and only there.

use crate::bancada::{Bancada, FECHA, json};
use ecommerce_testkit::faults::FaultReport;
use std::collections::BTreeSet;
use std::fs;

const PELIGROSOS: [&str; 8] = [
    "=1+1",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+34 600",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
];

#[test]
fn solo_el_csv_desactiva_las_formulas() {
    let falta = FaultReport::begin(
        20,
        "celdas",
        "celdas que empiezan por = + - @, tabulador o retorno",
    );
    let b = Bancada::vacia();
    fs::create_dir_all(b.dia()).unwrap();
    let mut csv = "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n".to_owned();
    for (i, texto) in PELIGROSOS.iter().enumerate() {
        let texto = texto.replace('"', "\"\"");
        csv += &format!("e{i},compra,u{i},s,\"{texto}\",1.25,norte,,,{FECHA}T10:00:00Z,,\n");
    }
    fs::write(b.dia().join("part-00000.csv"), csv).unwrap();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let consulta = |formato: &str| {
        let sql = "SELECT producto_id, -1 * transacciones AS n FROM productos_diarios";
        let orden = [
            "consultar",
            sql,
            "--tabla",
            "metricas",
            "--formato",
            formato,
        ];
        let f = b.crudo(&orden).run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        f
    };
    let csv = consulta("csv").stdout_text();
    let mut desactivadas = 0;
    for texto in PELIGROSOS {
        let celda = format!("'{texto}").replace('"', "\"\"");
        assert!(csv.contains(&celda), "{celda}: {csv}");
        desactivadas += 1;
    }
    // A record begins a line or follows a quote; none begins with what a spreadsheet runs. Numbers stay numbers.
    for linea in csv.lines().skip(1) {
        let celda = linea.trim_start_matches('"');
        assert!(!celda.starts_with(['+', '-', '@']), "{linea}");
    }
    assert_eq!(csv.matches(",-1").count(), PELIGROSOS.len());
    let vistos: BTreeSet<String> = json(&consulta("json"))
        .as_array()
        .unwrap()
        .iter()
        .map(|fila| fila["producto_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(vistos, PELIGROSOS.map(str::to_owned).into());
    for formato in ["tabla", "markdown"] {
        let texto = consulta(formato).stdout_text();
        assert!(
            texto.contains("=1+1") && !texto.contains("'=1+1"),
            "{texto}"
        );
    }
    falta.passed(
        desactivadas,
        "con apóstrofo en CSV; en JSON, tabla y Markdown, como entraron; los números, números",
    );
}
