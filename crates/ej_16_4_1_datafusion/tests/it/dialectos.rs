//! DataFusion's half of the comparison with Spark SQL, against the committed table. Spark's half: `nivel_jvm`.

use ej_16_4_1_datafusion::spark_sql::{Comparison, Relation, Said, ask, statements};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

pub(crate) fn guardado(archivo: &str) -> String {
    let ruta = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/resultados/2026-11-22-2c24g")
        .join(archivo);
    fs::read_to_string(ruta).unwrap()
}

pub(crate) fn comparacion() -> Comparison {
    serde_json::from_str(&guardado("spark-sql.json")).unwrap()
}

#[test]
fn la_tabla_guardada_es_de_esta_lista_y_sus_cuentas_cuadran() {
    let lista = statements().unwrap();
    assert!(lista.len() >= 60, "{}", lista.len());
    let nombres: BTreeSet<_> = lista.iter().map(|s| &s.id).collect();
    assert_eq!(nombres.len(), lista.len());
    let tabla = comparacion();
    let de_la_tabla: Vec<_> = tabla
        .sentencias
        .iter()
        .map(|linea| &linea.statement)
        .collect();
    assert!(de_la_tabla.into_iter().eq(&lista));
    for linea in &tabla.sentencias {
        assert_eq!(
            linea.relacion,
            Relation::of(&linea.spark, &linea.datafusion)
        );
        assert_eq!(
            linea.equivale.is_some(),
            linea.statement.equivalente.is_some()
        );
        // Advice that is printed is advice that works.
        assert_ne!(linea.equivale, Some(false), "{}", linea.statement.id);
    }
    assert!(tabla.ansi);
    assert_eq!(tabla.markdown(), guardado("spark-sql.md"));
}

#[tokio::test]
async fn datafusion_responde_lo_que_dice_la_tabla() {
    for linea in comparacion().sentencias {
        let dicho = ask(&linea.statement.sql).await.unwrap();
        assert_eq!(dicho, linea.datafusion, "{}", linea.statement.sql);
        if let Some(sql) = &linea.statement.equivalente {
            assert_eq!(ask(sql).await.unwrap(), linea.spark, "{sql}");
        }
    }
}

#[test]
fn dos_errores_son_iguales_y_uno_solo_dice_de_quien_es() {
    let filas = |celda: &str| Said::Rows {
        filas: vec![vec![celda.into()]],
    };
    let error = |mensaje: &str| Said::Error {
        error: "x".into(),
        mensaje: mensaje.into(),
    };
    assert_eq!(Relation::of(&error("a"), &error("b")), Relation::Igual);
    assert_eq!(Relation::of(&filas("3"), &filas("3")), Relation::Igual);
    assert_eq!(
        Relation::of(&filas("3.5"), &filas("3")),
        Relation::ValorDistinto
    );
    assert_eq!(
        Relation::of(&filas("3"), &error("b")),
        Relation::ErrorEnDatafusion
    );
    assert_eq!(
        Relation::of(&error("a"), &filas("3")),
        Relation::ErrorEnSpark
    );
}
