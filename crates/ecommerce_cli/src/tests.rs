use super::{spanish, usage_error};
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Cuenta cosas
#[derive(Debug, Parser)]
#[command(
    name = "cuenta",
    version = "1.2.3",
    after_help = "Ejemplos:\n  cuenta sumar a.csv"
)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
    /// Dice más
    #[arg(short, long, global = true)]
    verboso: bool,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Suma un archivo
    Sumar {
        /// El archivo
        archivo: PathBuf,
        /// Cuántas veces
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
        veces: u16,
        /// Cómo
        #[arg(long, value_enum, default_value_t = Form::Lenta, conflicts_with = "deprisa")]
        forma: Form,
        /// Sin mirar
        #[arg(long)]
        deprisa: bool,
        /// Cuánto
        #[arg(long, default_value_t = 0.5, hide_default_value = true)]
        parte: f64,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Lenta,
    Rapida,
}

fn refused(line: &str) -> clap::Error {
    spanish(Arguments::command())
        .try_get_matches_from(line.split_whitespace())
        .expect_err(line)
}

fn error(line: &str) -> String {
    usage_error(&refused(line)).expect(line)
}

#[test]
fn help_is_spanish_at_both_levels() {
    assert_eq!(
        refused("cuenta --help").to_string(),
        "\
Cuenta cosas

Uso: cuenta [OPCIONES] <ORDEN>

Órdenes:
  sumar  Suma un archivo

Opciones:
  -v, --verboso  Dice más
  -h, --help     Muestra esta ayuda
  -V, --version  Muestra la versión

Ejemplos:
  cuenta sumar a.csv
"
    );
    assert_eq!(
        refused("cuenta sumar --ayuda").to_string(),
        "\
Suma un archivo

Uso: cuenta sumar [OPCIONES] <ARCHIVO>

Argumentos:
  <ARCHIVO>  El archivo

Opciones:
      --veces <N>      Cuántas veces [por omisión: 3]
      --forma <FORMA>  Cómo [valores: lenta, rapida; por omisión: lenta]
  -v, --verboso        Dice más
      --deprisa        Sin mirar
      --parte <PARTE>  Cuánto
  -h, --help           Muestra esta ayuda
"
    );
    assert_eq!(refused("cuenta --version").to_string(), "cuenta 1.2.3\n");
}

#[test]
fn every_refusal_is_one_spanish_line_without_the_value() {
    for (line, said) in [
        ("cuenta sumar", "falta <ARCHIVO>"),
        ("cuenta dividir", "la orden 'dividir' no existe"),
        (
            "cuenta suma a",
            "la orden 'suma' no existe; ¿quería decir 'sumar'?",
        ),
        (
            "cuenta sumar a --vezes 2",
            "la opción '--vezes' no existe; ¿quería decir '--veces'?",
        ),
        ("cuenta sumar a b", "la opción 'b' no existe"),
        ("cuenta sumar a --veces", "falta el valor de --veces <N>"),
        (
            "cuenta sumar a --veces 65",
            "valor no válido en --veces <N>: se espera un número entero en 1..=64",
        ),
        (
            "cuenta sumar a --veces muchas",
            "valor no válido en --veces <N>: no es un número entero",
        ),
        (
            "cuenta sumar a --veces 99999999999999999999",
            "valor no válido en --veces <N>: el número no cabe",
        ),
        (
            "cuenta sumar a --parte media",
            "valor no válido en --parte <PARTE>: no es un número",
        ),
        (
            "cuenta sumar a --forma secreta",
            "valor no admitido en --forma <FORMA>: se espera lenta, rapida",
        ),
        (
            "cuenta sumar a --forma lenta --deprisa",
            "--forma <FORMA> no se puede combinar con --deprisa",
        ),
        (
            "cuenta sumar a --deprisa=sí",
            "--deprisa no lleva tantos valores, o lleva más",
        ),
    ] {
        assert_eq!(error(line), said, "{line}");
    }
}

#[test]
fn help_and_version_are_no_errors_and_a_missing_order_shows_the_help() {
    for (line, on_stderr) in [("cuenta -h", false), ("cuenta -V", false), ("cuenta", true)] {
        let shown = refused(line);
        assert_eq!(
            (usage_error(&shown), shown.use_stderr()),
            (None, on_stderr),
            "{line}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_said() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = std::ffi::OsString::from_vec(vec![0xff]);
    let refused = spanish(Arguments::command())
        .try_get_matches_from([
            "cuenta".into(),
            "sumar".into(),
            "a".into(),
            "--parte".into(),
            odd,
        ])
        .expect_err("no text");
    assert_eq!(
        usage_error(&refused).as_deref(),
        Some("un argumento no es texto UTF-8")
    );
}
