//! What makes a tree of questions one: every way ends, in one leaf, and nothing stands aside.

use crate::Evidence;
use crate::error::TreeError;
use crate::tree::{Answer, DecisionTree, Target};
use std::collections::BTreeSet;

pub(crate) fn check(tree: &DecisionTree) -> Result<(), TreeError> {
    names(tree)?;
    ways(tree)?;
    texts(tree)
}

fn names(tree: &DecisionTree) -> Result<(), TreeError> {
    let questions: Vec<_> = tree.questions.iter().map(|it| &it.id).collect();
    let places = tree.nodes.iter().map(|it| &it.id);
    let places: Vec<_> = places.chain(tree.leaves.iter().map(|it| &it.id)).collect();
    for space in [questions, places] {
        let mut seen = BTreeSet::new();
        for name in space {
            let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            if !name
                .split('-')
                .all(|part| !part.is_empty() && part.chars().all(letter))
            {
                return Err(TreeError::Name(name.clone()));
            }
            if !seen.insert(name) {
                return Err(TreeError::Repeated(name.clone()));
            }
        }
    }
    Ok(())
}

/// The ways from the root: none comes back or asks twice, and together they pass through everything.
fn ways(tree: &DecisionTree) -> Result<(), TreeError> {
    let mut walk = Walk {
        tree,
        way: Vec::new(),
        nodes: BTreeSet::new(),
        leaves: BTreeSet::new(),
    };
    walk.from(tree.root)?;
    let asked: BTreeSet<_> = tree.nodes.iter().map(|node| node.question).collect();
    let aside = |name: &String| Err(TreeError::Unreachable(name.clone()));
    for (n, node) in tree.nodes.iter().enumerate() {
        if !walk.nodes.contains(&n) {
            return aside(&node.id);
        }
    }
    for (n, leaf) in tree.leaves.iter().enumerate() {
        if !walk.leaves.contains(&n) {
            return aside(&leaf.id);
        }
    }
    for (n, question) in tree.questions.iter().enumerate() {
        if !asked.contains(&n) {
            return aside(&question.id);
        }
    }
    Ok(())
}

struct Walk<'a> {
    tree: &'a DecisionTree,
    /// The nodes from the root to here.
    way: Vec<usize>,
    nodes: BTreeSet<usize>,
    leaves: BTreeSet<usize>,
}

impl Walk<'_> {
    fn from(&mut self, target: Target) -> Result<(), TreeError> {
        let here = match target {
            Target::Leaf(leaf) => {
                self.leaves.insert(leaf);
                return Ok(());
            }
            Target::Node(here) => here,
        };
        let node = &self.tree.nodes[here];
        let before = self.way.iter().position(|passed| *passed == here);
        self.way.push(here);
        if let Some(start) = before {
            return Err(TreeError::Cycle(self.names(start)));
        }
        let asked = |passed: &usize| self.tree.nodes[*passed].question == node.question;
        if self.way.iter().filter(|passed| asked(passed)).count() > 1 {
            return Err(TreeError::AskedTwice {
                question: self.tree.questions[node.question].id.clone(),
                way: self.names(0),
            });
        }
        self.nodes.insert(here);
        self.from(node.yes)?;
        self.from(node.no)?;
        self.way.pop();
        Ok(())
    }

    fn names(&self, start: usize) -> Vec<String> {
        let way = self.way[start..].iter();
        way.map(|node| self.tree.nodes[*node].id.clone()).collect()
    }
}

fn texts(tree: &DecisionTree) -> Result<(), TreeError> {
    for question in &tree.questions {
        says(&question.id, "texto", &question.text)?;
        says(&question.id, "corta", &question.short)?;
        for answer in [Answer::Yes, Answer::No] {
            let of = format!("{}: {answer}", question.id);
            let reason = question.reason(answer);
            says(&of, "porque", &reason.because)?;
            proves(&of, &reason.evidence)?;
        }
    }
    for leaf in &tree.leaves {
        says(&leaf.id, "guia", &leaf.guide)?;
        says(&leaf.id, "corto", &leaf.short)?;
        says(&leaf.id, "hoy", &leaf.today)?;
        proves(&leaf.id, &leaf.evidence)?;
    }
    Ok(())
}

fn says(of: &str, field: &'static str, text: &str) -> Result<(), TreeError> {
    if text.trim().is_empty() {
        let of = of.to_owned();
        return Err(TreeError::Blank { of, field });
    }
    Ok(())
}

fn proves(of: &str, evidence: &[Evidence]) -> Result<(), TreeError> {
    if evidence.is_empty() {
        return Err(TreeError::NoEvidence(of.to_owned()));
    }
    for proof in evidence {
        says(of, "dice", proof.says())?;
        says(of, "evidencia", proof.place())?;
        if let Evidence::Source { fuente, .. } = proof
            && !is_address(fuente)
        {
            return Err(TreeError::Address {
                of: of.to_owned(),
                address: fuente.clone(),
            });
        }
    }
    Ok(())
}

/// An https address with a host; whether it answers, only a reader can tell.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let host = rest.and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
        && !text.contains(char::is_whitespace)
}
