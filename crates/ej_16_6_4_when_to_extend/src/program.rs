//! The orders of the program: `generar` and `leer`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, Args, Parser, Subcommand};
use ej_16_6_4_when_to_extend::{Execution, Generator, MayorError, Totals, totals};

const TEMPLATE: &str = "{about}\n\nUso: {usage}\n\n{all-args}{after-help}";

const AFTER: &str = "\
Ejemplos:
  ej_16_6_4_when_to_extend generar --movimientos 1000000 enero.may
  ej_16_6_4_when_to_extend leer enero.may
  ej_16_6_4_when_to_extend leer --hilos 1 enero.may
  zstdcat enero.may.zst | ej_16_6_4_when_to_extend leer -

Códigos de salida: 0 hecho · 2 uso · 3 el archivo no es MAYOR-3, está dañado o cortado · 5 no se puede leer o escribir";

/// The file is not what its specification says.
const REJECTED: u8 = 3;
/// The file cannot be read or written.
const STORAGE: u8 = 5;

/// Escribe y lee archivos MAYOR-3, el formato heredado del ejercicio 16.6.4
#[derive(Parser, Debug)]
#[command(
    name = "ej_16_6_4_when_to_extend",
    version,
    help_template = TEMPLATE,
    after_help = AFTER,
    override_usage = "ej_16_6_4_when_to_extend <ORDEN> [OPCIONES] <ARCHIVO>",
    subcommand_help_heading = "Órdenes",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    next_help_heading = "Opciones"
)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
    #[command(flatten)]
    about: About,
}

/// What clap adds by itself, in Spanish.
#[derive(Args, Debug)]
struct About {
    /// Muestra esta ayuda
    #[arg(short = 'h', long = "help", visible_alias = "ayuda", action = ArgAction::Help, global = true)]
    help: Option<bool>,
    /// Muestra la versión
    #[arg(short = 'V', long = "version", action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Subcommand, Debug)]
enum Order {
    /// Escribe un archivo inventado, que depende solo de la semilla y de cuántos movimientos tiene
    #[command(help_template = TEMPLATE, next_help_heading = "Opciones")]
    Generar(GenerateArguments),
    /// Lee un archivo entero y dice lo que suma, o qué línea y qué campo están mal
    #[command(help_template = TEMPLATE, next_help_heading = "Opciones")]
    Leer(ReadArguments),
}

#[derive(Args, Debug)]
struct GenerateArguments {
    /// Cuántos movimientos
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=9_999_999_999))]
    movimientos: u64,
    /// Otra semilla, otro archivo
    #[arg(long, value_name = "N", default_value_t = 1)]
    semilla: u64,
    /// El archivo que se escribe, que no puede existir
    #[arg(value_name = "ARCHIVO")]
    archivo: PathBuf,
}

#[derive(Args, Debug)]
struct ReadArguments {
    /// Hilos que leen; todos los núcleos si falta
    #[arg(long, value_name = "N")]
    hilos: Option<NonZero<usize>>,
    /// El archivo, o - por la entrada estándar
    #[arg(value_name = "ARCHIVO")]
    archivo: PathBuf,
}

/// Does what the arguments ask for and returns the exit code.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let done = match &arguments.order {
        Order::Generar(order) => generate(order),
        Order::Leer(order) => read(order),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((path, error)) => {
            // On a closed pipe the exit code says it alone.
            let _ = writeln!(io::stderr(), "error: {}: {error}", path.display());
            ExitCode::from(match error {
                MayorError::Format(_) => REJECTED,
                _ => STORAGE,
            })
        }
    }
}

type Failed<'a> = (&'a Path, MayorError);

fn generate(order: &GenerateArguments) -> Result<(), Failed<'_>> {
    let path = order.archivo.as_path();
    let at_path = |error: MayorError| (path, error);
    let file = File::create_new(path).map_err(|error| at_path(error.into()))?;
    let generator = Generator {
        seed: order.semilla,
        movements: order.movimientos,
    };
    let close = generator
        .write(BufWriter::with_capacity(1 << 20, file))
        .map_err(at_path)?;
    say(&format!(
        "{} movimientos y {} notas en {}\n",
        close.movimientos,
        close.notas,
        path.display()
    ));
    Ok(())
}

fn read(order: &ReadArguments) -> Result<(), Failed<'_>> {
    let path = order.archivo.as_path();
    let at_path = |error: MayorError| (path, error);
    let mut execution = Execution::default();
    if let Some(threads) = order.hilos {
        execution = execution.with_threads(threads);
    }
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| at_path(error.into()))?)
    };
    let totals = totals(input, execution).map_err(at_path)?;
    say(&summary(&totals));
    Ok(())
}

fn summary(totals: &Totals) -> String {
    let (header, close) = (&totals.header, &totals.closing);
    let sign = if close.importe_total < 0 { "-" } else { "" };
    let cents = close.importe_total.unsigned_abs();
    format!(
        "origen         {}\nmovimientos    {}\nnotas          {}\nimporte total  {sign}{},{:02} {}\nlíneas         {}\nbytes          {}\n",
        header.origen,
        close.movimientos,
        close.notas,
        cents / 100,
        cents % 100,
        header.moneda,
        totals.lines,
        totals.bytes
    )
}

fn say(text: &str) {
    // A closed pipe wants no more text.
    let _ = io::stdout().write_all(text.as_bytes());
}
