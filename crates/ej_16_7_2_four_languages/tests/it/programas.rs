//! The three programs from outside: what they say, write and leave with.

use crate::archivos::{Fila, RARAS, a_mano, escribir, leer};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp::{self, Tree};
use ej_16_7_2_four_languages::Key;
use serde_json::Value;
use std::fs;
use std::path::Path;

pub(crate) const PROGRAMAS: [&str; 3] = [
    env!("CARGO_BIN_EXE_final-polars"),
    env!("CARGO_BIN_EXE_final-datafusion"),
    env!("CARGO_BIN_EXE_final-nativo"),
];

pub(crate) fn correr(programa: &str, entrada: &Path, salida: &Path, mas: &[&str]) -> Finished {
    let run = Child::new(programa)
        .arg("--entrada")
        .arg(entrada)
        .arg("--salida")
        .arg(salida)
        .args(mas.iter().copied())
        .run()
        .unwrap();
    assert!(!run.crashed() && !run.timed_out, "{run:?}");
    run
}

fn dicho(run: &Finished) -> Value {
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout_text()).unwrap()
}

/// The one line of an error.
fn error(run: &Finished) -> String {
    let dicho = run.stderr_text();
    assert_eq!(dicho.lines().count(), 1, "{dicho}");
    assert_eq!(run.stdout_text(), "");
    dicho.trim_end().strip_prefix("error: ").unwrap().to_owned()
}

#[test]
fn cada_uno_escribe_la_respuesta_por_las_dos_claves_y_dice_cuanto_tardo_cada_vez() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    escribir(&entrada, &RARAS);
    for programa in PROGRAMAS {
        for (clave, key) in [("region", Key::Region), ("usuario", Key::User)] {
            let run = correr(
                programa,
                &entrada,
                &salida,
                &["--clave", clave, "--repeticiones", "3"],
            );
            let dicho = dicho(&run);
            let tiempos = dicho["consultas_s"].as_array().unwrap();
            assert_eq!((tiempos.len(), &tiempos[0]), (3, &dicho["consulta_s"]));
            assert!(tiempos.iter().all(|t| t.as_f64().unwrap() > 0.0));
            assert!(dicho["version"].as_str().unwrap().contains(' '));
            assert_eq!(leer(&salida, key), a_mano(&RARAS, key), "{programa}");
        }
    }
    let quedan: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(quedan.len(), 2, "nothing is left beside: {quedan:?}");
}

#[test]
fn por_partes_se_dice_lo_que_tarda_cada_una_y_la_respuesta_es_la_misma() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    escribir(&entrada, &RARAS);
    for programa in PROGRAMAS {
        let mas = ["--partes", "1", "--repeticiones", "4"];
        let dicho = dicho(&correr(programa, &entrada, &salida, &mas));
        let partes = dicho["partes_s"].as_object().unwrap();
        let nombres: Vec<_> = partes.keys().map(String::as_str).collect();
        assert_eq!(nombres, ["agregar", "escribir", "leer"]);
        assert!(partes.values().all(|s| s.as_f64().unwrap() > 0.0));
        assert!(dicho.get("consulta_s").is_none());
        assert_eq!(leer(&salida, Key::Region), a_mano(&RARAS, Key::Region));
    }
}

