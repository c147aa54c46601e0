#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod engine;
mod error;
mod guide;
mod pinned;
pub mod program;
mod s3;
mod scanned;
mod shop;
pub mod spark_sql;
pub mod tpch;
mod write;

pub use engine::{Engine, Settings, run};
pub use error::EngineError;
pub use guide::{CONSULTA, RegionRevenue, plan_revenue, revenue_por_region};
pub use pinned::PinnedStore;
pub use s3::s3_store;
pub use scanned::{Pruned, Scanned, operators, scanned};
pub use shop::{DAYS, ExpectedRegion, FIRST_DAY, Layout, Sale, Shop};
pub use write::Written;
