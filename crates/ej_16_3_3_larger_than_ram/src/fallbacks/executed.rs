//! What ran: the nodes of the execution graph, from the metrics that Polars prints to standard error on request.

use std::collections::{BTreeMap, BTreeSet};

/// The variables that make Polars print its metrics, for the environment of a child process.
pub const RUN_LOG: [(&str, &str); 2] = [("POLARS_LOG_METRICS", "1"), ("POLARS_TRACK_METRICS", "1")];

const MARK: &str = "@ operación ";

/// Says on standard error that the lines from here on are those of operation `number`.
pub fn announce(number: usize) {
    eprintln!("{MARK}{number}");
}

/// The nodes that ran for each operation announced in `log`, a child's standard error.
pub fn ran(log: &str) -> BTreeMap<usize, BTreeSet<String>> {
    let mut nodes: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in log.lines() {
        if let Some(number) = line.strip_prefix(MARK) {
            current = number.parse().ok();
            if let Some(number) = current {
                nodes.entry(number).or_default();
            }
        } else if let (Some(number), Some((name, _))) = (current, line.split_once(": tot(")) {
            nodes
                .entry(number)
                .or_default()
                .insert(name.trim().to_owned());
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_gets_the_nodes_after_its_mark() {
        let log = "noise: tot(1ns)\n@ operación 0\nStreaming query took 1ms (2ms CPU), detailed breakdown:\n\
                   sort: tot(1.00ns), poll(1ns, n=1)\nin-memory-map: tot(2.00ns), poll\n\n@ operación 1\n";
        let ran = ran(log);
        assert_eq!(ran.len(), 2);
        assert_eq!(ran[&0], ["in-memory-map", "sort"].map(String::from).into());
        assert!(ran[&1].is_empty());
    }
}
