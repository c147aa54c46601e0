use std::num::NonZero;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::calendar::{days, year_and_day};
use super::checksum::sum;
use super::chunk::{read, read_lines};
use super::digits::{NOT_A_DIGIT, amount, field, last, not_digits, number, sign_byte, signed};
use super::reader::{read_in_chunks, total_in_chunks};
use super::*;
use crate::sharing::Execution;

fn on(threads: usize) -> Execution<'static> {
    Execution::default().with_threads(NonZero::new(threads).unwrap())
}

/// The lines between header and closing record, each with its end.
fn body(file: &[u8]) -> &[u8] {
    let from = file.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let to = file[..file.len() - 1]
        .iter()
        .rposition(|&byte| byte == b'\n')
        .unwrap()
        + 1;
    &file[from..to]
}

#[test]
fn el_bucle_rapido_y_la_especificacion_leen_lo_mismo() {
    let file = Generator {
        seed: 3,
        movements: 500,
    }
    .bytes()
    .unwrap();
    let fast = read(body(&file));
    assert_eq!(fast.error, None);
    assert_eq!(fast.batch.movements.numero.len(), 500);
    assert!(fast.batch.notes.numero.len() > 5);
    assert_eq!(fast, read_lines::<false>(body(&file)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn tambien_de_lineas_estropeadas(
        seed in 0u64..50,
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<u8>(),
            prop::sample::select(b"\xA6\\\n0{}AJZNMC \x7F\x80\xA0\xFF".to_vec()),
        ]), 0..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..2),
    ) {
        let file = Generator { seed, movements: 6 }.bytes().unwrap();
        let mut lines = body(&file).to_vec();
        for (at, byte) in changes {
            let at = at.index(lines.len());
            lines[at] = byte;
        }
        for at in cuts {
            let at = at.index(lines.len());
            lines.remove(at);
        }
        if lines.last() != Some(&b'\n') {
            lines.push(b'\n');
        }
        prop_assert_eq!(read(&lines), read_lines::<false>(&lines));
    }

    #[test]
    fn con_cualquier_corte_y_cualquier_numero_de_hilos_sale_lo_mismo(
        seed in 0u64..20,
        change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        removed in prop::option::of((0usize..30, 0usize..3)),
        chunk in 30usize..3_000,
        threads in 1usize..4,
    ) {
        let mut file = Generator { seed, movements: 20 }.bytes().unwrap();
        if let Some((at, byte)) = change {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some((from, count)) = removed {
            let lines: Vec<&[u8]> = file.split_inclusive(|&byte| byte == b'\n').collect();
            let kept = lines.iter().enumerate().filter(|(at, _)| !(from..from + count).contains(at));
            file = kept.flat_map(|(_, line)| line.to_vec()).collect();
        }
        let whole = read_extract(&file, on(1));
        let cut = read_in_chunks(&file, on(threads), chunk);
        let streamed = total_in_chunks(file.as_slice(), on(threads), chunk);
        match whole {
            Ok(whole) => {
                let (cut, streamed) = (cut.unwrap(), streamed.unwrap());
                prop_assert_eq!(cut.closing, whole.closing);
                prop_assert_eq!(streamed.closing, whole.closing);
                prop_assert_eq!(streamed.bytes, file.len() as u64);
                let numbers = |batches: &[Batch]| batches.iter().flat_map(|batch| batch.movements.numero.clone()).collect::<Vec<_>>();
                prop_assert_eq!(numbers(&cut.batches), numbers(&whole.batches));
            }
            Err(error) => {
                prop_assert_eq!(cut.unwrap_err().to_string(), error.to_string());
                prop_assert_eq!(streamed.unwrap_err().to_string(), error.to_string());
            }
        }
    }

    #[test]
    fn ocho_digitos_de_una_vez_son_los_de_uno_en_uno(bytes: [u8; 8], digits in "[0-9]{8}") {
        let word = u64::from_le_bytes(bytes);
        prop_assert_eq!(not_digits(word) & NOT_A_DIGIT == 0, bytes.iter().all(u8::is_ascii_digit));
        let digits: [u8; 8] = digits.into_bytes().try_into().unwrap();
        let word = u64::from_le_bytes(digits);
        prop_assert_eq!(not_digits(word) & NOT_A_DIGIT, 0);
        prop_assert_eq!(number(word), field(&digits).unwrap());
        for count in 1..=7u32 {
            let from = 8 - count as usize;
            prop_assert_eq!(number(last(&digits, 8, count)), field(&digits[from..]).unwrap());
        }
    }

    #[test]
    fn un_importe_con_signo_vuelve_igual(cents in -99_999_999_999i64..=99_999_999_999) {
        let mut bytes = format!("{:011}", cents.unsigned_abs()).into_bytes();
        bytes[10] = sign_byte(cents);
        prop_assert_eq!(amount(&bytes).unwrap(), cents);
        let (word, minus, bad) = signed(u64::from_le_bytes(bytes[3..].try_into().unwrap()));
        prop_assert!(!bad && minus == (cents < 0));
        prop_assert_eq!(number(word), cents.unsigned_abs() % 100_000_000);
    }

    #[test]
    fn la_suma_de_bytes_es_la_de_sumarlos(bytes in prop::collection::vec(any::<u8>(), 0..5_000)) {
        prop_assert_eq!(sum(&bytes), bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>());
    }
}

#[test]
fn la_suma_de_bytes_no_se_desborda_con_los_mayores() {
    let bytes = vec![0xFF; 100_003];
    assert_eq!(sum(&bytes), 255 * 100_003);
}

#[test]
fn los_dias_son_los_del_calendario_gregoriano() {
    assert_eq!(days(1970, 1), Some(0));
    assert_eq!(days(2024, 15), Some(19_737));
    assert_eq!(days(1, 1), Some(-719_162));
    assert_eq!(days(9999, 365), Some(2_932_896));
    assert_eq!(days(2024, 366), Some(20_088));
    for (year, day) in [(2023, 366), (1900, 366), (2000, 367), (0, 1), (2024, 0)] {
        assert_eq!(days(year, day), None, "{year} {day}");
    }
    assert_eq!(days(2000, 366), Some(11_322));
    for expected in (-719_162..=2_932_896).step_by(37) {
        let (year, day) = year_and_day(expected).unwrap();
        assert_eq!(days(year, day), Some(expected));
    }
    assert_eq!(
        (year_and_day(-719_163), year_and_day(2_932_897)),
        (None, None)
    );
    assert_eq!(
        (year_and_day(i32::MIN), year_and_day(i32::MAX)),
        (None, None)
    );
}

#[test]
fn quien_llama_puede_interrumpir_la_lectura() {
    let file = Generator {
        seed: 1,
        movements: 10,
    }
    .bytes()
    .unwrap();
    let stop = AtomicBool::new(true);
    let stopped = read_extract(&file, Execution::default().until(&stop));
    assert!(matches!(stopped, Err(MayorError::Interrupted)));
}
