//! Why a file is no decision tree.

/// Why a file is no decision tree.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// It is not TOML of this form.
    #[error("the tree cannot be read")]
    Toml(#[from] toml::de::Error),
    /// A name is not made of lower-case ASCII letters, digits and single hyphens.
    #[error("`{0}` cannot be a name: lower-case letters, digits and hyphens")]
    Name(String),
    /// Two questions, or two places, have the same name.
    #[error("two have the name `{0}`")]
    Repeated(String),
    /// An answer, or the root, leads to nothing.
    #[error("`{from}` leads to `{target}`, which does not exist")]
    UnknownTarget {
        /// The node, or `raiz`.
        from: String,
        /// What it names.
        target: String,
    },
    /// A node asks nothing.
    #[error("`{node}` asks `{question}`, which does not exist")]
    UnknownQuestion {
        /// The node.
        node: String,
        /// What it names.
        question: String,
    },
    /// A way comes back to where it was.
    #[error("there is no way out of {}", .0.join(" → "))]
    Cycle(Vec<String>),
    /// A way asks what was answered on it already.
    #[error("`{question}` is asked twice on the way {}", .way.join(" → "))]
    AskedTwice {
        /// The question.
        question: String,
        /// The nodes of the way.
        way: Vec<String>,
    },
    /// No way leads to a node or a leaf, or no node asks a question.
    #[error("nothing leads to `{0}`")]
    Unreachable(String),
    /// A text that must say something is blank.
    #[error("`{of}`: `{field}` is blank")]
    Blank {
        /// Whose.
        of: String,
        /// The key.
        field: &'static str,
    },
    /// An answer or a leaf without a proof.
    #[error("`{0}` has no evidence")]
    NoEvidence(String),
    /// A source that nobody could open.
    #[error("`{of}`: `{address}` is no address")]
    Address {
        /// Whose.
        of: String,
        /// What stands there.
        address: String,
    },
}
