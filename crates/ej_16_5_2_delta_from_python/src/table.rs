//! The table, from the side of Rust.

use crate::SalesError;
use crate::rows::{Sale, batch, sales_of};
use deltalake::delta_datafusion::create_session;
use deltalake::kernel::Version;
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableError};
use std::path::Path;
use url::Url;

fn url(table: &Path) -> Result<Url, SalesError> {
    Url::from_directory_path(table).map_err(|()| SalesError::Path(table.to_owned()))
}

fn delta(table: &Path) -> impl Fn(DeltaTableError) -> SalesError + '_ {
    |source| SalesError::Delta {
        table: table.to_owned(),
        source: Box::new(source),
    }
}

async fn open(table: &Path) -> Result<DeltaTable, SalesError> {
    deltalake::open_table(url(table)?)
        .await
        .map_err(delta(table))
}

async fn write(table: &Path, sales: &[Sale], mode: SaveMode) -> Result<Version, SalesError> {
    std::fs::create_dir_all(table).map_err(|source| SalesError::Directory {
        path: table.to_owned(),
        source,
    })?;
    let written = DeltaTable::try_from_url(url(table)?)
        .await
        .map_err(delta(table))?
        .write([batch(sales)?])
        .with_save_mode(mode)
        .await
        .map_err(delta(table))?;
    Ok(written.version().unwrap_or_default())
}

/// Returns the version that has these sales too; makes the table if there is none.
///
/// # Errors
/// - [`SalesError::Path`], [`SalesError::Directory`] if there is no such place
/// - [`SalesError::Delta`] if the commit does not come about
pub async fn append(table: &Path, sales: &[Sale]) -> Result<Version, SalesError> {
    write(table, sales, SaveMode::Append).await
}

/// Returns the version that has these sales alone; makes the table if there is none.
///
/// # Errors
/// As [`append`].
pub async fn overwrite(table: &Path, sales: &[Sale]) -> Result<Version, SalesError> {
    write(table, sales, SaveMode::Overwrite).await
}

/// Returns the last version.
///
/// # Errors
/// - [`SalesError::Delta`] if there is no table
pub async fn latest(table: &Path) -> Result<Version, SalesError> {
    open(table)
        .await?
        .get_latest_version()
        .await
        .map_err(delta(table))
}

/// Returns the sales of the last version, sorted.
///
/// # Errors
/// - [`SalesError::Delta`] if there is no table
/// - [`SalesError::Read`] if a data file cannot be read
/// - [`SalesError::Column`] if it is no table of sales
pub async fn contents(table: &Path) -> Result<Vec<Sale>, SalesError> {
    read(table, &open(table).await?).await
}

/// Returns the sales of a version, sorted.
///
/// # Errors
/// As [`contents`]: [`SalesError::Delta`] if the log has no such version, [`SalesError::Read`] if vacuum took its files.
pub async fn contents_at(table: &Path, version: Version) -> Result<Vec<Sale>, SalesError> {
    let mut opened = open(table).await?;
    opened.load_version(version).await.map_err(delta(table))?;
    read(table, &opened).await
}

async fn read(table: &Path, opened: &DeltaTable) -> Result<Vec<Sale>, SalesError> {
    let failed = |source| SalesError::Read {
        table: table.to_owned(),
        source: Box::new(source),
    };
    let session = create_session().into_inner();
    let provider = opened.table_provider().await.map_err(failed)?;
    let frame = session.read_table(provider).map_err(failed)?;
    let mut all = Vec::new();
    for batch in frame.collect().await.map_err(failed)? {
        all.extend(sales_of(&batch, table)?);
    }
    all.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    Ok(all)
}

/// Returns the table's columns with the names that Delta gives their types, in order.
///
/// # Errors
/// - [`SalesError::Delta`] if there is no table
pub async fn column_types(table: &Path) -> Result<Vec<(String, String)>, SalesError> {
    let opened = open(table).await?;
    let schema = opened.snapshot().map_err(delta(table))?.schema();
    Ok(schema
        .fields()
        .map(|field| (field.name().clone(), field.data_type().to_string()))
        .collect())
}

/// What vacuum is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleaning {
    /// Files that went out of the table less than so many hours ago stay.
    pub retention_hours: u32,
    /// Refuse a retention below the table's own, a week if it has none.
    pub enforce: bool,
    /// Say what would be removed, remove nothing.
    pub dry_run: bool,
}

/// Returns the files that vacuum removed, or would.
///
/// # Errors
/// - [`SalesError::Delta`] if there is no table, or the retention is too short and is enforced
pub async fn vacuum(table: &Path, how: Cleaning) -> Result<Vec<String>, SalesError> {
    let (_, done) = open(table)
        .await?
        .vacuum()
        .with_retention_period(chrono::Duration::hours(how.retention_hours.into()))
        .with_enforce_retention_duration(how.enforce)
        .with_dry_run(how.dry_run)
        .await
        .map_err(delta(table))?;
    Ok(done.files_deleted)
}
