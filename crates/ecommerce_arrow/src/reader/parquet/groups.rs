//! A row group as the library's array readers take it, its pages checked on the way to them.

use super::pages::Pages;
use super::payload::Shape;
use crate::reader::ReadProblem;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What is decoded for the batch that is being read, and why it could not be.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bytes: AtomicU64,
    problem: Mutex<Option<ReadProblem>>,
}

impl Meter {
    /// Begins the next batch.
    pub(super) fn reset(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// The problem that ended reading, which the library's own error says only as text.
    pub(super) fn take_problem(&self) -> Option<ReadProblem> {
        self.problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn refuse(&self, problem: ReadProblem) -> ParquetError {
        let error = ParquetError::General(problem.to_string());
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        error
    }

    fn add(&self, bytes: u64, limit: u64) -> std::result::Result<(), ReadProblem> {
        let sum = self
            .bytes
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes);
        if sum > limit {
            return Err(ReadProblem::TooLarge {
                what: "one batch",
                bytes: sum,
                limit,
            });
        }
        Ok(())
    }
}

/// One row group, with the columns whose pages have been walked over.
pub(super) struct Group<R> {
    pub(super) source: Arc<R>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) index: usize,
    /// By leaf.
    pub(super) columns: BTreeMap<usize, (Shape, Pages)>,
    /// Whether the offset index is used.
    pub(super) by_index: bool,
    pub(super) meter: Arc<Meter>,
    /// What one batch may take beyond what was planned for.
    pub(super) batch_bytes: u64,
}

impl<R: ChunkReader + 'static> RowGroups for Group<R> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata.row_group(self.index).num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, leaf: usize) -> Result<Box<dyn PageIterator>> {
        let (shape, pages) = self
            .columns
            .get(&leaf)
            .ok_or_else(|| ParquetError::General(format!("column {leaf} was not checked")))?;
        let locations = self
            .metadata
            .offset_index()
            .filter(|_| self.by_index)
            .map(|index| index[self.index][leaf].page_locations().clone());
        let properties = ReaderProperties::builder()
            .set_backward_compatible_lz4(pages.old_lz4)
            .build();
        let inner = SerializedPageReader::new_with_properties(
            Arc::clone(&self.source),
            self.metadata.row_group(self.index).column(leaf),
            self.num_rows(),
            locations,
            Arc::new(properties),
        )?;
        Ok(Box::new(OneChunk(Some(Ok(Box::new(CheckedPages {
            inner,
            shape: shape.clone(),
            dictionary: pages.dictionary.map_or(0, |page| page.values),
            meter: Arc::clone(&self.meter),
            batch_bytes: self.batch_bytes,
        }))))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.metadata.row_group(self.index)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The pages of one chunk, once.
struct OneChunk(Option<Result<Box<dyn PageReader>>>);

impl Iterator for OneChunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take()
    }
}

impl PageIterator for OneChunk {}

/// Pages, each looked into before the decoder gets it.
struct CheckedPages<R: ChunkReader> {
    inner: SerializedPageReader<R>,
    shape: Shape,
    /// Values of the chunk's dictionary.
    dictionary: u64,
    meter: Arc<Meter>,
    batch_bytes: u64,
}

impl<R: ChunkReader> CheckedPages<R> {
    fn check(&self, page: &Page) -> std::result::Result<(), ReadProblem> {
        let grown = self.shape.check(page, self.dictionary)?;
        // What a plan by headers cannot know: texts that unfold, and rows of any number of values.
        let values = match page {
            Page::DataPage { num_values, .. } | Page::DataPageV2 { num_values, .. }
                if self.shape.nested() =>
            {
                u64::from(*num_values)
            }
            _ => 0,
        };
        let bytes = grown.saturating_add(values.saturating_mul(self.shape.width + 8));
        self.meter.add(bytes, self.batch_bytes)
    }
}

impl<R: ChunkReader> Iterator for CheckedPages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: ChunkReader> PageReader for CheckedPages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        if let Some(page) = &page {
            self.check(page).map_err(|p| self.meter.refuse(p))?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.inner.at_record_boundary()
    }
}
