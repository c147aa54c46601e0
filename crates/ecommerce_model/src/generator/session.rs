//! Eight consecutive rows are a block; a block interleaves one or two visits that follow the funnel.

use super::random::{Stream, pick};
use crate::Clase;

/// Rows per block.
pub(super) const BLOCK: u64 = 8;

/// One row of a pattern: which of the block's visits it belongs to, and what it does.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) visit: u8,
    pub(super) clase: Clase,
}

const fn step(visit: u8, clase: Clase) -> Step {
    Step { visit, clase }
}

use Clase::{AgregarCarrito as A, Click as C, Compra as B, Error as E};

/// What a block can look like. In a visit a purchase follows a cart and a cart follows a click.
const PATTERNS: [[Step; 8]; 7] = [
    // one visitor looking around
    [
        step(0, C),
        step(0, C),
        step(0, C),
        step(0, C),
        step(0, C),
        step(0, C),
        step(0, C),
        step(0, C),
    ],
    // two visitors looking around
    [
        step(0, C),
        step(1, C),
        step(0, C),
        step(1, C),
        step(1, C),
        step(0, C),
        step(1, C),
        step(0, C),
    ],
    // one fills a cart and leaves
    [
        step(0, C),
        step(1, C),
        step(0, C),
        step(0, A),
        step(1, C),
        step(0, C),
        step(1, C),
        step(1, C),
    ],
    // one buys
    [
        step(0, C),
        step(1, C),
        step(0, C),
        step(0, A),
        step(1, C),
        step(0, B),
        step(1, C),
        step(1, C),
    ],
    // two carts, one purchase
    [
        step(0, C),
        step(0, C),
        step(0, A),
        step(0, C),
        step(0, A),
        step(0, B),
        step(1, C),
        step(1, C),
    ],
    // a page fails
    [
        step(0, C),
        step(0, C),
        step(1, C),
        step(0, E),
        step(0, C),
        step(1, C),
        step(1, C),
        step(1, C),
    ],
    // stolen cards: purchase after purchase (the planted fraud)
    [
        step(0, C),
        step(0, A),
        step(0, B),
        step(0, A),
        step(0, B),
        step(0, A),
        step(0, B),
        step(0, B),
    ],
];

const CUMULATIVE: [f64; 7] = [0.22, 0.46, 0.62, 0.78, 0.88, 0.997, 1.0];

/// The pattern of planted fraud.
pub(super) const FRAUD: usize = 6;

/// The pattern of a block, drawn from its stream.
pub(super) fn pattern(block: &mut Stream) -> usize {
    pick(&CUMULATIVE, block.unit())
}

/// What row `position` of a block with this pattern does.
pub(super) fn step_of(pattern: usize, position: u64) -> Step {
    PATTERNS[pattern][position as usize]
}

/// Whether a visit of the pattern ever buys: buyers are signed in.
pub(super) fn buys(pattern: usize, visit: u8) -> bool {
    PATTERNS[pattern]
        .iter()
        .any(|s| s.visit == visit && s.clase == Clase::Compra)
}
