//! What a plan that has run says of its scans: what `EXPLAIN ANALYZE` prints, as numbers.

use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::{MetricValue, MetricsSet};
use std::ops::AddAssign;

/// How many there were, and how many were left out unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Left out.
    pub pruned: usize,
    /// Kept.
    pub kept: usize,
}

impl AddAssign for Pruned {
    fn add_assign(&mut self, other: Self) {
        self.pruned += other.pruned;
        self.kept += other.kept;
    }
}

/// What the Parquet scans of a plan did, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Columns that are decoded.
    pub columns: usize,
    /// Files that planning left over.
    pub files: usize,
    /// Pieces of files, by partition values or by the statistics of the whole file.
    pub file_ranges: Pruned,
    /// Row groups, by least and greatest values.
    pub row_groups: Pruned,
    /// Row groups that those left over, by Bloom filters.
    pub row_groups_bloom: Pruned,
    /// Row groups that a filter which came into being while the query ran left out.
    pub row_groups_dynamic: usize,
    /// Row groups that a LIMIT made unnecessary.
    pub row_groups_limit: Pruned,
    /// Pages, by least and greatest values of the page index.
    pub pages: Pruned,
    /// Rows that a filter inside the scan left out before their other columns were decoded.
    pub rows_filtered: usize,
    /// Bytes asked of the store, footers left out.
    pub bytes: usize,
    /// Rows that left the scans.
    pub rows: usize,
}

/// What the scans of a plan did while it ran.
pub fn scanned(plan: &dyn ExecutionPlan) -> Scanned {
    let mut total = Scanned::default();
    visit(plan, &mut |node| {
        let Some(config) = node
            .downcast_ref::<DataSourceExec>()
            .and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>())
        else {
            return;
        };
        let metrics = node.metrics().unwrap_or_default();
        total.columns += node.schema().fields().len();
        let mut files: Vec<_> = config
            .file_groups
            .iter()
            .flat_map(|group| group.files())
            .map(|file| &file.object_meta.location)
            .collect();
        files.sort();
        files.dedup();
        total.files += files.len();
        total.file_ranges += pruned(&metrics, "files_ranges_pruned_statistics");
        total.row_groups += pruned(&metrics, "row_groups_pruned_statistics");
        total.row_groups_bloom += pruned(&metrics, "row_groups_pruned_bloom_filter");
        total.row_groups_dynamic += count(&metrics, "row_groups_pruned_dynamic_filter");
        total.row_groups_limit += pruned(&metrics, "limit_pruned_row_groups");
        total.pages += pruned(&metrics, "page_index_pages_pruned");
        total.rows_filtered += count(&metrics, "pushdown_rows_pruned");
        total.bytes += count(&metrics, "bytes_scanned");
        total.rows += metrics.output_rows().unwrap_or(0);
    });
    total
}

/// How often an operator of this name occurs in a plan.
pub fn operators(plan: &dyn ExecutionPlan, name: &str) -> usize {
    let mut found = 0;
    visit(plan, &mut |node| found += usize::from(node.name() == name));
    found
}

fn visit(node: &dyn ExecutionPlan, see: &mut dyn FnMut(&dyn ExecutionPlan)) {
    see(node);
    for child in node.children() {
        visit(child.as_ref(), see);
    }
}

fn count(metrics: &MetricsSet, name: &str) -> usize {
    metrics
        .sum_by_name(name)
        .map_or(0, |value| value.as_usize())
}

fn pruned(metrics: &MetricsSet, name: &str) -> Pruned {
    let mut total = Pruned::default();
    for metric in metrics.iter() {
        if let MetricValue::PruningMetrics {
            name: found,
            pruning_metrics,
        } = metric.value()
            && found == name
        {
            total += Pruned {
                pruned: pruning_metrics.pruned(),
                kept: pruning_metrics.matched(),
            };
        }
    }
    total
}
