//! Section 16.3: what its exercises claim about speed, measured.
fn main() {}
