//! What DataFusion's optimizer does with a query, seen in its plans: rules that Catalyst has too, and one thing that neither does.

use crate::tienda::{archivos, en_trozos, sesion, tienda};
use crate::tpch::{centesima, sesion as sesion_tpch};
use datafusion::physical_plan::displayable;
use ej_16_4_1_datafusion::{Engine, Settings, operators, run};

async fn fisico(engine: &Engine, sql: &str) -> String {
    let frame = engine.query(sql).await.unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    displayable(plan.as_ref()).indent(false).to_string()
}

/// A rule of Catalyst's, a query that shows it, and what the plans of both have and lack then.
pub(crate) struct Regla {
    pub(crate) nombre: &'static str,
    pub(crate) sql: &'static str,
    pub(crate) en_datafusion: (&'static str, &'static str),
    pub(crate) en_spark: (&'static str, &'static str),
}

pub(crate) const REGLAS: [Regla; 7] = [
    Regla {
        nombre: "constantes plegadas",
        sql: "SELECT venta_id FROM ventas WHERE venta_id > 1 + 2 * 3",
        en_datafusion: ("venta_id > Int64(7)", "Int64(2)"),
        en_spark: (" > 7)", "2 * 3"),
    },
    Regla {
        nombre: "columnas podadas",
        sql: "SELECT venta_id FROM ventas",
        en_datafusion: ("projection=[venta_id]", "monto"),
        en_spark: (
            "ReadSchema: struct<venta_id:bigint>",
            "ReadSchema: struct<venta_id:bigint,",
        ),
    },
    Regla {
        nombre: "filtro bajo la unión",
        sql: "SELECT v.monto FROM ventas v JOIN clientes c ON v.user_id = c.id WHERE v.monto > 100",
        en_datafusion: (
            "partial_filters=[ventas.monto > Float64(100)]",
            "Filter: v.monto",
        ),
        en_spark: ("GreaterThan(monto,100.0)", "LeftOuter"),
    },
    Regla {
        nombre: "unión externa hecha interna",
        sql: "SELECT v.monto FROM ventas v LEFT JOIN clientes c ON v.user_id = c.id WHERE c.region = 'norte'",
        en_datafusion: ("Inner Join", "Left Join"),
        en_spark: ("Join Inner", "LeftOuter"),
    },
    Regla {
        nombre: "subconsulta correlacionada hecha unión",
        sql: "SELECT venta_id FROM ventas v WHERE EXISTS (SELECT 1 FROM clientes c WHERE c.id = v.user_id)",
        en_datafusion: ("LeftSemi Join", "EXISTS"),
        en_spark: ("Join LeftSemi", "exists#"),
    },
    Regla {
        nombre: "condición imposible sin leer",
        sql: "SELECT venta_id FROM ventas WHERE 1 = 2",
        en_datafusion: ("EmptyRelation", "TableScan"),
        en_spark: ("LocalRelation <empty>", "FileScan"),
    },
    Regla {
        nombre: "los primeros sin ordenar todo",
        sql: "SELECT venta_id FROM ventas ORDER BY monto LIMIT 3",
        en_datafusion: ("fetch=3", "Limit:"),
        en_spark: (
            "TakeOrderedAndProject(limit=3",
            "Exchange rangepartitioning",
        ),
    },
];

#[tokio::test]
async fn las_reglas_conocidas_de_catalyst_estan() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    for regla in &REGLAS {
        let plan = engine.query(regla.sql).await.unwrap();
        let plan = plan
            .into_optimized_plan()
            .unwrap()
            .display_indent()
            .to_string();
        let (esta, no_esta) = regla.en_datafusion;
        assert!(plan.contains(esta), "{}\n{plan}", regla.nombre);
        assert!(!plan.contains(no_esta), "{}\n{plan}", regla.nombre);
    }
}

#[tokio::test]
async fn las_estadisticas_ponen_el_lado_pequeno_a_construir() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    for sql in [
        "SELECT v.monto FROM ventas v JOIN clientes c ON v.user_id = c.id",
        "SELECT v.monto FROM clientes c JOIN ventas v ON v.user_id = c.id",
    ] {
        let plan = fisico(&engine, sql).await;
        let (clientes, ventas) = (plan.find("clientes.parquet"), plan.find("ventas.parquet"));
        // The first child of a hash join is the side that is built.
        assert!(clientes.unwrap() < ventas.unwrap(), "{plan}");
    }
}

fn de_asia(desde: &str) -> String {
    format!("SELECT SUM(l_extendedprice) FROM {desde} WHERE r_name = 'ASIA'")
}

/// Sales of Asia's suppliers, from the smallest table to the largest.
pub(crate) fn bien() -> String {
    de_asia(
        "region JOIN nation ON n_regionkey = r_regionkey JOIN supplier ON s_nationkey = n_nationkey \
         JOIN lineitem ON l_suppkey = s_suppkey",
    )
}

/// The same, from the largest to the smallest.
pub(crate) fn mal() -> String {
    de_asia(
        "lineitem JOIN supplier ON l_suppkey = s_suppkey JOIN nation ON s_nationkey = n_nationkey \
         JOIN region ON n_regionkey = r_regionkey",
    )
}

/// The keys of the joins in the plan, from its root on.
async fn orden(engine: &Engine, sql: &str) -> Vec<&'static str> {
    let plan = fisico(engine, sql).await;
    let mut claves: Vec<_> = ["r_regionkey", "n_nationkey", "s_suppkey"]
        .into_iter()
        .map(|clave| {
            let on = plan.lines().position(|linea| {
                linea.contains("HashJoinExec") && linea.contains(&format!("on=[({clave}@"))
            });
            (on.unwrap_or_else(|| panic!("{clave}\n{plan}")), clave)
        })
        .collect();
    claves.sort_unstable();
    claves.into_iter().map(|(_, clave)| clave).collect()
}

#[tokio::test]
async fn las_uniones_se_hacen_en_el_orden_en_que_se_escriben() {
    let (engine, _) = sesion_tpch(centesima(), &Settings::default()).await;
    let (bien, mal) = (bien(), mal());
    assert_eq!(
        orden(&engine, &bien).await,
        ["s_suppkey", "n_nationkey", "r_regionkey"]
    );
    assert_eq!(
        orden(&engine, &mal).await,
        ["r_regionkey", "n_nationkey", "s_suppkey"]
    );
    let mut filas = Vec::new();
    for sql in [&bien, &mal] {
        let (lotes, plan) = run(engine.query(sql).await.unwrap()).await.unwrap();
        assert_eq!(operators(plan.as_ref(), "HashJoinExec"), 3);
        filas.push((lotes, salidas_de_uniones(plan.as_ref())));
    }
    assert_eq!(filas[0].0, filas[1].0);
    // The same answer by way of more rows between joins.
    assert!(filas[0].1 < filas[1].1, "{} {}", filas[0].1, filas[1].1);
}

fn salidas_de_uniones(plan: &dyn datafusion::physical_plan::ExecutionPlan) -> usize {
    let aqui = if plan.name() == "HashJoinExec" {
        plan.metrics().and_then(|m| m.output_rows()).unwrap_or(0)
    } else {
        0
    };
    let debajo = plan.children().into_iter();
    aqui + debajo
        .map(|hijo| salidas_de_uniones(hijo.as_ref()))
        .sum::<usize>()
}
