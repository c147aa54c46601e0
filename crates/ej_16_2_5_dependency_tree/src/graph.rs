//! Which package depends on which, and what follows from it.

use std::collections::{BTreeSet, VecDeque};

/// A package in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Its name in the registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is one of the workspace's own.
    pub member: bool,
    /// What its manifest declares as optional, in use or not; none if manifests were not read.
    pub optional: Option<BTreeSet<String>>,
}

/// The packages of a workspace and what each depends on.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub(crate) packages: Vec<Package>,
    /// By place in `packages`: the places of what it depends on.
    pub(crate) depends: Vec<Vec<usize>>,
}

impl Graph {
    /// All packages.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Every direct dependency: a package and what it depends on.
    pub fn edges(&self) -> impl Iterator<Item = (&Package, &Package)> {
        (self.packages.iter().zip(&self.depends)).flat_map(move |(package, depends)| {
            (depends.iter()).map(move |dependency| (package, &self.packages[*dependency]))
        })
    }

    /// The versions in which a package is there, none if it is not.
    pub fn versions(&self, name: &str) -> Vec<&str> {
        let named = self.packages.iter().filter(|package| package.name == name);
        named.map(|package| package.version.as_str()).collect()
    }

    /// A shortest chain of dependencies from the package `from` to a package that `is_target`, both ends included.
    ///
    /// # Cost
    /// One breadth-first search.
    pub fn path(&self, from: &str, is_target: impl Fn(&Package) -> bool) -> Option<Vec<&str>> {
        let mut reached_from: Vec<Option<usize>> = vec![None; self.packages.len()];
        let mut next: VecDeque<usize> = self.places(from).collect();
        let starts: BTreeSet<usize> = next.iter().copied().collect();
        while let Some(here) = next.pop_front() {
            if is_target(&self.packages[here]) {
                let mut path = vec![here];
                while let Some(before) = path.last().and_then(|place| reached_from[*place]) {
                    path.push(before);
                }
                let names = path.into_iter().rev();
                return Some(
                    names
                        .map(|place| self.packages[place].name.as_str())
                        .collect(),
                );
            }
            for &there in &self.depends[here] {
                if reached_from[there].is_none() && !starts.contains(&there) {
                    reached_from[there] = Some(here);
                    next.push_back(there);
                }
            }
        }
        None
    }

    /// Everything that the package `name` depends on, directly or not; the package itself included.
    pub fn dependencies(&self, name: &str) -> BTreeSet<&Package> {
        self.closure(self.places(name), &self.depends)
    }

    /// Everything that depends on the package `name`, directly or not; the package itself included.
    pub fn dependents(&self, name: &str) -> BTreeSet<&Package> {
        let mut dependents = vec![Vec::new(); self.packages.len()];
        for (place, depends) in self.depends.iter().enumerate() {
            for &dependency in depends {
                dependents[dependency].push(place);
            }
        }
        self.closure(self.places(name), &dependents)
    }

    fn closure(
        &self,
        from: impl Iterator<Item = usize>,
        edges: &[Vec<usize>],
    ) -> BTreeSet<&Package> {
        let mut next: Vec<usize> = from.collect();
        let mut seen: BTreeSet<usize> = next.iter().copied().collect();
        while let Some(here) = next.pop() {
            next.extend(edges[here].iter().filter(|there| seen.insert(**there)));
        }
        seen.into_iter()
            .map(|place| &self.packages[place])
            .collect()
    }

    fn places(&self, name: &str) -> impl Iterator<Item = usize> {
        let named = self.packages.iter().enumerate();
        named
            .filter(move |(_, package)| package.name == name)
            .map(|(place, _)| place)
    }
}
