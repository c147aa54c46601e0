use crate::bancada::{Bancada, FECHA, falla, json};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::temp::tree_digest;

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos() {
    let b = Bancada::vacia();
    for orden in [
        &["--help"][..],
        &["-h"],
        &["rango", "--help"],
        &["consultar", "--ayuda"],
        &["demo", "-h"],
    ] {
        let f = b.crudo(orden).run().unwrap();
        let ayuda = f.stdout_text();
        assert_eq!(f.code, Some(0));
        assert!(ayuda.contains("Uso: analytics-ecommerce"), "{ayuda}");
        for ingles in [
            "Usage",
            "Options:",
            "Commands:",
            "Print help",
            "default:",
            "possible values",
            "aliases",
        ] {
            assert!(!ayuda.contains(ingles), "'{ingles}' en {orden:?}: {ayuda}");
        }
    }
    let ayuda = b.crudo(&["--help"]).run().unwrap().stdout_text();
    for parte in [
        "Ejemplos:",
        "--fecha",
        "--entrada",
        "--salida",
        "-f",
        "-e",
        "-s",
        "Códigos de salida",
        "rango",
        "mantener",
    ] {
        assert!(ayuda.contains(parte), "{parte}");
    }
}

#[test]
fn lo_que_no_es_una_fecha_no_llega_a_ninguna_parte() {
    let falta = FaultReport::begin(
        21,
        "argumentos",
        "comillas, ;, comentarios y rutas en --fecha, --desde, --hasta y --zona",
    );
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&[]).code, Some(0));
    let antes = tree_digest(b.ruta("")).unwrap();
    let mut veces = 0;
    for fecha in [
        "2024-01-01' OR 'a'='a",
        "2024-13-01",
        "ayer",
        "",
        "2024-01-15; DROP TABLE x",
        "2024-01-15/../..",
        "２０２４-01-15",
        "2024-01-15--",
        "2024-01-15/*x*/",
        "\"2024-01-15\"",
    ] {
        let lugares = ["--entrada", "eventos", "--salida", "metricas"];
        let dia = b.crudo(&["--fecha", fecha]).args(lugares);
        let rango = b
            .crudo(&["rango", "--desde", fecha, "--hasta", FECHA])
            .args(lugares);
        let zona = b.crudo(&["--fecha", FECHA, "--zona", fecha]).args(lugares);
        for (orden, nombre) in [(dia, "fecha"), (rango, "desde"), (zona, "zona")] {
            falla(&orden.run().unwrap(), 2, &[nombre]);
            veces += 1;
        }
    }
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
    falta.passed(veces, "salen con 2; todos los días, byte a byte");
}

#[test]
fn los_errores_de_uso_dicen_que_falta_y_que_se_queria_decir() {
    let b = Bancada::vacia();
    let caso = |argumentos: &[&str], partes: &[&str]| {
        falla(&b.crudo(argumentos).run().unwrap(), 2, partes)
    };
    caso(
        &["--fecha", FECHA, "--entrada", "x"],
        &["falta", "--salida"],
    );
    caso(&["--fehca", FECHA], &["'--fehca' no existe", "--fecha"]);
    caso(&["rangos"], &["'rangos' no existe", "rango"]);
    caso(
        &[
            "--fecha",
            FECHA,
            "-e",
            "x",
            "-s",
            "y",
            "--zona",
            "Marte/Olimpo",
        ],
        &["zona"],
    );
    caso(
        &[
            "rango",
            "--desde",
            "2024-02-01",
            "--hasta",
            "2024-01-01",
            "-e",
            "x",
            "-s",
            "y",
        ],
        &["anterior"],
    );
    caso(
        &["consultar", "SELECT 1", "--tabla", "t", "--formato", "xml"],
        &["tabla", "csv", "json", "markdown"],
    );
    caso(
        &["generar", "--salida", "g", "--filas", "muchas"],
        &["--filas", "número"],
    );
    caso(&["-f", FECHA, "-e", "ftp://h/x", "-s", "y"], &["ftp://"]);
    caso(
        &["-f", FECHA, "-e", "s3://clave:secreto@b/x", "-s", "y"],
        &["credenciales"],
    );
    caso(&["-f", FECHA, "-e", "", "-s", "y"], &["ruta"]);
}

