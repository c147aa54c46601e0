#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod check;
mod dialogue;
pub mod draw;
mod error;
mod evidence;
mod program;
mod told;
mod tree;
mod walk;

pub use dialogue::{DialogueError, ask};
pub use error::TreeError;
pub use evidence::{Evidence, Missing};
pub use program::main_with;
pub use tree::{Answer, DecisionTree, Language, Leaf, NoAnswer, Question, Reason, Verdict};
pub use walk::{Decision, Step, Unanswered};

use std::sync::LazyLock;

static TREE: LazyLock<Result<DecisionTree, TreeError>> =
    LazyLock::new(|| DecisionTree::parse(include_str!("arbol.toml")));

/// The tree of this exercise.
///
/// # Errors
/// None that input can cause: the text is part of the program and a test reads it.
pub fn guide_tree() -> Result<&'static DecisionTree, &'static TreeError> {
    TREE.as_ref()
}
