//! Streams and application transactions.

use super::ProbeError;
use super::rows::{BASE, LATER, NEW, Row, batch, content, create, create_base, fields, open};
use crate::Content;
use deltalake::DeltaTable;
use deltalake::kernel::Transaction;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::protocol::SaveMode;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use std::fs::File;
use std::path::Path;

async fn append_as(
    table: DeltaTable,
    rows: &[Row],
    app: &str,
    number: i64,
) -> Result<DeltaTable, ProbeError> {
    let transaction = Transaction::new(app, number);
    Ok(table
        .write([batch(rows)?])
        .with_save_mode(SaveMode::Append)
        .with_commit_properties(
            CommitProperties::default().with_application_transaction(transaction),
        )
        .await?)
}

/// The same batch twice under one number, without a look at what the table knows.
async fn append_twice(table: &Path, row: Row, app: &str) -> Result<(), ProbeError> {
    for _ in 0..2 {
        append_as(open(table).await?, &[row], app, 1).await?;
    }
    Ok(())
}

pub(super) async fn make_repeated(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[]).await?;
    append_twice(table, LATER, "ventas").await
}

pub(super) async fn repeat(table: &Path) -> Result<(), ProbeError> {
    append_twice(table, NEW, "otra").await
}

/// A batch of a stream: written unless the table has it already.
async fn append_once(table: &Path, rows: &[Row], app: &str, number: i64) -> Result<(), ProbeError> {
    let opened = open(table).await?;
    let last = opened
        .snapshot()?
        .transaction_version(opened.log_store().as_ref(), app)
        .await?;
    if last.is_none_or(|last| last < number) {
        append_as(opened, rows, app, number).await?;
    }
    Ok(())
}

pub(super) async fn make_written(table: &Path) -> Result<(), ProbeError> {
    create(table, fields(), &[]).await?;
    // The second batch comes twice, as after a crash.
    for (rows, number) in [(&BASE[..2], 0), (&BASE[2..], 1), (&BASE[2..], 1)] {
        append_once(table, rows, "flujo", number).await?;
    }
    Ok(())
}

pub(super) async fn write_once(table: &Path) -> Result<(), ProbeError> {
    for _ in 0..2 {
        append_once(table, &[NEW], "otro-flujo", 0).await?;
    }
    Ok(())
}

/// What a consumer sees that follows the log: the rows of every file that a commit adds, each commit once.
pub(super) async fn read_commit_by_commit(table: &Path) -> Result<Content, ProbeError> {
    let opened = open(table).await?;
    let log = opened.log_store();
    let mut batches = Vec::new();
    let mut version = 0;
    while let Some(commit) = log.read_commit_entry(version).await? {
        for line in commit
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let action: Value = serde_json::from_slice(line)?;
            let changes = action.pointer("/add/dataChange") == Some(&Value::Bool(true));
            if let (true, Some(path)) =
                (changes, action.pointer("/add/path").and_then(Value::as_str))
            {
                let file = File::open(table.join(path))?;
                for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
                    batches.push(batch?);
                }
            }
        }
        version += 1;
    }
    content(&batches)
}
