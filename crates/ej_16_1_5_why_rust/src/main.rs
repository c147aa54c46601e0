//! Ejercicio 16.1.5: imprime las dos tablas y dice si las pruebas que citan están en el repositorio.
#![forbid(unsafe_code)]

use ej_16_1_5_why_rust::{Grupo, Veredicto, analisis};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let analysis = match analisis() {
        Ok(analysis) => analysis,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    for group in [
        Grupo::Cronologia,
        Grupo::PorQueRust,
        Grupo::PorQuePython,
        Grupo::Premisas,
    ] {
        println!(
            "## {}\n\n{}",
            group.titulo(),
            analysis.tabla_de_afirmaciones(group)
        );
    }
    println!(
        "## DataFusion y DuckDB\n\n{}",
        analysis.tabla_de_comparacion()
    );

    let counts = [
        Veredicto::Confirmada,
        Veredicto::Matizada,
        Veredicto::Caducada,
        Veredicto::Refutada,
        Veredicto::NoComprobable,
    ]
    .map(|verdict| format!("{verdict}: {}", analysis.cuantas(verdict)));
    println!(
        "{} afirmaciones · {}",
        analysis.afirmaciones.len(),
        counts.join(" · ")
    );

    // Under cargo the sources are beside us; a copied binary has none to look at.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !root.join("Cargo.lock").is_file() {
        println!("las pruebas citadas no se comprueban: esto no corre dentro del repositorio");
        return ExitCode::SUCCESS;
    }
    let missing = analysis.faltas(&root);
    for fault in &missing {
        eprintln!("falta: {fault}");
    }
    if missing.is_empty() {
        println!("las pruebas y los bancos citados existen");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
