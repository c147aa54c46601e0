//! For Markdown that renders diagrams.

use crate::tree::{Answer, DecisionTree, Target};
use std::fmt::Write as _;

/// A Mermaid flow chart, top down: questions in diamonds, recommendations in boxes with what the measurements say.
pub fn mermaid(tree: &DecisionTree) -> String {
    let mut out = String::from("flowchart TD\n");
    for (n, node) in tree.nodes.iter().enumerate() {
        let _ = writeln!(
            out,
            "    p{n}{{\"{}\"}}",
            quoted(&tree.questions[node.question].short)
        );
    }
    for (n, leaf) in tree.leaves.iter().enumerate() {
        let _ = writeln!(
            out,
            "    h{n}[\"<b>{}</b><br/>{}: {}\"]",
            quoted(&leaf.guide),
            leaf.verdict,
            quoted(&leaf.short)
        );
    }
    let name = |target| match target {
        Target::Node(n) => format!("p{n}"),
        Target::Leaf(n) => format!("h{n}"),
    };
    for (n, node) in tree.nodes.iter().enumerate() {
        for answer in [Answer::Yes, Answer::No] {
            let _ = writeln!(out, "    p{n} -- {answer} --> {}", name(node.after(answer)));
        }
    }
    out
}

/// Text that ends no label and is no markup of Mermaid's.
fn quoted(text: &str) -> String {
    text.replace('#', "#35;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
}
