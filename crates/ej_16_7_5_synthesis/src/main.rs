//! sintesis

fn main() {}
