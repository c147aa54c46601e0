//! Files and log: deletion vectors, change data, compaction, checkpoints, vacuum, restore, clones.

use super::ProbeError;
use super::rows::{
    BASE, LATER, NEW, append, batch, content, create, create_base, fields, open, read,
};
use super::{change, write};
use crate::Content;
use datafusion::prelude::{col, lit};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::{DeltaCdfTableProvider, create_session};
use deltalake::kernel::TableFeatures;
use deltalake::operations::optimize::OptimizeType;
use std::path::Path;
use std::sync::Arc;

pub(super) async fn make_with(table: &Path, properties: &[(&str, &str)]) -> Result<(), ProbeError> {
    create_base(table, properties).await?;
    Ok(())
}

pub(super) async fn make_deletion_vectors(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[("delta.enableDeletionVectors", "true")]).await?;
    change::delete(table, 2).await
}

pub(super) async fn make_changes(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[("delta.enableChangeDataFeed", "true")]).await?;
    set_amount(table, 1, 11.0).await?;
    change::delete(table, 2).await
}

async fn set_amount(table: &Path, id: i64, amount: f64) -> Result<(), ProbeError> {
    open(table)
        .await?
        .update()
        .with_predicate(col("id").eq(lit(id)))
        .with_update("monto", lit(amount))
        .await?;
    Ok(())
}

pub(super) async fn change_once_more(table: &Path) -> Result<(), ProbeError> {
    set_amount(table, 3, 33.0).await
}

pub(super) async fn read_changes(table: &Path) -> Result<Content, ProbeError> {
    let feed = open(table).await?.scan_cdf().with_starting_version(0);
    let provider = DeltaCdfTableProvider::try_new(feed)?;
    let session = create_session().into_inner();
    let changes = session.read_table(Arc::new(provider))?.select(vec![
        col("_change_type").alias("tipo"),
        col("id"),
        col("monto"),
    ])?;
    content(&changes.collect().await?)
}

async fn make_in_three_files(table: &Path) -> Result<(), ProbeError> {
    let mut made = create(table, fields(), &[]).await?;
    for row in BASE {
        made = append(made, batch(&[row])?).await?;
    }
    Ok(())
}

async fn compact(table: &Path, how: OptimizeType) -> Result<(), ProbeError> {
    open(table).await?.optimize().with_type(how).await?;
    Ok(())
}

fn z_order() -> OptimizeType {
    OptimizeType::ZOrder(vec!["region".into(), "id".into()])
}

pub(super) async fn make_compacted(table: &Path) -> Result<(), ProbeError> {
    make_in_three_files(table).await?;
    compact(table, OptimizeType::Compact).await
}

pub(super) async fn append_and_compact(table: &Path) -> Result<(), ProbeError> {
    write::append_new(table).await?;
    compact(table, OptimizeType::Compact).await
}

pub(super) async fn make_z_ordered(table: &Path) -> Result<(), ProbeError> {
    make_in_three_files(table).await?;
    compact(table, z_order()).await
}

pub(super) async fn append_and_z_order(table: &Path) -> Result<(), ProbeError> {
    write::append_new(table).await?;
    compact(table, z_order()).await
}

pub(super) async fn make_checkpoint(table: &Path) -> Result<(), ProbeError> {
    let made = create_base(table, &[]).await?;
    deltalake::checkpoints::create_checkpoint(&made, None).await?;
    Ok(())
}

pub(super) async fn make_checkpoint_v2(table: &Path) -> Result<(), ProbeError> {
    let able = create_base(table, &[])
        .await?
        .add_feature()
        .with_feature(TableFeatures::V2Checkpoint)
        .with_allow_protocol_versions_increase(true)
        .await?;
    let policy = ("delta.checkpointPolicy".to_owned(), "v2".to_owned());
    let made = able
        .set_tbl_properties()
        .with_properties([policy].into())
        .await?;
    deltalake::checkpoints::create_checkpoint(&made, None).await?;
    Ok(())
}

async fn vacuum(table: DeltaTable) -> Result<(), ProbeError> {
    table
        .vacuum()
        .with_retention_period(chrono::Duration::zero())
        .with_enforce_retention_duration(false)
        .await?;
    Ok(())
}

pub(super) async fn make_vacuumed(table: &Path) -> Result<(), ProbeError> {
    write::make_overwritten(table).await?;
    vacuum(open(table).await?).await
}

pub(super) async fn overwrite_and_vacuum(table: &Path) -> Result<(), ProbeError> {
    write::overwrite(table).await?;
    vacuum(open(table).await?).await
}

async fn append_and_go_back(table: &Path, row: super::rows::Row) -> Result<(), ProbeError> {
    let later = append(open(table).await?, batch(&[row])?).await?;
    let back = later.get_latest_version().await?.saturating_sub(1);
    later.restore().with_version_to_restore(back).await?;
    Ok(())
}

pub(super) async fn make_restored(table: &Path) -> Result<(), ProbeError> {
    create_base(table, &[]).await?;
    append_and_go_back(table, LATER).await
}

pub(super) async fn append_and_restore(table: &Path) -> Result<(), ProbeError> {
    append_and_go_back(table, NEW).await
}

/// delta-rs has no such operation: SQL is asked, which is what it has for statements.
pub(super) async fn make_cloned(table: &Path) -> Result<(), ProbeError> {
    let origin = table.with_file_name("origen");
    std::fs::create_dir_all(&origin)?;
    let opened = create_base(&origin, &[]).await?;
    let session = create_session().into_inner();
    session.register_table("origen", opened.table_provider().await?)?;
    session
        .sql("CREATE TABLE clon SHALLOW CLONE origen")
        .await?
        .collect()
        .await?;
    Ok(())
}

pub(super) async fn make_manifest(table: &Path) -> Result<(), ProbeError> {
    let made = create_base(table, &[]).await?;
    read(&made).await?;
    made.generate().await?;
    Ok(())
}
