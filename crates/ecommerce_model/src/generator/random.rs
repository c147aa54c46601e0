//! Counter-based randomness: the n-th draw of stream (seed, lane, index) needs no earlier draw.
//!
//! SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; the constants are Stafford's variant 13) over a state made of
//! the three numbers. A generator library would have to be reseeded per row, which costs more than the row.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A bijection of the 64-bit integers that leaves no visible structure.
pub(super) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a stream is drawn for; two lanes never share draws.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(super) enum Lane {
    EventId = 1,
    Block,
    Session,
    Row,
    Defect,
    Customer,
    Product,
    Delivery,
}

/// One stream of draws.
pub(super) struct Stream(u64);

impl Stream {
    pub(super) const fn new(seed: u64, lane: Lane, index: u64) -> Self {
        Self(mix(mix(
            seed.wrapping_add((lane as u64).wrapping_mul(GOLDEN))
        ) ^ index.wrapping_mul(GOLDEN)))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in [0, 1), 53 bits.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in 0..n; `n` must be positive. The bias is below n ÷ 2⁶⁴.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }
}

/// The index chosen by a uniform draw in [0, 1) among cumulative weights that end at 1.
pub(super) fn pick(cumulative: &[f64], u: f64) -> usize {
    cumulative
        .iter()
        .position(|c| u < *c)
        .unwrap_or(cumulative.len() - 1)
}
