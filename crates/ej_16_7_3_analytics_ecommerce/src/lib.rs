#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod args;
mod commands;
pub mod informe;
mod messages;
mod output;
mod progress;

pub use args::Args;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments, the first of which is its name, and gives its exit code.
///
/// Everything it says goes to standard output (results) and standard error (progress, errors).
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A library's panic is reported as one line like any other failure; its own text would only alarm.
    std::panic::set_hook(Box::new(|_| {}));
    exit_with_6_on_abort();
    let args = match ecommerce_cli::parse::<Args>(arguments) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let say = output::Say::new(&args.comunes);
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| commands::run(args, &say)));
    match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(e)) => say.error(&e),
        // Libraries also panic where memory is refused: then that is what ran out.
        Err(_) => match ecommerce_pipeline::MemoryGuard::of_this_process().check() {
            Err(e) => say.error(&e.into()),
            Ok(()) => say.error(&anyhow::anyhow!(
                "fallo interno inesperado; las tablas no quedaron a medias"
            )),
        },
    }
}

/// An allocation that the system refuses aborts a Rust program. Under a limit the pipeline stops before that, but it
/// cannot foresee every allocation of every engine; then the exit code still says what ran out.
fn exit_with_6_on_abort() {
    use signal_hook::{consts::SIGABRT, flag::register_conditional_shutdown};
    let always = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let code = ecommerce_pipeline::ErrorClass::Resource.exit_code();
    // Without the handler an abort is what it always was.
    let _ = register_conditional_shutdown(SIGABRT, code.into(), always);
}
