//! Parameters: typed, from the command line, the environment or the YAML, and never more than a value.

use crate::bancada::{Bancada, error};
use ecommerce_testkit::process::Finished;

const TUBERIA: &str = "\
parametros:
  desde: { tipo: fecha, entorno: T_DESDE, valor: 2024-01-02 }
  region: { tipo: texto, valor: norte }
  minimo: { tipo: flotante, valor: 0 }
  todo: { tipo: booleano, valor: false }
entradas: { v: { ruta: v.csv } }
pasos:
  - filtrar: (fecha >= :desde AND region = :region AND monto >= :minimo) OR :todo
  - seleccionar: id
salida: { ruta: o.csv }
";

const DATOS: &str = "\
id,fecha,region,monto
1,2024-01-01,norte,5
2,2024-01-02,norte,6
3,2024-01-03,sur,7
4,2024-01-04,O'Brien,8
";

fn corre(args: &[&str], entorno: &[(&str, &str)]) -> (Finished, String) {
    let b = Bancada::nueva();
    b.escribe("v.csv", DATOS);
    b.escribe("t.yaml", TUBERIA);
    let run = b
        .comando(&[&["t.yaml"], args].concat())
        .envs(entorno.iter().copied())
        .run()
        .unwrap();
    let salida = std::fs::read_to_string(b.ruta("o.csv")).unwrap_or_default();
    (run, salida)
}

fn ids(args: &[&str], entorno: &[(&str, &str)]) -> String {
    let (run, salida) = corre(args, entorno);
    assert_eq!(run.code, Some(0), "{run:?}");
    salida.lines().skip(1).collect::<Vec<_>>().join(",")
}

#[test]
fn manda_la_linea_de_ordenes_luego_el_entorno_luego_el_yaml() {
    assert_eq!(ids(&[], &[]), "2");
    assert_eq!(ids(&[], &[("T_DESDE", "2024-01-01")]), "1,2");
    assert_eq!(
        ids(&["-p", "desde=2024-01-03"], &[("T_DESDE", "2024-01-01")]),
        ""
    );
    assert_eq!(
        ids(
            &["--parametro", "region=sur", "--parametro=minimo=6.5"],
            &[]
        ),
        "3"
    );
    assert_eq!(ids(&["-p", "todo=sí"], &[]), "1,2,3,4");
}

#[test]
fn un_valor_no_sale_nunca_de_su_literal() {
    assert_eq!(ids(&["-p", "region=O'Brien"], &[]), "4");
    for veneno in [
        "x' OR 'a'='a",
        "x' OR 1=1 --",
        "'; DROP TABLE actual; --",
        "\\' OR TRUE --",
        "norte\" OR TRUE",
        ":todo",
    ] {
        assert_eq!(
            ids(&["-p", &format!("region={veneno}")], &[]),
            "",
            "{veneno}"
        );
    }
    for (clave, veneno) in [
        ("desde", "2024-01-01' OR 'a'='a"),
        ("desde", "2024-02-30"),
        ("desde", "ayer"),
        ("minimo", "0 OR TRUE"),
        ("minimo", "NaN"),
        ("minimo", "inf"),
        ("todo", "1=1"),
    ] {
        let (run, salida) = corre(&["-p", &format!("{clave}={veneno}")], &[]);
        let (codigo, mensaje) = error(&run);
        assert_eq!((codigo, salida.as_str()), (2, ""), "{mensaje}");
        assert!(
            mensaje.contains(&format!("«{clave}»")) && !mensaje.contains(veneno),
            "{mensaje}"
        );
    }
}

#[test]
fn un_parametro_que_falta_sobra_o_se_repite_se_dice() {
    let (codigo, mensaje) = error(&corre(&["-p", "regoin=sur"], &[]).0);
    assert_eq!(
        (codigo, mensaje.contains("¿quería decir «region»?")),
        (2, true),
        "{mensaje}"
    );
    let (codigo, mensaje) = error(&corre(&["-p", "region=sur", "-p", "region=norte"], &[]).0);
    assert_eq!(
        (codigo, mensaje.contains("dos veces")),
        (2, true),
        "{mensaje}"
    );
    let (codigo, mensaje) = error(&corre(&["-p", "region"], &[]).0);
    assert_eq!(
        (codigo, mensaje.contains("clave=valor")),
        (2, true),
        "{mensaje}"
    );
    let b = Bancada::nueva();
    b.escribe("v.csv", DATOS);
    let (codigo, mensaje) = b.falla("parametros: { d: { tipo: fecha, entorno: T_NADA } }\nentradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n");
    assert_eq!(codigo, 2);
    assert!(
        mensaje.contains("t.yaml:1:15:")
            && mensaje.contains("--parametro d=…")
            && mensaje.contains("T_NADA"),
        "{mensaje}"
    );
    let (codigo, mensaje) = b.falla("parametros: { d: { tipo: fehca, valor: 1 } }\nentradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n");
    assert!(
        codigo == 2 && mensaje.contains("t.yaml:1:26:") && mensaje.contains("«fecha»"),
        "{mensaje}"
    );
}

#[test]
fn un_parametro_en_una_ruta_no_sale_de_su_directorio() {
    let b = Bancada::nueva();
    b.escribe("datos/dia=2024-01-01/v.csv", "a\n1\n");
    b.escribe("secreto.csv", "a\n2\n");
    b.escribe(
        "t.yaml",
        "parametros: { dia: { tipo: texto } }\nentradas: { v: { ruta: 'datos/dia={dia}/v.csv' } }\nsalida: { ruta: o.csv }\n",
    );
    assert_eq!(b.corre(&["t.yaml", "-p", "dia=2024-01-01"]).code, Some(0));
    for veneno in ["../../secreto", "x/../..", "*", "", ".."] {
        let (codigo, mensaje) = error(&b.corre(&["t.yaml", "-p", &format!("dia={veneno}")]));
        assert_eq!(codigo, 2, "{mensaje}");
        assert!(mensaje.contains("«dia»"), "{mensaje}");
    }
}

#[test]
fn en_un_paso_sql_el_valor_tambien_es_un_literal() {
    let b = Bancada::nueva();
    b.escribe("v.csv", DATOS);
    b.escribe(
        "t.yaml",
        "parametros: { region: { tipo: texto }, desde: { tipo: fecha, valor: 2024-01-02 }, n: { tipo: entero, valor: -1 } }\nentradas: { v: { ruta: v.csv } }\npasos:\n  - sql: SELECT id FROM actual WHERE region = :region AND fecha >= :desde AND monto > :n\nsalida: { ruta: o.csv }\n",
    );
    for (valor, ids) in [
        ("norte", "2"),
        ("O'Brien", "4"),
        ("x' OR 'a'='a", ""),
        ("x' UNION SELECT id FROM actual --", ""),
    ] {
        let run = b.corre(&["t.yaml", "-p", &format!("region={valor}")]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(
            b.lee("o.csv").lines().skip(1).collect::<Vec<_>>().join(","),
            ids,
            "{valor}"
        );
    }
}
