//! DELETE and UPDATE: rows, and which files they cost.

use crate::bancada::{ambos, dia, numeros, venta, venta_del};
use datafusion::prelude::{col, lit};
use datafusion::scalar::ScalarValue;
use ej_16_5_1_delta::{TableSpec, delete_where, update_where};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn update_calcula_desde_la_fila_vieja_y_copia_las_demas_del_archivo() {
    for sitio in ambos() {
        let tabla = sitio
            .con(&[
                &[venta(1, "norte", 100), venta(2, "sur", 200)],
                &[venta(3, "este", 300)],
            ])
            .await;
        let doble = [("monto", col("monto") + col("monto"))];
        let (tabla, metricas) = update_where(tabla, col("region").eq(lit("sur")), doble)
            .await
            .unwrap();
        assert_eq!(
            (metricas.num_updated_rows, metricas.num_copied_rows),
            (1, 1)
        );
        // The file without such a row is not touched.
        assert_eq!(
            (metricas.num_removed_files, metricas.num_added_files),
            (1, 1)
        );
        let montos: Vec<_> = sitio.ventas().await.iter().map(|v| v.monto.get()).collect();
        assert_eq!(montos, [100, 400, 300]);

        let version = tabla.version();
        let (tabla, metricas) =
            update_where(tabla, col("region").eq(lit("no hay")), [("monto", lit(0))])
                .await
                .unwrap();
        assert_eq!(
            (metricas.num_updated_rows, metricas.num_added_files),
            (0, 0)
        );
        assert_eq!(tabla.version(), version, "nothing to commit");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delete_por_filas_reescribe_archivos_y_por_particiones_no_lee_ninguno() {
    for sitio in ambos() {
        let forma = TableSpec::sales().partitioned_by("fecha");
        let lunes = [venta_del(1, 1, "norte", 50), venta_del(1, 2, "sur", 200)];
        let martes = [venta_del(2, 11, "este", 300), venta_del(2, 12, "sur", 400)];
        let tabla = sitio.con_forma(&forma, &[&lunes, &martes]).await;

        let poco = col("monto").lt(lit(ScalarValue::Decimal128(Some(100), 18, 2)));
        let (tabla, metricas) = delete_where(tabla, poco).await.unwrap();
        assert_eq!(
            (metricas.num_deleted_rows, metricas.num_copied_rows),
            (Some(1), 1)
        );
        assert_eq!(
            (metricas.num_removed_files, metricas.num_added_files),
            (1, 1)
        );

        let es_martes = col("fecha").eq(lit(ScalarValue::Date32(Some(dia(2).days_since_epoch()))));
        let (tabla, metricas) = delete_where(tabla, es_martes).await.unwrap();
        assert_eq!(
            (metricas.num_removed_files, metricas.num_added_files),
            (1, 0)
        );
        assert_eq!(
            (metricas.num_deleted_rows, metricas.num_copied_rows),
            (Some(2), 0)
        );
        assert_eq!(numeros(&sitio.ventas().await), [2]);

        let version = tabla.version();
        let (tabla, metricas) = delete_where(tabla, col("region").eq(lit("no hay")))
            .await
            .unwrap();
        assert_eq!((metricas.num_removed_files, tabla.version()), (0, version));
    }
}
