//! The binary, from outside.

use super::lago::{BUCKET, MIB, bytes, carpeta, servidor, url_de};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testlake::S3Server;

fn corre(server: &S3Server, argumentos: &[&str]) -> Finished {
    Child::new(env!("CARGO_BIN_EXE_ej_16_2_4_object_store"))
        .args(argumentos)
        .env_clear()
        .envs(server.storage_options())
        .run()
        .unwrap()
}

#[test]
fn lista_lee_y_copia_por_url() {
    let (server, dir) = (servidor(), carpeta());
    let local = url_de(&dir.path().join("datos.bin"));
    let remoto = format!("s3://{BUCKET}/ventas/datos.bin");
    let todo = bytes(9 * MIB, 1);
    std::fs::write(dir.path().join("datos.bin"), &todo).unwrap();

    let copiado = corre(&server, &["copiar", &local, &remoto]);
    assert_eq!(
        copiado.stdout_text(),
        format!("9437184 bytes en 2 partes: {remoto}\n"),
        "{copiado:?}"
    );
    let listado = corre(&server, &["listar", &format!("s3://{BUCKET}")]);
    assert_eq!(listado.stdout_text(), format!("       9437184  {remoto}\n"));
    let leido = corre(&server, &["leer", &remoto]);
    assert!(leido.stdout == todo && leido.stderr.is_empty());
    let trozo = corre(&server, &["leer", &remoto, "--rango", "8388600..8388616"]);
    assert_eq!(trozo.stdout, todo[8388600..8388616]);
    let vuelto = corre(
        &server,
        &["copiar", &remoto, &url_de(&dir.path().join("vuelto.bin"))],
    );
    assert!(vuelto.success() && std::fs::read(dir.path().join("vuelto.bin")).unwrap() == todo);
}

#[test]
fn los_errores_son_una_linea_en_espanol_y_un_codigo() {
    let server = servidor();
    let falta = format!("s3://{BUCKET}/falta");
    std::fs::write(server.path_of(BUCKET, "corto"), "abc").unwrap();
    let corto = format!("s3://{BUCKET}/corto");
    for (argumentos, codigo, dice) in [
        (vec!["leer", &falta[..]], 3, "s3://lago/falta: no existe"),
        (
            vec!["leer", "s3://otro-lago/x"],
            3,
            "no existe el bucket 'otro-lago'",
        ),
        (
            vec!["leer", &corto[..], "--rango", "1..9"],
            3,
            "tiene 3 bytes, y se piden de 1 a 9",
        ),
        (
            vec!["leer", "s3://lago"],
            2,
            "nombra un bucket, no un objeto",
        ),
        (
            vec!["leer", "s3://lago/a/../b"],
            2,
            "'s3://lago/a/../b' no es una clave",
        ),
        (vec!["leer", "ftp://x/y"], 2, "'ftp://' no se conoce"),
        (
            vec!["leer", "datos.csv"],
            2,
            "no es una URL; un archivo es file:///ruta",
        ),
        (
            vec!["leer", "gs://lago/x"],
            2,
            "faltan credenciales: GOOGLE_APPLICATION_CREDENTIALS",
        ),
        (
            vec!["leer", &falta[..], "--opcion", "aws_regoin=x"],
            2,
            "no se conoce la opción 'aws_regoin'",
        ),
        (
            vec![
                "leer",
                &falta[..],
                "--opcion",
                "aws_endpoint_url=http://10.0.0.1",
            ],
            2,
            "el endpoint debe ser https",
        ),
        (vec!["listar", "s3://otro-lago"], 3, "no existe el bucket"),
    ] {
        let hecho = corre(&server, &argumentos);
        assert_eq!(hecho.code, Some(codigo), "{argumentos:?}: {hecho:?}");
        let error = hecho.stderr_text();
        assert!(
            error.starts_with("error: ") && error.contains(dice),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(hecho.stdout.is_empty());
    }
}

#[test]
fn una_orden_sin_sentido_explica_el_uso_y_acaba_con_2() {
    let server = servidor();
    for (argumentos, dice) in [
        (vec![], "falta la orden"),
        (vec!["borrar", "x"], "no existe la orden 'borrar'"),
        (vec!["leer"], "a leer le falta una URL"),
        (vec!["copiar", "memory:///x"], "a copiar le falta una URL"),
        (vec!["leer", "memory:///x", "otra"], "sobran argumentos"),
        (
            vec!["listar", "memory:///x", "--rango", "1..2"],
            "sobran argumentos",
        ),
        (
            vec!["leer", "memory:///x", "--rango", "9..1"],
            "--rango es A..B",
        ),
        (
            vec!["leer", "memory:///x", "--rango"],
            "a --rango le falta su valor",
        ),
        (
            vec!["leer", "memory:///x", "--en-vuelo", "0"],
            "--en-vuelo es un número de 1 a 64",
        ),
        (
            vec!["leer", "memory:///x", "--opcion", "sin-igual"],
            "--opcion es CLAVE=VALOR",
        ),
        (
            vec!["leer", "memory:///x", "--desconocida"],
            "no existe la opción --desconocida",
        ),
    ] {
        let hecho = corre(&server, &argumentos);
        assert_eq!(hecho.code, Some(2), "{argumentos:?}: {hecho:?}");
        let error = hecho.stderr_text();
        assert!(
            error.starts_with(&format!("error: {dice}")) && error.contains("Uso: "),
            "{error}"
        );
    }
    let ayuda = corre(&server, &["--ayuda"]);
    assert!(ayuda.success() && ayuda.stdout_text().starts_with("Uso: "));
}

#[test]
fn una_opcion_va_antes_que_el_entorno() {
    let server = servidor();
    std::fs::write(server.path_of(BUCKET, "x"), "abc").unwrap();
    let leido = Child::new(env!("CARGO_BIN_EXE_ej_16_2_4_object_store"))
        .args(["leer", &format!("s3://{BUCKET}/x")])
        .args([
            "--opcion",
            &format!("aws_endpoint_url={}", server.endpoint()),
        ])
        .env_clear()
        .envs(server.storage_options())
        // Nobody listens there.
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run()
        .unwrap();
    assert_eq!(leido.stdout_text(), "abc", "{leido:?}");
}

#[test]
fn quien_deja_de_leer_no_es_un_error() {
    let server = servidor();
    std::fs::write(server.path_of(BUCKET, "x"), bytes(9 * MIB, 1)).unwrap();
    let binario = env!("CARGO_BIN_EXE_ej_16_2_4_object_store");
    let cabeza = Child::new("/bin/sh")
        .args([
            "-c",
            "{ \"$0\" leer \"$1\"; echo \"codigo $?\" >&2; } | head -c 10 | wc -c",
            binario,
        ])
        .arg(format!("s3://{BUCKET}/x"))
        .env_clear()
        .envs(server.storage_options())
        .env("PATH", "/usr/bin:/bin")
        .run()
        .unwrap();
    assert_eq!(
        (cabeza.stdout_text().trim(), cabeza.stderr_text().trim()),
        ("10", "codigo 0")
    );
}
