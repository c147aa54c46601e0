//! El clúster de `ecommerce_cluster` con las funciones de este ejercicio, y `medir`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "medir") {
        return ej_16_4_4_ballista::measure(arguments.into_iter().skip(1).collect());
    }
    ecommerce_cluster::main_with(ej_16_4_4_ballista::functions())
}
