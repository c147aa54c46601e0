//! The files of a Delta table as a table of DataFusion.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use object_store::ObjectMeta;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

/// One version of a Delta table: its active Parquet files.
#[derive(Clone, Debug, PartialEq)]
pub struct DeltaFiles {
    pub(crate) store: String,
    pub(crate) schema: SchemaRef,
    pub(crate) partition_columns: Vec<String>,
    pub(crate) files: Vec<ActiveFile>,
}

/// A file, with the values of the partition columns in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActiveFile {
    /// Its full key in the store, percent-encoded as it is stored.
    pub(crate) location: String,
    pub(crate) size: u64,
    pub(crate) values: Vec<Option<String>>,
}

impl DeltaFiles {
    /// Returns how many files the version has.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.len()
    }

    fn is_partition(&self, name: &str) -> bool {
        self.partition_columns.iter().any(|column| column == name)
    }

    /// The columns in the files, and those in their paths.
    fn table_schema(&self) -> Result<TableSchema> {
        let in_files: Vec<FieldRef> = self
            .schema
            .fields()
            .iter()
            .filter(|field| !self.is_partition(field.name()))
            .cloned()
            .collect();
        let in_paths = self
            .partition_columns
            .iter()
            .map(|column| Ok(Arc::new(self.schema.field_with_name(column)?.clone())))
            .collect::<Result<Vec<FieldRef>>>()?;
        Ok(TableSchema::builder(Arc::new(Schema::new(in_files)))
            .with_table_partition_cols(in_paths)
            .build())
    }

    fn partitioned(&self, file: &ActiveFile) -> Result<PartitionedFile> {
        let location = Path::parse(&file.location)
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let values = self
            .partition_columns
            .iter()
            .zip(&file.values)
            .map(|(column, value)| {
                let data_type = self.schema.field_with_name(column)?.data_type();
                match value {
                    Some(value) => ScalarValue::try_from_string(value.clone(), data_type),
                    None => ScalarValue::try_from(data_type),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(PartitionedFile::new_from_meta(ObjectMeta {
            location,
            // Files of a Delta table are never written twice.
            last_modified: Default::default(),
            size: file.size,
            e_tag: None,
            version: None,
        })
        .with_partition_values(values))
    }
}

#[async_trait]
impl TableProvider for DeltaFiles {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.table_schema()?;
        // The scan has the files' columns first; the table may have them in any order.
        let order = self
            .schema
            .fields()
            .iter()
            .map(|field| Ok(schema.table_schema().index_of(field.name())?))
            .collect::<Result<Vec<_>>>()?;
        let wanted = match projection {
            Some(columns) => columns.iter().map(|column| order[*column]).collect(),
            None => order,
        };
        let mut source = ParquetSource::new(schema.clone());
        if let Some(predicate) = conjunction(filters.to_vec()) {
            let columns = DFSchema::try_from(schema.table_schema().as_ref().clone())?;
            source = source.with_predicate(session.create_physical_expr(predicate, &columns)?);
        }
        let groups = session
            .config()
            .target_partitions()
            .clamp(1, self.files.len().max(1));
        let mut grouped = vec![Vec::new(); groups];
        for (index, file) in self.files.iter().enumerate() {
            grouped[index % groups].push(self.partitioned(file)?);
        }
        let scan =
            FileScanConfigBuilder::new(ObjectStoreUrl::parse(&self.store)?, Arc::new(source))
                .with_file_groups(grouped.into_iter().map(FileGroup::new).collect())
                .with_projection_indices(Some(wanted))?
                .with_limit(limit)
                .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}
