//! `motor-datafusion generar`, `ventas` and `tpch` from outside: what they write.

use crate::programa::{correr, error, motor};
use crate::tpch::{centesima, diferencia, esperada};
use ecommerce_testkit::temp;
use ej_16_4_1_datafusion::tpch::Answer;
use std::fs;

#[test]
fn tpch_escribe_tiempos_y_respuestas_de_cada_consulta() {
    let dir = temp::dir().unwrap();
    let json = dir.path().join("tpch.json");
    let datos = centesima().to_str().unwrap();
    let opcion = "datafusion.execution.target_partitions=1";
    let run = correr(&[
        "tpch",
        "--datos",
        datos,
        "--consulta",
        "1",
        "6",
        "12",
        "--repeticiones",
        "3",
        "--opcion",
        opcion,
        "--json",
        json.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let dicho: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(dicho["motor"], "datafusion");
    assert_eq!(dicho["escala"], 0.01);
    assert_eq!(
        dicho["opciones"]["datafusion.execution.target_partitions"],
        "1"
    );
    let consultas = dicho["consultas"].as_array().unwrap();
    assert_eq!(consultas.len(), 3);
    for (consulta, numero) in consultas.iter().zip([1, 6, 12]) {
        assert_eq!(consulta["consulta"], numero);
        assert_eq!(consulta["segundos"].as_array().unwrap().len(), 3);
        let respuesta = Answer {
            columns: serde_json::from_value(consulta["columnas"].clone()).unwrap(),
            rows: serde_json::from_value(consulta["resultado"].clone()).unwrap(),
        };
        assert_eq!(diferencia(&respuesta, &esperada(numero as usize)), None);
    }
    let tabla = correr(&[
        "tpch",
        "--datos",
        datos,
        "--consulta",
        "6",
        "--segundos",
        "0",
        "--repeticiones",
        "9",
    ]);
    assert_eq!(tabla.code, Some(0));
    assert!(
        tabla.stdout_text().contains("escala 0.01\n   6 "),
        "{tabla:?}"
    );
}

#[test]
fn una_consulta_que_no_cabe_no_impide_las_demas_y_sale_con_6() {
    let dir = temp::dir().unwrap();
    let json = dir.path().join("tpch.json");
    let run = motor()
        .args(["tpch", "--consulta", "6", "18", "--memoria", "1", "--datos"])
        .arg(centesima())
        .arg("--json")
        .arg(&json)
        .run()
        .unwrap();
    let (codigo, dicho) = error(&run);
    assert_eq!(codigo, Some(6), "{dicho}");
    assert!(
        dicho.starts_with("consulta 18: no basta la memoria"),
        "{dicho}"
    );
    let dicho: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(
        dicho["consultas"][0]["resultado"].as_array().unwrap().len(),
        1
    );
    assert!(dicho["consultas"][1]["error"].is_string());
}

#[test]
fn las_tablas_de_la_guia_y_las_de_tpch_se_escriben_y_se_cuentan() {
    let dir = temp::dir().unwrap();
    let salida = dir.path().join("nuevo/datos");
    let salida = salida.to_str().unwrap();
    let run = correr(&["ventas", "--filas", "500", "--salida", salida]);
    assert_eq!(run.code, Some(0));
    let dicho: serde_json::Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!(dicho["ventas"], 500);
    let run = correr(&["generar", "--escala", "0.001", "--salida", salida]);
    assert_eq!(run.code, Some(0));
    let dicho: serde_json::Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!(dicho["tablas"].as_array().unwrap().len(), 8);
    assert_eq!(run.stderr_text(), "");
}
