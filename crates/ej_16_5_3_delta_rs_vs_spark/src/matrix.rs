//! The matrix: features down, engines across, outcomes in the cells.

use crate::engine::Who;

/// What came of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did it, and the content is what it should be.
    Yes,
    /// It refused or failed: the first line of its error.
    Failed(String),
    /// It did it without an error, and the content is another.
    Wrong(String),
    /// It did it, the content is right, and the log does not carry the feature: it was taken and left aside.
    Unused,
    /// There is no table to try it on.
    NoTable,
    /// The feature has nothing of the kind.
    Nothing,
}

/// A feature's cell: who did what with whose table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Made by this engine, read back and written again by it.
    Made(Who),
    /// The first one's table, read by the second.
    Read(Who, Who),
    /// The first one's table, written by the second and then read by both.
    Written(Who, Who),
}

/// Whose table, and who reads or writes it, in the order of the tables' columns.
pub const PAIRS: [(Who, Who); 6] = [
    (Who::Spark, Who::Rust),
    (Who::Spark, Who::Python),
    (Who::Rust, Who::Spark),
    (Who::Python, Who::Spark),
    (Who::Rust, Who::Python),
    (Who::Python, Who::Rust),
];

/// The outcomes of one feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The feature's key.
    pub key: String,
    /// By maker, in the order of [`Who::ALL`].
    pub made: [Outcome; 3],
    /// By pair, in the order of [`PAIRS`].
    pub read: [Outcome; 6],
    /// By pair, in the order of [`PAIRS`].
    pub written: [Outcome; 6],
}

impl Row {
    /// Returns the outcome in a cell; [`Outcome::Nothing`] where an engine would be paired with itself.
    #[must_use]
    pub fn at(&self, cell: Cell) -> &Outcome {
        let pair = |maker, other| PAIRS.iter().position(|pair| *pair == (maker, other));
        let found = match cell {
            Cell::Made(who) => {
                let at = Who::ALL.iter().position(|one| *one == who);
                at.and_then(|at| self.made.get(at))
            }
            Cell::Read(maker, other) => pair(maker, other).and_then(|at| self.read.get(at)),
            Cell::Written(maker, other) => pair(maker, other).and_then(|at| self.written.get(at)),
        };
        found.unwrap_or(&Outcome::Nothing)
    }
}

/// What a run found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// What was tried: parts and their versions.
    pub versions: Vec<(String, String)>,
    /// The features, in the order of the catalogue.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// Returns a feature's row.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key)
    }

    /// Returns how many of the cells that could be tried say yes, and how many could be tried, among those that `keep` keeps.
    #[must_use]
    pub fn count(&self, keep: impl Fn(Cell) -> bool) -> (usize, usize) {
        let made = Who::ALL.map(Cell::Made);
        let pairs = PAIRS
            .into_iter()
            .flat_map(|(maker, other)| [Cell::Read(maker, other), Cell::Written(maker, other)]);
        let cells: Vec<Cell> = made
            .into_iter()
            .chain(pairs)
            .filter(|cell| keep(*cell))
            .collect();
        let outcomes: Vec<&Outcome> = self
            .rows
            .iter()
            .flat_map(|row| cells.iter().map(move |cell| row.at(*cell)))
            .filter(|outcome| !matches!(outcome, Outcome::NoTable | Outcome::Nothing))
            .collect();
        let yes = outcomes
            .iter()
            .filter(|outcome| ***outcome == Outcome::Yes)
            .count();
        (yes, outcomes.len())
    }
}
