//! decide

fn main() {}
