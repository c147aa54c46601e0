//! The window as a sorted array.

use super::Window;

pub(super) struct Sorted {
    values: Vec<f64>,
}

impl Sorted {
    pub(super) fn with_capacity(window: usize) -> Self {
        Self {
            values: Vec::with_capacity(window),
        }
    }

    /// How many values are below one. Counted, not searched: a count has no branch to be guessed wrong, and these windows are short.
    fn below(&self, value: f64) -> usize {
        self.values
            .iter()
            .map(|&other| usize::from(other < value))
            .sum()
    }

    /// How many values are no greater than one.
    fn up_to(&self, value: f64) -> usize {
        self.values
            .iter()
            .map(|&other| usize::from(other <= value))
            .sum()
    }
}

impl Window for Sorted {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn insert(&mut self, _: usize, value: f64) {
        // After those that are equal: it came later.
        let place = self.up_to(value);
        self.values.insert(place, value);
    }

    fn remove(&mut self, _: usize, value: f64) {
        // The first of those that are equal: it came earliest.
        let place = self.below(value);
        self.values.remove(place);
    }

    fn slide(&mut self, (_, old): (usize, f64), (_, new): (usize, f64)) {
        let from = self.below(old);
        let to = self.up_to(new);
        // Only what lies between the place that becomes free and the one that is taken moves.
        if from < to {
            self.values.copy_within(from + 1..to, from);
            self.values[to - 1] = new;
        } else {
            self.values.copy_within(to..from, to + 1);
            self.values[to] = new;
        }
    }

    fn at(&mut self, index: usize) -> (f64, f64) {
        let low = self.values[index];
        (low, self.values.get(index + 1).copied().unwrap_or(low))
    }

    fn latest_smallest(&mut self) -> f64 {
        let smallest = self.values[0];
        self.values[self.up_to(smallest) - 1]
    }
}
