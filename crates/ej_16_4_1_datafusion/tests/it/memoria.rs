//! Less memory than the query would like: what spills, and what cannot.

use crate::tienda::{archivos, con, en_trozos, sesion, tienda};
use ej_16_4_1_datafusion::{EngineError, Settings, run};

const ORDEN: &str = "SELECT nota FROM ventas ORDER BY nota";
const UNION: &str = "SELECT COUNT(*) AS n FROM ventas a JOIN ventas b ON a.nota = b.nota";

/// A megabyte, of which a sort keeps a tenth back for merging what it spilled.
fn poca() -> Settings {
    Settings {
        memory: Some(1 << 20),
        ..con(&[
            ("execution.target_partitions", "1"),
            ("execution.batch_size", "512"),
            ("execution.sort_spill_reservation_bytes", "100000"),
            // A batch of views is charged with the whole page that they look into.
            ("execution.parquet.schema_force_view_types", "false"),
        ])
    }
}

#[tokio::test]
async fn un_orden_que_no_cabe_pasa_por_el_disco() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &poca()).await;
    let (lotes, plan) = run(engine.query(ORDEN).await.unwrap()).await.unwrap();
    let filas: usize = lotes.iter().map(|lote| lote.num_rows()).sum();
    assert_eq!(filas, 20_000);
    let mut nodo = &plan;
    while nodo.name() != "SortExec" {
        nodo = nodo.children()[0];
    }
    assert!(nodo.metrics().unwrap().spilled_bytes().unwrap() > 500_000);
}

#[tokio::test]
async fn una_union_por_hash_que_no_cabe_es_un_error() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &poca()).await;
    let error = engine.rows(UNION).await.unwrap_err();
    assert!(matches!(error, EngineError::Memory(_)), "{error:?}");
    assert!(error.to_string().contains("HashJoinInput"), "{error}");
}
