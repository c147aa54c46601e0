//! The tree as data, and what a file must be to be one.

use crate::Evidence;
use crate::error::TreeError;
use crate::evidence::{Missing, missing};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Answer {
    /// Yes.
    #[serde(rename = "sí")]
    Yes,
    /// No.
    #[serde(rename = "no")]
    No,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Yes => "sí",
            Self::No => "no",
        })
    }
}

/// Words that are neither yes nor no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("se espera sí o no")]
pub struct NoAnswer;

impl FromStr for Answer {
    type Err = NoAnswer;

    fn from_str(text: &str) -> Result<Self, NoAnswer> {
        match text.trim().to_lowercase().as_str() {
            "sí" | "si" | "s" => Ok(Self::Yes),
            "no" | "n" => Ok(Self::No),
            _ => Err(NoAnswer),
        }
    }
}

/// What the measurements say of what the guide recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so.
    Confirmada,
    /// It is so, with a limit.
    Matizada,
    /// It was so.
    Caducada,
    /// It is not so.
    Refutada,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Confirmada => "confirmada",
            Self::Matizada => "matizada",
            Self::Caducada => "caducada",
            Self::Refutada => "refutada",
        })
    }
}

/// What one has to write to follow a recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// What runs on the JVM.
    Jvm,
    /// What the team already writes.
    Cualquiera,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// In one sentence.
    #[serde(rename = "porque")]
    pub because: String,
    /// At least one proof.
    #[serde(rename = "evidencia")]
    pub evidence: Vec<Evidence>,
}

/// A question, wherever it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name, and the option that answers it.
    pub id: String,
    /// As the guide asks it.
    #[serde(rename = "texto")]
    pub text: String,
    /// As it fits in a box.
    #[serde(rename = "corta")]
    pub short: String,
    #[serde(rename = "si")]
    yes: Reason,
    no: Reason,
}

impl Question {
    /// What this answer means.
    pub fn reason(&self, answer: Answer) -> &Reason {
        match answer {
            Answer::Yes => &self.yes,
            Answer::No => &self.no,
        }
    }
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Its name.
    pub id: String,
    /// What it asks to be written.
    #[serde(rename = "lenguaje")]
    pub language: Language,
    /// In the guide's words.
    #[serde(rename = "guia")]
    pub guide: String,
    /// What the measurements say of it.
    #[serde(rename = "veredicto")]
    pub verdict: Verdict,
    /// What they say, as it fits in a box.
    #[serde(rename = "corto")]
    pub short: String,
    /// What they say.
    #[serde(rename = "hoy")]
    pub today: String,
    /// At least one proof.
    #[serde(rename = "evidencia")]
    pub evidence: Vec<Evidence>,
}

/// Where an answer leads: an index into the nodes or the leaves of its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Node(usize),
    Leaf(usize),
}

/// A place where a question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) question: usize,
    pub(crate) yes: Target,
    pub(crate) no: Target,
}

impl Node {
    pub(crate) fn after(&self, answer: Answer) -> Target {
        match answer {
            Answer::Yes => self.yes,
            Answer::No => self.no,
        }
    }
}

/// Questions that lead to leaves. Whoever answers them all gets to exactly one: [`DecisionTree::parse`] gives no other tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTree {
    pub(crate) root: Target,
    pub(crate) questions: Vec<Question>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) leaves: Vec<Leaf>,
}

/// The file, with names where the tree has indices.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    raiz: String,
    #[serde(rename = "pregunta")]
    questions: Vec<Question>,
    #[serde(rename = "nodo")]
    nodes: Vec<NamedNode>,
    #[serde(rename = "hoja")]
    leaves: Vec<Leaf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedNode {
    id: String,
    pregunta: String,
    si: String,
    no: String,
}

impl DecisionTree {
    /// The tree in `text`.
    ///
    /// # Errors
    /// * [`TreeError::Toml`] if it cannot be read, or has a key that is not known or lacks one that is.
    /// * [`TreeError::Name`], [`TreeError::Repeated`] for a name that cannot be an option, or that two things have.
    /// * [`TreeError::UnknownTarget`], [`TreeError::UnknownQuestion`] for a name that nothing has.
    /// * [`TreeError::Cycle`], [`TreeError::AskedTwice`] for a way that comes back, or asks again.
    /// * [`TreeError::Unreachable`] for what no way leads to.
    /// * [`TreeError::Blank`], [`TreeError::NoEvidence`], [`TreeError::Address`] for what says or proves nothing.
    pub fn parse(text: &str) -> Result<Self, TreeError> {
        let file: File = toml::from_str(text)?;
        let tree = Self::resolved(file)?;
        crate::check::check(&tree)?;
        Ok(tree)
    }

    fn resolved(file: File) -> Result<Self, TreeError> {
        let target = |from: &str, name: &str| {
            let node = file.nodes.iter().position(|node| node.id == name);
            let leaf = || file.leaves.iter().position(|leaf| leaf.id == name);
            node.map(Target::Node)
                .or_else(|| leaf().map(Target::Leaf))
                .ok_or_else(|| TreeError::UnknownTarget {
                    from: from.to_owned(),
                    target: name.to_owned(),
                })
        };
        let node = |node: &NamedNode| {
            let mut questions = file.questions.iter();
            let question = questions.position(|question| question.id == node.pregunta);
            Ok::<_, TreeError>(Node {
                id: node.id.clone(),
                question: question.ok_or_else(|| TreeError::UnknownQuestion {
                    node: node.id.clone(),
                    question: node.pregunta.clone(),
                })?,
                yes: target(&node.id, &node.si)?,
                no: target(&node.id, &node.no)?,
            })
        };
        Ok(Self {
            root: target("raiz", &file.raiz)?,
            nodes: file.nodes.iter().map(node).collect::<Result<_, _>>()?,
            questions: file.questions,
            leaves: file.leaves,
        })
    }

    /// The questions, in the guide's order.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The recommendations, in the guide's order.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Every proof.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        let answers = self.questions.iter();
        let answers = answers.flat_map(|question| [&question.yes, &question.no]);
        answers
            .flat_map(|reason| &reason.evidence)
            .chain(self.leaves.iter().flat_map(|leaf| &leaf.evidence))
    }

    /// The proofs that the repository at `root` does not have. Public sources are not opened.
    pub fn missing(&self, root: &Path) -> Vec<Missing> {
        self.evidence()
            .filter_map(|proof| missing(root, proof))
            .collect()
    }
}
