//! Damaged Delta logs: the expected rows or one clear error, and never a new empty table in place of one that cannot be read.

use crate::bancada::{Bancada, FECHA, SIGUIENTE};
use crate::testigo::{Inv, Testigo};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Finished;
use ecommerce_testkit::temp::tree_digest;
use std::fs;
use std::path::{Path, PathBuf};

/// A way to damage the log of a table, by its name.
type Dano = (&'static str, fn(&Path));

fn entrada(tabla: &Path, version: u64) -> PathBuf {
    tabla.join(format!("_delta_log/{version:020}.json"))
}

fn cambia(tabla: &Path, version: u64, de: &str, a: &str) {
    let path = entrada(tabla, version);
    let texto = fs::read_to_string(&path).unwrap();
    assert!(texto.contains(de), "{texto}");
    fs::write(path, texto.replace(de, a)).unwrap();
}

/// Takes out the actions of a kind.
fn sin(tabla: &Path, version: u64, accion: &str) {
    let path = entrada(tabla, version);
    let texto = fs::read_to_string(&path).unwrap();
    let queda: String = texto
        .lines()
        .filter(|linea| !linea.starts_with(&format!("{{\"{accion}\"")))
        .map(|linea| format!("{linea}\n"))
        .collect();
    assert_ne!(texto.trim(), queda.trim());
    fs::write(path, queda).unwrap();
}

fn protocolo(tabla: &Path, nuevo: &str) {
    let path = entrada(tabla, 0);
    let texto = fs::read_to_string(&path).unwrap();
    let lineas = texto.lines().map(|linea| {
        if linea.starts_with("{\"protocol\"") {
            format!("{{\"protocol\":{nuevo}}}\n")
        } else {
            format!("{linea}\n")
        }
    });
    let cambiado: String = lineas.collect();
    assert_ne!(texto, cambiado);
    fs::write(path, cambiado).unwrap();
}

/// The table has three versions: one day, the next, and the first again.
const DANOS: [Dano; 17] = [
    ("JSON roto", |t| {
        fs::write(entrada(t, 1), "{ roto").unwrap();
    }),
    ("JSON cortado", |t| {
        let bytes = fs::read(entrada(t, 1)).unwrap();
        fs::write(entrada(t, 1), &bytes[..bytes.len() * 2 / 3]).unwrap();
    }),
    ("commit de cero bytes", |t| {
        fs::write(entrada(t, 1), "").unwrap();
    }),
    ("último commit de cero bytes", |t| {
        fs::write(entrada(t, 2), "").unwrap();
    }),
    ("bytes al azar", |t| {
        let bytes: Vec<u8> = (0..4_096u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        fs::write(entrada(t, 1), bytes).unwrap();
    }),
    ("UTF-16", |t| {
        let texto = fs::read_to_string(entrada(t, 1)).unwrap();
        let bytes: Vec<u8> = texto.encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(entrada(t, 1), bytes).unwrap();
    }),
    ("falta una versión", |t| {
        fs::remove_file(entrada(t, 1)).unwrap();
    }),
    ("falta la primera", |t| {
        fs::remove_file(entrada(t, 0)).unwrap();
    }),
    ("sin metaData", |t| sin(t, 0, "metaData")),
    ("sin protocol", |t| sin(t, 0, "protocol")),
    ("lector 99", |t| {
        protocolo(t, r#"{"minReaderVersion":99,"minWriterVersion":2}"#);
    }),
    ("escritor 99", |t| {
        protocolo(t, r#"{"minReaderVersion":1,"minWriterVersion":99}"#);
    }),
    ("característica desconocida", |t| {
        protocolo(
            t,
            r#"{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["inventada"],"writerFeatures":["inventada"]}"#,
        );
    }),
    ("solo admite añadir", |t| {
        cambia(
            t,
            0,
            r#""configuration":{}"#,
            r#""configuration":{"delta.appendOnly":"true"}"#,
        );
    }),
    ("esquema que no es JSON", |t| {
        cambia(t, 0, r#""schemaString":"{"#, r#""schemaString":"{{"#);
    }),
    ("_last_checkpoint a otro sitio", |t| {
        let log = t.join("_delta_log");
        fs::write(log.join("_last_checkpoint"), r#"{"version":7,"size":3}"#).unwrap();
    }),
    ("checkpoint roto", |t| {
        let log = t.join("_delta_log");
        fs::write(log.join("_last_checkpoint"), r#"{"version":2,"size":3}"#).unwrap();
        fs::write(
            log.join(format!("{:020}.checkpoint.parquet", 2)),
            "PAR1roto",
        )
        .unwrap();
    }),
];

/// One line in Spanish, an exit code that says whose trouble it is, and no crash.
#[track_caller]
pub(crate) fn error_claro(f: &Finished, caso: &str) {
    let dicho = f.stderr_text();
    let lineas: Vec<&str> = dicho.lines().filter(|l| l.starts_with("error: ")).collect();
    assert!(
        matches!(f.code, Some(2 | 3 | 5)) && !f.crashed() && lineas.len() == 1,
        "{caso}: {f:?}"
    );
    assert!(
        !dicho.contains("panicked") && !dicho.contains(".rs:"),
        "{caso}: {dicho}"
    );
}

#[test]
fn un_registro_danado_da_sus_filas_o_un_error_y_nunca_una_tabla_vacia() {
    let falta = FaultReport::begin(
        13,
        "registro",
        "registros rotos, cortados, con huecos, sin protocolo o de otra versión",
    );
    let b = Bancada::chica();
    for dia in [FECHA, SIGUIENTE, FECHA] {
        b.publica("eventos", dia);
    }
    b.guarda("sana");
    let consulta = || {
        let sql = "SELECT fecha, region, revenue, visitantes FROM metricas_diarias ORDER BY 1, 2";
        let orden = ["consultar", sql, "--tabla", "metricas", "--formato", "csv"];
        b.crudo(&orden).run().unwrap()
    };
    let filas = consulta().stdout_text();
    b.publica("nuevos", FECHA);
    let inv = Inv::de(&b, "metricas", Testigo::de_aqui());
    let nuevas = consulta().stdout_text();
    inv.como_esta();
    let (mut errores, mut leidas) = (0, 0);
    for (caso, dana) in DANOS {
        b.restaura("sana");
        dana(&b.ruta("metricas"));
        let antes = tree_digest(b.ruta("")).unwrap();
        let f = consulta();
        if f.code == Some(0) {
            assert_eq!(f.stdout_text(), filas, "{caso}");
        } else {
            error_claro(&f, caso);
        }
        let f = b.dia_de("nuevos", FECHA).run().unwrap();
        if f.code == Some(0) {
            leidas += 1;
            assert_eq!(consulta().stdout_text(), nuevas, "{caso}");
        } else {
            errores += 1;
            error_claro(&f, caso);
            assert_eq!(tree_digest(b.ruta("")).unwrap(), antes, "{caso}");
        }
    }
    falta.passed(
        errores + leidas,
        format!("{errores} dan un error y quedan byte a byte; {leidas} se leen y reemplazan bien"),
    );
}

/// A data file of another day vanished: this day can be replaced, and whoever asks for the other gets an error, not less rows.
#[test]
fn un_archivo_de_datos_que_falta_es_un_error_y_no_menos_filas() {
    let falta = FaultReport::begin(13, "datos", "falta el archivo de datos de un día");
    let b = Bancada::chica();
    for dia in [FECHA, SIGUIENTE] {
        b.publica("eventos", dia);
    }
    let carpeta = b.ruta(&format!("metricas/fecha={SIGUIENTE}"));
    let mut veces = 0;
    for archivo in fs::read_dir(carpeta).unwrap().flatten() {
        fs::remove_file(archivo.path()).unwrap();
        veces += 1;
    }
    let cuenta = |donde: &str| {
        let sql = format!("SELECT sum(clicks) FROM metricas_diarias {donde}");
        let orden = ["consultar", &sql, "--tabla", "metricas", "--formato", "csv"];
        b.crudo(&orden).run().unwrap()
    };
    error_claro(&cuenta(""), "todo");
    b.publica("nuevos", FECHA);
    error_claro(&cuenta(""), "todo, tras reemplazar el otro");
    b.publica("eventos", SIGUIENTE);
    assert_eq!(cuenta("").code, Some(0), "repetir el día lo cura");
    falta.passed(
        veces,
        "leer da un error; el otro día se reemplaza; repetir el día lo cura",
    );
}
