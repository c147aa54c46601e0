//! Memory of a process with all its descendants, from `/proc`.
//!
//! # Method and error
//! Every [`INTERVAL`] the resident sets (`VmRSS`) of the processes below this one are added up, and the largest sum is kept.
//! Spark's JVM, a grandchild, thus counts; being a subreaper (see [`crate::measure`]) keeps orphans below us.
//!
//! * A peak shorter than the interval is missed in a tree of several processes. A single process loses nothing, because
//!   the kernel's own high-water mark (`ru_maxrss`) is taken as well. The sum of all high-water marks is kept beside it as an
//!   upper bound: the true peak lies between the two.
//! * Pages shared by two processes (libraries, memory inherited by a fork) count twice: a few MB for Python over a JVM.
//! * Pages of mapped files count while they are resident, for every contestant alike.
//!
//! Reading `status` of a process costs about 20 µs, the walk over `/proc` about 1 ms every tenth sample.

use std::collections::HashMap;
use std::time::Duration;

/// Time between two samples.
pub const INTERVAL: Duration = Duration::from_millis(10);

/// One in this many samples looks for new processes; the first ones all do.
const WALK_EVERY: u32 = 10;
const EAGER_WALKS: u32 = 20;

/// What was seen of the tree so far.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    members: Vec<u32>,
    samples: u32,
    resident_kb: u64,
    peak_kb: u64,
    high_water_kb: HashMap<u32, u64>,
    threads: u64,
}

impl Tree {
    /// Adds one sample of the descendants of `root`, `root` itself left out.
    pub fn sample(&mut self, root: u32) {
        if self.samples < EAGER_WALKS || self.samples.is_multiple_of(WALK_EVERY) {
            self.members = descendants(root);
        }
        self.samples += 1;
        let (mut resident, mut threads) = (0, 0);
        for pid in &self.members {
            // A process may end between the walk and this; it then weighs nothing.
            let Some(status) = Status::read(*pid) else {
                continue;
            };
            resident += status.resident_kb;
            threads += status.threads;
            let mark = self.high_water_kb.entry(*pid).or_default();
            *mark = status.high_water_kb.max(*mark);
        }
        self.resident_kb = resident;
        self.peak_kb = self.peak_kb.max(resident);
        self.threads = self.threads.max(threads);
    }

    /// Sum of the resident sets in the last sample.
    pub fn resident_kb(&self) -> u64 {
        self.resident_kb
    }

    /// Largest sum of resident sets of one sample.
    pub fn peak_kb(&self) -> u64 {
        self.peak_kb
    }

    /// Sum of the high-water marks of every process seen: the peak cannot be above it.
    pub fn bound_kb(&self) -> u64 {
        self.high_water_kb.values().sum()
    }

    /// How many processes were seen.
    pub fn processes(&self) -> usize {
        self.high_water_kb.len()
    }

    /// Most threads alive in one sample.
    pub fn threads(&self) -> u64 {
        self.threads
    }
}

/// Every process below `root`, in no order; empty where there is no `/proc`.
pub fn descendants(root: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for pid in entries
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok())
    {
        if let Some(parent) = std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .ok()
            .and_then(|s| parent_of(&s))
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let (mut found, mut pending) = (Vec::new(), vec![root]);
    while let Some(parent) = pending.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            found.push(child);
            pending.push(child);
        }
    }
    found
}

/// Field 4 of `/proc/<pid>/stat`. Field 2, the program's name, may hold spaces and parentheses.
fn parent_of(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?
        .1
        .split_ascii_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Status {
    resident_kb: u64,
    high_water_kb: u64,
    threads: u64,
}

impl Status {
    fn read(pid: u32) -> Option<Self> {
        std::fs::read_to_string(format!("/proc/{pid}/status"))
            .ok()
            .map(|s| Self::parse(&s))
    }

    /// A zombie has no memory lines: zeros.
    fn parse(status: &str) -> Self {
        let mut out = Self::default();
        for (key, value) in status.lines().filter_map(|line| line.split_once(':')) {
            let number = || {
                value
                    .split_ascii_whitespace()
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0)
            };
            match key {
                "VmRSS" => out.resident_kb = number(),
                "VmHWM" => out.high_water_kb = number(),
                "Threads" => out.threads = number(),
                _ => {}
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_behind_a_hostile_program_name() {
        assert_eq!(parent_of("17 (a) b (c) 3) S 4 17 17 0"), Some(4));
        assert_eq!(parent_of("17 no parenthesis"), None);
    }

    #[test]
    fn a_status_without_memory_lines_weighs_nothing() {
        let alive = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t7\n";
        assert_eq!(
            Status::parse(alive),
            Status {
                resident_kb: 1024,
                high_water_kb: 2048,
                threads: 7
            }
        );
        assert_eq!(
            Status::parse("Name:\tx\nState:\tZ (zombie)\n"),
            Status::default()
        );
    }
}
