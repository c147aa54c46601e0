//! The contestants that are not ours, run on the same small file.

use crate::archivos::{RARAS, Respuesta, a_mano, escribir};
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_7_2_four_languages::Key;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) fn pares() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers")
}

/// A script of the peers, run by the interpreter that `variable` names.
pub(crate) fn script(variable: &str, nombre: &str) -> Child {
    let interprete = std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is set by cargo xtask test"));
    Child::new(interprete)
        .arg(pares().join(nombre))
        .timeout(Duration::from_secs(300))
}

/// Checks that the contestant gives what a loop gives, by both keys, timed as a whole and in parts.
pub(crate) fn da_lo_que_un_bucle(nombre: &str, contendiente: impl Fn() -> Child) {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("v.parquet");
    escribir(&entrada, &RARAS);
    for (clave, key, partes) in [("region", Key::Region, "0"), ("usuario", Key::User, "1")] {
        let salida = dir.path().join("r");
        let run = contendiente()
            .arg("--entrada")
            .arg(&entrada)
            .arg("--salida")
            .arg(&salida)
            .args(["--clave", clave, "--repeticiones", "2", "--partes", partes])
            .run()
            .unwrap();
        assert_eq!(run.code, Some(0), "{nombre}: {run:?}");
        let dicho = run.stdout_text();
        let dicho: serde_json::Value = serde_json::from_str(dicho.lines().last().unwrap()).unwrap();
        if partes == "0" {
            assert_eq!(dicho["consultas_s"].as_array().unwrap().len(), 2);
        } else {
            for parte in ["leer", "agregar", "escribir"] {
                assert!(dicho["partes_s"][parte].as_f64().unwrap() > 0.0, "{dicho}");
            }
        }
        assert_eq!(lineas(&salida), esperadas(&a_mano(&RARAS, key)), "{nombre}");
    }
}

/// Checks that a file that is no Parquet is named, and that nothing is written.
pub(crate) fn rechaza_lo_que_no_es_parquet(nombre: &str, contendiente: impl Fn() -> Child) {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("texto.parquet");
    std::fs::write(&entrada, "region,monto\nsur,1\n").unwrap();
    let run = contendiente()
        .arg("--entrada")
        .arg(&entrada)
        .arg("--salida")
        .arg(dir.path().join("r"))
        .run()
        .unwrap();
    assert_eq!(run.code, Some(3), "{nombre}: {run:?}");
    let quedan = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(quedan, 1, "{nombre} left something behind");
}

/// What the file or directory says, as the duel's checker renders it: its answer does not depend on a type's width.
fn lineas(salida: &Path) -> Vec<String> {
    let run = script("ECOMMERCE_PYTHON", "contenido.py")
        .arg(salida)
        .arg("--lineas")
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout_text().lines().map(str::to_owned).collect()
}

fn esperadas(respuesta: &Respuesta) -> Vec<String> {
    let fila = |(clave, numeros): (&Option<String>, &Vec<i64>)| {
        let clave = clave
            .as_ref()
            .map_or("\\N".to_owned(), |texto| texto.replace('\\', "\\\\"));
        let numeros = numeros.iter().map(i64::to_string);
        std::iter::once(clave)
            .chain(numeros)
            .collect::<Vec<_>>()
            .join("\x1f")
    };
    let mut filas: Vec<_> = respuesta.iter().map(fila).collect();
    filas.sort_unstable();
    filas
}
