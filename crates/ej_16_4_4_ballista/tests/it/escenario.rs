//! What the tests start from: tables, processes, a connection.

use std::path::Path;
use std::time::Duration;

use datafusion::prelude::SessionContext;
use ecommerce_cluster::{Cluster, Engine, Options};
use ej_16_4_4_ballista::{DIRECTORY, Gates, Raised, Shape, Tables, functions};
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ej_16_4_4_ballista");

/// A cluster with the small tables of the chapter.
pub(crate) struct Scene {
    pub(crate) cluster: Cluster,
    pub(crate) raised: Raised,
    pub(crate) gates: Gates,
    pub(crate) tables: Tables,
    /// The same tables in one process.
    pub(crate) alone: SessionContext,
    _directory: TempDir,
}

pub(crate) fn options() -> Options {
    Options {
        deadline: Duration::from_secs(60),
        functions: functions(),
        partitions: 4,
        // The tables are small, and every scan should be spread.
        split_from: 1,
        ..Options::default()
    }
}

pub(crate) async fn scene(engine: Engine) -> Scene {
    scene_of(engine, options()).await
}

pub(crate) async fn scene_of(engine: Engine, options: Options) -> Scene {
    scene_with(Shape::of(engine), options).await
}

pub(crate) async fn scene_with(mut shape: Shape, options: Options) -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let gates = directory.path().join("compuertas");
    std::fs::create_dir(&gates).unwrap();
    let tables = Tables::write(&directory.path().join("tablas"), 20_000)
        .await
        .unwrap();
    shape
        .environment
        .push((DIRECTORY.to_owned(), gates.display().to_string()));
    let raised = Raised::start(Path::new(PROGRAM), &shape).unwrap();
    let cluster = Cluster::connect(raised.url(), options).await.unwrap();
    let root = tables.directory().display().to_string();
    tables.register(&cluster, &root).await.unwrap();
    Scene {
        cluster,
        raised,
        gates: Gates::new(gates),
        alone: tables.one_process(4).await.unwrap(),
        tables,
        _directory: directory,
    }
}
