//! Data that cannot be read, or is not what the YAML asks for: exit 3, the file and its line or the YAML's, nothing written.

use crate::bancada::{Bancada, error};
use ecommerce_testkit::temp::Tree;
use std::process::Command;

/// Runs `{ruta}` to a CSV with these steps; it fails with 3, says these things and writes nothing.
fn mal(bancada: &Bancada, entrada: &str, pasos: &str, dice: &[&str]) {
    bancada.escribe(
        "t.yaml",
        format!("entradas: {{ v: {entrada} }}\nsalida: {{ ruta: o.csv }}\npasos: {pasos}\n"),
    );
    let antes = Tree::of(bancada.raiz()).unwrap();
    let (codigo, mensaje) = error(&bancada.corre(&["t.yaml"]));
    assert_eq!(codigo, 3, "{mensaje}");
    for parte in dice {
        assert!(mensaje.contains(parte), "«{parte}» en: {mensaje}");
    }
    assert_eq!(antes.changes(&Tree::of(bancada.raiz()).unwrap()), []);
}

fn con(nombre: &str, contenido: impl AsRef<[u8]>) -> Bancada {
    let bancada = Bancada::nueva();
    bancada.escribe(nombre, contenido);
    bancada
}

const V: &str = "{ ruta: v.csv }";

#[test]
fn una_columna_que_no_existe_senala_su_sitio_en_el_yaml_y_la_que_seria() {
    let b = con("v.csv", "monto,region\n1.5,norte\n");
    mal(
        &b,
        V,
        "[ { filtrar: mnto > 1 } ]",
        &["t.yaml:3:21:", "«mnto»", "¿quería decir «monto»?"],
    );
    mal(
        &b,
        V,
        "[ { filtrar: monto > 1 AND regoin = 'x' } ]",
        &["t.yaml:3:35:", "«regoin»", "«region»"],
    );
    mal(
        &b,
        V,
        "[ { filtrar: \"monto > 1 AND regoin = 'x'\" } ]",
        &["t.yaml:3:36:", "«regoin»"],
    );
    mal(
        &b,
        V,
        "[ { seleccionar: [monto, rgion] } ]",
        &["t.yaml:3:33:", "«rgion»", "«region»"],
    );
    mal(&b, V, "[ { ordenar: -mont } ]", &["«mont»", "«monto»"]);
    mal(
        &b,
        V,
        "[ { agrupar: { por: regio, calcular: { x: SUM(monto) } } } ]",
        &["t.yaml:3:28:", "«region»"],
    );
    mal(
        &b,
        V,
        "[ { renombrar: { mnto: x } } ]",
        &["t.yaml:3:25:", "«monto»"],
    );
    mal(
        &b,
        V,
        "[ { convertir: { mnto: texto } } ]",
        &["t.yaml:3:25:", "«monto»"],
    );
    mal(
        &b,
        V,
        "[ { deduplicar: { por: zona } } ]",
        &["t.yaml:3:31:", "«zona»", "hay: monto, region"],
    );
    mal(
        &b,
        V,
        "[ { sql: SELECT mnto FROM actual } ]",
        &["t.yaml:3:", "«mnto»", "«monto»"],
    );
    mal(
        &b,
        "{ ruta: v.csv, csv: { columnas: { monta: flotante } } }",
        "[]",
        &["t.yaml:1:50:", "«monta»", "«monto»"],
    );
    // A column is known from the step that makes it on, and no earlier.
    mal(
        &b,
        V,
        "[ { filtrar: doble > 1 }, { derivar: { doble: monto * 2 } } ]",
        &["t.yaml:3:21:", "«doble»"],
    );
    mal(
        &b,
        V,
        "[ { renombrar: { monto: m } }, { filtrar: monto > 1 } ]",
        &["«monto»"],
    );
}

