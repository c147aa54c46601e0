//! `ecommerce-cluster`: a cluster without functions of its own. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use ecommerce_cluster::{Functions, main_with};

fn main() -> ExitCode {
    main_with(Functions::default())
}
