//! The tree as pictures.

mod grid;
mod mermaid;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;
