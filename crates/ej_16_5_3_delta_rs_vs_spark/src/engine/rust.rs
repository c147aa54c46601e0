//! delta-rs in this process. Every probe runs as a task of its own, so that a panic is an answer and not the end.

mod change;
mod columns;
mod flow;
mod rows;
mod rules;
mod storage;
mod write;

use super::{Action, Answer, Engine, Who, first_line};
use crate::{Content, RunError};
use std::path::{Path, PathBuf};
use thiserror::Error;
use tokio::runtime::Runtime;

/// delta-rs: the crate `deltalake` as this workspace builds it.
#[derive(Debug)]
pub struct RustEngine {
    runtime: Runtime,
}

/// What a probe runs into; its text is what the matrix keeps.
#[derive(Debug, Error)]
enum ProbeError {
    #[error(transparent)]
    Delta(#[from] deltalake::DeltaTableError),
    #[error(transparent)]
    Query(#[from] datafusion::error::DataFusionError),
    #[error(transparent)]
    Arrow(#[from] arrow::error::ArrowError),
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error("{0} is not an absolute path")]
    Path(PathBuf),
    #[error("no probe for {0}")]
    Unknown(String),
}

impl RustEngine {
    /// Returns the engine, with a runtime of its own.
    ///
    /// # Errors
    /// - [`RunError::Runtime`] if the system gives no threads
    pub fn new() -> Result<Self, RunError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(RunError::Runtime)?;
        Ok(Self { runtime })
    }
}

impl Engine for RustEngine {
    fn who(&self) -> Who {
        Who::Rust
    }

    fn versions(&mut self) -> Result<Vec<(String, String)>, RunError> {
        Ok(vec![
            (
                "delta-rs en Rust (`deltalake-core`)".into(),
                deltalake::crate_version().into(),
            ),
            (
                "DataFusion, dentro de él".into(),
                datafusion::DATAFUSION_VERSION.into(),
            ),
        ])
    }

    fn ask(&mut self, action: Action, key: &str, table: &Path) -> Result<Answer, RunError> {
        let (owned, place) = (key.to_owned(), table.to_owned());
        let task = self.runtime.spawn(async move {
            match action {
                Action::Hacer => make(&owned, &place).await.map(|()| None),
                Action::Leer => read(&owned, &place).await.map(Some),
                Action::Escribir => write(&owned, &place).await.map(|()| None),
            }
        });
        Ok(match self.runtime.block_on(task) {
            Ok(Ok(content)) => Ok(content),
            Ok(Err(error)) => Err(first_line(&error.to_string(), table)),
            Err(gone) => Err(first_line(&format!("pánico: {}", last_words(gone)), table)),
        })
    }
}

async fn make(key: &str, table: &Path) -> Result<(), ProbeError> {
    std::fs::create_dir_all(table)?;
    match key {
        "append" | "version" | "fecha" | "leer_flujo" => write::make_two_commits(table).await,
        "overwrite" => write::make_overwritten(table).await,
        "replace_where" => write::make_replaced(table).await,
        "evolucion" => write::make_evolved(table).await,
        "convertir" => write::make_converted(table).await,
        "delete" => change::make_deleted(table).await,
        "update" => change::make_updated(table).await,
        "merge" => change::make_merged(table).await,
        "merge_evolucion" => change::make_merged_wider(table).await,
        "merge_ambiguo" => change::make_ambiguous(table).await,
        "check" => rules::make_checked(table).await,
        "not_null" => rules::make_not_null(table).await,
        "invariante" => rules::make_invariant(table).await,
        "generada" => rules::make_generated(table).await,
        "identidad" => rules::make_identity(table).await,
        "por_omision" => rules::make_default(table).await,
        "solo_anadir" => rules::make_append_only(table).await,
        "mapeo_nombre" => columns::make_mapped(table, "name").await,
        "mapeo_id" => columns::make_mapped(table, "id").await,
        "renombrar" => columns::make_renamed(table).await,
        "sin_zona" => columns::make_without_zone(table).await,
        "ensanchar" => columns::make_widened(table).await,
        "variante" => columns::make_variant(table).await,
        "vectores" => storage::make_deletion_vectors(table).await,
        "cambios" => storage::make_changes(table).await,
        "compactar" => storage::make_compacted(table).await,
        "zorder" => storage::make_z_ordered(table).await,
        "agrupar" => storage::make_with(table, &[("delta.feature.clustering", "supported")]).await,
        "checkpoint" => storage::make_checkpoint(table).await,
        "checkpoint_v2" => storage::make_checkpoint_v2(table).await,
        "vacuum" => storage::make_vacuumed(table).await,
        "restaurar" => storage::make_restored(table).await,
        "clonar" => storage::make_cloned(table).await,
        "rastreo" => storage::make_with(table, &[("delta.enableRowTracking", "true")]).await,
        "instante_en_commit" => {
            storage::make_with(table, &[("delta.enableInCommitTimestamps", "true")]).await
        }
        "uniform" => {
            storage::make_with(
                table,
                &[("delta.universalFormat.enabledFormats", "iceberg")],
            )
            .await
        }
        "manifiesto" => storage::make_manifest(table).await,
        "transaccion" => flow::make_repeated(table).await,
        "escribir_flujo" => flow::make_written(table).await,
        _ => Err(ProbeError::Unknown(key.into())),
    }
}

async fn read(key: &str, table: &Path) -> Result<Content, ProbeError> {
    match key {
        "version" => write::read_previous_version(table).await,
        "fecha" => write::read_by_date(table).await,
        "cambios" => storage::read_changes(table).await,
        "leer_flujo" => flow::read_commit_by_commit(table).await,
        _ => rows::read(&rows::open(table).await?).await,
    }
}

async fn write(key: &str, table: &Path) -> Result<(), ProbeError> {
    match key {
        "overwrite" => write::overwrite(table).await,
        "replace_where" => write::replace(table).await,
        "evolucion" => write::evolve(table).await,
        "delete" => change::delete(table, 3).await,
        "update" => change::update(table).await,
        "merge" => change::merge_again(table).await,
        "merge_evolucion" => change::merge_wider_again(table).await,
        "merge_ambiguo" => change::merge_ambiguously(table).await,
        "check" | "invariante" => rules::append_good_and_negative(table).await,
        "not_null" => rules::append_good_and_null(table).await,
        "generada" => rules::append_generated(table).await,
        "identidad" => rules::append_without_id(table, rows::NEW).await,
        "por_omision" => write::append_new(table).await,
        "solo_anadir" => rules::append_and_try_to_delete(table).await,
        "renombrar" => columns::append_renamed(table).await,
        "sin_zona" => columns::append_without_zone(table).await,
        "ensanchar" => columns::append_widened(table).await,
        "variante" => columns::append_variant(table).await,
        "vectores" => change::delete(table, 3).await,
        "cambios" => storage::change_once_more(table).await,
        "compactar" => storage::append_and_compact(table).await,
        "zorder" => storage::append_and_z_order(table).await,
        "vacuum" => storage::overwrite_and_vacuum(table).await,
        "restaurar" => storage::append_and_restore(table).await,
        "transaccion" => flow::repeat(table).await,
        "escribir_flujo" => flow::write_once(table).await,
        _ => write::append_new(table).await,
    }
}

/// What a task said when it panicked.
fn last_words(gone: tokio::task::JoinError) -> String {
    let Ok(payload) = gone.try_into_panic() else {
        return "la tarea se canceló".into();
    };
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "sin palabras".into())
}
