//! The physical plan of the streaming engine, read from the drawing that Polars makes of it.

use polars::prelude::{LazyFrame, PolarsResult};

/// A node of the physical plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Its kind, as Polars calls it: `group-by`, `in-memory-map`, ….
    pub kind: String,
    /// What Polars' own colours say of it.
    pub weight: Weight,
    /// The nodes whose rows it gets, by their place in the plan.
    pub inputs: Vec<usize>,
}

/// The legend of Polars' drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// A streaming node.
    Streaming,
    /// A potentially memory-intensive node.
    MemoryIntensive,
    /// An in-memory engine fallback.
    Fallback,
}

/// The nodes of the plan that the streaming engine would run, in the order in which they are drawn.
///
/// # Errors
/// * Those of the plan: a column that is missing, a type that does not fit.
///
/// # Source
/// `LazyFrame::to_dot_streaming_phys` of polars-lazy 0.55 (feature `dot_diagram`); `NodeStyle` of polars-stream 0.55.
pub fn planned(plan: &LazyFrame) -> PolarsResult<Vec<Node>> {
    Ok(read(&plan.to_dot_streaming_phys(true)?))
}

fn read(drawing: &str) -> Vec<Node> {
    let (numbers, mut nodes): (Vec<u64>, Vec<Node>) = drawing.lines().filter_map(node).unzip();
    let place = |number: &str| {
        let number: u64 = number.parse().ok()?;
        numbers.iter().position(|n| *n == number)
    };
    for line in drawing.lines() {
        let Some((from, to)) = line.trim_end_matches(';').split_once(" -> ") else {
            continue;
        };
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            nodes[to].inputs.push(from);
        }
    }
    nodes
}

/// `7 [label="group-by\nkey: …",style=filled,fillcolor="0.16 0.3 1.0"];`
fn node(line: &str) -> Option<(u64, Node)> {
    let (number, rest) = line.split_once(" [label=\"")?;
    let number = number.parse().ok()?;
    let end = rest.find(['\\', '"', '\n']).unwrap_or(rest.len());
    let weight = if line.contains("fillcolor=\"0.0 0.3 1.0\"") {
        Weight::Fallback
    } else if line.contains("fillcolor=\"0.16 0.3 1.0\"") {
        Weight::MemoryIntensive
    } else {
        Weight::Streaming
    };
    let node = Node {
        kind: rest[..end].to_owned(),
        weight,
        inputs: Vec::new(),
    };
    Some((number, node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_read_as_nodes_and_what_they_get() {
        let drawing = "digraph polars {\nnode [fontname=\"Monospace\"]\n\
            4 [label=\"in-memory-map\\nSELECT [\",style=filled,fillcolor=\"0.0 0.3 1.0\"];\n\
            9 [label=\"group-by\\nkey:\\nregion\",style=filled,fillcolor=\"0.16 0.3 1.0\"];\n\
            12 [label=\"filter\"];\n12 -> 9;\n9 -> 4;\n}";
        let node = |kind: &str, weight, inputs: &[usize]| Node {
            kind: kind.to_owned(),
            weight,
            inputs: inputs.to_vec(),
        };
        let nodes = [
            node("in-memory-map", Weight::Fallback, &[1]),
            node("group-by", Weight::MemoryIntensive, &[2]),
            node("filter", Weight::Streaming, &[]),
        ];
        assert_eq!(read(drawing), nodes);
    }
}
