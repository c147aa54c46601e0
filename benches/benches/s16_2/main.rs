//! Section 16.2: what its exercises claim about speed, measured.

mod arrow_columns;
mod arrow_ipc;
mod parquet_files;
mod stores;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    section,
    arrow_columns::bench,
    parquet_files::bench,
    arrow_ipc::bench,
    stores::bench
);
criterion_main!(section);
