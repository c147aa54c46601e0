//! Brackets: between which two values a rank must lie, and how many values are below, on and inside them.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::PercentileError;
use crate::selection::{Options, STRETCH, select};

/// Values in the sample. Its sort takes some 0.5 ms; a bracket then holds some 3 % of the data at most, around the median.
const SAMPLE: usize = 1 << 14;
/// Half a bracket's width, in standard deviations of a rank in the sample: it misses about once in ten thousand calls.
const SIGMAS: f64 = 4.0;
/// More brackets than this cost more, value by value, than a copy.
const MOST_BRACKETS: usize = 6;
/// What is counted while it is in the nearest cache.
const BLOCK: usize = 1024;

/// Two values between which some wanted ranks should lie.
#[derive(Clone, Debug)]
pub(crate) struct Bracket {
    low: f64,
    high: f64,
    /// Which of the wanted ranks.
    pub(crate) ranks: Range<usize>,
}

/// Returns one bracket per group of near ranks; `None` if there are too many, or if the sample holds a NaN: the copy finds where.
pub(crate) fn brackets(chunks: &[&[f64]], n: usize, ranks: &[usize]) -> Option<Vec<Bracket>> {
    let sample = sample(chunks, n)?;
    let edge = |position: f64, outside: f64| {
        if position < 0.0 || position >= sample.len() as f64 {
            outside
        } else {
            sample[position as usize]
        }
    };
    let mut all: Vec<(f64, Bracket)> = Vec::new();
    for (index, &rank) in ranks.iter().enumerate() {
        let quantile = rank as f64 / (n - 1) as f64;
        let center = quantile * (sample.len() - 1) as f64;
        let margin = SIGMAS * (sample.len() as f64 * quantile * (1.0 - quantile)).sqrt() + 2.0;
        let (left, right) = ((center - margin).floor(), (center + margin).ceil());
        let high = edge(right, f64::INFINITY);
        if let Some((end, previous)) = all.last_mut()
            && left <= *end
        {
            if right > *end {
                (*end, previous.high) = (right, high);
            }
            previous.ranks.end = index + 1;
            continue;
        }
        if all.len() == MOST_BRACKETS {
            return None;
        }
        let bracket = Bracket {
            low: edge(left, f64::NEG_INFINITY),
            high,
            ranks: index..index + 1,
        };
        all.push((right, bracket));
    }
    Some(all.into_iter().map(|(_, bracket)| bracket).collect())
}

/// Returns one value of each of [`SAMPLE`] equal stretches, sorted; `None` if one is NaN.
///
/// Which one of its stretch is pseudo-random, so that no period in the data falls in step with the sample, and always the same, so that a call repeats.
pub(crate) fn sample(chunks: &[&[f64]], n: usize) -> Option<Vec<f64>> {
    let mut sample = Vec::with_capacity(SAMPLE);
    let (mut chunk, mut first) = (0, 0);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let width = n / SAMPLE;
    for i in 0..SAMPLE {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let position =
            i * width + i * (n % SAMPLE) / SAMPLE + (random % width.max(1) as u64) as usize;
        while position - first >= chunks[chunk].len() {
            first += chunks[chunk].len();
            chunk += 1;
        }
        let value = chunks[chunk][position - first];
        if value.is_nan() {
            return None;
        }
        sample.push(value);
    }
    sample.sort_unstable_by(f64::total_cmp);
    Some(sample)
}

/// What one pass found out about one bracket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    /// Below the lower end.
    below: usize,
    /// Equal to the lower end.
    on_low: usize,
    /// Equal to the upper end, if that is another.
    on_high: usize,
    /// The values strictly between both ends.
    inside: Vec<f64>,
}

impl Count {
    /// Appends the values of the `ranks`, sorted; returns whether all of them are in the bracket.
    pub(crate) fn values(
        &mut self,
        bracket: &Bracket,
        ranks: &[usize],
        options: &Options<'_>,
        values: &mut Vec<f64>,
    ) -> Result<bool, PercentileError> {
        let inside = self.below + self.on_low;
        let above = inside + self.inside.len();
        let end = above + self.on_high;
        if ranks.first().is_some_and(|&rank| rank < self.below)
            || ranks.last().is_some_and(|&rank| rank >= end)
        {
            return Ok(false);
        }
        let before = ranks.partition_point(|&rank| rank < inside);
        let after = ranks.partition_point(|&rank| rank < above);
        values.extend(ranks[..before].iter().map(|_| bracket.low));
        select(
            &mut self.inside,
            inside,
            &ranks[before..after],
            options,
            values,
        )?;
        values.extend(ranks[after..].iter().map(|_| bracket.high));
        Ok(true)
    }

