//! The program from outside.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ej_16_6_4_when_to_extend"));
    command.args(arguments);
    command
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn genera_y_lee_tambien_por_la_entrada_estandar() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("enero.may");
    let path = path.to_str().unwrap();
    let (code, out, err) = told(
        &program(&["generar", "--movimientos", "3000", path])
            .output()
            .unwrap(),
    );
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("3000 movimientos y "), "{out}");

    let (code, out, err) = told(&program(&["leer", "--hilos", "2", path]).output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(
        out.starts_with("origen         CENTRAL DE PROCESO, ESPAÑA\nmovimientos    3000\n"),
        "{out}"
    );
    assert!(
        out.contains(&format!(
            "bytes          {}\n",
            std::fs::metadata(path).unwrap().len()
        )),
        "{out}"
    );

    let mut child = program(&["leer", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&std::fs::read(path).unwrap())
        .unwrap();
    let piped = told(&child.wait_with_output().unwrap());
    assert_eq!((piped.0, piped.1), (Some(0), out));

    let (code, _, err) = told(
        &program(&["generar", "--movimientos", "1", path])
            .output()
            .unwrap(),
    );
    assert_eq!(code, Some(5));
    assert!(err.contains("no se puede leer o escribir"), "{err}");
}

#[test]
fn un_archivo_cortado_sale_con_3_y_dice_la_linea() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cortado.may");
    let path = path.to_str().unwrap();
    assert!(
        program(&["generar", "--movimientos", "100", path])
            .output()
            .unwrap()
            .status
            .success()
    );
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    let (code, out, err) = told(&program(&["leer", path]).output().unwrap());
    assert_eq!((code, out.as_str()), (Some(3), ""));
    assert!(err.starts_with(&format!("error: {path}: línea ")), "{err}");
    assert!(
        err.ends_with("el archivo acaba a mitad de línea: está cortado\n"),
        "{err}"
    );

    let (code, _, err) = told(&program(&["leer", "no-existe.may"]).output().unwrap());
    assert_eq!(code, Some(5));
    assert!(
        err.starts_with("error: no-existe.may: no se puede leer o escribir"),
        "{err}"
    );
}

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos() {
    let (code, out, _) = told(&program(&["--help"]).output().unwrap());
    assert_eq!(code, Some(0));
    for part in [
        "Uso:",
        "Órdenes",
        "generar",
        "leer",
        "Ejemplos:",
        "Códigos de salida",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (code, out, err) = told(&program(&["generar", "x.may"]).output().unwrap());
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: "), "{err}");
}
