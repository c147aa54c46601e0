//! What rows may be in a table. A bad row is tried each time: if it is not refused, it shows in the content.

use super::ProbeError;
use super::rows::{BASE, NEW, Row, append, batch, create, create_base, fields, named, open};
use arrow::array::{Float64Array, Int64Array, StringArray};
use datafusion::prelude::{col, lit};
use deltalake::kernel::{DataType, MetadataValue, StructField};
use std::path::Path;
use std::sync::Arc;

const NEGATIVE: Row = (5, "este", -5.0);

fn text(value: &str) -> MetadataValue {
    MetadataValue::String(value.into())
}

pub(super) async fn make_checked(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[])
        .await?
        .add_constraint()
        .with_constraint("positivo", "monto > 0.0")
        .await?;
    try_negative(table).await
}

async fn try_negative(table: &Path) -> Result<(), ProbeError> {
    let _refused = append(open(table).await?, batch(&[NEGATIVE])?).await;
    Ok(())
}

pub(super) async fn append_good_and_negative(table: &Path) -> Result<(), ProbeError> {
    append(open(table).await?, batch(&[NEW])?).await?;
    try_negative(table).await
}

pub(super) async fn make_not_null(table: &Path) -> Result<(), ProbeError> {
    let mut columns = fields();
    columns[0] = StructField::new("id", DataType::LONG, false);
    append(create(table, columns, &[]).await?, batch(&BASE)?).await?;
    try_null(table).await
}

async fn try_null(table: &Path) -> Result<(), ProbeError> {
    let bad = named(&[
        ("id", Arc::new(Int64Array::from(vec![None::<i64>]))),
        ("region", Arc::new(StringArray::from(vec!["este"]))),
        ("monto", Arc::new(Float64Array::from(vec![1.0]))),
    ])?;
    let _refused = append(open(table).await?, bad).await;
    Ok(())
}

pub(super) async fn append_good_and_null(table: &Path) -> Result<(), ProbeError> {
    append(open(table).await?, batch(&[NEW])?).await?;
    try_null(table).await
}

pub(super) async fn make_invariant(table: &Path) -> Result<(), ProbeError> {
    let rule = r#"{"expression":{"expression":"monto > 0"}}"#;
    let mut columns = fields();
    columns[2] = StructField::new("monto", DataType::DOUBLE, true)
        .with_metadata([("delta.invariants", text(rule))]);
    append(create(table, columns, &[]).await?, batch(&BASE)?).await?;
    try_negative(table).await
}

pub(super) async fn make_generated(table: &Path) -> Result<(), ProbeError> {
    let mut columns = fields();
    columns.push(
        StructField::new("centavos", DataType::LONG, true).with_metadata([(
            "delta.generationExpression",
            text("CAST(monto * 100 AS BIGINT)"),
        )]),
    );
    append(create(table, columns, &[]).await?, batch(&BASE)?).await?;
    Ok(())
}

/// Without the column it is computed; a row that gives it wrong must not get in.
pub(super) async fn append_generated(table: &Path) -> Result<(), ProbeError> {
    append(open(table).await?, batch(&[NEW])?).await?;
    let wrong = named(&[
        ("id", Arc::new(Int64Array::from(vec![5]))),
        ("region", Arc::new(StringArray::from(vec!["este"]))),
        ("monto", Arc::new(Float64Array::from(vec![50.0]))),
        ("centavos", Arc::new(Int64Array::from(vec![1]))),
    ])?;
    let _refused = append(open(table).await?, wrong).await;
    Ok(())
}

pub(super) async fn make_identity(table: &Path) -> Result<(), ProbeError> {
    let mut columns = fields();
    columns[0] = StructField::new("id", DataType::LONG, true).with_metadata([
        ("delta.identity.start", MetadataValue::Number(1)),
        ("delta.identity.step", MetadataValue::Number(1)),
        (
            "delta.identity.allowExplicitInsert",
            MetadataValue::Boolean(false),
        ),
    ]);
    create(table, columns, &[]).await?;
    for row in BASE {
        append_without_id(table, row).await?;
    }
    Ok(())
}

pub(super) async fn append_without_id(table: &Path, row: Row) -> Result<(), ProbeError> {
    let rows = named(&[
        ("region", Arc::new(StringArray::from(vec![row.1]))),
        ("monto", Arc::new(Float64Array::from(vec![row.2]))),
    ])?;
    append(open(table).await?, rows).await?;
    Ok(())
}

pub(super) async fn make_default(table: &Path) -> Result<(), ProbeError> {
    let mut columns = fields();
    columns.push(
        StructField::new("canal", DataType::STRING, true)
            .with_metadata([("CURRENT_DEFAULT", text("'web'"))]),
    );
    let feature = [("delta.feature.allowColumnDefaults", "supported")];
    append(create(table, columns, &feature).await?, batch(&BASE)?).await?;
    Ok(())
}

pub(super) async fn make_append_only(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[("delta.appendOnly", "true")]).await?;
    try_to_delete(table).await
}

async fn try_to_delete(table: &Path) -> Result<(), ProbeError> {
    let opened = open(table).await?;
    let _refused = opened
        .delete()
        .with_predicate(col("id").eq(lit(1_i64)))
        .await;
    Ok(())
}

pub(super) async fn append_and_try_to_delete(table: &Path) -> Result<(), ProbeError> {
    append(open(table).await?, batch(&[NEW])?).await?;
    try_to_delete(table).await
}
