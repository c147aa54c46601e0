//! Who competes, and what DataFusion alone is asked to change.

use crate::workload::Program;

/// DataFusion's program, which also makes the data.
pub(super) const ENGINE: Program = Program::Native {
    binary: "motor-datafusion",
    build: "cargo build --release -p ej_16_4_1_datafusion",
};

/// Who competes, in the order of the rounds.
pub const CONTESTANTS: [(&str, Program); 3] = [
    ("datafusion", ENGINE),
    (
        "duckdb",
        Program::Python {
            script: "tpch_duckdb.py",
            modules: &["duckdb", "pyarrow"],
        },
    ),
    (
        "polars",
        Program::Python {
            script: "tpch_polars.py",
            modules: &["polars"],
        },
    ),
];

/// What the others' answers are compared with, where it competes.
pub(super) const REFERENCE: &str = "duckdb";

macro_rules! setting {
    ($($key:literal = $value:literal),*) => { &[$((concat!("datafusion.", $key), $value)),*] };
}

/// What the ablation changes, one at a time; the first is nothing.
pub const VARIANTS: [(&str, &[(&str, &str)]); 12] = [
    ("por omisión", &[]),
    (
        "pushdown_filters",
        setting!("execution.parquet.pushdown_filters" = "true"),
    ),
    (
        "pushdown_filters y reorder_filters",
        setting!(
            "execution.parquet.pushdown_filters" = "true",
            "execution.parquet.reorder_filters" = "true"
        ),
    ),
    (
        "sin estadísticas de archivo",
        setting!("execution.collect_statistics" = "false"),
    ),
    (
        "una partición",
        setting!("execution.target_partitions" = "1"),
    ),
    (
        "cuatro particiones",
        setting!("execution.target_partitions" = "4"),
    ),
    (
        "sin filtros de Bloom",
        setting!("execution.parquet.bloom_filter_on_read" = "false"),
    ),
    (
        "sin índice de páginas",
        setting!("execution.parquet.enable_page_index" = "false"),
    ),
    ("sin poda", setting!("execution.parquet.pruning" = "false")),
    (
        "sin filtros dinámicos",
        setting!("optimizer.enable_dynamic_filter_pushdown" = "false"),
    ),
    (
        "unión por mezcla (prefer_hash_join)",
        setting!("optimizer.prefer_hash_join" = "false"),
    ),
    (
        "sin cambiar el lado de las uniones",
        setting!("optimizer.join_reordering" = "false"),
    ),
];
