//! Where each box stands: "sí" leads to the right, "no" down, so that no two arrows cross.

use crate::tree::{Answer, DecisionTree, Target};

/// A box. What several ways lead to has one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) what: Target,
    pub(super) column: usize,
    pub(super) row: usize,
}

/// An arrow from one box to another, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) answer: Answer,
}

/// Boxes, from the left and from above, and arrows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) cells: Vec<Cell>,
    pub(super) arrows: Vec<Arrow>,
}

impl Grid {
    pub(super) fn of(tree: &DecisionTree) -> Self {
        let mut grid = Self::default();
        grid.place(tree, tree.root, 0, 0);
        grid
    }

    /// Places what is below `what`; how many rows that takes.
    fn place(&mut self, tree: &DecisionTree, what: Target, column: usize, row: usize) -> usize {
        let from = self.cells.len();
        self.cells.push(Cell { what, column, row });
        let Target::Node(node) = what else { return 1 };
        let node = &tree.nodes[node];
        let to = self.cells.len();
        let answer = Answer::Yes;
        self.arrows.push(Arrow { from, to, answer });
        let right = self.place(tree, node.yes, column + 1, row);
        let to = self.cells.len();
        let answer = Answer::No;
        self.arrows.push(Arrow { from, to, answer });
        right + self.place(tree, node.no, column, row + right)
    }
}
