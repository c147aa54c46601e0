#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod draw;
mod families;
mod graph;
pub mod handover;
mod impact;
mod observations;
mod sources;
mod tree;

pub use families::Family;
pub use graph::{Graph, Package};
pub use impact::{Impact, impact, shared_by_all};
pub use observations::{Observation, Proof, Verdict, observations};
pub use sources::{GraphError, metadata};
pub use tree::{Arrow, Kind, Tree, TreeBox};