#[test]
fn un_tipo_que_no_casa_senala_la_expresion() {
    let b = con("v.csv", "monto,region,dia\n1.5,norte,2024-01-01\n");
    mal(
        &b,
        V,
        "[ { filtrar: monto + region > 1 } ]",
        &["t.yaml:3:", "tipos"],
    );
    mal(
        &b,
        V,
        "[ { filtrar: region > 3 } ]",
        &["t.yaml:3:21:", "tipos"],
    );
    mal(
        &b,
        V,
        "[ { filtrar: monto } ]",
        &["t.yaml:3:21:", "flotante", "verdadero o falso"],
    );
    mal(
        &b,
        V,
        "[ { agrupar: { por: region, calcular: { x: monto } } } ]",
        &["t.yaml:3:51:", "SUM"],
    );
    mal(
        &b,
        V,
        "[ { convertir: { monto: { tipo: fecha, formato: '%Y' } } } ]",
        &["t.yaml:3:", "formato"],
    );
    mal(
        &b,
        V,
        "[ { renombrar: { monto: region } } ]",
        &["t.yaml:3:32:", "«region»"],
    );
    b.escribe("w.csv", "region,monto\nnorte,2\n1,3\n");
    b.escribe("n.csv", "region,x\n1,2\n");
    b.escribe(
        "t.yaml",
        "entradas: { v: { ruta: v.csv }, n: { ruta: n.csv } }\ndesde: v\npasos: [ { unir: { con: n, por: region } } ]\nsalida: { ruta: o.csv }\n",
    );
    let (codigo, mensaje) = error(&b.corre(&["t.yaml"]));
    assert_eq!(codigo, 3);
    assert!(
        mensaje.contains("t.yaml:3:33:") && mensaje.contains("texto") && mensaje.contains("entero"),
        "{mensaje}"
    );
}

#[test]
fn un_valor_que_no_se_convierte_dice_cual_y_quien_lo_pidio() {
    let b = con("v.csv", "edad\n31\nmucha\n");
    mal(
        &b,
        V,
        "[ { convertir: { edad: entero } } ]",
        &["t.yaml:3:25:", "«edad»", "mucha"],
    );
    let b = con("v.csv", "pagada\nsí\nquizás\n");
    mal(
        &b,
        V,
        "[ { convertir: { pagada: booleano } } ]",
        &["t.yaml:3:25:", "«pagada»", "quizás"],
    );
    let b = con("v.csv", "d\n31/01/2024\n31/02/2024\n");
    mal(
        &b,
        "{ ruta: v.csv, csv: { fechas: false } }",
        "[ { convertir: { d: { tipo: fecha, formato: '%d/%m/%Y' } } } ]",
        &["31/02/2024", "«d»"],
    );
}

#[test]
fn un_archivo_que_falta_o_esta_vacio_se_nombra() {
    let b = con("ventas.csv", "a\n1\n");
    mal(
        &b,
        "{ ruta: vents.csv }",
        "[]",
        &[
            "t.yaml:1:",
            "vents.csv",
            "no existe",
            "¿quería decir «ventas.csv»?",
        ],
    );
    mal(
        &b,
        "{ ruta: no/hay.csv }",
        "[]",
        &["no/hay.csv", "no existe"],
    );
    mal(
        &b,
        "{ ruta: 'x*.csv' }",
        "[]",
        &["ningún archivo coincide", "x*.csv"],
    );
    b.escribe("vacio.csv", "");
    mal(
        &b,
        "{ ruta: vacio.csv }",
        "[]",
        &["vacio.csv", "está vacío"],
    );
    b.escribe("vacio.parquet", "");
    mal(
        &b,
        "{ ruta: vacio.parquet }",
        "[]",
        &["vacio.parquet", "está vacío"],
    );
    b.escribe("lineas.csv", "\n\n\n");
    mal(&b, "{ ruta: lineas.csv }", "[]", &["lineas.csv"]);
    std::fs::create_dir(b.ruta("dir")).unwrap();
    mal(
        &b,
        "{ ruta: dir, formato: csv }",
        "[]",
        &["dir", "no hay ningún archivo .csv"],
    );
}

