//! MERGE with several clauses, against what a map says, and with little memory.

use crate::bancada::{ambos, dia, en_disco, lote_de, numeros, venta, venta_del};
use datafusion::prelude::SessionContext;
use deltalake::DeltaTable;
use deltalake::operations::merge::InsertBuilder;
use ej_16_5_1_delta::{
    Change, MergeSession, Sale, TableError, apply_day, changes_batch, read_sales, upsert,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn cambio(venta: Sale, anulada: bool) -> Change {
    Change {
        sale: venta,
        anulada,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cada_fila_encuentra_su_clausula() {
    for sitio in ambos() {
        let mut sin_region = venta_del(2, 13, "", 700);
        sin_region.region = None;
        let tabla = sitio
            .con(&[&[
                venta_del(1, 1, "norte", 100),
                venta_del(2, 11, "este", 300),
                venta_del(2, 12, "sur", 400),
                sin_region,
                venta_del(2, 14, "sur", 800),
            ]])
            .await;
        let cambios = [
            cambio(venta_del(2, 11, "este", 300), true),
            cambio(venta_del(2, 13, "oeste", 700), false),
            cambio(venta_del(2, 14, "sur", 800), false),
            cambio(venta_del(2, 15, "norte", 900), false),
            cambio(venta_del(2, 16, "norte", 950), true),
        ];
        let cambios = changes_batch(&cambios).unwrap();
        let (tabla, m) = apply_day(tabla, cambios, dia(2), MergeSession::unbounded())
            .await
            .unwrap();
        assert_eq!(
            sitio.ventas().await,
            [
                venta_del(1, 1, "norte", 100),  // another day: kept
                venta_del(2, 13, "oeste", 700), // its region was null: known now
                venta_del(2, 14, "sur", 800),   // as it was
                venta_del(2, 15, "norte", 900), // new
            ],
            "{}",
            sitio.nombre
        );
        // Cancelled 11 and missing 12 deleted; 16 is cancelled before it was there, and is nothing.
        assert_eq!(
            (
                m.num_source_rows,
                m.num_target_rows_deleted,
                m.num_target_rows_updated,
                m.num_target_rows_inserted
            ),
            (5, 2, 1, 1)
        );
        assert_eq!(m.num_target_rows_copied, 2);
        assert_eq!(tabla.version(), Some(2));
    }
}

/// Sales, and what comes for [`con_todas_las_clausulas`]: each row for one clause, most of them also for a later one.
pub(crate) fn para_todas_las_clausulas() -> ([Sale; 5], [Sale; 7], Vec<Sale>) {
    let hay = [
        venta(1, "norte", 100),
        venta(2, "norte", 200),
        venta(3, "sur", 300),
        venta(4, "este", 400),
        venta(5, "oeste", 500),
    ];
    let llegan = [
        venta(1, "sur", 0),
        venta(2, "sur", 2_000),
        venta(3, "este", 700),
        venta(6, "norte", 600),
        venta(7, "sur", 900),
        venta(8, "sur", 100),
        venta(9, "norte", 100),
    ];
    let quedan = vec![
        venta(2, "norte", 2_000), // the amount, and not the region as well
        venta(3, "este", 300),
        venta(5, "vieja", 500),
        venta(6, "norte", 600),
        venta(7, "sur", 900), // as it came, although it is of the south
        venta(8, "por revisar", 100),
    ];
    (hay, llegan, quedan)
}

/// Seven clauses, two or three of each kind. [`super::nivel_jvm`] says the same to Spark.
pub(crate) async fn con_todas_las_clausulas(tabla: DeltaTable, llegan: &[Sale]) -> DeltaTable {
    let llegan = SessionContext::new().read_batch(lote_de(llegan)).unwrap();
    let como_viene = |insert: InsertBuilder| {
        insert
            .set("venta_id", "o.venta_id")
            .set("fecha", "o.fecha")
            .set("monto", "o.monto")
    };
    let merge = tabla
        .merge(llegan, "o.venta_id = d.venta_id")
        .with_source_alias("o")
        .with_target_alias("d")
        .when_matched_delete(|c| c.predicate("o.monto = 0"))
        .and_then(|m| {
            m.when_matched_update(|c| c.predicate("o.monto > 10").update("monto", "o.monto"))
        })
        .and_then(|m| m.when_matched_update(|c| c.update("region", "o.region")))
        .and_then(|m| {
            m.when_not_matched_insert(|c| {
                como_viene(c.predicate("o.monto > 5")).set("region", "o.region")
            })
        })
        .and_then(|m| {
            m.when_not_matched_insert(|c| {
                como_viene(c.predicate("o.region = 'sur'")).set("region", "'por revisar'")
            })
        })
        .and_then(|m| m.when_not_matched_by_source_delete(|c| c.predicate("d.region = 'este'")))
        .and_then(|m| m.when_not_matched_by_source_update(|c| c.update("region", "'vieja'")));
    merge.unwrap().await.unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn de_varias_clausulas_de_cada_clase_vale_la_primera_que_se_cumple() {
    for sitio in ambos() {
        let (hay, llegan, quedan) = para_todas_las_clausulas();
        let tabla = sitio.con(&[&hay]).await;
        con_todas_las_clausulas(tabla, &llegan).await;
        assert_eq!(sitio.ventas().await, quedan, "{}", sitio.nombre);
    }
}

#[tokio::test]
async fn dos_cambios_de_la_misma_venta_se_rechazan_y_nada_cambia() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let dobles = lote_de(&[venta(1, "norte", 200), venta(1, "norte", 300)]);
    let error = upsert(tabla, dobles, MergeSession::unbounded())
        .await
        .unwrap_err();
    assert!(matches!(error, TableError::Delta(_)), "{error}");
    assert!(
        error.to_string().contains("multiple source rows"),
        "{error}"
    );
    assert_eq!(sitio.ventas().await, [venta(1, "norte", 100)]);
}

/// What is not matched is inserted, twice if it comes twice: MERGE does not make a key.
#[tokio::test]
async fn dos_filas_nuevas_iguales_entran_las_dos() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let dobles = lote_de(&[venta(2, "sur", 200), venta(2, "sur", 200)]);
    upsert(tabla, dobles, MergeSession::unbounded())
        .await
        .unwrap();
    assert_eq!(numeros(&sitio.ventas().await), [1, 2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sin_clausula_para_lo_que_no_viene_hay_archivos_que_no_se_leen() {
    for sitio in ambos() {
        let lotes: Vec<[Sale; 2]> = (0..6)
            .map(|i| [venta(10 * i, "norte", 100), venta(10 * i + 9, "sur", 100)])
            .collect();
        let lotes: Vec<&[Sale]> = lotes.iter().map(|lote| lote.as_slice()).collect();
        let tabla = sitio.con(&lotes).await;
        let (tabla, m) = upsert(
            tabla,
            lote_de(&[venta(20, "norte", 500), venta(25, "este", 600)]),
            MergeSession::unbounded(),
        )
        .await
        .unwrap();
        assert_eq!(
            (m.num_target_files_scanned, m.num_target_files_removed),
            (1, 1),
            "{m:?}"
        );
        assert_eq!(
            (m.num_target_rows_updated, m.num_target_rows_inserted),
            (1, 1)
        );
        let cambios = changes_batch(&[cambio(venta(20, "norte", 500), false)]).unwrap();
        let (_, m) = apply_day(tabla, cambios, dia(9), MergeSession::unbounded())
            .await
            .unwrap();
        assert_eq!(
            m.num_target_files_scanned,
            sitio
                .place
                .open()
                .await
                .unwrap()
                .snapshot()
                .unwrap()
                .log_data()
                .num_files()
        );
        assert_eq!(m.num_target_files_scanned, 6, "{m:?}");
    }
}

#[tokio::test]
async fn con_la_memoria_acotada_el_resultado_es_el_mismo() {
    let antes: Vec<Sale> = (0..5_000).map(|i| venta(i, "norte", i + 1)).collect();
    let llegan: Vec<Sale> = (4_000..6_000).map(|i| venta(i, "sur", i + 2)).collect();
    let mut finales = Vec::new();
    for sesion in [MergeSession::unbounded(), MergeSession::bounded(64 << 20)] {
        let sitio = en_disco();
        let tabla = sitio.con(&[&antes]).await;
        let (_, m) = upsert(tabla, lote_de(&llegan), sesion).await.unwrap();
        assert_eq!(
            (m.num_target_rows_updated, m.num_target_rows_inserted),
            (1_000, 1_000)
        );
        finales.push(sitio.ventas().await);
    }
    assert_eq!(finales[0].len(), 6_000);
    assert_eq!(finales[0], finales[1]);
}

/// Each sort of the bounded MERGE sets ten mebibytes aside for its own merge: with less there is an error, and no wait.
#[tokio::test]
async fn con_demasiado_poca_memoria_es_un_error_y_la_tabla_queda_como_estaba() {
    let antes: Vec<Sale> = (0..2_000).map(|i| venta(i, "norte", i + 1)).collect();
    let sitio = en_disco();
    let tabla = sitio.con(&[&antes]).await;
    let llegan = lote_de(&[venta(0, "sur", 7), venta(2_000, "sur", 7)]);
    let error = upsert(tabla, llegan, MergeSession::bounded(1 << 20)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("Not enough memory"), "{error}");
    assert_eq!(sitio.ventas().await, antes);
    assert_eq!(sitio.place.open().await.unwrap().version(), Some(1));
}

/// Sales 0 to 11 of two days, some of them, and changes for some.
fn caso() -> impl Strategy<Value = (Vec<Sale>, Vec<Change>)> {
    let venta = |id: i64| {
        (
            1..3i8,
            prop::sample::select(vec!["norte", "sur"]),
            prop::bool::ANY,
            1..4i64,
        )
            .prop_map(move |(n, region, nula, cents)| {
                let mut venta = venta_del(n, id, region, cents);
                if nula {
                    venta.region = None;
                }
                venta
            })
    };
    let hay = (0..12i64)
        .map(|id| prop::option::of(venta(id)))
        .collect::<Vec<_>>();
    let llegan = (0..12i64)
        .map(|id| {
            prop::option::of(
                (venta(id), prop::bool::ANY).prop_map(|(v, anulada)| cambio(v, anulada)),
            )
        })
        .collect::<Vec<_>>();
    (hay, llegan).prop_map(|(hay, llegan)| {
        (
            hay.into_iter().flatten().collect(),
            llegan.into_iter().flatten().collect(),
        )
    })
}

/// The four clauses, said of a map.
fn modelo(hay: &[Sale], cambios: &[Change]) -> Vec<Sale> {
    let mut filas: BTreeMap<i64, Sale> = hay.iter().map(|v| (v.venta_id, v.clone())).collect();
    let llegados: Vec<i64> = cambios.iter().map(|c| c.sale.venta_id).collect();
    filas.retain(|id, v| llegados.contains(id) || v.fecha != dia(2));
    for Change { sale, anulada } in cambios {
        match (filas.get_mut(&sale.venta_id), anulada) {
            (Some(_), true) => drop(filas.remove(&sale.venta_id)),
            (Some(fila), false) => (fila.region, fila.monto) = (sale.region.clone(), sale.monto),
            (None, true) => {}
            (None, false) => drop(filas.insert(sale.venta_id, sale.clone())),
        }
    }
    filas.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn el_merge_hace_lo_que_dice_el_modelo((hay, cambios) in caso()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let quedan = runtime.block_on(async {
            let sitio = en_disco();
            let tabla = sitio.con(&[&hay]).await;
            let cambios = changes_batch(&cambios).unwrap();
            let (tabla, _) = apply_day(tabla, cambios, dia(2), MergeSession::unbounded()).await.unwrap();
            read_sales(&tabla).await.unwrap()
        });
        prop_assert_eq!(quedan, modelo(&hay, &cambios));
    }
}

#[test]
fn el_modelo_cuenta_lo_que_debe() {
    let hay = [
        venta_del(1, 1, "norte", 1),
        venta_del(2, 2, "norte", 1),
        venta_del(2, 3, "sur", 1),
    ];
    let cambios = [
        cambio(venta_del(2, 3, "este", 2), false),
        cambio(venta_del(2, 4, "este", 3), false),
    ];
    assert_eq!(
        modelo(&hay, &cambios),
        [
            venta_del(1, 1, "norte", 1),
            venta_del(2, 3, "este", 2),
            venta_del(2, 4, "este", 3)
        ]
    );
}
