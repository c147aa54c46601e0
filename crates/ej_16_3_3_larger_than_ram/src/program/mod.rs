//! The program, from its arguments to its exit code.

mod arguments;
mod chart;
mod curve;
mod failure;
mod fallbacks;
mod process;
mod watch;

use arguments::{Args, Order};
use ej_16_3_3_larger_than_ram::{Generation, Input, escribir_clientes, generar, procesar_grande};
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// Runs the program with these arguments, the first of which is its name.
pub(crate) fn main_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let panicked = quiet_panics();
    let order = match ecommerce_cli::parse::<Args>(arguments) {
        Ok(args) => args.orden,
        Err(code) => return code,
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(order)));
    let failure = match outcome {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(failure)) => failure,
        Err(_) => {
            let said = panicked.lock().map(|text| text.clone()).unwrap_or_default();
            Failure::panic(&said)
        }
    };
    eprintln!("error: {}", failure.line);
    ExitCode::from(failure.code)
}

/// A library's panic is reported as one line like any other failure; what it said is kept for that line.
fn quiet_panics() -> Arc<Mutex<String>> {
    let said = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&said);
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        if let Ok(mut heard) = heard.lock()
            && heard.is_empty()
        {
            text.clone_into(&mut heard);
        }
    }));
    said
}

fn run(order: Order) -> Result<(), Failure> {
    match order {
        Order::Generar(args) => {
            let what = Generation {
                rows: args.filas,
                width: args.ancho,
                rows_per_group: args.filas_por_grupo,
                seed: args.semilla,
            };
            generar(what, &args.salida)?;
            let written = Input::open(&args.salida)?;
            println!(
                "{}: {} filas en {} grupos, {} bytes; {} sin comprimir",
                args.salida.display(),
                written.rows,
                written.row_groups,
                written.file_bytes,
                written.decoded_bytes
            );
            if let Some(path) = args.clientes {
                let customers = escribir_clientes(what, &path)?;
                println!("{}: {customers} clientes", path.display());
            }
            Ok(())
        }
        Order::Guia(args) => {
            let (input, output) = (args.entrada, args.salida);
            Input::open(input.as_ref())?.has(&["region", "monto"])?;
            procesar_grande(&input, &output).map_err(|e| Failure::polars(&input, &e))?;
            println!("{output}: {} regiones", Input::open(output.as_ref())?.rows);
            Ok(())
        }
        Order::Procesar(args) => process::run(&args),
        Order::Curva(args) => curve::run(&args),
        Order::Retrocesos(args) => fallbacks::run(&args),
    }
}
