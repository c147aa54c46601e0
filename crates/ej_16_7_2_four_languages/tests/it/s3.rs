//! The same work over an object, by the environment alone.

use crate::archivos::{RARAS, a_mano, escribir, leer};
use crate::programas::PROGRAMAS;
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp::{self, Tree};
use ecommerce_testlake::S3Server;
use ej_16_7_2_four_languages::Key;
use std::path::Path;

fn servidor() -> S3Server {
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("ventas").unwrap();
    escribir(&s3.path_of("ventas", "v.parquet"), &RARAS);
    s3
}

fn programa(nombre: &str, objeto: &str, salida: &Path) -> Child {
    Child::new(nombre)
        .args(["--entrada", objeto, "--salida"])
        .arg(salida)
        .env_clear()
}

#[test]
fn desde_s3_la_respuesta_es_la_del_disco() {
    let s3 = servidor();
    let dir = temp::dir().unwrap();
    let salida = dir.path().join("r.parquet");
    for nombre in PROGRAMAS {
        for (clave, key) in [("region", Key::Region), ("usuario", Key::User)] {
            let run = programa(nombre, "s3://ventas/v.parquet", &salida)
                .args(["--clave", clave])
                .envs(s3.storage_options())
                .run()
                .unwrap();
            assert_eq!(run.code, Some(0), "{run:?}");
            assert_eq!(leer(&salida, key), a_mano(&RARAS, key), "{nombre}");
            assert_eq!(run.occurrences(s3.credentials().secret_key()), 0);
        }
    }
}

#[test]
fn un_objeto_que_no_esta_o_una_direccion_que_no_lo_es_salen_con_3_y_no_escriben() {
    let s3 = servidor();
    let dir = temp::dir().unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for nombre in PROGRAMAS {
        for objeto in ["s3://ventas/no.parquet", "s3://ventas", "s3://"] {
            let run = programa(nombre, objeto, &dir.path().join("r"))
                .envs(s3.storage_options())
                .run()
                .unwrap();
            assert_eq!(run.code, Some(3), "{nombre} {objeto}: {run:?}");
            assert!(run.stderr_text().contains(objeto), "{run:?}");
            assert_eq!(run.occurrences(s3.credentials().secret_key()), 0);
        }
        // Without keys nobody is asked for any.
        let run = programa(nombre, "s3://ventas/v.parquet", &dir.path().join("r"))
            .run()
            .unwrap();
        assert_eq!(run.code, Some(3));
        assert!(run.stderr_text().contains("AWS_ACCESS_KEY_ID"), "{run:?}");
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}
