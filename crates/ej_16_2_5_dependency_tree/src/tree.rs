//! From hundreds of packages to ten boxes, and which arrows between them a drawing needs.

use crate::families::Family;
use crate::graph::{Graph, Package};
use std::collections::{BTreeMap, BTreeSet};

/// A box of the tree, with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeBox {
    /// Which.
    pub family: Family,
    /// The part of its version that tells incompatible ones apart, 59 or 0.55; all of them, if it is there more than once;
    /// none for the workspace and for what is not compiled.
    pub version: Option<String>,
    /// How many packages it holds; none at all if an engine only declares it as optional.
    pub crates: usize,
}

impl TreeBox {
    /// Name and version.
    pub fn label(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.family.name()),
            None => self.family.name().to_owned(),
        }
    }
}

/// How one box depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Directly, and no longer way says so.
    Needed,
    /// Directly, but a longer way says the same: a drawing can do without.
    Implied,
    /// Not at all here; an engine declares it as optional.
    Optional,
}

/// That one box depends directly on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The box that depends.
    pub from: Family,
    /// The box it depends on.
    pub to: Family,
    /// Two packages that show it.
    pub by: [String; 2],
    /// How.
    pub kind: Kind,
}

/// The boxes that a graph has, and the arrows between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// In the order of [`Family::ALL`].
    pub boxes: Vec<TreeBox>,
    /// In the same order, by where they start and end.
    pub arrows: Vec<Arrow>,
}

impl Tree {
    /// The tree of a graph.
    pub fn of(graph: &Graph) -> Self {
        let mut held: BTreeMap<Family, Vec<&Package>> = BTreeMap::new();
        for package in graph.packages() {
            if let Some(family) = Family::of(package) {
                held.entry(family).or_default().push(package);
            }
        }
        let direct = direct(graph);
        let pairs: Vec<(Family, Family)> = direct.keys().copied().collect();
        let mut arrows: Vec<Arrow> = (direct.into_iter())
            .map(|((from, to), by)| {
                let implied = has_a_longer_way(&pairs, from, to);
                let kind = if implied { Kind::Implied } else { Kind::Needed };
                Arrow { from, to, by, kind }
            })
            .collect();
        for arrow in optional(graph) {
            if !pairs.contains(&(arrow.from, arrow.to)) {
                held.entry(arrow.to).or_default();
                arrows.push(arrow);
            }
        }
        arrows.sort_by_key(|arrow| (arrow.from, arrow.to));
        let boxes = held.iter().map(|(family, packages)| TreeBox {
            family: *family,
            version: versions(packages, family.package()),
            crates: packages.len(),
        });
        Self {
            boxes: boxes.collect(),
            arrows,
        }
    }

    /// The arrows that a drawing shows: those that no longer way implies, and the optional ones.
    pub fn drawn(&self) -> impl Iterator<Item = &Arrow> {
        self.arrows
            .iter()
            .filter(|arrow| arrow.kind != Kind::Implied)
    }
}

/// The direct dependencies between boxes, each with two packages that show it.
fn direct(graph: &Graph) -> BTreeMap<(Family, Family), [String; 2]> {
    let mut shown: BTreeMap<(Family, Family), [String; 2]> = BTreeMap::new();
    for (package, dependency) in graph.edges() {
        let (Some(from), Some(to)) = (Family::of(package), Family::of(dependency)) else {
            continue;
        };
        if from == to || from.part_of() == Some(to) {
            continue;
        }
        // The package people depend on shows it best, then the shortest names.
        let rank = |[a, b]: &[String; 2]| {
            let (main_a, main_b) = (a == from.package(), b == to.package());
            (!main_a, !main_b, a.len() + b.len(), a.clone(), b.clone())
        };
        let by = [package.name.clone(), dependency.name.clone()];
        let best = shown.entry((from, to)).or_insert_with(|| by.clone());
        if rank(&by) < rank(best) {
            *best = by;
        }
    }
    shown
}

/// What the engines' manifests declare as optional dependencies on other boxes, one arrow each.
fn optional(graph: &Graph) -> Vec<Arrow> {
    let mut arrows: BTreeMap<(Family, Family), Arrow> = BTreeMap::new();
    for package in graph.packages() {
        let Some(from) = Family::of(package).filter(|family| Family::ENGINES.contains(family))
        else {
            continue;
        };
        for name in package.optional.iter().flatten() {
            let to = Family::named(name);
            if let Some(to) = to.filter(|to| *to != from) {
                arrows.entry((from, to)).or_insert_with(|| Arrow {
                    from,
                    to,
                    by: [package.name.clone(), name.clone()],
                    kind: Kind::Optional,
                });
            }
        }
    }
    arrows.into_values().collect()
}

fn has_a_longer_way(pairs: &[(Family, Family)], from: Family, to: Family) -> bool {
    let starts = |here| {
        pairs
            .iter()
            .filter(move |(a, _)| *a == here)
            .map(|(_, b)| *b)
    };
    let mut next: Vec<Family> = starts(from).filter(|step| *step != to).collect();
    let mut seen = next.clone();
    while let Some(here) = next.pop() {
        if here == to {
            return true;
        }
        for there in starts(here).filter(|there| *there != from) {
            if !seen.contains(&there) {
                seen.push(there);
                next.push(there);
            }
        }
    }
    false
}

/// The incompatible versions of a package, in words.
fn versions(packages: &[&Package], name: &str) -> Option<String> {
    let named = packages.iter().filter(|package| package.name == name);
    let versions: BTreeSet<String> = named.map(|package| compatible(&package.version)).collect();
    let versions: Vec<String> = versions.into_iter().collect();
    (!versions.is_empty()).then(|| versions.join(" y "))
}

/// The leading part of a version up to its first number that is not zero.
fn compatible(version: &str) -> String {
    let numbers: Vec<&str> = version.split('.').collect();
    let kept = numbers.iter().position(|number| *number != "0");
    numbers[..=kept.unwrap_or(numbers.len() - 1)].join(".")
}
