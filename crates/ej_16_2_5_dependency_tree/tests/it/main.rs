//! The tree, its drawings, the verdicts and the hand-over, asserted.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod dibujo;
mod entrega;
mod fuentes;
mod grafo;
mod observaciones;
mod programa;

use cargo_metadata::Metadata;
use ej_16_2_5_dependency_tree::{Graph, metadata};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A small lock file with all the boxes, two versions of object_store, and a name that only looks like arrow-rs.
const REDUCIDO: &str = include_str!("reducido.lock");

fn reducido() -> Graph {
    Graph::from_lock(REDUCIDO).unwrap()
}

/// The reduced graph after a change of its text, which must be one.
fn reducido_con(de: &str, a: &str) -> Graph {
    assert_eq!(REDUCIDO.matches(de).count(), 1, "{de}");
    Graph::from_lock(&REDUCIDO.replace(de, a)).unwrap()
}

fn raiz() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap().to_owned()
}

/// What cargo compiles of this workspace, asked once.
fn este_workspace() -> &'static Graph {
    static GRAFO: LazyLock<Graph> =
        LazyLock::new(|| Graph::of_workspace(Some(&raiz().join("Cargo.toml"))).unwrap());
    &GRAFO
}

/// The manifests of all its packages, compiled or not.
fn metadatos() -> &'static Metadata {
    static METADATOS: LazyLock<Metadata> =
        LazyLock::new(|| metadata(Some(&raiz().join("Cargo.toml"))).unwrap());
    &METADATOS
}
