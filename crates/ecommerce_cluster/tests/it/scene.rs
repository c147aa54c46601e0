//! A scheduler and executors as tasks of this process.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use ecommerce_cluster::{
    Address, Cluster, Engine, ExecutorOptions, Functions, Heartbeat, Options, SchedulerOptions,
    SchedulerProcess, executor,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A cluster, and what ends with it.
pub(crate) struct Scene {
    pub(crate) cluster: Cluster,
    pub(crate) directory: TempDir,
    pub(crate) executors: Vec<JoinHandle<()>>,
    _scheduler: JoinHandle<()>,
}

pub(crate) fn options() -> Options {
    Options {
        connect: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        partitions: 4,
        split_from: 1,
        ..Options::default()
    }
}

/// Returns the address of a scheduler that waits for so many executors.
pub(crate) async fn scheduler(
    engine: Engine,
    executors: usize,
    functions: Functions,
) -> (Address, JoinHandle<()>) {
    let process = SchedulerProcess::bind(SchedulerOptions {
        engine,
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        executors,
        heartbeat: Heartbeat::default(),
        functions,
    })
    .await
    .unwrap();
    let address = process.address();
    let serving = tokio::spawn(async move {
        let _ = process.serve().await;
    });
    (address, serving)
}

pub(crate) fn join(address: &Address, work_dir: &Path, functions: Functions) -> JoinHandle<()> {
    let options = ExecutorOptions {
        cluster: address.clone(),
        cores: 1,
        work_dir: work_dir.to_owned(),
        heartbeat: Heartbeat::default(),
        connect: Duration::from_secs(20),
        functions,
    };
    tokio::spawn(async move {
        let _ = executor(options).await;
    })
}

/// Returns a cluster of two executors.
pub(crate) async fn scene(engine: Engine) -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let (address, serving) = scheduler(engine, 2, Functions::default()).await;
    let executors = (0..2)
        .map(|number| {
            let work = directory.path().join(format!("work-{number}"));
            std::fs::create_dir(&work).unwrap();
            join(&address, &work, Functions::default())
        })
        .collect();
    let cluster = Cluster::connect(&address.to_string(), options())
        .await
        .unwrap();
    Scene {
        cluster,
        directory,
        executors,
        _scheduler: serving,
    }
}

impl Scene {
    /// Writes 1000 rows in four files and registers them as `t`: `id` Int64, `k` Int64 with NULLs.
    pub(crate) async fn table(&self) {
        let dir = self.directory.path().join("t");
        std::fs::create_dir(&dir).unwrap();
        for part in 0..4_i64 {
            let ids = part * 250..(part + 1) * 250;
            write(
                &dir.join(format!("{part}.parquet")),
                &arrow::record_batch::RecordBatch::try_from_iter([
                    (
                        "id",
                        std::sync::Arc::new(arrow::array::Int64Array::from_iter_values(ids.clone()))
                            as arrow::array::ArrayRef,
                    ),
                    (
                        "k",
                        std::sync::Arc::new(arrow::array::Int64Array::from_iter(
                            ids.map(|id| (id % 7 != 0).then_some(id % 10)),
                        )),
                    ),
                ])
                .unwrap(),
            );
        }
        self.cluster
            .parquet("t", &format!("{}/", dir.display()))
            .await
            .unwrap();
    }
}

pub(crate) fn write(path: &Path, batch: &arrow::record_batch::RecordBatch) {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}
