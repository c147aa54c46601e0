//! SQL expressions: what they may contain, and that a value can never become part of the statement.

use crate::bancada::{Bancada, registros};
use ej_16_3_5_yaml_cli::Value;
use polars::prelude::{DataFrame, IntoLazy as _, PlSmallStr};
use proptest::prelude::*;

fn evalua(sql: &str) -> DataFrame {
    let uno = DataFrame::new(
        1,
        vec![polars::prelude::Column::new(
            PlSmallStr::from("uno"),
            [1i64],
        )],
    )
    .unwrap();
    let expr = polars::sql::sql_expr(sql).unwrap();
    uno.lazy().select([expr.alias("x")]).collect().unwrap()
}

fn texto(df: &DataFrame) -> String {
    df.column("x")
        .unwrap()
        .str()
        .unwrap()
        .get(0)
        .unwrap()
        .to_owned()
}

proptest! {
    #[test]
    fn un_texto_cualquiera_vuelve_igual_del_sql_y_del_arbol(valor in any::<String>()) {
        let valor = Value::Text(valor.replace('\0', ""));
        let Value::Text(esperado) = &valor else { unreachable!() };
        prop_assert_eq!(&texto(&evalua(&valor.sql())), esperado);
        let uno = DataFrame::new(1, vec![polars::prelude::Column::new(PlSmallStr::from("uno"), [1i64])]).unwrap();
        let df = uno.lazy().select([valor.literal().alias("x")]).collect().unwrap();
        prop_assert_eq!(&texto(&df), esperado);
    }

    #[test]
    fn un_numero_cualquiera_vuelve_igual(entero in any::<i64>(), flotante in any::<f64>()) {
        let sql = Value::Integer(entero).sql();
        // The least integer has no positive twin to write with a minus before it.
        if entero != i64::MIN {
            prop_assert_eq!(evalua(&sql).column("x").unwrap().i64().unwrap().get(0), Some(entero));
        }
        if flotante.is_finite() {
            let sql = Value::Float(flotante).sql();
            prop_assert_eq!(evalua(&sql).column("x").unwrap().f64().unwrap().get(0), Some(flotante));
        }
    }
}

#[test]
fn una_expresion_no_lleva_subconsultas_ni_lee_archivos() {
    let b = Bancada::nueva();
    b.escribe("v.csv", "a\n1\n");
    b.escribe("secreto.csv", "clave\nno\n");
    for (paso, dice) in [
        (
            "filtrar: a IN (SELECT clave FROM read_csv('secreto.csv'))",
            "SELECT",
        ),
        ("sql: SELECT * FROM read_csv('secreto.csv')", "read_csv"),
        (
            "sql: SELECT * FROM READ_PARQUET ('x.parquet')",
            "READ_PARQUET",
        ),
        ("sql: DROP TABLE actual", "SELECT o WITH"),
        ("sql: DELETE FROM actual", "SELECT o WITH"),
        (
            "sql: CREATE TABLE x AS SELECT * FROM actual",
            "SELECT o WITH",
        ),
        ("sql: SELECT 1; SELECT 2", "no se entiende"),
        (
            "sql: \"SELECT * FROM actual; DROP TABLE actual\"",
            "no se entiende",
        ),
        ("filtrar: a > 1; DROP TABLE actual", "no se entiende"),
        ("filtrar: \"a >\"", "no se entiende"),
        ("filtrar: \"\"", "vacía"),
        ("filtrar: a > :nada", "«nada»"),
        ("sql: SELECT * FROM actual WHERE a > :nada", "«nada»"),
        ("sql: SELECT * FROM nadie", "«nadie»"),
    ] {
        let yaml = format!(
            "entradas: {{ v: {{ ruta: v.csv }} }}\nsalida: {{ ruta: o.csv }}\npasos:\n  - {paso}\n"
        );
        let (codigo, mensaje) = b.falla(&yaml);
        assert_eq!(codigo, 2, "{paso}: {mensaje}");
        assert!(
            mensaje.contains("t.yaml:4:") && mensaje.contains(dice),
            "{paso}: {mensaje}"
        );
        assert!(!b.ruta("o.csv").exists());
    }
}

#[test]
fn una_expresion_larguisima_no_agota_la_pila() {
    let b = Bancada::nueva();
    b.escribe("v.csv", "a\n1\n");
    let suma = vec!["a"; 3_000].join(" + ");
    let run = b.tuberia(&format!("entradas: {{ v: {{ ruta: v.csv }} }}\npasos:\n  - derivar: {{ b: {suma} }}\nsalida: {{ ruta: o.csv }}\n"));
    if run.code == Some(0) {
        assert_eq!(registros(&b.lee("o.csv"), ',')[1], ["1", "3000"]);
    } else {
        assert_eq!(crate::bancada::error(&run).0, 2);
    }
    let anidada = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let (codigo, mensaje) = b.falla(&format!("entradas: {{ v: {{ ruta: v.csv }} }}\npasos:\n  - derivar: {{ b: \"{anidada}\" }}\nsalida: {{ ruta: o.csv }}\n"));
    assert_eq!(codigo, 2, "{mensaje}");
}