#[test]
fn un_csv_con_solo_cabecera_son_cero_filas() {
    let b = con("v.csv", "a,b\n");
    let run = b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(b.lee("o.csv"), "a,b\n");
}

#[test]
fn una_linea_con_campos_de_mas_o_de_menos_se_nombra_aunque_el_motor_no_la_mire() {
    for (texto, linea, dice) in [
        ("a,b,c\n1,2,3\n4,5\n", 3, "2 campos y la primera 3"),
        ("a,b,c\n1,2,3\n4,5,6,7\n", 3, "4 campos y la primera 3"),
        ("a,b,c\n1,2,3\n\n4,5,6\n", 3, "vacía"),
        ("a,b,c\n1,2,3\n4,5,6\n\n", 4, "vacía"),
        ("a,b,c\n1,\"x\ny\",3\n4,5\n", 4, "2 campos"),
        ("a,b,c\n1,2,3\n4;5;6\n", 3, "1 campo"),
        // One line short and one long: the totals agree, the lines do not.
        ("a,b,c\n1,2\n1,2,3,4\n", 2, "2 campos"),
    ] {
        let b = con("v.csv", texto);
        let donde = format!("v.csv:{linea}:");
        mal(&b, V, "[]", &[&donde, dice]);
        // Polars does not look at columns that nothing uses.
        mal(&b, V, "[ { seleccionar: a } ]", &[&donde, dice]);
        // The same, allowed on purpose.
        let run = b.tuberia(
            "entradas: { v: { ruta: v.csv, csv: { lineas_desiguales: permitir } } }\npasos: [ { seleccionar: a } ]\nsalida: { ruta: o.csv }\n",
        );
        assert_eq!(run.code, Some(0), "{texto:?} {run:?}");
    }
}

#[test]
fn un_csv_en_otra_codificacion_dice_la_linea_o_cual_es() {
    let b = con("v.csv", b"a,b\n1,x\n2,\xf1o\xf1o\n");
    mal(&b, V, "[]", &["v.csv:3:", "UTF-8", "iconv"]);
    let b = con("v.csv", b"\xff\xfea\x00,\x00b\x00\n\x00");
    mal(&b, V, "[]", &["v.csv:", "UTF-16"]);
    let b = con("v.csv", b"\x1f\x8b\x08\x00\x00\x00\x00\x00");
    mal(&b, V, "[]", &["v.csv:", "gzip"]);
    let b = con("v.csv", b"a,b\n1,x\n2,\xf1\n");
    let run = b.tuberia(
        "entradas: { v: { ruta: v.csv, csv: { codificacion: permisiva } } }\nsalida: { ruta: o.csv }\n",
    );
    assert_eq!(
        (run.code, b.lee("o.csv")),
        (Some(0), "a,b\n1,x\n2,\u{fffd}\n".to_owned())
    );
}

#[test]
fn la_marca_de_orden_de_bytes_no_es_parte_del_primer_nombre() {
    let b = con("v.csv", "\u{feff}monto,b\n1,x\n");
    let run = b.tuberia("entradas: { v: { ruta: v.csv } }\npasos: [ { filtrar: monto = 1 } ]\nsalida: { ruta: o.csv }\n");
    assert_eq!(
        (run.code, b.lee("o.csv")),
        (Some(0), "monto,b\n1,x\n".to_owned())
    );
}

#[test]
fn unas_comillas_que_no_se_cierran_dicen_donde_se_abren() {
    let b = con("v.csv", "a,b\n1,x\n2,\"y\n3,z\n4,w\n");
    mal(&b, V, "[]", &["v.csv:3:", "comillas"]);
}

#[test]
fn un_valor_que_no_es_de_su_tipo_dice_la_linea() {
    let mut texto = String::from("n,t\n");
    for i in 0..2_000 {
        texto.push_str(&format!("{i},x\n"));
    }
    texto.push_str("mil,x\n");
    let b = con("v.csv", &texto);
    mal(&b, V, "[]", &["v.csv:2002:", "«mil»", "entero", "«n»"]);
}

