//! Columns under other names, and types of their own.

use super::ProbeError;
use super::rows::{BASE, append, batch, create, create_base, fields, named, open};
use arrow::array::{
    ArrayRef, BinaryArray, Int32Array, Int64Array, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType as ArrowType, Field};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::create_session;
use deltalake::kernel::{DataType, StructField};
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::SaveMode;
use std::path::Path;
use std::sync::Arc;

pub(super) async fn make_mapped(table: &Path, mode: &str) -> Result<(), ProbeError> {
    let created = create(table, fields(), &[("delta.columnMapping.mode", mode)]).await?;
    append(created, batch(&BASE)?).await?;
    Ok(())
}

/// delta-rs has no such operation: SQL is asked, which is what it has for statements.
pub(super) async fn make_renamed(table: &Path) -> Result<(), ProbeError> {
    let opened = create_base(table, &[("delta.columnMapping.mode", "name")]).await?;
    let session = create_session().into_inner();
    session.register_table("ventas", opened.table_provider().await?)?;
    for order in [
        "ALTER TABLE ventas RENAME COLUMN region TO zona",
        "ALTER TABLE ventas DROP COLUMN monto",
    ] {
        session.sql(order).await?.collect().await?;
    }
    Ok(())
}

pub(super) async fn append_renamed(table: &Path) -> Result<(), ProbeError> {
    let rows = named(&[
        ("id", Arc::new(Int64Array::from(vec![4]))),
        ("zona", Arc::new(StringArray::from(vec!["este"]))),
    ])?;
    append(open(table).await?, rows).await?;
    Ok(())
}

fn moments(ids: Vec<i64>, micros: Vec<i64>) -> Result<arrow::array::RecordBatch, ProbeError> {
    named(&[
        ("id", Arc::new(Int64Array::from(ids))),
        ("momento", Arc::new(TimestampMicrosecondArray::from(micros))),
    ])
}

pub(super) async fn make_without_zone(table: &Path) -> Result<(), ProbeError> {
    let columns = vec![
        StructField::new("id", DataType::LONG, true),
        StructField::new("momento", DataType::TIMESTAMP_NTZ, true),
    ];
    // 2024-01-15 10:00:00 and 2024-06-30 23:59:59.
    let rows = moments(
        vec![1, 2],
        vec![1_705_312_800_000_000, 1_719_791_999_000_000],
    )?;
    append(create(table, columns, &[]).await?, rows).await?;
    Ok(())
}

pub(super) async fn append_without_zone(table: &Path) -> Result<(), ProbeError> {
    // 2024-12-24 12:30:00.
    let rows = moments(vec![4], vec![1_735_043_400_000_000])?;
    append(open(table).await?, rows).await?;
    Ok(())
}

pub(super) async fn make_widened(table: &Path) -> Result<(), ProbeError> {
    let columns = vec![
        StructField::new("id", DataType::INTEGER, true),
        StructField::new("region", DataType::STRING, true),
    ];
    let created = create(table, columns, &[("delta.enableTypeWidening", "true")]).await?;
    let narrow = named(&[
        ("id", Arc::new(Int32Array::from(vec![1]))),
        ("region", Arc::new(StringArray::from(vec!["norte"]))),
    ])?;
    append_wide(append(created, narrow).await?, 5_000_000_000, "sur").await
}

pub(super) async fn append_widened(table: &Path) -> Result<(), ProbeError> {
    append_wide(open(table).await?, 6_000_000_000, "este").await
}

async fn append_wide(table: DeltaTable, id: i64, region: &str) -> Result<(), ProbeError> {
    let rows = named(&[
        ("id", Arc::new(Int64Array::from(vec![id]))),
        ("region", Arc::new(StringArray::from(vec![region]))),
    ])?;
    table
        .write([rows])
        .with_save_mode(SaveMode::Append)
        .with_schema_mode(SchemaMode::Merge)
        .await?;
    Ok(())
}

/// A batch of variants, each given as it is encoded; they have no dictionary of names.
fn encoded(ids: Vec<i64>, values: &[&[u8]]) -> Result<arrow::array::RecordBatch, ProbeError> {
    let part = |name: &str| Arc::new(Field::new(name, ArrowType::Binary, false));
    let no_names: &[u8] = &[1, 0, 0];
    let dictionaries = vec![no_names; values.len()];
    let variants = StructArray::from(vec![
        (
            part("metadata"),
            Arc::new(BinaryArray::from(dictionaries)) as ArrayRef,
        ),
        (
            part("value"),
            Arc::new(BinaryArray::from(values.to_vec())) as ArrayRef,
        ),
    ]);
    named(&[
        ("id", Arc::new(Int64Array::from(ids))),
        ("extra", Arc::new(variants)),
    ])
}

pub(super) async fn make_variant(table: &Path) -> Result<(), ProbeError> {
    let columns = vec![
        StructField::new("id", DataType::LONG, true),
        StructField::new("extra", DataType::unshredded_variant(), true),
    ];
    // 7 in one byte, 300 in two, and a text of four.
    let values: [&[u8]; 3] = [&[0x0c, 7], &[0x10, 44, 1], b"\x11hola"];
    append(
        create(table, columns, &[]).await?,
        encoded(vec![1, 2, 3], &values)?,
    )
    .await?;
    Ok(())
}

pub(super) async fn append_variant(table: &Path) -> Result<(), ProbeError> {
    // A text of six bytes in UTF-8.
    let text = ["\u{19}", "adiós"].concat().into_bytes();
    append(open(table).await?, encoded(vec![4], &[&text])?).await?;
    Ok(())
}