#[test]
fn los_secretos_no_se_repiten_en_los_errores() {
    let falta = FaultReport::begin(
        30,
        "opciones",
        "claves canario en --opcion, con errores de uso y trazas al máximo",
    );
    let mut veces = 0;
    let b = Bancada::vacia();
    let canario = "CANARIO-9f3a";
    for mas in [
        &[
            "--opcion",
            "aws_secret_access_key=CANARIO-9f3a",
            "--opcion",
            "inventada=CANARIO-9f3a",
        ][..],
        &["--opcion", "CANARIO-9f3a"],
        &[
            "--opcion",
            "aws_secret_access_key=CANARIO-9f3a",
            "--opcion",
            "aws_endpoint_url=http://198.51.100.7:9",
        ],
    ] {
        let f = b
            .crudo(&["-f", FECHA, "-e", "s3://cubo/x", "-s", "y", "-v"])
            .args(mas)
            .env("RUST_LOG", "trace")
            .run()
            .unwrap();
        assert_eq!(f.code, Some(2), "{}", f.stderr_text());
        assert_eq!(f.occurrences(canario), 0, "{}", f.stderr_text());
        veces += 1;
    }
    falta.passed(veces, "0 apariciones en lo que dice");
}

#[test]
fn el_resumen_json_tiene_claves_estables_y_cuadra() {
    let b = Bancada::con_eventos();
    let f = b.correr(&["--json"]);
    assert_eq!((f.code, f.stderr_text().as_str()), (Some(0), ""));
    let resumen = json(&f);
    let claves: Vec<&str> = resumen
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        claves,
        [
            "archivos",
            "archivos_ignorados",
            "archivos_rechazados",
            "bytes",
            "columnas_ignoradas",
            "ejecucion",
            "fecha",
            "filas_cuarentena",
            "filas_leidas",
            "filas_otros_dias",
            "filas_validas",
            "intentos",
            "motivos",
            "regiones",
            "revenue",
            "segundos",
            "transacciones",
            "usuarios_unicos_dia",
            "versiones"
        ]
    );
    let n = |clave: &str| resumen[clave].as_u64().unwrap();
    assert_eq!(
        n("filas_leidas"),
        n("filas_validas") + n("filas_cuarentena")
    );
    let motivos: u64 = resumen["motivos"]
        .as_object()
        .unwrap()
        .values()
        .map(|v| v.as_u64().unwrap())
        .sum();
    assert_eq!(n("filas_cuarentena"), motivos);
    assert_eq!(resumen["versiones"]["metricas_diarias"], 0);

    let error = b
        .crudo(&[
            "-f",
            "2030-01-01",
            "-e",
            "eventos",
            "-s",
            "metricas",
            "--json",
        ])
        .run()
        .unwrap();
    assert_eq!(json(&error)["codigo"], 3);
}

#[test]
fn sin_terminal_el_progreso_son_lineas_y_silencioso_calla() {
    let b = Bancada::con_eventos();
    let f = b.correr(&[]);
    let progreso = f.stderr_text();
    assert!(
        progreso.contains("buscando duplicados (")
            && !progreso.contains('\r')
            && !progreso.contains('\u{1b}'),
        "{progreso}"
    );
    let texto = f.stdout_text();
    assert!(
        texto.contains("filas leídas =") && texto.contains("metricas_diarias v0"),
        "{texto}"
    );
    let callado = b.correr(&["--silencioso"]);
    assert_eq!(
        (callado.code, callado.stdout.len(), callado.stderr.len()),
        (Some(0), 0, 0)
    );
}

/// No Python, no Java, no PATH, no HOME: nothing but the binary and what the dynamic linker gives it.
#[test]
fn corre_en_un_entorno_vacio_y_no_enlaza_python_ni_java() {
    let b = Bancada::con_eventos();
    let f = b.comando(&["--silencioso"]).env_clear().run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert!(b.contenido("metricas").iter().all(Option::is_some));
    let ldd = std::process::Command::new("ldd")
        .arg(crate::bancada::binario())
        .output()
        .unwrap();
    let bibliotecas = String::from_utf8_lossy(&ldd.stdout).into_owned();
    assert!(bibliotecas.contains("libc.so"), "{bibliotecas}");
    for ajena in ["python", "jvm", "java", "ssl", "arrow", "stdc++"] {
        assert!(!bibliotecas.contains(ajena), "{ajena}: {bibliotecas}");
    }
}
