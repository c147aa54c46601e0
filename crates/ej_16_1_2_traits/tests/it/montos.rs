//! `parsear_monto`: every case with its exact value or its exact error.

use ecommerce_testkit::alloc::{self, Allocations};
use ej_16_1_2_traits::{MontoError, Reason, parsear_monto};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Reason and column of the error.
fn error(text: &str) -> (Reason, usize) {
    let error: MontoError = parsear_monto(text).unwrap_err();
    (error.reason(), error.column())
}

#[test]
fn los_dos_ejemplos_de_la_guia() {
    assert_eq!(parsear_monto("150.5"), Ok(150.5));
    assert_eq!(error("abc"), (Reason::Unexpected('a'), 1));
}

#[test]
fn un_texto_vacio_o_en_blanco_se_dice() {
    assert_eq!(error(""), (Reason::Empty, 1));
    for blank in [" ", "   ", "\t", "\r\n", "\u{a0}", "\u{3000}"] {
        assert_eq!(error(blank), (Reason::Blank, 1), "{blank:?}");
    }
}

#[test]
fn los_blancos_alrededor_o_en_medio_no_se_recortan() {
    assert_eq!(error(" 150.5"), (Reason::Unexpected(' '), 1));
    assert_eq!(error("150.5 "), (Reason::Unexpected(' '), 6));
    assert_eq!(error("150.5\n"), (Reason::Unexpected('\n'), 6));
    assert_eq!(error("1 234"), (Reason::Unexpected(' '), 2));
    assert_eq!(error("1\u{202f}234"), (Reason::Unexpected('\u{202f}'), 2));
    assert_eq!(error("- 5"), (Reason::Unexpected(' '), 2));
}

#[test]
fn las_palabras_que_f64_acepta_no_son_montos() {
    for (text, column) in [("NaN", 1), ("nan", 1), ("NAN", 1), ("-nan", 2), ("+NaN", 2)] {
        assert_eq!(error(text), (Reason::NaN, column), "{text}");
    }
    for (text, column) in [("inf", 1), ("Infinity", 1), ("-inf", 2), ("+INFINITY", 2)] {
        assert_eq!(error(text), (Reason::Infinite, column), "{text}");
    }
    assert_eq!(error("infx"), (Reason::Unexpected('i'), 1));
    assert_eq!(error("nanosegundos"), (Reason::Unexpected('n'), 1));
}

/// The guide's body, which takes all of these for numbers.
#[test]
fn la_version_de_la_guia_acepta_nan_inf_y_1e400() {
    fn de_la_guia(s: &str) -> Result<f64, String> {
        s.parse::<f64>()
            .map_err(|e| format!("No es un número: {}", e))
    }
    assert!(de_la_guia("NaN").unwrap().is_nan());
    assert_eq!(de_la_guia("inf"), Ok(f64::INFINITY));
    assert_eq!(de_la_guia("1e400"), Ok(f64::INFINITY));
    assert_eq!(
        de_la_guia("abc").unwrap_err(),
        "No es un número: invalid float literal"
    );
}

#[test]
fn lo_que_no_cabe_en_f64_es_demasiado_grande_y_lo_diminuto_es_cero() {
    assert_eq!(error("1e400"), (Reason::TooLarge, 1));
    assert_eq!(error("-1e400"), (Reason::TooLarge, 2));
    assert_eq!(error(&"9".repeat(400)), (Reason::TooLarge, 1));
    assert_eq!(parsear_monto("1.7976931348623157e308"), Ok(f64::MAX));
    assert_eq!(parsear_monto("1e-400"), Ok(0.0));
}

#[test]
fn las_convenciones_locales_senalan_el_caracter_que_sobra() {
    assert_eq!(error("1.234,56"), (Reason::Unexpected(','), 6));
    assert_eq!(error("1,234.56"), (Reason::Unexpected(','), 2));
    assert_eq!(error("1.234.567"), (Reason::Unexpected('.'), 6));
    assert_eq!(error("1'234.56"), (Reason::Unexpected('\''), 2));
    assert_eq!(error("1_000"), (Reason::Unexpected('_'), 2));
    assert_eq!(error("150,5 €"), (Reason::Unexpected(','), 4));
    assert_eq!(error("150.5€"), (Reason::Unexpected('€'), 6));
    assert_eq!(error("$150"), (Reason::Unexpected('$'), 1));
    assert_eq!(error("(150)"), (Reason::Unexpected('('), 1));
    assert_eq!(error("\u{2212}150"), (Reason::Unexpected('\u{2212}'), 1)); // a typographic minus
    assert_eq!(error("\u{feff}150"), (Reason::Unexpected('\u{feff}'), 1)); // a byte-order mark
    assert_eq!(error("1\0"), (Reason::Unexpected('\0'), 2));
    assert_eq!(error("0x1F"), (Reason::Unexpected('x'), 2));
    assert_eq!(error("--5"), (Reason::Unexpected('-'), 2));
    assert_eq!(error("5%"), (Reason::Unexpected('%'), 2));
}

