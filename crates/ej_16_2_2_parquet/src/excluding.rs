//! Row groups and pages that cannot hold what is looked for: by their statistics, by their Bloom filter.

use crate::ParquetFileError;
use crate::condition::Condition;
use ecommerce_arrow::SafeParquet;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::file::reader::ChunkReader;

/// The row groups out of `groups` whose statistics do not exclude `condition`; without statistics a row group stays.
///
/// # Errors
/// * [`ParquetFileError::NoColumn`], [`ParquetFileError::Incomparable`] as for [`query`](crate::query).
///
/// # Cost
/// Reads nothing: the statistics are in the footer.
pub fn row_groups_by_statistics<R: ChunkReader>(
    file: &SafeParquet<R>,
    groups: &[usize],
    condition: &Condition,
) -> Result<Vec<usize>, ParquetFileError> {
    let converter = converter(file, condition)?;
    let chosen: Vec<_> = groups
        .iter()
        .map(|g| file.metadata().row_group(*g))
        .collect();
    let read = || {
        let rows = chosen.iter().map(|group| group.num_rows() as u64);
        let nulls = converter
            .row_group_null_counts(chosen.iter().copied())?
            .iter()
            .zip(rows)
            .map(|(nulls, rows)| nulls == Some(rows))
            .collect();
        let smallest = converter.row_group_mins(chosen.iter().copied())?;
        let largest = converter.row_group_maxes(chosen.iter().copied())?;
        Ok::<_, parquet::errors::ParquetError>((smallest, largest, nulls))
    };
    let (smallest, largest, all_null): (_, _, Vec<bool>) =
        read().map_err(|e| incomparable(file, condition, e.into()))?;
    let may_hold = condition
        .may_hold(&smallest, &largest)
        .map_err(|e| incomparable(file, condition, e))?;
    Ok(groups
        .iter()
        .zip(may_hold.iter().zip(all_null))
        .filter(|(_, (may, all_null))| *may == Some(true) && !all_null)
        .map(|(group, _)| *group)
        .collect())
}

/// The row groups out of `groups` whose Bloom filter does not exclude `condition`; without a filter, or where the condition is
/// a range, a row group stays.
///
/// # Errors
/// * [`ParquetFileError::NoColumn`] as for [`query`](crate::query), [`ParquetFileError::Read`] if a filter is damaged.
///
/// # Cost
/// Reads the filters of one column: by default about a byte per distinct value.
pub fn row_groups_by_bloom_filter<R: ChunkReader>(
    file: &SafeParquet<R>,
    groups: &[usize],
    condition: &Condition,
) -> Result<Vec<usize>, ParquetFileError> {
    let leaf = leaf(file, condition.column())?;
    let mut kept = Vec::with_capacity(groups.len());
    for group in groups {
        let excluded = match condition.exact_bytes() {
            Some(value) => file
                .bloom_filter(*group, leaf)?
                .is_some_and(|filter| !filter.check(value)),
            None => false,
        };
        if !excluded {
            kept.push(*group);
        }
    }
    Ok(kept)
}

/// The rows of these row groups in pages that the page index does not exclude, or `None` if the file has no page index.
///
/// # Errors
/// * [`ParquetFileError::NoColumn`], [`ParquetFileError::Incomparable`] as for [`query`](crate::query).
///
/// # Cost
/// Reads nothing: `file` must have been opened with its page index.
pub fn rows_by_page_index<R: ChunkReader>(
    file: &SafeParquet<R>,
    groups: &[usize],
    condition: &Condition,
) -> Result<Option<RowSelection>, ParquetFileError> {
    let metadata = file.metadata();
    let leaf = leaf(file, condition.column())?;
    let Some((columns, offsets)) = metadata.column_index().zip(metadata.offset_index()) else {
        return Ok(None);
    };
    let converter = converter(file, condition)?;
    let read = || {
        let smallest = converter.data_page_mins(columns, offsets, groups)?;
        let largest = converter.data_page_maxes(columns, offsets, groups)?;
        Ok::<_, parquet::errors::ParquetError>((smallest, largest))
    };
    let (smallest, largest) = read().map_err(|e| incomparable(file, condition, e.into()))?;
    let may_hold = condition
        .may_hold(&smallest, &largest)
        .map_err(|e| incomparable(file, condition, e))?;
    let mut selectors = Vec::with_capacity(may_hold.len());
    let mut pages = may_hold.iter();
    for group in groups {
        let rows = metadata.row_group(*group).num_rows();
        let locations = offsets[*group][leaf].page_locations();
        for (i, location) in locations.iter().enumerate() {
            let next = locations.get(i + 1).map_or(rows, |l| l.first_row_index);
            let count = usize::try_from(next - location.first_row_index).unwrap_or(0);
            // A page of nulls alone has neither smallest nor largest: null, and no row of it can match.
            let nulls = columns[*group][leaf].is_null_page(i);
            let may = pages.next().flatten() == Some(true) && !nulls;
            selectors.push(if may {
                RowSelector::select(count)
            } else {
                RowSelector::skip(count)
            });
        }
    }
    Ok(Some(selectors.into()))
}

fn converter<'a, R: ChunkReader>(
    file: &'a SafeParquet<R>,
    condition: &Condition,
) -> Result<StatisticsConverter<'a>, ParquetFileError> {
    let column = condition.column();
    if file.schema().index_of(column).is_err() {
        return Err(no_column(file.name(), column));
    }
    StatisticsConverter::try_new(
        column,
        file.schema(),
        file.metadata().file_metadata().schema_descr(),
    )
    .map_err(|e| incomparable(file, condition, e.into()))
}

/// The leaf of a column that is not nested.
fn leaf<R: ChunkReader>(file: &SafeParquet<R>, column: &str) -> Result<usize, ParquetFileError> {
    file.metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .position(|leaf| leaf.path().parts() == [column])
        .ok_or_else(|| no_column(file.name(), column))
}

pub(crate) fn no_column(file: &str, column: &str) -> ParquetFileError {
    ParquetFileError::NoColumn {
        file: file.to_owned(),
        column: column.to_owned(),
    }
}

pub(crate) fn incomparable<R: ChunkReader>(
    file: &SafeParquet<R>,
    condition: &Condition,
    source: arrow::error::ArrowError,
) -> ParquetFileError {
    ParquetFileError::Incomparable {
        file: file.name().to_owned(),
        column: condition.column().to_owned(),
        source,
    }
}
