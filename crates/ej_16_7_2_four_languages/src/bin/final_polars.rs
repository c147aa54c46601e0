//! final-polars

fn main() {}
