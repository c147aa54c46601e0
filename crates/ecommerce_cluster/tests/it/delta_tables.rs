//! Delta tables as sources.

use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use deltalake::DeltaTable;
use ecommerce_cluster::{ClusterError, Engine};
use url::Url;

use crate::queries::numbers;
use crate::scene::{Scene, scene};

fn rows(ids: std::ops::Range<i64>, region: &str) -> RecordBatch {
    RecordBatch::try_from_iter([
        (
            "id",
            Arc::new(Int64Array::from_iter_values(ids.clone())) as _,
        ),
        (
            "region",
            Arc::new(StringArray::from_iter_values(ids.map(|_| region))) as _,
        ),
    ])
    .unwrap()
}

/// A table partitioned by a text with spaces and accents, with a version in which files were replaced.
async fn table(here: &Scene) -> Url {
    let dir = here.directory.path().join("delta");
    std::fs::create_dir(&dir).unwrap();
    let url = Url::from_directory_path(&dir).unwrap();
    let table = DeltaTable::try_from_url(url.clone()).await.unwrap();
    let table = table
        .write([rows(0..100, "norte"), rows(100..150, "Castilla y León")])
        .with_partition_columns(["region"])
        .await
        .unwrap();
    let (table, _) = table.delete().with_predicate("id % 2 = 1").await.unwrap();
    table.write([rows(200..210, "sur")]).await.unwrap();
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_files_of_a_delta_table_are_read_with_their_partition_values() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        let url = table(&here).await;
        here.cluster.delta("d", &url).await.unwrap();
        let query =
            "SELECT region, count(*) AS n, sum(id) AS s FROM d GROUP BY region ORDER BY region";
        let answer = here.cluster.sql(query).await.unwrap();
        let even: Vec<i64> = (0..150).filter(|id| id % 2 == 0).collect();
        let sum = |low, high| {
            even.iter()
                .filter(|id| (low..high).contains(*id))
                .sum::<i64>()
        };
        assert_eq!(
            numbers(&answer, 1),
            [Some(25), Some(50), Some(10)],
            "{engine}"
        );
        assert_eq!(
            numbers(&answer, 2),
            [
                Some(sum(100, 150)),
                Some(sum(0, 100)),
                Some((200..210).sum())
            ]
        );
        let answer = here
            .cluster
            .sql("SELECT id FROM d WHERE region = 'Castilla y León' AND id > 140")
            .await
            .unwrap();
        let mut ids = numbers(&answer, 0);
        ids.sort_unstable();
        assert_eq!(ids, [142, 144, 146, 148].map(Some));
        // The version is the one at registration.
        let newer = DeltaTable::try_from_url(url.clone()).await.unwrap();
        let mut newer = newer;
        newer.load().await.unwrap();
        newer.write([rows(300..400, "sur")]).await.unwrap();
        assert_eq!(
            numbers(
                &here.cluster.sql("SELECT count(*) FROM d").await.unwrap(),
                0
            ),
            [Some(85)]
        );
    }
}

/// Adds a commit to the log of a copy of the table's protocol.
fn commit(here: &Scene, name: &str, lines: &[&str]) -> Url {
    let dir = here.directory.path().join(name);
    let log = dir.join("_delta_log");
    std::fs::create_dir_all(&log).unwrap();
    std::fs::write(log.join("00000000000000000000.json"), lines.join("\n")).unwrap();
    Url::from_directory_path(dir).unwrap()
}

const SCHEMA: &str = r#""{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":1,\"delta.columnMapping.physicalName\":\"c1\"}}]}""#;

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_needs_more_than_its_files_is_refused() {
    let here = scene(Engine::Distribuido).await;
    let metadata = |configuration: &str| {
        format!(
            r#"{{"metaData":{{"id":"6d2c9d3a-0000-4000-8000-000000000000","format":{{"provider":"parquet","options":{{}}}},"schemaString":{SCHEMA},"partitionColumns":[],"configuration":{{{configuration}}},"createdTime":0}}}}"#
        )
    };
    let vectors = commit(
        &here,
        "vectores",
        &[
            r#"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}"#,
            &metadata(r#""delta.enableDeletionVectors":"true""#),
            r#"{"add":{"path":"a.parquet","partitionValues":{},"size":1,"modificationTime":0,"dataChange":true,"stats":"{\"numRecords\":10}","deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA","offset":1,"sizeInBytes":36,"cardinality":2}}}"#,
        ],
    );
    let mapping = commit(
        &here,
        "columnas",
        &[
            r#"{"protocol":{"minReaderVersion":2,"minWriterVersion":5}}"#,
            &metadata(r#""delta.columnMapping.mode":"name","delta.columnMapping.maxColumnId":"1""#),
        ],
    );
    let nothing = Url::from_directory_path(here.directory.path().join("nada")).unwrap();
    for (url, why) in [
        (vectors, "deletion vectors"),
        (mapping, "column mapping"),
        (nothing, ""),
    ] {
        match here.cluster.delta("d", &url).await {
            Err(ClusterError::Source { reason, .. }) => {
                assert!(reason.contains(why), "{url}: {reason}")
            }
            other => panic!("{url}: {other:?}"),
        }
    }
}
