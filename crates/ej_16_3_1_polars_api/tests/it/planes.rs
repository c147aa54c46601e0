//! Six queries and their plans: here as snapshots, in `nivel_python` against Python's.

use crate::eventos::{Carpeta, escribir, pocos};
use ej_16_3_1_polars_api::{escanear, plan_revenue};
use polars::prelude::*;
use std::collections::BTreeMap;

/// The queries of `planes.py`, in Rust.
pub(crate) fn consultas(eventos: &str, clientes: &str) -> BTreeMap<&'static str, LazyFrame> {
    let eventos = || escanear(eventos).unwrap();
    // Not `col("monto") / lit(1.21)`: see `la_barra_de_dividir_no_es_la_misma`.
    let neto = || col("monto").true_div(lit(1.21));
    let mut sql = polars::sql::SQLContext::new();
    sql.register("eventos", eventos());
    BTreeMap::from([
        ("revenue", plan_revenue(eventos())),
        (
            "cruce",
            eventos()
                .inner_join(escanear(clientes).unwrap(), col("user_id"), col("user_id"))
                .filter(col("monto").gt(lit(100.0)).and(col("nivel").eq(lit("oro"))))
                .select([col("region"), col("monto")]),
        ),
        (
            "repetida",
            eventos().select([
                (neto() * lit(0.9)).alias("oferta"),
                (neto() + lit(5.0)).alias("con_envio"),
            ]),
        ),
        (
            "mayores",
            eventos()
                .sort(
                    ["monto"],
                    SortMultipleOptions::default().with_order_descending(true),
                )
                .limit(10),
        ),
        (
            "constante",
            eventos()
                .filter(lit(true))
                .select([col("monto") * (lit(2.0) * lit(3.0))]),
        ),
        (
            "sql",
            sql.execute(
                "SELECT region, SUM(monto) AS revenue FROM eventos WHERE monto > 0 GROUP BY region",
            )
            .unwrap(),
        ),
    ])
}

/// The text of a plan where what is made up anew for every plan is left out: the names of common subexpressions, which are
/// hashes, and those of dynamic predicates, which are UUIDs.
pub(crate) fn normalizado(plan: &str) -> String {
    let sin_nombres = sin(plan.trim_end(), "__POLARS_CSER_0x");
    sin(&sin_nombres, "dynamic_pred: ")
}

/// The text without the digits, letters and dashes that follow each of these prefixes.
fn sin(texto: &str, prefijo: &str) -> String {
    let mut trozos = texto.split(prefijo);
    let mut limpio = trozos.next().unwrap().to_owned();
    for trozo in trozos {
        let resto = trozo.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '-');
        limpio.push_str(prefijo);
        limpio.push_str(resto);
    }
    limpio
}

#[test]
fn lo_que_el_optimizador_hace_con_cada_consulta() {
    let carpeta = Carpeta::con(pocos());
    let mut clientes = df!("user_id" => ["u1", "u2"], "nivel" => ["oro", "plata"]).unwrap();
    let clientes = escribir(&carpeta.dir().join("clientes.parquet"), &mut clientes);
    for (nombre, consulta) in consultas(&carpeta.eventos(), clientes.to_str().unwrap()) {
        let plan = |optimizado| {
            let plan = normalizado(&consulta.explain(optimizado).unwrap());
            plan.replace(carpeta.dir().to_str().unwrap(), "DIR")
        };
        insta::assert_snapshot!(nombre, format!("{}\n\n=>\n\n{}", plan(false), plan(true)));
    }
}
