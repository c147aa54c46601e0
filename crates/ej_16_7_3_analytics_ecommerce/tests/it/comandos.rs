use crate::bancada::{Bancada, FECHA, falla, json};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::temp::tree_digest;
use std::fs;

#[test]
fn la_demostracion_corre_entera_y_deja_un_informe() {
    let b = Bancada::vacia();
    let f = b.crudo(&["demo", "--filas", "5000"]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let texto = f.stdout_text();
    for parte in [
        "1/4",
        "2/4",
        "3/4",
        "4/4",
        "14 días procesados",
        "ticket_promedio",
        "informe.html",
    ] {
        assert!(texto.contains(parte), "{parte}: {texto}");
    }
    let html = fs::read_to_string(b.ruta("demo-analytics/informe.html")).unwrap();
    assert!(html.contains("<svg") && !html.contains("http://") && !html.contains("src=\"http"));
    // Again: its own directory is cleared, a stranger's is not.
    assert_eq!(
        b.crudo(&["demo", "--filas", "5000", "--silencioso"])
            .run()
            .unwrap()
            .code,
        Some(0)
    );
    fs::create_dir(b.ruta("ajeno")).unwrap();
    fs::write(b.ruta("ajeno/nota"), "x").unwrap();
    falla(
        &b.crudo(&["demo", "--directorio", "ajeno"]).run().unwrap(),
        2,
        &["no está vacío"],
    );
}

#[test]
fn generar_repite_los_bytes_y_aparta_las_etiquetas_del_fraude() {
    let b = Bancada::vacia();
    let generar = |salida: &str, semilla: &str| {
        let f = b
            .crudo(&[
                "generar",
                "--filas",
                "20000",
                "--dias",
                "3",
                "--semilla",
                semilla,
                "--salida",
                salida,
            ])
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        tree_digest(b.ruta(salida)).unwrap()
    };
    assert_eq!(generar("a", "7"), generar("b", "7"));
    assert_ne!(generar("c", "8"), generar("d", "9"));
    let etiquetas = fs::read_to_string(b.ruta("a/_etiquetas_fraude.csv")).unwrap();
    assert!(etiquetas.lines().count() > 1);
    falla(
        &b.crudo(&["generar", "--salida", "a"]).run().unwrap(),
        2,
        &["no está vacío"],
    );
}

#[test]
fn un_rango_sigue_donde_estaba_y_dice_lo_que_falta() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let rango = |mas: &[&str]| {
        let f = b
            .crudo(&[
                "rango",
                "--desde",
                FECHA,
                "--hasta",
                "2024-01-17",
                "-e",
                "eventos",
                "-s",
                "metricas",
                "--json",
            ])
            .args(mas)
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let r = json(&f);
        ["hechos", "ya_estaban", "sin_datos", "con_error"].map(|c| r[c].as_u64().unwrap())
    };
    assert_eq!(rango(&[]), [1, 1, 1, 0]);
    assert_eq!(rango(&[]), [0, 2, 1, 0]);
    let antes = b.contenido("metricas");
    assert_eq!(rango(&["--rehacer", "--trabajos", "2"]), [2, 0, 1, 0]);
    assert_eq!(b.contenido("metricas"), antes);
    let f = b
        .crudo(&[
            "rango",
            "--desde",
            "2030-01-01",
            "--hasta",
            "2030-01-02",
            "-e",
            "eventos",
            "-s",
            "m2",
        ])
        .run()
        .unwrap();
    falla(&f, 3, &["ningún día entre el 2030-01-01 y el 2030-01-02"]);
}

#[test]
fn consultar_solo_lee() {
    let falta = FaultReport::begin(
        21,
        "SQL",
        "DROP, DELETE, INSERT, COPY, CREATE EXTERNAL TABLE, SET, rutas y varias órdenes",
    );
    let mut veces = 0;
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let antes = tree_digest(b.ruta("")).unwrap();
    for sql in [
        "DROP TABLE metricas_diarias",
        "DELETE FROM metricas_diarias",
        "INSERT INTO cuarentena SELECT * FROM cuarentena",
        "COPY metricas_diarias TO 'robo.csv'",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE VIEW v AS SELECT 1",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * FROM '/etc/passwd'",
        "SELECT 1; DROP TABLE cuarentena",
        "SELEC 1",
        "SELECT no_hay FROM metricas_diarias",
    ] {
        falla(
            &b.crudo(&["consultar", sql, "--tabla", "metricas"])
                .run()
                .unwrap(),
            2,
            &["la consulta no se puede hacer"],
        );
        veces += 1;
    }
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
    falta.passed(
        veces,
        "salen con 2; nada se escribe ni se lee fuera de las tablas",
    );
}

