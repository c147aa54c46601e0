//! The command line: what it prints, what it exits with.

use crate::bancada::{Bancada, FECHA, falla, json};
use ecommerce_testkit::temp::tree_digest;

#[test]
fn sin_entrada_inventa_un_dia_lo_hace_dos_veces_y_ensena_la_tabla() {
    let b = Bancada::vacia();
    let f = b
        .crudo(&["--fecha", FECHA])
        .env("TMPDIR", b.ruta(""))
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let dicho = f.stdout_text();
    for parte in [
        "hechos 2 veces",
        "| region | segmento | revenue",
        "| norte  | premium  |",
        "versión 1 de la tabla",
        "fuera ",
    ] {
        assert!(dicho.contains(parte), "falta '{parte}' en: {dicho}");
    }
    // Ten groups: the same day twice has left one row of each.
    let filas = dicho
        .lines()
        .filter(|l| l.contains("| standard |") || l.contains("| premium  |"));
    assert_eq!(filas.count(), 10, "{dicho}");
    assert_eq!(
        std::fs::read_dir(b.ruta("")).unwrap().count(),
        0,
        "leftovers"
    );
}

#[test]
fn el_json_tiene_claves_estables_y_cuadra() {
    let b = Bancada::con_eventos();
    let f = b.comando(&["--repeticiones", "3"]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let m = json(&f);
    let claves: Vec<&str> = m.as_object().unwrap().keys().map(String::as_str).collect();
    let esperadas = [
        "archivos",
        "bytes",
        "columnas_ignoradas",
        "consulta_s",
        "consultas_s",
        "de_otra_fecha",
        "ejecucion",
        "fecha",
        "filas_filtradas",
        "filas_leidas",
        "filas_otros_dias",
        "filas_procesadas",
        "filas_validas",
        "intentos",
        "motivos",
        "revenue",
        "segundos",
        "version",
        "version_tabla",
    ];
    let mut halladas = claves.clone();
    halladas.sort_unstable();
    assert_eq!(halladas, esperadas);
    assert_eq!(m["version_tabla"], 2);
    assert_eq!(m["consultas_s"].as_array().unwrap().len(), 3);
    assert_eq!(
        m["version"],
        concat!("ej_16_5_4_etl ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn los_argumentos_malos_salen_con_2_y_no_escriben() {
    let b = Bancada::con_eventos();
    let antes = tree_digest(b.ruta("")).unwrap();
    let casos: [(&[&str], &str); 8] = [
        (&["--fecha", "2024-01-15' OR 'a'='a"], "AAAA-MM-DD"),
        (&["--fecha", "*"], "AAAA-MM-DD"),
        (&[], "falta"),
        (&["--fecha", FECHA, "--zona", "Marte"], "zona horaria"),
        (&["--fecha", FECHA, "--opcion", "sola"], "clave=valor"),
        (&["--fehca", FECHA], "'--fehca' no existe"),
        (
            &["--fecha", FECHA, "-e", "ftp://x/y", "-s", "t"],
            "'ftp://' no se admite",
        ),
        (
            &["--fecha", FECHA, "-e", "s3://clave:secreto@x/y", "-s", "t"],
            "credenciales no van en la dirección",
        ),
    ];
    for (argumentos, parte) in casos {
        let f = b.crudo(argumentos).run().unwrap();
        falla(&f, 2, &[parte]);
        assert_eq!(f.occurrences("secreto"), 0);
    }
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
}

#[test]
fn la_ayuda_esta_en_espanol_con_ejemplos_y_codigos() {
    let b = Bancada::vacia();
    let f = b.crudo(&["--help"]).run().unwrap();
    assert_eq!(f.code, Some(0));
    let dicho = f.stdout_text();
    for parte in [
        "Uso: ",
        "Opciones:",
        "Órdenes:",
        "Ejemplos:",
        "Códigos de salida: 0 hecho",
    ] {
        assert!(dicho.contains(parte), "falta '{parte}' en: {dicho}");
    }
    for ingles in ["Usage", "Options", "Print help", "Commands"] {
        assert!(!dicho.contains(ingles), "'{ingles}' en: {dicho}");
    }
    let f = b.crudo(&["--version"]).run().unwrap();
    assert_eq!(
        f.stdout_text().trim(),
        concat!("ej_16_5_4_etl ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn generar_no_mezcla_con_lo_que_ya_hay() {
    let b = Bancada::vacia();
    let orden = [
        "generar", "--desde", FECHA, "--filas", "2000", "--salida", "eventos",
    ];
    let f = b.crudo(&orden).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(
        (f.code, &json(&f)["filas_leidas"]),
        (Some(0), &2_000.into())
    );
    falla(
        &b.crudo(&orden).run().unwrap(),
        2,
        &["eventos no está vacío"],
    );
}

#[test]
fn sin_donde_escribir_sale_con_5() {
    let b = Bancada::con_eventos();
    // Modes do not bind root: a read-only place that binds everybody.
    let f = b
        .crudo(&["-f", FECHA, "-e", "eventos", "-s", "/proc/ventas"])
        .run()
        .unwrap();
    falla(&f, 5, &["/proc/ventas"]);
}

const RESULTADO: &str = r#"[{
  "trabajo": "etl-diario", "filas": 1000000, "fecha": "2026-01-01T00:00:00Z", "commit": "abc", "corridas": 5,
  "entrada": {"escritor": "pyarrow", "archivos": 1, "mb": 55.0},
  "contendientes": [
    {"nombre": "rust", "estado": "ok", "mediana_s": 0.1, "pico_mb": 50, "version": "r 1", "caliente": {"mediana_s": 0.08}},
    {"nombre": "polars-python", "estado": "ok", "mediana_s": 0.5, "pico_mb": 200, "version": "p 2", "caliente": {"mediana_s": 0.1}},
    {"nombre": "pyspark", "estado": "ok", "mediana_s": 9.0, "pico_mb": 900, "version": null, "caliente": {"mediana_s": 0.4}}
  ]}]"#;

#[test]
fn el_informe_del_duelo_da_filas_por_segundo_razones_y_objetivos() {
    let b = Bancada::vacia();
    std::fs::write(b.ruta("r.json"), RESULTADO).unwrap();
    let f = b
        .crudo(&["informe", "r.json", "--salida", "out"])
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let md = std::fs::read_to_string(b.ruta("out/etl-diario.md")).unwrap();
    for parte in [
        "| 1 000 000 | `rust` | 0,100 | 10 000 000 | 1,00 | 0,080 | 12 500 000 | 1,00 | 50 | 1,00 |",
        "Polars en Python, proceso entero: 1,2 veces o más: 5,00, se cumple",
        "Polars en Python, en caliente: 1,2 veces o más: 1,25, se cumple",
        "PySpark en caliente: 8 veces o más: 5,00, no se cumple",
        "PySpark en frío con 1 M: 20 veces o más: 90,00, se cumple",
    ] {
        assert!(md.contains(parte), "falta '{parte}' en: {md}");
    }
    // There is no result of 50 M rows: nothing is said about it.
    assert!(!md.contains("memoria con 50 M"));
    let cifras = std::fs::read(b.ruta("out/etl-diario-cifras.json")).unwrap();
    let cifras: serde_json::Value = serde_json::from_slice(&cifras).unwrap();
    for (clave, valor) in [
        ("16.5.4/frio/rust/1M", "100 ms"),
        ("16.5.4/ritmo/rust/1M", "10,0 M/s"),
        ("16.5.4/veces/pyspark/1M", "90,00"),
        ("16.5.4/veces_caliente/polars-python/1M", "1,25"),
        ("16.5.4/memoria_veces/polars-python/1M", "4,00"),
        ("16.5.4/pico/pyspark/1M", "900 MB"),
    ] {
        assert_eq!(cifras[clave], valor, "{clave}");
    }
    std::fs::write(b.ruta("r.json"), RESULTADO.replace("etl-diario", "etl")).unwrap();
    let f = b
        .crudo(&["informe", "r.json", "--salida", "out"])
        .run()
        .unwrap();
    falla(&f, 3, &["no es un resultado de etl-diario"]);
}