#[test]
fn los_digitos_de_otra_escritura_se_nombran() {
    assert_eq!(error("١٥٠"), (Reason::NonAsciiDigit('١'), 1)); // Arabic-Indic
    assert_eq!(error("15０"), (Reason::NonAsciiDigit('０'), 3)); // full width
    assert_eq!(error("१५०.५"), (Reason::NonAsciiDigit('१'), 1)); // Devanagari
    assert_eq!(error("1½"), (Reason::NonAsciiDigit('½'), 2));
    assert_eq!(error("10²"), (Reason::NonAsciiDigit('²'), 3));
}

#[test]
fn menos_cero_es_cero_sin_signo() {
    for zero in ["-0", "-0.0", "0", "+0", "-0e5", "-1e-400"] {
        assert_eq!(parsear_monto(zero).unwrap().to_bits(), 0, "{zero}");
    }
    assert!("-0".parse::<f64>().unwrap().is_sign_negative());
}

#[test]
fn un_numero_a_medias_dice_donde_falta_el_digito() {
    for (text, column) in [
        ("-", 2),
        ("+", 2),
        (".", 2),
        ("-.", 3),
        ("1e", 3),
        ("1e+", 4),
        ("1.e-", 5),
    ] {
        assert_eq!(error(text), (Reason::Incomplete, column), "{text}");
    }
    assert_eq!(error("e5"), (Reason::Unexpected('e'), 1));
    assert_eq!(error(".e5"), (Reason::Unexpected('e'), 2));
    assert_eq!(error("1e5.5"), (Reason::Unexpected('.'), 4));
    for (text, monto) in [
        ("1.", 1.0),
        (".5", 0.5),
        ("+1.5E+2", 150.0),
        ("007", 7.0),
        ("-3", -3.0),
    ] {
        assert_eq!(parsear_monto(text), Ok(monto), "{text}");
    }
}

#[test]
fn cada_error_se_lee_en_una_linea() {
    let told = |text: &str| parsear_monto(text).unwrap_err().to_string();
    assert_eq!(told(""), "column 1: there is no text");
    assert_eq!(told("  "), "column 1: there are only blanks");
    assert_eq!(
        told("abc"),
        "column 1: 'a' (U+0061) does not belong in a number"
    );
    assert_eq!(
        told("1\n"),
        "column 2: '\\n' (U+000A) does not belong in a number"
    );
    assert_eq!(
        told("٣"),
        "column 1: '٣' (U+0663) is not one of the digits 0 to 9"
    );
    assert_eq!(told("1e"), "column 3: a digit is missing at the end");
    assert_eq!(told("NaN"), "column 1: NaN is not an amount");
    assert_eq!(told("-inf"), "column 2: infinity is not an amount");
    assert_eq!(
        told("1e400"),
        "column 1: the number is larger than f64 can hold"
    );
}

/// Ten megabytes of nonsense make an error of a few bytes.
#[test]
fn un_campo_enorme_no_se_copia_en_el_error() {
    let long = "9".repeat(10 << 20) + "x";
    let (error, seen) = alloc::in_this_thread(|| parsear_monto(&long).unwrap_err());
    assert_eq!(
        (error.reason(), error.column()),
        (Reason::Unexpected('x'), (10 << 20) + 1)
    );
    assert_eq!(seen, Allocations::default());
    assert!(size_of::<MontoError>() <= 16);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: RngSeed::Fixed(1612), ..ProptestConfig::default() })]

    /// Accepted is exactly what f64 accepts and holds; and the place is right: before it stands the beginning of a number,
    /// and with the character it no longer does.
    #[test]
    fn acepta_lo_que_f64_menos_lo_no_finito_y_el_lugar_es_el_primero(
        text in prop_oneof!["[-+0-9.eE]{0,8}", "[-+]?[0-9]{0,3}[.,]?[0-9]{0,3}[a-z ٣]?", "(?i)[-+]?(nan|inf|infinity)?[0-9x]?", ".{0,12}"],
    ) {
        let std = text.parse::<f64>();
        match parsear_monto(&text) {
            Ok(monto) => prop_assert_eq!(std, Ok(monto)),
            Err(e) => {
                let begins = |prefix: &str| ["0", ".0"].iter().any(|rest| (prefix.to_owned() + rest).parse::<f64>().is_ok());
                let before: String = text.chars().take(e.column() - 1).collect();
                match e.reason() {
                    Reason::Empty => prop_assert_eq!(text, ""),
                    Reason::Blank => prop_assert!(text.trim().is_empty() && !text.is_empty()),
                    Reason::Incomplete => prop_assert!(std.is_err() && before == text && begins(&text)),
                    Reason::NaN => prop_assert!(std.unwrap().is_nan()),
                    Reason::Infinite | Reason::TooLarge => prop_assert!(std.unwrap().is_infinite()),
                    Reason::Unexpected(found) | Reason::NonAsciiDigit(found) => {
                        prop_assert!(std.is_err());
                        prop_assert_eq!(text.chars().nth(e.column() - 1), Some(found));
                        prop_assert!(begins(&before), "{before:?}");
                        prop_assert!(!begins(&format!("{before}{found}")), "{before:?} {found:?}");
                    }
                }
            }
        }
    }

    /// What Rust writes it reads back, bit for bit.
    #[test]
    fn lo_que_rust_escribe_se_lee_igual(monto in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
        prop_assert_eq!(parsear_monto(&monto.to_string()).unwrap().to_bits(), monto.to_bits());
        prop_assert_eq!(parsear_monto(&format!("{monto:e}")).unwrap().to_bits(), monto.to_bits());
    }
}
