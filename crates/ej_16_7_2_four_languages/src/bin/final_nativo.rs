//! final-nativo

fn main() {}
