//! Where a graph comes from: what cargo compiles, what `cargo metadata` says, what `Cargo.lock` says.
//!
//! The three are not the same. The resolver behind the lock file and the metadata counts a weak feature (`dep?/feature`)
//! as a use of the optional dependency; the one that decides what is compiled does not (rust-lang/cargo#10801, #15784).
//! Only the last answers what a program contains, and `cargo tree` prints it.

use crate::graph::{Graph, Package};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Why there is no graph.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// cargo gave no metadata.
    #[error(transparent)]
    Metadata(#[from] cargo_metadata::Error),
    /// The metadata has no resolved dependencies: it was made with `--no-deps`.
    #[error("cargo metadata resolved no dependencies")]
    Unresolved,
    /// `cargo tree` could not be started.
    #[error("cargo tree: {0}")]
    Io(#[from] std::io::Error),
    /// `cargo tree` failed, or printed what it never did.
    #[error("cargo tree: {0}")]
    Tree(String),
    /// The lock file is no TOML.
    #[error("not a lock file: {0}")]
    Toml(#[from] toml::de::Error),
    /// The lock file lacks something, or names a package it does not list.
    #[error("lock file: {0}")]
    Lock(String),
}

/// The metadata of the workspace at `manifest` (or around the current directory) as it resolves on this platform.
///
/// Neither touches the network nor changes `Cargo.lock`.
///
/// # Errors
/// * [`GraphError::Metadata`] if cargo or the manifest is missing, or the lock file is not up to date.
pub fn metadata(manifest: Option<&Path>) -> Result<Metadata, GraphError> {
    let mut command = MetadataCommand::new();
    command.other_options(
        ["--offline", "--locked", "--filter-platform", "host-tuple"].map(String::from),
    );
    if let Some(manifest) = manifest {
        command.manifest_path(manifest);
    }
    Ok(command.exec()?)
}

impl Graph {
    /// What cargo compiles of the workspace at `manifest` (or around the current directory): normal dependencies with the
    /// features that are on.
    ///
    /// Development and build dependencies are left out: they are in no program that uses the package. So are the benches,
    /// section 16.3 and the final duel of this workspace, which ask Polars for more than the system does.
    ///
    /// # Errors
    /// * [`GraphError::Metadata`] as [`metadata`] says.
    /// * [`GraphError::Io`], [`GraphError::Tree`] if `cargo tree` cannot be run or read.
    ///
    /// # Cost
    /// Two runs of cargo that compile nothing, about a second.
    pub fn of_workspace(manifest: Option<&Path>) -> Result<Self, GraphError> {
        let metadata = metadata(manifest)?;
        // The way cargo itself tells its children where it is, as `cargo run` and `cargo test` do.
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(["tree", "--workspace", "--offline", "--locked"]);
        // Section 16.3, the final duel and the benches ask Polars for its readers, which the system does without.
        for asking in ["ej_16_3_*", "ej_16_7_2_four_languages", "benches"] {
            command.args(["--exclude", asking]);
        }
        command.args(["--edges", "normal", "--prefix", "depth", "--format", " {p}"]);
        command.arg("--manifest-path");
        command.arg(metadata.workspace_root.join("Cargo.toml"));
        let ran = command.output()?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr);
            return Err(GraphError::Tree(said.trim().to_owned()));
        }
        Self::from_tree(&String::from_utf8_lossy(&ran.stdout), &metadata)
    }

    /// The graph that `cargo tree --prefix depth --format ' {p}'` printed, with what the manifests declare.
    ///
    /// # Errors
    /// * [`GraphError::Tree`] if a line is not `depth name vversion`, or deeper than one below the line before.
    pub fn from_tree(text: &str, metadata: &Metadata) -> Result<Self, GraphError> {
        let known: BTreeMap<(&str, String), &cargo_metadata::Package> = (metadata.packages.iter())
            .map(|package| {
                (
                    (package.name.as_str(), package.version.to_string()),
                    package,
                )
            })
            .collect();
        let mut graph = Self::default();
        let mut place: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut above: Vec<usize> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let strange = || GraphError::Tree(format!("unexpected line '{line}'"));
            let mut words = line.split(' ');
            let depth: usize =
                (words.next().and_then(|depth| depth.parse().ok())).ok_or_else(strange)?;
            let name = words.next().ok_or_else(strange)?;
            let version = words
                .next()
                .and_then(|v| v.strip_prefix('v'))
                .ok_or_else(strange)?;
            if depth > above.len() {
                return Err(strange());
            }
            let here = *place.entry((name, version)).or_insert_with(|| {
                let package = known.get(&(name, version.to_owned()));
                graph.packages.push(Package {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    member: package.is_some_and(|p| metadata.workspace_members.contains(&p.id)),
                    optional: package.map(|package| optional(package).collect()),
                });
                graph.depends.push(Vec::new());
                graph.packages.len() - 1
            });
            above.truncate(depth);
            if let Some(&parent) = above.last()
                && !graph.depends[parent].contains(&here)
            {
                graph.depends[parent].push(here);
            }
            above.push(here);
        }
        Ok(graph)
    }

    /// The graph that `cargo metadata` resolved: more than is compiled, as the module says.
    ///
    /// # Errors
    /// * [`GraphError::Unresolved`] if it has packages only.
    pub fn from_metadata(metadata: &Metadata) -> Result<Self, GraphError> {
        let resolve = metadata.resolve.as_ref().ok_or(GraphError::Unresolved)?;
        let declared: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p)).collect();
        let place: BTreeMap<_, _> = (resolve.nodes.iter().enumerate())
            .map(|(place, node)| (&node.id, place))
            .collect();
        let mut graph = Self::default();
        for node in &resolve.nodes {
            let package = declared.get(&node.id).ok_or(GraphError::Unresolved)?;
            graph.packages.push(Package {
                name: package.name.to_string(),
                version: package.version.to_string(),
                member: metadata.workspace_members.contains(&node.id),
                optional: Some(optional(package).collect()),
            });
            let normal = node.deps.iter().filter(|dep| {
                (dep.dep_kinds.iter()).any(|kind| kind.kind == DependencyKind::Normal)
            });
            let places = normal.filter_map(|dep| place.get(&dep.pkg).copied());
            graph.depends.push(places.collect());
        }
        Ok(graph)
    }

    /// The graph that a `Cargo.lock` tells: every platform, build dependencies included, and those of the workspace's own
    /// packages for tests and benches too, since the file does not say which is which.
    ///
    /// # Errors
    /// * [`GraphError::Toml`] if it cannot be parsed.
    /// * [`GraphError::Lock`] if a package has no name or version, or a dependency no package.
    pub fn from_lock(text: &str) -> Result<Self, GraphError> {
        let lock: toml::Table = text.parse()?;
        let listed = (lock.get("package").and_then(toml::Value::as_array))
            .ok_or_else(|| GraphError::Lock("it lists no packages".into()))?;
        let mut packages = Vec::with_capacity(listed.len());
        for package in listed {
            let text = |key| package.get(key).and_then(toml::Value::as_str);
            let (Some(name), Some(version)) = (text("name"), text("version")) else {
                return Err(GraphError::Lock(
                    "a package lacks its name or version".into(),
                ));
            };
            packages.push(Package {
                name: name.to_owned(),
                version: version.to_owned(),
                member: text("source").is_none(),
                optional: None,
            });
        }
        let place_of = |dependency: &str| {
            // `name`, or `name version` where several versions are locked, or with the source behind.
            let mut words = dependency.split(' ');
            let (name, version) = (words.next(), words.next());
            packages
                .iter()
                .position(|p| {
                    Some(p.name.as_str()) == name && version.is_none_or(|v| v == p.version)
                })
                .ok_or_else(|| GraphError::Lock(format!("'{dependency}' is not a package of it")))
        };
        let mut depends = Vec::with_capacity(listed.len());
        for package in listed {
            let named = package.get("dependencies").and_then(toml::Value::as_array);
            let named = named.into_iter().flatten().filter_map(toml::Value::as_str);
            depends.push(named.map(place_of).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self { packages, depends })
    }
}

fn optional(package: &cargo_metadata::Package) -> impl Iterator<Item = String> {
    let normal = |d: &&cargo_metadata::Dependency| d.optional && d.kind == DependencyKind::Normal;
    let optional = package.dependencies.iter().filter(normal);
    optional.map(|dependency| dependency.name.clone())
}
