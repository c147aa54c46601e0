//! The same rows as in one process, or a refusal.

use arrow::record_batch::RecordBatch;
use datafusion::prelude::SessionContext;
use deltalake::DeltaTable;
use deltalake::protocol::SaveMode;
use ecommerce_cluster::{Cluster, ClusterError, Engine, Options};
use ecommerce_testlake::S3Server;
use ej_16_4_1_datafusion::tpch;
use ej_16_4_4_ballista::{
    Query, Raised, Shape, Tables, chapter, difference, functions, joins, shapes,
};
use std::path::Path;
use url::Url;

use crate::escenario::{PROGRAM, Scene, options, scene, scene_of};

async fn here(alone: &SessionContext, sql: &str) -> Vec<RecordBatch> {
    alone.sql(sql).await.unwrap().collect().await.unwrap()
}

/// What a query came to: nothing to say if it is the same as in one process.
async fn compared(alone: &SessionContext, cluster: &Cluster, query: &Query) -> Option<String> {
    let expected = here(alone, &query.sql).await;
    match cluster.sql(&query.sql).await {
        Ok(answer) => difference(&expected, &answer.batches, query.ordered)
            .unwrap()
            .map(|difference| format!("{}: WRONG {difference}", query.name)),
        Err(ClusterError::Refused(_)) => Some(format!("{}: refused", query.name)),
        Err(error) => Some(format!("{}: {error}", query.name)),
    }
}

/// The shapes that are refused.
fn refused(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Ballista => &[
            "unir del todo",
            "unir pequeña del todo",
            "unir del todo con un lado vacío",
            "unir del todo con filtro",
            "unir por rango por la izquierda",
            "unir por rango por la derecha",
            "unir por rango del todo",
            "unir por rango, la mayor a la izquierda",
            "existe por rango",
            "no existe por rango",
            "agregada del todo",
            "recursiva",
        ],
        Engine::Distribuido => &["recursiva"],
    }
}

/// Those of them that Ballista by itself answers with rows too many. The others it answered rightly here, which depends on the
/// sizes: on which side it copies to every task.
const WRONG: [&str; 2] = ["unir por rango por la derecha", "unir por rango del todo"];

/// The joins that were not answered as in one process.
pub(crate) async fn wrong_joins(scene: &Scene, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    for query in joins(count) {
        // Ballista's are refused; the shapes above say so.
        if scene.cluster.engine() == Engine::Ballista && query.sql.contains("FULL JOIN") {
            continue;
        }
        let Some(what) = compared(&scene.alone, &scene.cluster, &query).await else {
            continue;
        };
        let known =
            what.contains("no answer within") && may_never_end(scene.cluster.engine(), &query);
        if !known {
            found.push(format!("{what}: {}", query.sql));
        }
    }
    found
}

/// Whether this is a join that the engine may never end because of a side without rows, as this comparison found. Which side will
/// have none is known to no plan, so that the deadline says it.
fn may_never_end(engine: Engine, query: &Query) -> bool {
    let without_rows = query.sql.contains("FROM a WHERE id < -1");
    match engine {
        Engine::Ballista => {
            without_rows
                && ["LEFT JOIN", "RIGHT JOIN", "NOT EXISTS"]
                    .iter()
                    .any(|kind| query.sql.contains(kind))
        }
        Engine::Distribuido => query.sql.contains("NOT IN"),
    }
}