#[test]
fn pasados_los_segundos_no_empieza_otra_y_dos_se_hacen_siempre() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    escribir(&entrada, &RARAS);
    for programa in PROGRAMAS {
        let mas = ["--repeticiones", "1000000", "--segundos", "0"];
        let dicho = dicho(&correr(programa, &entrada, &salida, &mas));
        assert_eq!(dicho["consultas_s"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos_y_codigos() {
    for programa in PROGRAMAS {
        let run = Child::new(programa).arg("--help").run().unwrap();
        let ayuda = run.stdout_text();
        assert_eq!(run.code, Some(0));
        for parte in [
            "Uso:",
            "--entrada <F>",
            "Ejemplos:",
            "s3://",
            "Códigos de salida: 0 hecho",
        ] {
            assert!(ayuda.contains(parte), "{parte}: {ayuda}");
        }
        assert!(
            !ayuda.contains("Options:") && !ayuda.contains("Usage:"),
            "{ayuda}"
        );
    }
}

#[test]
fn un_uso_equivocado_sale_con_2_y_no_escribe_nada() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    escribir(&entrada, &RARAS);
    let antes = Tree::of(dir.path()).unwrap();
    for programa in PROGRAMAS {
        for mas in [
            &["--clave", "producto"][..],
            &["--repeticiones", "0"],
            &["--segundos", "-1"],
            &["--partes", "2"],
            &["--desconocida"],
        ] {
            let run = correr(programa, &entrada, &salida, mas);
            assert_eq!(run.code, Some(2), "{mas:?}");
            assert!(error(&run).ends_with("(ver --help)"), "{mas:?}");
        }
        let run = correr(programa, &entrada, &entrada, &[]);
        assert_eq!(run.code, Some(2));
        assert!(error(&run).contains("--salida es el mismo archivo que --entrada"));
        assert_eq!(Child::new(programa).run().unwrap().code, Some(2));
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_entrada_mala_sale_con_3_la_nombra_y_deja_la_salida_anterior() {
    let dir = temp::dir().unwrap();
    let buena = dir.path().join("buena.parquet");
    let salida = dir.path().join("r.parquet");
    escribir(&buena, &RARAS);
    fs::write(&salida, "lo de antes").unwrap();
    let bytes = fs::read(&buena).unwrap();
    let malas = [
        (
            "texto.parquet",
            b"region,monto\nsur,1\n".to_vec(),
            "archivo dañado",
        ),
        ("vacio.parquet", vec![], "archivo dañado"),
        (
            "cortado.parquet",
            bytes[..bytes.len() / 2].to_vec(),
            "archivo dañado",
        ),
    ];
    for (nombre, contenido, _) in &malas {
        fs::write(dir.path().join(nombre), contenido).unwrap();
    }
    let otra = dir.path().join("respuesta.parquet");
    correr(PROGRAMAS[0], &buena, &otra, &["--clave", "usuario"]);
    let antes = Tree::of(dir.path()).unwrap();
    let dichos = malas.iter().map(|(nombre, _, dicho)| (*nombre, *dicho));
    let demas = [
        ("no.parquet", "no existe"),
        (".", "no es un archivo"),
        ("respuesta.parquet", "falta la columna 'region'"),
    ];
    for (nombre, esperado) in dichos.chain(demas) {
        for programa in PROGRAMAS {
            let run = correr(programa, &dir.path().join(nombre), &salida, &[]);
            assert_eq!(run.code, Some(3), "{programa}: {nombre}");
            let dicho = error(&run);
            assert!(
                dicho.contains(nombre) && dicho.contains(esperado),
                "{dicho}"
            );
        }
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_pagina_que_miente_no_escribe_nada() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("v.parquet");
    let salida = dir.path().join("r.parquet");
    escribir(&entrada, &RARAS);
    let mut bytes = fs::read(&entrada).unwrap();
    // Everything between the first magic and the footer.
    let pie = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap());
    let hasta = bytes.len() - 8 - pie as usize;
    bytes[4..hasta].fill(0xFF);
    fs::write(&entrada, bytes).unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for programa in PROGRAMAS {
        let run = correr(programa, &entrada, &salida, &[]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(error(&run).len() > 10);
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_salida_que_no_se_puede_escribir_sale_con_5() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("v.parquet");
    escribir(&entrada, &RARAS);
    fs::create_dir(dir.path().join("carpeta")).unwrap();
    fs::write(dir.path().join("carpeta/algo"), "").unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for programa in PROGRAMAS {
        for salida in ["no/hay/r.parquet", "carpeta"] {
            let run = correr(programa, &entrada, &dir.path().join(salida), &[]);
            assert_eq!(run.code, Some(5), "{run:?}");
            assert!(error(&run).contains(salida));
        }
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn un_nombre_con_comodines_es_un_nombre() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("v[1]*%20?.parquet");
    let salida = dir.path().join("r {x} ñ.parquet");
    let otra: [Fila; 1] = [(Some(1.0), Some("otra"), None)];
    escribir(&entrada, &RARAS);
    escribir(&dir.path().join("v1x 1.parquet"), &otra);
    for programa in PROGRAMAS {
        let run = correr(programa, &entrada, &salida, &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(leer(&salida, Key::Region), a_mano(&RARAS, Key::Region));
    }
}
