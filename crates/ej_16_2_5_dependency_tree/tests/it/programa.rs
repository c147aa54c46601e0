//! The program.

use crate::{REDUCIDO, raiz};
use ej_16_2_5_dependency_tree::draw::svg_facts;
use std::path::Path;
use std::process::{Command, Output};

fn correr(dir: &Path, argumentos: &[&str]) -> Output {
    let mut programa = Command::new(env!("CARGO_BIN_EXE_ej_16_2_5_dependency_tree"));
    programa.args(argumentos).current_dir(dir).output().unwrap()
}

fn texto(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn sin_argumentos_imprime_el_arbol_los_veredictos_y_la_tabla() {
    let salida = correr(&raiz(), &[]);
    assert!(salida.status.success(), "{}", texto(&salida.stderr));
    let dicho = texto(&salida.stdout);
    for parte in [
        "este workspace",
        "«Todos usan arrow-rs como la capa de datos en memoria»\n   refutada: DataFusion y Delta-rs sí; Polars no: tiene polars-arrow",
        "los tres motores comparten",
        "| caso | en arrow-rs | en Polars |",
    ] {
        assert!(dicho.contains(parte), "{parte}\n{dicho}");
    }
    assert_eq!(texto(&salida.stderr), "", "a library's panic is not shown");
}

#[test]
fn con_un_lock_no_necesita_cargo_y_dibuja_en_el_archivo_pedido() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Cargo.lock"), REDUCIDO).unwrap();
    let salida = correr(dir.path(), &["--lock", "Cargo.lock", "--svg", "arbol.svg"]);
    assert!(salida.status.success(), "{}", texto(&salida.stderr));
    assert!(salida.stdout.is_empty());
    let dibujo = std::fs::read_to_string(dir.path().join("arbol.svg")).unwrap();
    assert_eq!(svg_facts(&dibujo).boxes.len(), 10);

    let salida = correr(dir.path(), &["--lock", "Cargo.lock", "--mermaid"]);
    assert!(texto(&salida.stdout).starts_with("flowchart TD\n"));
}

#[test]
fn lo_que_no_se_puede_leer_se_nombra() {
    let dir = tempfile::tempdir().unwrap();
    let error = |argumentos: &[&str]| {
        let salida = correr(dir.path(), argumentos);
        assert!(!salida.status.success());
        assert!(salida.stdout.is_empty());
        texto(&salida.stderr).to_owned()
    };
    assert!(error(&["--lock", "no.lock"]).contains("no se puede leer no.lock"));
    std::fs::write(dir.path().join("roto.lock"), "[[package").unwrap();
    assert!(error(&["--lock", "roto.lock"]).contains("no se entiende roto.lock"));
    assert!(error(&["--manifiesto", "no/Cargo.toml"]).contains("cargo no da las dependencias"));
    std::fs::write(dir.path().join("ok.lock"), REDUCIDO).unwrap();
    assert!(
        error(&["--lock", "ok.lock", "--svg", "no/arbol.svg"])
            .contains("no se puede escribir no/arbol.svg")
    );
    assert!(error(&["--mermaid", "--svg", "x.svg"]).contains("--svg"));
}
