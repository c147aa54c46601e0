//! DELETE, UPDATE and MERGE.

use super::ProbeError;
use super::rows::{self, Row, batch, create_base, open, with_texts};
use arrow::array::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::prelude::{SessionContext, col, lit};
use deltalake::DeltaTable;
use deltalake::operations::merge::MergeBuilder;
use std::path::Path;

pub(super) async fn make_deleted(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[]).await?;
    delete(table, 2).await
}

pub(super) async fn delete(table: &Path, id: i64) -> Result<(), ProbeError> {
    let opened = open(table).await?;
    opened
        .delete()
        .with_predicate(col("id").eq(lit(id)))
        .await?;
    Ok(())
}

pub(super) async fn make_updated(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[])
        .await?
        .update()
        .with_predicate(col("region").eq(lit("norte")))
        .with_update("monto", "monto * 2.0")
        .await?;
    Ok(())
}

pub(super) async fn update(table: &Path) -> Result<(), ProbeError> {
    open(table)
        .await?
        .update()
        .with_predicate(col("id").eq(lit(2_i64)))
        .with_update("region", "'centro'")
        .await?;
    Ok(())
}

fn source(rows: RecordBatch) -> Result<DataFrame, ProbeError> {
    Ok(SessionContext::new().read_batch(rows)?)
}

/// Source `s` and target `t`, joined by `id`.
fn merge(table: DeltaTable, rows: RecordBatch) -> Result<MergeBuilder, ProbeError> {
    Ok(table
        .merge(source(rows)?, "t.id = s.id")
        .with_source_alias("s")
        .with_target_alias("t"))
}

async fn merge_with_all_clauses(table: DeltaTable, rows: &[Row]) -> Result<(), ProbeError> {
    merge(table, batch(rows)?)?
        .when_matched_delete(|delete| delete.predicate("s.monto < 0.0"))?
        .when_matched_update(|update| {
            update
                .predicate("s.monto > t.monto")
                .update("monto", "s.monto")
        })?
        .when_not_matched_insert(|insert| {
            insert
                .predicate("s.monto > 0.0")
                .set("id", "s.id")
                .set("region", "s.region")
                .set("monto", "s.monto")
        })?
        .when_not_matched_by_source_delete(|delete| delete.predicate("t.monto > 55.0"))?
        .when_not_matched_by_source_update(|update| {
            update
                .predicate("t.region = 'oeste'")
                .update("region", "'cerrada'")
        })?
        .await?;
    Ok(())
}

pub(super) async fn make_merged(table: &Path) -> Result<(), ProbeError> {
    let base = create_base(table, &[]).await?;
    let target = rows::append(base, batch(&[(5, "oeste", 50.0), (6, "oeste", 60.0)])?).await?;
    let source = [
        (1, "norte", -1.0),
        (2, "sur", 200.0),
        (8, "este", 80.0),
        (9, "este", -9.0),
    ];
    merge_with_all_clauses(target, &source).await
}

pub(super) async fn merge_again(table: &Path) -> Result<(), ProbeError> {
    let source = [(3, "norte", -1.0), (2, "sur", 5.0), (10, "este", 100.0)];
    merge_with_all_clauses(open(table).await?, &source).await
}

async fn merge_wider(table: DeltaTable, rows: RecordBatch) -> Result<(), ProbeError> {
    merge(table, rows)?
        .with_merge_schema(true)
        .when_matched_update(|update| update.update("monto", "s.monto").update("canal", "s.canal"))?
        .when_not_matched_insert(|insert| {
            insert
                .set("id", "s.id")
                .set("region", "s.region")
                .set("monto", "s.monto")
                .set("canal", "s.canal")
        })?
        .await?;
    Ok(())
}

pub(super) async fn make_merged_wider(table: &Path) -> Result<(), ProbeError> {
    let base = create_base(table, &[]).await?;
    let source = arrow::compute::concat_batches(
        &with_texts(&[], &[("canal", "")])?.schema(),
        &[
            with_texts(&[(1, "norte", 11.0)], &[("canal", "web")])?,
            with_texts(&[(4, "este", 40.0)], &[("canal", "app")])?,
        ],
    )?;
    merge_wider(base, source).await
}

pub(super) async fn merge_wider_again(table: &Path) -> Result<(), ProbeError> {
    let source = with_texts(&[(2, "sur", 22.0)], &[("canal", "tel")])?;
    merge_wider(open(table).await?, source).await
}

pub(super) async fn make_ambiguous(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[]).await?;
    merge_ambiguously(table).await
}

/// Two rows of the source claim row 1. The refusal is what is wanted; what the table then holds says whether it came.
pub(super) async fn merge_ambiguously(table: &Path) -> Result<(), ProbeError> {
    let source = batch(&[(1, "norte", 5.0), (1, "norte", 6.0)])?;
    let _refused = merge(open(table).await?, source)?
        .when_matched_update(|update| update.update("monto", "s.monto"))?
        .await;
    Ok(())
}
