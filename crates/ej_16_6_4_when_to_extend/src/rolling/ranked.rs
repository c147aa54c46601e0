//! The window as a set of ranks: bits in a map, and a cursor on one of them.

use super::Window;

/// The ranks of a stretch of values, and which of them are in the window.
pub(super) struct Ranked {
    /// The rank of each position; nothing useful where the value is missing.
    rank: Vec<u32>,
    /// The value of each rank.
    value: Vec<f64>,
    /// One bit for each rank.
    set: Vec<u64>,
    count: usize,
    /// A rank of the set, when it is not empty.
    cursor: usize,
    /// How many ranks of the set are below the cursor.
    below: usize,
}

impl Ranked {
    /// How many results are worth one sort: more make the sort's cost for each smaller, and the bits sparser.
    pub(super) fn stretch(window: usize) -> usize {
        window.saturating_mul(3).clamp(4_096, 1 << 30)
    }

    /// The values of a stretch that are `present`, none of them in the window yet.
    pub(super) fn of(values: &[f64], present: fn(f64) -> bool) -> Self {
        let order = ordered(values, present);
        let mut rank = vec![0; values.len()];
        for (place, &position) in (0..).zip(&order) {
            rank[position as usize] = place;
        }
        Self {
            rank,
            value: order
                .iter()
                .map(|&position| values[position as usize])
                .collect(),
            set: vec![0; order.len().div_ceil(64) + 1],
            count: 0,
            cursor: 0,
            below: 0,
        }
    }

    /// The next rank of the set above one; itself when there is none.
    fn above(&self, rank: usize) -> usize {
        let mut at = rank / 64;
        // Shifted twice, because by 64 at once is no shift.
        let mut word = self.set[at] & ((!0 << (rank % 64)) << 1);
        while word == 0 {
            at += 1;
            match self.set.get(at) {
                Some(&next) => word = next,
                None => return rank,
            }
        }
        at * 64 + word.trailing_zeros() as usize
    }

    /// The next rank of the set below one; itself when there is none.
    fn under(&self, rank: usize) -> usize {
        let mut at = rank / 64;
        let mut word = self.set[at] & !(!0 << (rank % 64));
        while word == 0 {
            if at == 0 {
                return rank;
            }
            at -= 1;
            word = self.set[at];
        }
        at * 64 + 63 - word.leading_zeros() as usize
    }
}

impl Window for Ranked {
    fn len(&self) -> usize {
        self.count
    }

    fn insert(&mut self, position: usize, _: f64) {
        let rank = self.rank[position] as usize;
        self.set[rank / 64] |= 1 << (rank % 64);
        if self.count == 0 {
            (self.cursor, self.below) = (rank, 0);
        } else {
            self.below += usize::from(rank < self.cursor);
        }
        self.count += 1;
    }

    fn remove(&mut self, position: usize, _: f64) {
        let rank = self.rank[position] as usize;
        self.set[rank / 64] &= !(1 << (rank % 64));
        self.count -= 1;
        if rank < self.cursor {
            self.below -= 1;
        } else if rank == self.cursor {
            let next = self.above(rank);
            if next == rank {
                self.cursor = self.under(rank);
                self.below = self.count.saturating_sub(1);
            } else {
                self.cursor = next;
            }
        }
    }

    fn at(&mut self, index: usize) -> (f64, f64) {
        while self.below < index {
            self.cursor = self.above(self.cursor);
            self.below += 1;
        }
        while self.below > index {
            self.cursor = self.under(self.cursor);
            self.below -= 1;
        }
        (self.value[self.cursor], self.value[self.above(self.cursor)])
    }

    fn latest_smallest(&mut self) -> f64 {
        let smallest = self.at(0).0;
        let mut rank = self.cursor;
        if smallest == 0.0 {
            loop {
                let next = self.above(rank);
                if next == rank || self.value[next] != smallest {
                    break;
                }
                rank = next;
            }
        }
        self.value[rank]
    }
}

/// The positions of the values that are `present`, in the order of the values, and equal ones as they came.
///
/// What is sorted is one number for each value: its leading bits, and its position in as many of the trailing ones as positions need. Those
/// that agree in the leading bits without being equal are put right afterwards; they are few, unless the values differ by next to nothing.
fn ordered(values: &[f64], present: fn(f64) -> bool) -> Vec<u32> {
    let low = !(!0 << (usize::BITS - values.len().leading_zeros()));
    let mut keys: Vec<u64> = (0..)
        .zip(values)
        .filter(|&(_, &value)| present(value))
        .map(|(position, &value)| (key(value) & !low) | position)
        .collect();
    keys.sort_unstable();
    let mut order: Vec<u32> = keys.iter().map(|&key| (key & low) as u32).collect();
    let whole = |position: u32| (key(values[position as usize]), position);
    let mut start = 0;
    for run in keys.chunk_by(|one, next| one & !low == next & !low) {
        let run = start..start + run.len();
        start = run.end;
        let run = &mut order[run];
        if run.len() > 1 && !run.is_sorted_by_key(|&position| whole(position)) {
            run.sort_unstable_by_key(|&position| whole(position));
        }
    }
    order
}

/// A number that orders as the value does; the two zeros are the same one.
fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | (1 << 63)
    } else {
        !bits
    }
}
