#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod abi3;
pub mod archive;
mod binary;
mod catalogue;
mod elf;
mod error;
mod metadata;
mod name;
mod problem;
mod table;
mod wheel;

pub use archive::Limits;
pub use binary::{Binary, Format, Pyo3, Role};
pub use catalogue::{GUIDE, Pinned, Project, Verdict, download, pinned, verdict};
pub use error::WheelError;
pub use metadata::Metadata;
pub use name::{FileName, Python, Tag};
pub use problem::Problem;
pub use table::markdown;
pub use wheel::{Abi3, Contents, Wheel};