#[test]
fn consultar_da_cada_formato_y_las_versiones_pasadas() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let dos = b
        .crudo(&[
            "-f",
            "2024-01-16",
            "-e",
            "eventos",
            "-s",
            "metricas",
            "--silencioso",
        ])
        .run()
        .unwrap();
    assert_eq!(dos.code, Some(0));
    let sql = "SELECT fecha, count(*) AS n FROM metricas_diarias GROUP BY fecha ORDER BY fecha";
    let consulta = |mas: &[&str]| {
        let f = b
            .crudo(&["consultar", sql, "--tabla", "metricas"])
            .args(mas)
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        f.stdout_text()
    };
    assert_eq!(
        consulta(&["--formato", "csv"]),
        "fecha,n\n2024-01-15,5\n2024-01-16,5\n"
    );
    assert_eq!(
        consulta(&["--formato", "csv", "--version", "0"]),
        "fecha,n\n2024-01-15,5\n"
    );
    assert_eq!(
        consulta(&["--formato", "markdown"]).lines().nth(1),
        Some("| --- | --- |")
    );
    assert_eq!(
        consulta(&["--json"]),
        "[{\"fecha\":\"2024-01-15\",\"n\":5},{\"fecha\":\"2024-01-16\",\"n\":5}]\n"
    );
    assert!(consulta(&[]).contains("| 2024-01-16 | 5 |"));
    assert_eq!(
        consulta(&["--formato", "csv", "--a-fecha", "2100-01-01T00:00:00Z"])
            .lines()
            .count(),
        3
    );
    let f = b
        .crudo(&["consultar", sql, "--tabla", "metricas", "--version", "99"])
        .run()
        .unwrap();
    falla(&f, 3, &["la versión 99; la última es la 1"]);

    let h = b
        .crudo(&["historia", "--tabla", "metricas", "--json"])
        .run()
        .unwrap();
    let historia = json(&h);
    assert_eq!(
        historia
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["version"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [1, 0]
    );
    assert!(
        historia[0]["predicado"]
            .as_str()
            .unwrap()
            .contains("2024-01-16"),
        "{historia}"
    );
}

#[test]
fn mantener_ensaya_primero_y_luego_borra_restos() {
    let b = Bancada::con_eventos();
    for _ in 0..3 {
        assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    }
    let resto = b.ruta("metricas/_delta_log/00000000000000000099.json#1");
    fs::write(&resto, "a medias").unwrap();
    let contenido = b.contenido("metricas");
    let antes = tree_digest(b.ruta("")).unwrap();
    let ensayo = b
        .crudo(&[
            "mantener",
            "--tabla",
            "metricas",
            "--retencion",
            "0",
            "--json",
        ])
        .run()
        .unwrap();
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
    let tabla = |r: &serde_json::Value, t: &str| {
        r["tablas"]
            .as_array()
            .unwrap()
            .iter()
            .find(|x| x["tabla"] == t)
            .unwrap()
            .clone()
    };
    let metricas = tabla(&json(&ensayo), "metricas_diarias");
    assert_eq!(
        (
            metricas["sin_uso"].as_array().unwrap().len(),
            metricas["restos"].as_array().unwrap().len()
        ),
        (2, 1)
    );
    let hecho = b
        .crudo(&[
            "mantener",
            "--tabla",
            "metricas",
            "--retencion",
            "0",
            "--ejecutar",
        ])
        .run()
        .unwrap();
    assert_eq!(hecho.code, Some(0), "{}", hecho.stderr_text());
    assert!(!resto.exists());
    assert_eq!(b.contenido("metricas"), contenido);
    let f = b
        .crudo(&[
            "consultar",
            "SELECT sum(clicks) FROM metricas_diarias",
            "--tabla",
            "metricas",
            "--version",
            "0",
        ])
        .run()
        .unwrap();
    assert_ne!(f.code, Some(0), "la versión 0 ya no debería poder leerse");
}

#[test]
fn importar_cdnow_cuadra_al_centavo_y_manda_a_cuarentena_las_de_cero() {
    let b = Bancada::vacia();
    let lineas = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n 00002 19970112  5   77.00\r\n 00003 19970101  2    0.00\r\n";
    fs::write(b.ruta("cdnow.txt"), lineas).unwrap();
    let f = b
        .crudo(&[
            "importar",
            "cdnow",
            "--archivo",
            "cdnow.txt",
            "--salida",
            "eventos",
        ])
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let f = b
        .crudo(&[
            "rango",
            "--desde",
            "1997-01-01",
            "--hasta",
            "1997-12-31",
            "-e",
            "eventos",
            "-s",
            "metricas",
            "--json",
        ])
        .run()
        .unwrap();
    let dias = json(&f)["dias"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| d["estado"] == "hecho")
        .cloned()
        .collect::<Vec<_>>();
    let resumen: Vec<_> = dias
        .iter()
        .map(|d| {
            (
                d["fecha"].as_str().unwrap(),
                d["revenue"].as_str().unwrap(),
                d["filas_cuarentena"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        resumen,
        [("1997-01-01", "11.77", 1), ("1997-01-12", "154.00", 0)]
    );
    fs::write(b.ruta("roto.txt"), " 00001 1997-01-01 1 2.0\n").unwrap();
    falla(
        &b.crudo(&[
            "importar",
            "cdnow",
            "--archivo",
            "roto.txt",
            "--salida",
            "e2",
        ])
        .run()
        .unwrap(),
        3,
        &["línea 1"],
    );
    assert!(!b.ruta("e2").exists());
}
