//! What stands on a package, and so falls with it.

use crate::families::Family;
use crate::graph::{Graph, Package};
use std::collections::BTreeSet;

/// How far a bug in one package reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The package.
    pub package: String,
    /// The versions in which it is there.
    pub versions: Vec<String>,
    /// Packages that depend on it, directly or not.
    pub packages: usize,
    /// Those of them that are the workspace's own.
    pub members: usize,
    /// Which of the three engines do.
    pub engines: Vec<Family>,
}

/// The reach of each named package that the graph has.
pub fn impact(graph: &Graph, names: &[&str]) -> Vec<Impact> {
    let there = names.iter().filter(|name| !graph.versions(name).is_empty());
    there
        .map(|name| {
            let dependents = graph.dependents(name);
            let above: Vec<&&Package> = dependents.iter().filter(|p| p.name != *name).collect();
            let has = |engine: &Family| above.iter().any(|p| p.name == engine.package());
            Impact {
                package: (*name).to_owned(),
                versions: graph
                    .versions(name)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                packages: above.len(),
                members: above.iter().filter(|package| package.member).count(),
                engines: Family::ENGINES.into_iter().filter(has).collect(),
            }
        })
        .collect()
}

/// The packages on which all three engines depend, each name once.
pub fn shared_by_all(graph: &Graph) -> BTreeSet<&str> {
    let [first, others @ ..] = Family::ENGINES.map(|engine| graph.dependencies(engine.package()));
    let shared = first
        .into_iter()
        .filter(|p| others.iter().all(|below| below.contains(p)));
    shared.map(|package| package.name.as_str()).collect()
}
