//! Exercise 16.7.1: every way ends in one leaf, all evidence is there, and `decide` says it in both manners.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod arbol;
mod caminos;
mod dialogo;
mod dibujo;
mod programa;

use ej_16_7_1_decision_tree::{DecisionTree, guide_tree};
use std::path::{Path, PathBuf};

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guia() -> &'static DecisionTree {
    guide_tree().unwrap()
}
