//! The table of what each client can do, where it needs no other program.

use crate::{dias, espera};
use ej_16_5_5_table_formats::matrix::{Capability, Outcome, Trial, delta_trials, markdown};
use ej_16_5_5_table_formats::{Format, locked};

#[test]
fn delta_puede_todo_lo_de_la_tabla_y_las_filas_lo_confirman() {
    let carpeta = tempfile::tempdir().unwrap();
    let pruebas = espera(delta_trials(carpeta.path(), &dias()));
    assert_eq!(pruebas.len(), Capability::ALL.len());
    for prueba in &pruebas {
        assert!(matches!(prueba.fin, Outcome::Si(_)), "{prueba:?}");
    }
}

#[test]
fn lo_que_dice_el_otro_programa_se_lee_y_lo_que_nadie_probo_es_una_pregunta() {
    let dicho = r#"[{"formato":"iceberg","capacidad":"viajar","resultado":"si","detalle":"dos versiones"},
        {"formato":"iceberg","capacidad":"borrar","resultado":"sin_api","detalle":"Transaction no la tiene"}]"#;
    let pruebas: Vec<Trial> = serde_json::from_str(dicho).unwrap();
    let tabla = markdown(&pruebas, &[(Format::Iceberg, "iceberg 0.10".into())]);
    assert!(tabla.contains("| | Delta (?) | Iceberg (iceberg 0.10) | Hudi (?) |"));
    assert!(tabla.contains("| leer una versión anterior | ? | sí | ? |"));
    assert!(tabla.contains("| borrar por condición | ? | no hay función | ? |"));
    assert!(tabla.contains("- borrar por condición: Transaction no la tiene"));
}

#[test]
fn el_otro_espacio_de_trabajo_trae_versiones_que_no_caben_en_el_nuestro() {
    let fijado = locked();
    assert!(fijado.iceberg.starts_with("0.10."), "{fijado:?}");
    let nuestro = include_str!("../../../../Cargo.lock");
    let extrana = |nombre: &str, versiones: &[String]| {
        versiones.iter().any(|version| {
            !nuestro.contains(&format!("name = \"{nombre}\"\nversion = \"{version}\""))
        })
    };
    // Iceberg brings the one, Hudi the other; when neither is strange any more, the second workspace can go.
    assert!(extrana("arrow-array", &fijado.arrow), "{fijado:?}");
    assert!(extrana("object_store", &fijado.object_store), "{fijado:?}");
}
