//! The output: what it is, whether it may be written, and how it becomes visible all at once.

mod cells;
mod overlap;
mod staging;
mod target;

pub(crate) use staging::Staging;
pub(crate) use target::{Kind, Target};

use crate::problem::Problem;
use crate::yaml::{Compresion, Formato};
use polars::prelude::{
    CsvWriterOptions, DataType, Expr, FileWriteFormat, LazyFrame, ParquetCompression,
    ParquetWriteOptions, PartitionStrategy, PlRefPath, SerializeOptions, SinkDestination,
    SinkTarget, UnifiedSinkArgs, col,
};
use std::sync::Arc;

impl Target {
    /// The plan that ends in this output, writing to where the staging says.
    pub(crate) fn sink(&self, lazy: LazyFrame, staging: &Staging) -> Result<LazyFrame, Problem> {
        let lazy = self.cells(lazy);
        let base = PlRefPath::new(staging.write_to());
        let args = UnifiedSinkArgs {
            mkdir: self.is_partitioned(),
            maintain_order: true,
            cloud_options: self.cloud.clone().map(Arc::new),
            ..Default::default()
        };
        let destination = if self.is_partitioned() {
            SinkDestination::Partitioned {
                base_path: base,
                file_path_provider: None,
                partition_strategy: PartitionStrategy::Keyed {
                    keys: self.partition.iter().map(|k| col(k.as_str())).collect(),
                    include_keys: false,
                    keys_pre_grouped: false,
                },
                max_rows_per_file: polars::prelude::IdxSize::MAX,
                approximate_bytes_per_file: u64::MAX,
            }
        } else {
            SinkDestination::File {
                target: SinkTarget::Path(base),
            }
        };
        lazy.sink(destination, self.format(), args)
            .map_err(|e| crate::failure::planning(&e, self.at))
    }

    /// What only a CSV needs: texts that a spreadsheet would run are made inert, in cells and in the header.
    fn cells(&self, lazy: LazyFrame) -> LazyFrame {
        let escape = self
            .csv
            .as_ref()
            .is_none_or(|c| c.escapar_formulas.unwrap_or(true));
        if self.kind != Formato::Csv || !escape {
            return lazy;
        }
        let columns: Vec<Expr> = self
            .schema
            .iter()
            // A key of a partition is part of a path, not of a cell.
            .filter(|(name, _)| !self.partition.iter().any(|key| key == name.as_str()))
            .filter_map(|(name, dtype)| match dtype {
                DataType::String => Some(cells::escaped(col(name.clone()))),
                DataType::Categorical(..) | DataType::Enum(..) => {
                    Some(cells::escaped(col(name.clone()).cast(DataType::String)))
                }
                _ => None,
            })
            .collect();
        let (old, new): (Vec<_>, Vec<_>) = self
            .schema
            .iter_names()
            .filter(|name| cells::is_formula(name))
            .map(|name| (name.to_string(), format!("'{name}")))
            .unzip();
        let lazy = if columns.is_empty() {
            lazy
        } else {
            lazy.with_columns(columns)
        };
        if old.is_empty() {
            lazy
        } else {
            lazy.rename(old, new, true)
        }
    }

    fn format(&self) -> FileWriteFormat {
        match self.kind {
            Formato::Parquet => FileWriteFormat::Parquet(Arc::new(ParquetWriteOptions {
                compression: match self.compression {
                    Compresion::Zstd => ParquetCompression::Zstd(None),
                    Compresion::Snappy => ParquetCompression::Snappy,
                    Compresion::Lz4 => ParquetCompression::Lz4Raw,
                    Compresion::Gzip => ParquetCompression::Gzip(None),
                    Compresion::Ninguna => ParquetCompression::Uncompressed,
                },
                row_group_size: self.row_group,
                ..Default::default()
            })),
            Formato::Csv => {
                let default = crate::yaml::CsvEscritura::default();
                let csv = self.csv.as_ref().unwrap_or(&default);
                FileWriteFormat::Csv(CsvWriterOptions {
                    include_bom: csv.bom,
                    include_header: csv.cabecera.unwrap_or(true),
                    check_extension: false,
                    serialize_options: Arc::new(SerializeOptions {
                        separator: self.separator,
                        decimal_comma: csv.coma_decimal,
                        null: csv.nulo.as_deref().unwrap_or_default().into(),
                        ..Default::default()
                    }),
                    ..Default::default()
                })
            }
        }
    }
}
