//! For Markdown that renders diagrams.

use crate::families::Family;
use crate::tree::{Arrow, Kind, Tree};
use std::fmt::Write as _;

/// A Mermaid flow chart, top down: arrows of what is compiled solid, optional ones dotted.
///
/// Implied arrows are there between the projects; those of the workspace, which uses nearly every box directly, would
/// hide the rest and are left out.
pub fn mermaid(tree: &Tree) -> String {
    let mut out = String::from("flowchart TD\n");
    for b in &tree.boxes {
        let _ = writeln!(out, "    {}[\"{}\"]", identifier(b.family), b.label());
    }
    let shown = |arrow: &&Arrow| arrow.kind != Kind::Implied || arrow.from != Family::Workspace;
    for arrow in tree.arrows.iter().filter(shown) {
        let line = if arrow.kind == Kind::Optional {
            "-. opcional .->"
        } else {
            "-->"
        };
        let (from, to) = (identifier(arrow.from), identifier(arrow.to));
        let _ = writeln!(out, "    {from} {line} {to}");
    }
    out
}

fn identifier(family: Family) -> String {
    family.name().replace([' ', '-'], "_").to_lowercase()
}
