//! What a new table is to be: columns, partitions, properties.

use crate::error::TableError;
use crate::sales::sales_schema;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake::kernel::{StructField, StructType};

/// What a new table is to be.
#[derive(Clone, Debug, Default)]
pub struct TableSpec {
    extra: Vec<StructField>,
    partitions: Vec<String>,
    properties: Vec<(String, String)>,
}

impl TableSpec {
    /// A table of sales, with the columns of [`sales_schema`].
    pub fn sales() -> Self {
        Self::default()
    }

    /// With one column more, after those of a sale.
    #[must_use]
    pub fn column(mut self, column: StructField) -> Self {
        self.extra.push(column);
        self
    }

    /// In one directory per value of `column`.
    #[must_use]
    pub fn partitioned_by(mut self, column: &str) -> Self {
        self.partitions.push(column.to_owned());
        self
    }

    /// With this property, `delta.checkpointInterval` for instance. One that Delta does not know is an error when the table is made.
    #[must_use]
    pub fn property(mut self, name: &str, value: &str) -> Self {
        self.properties.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn columns(&self) -> Result<Vec<StructField>, TableError> {
        let sales: StructType = sales_schema().as_ref().try_into_kernel()?;
        Ok(sales.fields().chain(&self.extra).cloned().collect())
    }

    pub(crate) fn partitions(&self) -> &[String] {
        &self.partitions
    }

    pub(crate) fn properties(&self) -> &[(String, String)] {
        &self.properties
    }
}
