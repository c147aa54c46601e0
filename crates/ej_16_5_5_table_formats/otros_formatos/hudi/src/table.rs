//! Tables on a directory.

use arrow_array::RecordBatch;
use hudi::error::CoreError;
use hudi::table::{ReadOptions, Table};
use linea::{Failure, Problem};
use std::path::Path;

pub const NAME: &str = "hudi";

/// A new table: copy on write, the key and the partition of the events.
pub async fn create(directory: &Path) -> Result<Table, Failure> {
    let directory = std::path::absolute(directory).map_err(other)?;
    std::fs::create_dir_all(&directory).map_err(other)?;
    Table::create(directory.to_string_lossy())
        .with_table_name("eventos")
        .with_record_key_fields(["evento_id"])
        .with_partition_fields(["fecha"])
        .create()
        .await
        .map_err(other)
}

/// The table at a directory.
pub async fn open(directory: &Path) -> Result<Table, Failure> {
    if !directory.join(".hoodie").is_dir() {
        return Err(Failure::of(NAME, Problem::NotATable, "no hay .hoodie"));
    }
    let path = std::path::absolute(directory).map_err(other)?;
    Table::new(&path.to_string_lossy())
        .await
        .map_err(|e| damage(directory, &e))
}

/// Every row, or those of one day.
pub async fn scan(table: &Table, day: Option<&str>) -> Result<Vec<RecordBatch>, CoreError> {
    let mut options = ReadOptions::new();
    if let Some(day) = day {
        options = options.with_filters([("fecha", "=", day)])?;
    }
    table.read(&options).await
}

/// An error that says nothing of the table.
pub fn other(e: impl std::fmt::Display) -> Failure {
    Failure::of(NAME, Problem::Other, e)
}

/// What is wrong with the table of which the library said `error`.
pub fn damage(directory: &Path, error: &CoreError) -> Failure {
    let text = error.to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let properties = std::fs::read_to_string(directory.join(".hoodie/hoodie.properties"));
    let names_a_table = properties.is_ok_and(|text| text.contains("hoodie.table.name"));
    let problem = match error {
        _ if !names_a_table => Problem::Damaged,
        CoreError::Unsupported(_) => Problem::NewerVersion,
        _ if text.contains("not found") || text.contains("No such file") => Problem::MissingFile,
        _ => Problem::Damaged,
    };
    Failure::of(NAME, problem, text)
}