    /// Counts a block; returns whether it has a NaN.
    fn count(
        &mut self,
        block: &[f64],
        bracket: &Bracket,
        room: &mut [f64; BLOCK],
    ) -> Result<bool, PercentileError> {
        let Bracket { low, high, .. } = *bracket;
        // No branch depends on a value: the compiler makes vector comparisons of it.
        let below: u64 = block.iter().map(|&x| u64::from(x < low)).sum();
        self.below += below as usize;

        // Most groups of eight lie outside, value by value: one branch for each group. A NaN is not outside.
        let mut seen = Seen::default();
        let (groups, rest) = block.as_chunks::<8>();
        for group in groups {
            let outside = group
                .iter()
                .fold(true, |all, &x| all & ((x < low) | (x > high)));
            if !outside {
                seen.look(group, bracket, room);
            }
        }
        seen.look(rest, bracket, room);
        self.on_low += seen.on_low;
        self.on_high += seen.on_high;
        extend(&mut self.inside, &room[..seen.inside])?;
        Ok(seen.nan)
    }

    fn add(&mut self, other: Self) -> Result<(), PercentileError> {
        self.below += other.below;
        self.on_low += other.on_low;
        self.on_high += other.on_high;
        if self.inside.is_empty() {
            self.inside = other.inside;
            return Ok(());
        }
        extend(&mut self.inside, &other.inside)
    }
}

fn extend(values: &mut Vec<f64>, more: &[f64]) -> Result<(), PercentileError> {
    values
        .try_reserve(more.len())
        .map_err(|_| PercentileError::OutOfMemory {
            values: values.len() + more.len(),
        })?;
    values.extend_from_slice(more);
    Ok(())
}

/// What of a block is not outside.
#[derive(Default)]
struct Seen {
    on_low: usize,
    on_high: usize,
    inside: usize,
    nan: bool,
}

impl Seen {
    /// Looks at each value; those strictly inside are written to `room`, one after the other.
    fn look(&mut self, values: &[f64], bracket: &Bracket, room: &mut [f64; BLOCK]) {
        let Bracket { low, high, .. } = *bracket;
        for &x in values {
            room[self.inside] = x;
            self.inside += usize::from((x > low) & (x < high));
            self.on_low += usize::from(x == low);
            // Ends that are one value are counted once.
            self.on_high += usize::from((x == high) & (low != high));
            self.nan |= x.is_nan();
        }
    }
}

/// What one pass found out about all brackets.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    counts: Vec<Count>,
    nan: bool,
}

impl Counts {
    /// Returns what one pass over the data finds out.
    ///
    /// The threads are of this call alone: a pool that outlives it would not survive a fork, and Python's `multiprocessing` forks.
    pub(crate) fn of(
        chunks: &[&[f64]],
        n: usize,
        brackets: &[Bracket],
        options: &Options<'_>,
    ) -> Result<Self, PercentileError> {
        let stretches: Vec<&[f64]> = chunks
            .iter()
            .flat_map(|chunk| chunk.chunks(STRETCH))
            .collect();
        let next = AtomicUsize::new(0);
        let count = || -> Result<Self, PercentileError> {
            let mut own = Self {
                counts: vec![Count::default(); brackets.len()],
                nan: false,
            };
            while let Some(stretch) = stretches.get(next.fetch_add(1, Ordering::Relaxed)) {
                options.check_cancelled()?;
                own.count(stretch, brackets)?;
            }
            Ok(own)
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..options.threads_for(n))
                // A thread that cannot be had is not missed: the others take its stretches.
                .filter_map(|_| thread::Builder::new().spawn_scoped(scope, count).ok())
                .collect();
            let mut total = count()?;
            for other in others {
                let own = other.join().unwrap_or(Err(PercentileError::Cancelled))?;
                total.add(own)?;
            }
            Ok(total)
        })
    }

    pub(crate) fn has_nan(&self) -> bool {
        self.nan
    }

    pub(crate) fn counts(&mut self) -> impl Iterator<Item = &mut Count> {
        self.counts.iter_mut()
    }

    fn count(&mut self, stretch: &[f64], brackets: &[Bracket]) -> Result<(), PercentileError> {
        let mut room = [0.0; BLOCK];
        for block in stretch.chunks(BLOCK) {
            for (count, bracket) in self.counts.iter_mut().zip(brackets) {
                self.nan |= count.count(block, bracket, &mut room)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, other: Self) -> Result<(), PercentileError> {
        self.nan |= other.nan;
        for (count, theirs) in self.counts.iter_mut().zip(other.counts) {
            count.add(theirs)?;
        }
        Ok(())
    }
}
