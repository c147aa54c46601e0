//! From answers to a leaf.

use crate::tree::{Answer, DecisionTree, Leaf, Question, Target};
use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

/// A question that was asked, and what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The question.
    pub question: &'a Question,
    /// What was said.
    pub answer: Answer,
}

/// The way to a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// What was asked on it, in order; never the same twice.
    pub steps: Vec<Step<'a>>,
    /// Where it ends.
    pub leaf: &'a Leaf,
}

/// A way that cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("falta --{}: {}", .0.id, .0.text)]
pub struct Unanswered<'a>(
    /// The question without an answer.
    pub &'a Question,
);

impl DecisionTree {
    /// The decision for these answers; `answer` is asked only what stands on the way.
    ///
    /// # Errors
    /// [`Unanswered`] for the first question that has no answer.
    pub fn decide(
        &self,
        mut answer: impl FnMut(&Question) -> Option<Answer>,
    ) -> Result<Decision<'_>, Unanswered<'_>> {
        let mut steps = Vec::new();
        let mut here = self.root;
        loop {
            match here {
                Target::Leaf(leaf) => {
                    let leaf = &self.leaves[leaf];
                    return Ok(Decision { steps, leaf });
                }
                Target::Node(node) => {
                    let node = &self.nodes[node];
                    let question = &self.questions[node.question];
                    let answer = answer(question).ok_or(Unanswered(question))?;
                    steps.push(Step { question, answer });
                    here = node.after(answer);
                }
            }
        }
    }
}

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Step", 3)?;
        fields.serialize_field("pregunta", &self.question.id)?;
        fields.serialize_field("respuesta", &self.answer)?;
        fields.serialize_field("porque", &self.question.reason(self.answer).because)?;
        fields.end()
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let evidence: Vec<_> = self.leaf.evidence.iter().map(|it| it.place()).collect();
        let mut fields = serializer.serialize_struct("Decision", 6)?;
        fields.serialize_field("hoja", &self.leaf.id)?;
        fields.serialize_field("guia", &self.leaf.guide)?;
        fields.serialize_field("veredicto", &self.leaf.verdict)?;
        fields.serialize_field("hoy", &self.leaf.today)?;
        fields.serialize_field("evidencia", &evidence)?;
        fields.serialize_field("pasos", &self.steps)?;
        fields.end()
    }
}
