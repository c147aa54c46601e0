//! The shop's tables as columns and as Parquet files.

use super::{Shop, scramble};
use crate::EngineError;
use crate::write::{Writer, Written, replace};
use arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt64Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use ecommerce_model::Fecha;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

const BATCH_ROWS: u64 = 1 << 16;

/// How a table is laid out in its Parquet file.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Rows of a row group.
    pub group_rows: usize,
    /// Rows of a page.
    pub page_rows: usize,
    /// Whether `user_id` gets a Bloom filter in every row group.
    pub bloom: bool,
    /// Least and greatest values: of chunks, of pages too, or none.
    pub statistics: EnabledStatistics,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            group_rows: 1 << 17,
            page_rows: 1 << 13,
            bloom: false,
            statistics: EnabledStatistics::Page,
        }
    }
}

impl Shop {
    /// Sales of a range as columns.
    ///
    /// # Shape
    /// One row per sale: `venta_id` Int64, `user_id` Utf8, `monto` Float64 nullable, `fecha` Date32, `nota` Utf8: 32 characters that no
    /// query of this chapter needs, as real tables have.
    ///
    /// # Errors
    /// * What Arrow says; the columns fit the schema.
    pub fn sales_batch(&self, rows: Range<u64>) -> Result<RecordBatch, ArrowError> {
        let sales: Vec<_> = rows.clone().map(|index| self.sale(index)).collect();
        let columns: [ArrayRef; 5] = [
            Arc::new(Int64Array::from_iter_values(
                rows.clone().map(|index| index.cast_signed()),
            )),
            Arc::new(StringArray::from_iter_values(
                sales.iter().map(|sale| user_id(sale.customer)),
            )),
            Arc::new(Float64Array::from_iter(
                sales
                    .iter()
                    .map(|sale| sale.cents.map(|c| c as f64 / 100.0)),
            )),
            Arc::new(Date32Array::from_iter_values(
                sales.iter().map(|sale| sale.day.days_since_epoch()),
            )),
            Arc::new(StringArray::from_iter_values(rows.map(|index| {
                format!("{:016x}{:016x}", scramble(index), scramble(!index))
            }))),
        ];
        RecordBatch::try_new(sales_schema(), columns.to_vec())
    }

    /// The known customers as columns.
    ///
    /// # Shape
    /// One row per customer: `id` Utf8, `region` Utf8, `nombre` Utf8.
    ///
    /// # Errors
    /// * What Arrow says; the columns fit the schema.
    pub fn customers_batch(&self) -> Result<RecordBatch, ArrowError> {
        let known: Vec<_> = (0..self.customers)
            .filter(|customer| Self::is_known(*customer))
            .map(|customer| self.model.cliente(customer))
            .collect();
        let columns: [ArrayRef; 3] = [
            Arc::new(StringArray::from_iter_values(
                known.iter().map(|customer| &customer.user_id),
            )),
            Arc::new(StringArray::from_iter_values(
                known.iter().map(|customer| &customer.region),
            )),
            Arc::new(StringArray::from_iter_values(
                known.iter().map(|customer| &customer.nombre),
            )),
        ];
        RecordBatch::try_new(customers_schema(), columns.to_vec())
    }

    /// Writes all sales to a Parquet file, which appears whole or not at all.
    ///
    /// # Errors
    /// * [`EngineError::Write`] if it cannot be written.
    pub fn write_sales(&self, path: &Path, layout: Layout) -> Result<Written, EngineError> {
        replace(path, sales_schema(), layout.properties(), |writer| {
            let mut start = 0;
            while start < self.sales {
                let end = self.sales.min(start + BATCH_ROWS);
                layout.write(writer, &self.sales_batch(start..end)?)?;
                start = end;
            }
            Ok(())
        })
    }

    /// Writes the sales as a directory with one file per day under `fecha=YYYY-MM-DD/`, without the column `fecha` inside.
    ///
    /// # Errors
    /// * [`EngineError::Write`] if a file cannot be written.
    pub fn write_days(&self, directory: &Path, layout: Layout) -> Result<(), EngineError> {
        let batch = self
            .sales_batch(0..self.sales)
            .map_err(|error| EngineError::write(directory, error))?;
        let day = batch.schema().index_of("fecha");
        let day = day.map_err(|error| EngineError::write(directory, error))?;
        let mut rows: BTreeMap<Fecha, Vec<u64>> = BTreeMap::new();
        for index in 0..self.sales {
            rows.entry(self.sale(index).day).or_default().push(index);
        }
        let mut kept: Vec<_> = (0..batch.num_columns()).collect();
        kept.remove(day);
        for (fecha, rows) in rows {
            let path = directory.join(format!("fecha={fecha}/ventas.parquet"));
            let rows = UInt64Array::from(rows);
            let columns = kept.iter().map(|c| take(batch.column(*c), &rows, None));
            let columns: Result<Vec<_>, _> = columns.collect();
            let schema = batch.schema().project(&kept).map(Arc::new);
            let part = columns.and_then(|columns| RecordBatch::try_new(schema?, columns));
            let part = part.map_err(|error| EngineError::write(&path, error))?;
            replace(&path, part.schema(), layout.properties(), |writer| {
                layout.write(writer, &part)
            })?;
        }
        Ok(())
    }

    /// Writes the known customers to a Parquet file, which appears whole or not at all.
    ///
    /// # Errors
    /// * [`EngineError::Write`] if it cannot be written.
    pub fn write_customers(&self, path: &Path) -> Result<Written, EngineError> {
        let properties = Layout::default().properties();
        replace(
            path,
            customers_schema(),
            properties,
            |writer: &mut ArrowWriter<_>| writer.write(&self.customers_batch()?),
        )
    }
}

impl Layout {
    /// Writes a batch, no more than a row group at a time: [`ArrowWriter::write`] calls itself once per row group that a batch
    /// fills, and a thousand of them overflow the stack of a thread of 2 MiB.
    fn write(self, writer: &mut Writer<'_>, batch: &RecordBatch) -> Result<(), ParquetError> {
        for start in (0..batch.num_rows()).step_by(self.group_rows.max(1)) {
            let rows = self.group_rows.min(batch.num_rows() - start);
            writer.write(&batch.slice(start, rows))?;
        }
        Ok(())
    }

    fn properties(self) -> WriterProperties {
        let user = ColumnPath::from("user_id");
        WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(self.group_rows))
            .set_data_page_row_count_limit(self.page_rows)
            // A page ends only between write batches.
            .set_write_batch_size(self.page_rows.min(1024))
            .set_statistics_enabled(self.statistics)
            .set_column_bloom_filter_enabled(user, self.bloom)
            // Every note is another: a dictionary would hold the whole column again.
            .set_column_dictionary_enabled(ColumnPath::from("nota"), false)
            .build()
    }
}

fn sales_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("venta_id", DataType::Int64, false),
        Field::new("user_id", DataType::Utf8, false),
        Field::new("monto", DataType::Float64, true),
        Field::new("fecha", DataType::Date32, false),
        Field::new("nota", DataType::Utf8, false),
    ]))
}

fn customers_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("region", DataType::Utf8, false),
        Field::new("nombre", DataType::Utf8, false),
    ]))
}

fn user_id(customer: u64) -> String {
    format!("u{customer:07}")
}
