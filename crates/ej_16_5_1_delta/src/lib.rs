#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod changes;
mod curve;
mod error;
mod guide;
mod layout;
pub mod log;
mod merge;
mod place;
mod rules;
mod sales;
pub mod scale;
mod scan;
mod spec;
mod versions;
mod walk;
mod writers;
mod writing;

pub use changes::{delete_where, update_where};
pub use curve::order_along_curve;
pub use error::TableError;
pub use guide::{GuideRun, programa};
pub use layout::{Vacuum, checkpoint, compact, set_properties, zorder};
pub use merge::{Change, MergeSession, apply_day, changes_batch, upsert};
pub use place::Place;
pub use rules::{add_check, drop_check, generated};
pub use sales::{Sale, cells, read_sales, sales_batch, sales_schema};
pub use scan::{Pruning, Scanned, query, query_plan, scan};
pub use spec::TableSpec;
pub use versions::{Commit, history, restore};
pub use walk::{Step, Swept, walk, walk_vacuum};
pub use writers::{Appended, Batches, append_once, write_batches};
pub use writing::{append, append_merging_schema, overwrite, overwrite_schema, replace_where};
