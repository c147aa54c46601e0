//! `motor-datafusion` from outside: what it says and leaves with.

use crate::tienda::{archivos, en_trozos, tienda};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp::Tree;
use ecommerce_testlake::S3Server;
use std::fs;
use std::path::Path;
use std::time::Duration;

pub(crate) fn motor() -> Child {
    Child::new(env!("CARGO_BIN_EXE_motor-datafusion")).timeout(Duration::from_secs(300))
}

pub(crate) fn correr(argumentos: &[&str]) -> Finished {
    let run = motor().args(argumentos).run().unwrap();
    assert!(!run.crashed() && !run.timed_out, "{run:?}");
    run
}

/// The code and the one line of an error.
pub(crate) fn error(run: &Finished) -> (Option<i32>, String) {
    let dicho = run.stderr_text();
    assert_eq!(dicho.lines().count(), 1, "{dicho}");
    assert_eq!(run.stdout_text(), "");
    (
        run.code,
        dicho.trim_end().strip_prefix("error: ").unwrap().to_owned(),
    )
}

fn tabla(nombre: &str, ruta: &Path) -> String {
    format!("--tabla={nombre}={}", ruta.display())
}

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos_y_codigos() {
    let run = correr(&["--help"]);
    assert_eq!(run.code, Some(0));
    insta::assert_snapshot!("ayuda", run.stdout_text());
    for orden in ["consultar", "generar", "ventas", "tpch", "spark-sql"] {
        let run = correr(&[orden, "--help"]);
        assert_eq!(run.code, Some(0));
        let dicho = run.stdout_text();
        assert!(dicho.contains("Uso: motor-datafusion"), "{dicho}");
        assert!(
            !dicho.contains("Usage") && !dicho.contains("Options"),
            "{dicho}"
        );
    }
}

#[test]
fn una_consulta_se_responde_como_tabla_csv_y_json() {
    let dir = archivos(&tienda(), en_trozos());
    let ventas = tabla("v", &dir.path().join("ventas.parquet"));
    let sql = "SELECT COUNT(*) AS n, '=1+1' AS formula, NULL AS nada, 'a,\"b' AS comas FROM v";
    for (formato, dice) in [
        (
            "tabla",
            "n      formula  nada  comas\n20000  =1+1     NULL  a,\"b\n",
        ),
        ("csv", "n,formula,nada,comas\n20000,'=1+1,,\"a,\"\"b\"\n"),
        (
            "json",
            "{\"columnas\":[\"n\",\"formula\",\"nada\",\"comas\"],\"filas\":[[\"20000\",\"=1+1\",null,\"a,\\\"b\"]]}\n",
        ),
    ] {
        let run = correr(&["consultar", &ventas, "--formato", formato, sql]);
        assert_eq!((run.code, run.stdout_text().as_ref()), (Some(0), dice));
    }
    let explicado = correr(&[
        "consultar",
        &ventas,
        "--explicar",
        "SELECT SUM(monto) FROM v WHERE fecha >= '2024-06-01'",
    ]);
    let dicho = explicado.stdout_text();
    assert!(
        dicho.contains("row_groups_pruned_statistics=10 total → 1 matched"),
        "{dicho}"
    );
}

#[test]
fn dos_tablas_se_unen_y_un_directorio_es_una_tabla() {
    let dir = archivos(&tienda(), en_trozos());
    let dias = dir.path().join("dias");
    tienda().write_days(&dias, en_trozos()).unwrap();
    let (v, c) = (
        tabla("v", &dir.path().join("ventas.parquet")),
        tabla("c", &dir.path().join("clientes.parquet")),
    );
    let d = format!("--tabla=d={}/", dias.display());
    let sql = "SELECT (SELECT COUNT(*) FROM d) - COUNT(*) AS x, COUNT(c.id) > 0 AS y FROM v LEFT JOIN c ON v.user_id = c.id";
    let run = correr(&["consultar", &v, &c, &d, "--formato=csv", sql]);
    assert_eq!(
        (run.code, run.stdout_text().as_ref()),
        (Some(0), "x,y\n0,true\n"),
        "{run:?}"
    );
}

