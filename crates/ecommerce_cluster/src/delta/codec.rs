//! [`DeltaFiles`] on the wire, in front of Ballista's own codec.

use std::sync::Arc;

use ballista_core::serde::BallistaLogicalExtensionCodec;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result, TableReference};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use serde::{Deserialize, Serialize};

use super::scan::{ActiveFile, DeltaFiles};

/// Before the JSON of a [`DeltaFiles`]; nothing that Ballista encodes begins with it.
const MARK: &[u8] = b"ecommerce-cluster delta 1\n";

#[derive(Serialize, Deserialize)]
struct Wire {
    store: String,
    partition_columns: Vec<String>,
    files: Vec<ActiveFile>,
}

/// Encodes our table and leaves the rest to Ballista.
#[derive(Debug, Default)]
pub(crate) struct Codec(BallistaLogicalExtensionCodec);

impl LogicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[LogicalPlan],
        ctx: &TaskContext,
    ) -> Result<Extension> {
        self.0.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        match buf.strip_prefix(MARK) {
            Some(json) => {
                let wire: Wire = serde_json::from_slice(json)
                    .map_err(|error| DataFusionError::External(Box::new(error)))?;
                Ok(Arc::new(DeltaFiles {
                    store: wire.store,
                    schema,
                    partition_columns: wire.partition_columns,
                    files: wire.files,
                }))
            }
            None => self.0.try_decode_table_provider(buf, table, schema, ctx),
        }
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        provider: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(files) = provider.downcast_ref::<DeltaFiles>() else {
            return self.0.try_encode_table_provider(table, provider, buf);
        };
        buf.extend_from_slice(MARK);
        serde_json::to_writer(
            buf,
            &Wire {
                store: files.store.clone(),
                partition_columns: files.partition_columns.clone(),
                files: files.files.clone(),
            },
        )
        .map_err(|error| DataFusionError::External(Box::new(error)))
    }

    fn try_decode_file_format(
        &self,
        buf: &[u8],
        ctx: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.0.try_decode_file_format(buf, ctx)
    }

    fn try_encode_file_format(
        &self,
        buf: &mut Vec<u8>,
        node: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.0.try_encode_file_format(buf, node)
    }
}
