//! `analytics-ecommerce`: the binary. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_7_3_analytics_ecommerce::main_with(std::env::args_os())
}
