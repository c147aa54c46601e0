//! What need not be read: columns, row groups, pages and rows, each found out from something smaller than the data.

use crate::ParquetFileError;
use crate::condition::Condition;
use crate::excluding::{
    no_column, row_groups_by_bloom_filter, row_groups_by_statistics, rows_by_page_index,
};
use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use ecommerce_arrow::{SafeBatches, SafeParquet};
use parquet::arrow::ProjectionMask;
use parquet::file::reader::ChunkReader;

/// What a query may leave out. The rows are the same whatever is on: `los_resultados_no_dependen_de_la_poda` tries all 32.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pruning {
    /// Columns that are not asked for.
    pub projection: bool,
    /// Row groups whose smallest and largest value exclude the condition.
    pub statistics: bool,
    /// Row groups whose Bloom filter says that a value is not there.
    pub bloom: bool,
    /// Pages whose smallest and largest value exclude the condition.
    pub page_index: bool,
    /// Other columns' values of rows for which the condition does not hold.
    pub row_filter: bool,
}

impl Pruning {
    /// Everything on.
    pub const ALL: Self = Self {
        projection: true,
        statistics: true,
        bloom: true,
        page_index: true,
        row_filter: true,
    };
    /// Everything off: the whole file is read, and rows are thrown away afterwards.
    pub const NONE: Self = Self {
        projection: false,
        statistics: false,
        bloom: false,
        page_index: false,
        row_filter: false,
    };
}

/// The rows of a query, and what was read for them.
pub struct Answer<R = std::fs::File> {
    /// The row groups that were not excluded.
    pub row_groups: Vec<usize>,
    /// Rows in pages that were not excluded, over those row groups.
    pub candidates: u64,
    batches: SafeBatches<R>,
    /// Where the rows still have to be filtered.
    condition: Option<Condition>,
    columns: Vec<String>,
    file: String,
}

/// The rows of `file` for which `condition` holds, with these columns in this order, reading no more than `pruning` asks for.
///
/// # Errors
/// * [`ParquetFileError::NoColumn`] if a column is not in the file.
/// * [`ParquetFileError::Incomparable`] if the condition's value cannot be compared with its column.
/// * [`ParquetFileError::Read`] if the file is damaged; so do the batches.
pub fn query<R: ChunkReader + 'static>(
    file: SafeParquet<R>,
    columns: &[&str],
    condition: &Condition,
    pruning: Pruning,
) -> Result<Answer<R>, ParquetFileError> {
    let file = if pruning.page_index {
        file.with_page_index()?
    } else {
        file
    };
    let mut groups: Vec<usize> = (0..file.metadata().num_row_groups()).collect();
    if pruning.statistics {
        groups = row_groups_by_statistics(&file, &groups, condition)?;
    }
    if pruning.bloom {
        groups = row_groups_by_bloom_filter(&file, &groups, condition)?;
    }
    let rows = if pruning.page_index {
        rows_by_page_index(&file, &groups, condition)?
    } else {
        None
    };
    let all: i64 = groups
        .iter()
        .map(|g| file.metadata().row_group(*g).num_rows())
        .sum();
    let mut scan = file.scan().row_groups(groups.clone());
    let mut wanted: Vec<&str> = columns.to_vec();
    if !pruning.row_filter {
        wanted.push(condition.column());
    }
    // Also where every column is read, to say which of those asked for is not there.
    let mask = mask(&file, &wanted)?;
    if pruning.projection {
        scan = scan.columns(mask);
    }
    let candidates = rows.as_ref().map_or(all as u64, |r| r.row_count() as u64);
    if let Some(rows) = rows {
        scan = scan.rows(rows);
    }
    let condition_column = self::mask(&file, &[condition.column()])?;
    if pruning.row_filter {
        scan = scan.filter(condition.predicate(condition_column));
    }
    Ok(Answer {
        row_groups: groups,
        candidates,
        batches: scan.batches()?,
        condition: (!pruning.row_filter).then(|| condition.clone()),
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        file: file.name().to_owned(),
    })
}

impl<R: ChunkReader + 'static> Answer<R> {
    fn narrow(&self, batch: RecordBatch) -> Result<RecordBatch, ParquetFileError> {
        let incomparable = |source| ParquetFileError::Incomparable {
            file: self.file.clone(),
            column: self
                .condition
                .as_ref()
                .map_or("", Condition::column)
                .to_owned(),
            source,
        };
        let batch = match &self.condition {
            Some(condition) => {
                let column = column(&batch, condition.column(), &self.file)?;
                let holds = condition.holds(column).map_err(incomparable)?;
                filter_record_batch(&batch, &holds).map_err(incomparable)?
            }
            None => batch,
        };
        let positions = self
            .columns
            .iter()
            .map(|name| {
                batch
                    .schema()
                    .index_of(name)
                    .map_err(|_| no_column(&self.file, name))
            })
            .collect::<Result<Vec<_>, _>>()?;
        batch.project(&positions).map_err(incomparable)
    }
}

impl<R: ChunkReader + 'static> Iterator for Answer<R> {
    type Item = Result<RecordBatch, ParquetFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let batch = match self.batches.next()? {
                Ok(batch) => self.narrow(batch),
                Err(e) => Err(e.into()),
            };
            match batch {
                Ok(batch) if batch.num_rows() == 0 => {}
                other => return Some(other),
            }
        }
    }
}

fn mask<R: ChunkReader>(
    file: &SafeParquet<R>,
    columns: &[&str],
) -> Result<ProjectionMask, ParquetFileError> {
    let roots = columns
        .iter()
        .map(|name| {
            file.schema()
                .index_of(name)
                .map_err(|_| no_column(file.name(), name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(ProjectionMask::roots(
        file.metadata().file_metadata().schema_descr(),
        roots,
    ))
}

fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
    file: &str,
) -> Result<&'a arrow::array::ArrayRef, ParquetFileError> {
    batch
        .column_by_name(name)
        .ok_or_else(|| no_column(file, name))
}
