//! Seeded numbers: the same cases on every machine (splitmix64).

pub(crate) struct Azar(u64);

impl Azar {
    pub(crate) fn new(semilla: u64) -> Self {
        Self(semilla)
    }

    pub(crate) fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not 0.
    pub(crate) fn menor_que(&mut self, n: usize) -> usize {
        (self.u64() % n as u64) as usize
    }
}
