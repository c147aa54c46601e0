#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod args;
mod failure;
mod frame;
mod input;
mod nearest;
mod output;
mod parameters;
mod pipeline;
mod problem;
mod progress;
mod run;
mod s3;
mod sql;
mod steps;
mod summary;
mod types;
mod yaml;

pub use input::{CsvFault, Dialect, check_lines};
pub use parameters::Value;
pub use problem::{Class, Place, Problem};
pub use steps::hash_of;
pub use yaml::Tuberia;

use args::{Args, Order, RunArgs};
use run::{Outcome, Shared, Stage};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Runs the program with these arguments, the first of which is its name, and gives its exit code.
///
/// Results go to standard output (a plan, a schema, a summary in JSON); progress, the summary and errors to standard error.
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // What a library prints when it panics or warns would only alarm: what went wrong is told in one line, by us.
    std::panic::set_hook(Box::new(|_| {}));
    polars::error::set_warning_function(|_, _| {});
    exit_with_6_on_abort();
    let_writes_fail();
    let args = match ecommerce_cli::parse::<Args>(arguments) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if matches!(args.order, Some(Order::Esquema)) {
        return print(&json_schema());
    }
    if args.run.tuberia.is_none() {
        eprintln!("error: falta la tubería: transforma tuberia.yaml (ver --help)");
        return ExitCode::from(Class::Usage.code());
    }
    match supervised(args.run.clone()) {
        Ok(Outcome::Plan(plan)) => print(&plan),
        Ok(Outcome::Checked(summary)) => {
            tell_warnings(&args.run, &summary);
            if args.run.json {
                print(&summary.json())
            } else if args.run.silencioso {
                ExitCode::SUCCESS
            } else {
                print(summary.columns().trim_end())
            }
        }
        Ok(Outcome::Done(summary)) => {
            tell_warnings(&args.run, &summary);
            if args.run.json {
                return print(&summary.json());
            }
            if !args.run.silencioso {
                eprintln!("{}", summary.line());
            }
            ExitCode::SUCCESS
        }
        Err(problem) => {
            let line = s3::without_secrets(&problem.to_string());
            if args.run.json {
                let told = serde_json::json!({ "error": line, "codigo": problem.class().code() });
                print(&told.to_string());
            }
            eprintln!("error: {line}");
            ExitCode::from(problem.class().code())
        }
    }
}

fn tell_warnings(args: &RunArgs, summary: &summary::Summary) {
    if !args.silencioso && !args.json {
        for warning in summary.warnings() {
            eprintln!("aviso: {warning}");
        }
    }
}

/// The JSON Schema of a pipeline, for editors: what `transforma esquema` prints.
#[must_use]
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Tuberia);
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

/// The work on a thread of its own, with a stack that nested expressions do not exhaust, while this one listens for Ctrl-C.
fn supervised(args: RunArgs) -> Result<Outcome, Problem> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Without the handler the signal ends the program as it always did; the output stays whole all the same.
        let _ = signal_hook::flag::register(signal, Arc::clone(&stop));
    }
    let stage = Shared::default();
    let theirs = Arc::clone(&stage);
    let (send, receive) = channel();
    let thread = std::thread::Builder::new()
        .name("transforma".into())
        .stack_size(64 << 20)
        .spawn(move || {
            let outcome = failure::guarded(|| Ok(run::run(&args, &theirs)));
            let outcome = outcome.unwrap_or_else(|_| {
                Err(Problem::new(
                    Class::Input,
                    "el motor se detuvo con unos datos que no esperaba; la salida queda como estaba",
                ))
            });
            // What was not published goes before anybody is told that it is over.
            drop(std::mem::take(&mut *run::lock(&theirs)));
            let _ = send.send(outcome);
        });
    if let Err(e) = thread {
        return Err(Problem::new(
            Class::Resource,
            format!("no se puede crear un hilo: {e}"),
        ));
    }
    loop {
        match receive.recv_timeout(Duration::from_millis(50)) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Problem::new(Class::Input, "fallo interno inesperado"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if stop.load(Ordering::Relaxed) {
            // Whoever publishes holds the lock: what is found here is before it or after it.
            let mut stage = run::lock(&stage);
            if !matches!(*stage, Stage::Published) {
                drop(std::mem::take(&mut *stage));
                eprintln!("error: {}", run::INTERRUPTED);
                std::process::exit(Class::Interrupted.code().into());
            }
        }
    }
}

/// An allocation that the system refuses aborts a Rust program; then the exit code still says what ran out.
fn exit_with_6_on_abort() {
    use signal_hook::{consts::SIGABRT, flag::register_conditional_shutdown};
    let always = Arc::new(AtomicBool::new(true));
    let _ = register_conditional_shutdown(SIGABRT, Class::Resource.code().into(), always);
}

/// A file that reaches its size limit is an error of the write, as a full disk is, and not a signal that ends the program.
fn let_writes_fail() {
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// `SIGXFSZ` on Linux, which signal-hook has no name for.
const SIGXFSZ: i32 = 25;

/// Prints to standard output; a reader that left early is not an error.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error: no se puede escribir en la salida estándar: {e}");
            ExitCode::from(Class::Storage.code())
        }
        _ => ExitCode::SUCCESS,
    }
}
