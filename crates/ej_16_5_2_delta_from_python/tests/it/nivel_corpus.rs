//! Tables that Databricks wrote, among the public ones.

use deltalake::delta_datafusion::create_session;
use ecommerce_testkit::process::Child;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

fn tabla(nombre: &str) -> PathBuf {
    let corpus = std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR");
    Path::new(&corpus)
        .join("delta-rs/crates/test/tests/data")
        .join(nombre)
}

/// The rows of a table, whose log must say that Databricks wrote it.
fn filas(nombre: &str) -> usize {
    let tabla = tabla(nombre);
    let commit = fs::read_to_string(tabla.join("_delta_log/00000000000000000000.json")).unwrap();
    assert!(commit.contains("Databricks-Runtime"), "{commit}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let abierta = deltalake::open_table(Url::from_directory_path(&tabla).unwrap())
            .await
            .unwrap();
        let marco = create_session()
            .into_inner()
            .read_table(abierta.table_provider().await.unwrap());
        marco.unwrap().count().await.unwrap()
    })
}

/// Ten rows in the file, of which a deletion vector takes two.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn una_tabla_de_databricks_con_un_vector_de_borrado_se_lee_sin_las_filas_borradas() {
    assert_eq!(filas("table-with-dv-small"), 8);
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn una_tabla_de_databricks_sin_estadisticas_se_lee() {
    assert!(filas("delta-stats-optional") > 0);
}

/// The rows by `scan`, and what `to_pyarrow_table` says, of each table.
const LEER: &str = "
import sys
import pyarrow as pa
from deltalake import DeltaTable
for ruta in sys.argv[1:]:
    tabla = DeltaTable(ruta)
    try:
        arrow = tabla.to_pyarrow_table().num_rows
    except Exception as error:
        arrow = type(error).__name__
    print(pa.table(tabla.scan()).num_rows, arrow)
";

/// The package of Python, whose interpreter the Python tier has made ready before this one.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn las_mismas_tablas_de_databricks_se_leen_desde_python_con_scan_y_con_pyarrow_solo_una() {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let fin = Child::new(interprete)
        .args(["-c", LEER])
        .args([tabla("table-with-dv-small"), tabla("delta-stats-optional")])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .timeout(Duration::from_secs(120))
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    let filas = filas("delta-stats-optional");
    assert_eq!(
        fin.stdout_text(),
        format!("8 DeltaProtocolError\n{filas} {filas}\n")
    );
}
