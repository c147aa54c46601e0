//! What is answered and what is refused, with both engines.

use std::sync::Arc;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::datasource::MemTable;
use datafusion::prelude::{col, lit};
use ecommerce_cluster::{Answer, ClusterError, Engine, Refusal};

use crate::scene::scene;

/// Returns a column of whole numbers.
pub(crate) fn numbers(answer: &Answer, column: usize) -> Vec<Option<i64>> {
    answer
        .batches
        .iter()
        .flat_map(|batch| {
            batch
                .column(column)
                .as_primitive::<Int64Type>()
                .iter()
                .collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_and_a_plan_are_answered_by_all_executors_together() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        here.table().await;
        let cluster = &here.cluster;
        assert_eq!((cluster.engine(), cluster.members().len()), (engine, 2));
        let answer = cluster
            .sql("SELECT k, count(*) AS n, sum(id) AS s FROM t GROUP BY k ORDER BY k NULLS FIRST")
            .await
            .unwrap();
        let nulls = (0..1000).filter(|id| id % 7 == 0);
        assert_eq!(numbers(&answer, 0)[..3], [None, Some(0), Some(1)]);
        assert_eq!(numbers(&answer, 1)[0], Some(nulls.clone().count() as i64));
        assert_eq!(numbers(&answer, 2)[0], Some(nulls.sum()));
        let traffic = answer.traffic;
        assert!(traffic.stages > 1, "{engine}: {traffic:?}");
        // Two whole numbers per group at the least.
        assert!(traffic.shuffled_bytes > 16 * 3, "{engine}: {traffic:?}");

        // The same without SQL, over a location that is not registered.
        let dir = here.directory.path().join("t");
        let frame = cluster
            .read_parquet(&format!("{}/", dir.display()))
            .await
            .unwrap();
        let frame = frame
            .filter(col("id").gt_eq(lit(990)))
            .unwrap()
            .select_columns(&["id"])
            .unwrap();
        let answer = cluster.data_frame(frame).await.unwrap();
        let mut ids = numbers(&answer, 0);
        ids.sort_unstable();
        assert_eq!(ids, (990..1000).map(Some).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_still_have_their_columns() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        here.table().await;
        for query in [
            "SELECT id, k FROM t WHERE 1 = 0",
            "SELECT id, k FROM t WHERE id < 0",
        ] {
            let answer = here.cluster.sql(query).await.unwrap();
            let names: Vec<_> = answer
                .schema
                .fields()
                .iter()
                .map(|field| field.name().as_str())
                .collect();
            assert_eq!(
                (answer.rows(), names),
                (0, vec!["id", "k"]),
                "{engine}: {query}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_writes_or_sets_is_refused() {
    let here = scene(Engine::Distribuido).await;
    here.table().await;
    let out = here.directory.path().join("out.parquet");
    for query in [
        format!("COPY (SELECT * FROM t) TO '{}'", out.display()),
        "INSERT INTO t SELECT * FROM t".to_owned(),
        "CREATE TABLE u AS SELECT * FROM t".to_owned(),
        "CREATE VIEW u AS SELECT * FROM t".to_owned(),
        format!(
            "CREATE EXTERNAL TABLE u STORED AS PARQUET LOCATION '{}'",
            out.display()
        ),
        "DROP TABLE t".to_owned(),
        "SET ballista.planner.adaptive.enabled = false".to_owned(),
        format!(
            "EXPLAIN ANALYZE COPY (SELECT * FROM t) TO '{}'",
            out.display()
        ),
    ] {
        match here.cluster.sql(&query).await {
            Err(ClusterError::Refused(Refusal::Writes(_))) => {}
            other => panic!("{query}: {other:?}"),
        }
    }
    assert!(!out.exists());
    assert_eq!(
        here.cluster
            .sql("SELECT count(*) FROM t")
            .await
            .unwrap()
            .rows(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_names_keep_the_suggestion_of_datafusion() {
    let here = scene(Engine::Distribuido).await;
    here.table().await;
    let error = here.cluster.sql("SELECT * FROM tt").await.unwrap_err();
    assert!(matches!(error, ClusterError::Plan(_)), "{error}");
    assert!(error.to_string().contains("tt"), "{error}");
    let error = here.cluster.sql("SELECT idd FROM t").await.unwrap_err();
    assert!(error.to_string().contains("Did you mean 't.id'"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_memory_is_refused_before_anything_is_sent() {
    let here = scene(Engine::Ballista).await;
    here.table().await;
    let batch = here
        .cluster
        .context()
        .sql("SELECT 1 AS x")
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    let table = MemTable::try_new(batch[0].schema(), vec![batch]).unwrap();
    here.cluster
        .context()
        .register_table("memoria", Arc::new(table))
        .unwrap();
    match here
        .cluster
        .sql("SELECT * FROM t JOIN memoria ON t.id = memoria.x")
        .await
    {
        Err(ClusterError::Source { table, .. }) => assert_eq!(table, "memoria"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_gone_is_an_error_and_the_cluster_goes_on() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        here.table().await;
        let plan = here
            .cluster
            .plan("SELECT k, count(*) FROM t WHERE id > 3 GROUP BY k")
            .await
            .unwrap();
        let (table, away) = (
            here.directory.path().join("t"),
            here.directory.path().join("away"),
        );
        std::fs::rename(&table, &away).unwrap();
        match here.cluster.collect(plan.clone()).await {
            Err(ClusterError::Source { table, reason }) => {
                assert_eq!(
                    (table.as_str(), reason.as_str()),
                    ("t", "it has no files any more"),
                    "{engine}"
                );
            }
            other => panic!("{engine}: {other:?}"),
        }
        std::fs::rename(&away, &table).unwrap();
        assert_eq!(here.cluster.collect(plan).await.unwrap().rows(), 11);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_an_error_of_the_query_and_the_cluster_goes_on() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        here.table().await;
        let file = here.directory.path().join("t/2.parquet");
        let bytes = std::fs::read(&file).unwrap();
        let mut damaged = bytes.clone();
        damaged[4..200].fill(0xff);
        std::fs::write(&file, damaged).unwrap();
        let error = here
            .cluster
            .sql("SELECT k, count(*) FROM t WHERE id > 3 GROUP BY k")
            .await
            .unwrap_err();
        assert!(
            matches!(error, ClusterError::Execution(_)),
            "{engine}: {error}"
        );
        std::fs::write(&file, bytes).unwrap();
        let answer = here
            .cluster
            .sql("SELECT k, count(*) FROM t WHERE id > 3 GROUP BY k")
            .await
            .unwrap();
        assert_eq!(answer.rows(), 11, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_answers_wrongly_is_refused_and_says_why() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        here.table().await;
        for join in ["LEFT", "RIGHT", "FULL"] {
            let query =
                format!("SELECT count(*) FROM t a {join} JOIN t b ON a.id < b.id AND b.id > 990");
            match (engine, here.cluster.sql(&query).await) {
                (Engine::Ballista, Err(ClusterError::Refused(refusal))) => {
                    assert!(refusal.to_string().contains("issue 1055"), "{refusal}");
                }
                (Engine::Distribuido, Ok(answer)) => {
                    let alone = here
                        .cluster
                        .context()
                        .sql(&query)
                        .await
                        .unwrap()
                        .collect()
                        .await
                        .unwrap();
                    assert_eq!(answer.batches[0].column(0), alone[0].column(0), "{join}");
                }
                (engine, other) => panic!("{engine}: {join}: {other:?}"),
            }
        }
        let recursive = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT count(*) FROM n";
        let error = here.cluster.sql(recursive).await.unwrap_err();
        assert!(
            matches!(error, ClusterError::Refused(Refusal::Wrong { .. })),
            "{engine}: {error}"
        );
    }
}
