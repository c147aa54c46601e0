//! The tree as text, as Mermaid and as SVG.

mod layout;
mod mermaid;
mod svg;
mod text;

pub use mermaid::mermaid;
pub use svg::{Facts, svg, svg_facts};
pub use text::{impact_text, observations_text, tree_text};