#[test]
fn las_cabeceras_de_varios_archivos_deben_coincidir() {
    let b = con("d/1.csv", "a,b\n1,2\n");
    let entrada = "{ ruta: 'd/*.csv' }";
    b.escribe("d/2.csv", "b,a\n3,4\n");
    mal(&b, entrada, "[]", &["d/2.csv:1:", "orden"]);
    b.escribe("d/2.csv", "a,c\n3,4\n");
    mal(&b, entrada, "[]", &["d/2.csv:1:", "falta la columna «b»"]);
    b.escribe("d/2.csv", "a,b,c\n3,4,5\n");
    mal(&b, entrada, "[]", &["d/2.csv:1:", "«c»"]);
    b.escribe("d/2.csv", "a,a\n3,4\n");
    mal(&b, entrada, "[]", &["d/2.csv:1:", "repite", "«a»"]);
}

#[test]
fn lo_que_dice_ser_parquet_y_no_lo_es_no_llega_al_motor() {
    let b = Bancada::nueva();
    let entrada = "{ ruta: v.parquet }";
    for (bytes, dice) in [
        (&b"a,b\n1,2\n3,4\n5,6\n"[..], "no empieza por PAR1"),
        (b"PAR1", "demasiado corto"),
        (b"PAR1aaaaaaaaaaaaaaaaaaaaaaaa", "truncado"),
        (b"PAR1aaaaaaaaaaaaaaaa\xff\xff\xff\x7fPAR1", "no cabe"),
        (b"PAREaaaaaaaaaaaaaaaa\x08\x00\x00\x00PARE", "cifrado"),
        (b"PAR1aaaaaaaaaaaaaaaa\x08\x00\x00\x00PAR1", "dañado"),
    ] {
        b.escribe("v.parquet", bytes);
        mal(&b, entrada, "[]", &["v.parquet:", dice]);
    }
}

#[test]
fn un_parquet_danado_en_cualquier_byte_da_un_resultado_o_una_linea() {
    let b = con(
        "v.csv",
        "a,b\n".to_owned() + &"1,hola\n2,adiós\n".repeat(40),
    );
    assert_eq!(
        b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: bueno.parquet }\n")
            .code,
        Some(0)
    );
    let bueno = std::fs::read(b.ruta("bueno.parquet")).unwrap();
    b.escribe(
        "t.yaml",
        "entradas: { v: { ruta: malo.parquet } }\nsalida: { ruta: o.csv }\n",
    );
    let mut codigos = std::collections::BTreeMap::new();
    // Bits flipped all over the file, the footer's bytes more often, and the file cut short.
    let desde_el_final = (1..120).step_by(5).map(|i| bueno.len() - i);
    for at in (4..bueno.len()).step_by(61).chain(desde_el_final) {
        let mut malo = bueno.clone();
        malo[at] ^= 0x55;
        b.escribe("malo.parquet", &malo);
        let run = b.corre(&["t.yaml"]);
        if run.code != Some(0) {
            let (codigo, _) = error(&run);
            assert!(codigo == 3 || codigo == 6, "byte {at}: {run:?}");
            assert!(!b.ruta("o.csv").exists());
        } else {
            std::fs::remove_file(b.ruta("o.csv")).unwrap();
        }
        *codigos.entry(run.code).or_insert(0) += 1;
    }
    assert!(codigos[&Some(3)] >= 5, "{codigos:?}");
}

#[test]
fn una_tuberia_con_nombre_o_un_dispositivo_no_se_leen() {
    let b = Bancada::nueva();
    assert!(
        Command::new("mkfifo")
            .arg(b.ruta("f.csv"))
            .status()
            .unwrap()
            .success()
    );
    mal(
        &b,
        "{ ruta: f.csv }",
        "[]",
        &["f.csv", "no es un archivo normal"],
    );
    mal(
        &b,
        "{ ruta: /dev/zero, formato: csv }",
        "[]",
        &["/dev/zero", "no es un archivo normal"],
    );
}
