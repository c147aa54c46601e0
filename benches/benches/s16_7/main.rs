//! Section 16.7: what its exercises claim about speed, measured.

mod native;

use criterion::{criterion_group, criterion_main};

criterion_group!(section, native::bench);
criterion_main!(section);
