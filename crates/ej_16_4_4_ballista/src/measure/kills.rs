//! Every phase, several times, with a cluster that starts anew after each.

use std::path::Path;
use std::time::Duration;

use ecommerce_cluster::{Cluster, Engine, Options};
use serde::Serialize;

use super::MeasureError;
use crate::functions::functions;
use crate::gate::{DIRECTORY, Gates};
use crate::kills::{Phase, Strike, strike};
use crate::raised::{Raised, Shape};
use crate::tables::Tables;

/// One kill, and whether the restarted cluster then answered.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Kill {
    pub(super) motor: Engine,
    #[serde(flatten)]
    pub(super) strike: Strike,
    /// Seconds from the kill to the right answer of the restarted cluster, when the query was sent again.
    pub(super) segundos_hasta_reenviar: Option<f64>,
}

pub(super) async fn all(
    program: &Path,
    engine: Engine,
    rounds: usize,
) -> Result<Vec<Kill>, MeasureError> {
    let directory = tempfile::tempdir().map_err(|source| MeasureError::Io {
        path: std::env::temp_dir(),
        source,
    })?;
    let gates = directory.path().join("compuertas");
    std::fs::create_dir(&gates).map_err(|source| MeasureError::Io {
        path: gates.clone(),
        source,
    })?;
    let tables = Tables::write(&directory.path().join("tablas"), 10_000).await?;
    let mut shape = Shape::of(engine);
    shape
        .environment
        .push((DIRECTORY.to_owned(), gates.display().to_string()));
    let raised = Raised::start(program, &shape)?;
    let options = Options {
        deadline: Duration::from_secs(60),
        functions: functions(),
        partitions: 4,
        split_from: 1,
        ..Options::default()
    };
    let cluster = Cluster::connect(raised.url(), options).await?;
    tables
        .register(&cluster, &tables.directory().display().to_string())
        .await?;
    let gates = Gates::new(gates);
    let mut kills = Vec::new();
    for round in 0..rounds {
        for (number, phase) in Phase::ALL.into_iter().enumerate() {
            let strike =
                strike(&cluster, &gates, phase, &format!("m{round}-{number}"), true).await?;
            let start = std::time::Instant::now();
            raised.ready(Duration::from_secs(60))?;
            cluster.reconnect(Duration::from_secs(60)).await?;
            let again = cluster
                .sql("SELECT id % 10 AS k, sum(id) AS s FROM a GROUP BY id % 10")
                .await?;
            let whole = again.rows() == 10;
            kills.push(Kill {
                motor: engine,
                segundos_hasta_reenviar: whole
                    .then(|| (strike.took + start.elapsed()).as_secs_f64()),
                strike,
            });
        }
    }
    Ok(kills)
}