async fn all_shapes(engine: Engine) {
    let here = scene(engine).await;
    let mut found = Vec::new();
    for query in chapter().iter().chain(&shapes()) {
        found.extend(compared(&here.alone, &here.cluster, query).await);
    }
    let expected: Vec<_> = refused(engine)
        .iter()
        .map(|name| format!("{name}: refused"))
        .collect();
    assert_eq!(found, expected, "{engine}: {found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn ballista_responde_como_un_proceso_o_se_niega() {
    all_shapes(Engine::Ballista).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn datafusion_distributed_responde_como_un_proceso_o_se_niega() {
    all_shapes(Engine::Distribuido).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sin_proteccion_ballista_responde_con_filas_de_mas() {
    let scene = scene(Engine::Ballista).await;
    for query in shapes().iter().filter(|query| WRONG.contains(&query.name)) {
        let expected = here(&scene.alone, &query.sql).await;
        let plan = scene.cluster.plan(&query.sql).await.unwrap();
        let answer = scene.cluster.collect_unprotected(plan).await.unwrap();
        let rows: usize = expected.iter().map(RecordBatch::num_rows).sum();
        assert!(
            answer.rows() > rows,
            "{}: {} and {rows} rows: refuse it no more?",
            query.name,
            answer.rows()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sin_proteccion_ballista_no_acaba_un_full_join_con_un_lado_vacio() {
    let limit = Options {
        deadline: std::time::Duration::from_secs(20),
        ..options()
    };
    let scene = scene_of(Engine::Ballista, limit).await;
    let query = "SELECT count(*) AS n FROM (SELECT x.id, y.id AS j FROM (SELECT id, k, s FROM a WHERE id < -1) x \
                 FULL JOIN (SELECT id, k, s FROM a) y ON x.k = y.k AND x.id < y.id)";
    let plan = scene.cluster.plan(query).await.unwrap();
    let error = scene.cluster.collect_unprotected(plan).await.unwrap_err();
    assert!(matches!(error, ClusterError::Deadline(_)), "{error}");
}

/// Asks for what never ends, and then for something else.
async fn never_ends(engine: Engine, query: &str) {
    let limit = Options {
        deadline: std::time::Duration::from_secs(20),
        ..options()
    };
    let scene = scene_of(engine, limit).await;
    let error = scene.cluster.sql(query).await.unwrap_err();
    assert!(matches!(error, ClusterError::Deadline(_)), "{error}");
    // And the cluster goes on answering.
    let answer = scene
        .cluster
        .sql("SELECT count(*) AS n FROM a")
        .await
        .unwrap();
    let expected = here(&scene.alone, "SELECT count(*) AS n FROM a").await;
    assert_eq!(difference(&expected, &answer.batches, false).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn datafusion_distributed_no_acaba_un_not_in_sin_filas_a_la_izquierda_y_el_plazo_lo_dice() {
    never_ends(
        Engine::Distribuido,
        "SELECT count(*) AS n, count(k) AS nk, sum(id) AS s FROM (SELECT x.id, x.k FROM (SELECT id, k, s FROM a WHERE id < -1) x \
         WHERE x.k NOT IN (SELECT y.k FROM (SELECT max(id) AS id, k, s FROM a GROUP BY k, s) y))",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn ballista_no_acaba_un_left_join_sin_filas_a_la_derecha_y_el_plazo_lo_dice() {
    never_ends(
        Engine::Ballista,
        "SELECT count(*) AS n, count(k) AS nk, sum(id) AS s FROM (SELECT x.id, x.k, y.id AS j, y.s \
         FROM (SELECT DISTINCT id % 50 AS id, k, s FROM b WHERE w > 900) x \
         LEFT JOIN (SELECT id, k, s FROM a WHERE id < -1) y ON x.k = y.k)",
    )
    .await;
}

/// How many of the ways to join two relations; the long tier has more.
const JOINS: usize = 24;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn cada_union_con_igualdad_responde_como_un_proceso() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let scene = scene(engine).await;
        assert_eq!(
            wrong_joins(&scene, JOINS).await,
            Vec::<String>::new(),
            "{engine}"
        );
    }
}

const SCALE: f64 = 0.01;

/// Which of the 22 queries the cluster does not answer as one process over the same Parquet files does.
async fn wrong_of_tpch(tables: &Tables, cluster: &Cluster) -> Vec<String> {
    let alone = tables.one_process(4).await.unwrap();
    let mut found = Vec::new();
    for number in 1..=22 {
        let query = Query {
            name: "",
            sql: tpch::query(number, SCALE).unwrap(),
            // Several order by columns with ties; their rows are compared, and the order of the others by the duel.
            ordered: false,
        };
        if let Some(what) = compared(&alone, cluster, &query).await {
            found.push(format!("Q{number}{what}"));
        }
    }
    found
}

async fn all_of_tpch(engine: Engine) {
    let directory = tempfile::tempdir().unwrap();
    let tables = Tables::tpch(directory.path(), SCALE).unwrap();
    let raised = Raised::start(Path::new(PROGRAM), &Shape::of(engine)).unwrap();
    let cluster = Cluster::connect(raised.url(), options()).await.unwrap();
    tables
        .register(&cluster, &directory.path().display().to_string())
        .await
        .unwrap();
    let wrong = wrong_of_tpch(&tables, &cluster).await;
    assert_eq!(wrong, Vec::<String>::new(), "{engine}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn ballista_responde_las_22_de_tpch_como_un_proceso() {
    all_of_tpch(Engine::Ballista).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn datafusion_distributed_responde_las_22_de_tpch_como_un_proceso() {
    all_of_tpch(Engine::Distribuido).await;
}

/// The same rows as a Delta table in several files, of which the first version's no longer count.
async fn as_delta(alone: &SessionContext, name: &str, root: &Path) -> Url {
    let directory = root.join(name);
    std::fs::create_dir(&directory).unwrap();
    let url = Url::from_directory_path(&directory).unwrap();
    let rows = alone.table(name).await.unwrap().collect().await.unwrap();
    let partitions: &[&str] = if name == "orders" {
        &["o_orderstatus"]
    } else {
        &[]
    };
    let table = DeltaTable::try_from_url(url.clone()).await.unwrap();
    let table = table
        .write([rows[0].clone()])
        .with_partition_columns(partitions.iter().copied())
        .await
        .unwrap();
    let half = rows.len() / 2;
    let table = table
        .write(rows[..half.max(1)].to_vec())
        .with_save_mode(SaveMode::Overwrite)
        .await
        .unwrap();
    if half > 0 {
        table.write(rows[half..].to_vec()).await.unwrap();
    }
    url
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sobre_tablas_delta_los_dos_motores_responden_las_22_de_tpch_como_un_proceso_sobre_parquet()
{
    let directory = tempfile::tempdir().unwrap();
    let tables = Tables::tpch(directory.path(), SCALE).unwrap();
    let alone = tables.one_process(1).await.unwrap();
    let lake = tempfile::tempdir().unwrap();
    let mut delta = Vec::new();
    for table in tpch::Table::ALL {
        let url = as_delta(&alone, table.name(), lake.path()).await;
        delta.push((table.name(), url));
    }
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let raised = Raised::start(Path::new(PROGRAM), &Shape::of(engine)).unwrap();
        let cluster = Cluster::connect(raised.url(), options()).await.unwrap();
        for (name, url) in &delta {
            cluster.delta(name, url).await.unwrap();
        }
        let wrong = wrong_of_tpch(&tables, &cluster).await;
        assert_eq!(wrong, Vec::<String>::new(), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn las_mismas_tablas_en_s3_dan_las_mismas_respuestas() {
    let directory = tempfile::tempdir().unwrap();
    let tables = Tables::write(directory.path(), 5_000).await.unwrap();
    let alone = tables.one_process(4).await.unwrap();
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("lago").unwrap();
    copy(tables.directory(), &s3.path_of("lago", "tablas"));
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let mut shape = Shape::of(engine);
        shape.environment.extend(s3.storage_options());
        let raised = Raised::start(Path::new(PROGRAM), &shape).unwrap();
        // The credentials of this process are given to its own store, not to the environment, which the tests share.
        let remote = Cluster::connect(raised.url(), options()).await.unwrap();
        let mut store = object_store::aws::AmazonS3Builder::new()
            .with_bucket_name("lago")
            .with_allow_http(true);
        for (key, value) in s3.storage_options() {
            store = store.with_config(key.to_lowercase().parse().unwrap(), value);
        }
        remote.context().register_object_store(
            &url::Url::parse("s3://lago").unwrap(),
            std::sync::Arc::new(store.build().unwrap()),
        );
        tables.register(&remote, "s3://lago/tablas").await.unwrap();
        for query in chapter() {
            let expected = here(&alone, &query.sql).await;
            let answer = remote.sql(&query.sql).await.unwrap();
            assert_eq!(
                difference(&expected, &answer.batches, query.ordered).unwrap(),
                None,
                "{engine}: {}",
                query.name
            );
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn un_ejecutor_sin_la_funcion_es_un_error_que_la_nombra() {
    let directory = tempfile::tempdir().unwrap();
    let tables = Tables::write(directory.path(), 1_000).await.unwrap();
    for engine in [Engine::Ballista, Engine::Distribuido] {
        // The other program is the same one without functions: it can run everything else.
        let shape = Shape {
            arguments: vec!["--sin-funciones".to_owned()],
            ..Shape::of(engine)
        };
        let raised = Raised::start(Path::new(PROGRAM), &shape).unwrap();
        let with = Options {
            functions: functions(),
            ..options()
        };
        let cluster = Cluster::connect(raised.url(), with).await.unwrap();
        tables
            .register(&cluster, &tables.directory().display().to_string())
            .await
            .unwrap();
        let query = "SELECT max(haversine(lat_origen, lon_origen, lat_destino, lon_destino)) AS km FROM entregas";
        let error = cluster.sql(query).await.unwrap_err();
        assert!(
            matches!(error, ClusterError::FunctionMissing { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("haversine("), "{error}");
        assert_eq!(
            cluster
                .sql("SELECT max(id) FROM entregas")
                .await
                .unwrap()
                .rows(),
            1
        );
    }
}
