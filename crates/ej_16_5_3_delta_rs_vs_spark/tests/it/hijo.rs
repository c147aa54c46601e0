//! The engine in a process of its own, with shell scripts in the place of Python: what it says, and what becomes of one that dies.

use ej_16_5_3_delta_rs_vs_spark::engine::Engine;
use ej_16_5_3_delta_rs_vs_spark::{Action, ChildEngine, Content, RunError, Who};
use std::path::Path;
use tempfile::TempDir;

fn hijo(guion: &str) -> (TempDir, ChildEngine) {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("guion.sh");
    std::fs::write(&ruta, guion).unwrap();
    let motor = ChildEngine::new(Who::Python, "sh", ruta).with("SALUDO", "hola");
    (dir, motor)
}

fn leer(motor: &mut ChildEngine) -> Result<Result<Option<Content>, String>, RunError> {
    motor.ask(Action::Leer, "append", Path::new("/tmp/t"))
}

#[test]
fn pregunta_con_una_linea_y_entiende_otra() {
    let guion = r#"read -r linea
case "$linea" in *'"accion":"leer"'*'"funcion":"append"'*'"tabla":"/tmp/t"'*) ;; *) exit 9;; esac
echo '{"contenido": {"columnas": ["b", "a"], "filas": [["2", null], ["1", "'$SALUDO'"]]}}'
read -r linea
echo '{"versiones": [["sh", "1"]]}'"#;
    let (_dir, mut motor) = hijo(guion);
    assert_eq!(
        leer(&mut motor).unwrap().unwrap(),
        Some(Content::of("a b | hola 1 | - 2"))
    );
    assert_eq!(
        motor.versions().unwrap(),
        [("sh".to_owned(), "1".to_owned())]
    );
    assert_eq!((motor.who(), motor.starts()), (Who::Python, 1));
}

#[test]
fn su_error_queda_en_la_primera_linea() {
    let (_dir, mut motor) =
        hijo(r#"read -r l; printf '%s\n' '{"error": "no hay /tmp/t\ntraza"}'; read -r l"#);
    assert_eq!(leer(&mut motor).unwrap(), Err("no hay <tabla>".into()));
}

#[test]
fn el_que_muere_lo_dice_y_a_la_siguiente_pregunta_arranca_otro() {
    let (_dir, mut motor) = hijo("read -r l; echo 'adiós, mundo' >&2; exit 3");
    for veces in 1..=2 {
        let dicho = leer(&mut motor).unwrap().unwrap_err();
        assert!(
            dicho.starts_with("el proceso murió, exit status: 3"),
            "{dicho}"
        );
        assert_eq!(motor.starts(), veces);
    }
}

#[test]
fn una_respuesta_que_no_lo_es_detiene_la_corrida() {
    let (_dir, mut motor) = hijo("read -r l; echo 'buenas'; read -r l");
    let error = leer(&mut motor).unwrap_err();
    assert!(
        matches!(error, RunError::Answer { ref line, .. } if line == "buenas"),
        "{error:?}"
    );
}

#[test]
fn sin_interprete_o_sin_versiones_no_hay_corrida() {
    let mut nadie = ChildEngine::new(Who::Spark, "/no/existe", "x");
    assert!(matches!(nadie.versions(), Err(RunError::Start { .. })));
    let (_dir, mut mudo) = hijo("exit 1");
    assert!(matches!(mudo.versions(), Err(RunError::Broken { .. })));
}
