//! What both sessions run: the chapter's queries, some of TPC-H, and one query with pieces of Comet taken away.

use crate::session::Motor;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The variant in which nothing is taken away.
pub const WHOLE: &str = "completa";

/// A query and what is set while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its name, the same in both sessions.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
    /// Which of [`VARIANTS`], or [`WHOLE`].
    pub variant: &'static str,
    /// Settings of the variant.
    pub settings: &'static [(&'static str, &'static str)],
}

/// The queries whose ratio counts: two of the chapter, seven of TPC-H.
pub const QUERIES: [(&str, &str); 9] = [
    ("revenue", include_str!("../consultas/revenue.sql")),
    ("usuarios", include_str!("../consultas/usuarios.sql")),
    ("tpch_01", include_str!("../consultas/tpch_01.sql")),
    ("tpch_03", include_str!("../consultas/tpch_03.sql")),
    ("tpch_05", include_str!("../consultas/tpch_05.sql")),
    ("tpch_06", include_str!("../consultas/tpch_06.sql")),
    ("tpch_12", include_str!("../consultas/tpch_12.sql")),
    ("tpch_14", include_str!("../consultas/tpch_14.sql")),
    ("tpch_18", include_str!("../consultas/tpch_18.sql")),
];

/// The same cents: in SQL that Comet knows, in SQL with a function that it leaves to Spark, and in a Python function.
pub const UDF: [(&str, &str); 3] = [
    (
        "centavos_sql",
        include_str!("../consultas/centavos_sql.sql"),
    ),
    (
        "centavos_round",
        include_str!("../consultas/centavos_round.sql"),
    ),
    (
        "centavos_python",
        include_str!("../consultas/centavos_python.sql"),
    ),
];

/// The query that loses its operators one by one.
pub const ABLATED: &str = "usuarios";

/// What is taken away from [`ABLATED`], from nothing to everything. Only a session with the plugin runs them.
pub const VARIANTS: [(&str, &[(&str, &str)]); 5] = [
    (
        "sin_join",
        &[
            ("spark.comet.exec.broadcastHashJoin.enabled", "false"),
            ("spark.comet.exec.hashJoin.enabled", "false"),
            ("spark.comet.exec.sortMergeJoin.enabled", "false"),
        ],
    ),
    (
        "sin_agregacion",
        &[("spark.comet.exec.aggregate.enabled", "false")],
    ),
    (
        "sin_filtro",
        &[("spark.comet.exec.filter.enabled", "false")],
    ),
    ("solo_lectura", &[("spark.comet.exec.enabled", "false")]),
    ("nada", &[("spark.comet.enabled", "false")]),
];

/// Which part of the work is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Whether TPC-H's tables are there.
    pub tpch: bool,
}

/// Everything that a session of `motor` runs, in order.
pub fn queries(motor: Motor, scope: Scope) -> Vec<Query> {
    let whole = |(name, sql): &(&'static str, &'static str)| Query {
        name,
        sql,
        variant: WHOLE,
        settings: &[],
    };
    let asked = |query: &Query| scope.tpch || !query.name.starts_with("tpch_");
    let mut all: Vec<Query> = QUERIES
        .iter()
        .chain(&UDF)
        .map(whole)
        .filter(asked)
        .collect();
    if motor == Motor::Comet {
        let ablated = QUERIES.iter().find(|(name, _)| *name == ABLATED);
        let variants = ablated.into_iter().flat_map(|(name, sql)| {
            VARIANTS.iter().map(move |(variant, settings)| Query {
                name,
                sql,
                variant,
                settings,
            })
        });
        all.extend(variants);
    }
    all
}

/// How a session is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Threads of Spark.
    pub threads: usize,
    /// The JVM's heap, in MiB.
    pub heap_mb: u64,
    /// Memory outside it, in MiB: Spark's own and Comet's.
    pub off_heap_mb: u64,
    /// How often each query is run.
    pub repetitions: usize,
}

/// The job of a session, as `comet_spark.py` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    motor: Motor,
    hilos: usize,
    monton_mb: u64,
    fuera_mb: u64,
    repeticiones: usize,
    tablas: BTreeMap<String, String>,
    consultas: Vec<JobQuery>,
}

#[derive(Clone, Debug, Serialize)]
struct JobQuery {
    nombre: &'static str,
    variante: &'static str,
    sql: &'static str,
    ajustes: BTreeMap<&'static str, &'static str>,
}

/// The tables of the guide's query.
const TABLES: [&str; 2] = ["clientes", "ventas"];
/// Those of TPC-H that the queries read.
const TPCH_TABLES: [&str; 7] = [
    "customer", "lineitem", "nation", "orders", "part", "region", "supplier",
];

impl Job {
    /// The job of a session of `motor` over the Parquet files in `data`.
    pub fn new(motor: Motor, data: &Path, scope: Scope, conditions: Conditions) -> Self {
        let tpch = TPCH_TABLES.iter().filter(|_| scope.tpch);
        let file = |name: &&str| {
            let path = data.join(format!("{name}.parquet"));
            ((*name).to_owned(), path.to_string_lossy().into_owned())
        };
        let queries = queries(motor, scope).into_iter().map(|query| JobQuery {
            nombre: query.name,
            variante: query.variant,
            sql: query.sql,
            ajustes: query.settings.iter().copied().collect(),
        });
        Self {
            motor,
            hilos: conditions.threads,
            monton_mb: conditions.heap_mb,
            fuera_mb: conditions.off_heap_mb,
            repeticiones: conditions.repetitions,
            tablas: TABLES.iter().chain(tpch).map(file).collect(),
            consultas: queries.collect(),
        }
    }
}
