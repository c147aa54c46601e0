//! Section 16.6: what its exercises claim about speed, measured without Python. What Python adds is measured inside it: `crates/ej_16_6_*/python/medir.py`.

mod extensions;
mod percentile;

use criterion::{criterion_group, criterion_main};

criterion_group!(section, percentile::bench, extensions::bench);
criterion_main!(section);
