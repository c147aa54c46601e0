//! S3: the same results, clear failures, no half-written object, no key in any output.

use crate::bancada::{Bancada, error};
use ecommerce_testkit::process::Finished;
use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
use std::collections::HashMap;

const TUBERIA: &str = "\
entradas: { v: { ruta: 's3://tienda/v/a.csv' } }
pasos: [ { filtrar: n > 1 } ]
salida: { ruta: 's3://tienda/o/r.parquet' }
";

fn servidor() -> S3Server {
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("tienda").unwrap();
    let objeto = s3.path_of("tienda", "v/a.csv");
    std::fs::create_dir_all(objeto.parent().unwrap()).unwrap();
    std::fs::write(objeto, "n,t\n1,a\n2,b\n3,c\n").unwrap();
    s3
}

fn corre(s3: &S3Server, opciones: HashMap<String, String>, yaml: &str) -> Finished {
    let b = Bancada::nueva();
    b.escribe("t.yaml", yaml);
    let run = b
        .comando(&["t.yaml"])
        .env_clear()
        .envs(opciones)
        .run()
        .unwrap();
    assert_eq!(run.occurrences(s3.credentials().secret_key()), 0);
    assert_eq!(run.occurrences(s3.credentials().access_key()), 0);
    run
}

#[test]
fn de_csv_a_parquet_en_s3_aparece_entero() {
    let s3 = servidor();
    let run = corre(&s3, s3.storage_options(), TUBERIA);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr_text().contains("CSV en S3"), "{run:?}");
    let filas: usize = crate::bancada::lotes(&s3.path_of("tienda", "o/r.parquet"))
        .iter()
        .map(arrow::array::RecordBatch::num_rows)
        .sum();
    assert_eq!(filas, 2);
    assert!(s3.unfinished_uploads().unwrap().is_empty());
}

#[test]
fn lo_que_no_existe_sale_con_3_y_lo_nombra() {
    let s3 = servidor();
    for (ruta, dice) in [
        ("s3://tienda/v/no.csv", "s3://tienda/v/no.csv"),
        ("s3://tienda/v/*.parquet", "s3://tienda/v/*.parquet"),
        ("s3://otro/v/a.csv", "s3://otro/v/a.csv"),
    ] {
        let run = corre(
            &s3,
            s3.storage_options(),
            &TUBERIA.replace("s3://tienda/v/a.csv", ruta),
        );
        let (codigo, mensaje) = error(&run);
        assert_eq!(codigo, 3, "{mensaje}");
        assert!(mensaje.contains(dice), "{mensaje}");
    }
}

#[test]
fn sin_permiso_sin_servidor_o_con_errores_sale_con_5_y_nombra_el_objeto() {
    let s3 = servidor();
    let mut opciones = s3.storage_options();
    opciones.insert(
        "AWS_SECRET_ACCESS_KEY".into(),
        "otra-clave-que-no-es".into(),
    );
    let (codigo, mensaje) = error(&corre(&s3, opciones, TUBERIA));
    assert_eq!(codigo, 5, "{mensaje}");
    assert!(
        mensaje.contains("s3://tienda/v/a.csv") && mensaje.contains("acceso denegado"),
        "{mensaje}"
    );

    let proxy = FaultProxy::before(&s3, 7).unwrap();
    for fallo in [
        Fault::Answer(503),
        Fault::Answer(500),
        Fault::Refuse(403, "AccessDenied"),
        Fault::Drop,
    ] {
        proxy.clear();
        proxy.add(Rule::any(fallo).path("v/a.csv"));
        let (codigo, mensaje) = error(&corre(&s3, proxy.storage_options(&s3), TUBERIA));
        assert_eq!(codigo, 5, "{mensaje}");
        assert!(mensaje.contains("s3://tienda/v/a.csv"), "{mensaje}");
    }
    proxy.clear();
    proxy.down().unwrap();
    let (codigo, mensaje) = error(&corre(&s3, proxy.storage_options(&s3), TUBERIA));
    assert_eq!(codigo, 5, "{mensaje}");
    assert!(
        mensaje.contains("s3://tienda/v/a.csv") && mensaje.contains("no responde"),
        "{mensaje}"
    );
    assert!(!s3.path_of("tienda", "o/r.parquet").exists());
}

#[test]
fn un_fallo_pasajero_se_reintenta() {
    let s3 = servidor();
    let proxy = FaultProxy::before(&s3, 7).unwrap();
    proxy.add(Rule::any(Fault::Answer(503)).path("v/a.csv").times(1));
    proxy.add(Rule::any(Fault::Answer(500)).path("o/r.parquet").times(1));
    let run = corre(&s3, proxy.storage_options(&s3), TUBERIA);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(proxy.faults().len(), 2);
}

#[test]
fn una_escritura_que_falla_no_deja_objeto_y_la_anterior_sigue() {
    let s3 = servidor();
    let anterior = s3.path_of("tienda", "o/r.parquet");
    std::fs::create_dir_all(anterior.parent().unwrap()).unwrap();
    std::fs::write(&anterior, "lo de antes").unwrap();
    let proxy = FaultProxy::before(&s3, 7).unwrap();
    for fallo in [Fault::Answer(503), Fault::Refuse(403, "AccessDenied")] {
        proxy.clear();
        proxy.add(Rule::put(fallo).path("o/r.parquet"));
        let (codigo, mensaje) = error(&corre(&s3, proxy.storage_options(&s3), TUBERIA));
        assert_eq!(codigo, 5, "{mensaje}");
        assert!(mensaje.contains("s3://tienda/"), "{mensaje}");
        assert_eq!(std::fs::read(&anterior).unwrap(), b"lo de antes");
    }
    // The data fail while the object is being written: nothing of it is there either.
    let malos = s3.path_of("tienda", "v/a.csv");
    let texto = "n,t\n".to_owned() + &"1,a\n".repeat(3_000) + "uno,b\n";
    std::fs::write(malos, texto).unwrap();
    let (codigo, mensaje) = error(&corre(&s3, s3.storage_options(), TUBERIA));
    assert_eq!(codigo, 3, "{mensaje}");
    assert_eq!(std::fs::read(&anterior).unwrap(), b"lo de antes");
}

#[test]
fn lo_que_no_es_seguro_o_no_es_atomico_se_rechaza_sin_preguntar() {
    let s3 = servidor();
    let con = |clave: &str, valor: &str| {
        let mut opciones = s3.storage_options();
        opciones.insert(clave.into(), valor.into());
        opciones
    };
    let (codigo, mensaje) = error(&corre(
        &s3,
        con("AWS_ENDPOINT_URL", "http://s3.example.com"),
        TUBERIA,
    ));
    assert!(codigo == 2 && mensaje.contains("https"), "{mensaje}");
    let (codigo, mensaje) = error(&corre(&s3, HashMap::new(), TUBERIA));
    assert!(
        codigo == 2 && mensaje.contains("AWS_ACCESS_KEY_ID"),
        "{mensaje}"
    );
    for (yaml, dice) in [
        (
            TUBERIA.replace("o/r.parquet'", "o', particionar: t"),
            "no aparecen a la vez",
        ),
        (
            TUBERIA.replace("o/r.parquet", "v/a.csv"),
            "es la entrada «v»",
        ),
        (TUBERIA.replace("o/r.parquet", "o/*.csv"), "comodines"),
    ] {
        let (codigo, mensaje) = error(&corre(&s3, s3.storage_options(), &yaml));
        assert!(codigo == 2 && mensaje.contains(dice), "{mensaje}");
    }
}
