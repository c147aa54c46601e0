//! The percentiles as window functions: values that enter and values that leave.

use crate::{columna, contexto, filas};
use datafusion::arrow::array::{AsArray as _, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::datasource::MemTable;
use ej_16_4_2_udf::{ERROR_RELATIVO, percentil_de};
use std::sync::Arc;

#[tokio::test]
async fn en_una_ventana_que_se_desliza_sale_lo_que_entro() {
    let valores: Vec<Option<f64>> = (0..300_i64)
        .map(|i| match i {
            100 => Some(f64::NAN),
            200 => Some(f64::INFINITY),
            _ => (i % 13 != 4).then_some(((i * 7_919) % 1_000) as f64 - 300.0),
        })
        .collect();
    let ctx = contexto();
    let orden = Int64Array::from_iter_values(0..300);
    let lote = RecordBatch::try_from_iter_with_nullable([
        ("i", Arc::new(orden) as _, false),
        ("x", columna(valores.iter().copied()), true),
    ])
    .unwrap();
    let tabla = MemTable::try_new(lote.schema(), vec![vec![lote]]).unwrap();
    ctx.register_table("t", Arc::new(tabla)).unwrap();
    for (funcion, relativo) in [
        ("percentil_exacto", 1e-14),
        ("percentil_aproximado", ERROR_RELATIVO),
    ] {
        let sql = format!(
            "SELECT {funcion}(x, 0.5) OVER (ORDER BY i ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) FROM t ORDER BY i"
        );
        let lotes = filas(&ctx, &sql).await.unwrap();
        let hallados: Vec<_> = lotes
            .iter()
            .flat_map(|lote| {
                lote.column(0)
                    .as_primitive::<Float64Type>()
                    .iter()
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(hallados.len(), valores.len());
        for (i, hallado) in hallados.iter().enumerate() {
            let ventana = &valores[i.saturating_sub(9)..=i];
            let mut ventana: Vec<f64> = ventana.iter().flatten().copied().collect();
            let mayor = ventana
                .iter()
                .filter(|v| v.is_finite())
                .fold(0.0, |a: f64, b| a.max(b.abs()));
            match (hallado, percentil_de(&mut ventana, 0.5)) {
                (Some(a), Some(b)) if b.is_finite() => {
                    assert!(
                        (a - b).abs() <= relativo * (1.0 + 1e-9) * mayor,
                        "{i}: {a} {b}"
                    );
                }
                (Some(a), Some(b)) => {
                    assert!(a == &b || (a.is_nan() && b.is_nan()), "{i}: {a} {b}")
                }
                (a, b) => assert_eq!(*a, b),
            }
        }
    }
}
