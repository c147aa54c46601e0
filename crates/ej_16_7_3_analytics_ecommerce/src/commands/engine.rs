//! The cluster that `--motor` asks for.

use crate::args::{Modo, Motor};
use crate::output::Failure;
use anyhow::Result;
use ecommerce_cluster::{Cluster, ClusterError, ClusterMetrics, Engine, Options};
use ecommerce_pipeline::MetricsEngine;
use std::sync::Arc;

/// The engine for the day, connected; `None` for the one in this process.
pub(super) async fn engine(modo: &Modo) -> Result<Option<Arc<dyn MetricsEngine>>> {
    let asked = &modo.motor;
    let wanted = match asked.motor {
        Motor::Local if asked.planificador.is_some() || asked.intermedio.is_some() => {
            return Err(Failure::usage(
                "--planificador e --intermedio son para --motor ballista o distribuido",
            ));
        }
        Motor::Local => return Ok(None),
        Motor::Ballista => Engine::Ballista,
        Motor::Distribuido => Engine::Distribuido,
    };
    let Some(url) = &asked.planificador else {
        return Err(Failure::usage("falta --planificador df://HOST:PUERTO"));
    };
    let staging = match &asked.intermedio {
        // Executors have a working directory of their own.
        Some(directory) => Some(
            directory
                .canonicalize()
                .ok()
                .filter(|d| d.is_dir())
                .ok_or_else(|| {
                    Failure::usage(format!(
                        "--intermedio {} no es un directorio",
                        directory.display()
                    ))
                })?,
        ),
        None => None,
    };
    let cluster = match Cluster::connect(url, Options::default()).await {
        Ok(cluster) => cluster,
        Err(error @ ClusterError::Address { .. }) => {
            return Err(Failure::usage(error.spanish()));
        }
        Err(error) => return Err(Failure::storage(error.spanish())),
    };
    if cluster.engine() != wanted {
        return Err(Failure::usage(format!(
            "el cluster de {url} es de otro motor que --motor"
        )));
    }
    let runtime = tokio::runtime::Handle::current();
    Ok(Some(Arc::new(ClusterMetrics::new(
        cluster, runtime, staging,
    ))))
}
