//! Bad rows and bad text: every row ends in exactly one of table and quarantine, and what is no text is named by file and line.

use crate::bancada::{Bancada, FECHA, falla, json};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::temp::tree_digest;
use std::fs;
use std::path::PathBuf;

const CABECERA: &str =
    "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n";
const HORA: &str = "2024-01-15T10:00:00Z";

/// A purchase; `monto`, `pagina` and `timestamp` as given.
fn compra(id: &str, monto: &str, pagina: &str, timestamp: &str) -> String {
    format!("{id},compra,u1,s1,p1,{monto},norte,{pagina},,{timestamp},,\n")
}

fn escribe(b: &Bancada, contenido: impl AsRef<[u8]>) -> PathBuf {
    fs::create_dir_all(b.dia()).unwrap();
    let path = b.dia().join("part-00000.csv");
    fs::write(&path, contenido).unwrap();
    path
}

#[test]
fn cada_fila_mala_esta_en_la_cuarentena_con_su_motivo_y_en_ningun_otro_sitio() {
    let falta = FaultReport::begin(
        18,
        "filas",
        "NaN, ±inf, negativos, nulos, repetidos, textos de 10 MiB, fechas imposibles",
    );
    let largo = "x".repeat(10 << 20);
    let c = |id: &str, monto: &str| compra(id, monto, "/p", HORA);
    let malas: Vec<(String, &str)> = vec![
        (c("m1", "NaN"), "monto_no_finito"),
        (c("m2", "inf"), "monto_no_finito"),
        (c("m3", "-inf"), "monto_no_finito"),
        (c("m4", "-5"), "monto_no_positivo"),
        (c("m5", "0"), "monto_no_positivo"),
        (c("m6", "0.004"), "monto_no_positivo"),
        (c("m7", "1e12"), "monto_fuera_de_rango"),
        (c("m8", ""), "falta_monto"),
        (c("b0", "1.00"), "duplicado"),
        (c("m4", "1.00"), "duplicado"),
        (c("", "1.00"), "falta_evento_id"),
        (compra("m9", "1", &largo, HORA), "texto_demasiado_largo"),
        (
            compra("m10", "1", "/p", "2101-01-01T00:00:00Z"),
            "timestamp_imposible",
        ),
        (
            compra("m11", "1", "/p", "2024-01-16T00:00:00Z"),
            "fecha_fuera_de_la_particion",
        ),
        (
            c("m12", "1").replace(",compra,", ",comprar,"),
            "tipo_desconocido",
        ),
        (c("m13", "1").replace(",norte,", ",  ,"), "falta_region"),
        (c("m14", "1").replace(",u1,", ",,"), "falta_user_id"),
        (
            c("m15", "1").replace(",,\n", ",91,0\n"),
            "coordenada_imposible",
        ),
    ];
    let b = Bancada::vacia();
    let mut csv = CABECERA.to_owned();
    let (mut esperado, mut fila) = (Vec::new(), 0);
    for (i, (mala, motivo)) in malas.iter().enumerate() {
        csv += &c(&format!("b{i}"), "2.50");
        csv += mala;
        fila += 2;
        esperado.push((fila, (*motivo).to_owned()));
    }
    escribe(&b, csv);
    let f = b.correr(&["--json"]);
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let resumen = json(&f);
    let n = malas.len();
    assert_eq!(resumen["filas_leidas"], 2 * n);
    assert_eq!(resumen["filas_validas"], n);
    assert_eq!(resumen["filas_cuarentena"], n);
    let consulta = |sql: &str| {
        let f = b
            .crudo(&["consultar", sql, "--tabla", "metricas", "--formato", "json"])
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        json(&f)
    };
    let vistas: Vec<(u64, String)> =
        consulta("SELECT fila, motivo, evento_id FROM cuarentena ORDER BY fila")
            .as_array()
            .unwrap()
            .iter()
            .map(|f| {
                (
                    f["fila"].as_u64().unwrap(),
                    f["motivo"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
    assert_eq!(vistas, esperado);
    // The good ones and no other are summed up: n purchases of 2.50.
    let suma = consulta(
        "SELECT sum(transacciones) AS t, CAST(sum(revenue) AS VARCHAR) AS r FROM metricas_diarias",
    );
    assert_eq!(suma[0]["t"], n);
    assert_eq!(
        suma[0]["r"],
        format!("{}.{:02}", n * 250 / 100, n * 250 % 100)
    );
    // What was rejected is kept whole.
    let texto =
        consulta("SELECT character_length(pagina) AS n FROM cuarentena WHERE evento_id = 'm9'");
    assert_eq!(texto[0]["n"], largo.len());
    falta.passed(
        n,
        format!("las {n} en la cuarentena con su motivo y su fila; las {n} buenas, en la tabla"),
    );
}

#[test]
fn lo_que_no_es_texto_se_dice_con_archivo_y_linea() {
    let falta = FaultReport::begin(
        19,
        "texto",
        "0xFF, UTF-16, BOM, NUL, comilla sin cerrar, campo de 10 MiB",
    );
    let buena = compra("e1", "1", "/p", HORA);
    let con = |linea: &[u8]| -> Vec<u8> {
        [
            CABECERA.as_bytes(),
            buena.as_bytes(),
            linea,
            buena.as_bytes(),
        ]
        .concat()
    };
    let utf16 = |marca: &[u8], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let texto = CABECERA.encode_utf16().flat_map(bytes);
        marca.iter().copied().chain(texto).collect()
    };
    let abierta = format!("e2,\"{}\n", "x".repeat(10 << 20));
    let malos: [(Vec<u8>, &str); 8] = [
        (
            con(b"e2,\xFFcompra,u1,s1,p1,1,norte,/p,,2024-01-15T10:00:00Z,,\n"),
            "línea 3",
        ),
        (
            con(b"e2,com\0pra,u1,s1,p1,1,norte,/p,,2024-01-15T10:00:00Z,,\n"),
            "línea 3",
        ),
        (
            con(b"e2,\"compra,u1,s1,p1,1,norte,/p,,2024-01-15T10:00:00Z,,\n"),
            "línea 3",
        ),
        (con(abierta.as_bytes()), "línea 3"),
        (con(b"demasiado,corta\n"), "línea 3"),
        (
            con(b"e2,compra,u1,s1,p1,uno,norte,/p,,2024-01-15T10:00:00Z,,\n"),
            "línea 3",
        ),
        (utf16(&[0xFF, 0xFE], u16::to_le_bytes), "línea 1"),
        (utf16(&[0xFE, 0xFF], u16::to_be_bytes), "línea 1"),
    ];
    let b = Bancada::vacia();
    let mut rechazados = 0;
    for (contenido, linea) in &malos {
        escribe(&b, contenido);
        let antes = tree_digest(b.ruta("")).unwrap();
        let f = b
            .comando(&[])
            .timeout(std::time::Duration::from_secs(20))
            .run()
            .unwrap();
        falla(&f, 3, &["part-00000.csv", linea]);
        assert_eq!(tree_digest(b.ruta("")).unwrap(), antes);
        rechazados += 1;
    }
    // A mark before the header is no part of it, and a long field is a row like any other: rejected by its reason.
    let largo = compra("e3", "1", &"x".repeat(10 << 20), HORA);
    escribe(&b, ["\u{FEFF}", CABECERA, &buena, &largo].concat());
    let f = b.correr(&["--json"]);
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(json(&f)["motivos"]["texto_demasiado_largo"], 1);
    assert_eq!(json(&f)["filas_validas"], 1);
    assert_eq!(json(&f)["fecha"], FECHA);
    falta.passed(
        rechazados + 2,
        format!("{rechazados} salen con 3 y nombran archivo y línea; BOM y campo largo, leídos fila a fila"),
    );
}
