#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod compare;
mod error;
mod operator;
mod plan;
pub mod report;
mod session;
pub mod table;
pub mod workload;

pub use compare::{Difference, OTHER_ORDER, same_answer};
pub use error::CometError;
pub use operator::{Engine, Operator};
pub use plan::{Coverage, Node, Plan, PlanError};
pub use report::{Compared, Fallback, Report, Verdict, geometric_mean};
pub use session::{Column, Motor, QueryRun, Session};
pub use table::{Measured, figures, markdown};