#[test]
fn lo_que_no_puede_ser_sale_con_2_y_dice_por_que() {
    let dir = archivos(&tienda(), en_trozos());
    let v = tabla("v", &dir.path().join("ventas.parquet"));
    let antes = Tree::of(dir.path()).unwrap();
    let copia = format!("COPY v TO '{}'", dir.path().join("x.parquet").display());
    for (argumentos, dice) in [
        (
            &["consultar", &v, "SELECT mont FROM v"][..],
            "Did you mean 'v.monto'?",
        ),
        (
            &["consultar", &v, "SELECT 1 FROM w"],
            "table 'datafusion.public.w' not found",
        ),
        (&["consultar", &v, &copia], "solo se responden consultas"),
        (
            &["consultar", &v, "DROP TABLE v"],
            "solo se responden consultas",
        ),
        (
            &["consultar", "--tabla", "v", "SELECT 1"],
            "valor no válido en --tabla",
        ),
        (
            &[
                "consultar",
                "--opcion",
                "datafusion.execution.batch_sise=1",
                "SELECT 1",
            ],
            "el ajuste «datafusion.execution.batch_sise»",
        ),
        (&["consultar"], "falta <SQL>"),
        (&["consulta", "SELECT 1"], "¿quería decir 'consultar'?"),
        (
            &["generar", "--escala", "-1", "--salida", "x"],
            "la escala -1 no vale",
        ),
        (
            &["generar", "--escala", "1e9", "--salida", "x"],
            "la escala 1000000000 no vale",
        ),
        (
            &["generar", "--escala", "nan", "--salida", "x"],
            "la escala NaN no vale",
        ),
        (
            &["tpch", "--datos", "x", "--consulta", "23"],
            "valor no válido en --consulta",
        ),
        (
            &["tpch", "--datos", "x", "--repeticiones", "0"],
            "valor no válido en --repeticiones",
        ),
    ] {
        let (codigo, dicho) = error(&correr(argumentos));
        assert_eq!(codigo, Some(2), "{argumentos:?}: {dicho}");
        assert!(dicho.contains(dice), "{argumentos:?}: {dicho}");
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_entrada_que_falta_o_esta_danada_sale_con_3_y_la_nombra() {
    let dir = archivos(&tienda(), en_trozos());
    let ruta = dir.path().join("ventas.parquet");
    let bueno = fs::read(&ruta).unwrap();
    let malo = dir.path().join("malo.parquet");
    fs::write(&malo, &bueno[..bueno.len() - 9]).unwrap();
    let paginas = dir.path().join("paginas.parquet");
    let mut danado = bueno.clone();
    danado[4..bueno.len() / 2].fill(0xAA);
    fs::write(&paginas, danado).unwrap();
    let no = dir.path().join("no.parquet");
    for (archivo, dice) in [
        (&no, "no.parquet: no existe"),
        (&malo, "malo.parquet: archivo dañado"),
        (
            &dir.path().to_owned(),
            "no es un archivo; si es un directorio, acábalo en /",
        ),
        (&paginas, ""),
    ] {
        let run = correr(&[
            "consultar",
            &tabla("v", archivo),
            "SELECT SUM(monto) FROM v",
        ]);
        let (codigo, dicho) = error(&run);
        assert_eq!(codigo, Some(3), "{dicho}");
        assert!(dicho.contains(dice), "{dicho}");
    }
    let (codigo, dicho) = error(&correr(&["tpch", "--datos", dir.path().to_str().unwrap()]));
    assert_eq!(codigo, Some(3));
    assert!(
        dicho.contains("hazlos con `motor-datafusion generar`"),
        "{dicho}"
    );
}

#[test]
fn lo_que_no_se_puede_escribir_sale_con_5_y_la_memoria_con_6() {
    let dir = archivos(&tienda(), en_trozos());
    let archivo = dir.path().join("archivo");
    fs::write(&archivo, "").unwrap();
    let dentro = archivo.join("tpch");
    let run = correr(&[
        "generar",
        "--escala",
        "0.001",
        "--salida",
        dentro.to_str().unwrap(),
    ]);
    assert_eq!(error(&run).0, Some(5));
    let v = tabla("v", &dir.path().join("ventas.parquet"));
    let sql = "SELECT COUNT(DISTINCT nota || user_id) FROM v";
    let run = correr(&["consultar", &v, "--memoria", "1", sql]);
    let (codigo, dicho) = error(&run);
    assert_eq!(codigo, Some(6), "{dicho}");
    assert!(dicho.starts_with("no basta la memoria"), "{dicho}");
}

#[test]
fn un_almacen_que_no_responde_sale_con_5_y_sin_claves_con_2() {
    let dir = archivos(&tienda(), en_trozos());
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("lago").unwrap();
    fs::copy(
        dir.path().join("ventas.parquet"),
        s3.path_of("lago", "ventas.parquet"),
    )
    .unwrap();
    let preguntar = |entorno: std::collections::HashMap<String, String>, url: &str| {
        motor()
            .args(["consultar", "--formato=csv", "--tabla"])
            .arg(format!("v={url}"))
            .arg("SELECT COUNT(*) AS n FROM v")
            .env_clear()
            .envs(entorno)
            .run()
            .unwrap()
    };
    let url = "s3://lago/ventas.parquet";
    let run = preguntar(s3.storage_options(), url);
    assert_eq!(
        (run.code, run.stdout_text().as_ref()),
        (Some(0), "n\n20000\n"),
        "{run:?}"
    );
    assert_eq!(error(&preguntar(Default::default(), url)).0, Some(2));
    assert_eq!(
        error(&preguntar(s3.storage_options(), "s3://lago/nada.parquet")).0,
        Some(3)
    );
    let mut nadie = s3.storage_options();
    nadie.insert("AWS_ENDPOINT_URL".into(), "http://127.0.0.1:1".into());
    let run = preguntar(nadie, url);
    assert_eq!(error(&run).0, Some(5));
    assert!(run.wall < Duration::from_secs(30), "{run:?}");
    assert_eq!(s3.credentials().occurrences(run.stderr_text()), 0);
}
