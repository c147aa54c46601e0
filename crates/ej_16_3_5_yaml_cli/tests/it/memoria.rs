//! Memory: what passes through is never held whole.

use crate::bancada::Bancada;
use arrow::array::{Float64Array, Int64Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

const FILAS: i64 = 16_000_000;

/// 16 M rows of two columns: 256 MB once decoded, a few megabytes as a file. Its row groups are of 2 MB, because Polars reads
/// several of them ahead, and those do count.
fn entrada(b: &Bancada) {
    let bloque = 1 << 17;
    let lote = |desde: i64| {
        let n: Int64Array = (desde..(desde + bloque).min(FILAS))
            .map(|i| i / 1_000)
            .collect();
        let x: Float64Array = (desde..(desde + bloque).min(FILAS))
            .map(|i| (i % 7) as f64)
            .collect();
        RecordBatch::try_from_iter([("n", Arc::new(n) as _), ("x", Arc::new(x) as _)]).unwrap()
    };
    let primero = lote(0);
    let propiedades = WriterProperties::builder()
        .set_max_row_group_row_count(Some(1 << 17))
        .build();
    let archivo = std::fs::File::create(b.ruta("v.parquet")).unwrap();
    let mut escritor = ArrowWriter::try_new(archivo, primero.schema(), Some(propiedades)).unwrap();
    let mut desde = 0;
    while desde < FILAS {
        escritor.write(&lote(desde)).unwrap();
        desde += bloque;
    }
    escritor.close().unwrap();
}

#[test]
fn lo_que_pasa_puede_ser_mas_que_lo_que_cabe() {
    let b = Bancada::nueva();
    entrada(&b);
    b.escribe(
        "t.yaml",
        "entradas: { v: { ruta: v.parquet } }\npasos:\n  - filtrar: x < 6\n  - derivar: { y: x * 2, z: n + 1 }\nsalida: { ruta: o.parquet, filas_por_grupo: 500000 }\n",
    );
    // All it may hold, thread stacks included, is 256 MiB; it reads 256 MB of columns and writes 439 MB of them.
    let run = b
        .comando(&["t.yaml", "--json"])
        .limit_data(256 << 20)
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let resumen: serde_json::Value = serde_json::from_str(&run.stdout_text()).unwrap();
    let esperadas = (0..FILAS).filter(|i| i % 7 < 6).count();
    assert_eq!(resumen["filas"].as_u64(), Some(esperadas as u64));
}
