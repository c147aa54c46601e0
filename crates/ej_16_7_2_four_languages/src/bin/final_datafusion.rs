//! final-datafusion

fn main() {}
