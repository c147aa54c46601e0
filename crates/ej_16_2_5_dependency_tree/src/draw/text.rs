//! For a terminal.

use crate::families::Family;
use crate::impact::Impact;
use crate::observations::Observation;
use crate::tree::{Kind, Tree};
use std::fmt::Write as _;

/// The tree in lines; a box that several need is drawn where it is met first.
///
/// Only the arrows that no longer way implies are branches; the others stand behind the box, and so do the optional ones.
pub fn tree_text(tree: &Tree) -> String {
    let is_below = |family: Family| tree.arrows.iter().any(|arrow| arrow.to == family);
    let mut out = String::new();
    let mut done = Vec::new();
    for top in tree.boxes.iter().filter(|b| !is_below(b.family)) {
        branch(tree, top.family, "", "", &mut done, &mut out);
    }
    // Boxes that hang from each other in a ring have no top.
    for rest in tree.boxes.iter().filter(|b| b.crates > 0) {
        if !done.contains(&rest.family) {
            branch(tree, rest.family, "", "", &mut done, &mut out);
        }
    }
    out
}

/// Writes a box behind `lead` and what is below it behind `under`.
fn branch(
    tree: &Tree,
    family: Family,
    lead: &str,
    under: &str,
    done: &mut Vec<Family>,
    out: &mut String,
) {
    let Some(here) = tree.boxes.iter().find(|b| b.family == family) else {
        return;
    };
    let _ = write!(out, "{lead}{}", here.label());
    if done.contains(&family) {
        out.push_str(" (↑)\n");
        return;
    }
    done.push(family);
    if here.crates > 1 {
        let _ = write!(out, " · {} crates", here.crates);
    }
    let others = |kind: Kind| {
        let others = tree
            .arrows
            .iter()
            .filter(|a| a.from == family && a.kind == kind);
        others
            .map(|arrow| arrow.to.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (kind, words) in [
        (Kind::Implied, "y directamente"),
        (Kind::Optional, "opcional, sin compilar"),
    ] {
        let others = others(kind);
        if !others.is_empty() {
            let _ = write!(out, " · {words}: {others}");
        }
    }
    out.push('\n');
    let below: Vec<Family> = (tree.arrows.iter())
        .filter(|arrow| arrow.from == family && arrow.kind == Kind::Needed)
        .map(|arrow| arrow.to)
        .collect();
    for (n, next) in below.iter().enumerate() {
        let last = n + 1 == below.len();
        let lead = format!("{under}{}", if last { "└── " } else { "├── " });
        let under = format!("{under}{}", if last { "    " } else { "│   " });
        branch(tree, *next, &lead, &under, done, out);
    }
}

/// Each claim with its verdict, the reason and the ways that prove it.
pub fn observations_text(observations: &[Observation]) -> String {
    let mut out = String::new();
    for (n, observation) in observations.iter().enumerate() {
        let _ = writeln!(out, "{}. «{}»", n + 1, observation.claim);
        let _ = writeln!(out, "   {}: {}", observation.verdict, observation.because);
        for proof in &observation.proofs {
            let _ = writeln!(out, "     {proof}");
        }
    }
    out
}

/// A table: package, versions, how many depend on it, how many of ours, which engines.
pub fn impact_text(impacts: &[Impact]) -> String {
    let mut out = format!(
        "{:<14} {:<14} {:>9} {:>9}  {}\n",
        "paquete", "versión", "afecta a", "nuestros", "motores"
    );
    for impact in impacts {
        let engines: Vec<&str> = impact.engines.iter().map(|engine| engine.name()).collect();
        let _ = writeln!(
            out,
            "{:<14} {:<14} {:>9} {:>9}  {}",
            impact.package,
            impact.versions.join(", "),
            impact.packages,
            impact.members,
            if engines.is_empty() {
                "ninguno".into()
            } else {
                engines.join(", ")
            }
        );
    }
    out
}
