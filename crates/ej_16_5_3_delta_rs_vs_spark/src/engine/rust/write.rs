//! Writing and reading: append, overwrite, replaceWhere, wider schemas, earlier versions, conversion.

use super::ProbeError;
use super::rows::{
    BASE, LATER, NEW, append, batch, create_base, fields, open, read, url, with_texts,
};
use crate::Content;
use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::operations::convert_to_delta::ConvertToDeltaBuilder;
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::SaveMode;
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::path::Path;

pub(super) async fn make_two_commits(table: &Path) -> Result<(), ProbeError> {
    append(create_base(table, &[]).await?, batch(&[LATER])?).await?;
    Ok(())
}

pub(super) async fn append_new(table: &Path) -> Result<(), ProbeError> {
    append(open(table).await?, batch(&[NEW])?).await?;
    Ok(())
}

async fn overwrite_by(table: DeltaTable, row: super::rows::Row) -> Result<DeltaTable, ProbeError> {
    Ok(table
        .write([batch(&[row])?])
        .with_save_mode(SaveMode::Overwrite)
        .await?)
}

pub(super) async fn make_overwritten(table: &Path) -> Result<(), ProbeError> {
    overwrite_by(create_base(table, &[]).await?, (7, "sur", 70.0)).await?;
    Ok(())
}

pub(super) async fn overwrite(table: &Path) -> Result<(), ProbeError> {
    overwrite_by(open(table).await?, NEW).await?;
    Ok(())
}

pub(super) async fn make_replaced(table: &Path) -> Result<(), ProbeError> {
    let created = DeltaTable::try_from_url(url(table)?)
        .await?
        .create()
        .with_columns(fields())
        .with_partition_columns(["region"])
        .await?;
    let filled = append(created, batch(&BASE)?).await?;
    replace_region(filled, "norte", (7, "norte", 70.0)).await
}

pub(super) async fn replace(table: &Path) -> Result<(), ProbeError> {
    replace_region(open(table).await?, "sur", (8, "sur", 80.0)).await
}

async fn replace_region(
    table: DeltaTable,
    region: &str,
    row: super::rows::Row,
) -> Result<(), ProbeError> {
    use datafusion::prelude::{col, lit};
    table
        .write([batch(&[row])?])
        .with_save_mode(SaveMode::Overwrite)
        .with_replace_where(col("region").eq(lit(region)))
        .await?;
    Ok(())
}

pub(super) async fn make_evolved(table: &Path) -> Result<(), ProbeError> {
    let base = create_base(table, &[]).await?;
    merge_schema(base, &[LATER], &[("canal", "web")]).await
}

pub(super) async fn evolve(table: &Path) -> Result<(), ProbeError> {
    merge_schema(
        open(table).await?,
        &[NEW],
        &[("canal", "app"), ("nota", "vip")],
    )
    .await
}

async fn merge_schema(
    table: DeltaTable,
    rows: &[super::rows::Row],
    texts: &[(&str, &str)],
) -> Result<(), ProbeError> {
    table
        .write([with_texts(rows, texts)?])
        .with_save_mode(SaveMode::Append)
        .with_schema_mode(SchemaMode::Merge)
        .await?;
    Ok(())
}

pub(super) async fn read_previous_version(table: &Path) -> Result<Content, ProbeError> {
    let mut opened = open(table).await?;
    let latest = opened.get_latest_version().await?;
    opened.load_version(latest.saturating_sub(1)).await?;
    read(&opened).await
}

/// An hour before the last commit, as the run dates it.
pub(super) async fn read_by_date(table: &Path) -> Result<Content, ProbeError> {
    let mut opened = open(table).await?;
    let last = opened.version().unwrap_or_default();
    let commit = std::fs::metadata(table.join(format!("_delta_log/{last:020}.json")))?;
    let when = DateTime::<Utc>::from(commit.modified()?) - chrono::Duration::hours(1);
    opened.load_with_datetime(when).await?;
    read(&opened).await
}

pub(super) async fn make_converted(table: &Path) -> Result<(), ProbeError> {
    let rows = batch(&BASE)?;
    let mut writer = ArrowWriter::try_new(
        File::create(table.join("ventas.parquet"))?,
        rows.schema(),
        None,
    )?;
    writer.write(&rows)?;
    writer.close()?;
    ConvertToDeltaBuilder::new()
        .with_location(url(table)?.to_string())
        .await?;
    Ok(())
}
