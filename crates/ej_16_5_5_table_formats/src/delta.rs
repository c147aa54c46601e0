//! Delta Lake with deltalake: the operations that the comparison needs, with one error each.

use crate::error::{FormatError, Problem, one_line};
use crate::place::Place;
use arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::prelude::{Expr, SessionContext};
use deltalake::kernel::transaction::{CommitProperties, TransactionError};
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableError};

/// The table after these rows were appended, partitioned by `partition`; a first append creates it.
///
/// # Errors
/// * [`FormatError::Table`] if the commit is refused or the store fails.
pub async fn append(
    place: &Place,
    table: DeltaTable,
    batches: Vec<RecordBatch>,
    partition: &str,
    commit: CommitProperties,
) -> Result<DeltaTable, FormatError> {
    table
        .write(batches)
        .with_save_mode(SaveMode::Append)
        .with_partition_columns([partition])
        .with_commit_properties(commit)
        .await
        .map_err(|e| refused(place, &e))
}

/// The table after the rows that match `which` were replaced by `batches`, in one commit.
///
/// # Errors
/// * [`FormatError::Table`], with [`Problem::Conflicto`] if another writer changed those rows in the meantime.
pub async fn replace(
    place: &Place,
    table: DeltaTable,
    which: Expr,
    batches: Vec<RecordBatch>,
    commit: CommitProperties,
) -> Result<DeltaTable, FormatError> {
    table
        .write(batches)
        .with_save_mode(SaveMode::Overwrite)
        .with_replace_where(which)
        .with_commit_properties(commit)
        .await
        .map_err(|e| refused(place, &e))
}

/// The table after the rows that match `which` were deleted.
///
/// # Errors
/// * As [`replace`].
pub async fn delete(
    place: &Place,
    table: DeltaTable,
    which: Expr,
    commit: CommitProperties,
) -> Result<DeltaTable, FormatError> {
    let deleted = table
        .delete()
        .with_predicate(which)
        .with_commit_properties(commit)
        .await;
    deleted
        .map(|(table, _)| table)
        .map_err(|e| refused(place, &e))
}

/// Every row of the table, columns in schema order.
///
/// # Errors
/// * [`FormatError::Table`], with [`Problem::FaltaArchivo`] if a data file is gone.
pub async fn read(place: &Place, table: &DeltaTable) -> Result<Vec<RecordBatch>, FormatError> {
    query(place, table, "SELECT * FROM t").await
}

/// What a query over the table `t` gives.
///
/// # Errors
/// * As [`read`].
pub async fn query(
    place: &Place,
    table: &DeltaTable,
    sql: &str,
) -> Result<Vec<RecordBatch>, FormatError> {
    let failed = |e: DataFusionError| place.refused(problem_in(&e.to_string()), &e.to_string());
    let session = SessionContext::new();
    let provider = table.table_provider().await.map_err(failed)?;
    session.register_table("t", provider).map_err(failed)?;
    let frame = session.sql(sql).await.map_err(failed)?;
    frame.collect().await.map_err(failed)
}

/// The library's error in this crate's words.
pub(crate) fn refused(place: &Place, error: &DeltaTableError) -> FormatError {
    let text = error.to_string();
    let problem = match error {
        DeltaTableError::NotATable(_) | DeltaTableError::InvalidTableLocation(_) => {
            Problem::NoEsTabla
        }
        DeltaTableError::InvalidJsonLog { .. } => Problem::MetadatosDanados,
        DeltaTableError::VersionAlreadyExists(_)
        | DeltaTableError::Transaction {
            source:
                TransactionError::CommitConflict(_)
                | TransactionError::MaxCommitAttempts(_)
                | TransactionError::VersionAlreadyExists(_),
        } => Problem::Conflicto,
        DeltaTableError::Transaction {
            source: TransactionError::UnsupportedTableFeatures(_),
        } => Problem::VersionNueva,
        _ => problem_in(&text),
    };
    place.refused(problem, &one_line(&text))
}

/// What a message of the kernel or of DataFusion is about: their errors carry no kind that survives the way here.
fn problem_in(message: &str) -> Problem {
    let message = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["unsupported", "not supported"]) {
        Problem::VersionNueva
    } else if says(&["not found", "no such file"]) {
        Problem::FaltaArchivo
    } else if says(&[
        "json",
        "no table metadata",
        "no protocol",
        "parse",
        "contiguous",
    ]) {
        Problem::MetadatosDanados
    } else {
        Problem::Otro
    }
}
