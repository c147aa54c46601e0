//! Which operations the streaming engine does, and which it hands to the in-memory engine: asked of Polars, not remembered.
//!
//! Two witnesses, because neither tells all. The physical plan ([`planned`]) marks what it falls back on, but draws a full sort
//! as a node of its own. What ran ([`ran`]) names the nodes of the execution graph, where that sort is an `in-memory-map` too.

mod catalog;
mod executed;
mod physical;

pub use catalog::{Case, Sources, catalog};
pub use executed::{RUN_LOG, announce, ran};
pub use physical::{Node, Weight, planned};

use std::collections::BTreeSet;

/// How an operation is executed by the streaming engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// In pieces: what it holds does not grow with the rows.
    Flows,
    /// In pieces, by a node that keeps what it needs: groups, one side of a join, rows that wait for others.
    Keeps,
    /// By the in-memory engine, which gets no more than groups, or the first rows of an order.
    FallsBackReduced,
    /// By the in-memory engine, which gets all rows at once.
    FallsBack,
}

impl Verdict {
    /// From the lightest to the heaviest.
    pub const ALL: [Self; 4] = [
        Self::Flows,
        Self::Keeps,
        Self::FallsBackReduced,
        Self::FallsBack,
    ];

    /// The verdict over what ran; the plan says what reaches the node that fell back.
    pub fn of(ran: &BTreeSet<String>, planned: &[Node]) -> Self {
        if ran.iter().any(|node| IN_MEMORY.contains(&node.as_str())) {
            let whole = (0..planned.len())
                .filter(|at| falls_back(&planned[*at]))
                .any(|at| gets_all_rows(planned, at));
            return if whole {
                Self::FallsBack
            } else {
                Self::FallsBackReduced
            };
        }
        let keeps = planned.iter().any(|node| {
            node.weight == Weight::MemoryIntensive && !TRIVIAL.contains(&node.kind.as_str())
        });
        if keeps { Self::Keeps } else { Self::Flows }
    }

    /// The words of the page's table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flows => "deja pasar las filas",
            Self::Keeps => {
                "las deja pasar y guarda lo que necesita: grupos, un lado de la unión, filas que esperan"
            }
            Self::FallsBackReduced => "pasa al motor en memoria lo que queda tras agrupar o cortar",
            Self::FallsBack => "pasa todas las filas al motor en memoria",
        }
    }
}

/// Whether a node of the plan is run by the in-memory engine: Polars marks all but the sort.
pub fn falls_back(node: &Node) -> bool {
    node.weight == Weight::Fallback || node.kind == "sort"
}

/// Whether some way from the sources to a node of the plan passes no other that leaves fewer rows.
fn gets_all_rows(plan: &[Node], at: usize) -> bool {
    plan[at].inputs.iter().any(|input| {
        let node = &plan[*input];
        if REDUCING.contains(&node.kind.as_str()) {
            false
        } else if node.inputs.is_empty() {
            node.kind != "input-independent-select"
        } else {
            gets_all_rows(plan, *input)
        }
    })
}

/// Nodes of the execution graph that collect their whole input and give it to the in-memory engine.
pub const IN_MEMORY: [&str; 3] = ["in-memory-map", "in-memory-join", "columnar-function"];

/// Nodes of the plan that leave groups, one row, or the first rows of an order.
const REDUCING: [&str; 5] = [
    "group-by",
    "dynamic-group-by",
    "reduce",
    "top-k",
    "bottom-k",
];

/// Marked by Polars as heavy, but no part of the question: the frame that is asked, the frame that answers, constants.
const TRIVIAL: [&str; 3] = [
    "in-memory-source",
    "in-memory-sink",
    "input-independent-select",
];
