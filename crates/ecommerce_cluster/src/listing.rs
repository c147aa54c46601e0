//! Whether the files of a query are the same after it as they were before.
//!
//! A table of DataFusion is a directory that is listed when a plan is made. The client lists it, Ballista's scheduler lists it
//! again; a file that disappears or is replaced between two of them is no error anywhere, and rows are missing. So the files
//! are listed before the query and after its last row, and an answer is given only if nothing changed.

use std::collections::BTreeMap;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use futures::TryStreamExt as _;
use object_store::ObjectMeta;

use crate::error::ClusterError;

/// The files of a plan's tables, by table.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Listing(BTreeMap<String, Vec<ObjectMeta>>);

impl Listing {
    /// Lists the files now. Tables that are pinned to their files, as [`DeltaFiles`](crate::DeltaFiles) are, need no look.
    pub(crate) async fn of(plan: &LogicalPlan, state: &SessionState) -> Result<Self> {
        let mut tables = BTreeMap::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let provider = source_as_provider(&scan.source)?;
                if provider.is::<ListingTable>() {
                    tables.insert(scan.table_name.to_string(), provider);
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        let mut listed = BTreeMap::new();
        for (name, provider) in tables {
            let Some(table) = provider.downcast_ref::<ListingTable>() else {
                continue;
            };
            let mut files = Vec::new();
            for path in table.table_paths() {
                let store = state.runtime_env().object_store(path)?;
                let found = path
                    .list_all_files(state, store.as_ref(), &table.options().file_extension)
                    .await?;
                files.extend(found.try_collect::<Vec<_>>().await?);
            }
            files.sort_by(|a, b| a.location.cmp(&b.location));
            listed.insert(name, files);
        }
        Ok(Self(listed))
    }

    /// A table without files is one that was deleted: it had one when it was registered.
    pub(crate) fn not_empty(&self) -> std::result::Result<(), ClusterError> {
        match self.0.iter().find(|(_, files)| files.is_empty()) {
            Some((table, _)) => Err(ClusterError::Source {
                table: table.clone(),
                reason: "it has no files any more".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Returns an error that names the first file that changed.
    pub(crate) fn same(&self, later: &Self) -> std::result::Result<(), ClusterError> {
        for (table, before) in &self.0 {
            let after = later.0.get(table).map(Vec::as_slice).unwrap_or_default();
            let changed = before
                .iter()
                .find(|file| !after.contains(file))
                .or_else(|| after.iter().find(|file| !before.contains(file)));
            if let Some(file) = changed {
                return Err(ClusterError::Changed {
                    table: table.clone(),
                    file: file.location.to_string(),
                });
            }
        }
        Ok(())
    }
}
