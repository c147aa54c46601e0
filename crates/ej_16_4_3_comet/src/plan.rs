//! A physical plan as a tree, read from the text that Spark prints.

use crate::operator::{Engine, Operator};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A plan that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    root: Node,
}

/// An operator with what it reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub operator: Operator,
    /// What the plan says of it after its name.
    pub detail: String,
    /// Its subqueries and its inputs, in the plan's order.
    pub children: Vec<Node>,
}

/// How many operators of a plan run where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Operators of Comet.
    pub nativos: usize,
    /// Operators of Spark, those that call Python included.
    pub jvm: usize,
    /// Of `jvm`, those that call Python.
    pub python: usize,
    /// Changes between columns and rows that the plan shows.
    pub transiciones: usize,
    /// Rows turned into batches inside an exchange, where the plan shows no transition.
    pub conversiones_ocultas: usize,
}

impl Coverage {
    /// Native operators over all that work; `None` for a plan without operators.
    pub fn share(&self) -> Option<f64> {
        let all = self.nativos + self.jvm;
        (all > 0).then(|| self.nativos as f64 / all as f64)
    }
}

/// Why a text is no plan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PlanError {
    /// There is no operator in it.
    #[error("the text holds no operator")]
    Empty,
    /// A line has a drawing and no name after it.
    #[error("line {line}: no operator after the drawing")]
    NoName {
        /// Counted from 1.
        line: usize,
    },
    /// A line stands as far left as the root: two plans, or a literal with a line break.
    #[error("line {line}: `{name}` is a second root")]
    SecondRoot {
        /// Counted from 1.
        line: usize,
        /// The operator found there.
        name: String,
    },
}

/// Characters that draw the tree.
const DRAWING: [char; 4] = [' ', ':', '+', '-'];
/// What adaptive execution replaced; the plan before it is kept below this title.
const INITIAL: &str = "== Initial Plan ==";

impl Plan {
    /// Reads what `executedPlan().toString()` or `explain()` prints.
    ///
    /// Of an adaptive plan only the final one counts: the initial one below it was never run.
    ///
    /// # Errors
    /// - [`PlanError::Empty`] without an operator.
    /// - [`PlanError::NoName`] for a line that only draws.
    /// - [`PlanError::SecondRoot`] when a line hangs from nothing.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let mut tree = Builder::default();
        let mut skipped = None;
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let line_number = index + 1;
            let Some(column) = line.find(|c| !DRAWING.contains(&c)) else {
                return Err(PlanError::NoName { line: line_number });
            };
            let said = line[column..].trim_end();
            if skipped.is_some_and(|from| column >= from) && !said.starts_with("== ") {
                continue;
            }
            skipped = None;
            if said.starts_with("== ") {
                skipped = (said == INITIAL).then_some(column);
                continue;
            }
            let (name, detail) = split(said);
            if name.is_empty() {
                return Err(PlanError::NoName { line: line_number });
            }
            tree.add(column, name, detail)
                .map_err(|name| PlanError::SecondRoot {
                    line: line_number,
                    name,
                })?;
        }
        tree.finish().ok_or(PlanError::Empty)
    }

    /// The operator that gives the answer.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Every node, each before its children.
    pub fn nodes(&self) -> Vec<&Node> {
        let (mut found, mut pending) = (Vec::new(), vec![&self.root]);
        while let Some(node) = pending.pop() {
            found.push(node);
            pending.extend(node.children.iter().rev());
        }
        found
    }

    /// Names of the operators that `engine` runs, in the plan's order.
    pub fn names(&self, engine: Engine) -> Vec<&str> {
        let of = |node: &&Node| node.operator.engine() == engine;
        let nodes = self.nodes().into_iter().filter(of);
        nodes.map(|node| node.operator.name()).collect()
    }

    /// How many operators run where.
    pub fn coverage(&self) -> Coverage {
        let mut found = Coverage::default();
        for node in self.nodes() {
            match node.operator.engine() {
                Engine::Native => found.nativos += 1,
                Engine::Jvm => found.jvm += 1,
                Engine::Python => {
                    found.jvm += 1;
                    found.python += 1;
                }
                Engine::Transition => found.transiciones += 1,
                Engine::Frame => {}
            }
            if node.operator.is_columnar_exchange() && node.reads_rows() {
                found.conversiones_ocultas += 1;
            }
        }
        found
    }
}

impl Node {
    /// Whether the nearest operator below that works is Spark's.
    fn reads_rows(&self) -> bool {
        let mut below = self.children.last();
        while let Some(node) = below {
            match node.operator.engine() {
                Engine::Jvm | Engine::Python => return true,
                Engine::Native => return false,
                // A step to rows right below it leaves rows; the others end in batches.
                Engine::Transition => return node.operator.name().ends_with("ToRow"),
                Engine::Frame => below = node.children.last(),
            }
        }
        false
    }
}

/// The name of a line and what follows it, codegen's `*(1)` left out.
fn split(said: &str) -> (&str, &str) {
    let said = match said.strip_prefix('*') {
        Some(rest) => rest.split_once(' ').map_or("", |(_, after)| after),
        None => said,
    };
    let end = said
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(said.len());
    let (name, detail) = said.split_at(end);
    (name, detail.trim_start_matches([' ', ':']))
}

/// A tree that grows line by line: a node hangs from the last one that stands further left.
#[derive(Default)]
struct Builder {
    open: Vec<(usize, Node)>,
}

impl Builder {
    fn add(&mut self, column: usize, name: &str, detail: &str) -> Result<(), String> {
        self.close(column);
        if self.open.first().is_some_and(|(root, _)| *root >= column) {
            return Err(name.to_owned());
        }
        let node = Node {
            operator: Operator::new(name),
            detail: detail.to_owned(),
            children: Vec::new(),
        };
        self.open.push((column, node));
        Ok(())
    }

    /// Hands every node at `column` or right of it, the root apart, to its parent.
    fn close(&mut self, column: usize) {
        while self.open.len() > 1 && self.open.last().is_some_and(|(at, _)| *at >= column) {
            let Some((_, done)) = self.open.pop() else {
                return;
            };
            if let Some((_, parent)) = self.open.last_mut() {
                parent.children.push(done);
            }
        }
    }

    fn finish(mut self) -> Option<Plan> {
        self.close(0);
        self.open.pop().map(|(_, root)| Plan { root })
    }
}
