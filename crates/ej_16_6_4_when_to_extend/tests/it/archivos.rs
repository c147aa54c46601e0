//! What is written is what is read, and nothing else is.

use std::num::NonZero;

use ej_16_6_4_when_to_extend::{
    Execution, Extract, Generator, Header, MayorError, Movement, NO_DATE, Reason, Writer,
    read_extract, totals,
};
use proptest::prelude::*;

fn on(threads: usize) -> Execution<'static> {
    Execution::default().with_threads(NonZero::new(threads).unwrap())
}

/// Text of the format, escapes and letters beyond ASCII among it.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        6 => 0x20u8..=0x7E,
        2 => 0xA0u8..=0xFF,
        1 => Just(b'\\'),
        1 => Just(0xA6),
    ];
    prop::collection::vec(character, 0..=longest)
        .prop_map(|bytes| bytes.into_iter().map(char::from).collect())
}

fn day() -> impl Strategy<Value = i32> {
    prop_oneof![19_000..21_000, -719_162..=2_932_896]
}

fn movement() -> impl Strategy<Value = Movement> {
    (
        (day(), prop::option::of(day()), 0u64..1_000_000_000_000),
        (
            -99_999_999_999i64..=99_999_999_999,
            -9_999_999_999_999i64..=9_999_999_999_999,
            0u16..1000,
        ),
        (text(140), text(70)),
    )
        .prop_map(
            |((fecha, fecha_valor, cuenta), (importe, saldo, clave), (concepto, contrapartida))| {
                Movement {
                    fecha,
                    fecha_valor,
                    cuenta,
                    importe,
                    saldo,
                    clave,
                    concepto,
                    contrapartida,
                }
            },
        )
}

/// What a file holds, each with its number.
type Numbered<T> = Vec<(u64, T)>;
type Rows = Vec<(Movement, Vec<String>)>;

fn rows() -> impl Strategy<Value = Rows> {
    prop::collection::vec((movement(), prop::collection::vec(text(200), 0..3)), 0..12)
}

fn header() -> impl Strategy<Value = Header> {
    (day(), 1u64..9_000_000_000, "[A-Z]{3}", text(70)).prop_map(
        |(fecha, primer_numero, moneda, origen)| Header {
            fecha,
            primer_numero,
            moneda,
            origen,
        },
    )
}

fn written(header: &Header, rows: &Rows) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    for (movement, notes) in rows {
        writer.movement(movement).unwrap();
        for note in notes {
            writer.note(note).unwrap();
        }
    }
    writer.finish().unwrap().1
}

/// The movements of an extract, put together from its columns, with their numbers; and its notes.
fn read_back(extract: &Extract) -> (Numbered<Movement>, Numbered<String>) {
    let (mut movements, mut notes) = (Vec::new(), Vec::new());
    for batch in &extract.batches {
        let columns = &batch.movements;
        for row in 0..columns.numero.len() {
            let movement = Movement {
                fecha: columns.fecha[row],
                fecha_valor: Some(columns.fecha_valor[row]).filter(|&day| day != NO_DATE),
                cuenta: columns.cuenta[row] as u64,
                importe: columns.importe[row],
                saldo: columns.saldo[row],
                clave: columns.clave[row] as u16,
                concepto: columns.concepto.get(row).unwrap().to_owned(),
                contrapartida: columns.contrapartida.get(row).unwrap().to_owned(),
            };
            movements.push((columns.numero[row] as u64, movement));
        }
        for row in 0..batch.notes.numero.len() {
            notes.push((
                batch.notes.numero[row] as u64,
                batch.notes.texto.get(row).unwrap().to_owned(),
            ));
        }
    }
    (movements, notes)
}

proptest! {
    #[test]
    fn lo_que_se_escribe_se_lee_igual(header in header(), rows in rows(), threads in 1usize..3) {
        let file = written(&header, &rows);
        let extract = read_extract(&file, on(threads)).unwrap();
        prop_assert_eq!(&extract.header, &header);
        let (movements, notes) = read_back(&extract);
        let expected: Vec<_> = (header.primer_numero..).zip(rows.iter().map(|(movement, _)| movement.clone())).collect();
        prop_assert_eq!(movements, expected);
        let expected: Vec<_> = (header.primer_numero..)
            .zip(&rows)
            .flat_map(|(number, (_, notes))| notes.iter().map(move |note| (number, note.clone())))
            .collect();
        prop_assert_eq!(notes, expected);
        prop_assert_eq!(totals(file.as_slice(), on(threads)).unwrap().closing, extract.closing);
    }

    #[test]
    fn bytes_al_azar_son_un_error_y_no_un_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(matches!(read_extract(&bytes, on(1)), Err(MayorError::Format(_))));
        prop_assert!(matches!(totals(bytes.as_slice(), on(2)), Err(MayorError::Format(_))));
    }
}

#[test]
fn un_solo_byte_cambiado_en_cualquier_sitio_es_un_error() {
    let file = Generator {
        seed: 5,
        movements: 8,
    }
    .bytes()
    .unwrap();
    read_extract(&file, on(1)).unwrap();
    for at in 0..file.len() {
        for change in [0x01, 0x20, 0x80] {
            let mut damaged = file.clone();
            damaged[at] ^= change;
            assert!(
                matches!(read_extract(&damaged, on(1)), Err(MayorError::Format(_))),
                "byte {at} ^ {change:#x}"
            );
        }
    }
}

#[test]
fn cortado_en_cualquier_sitio_es_un_error() {
    let file = Generator {
        seed: 6,
        movements: 8,
    }
    .bytes()
    .unwrap();
    for end in 0..file.len() {
        assert!(
            matches!(
                read_extract(&file[..end], on(1)),
                Err(MayorError::Format(_))
            ),
            "{end} bytes"
        );
    }
}

#[test]
fn una_linea_de_mas_de_menos_o_cambiada_de_sitio_es_un_error() {
    let file = Generator {
        seed: 7,
        movements: 12,
    }
    .bytes()
    .unwrap();
    let lines: Vec<&[u8]> = file.split_inclusive(|&byte| byte == b'\n').collect();
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert!(
            read_extract(&without.concat(), on(1)).is_err(),
            "sin la línea {}",
            at + 1
        );
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(
            read_extract(&twice.concat(), on(1)).is_err(),
            "la línea {} dos veces",
            at + 1
        );
        if at > 0 && lines[at] != lines[at - 1] {
            let mut swapped = lines.clone();
            swapped.swap(at - 1, at);
            assert!(
                read_extract(&swapped.concat(), on(1)).is_err(),
                "las líneas {at} y {}",
                at + 1
            );
        }
    }
}

#[test]
fn el_generador_da_siempre_los_mismos_bytes() {
    let file = Generator {
        seed: 1,
        movements: 2,
    }
    .bytes()
    .unwrap();
    let lines: Vec<String> = file
        .split(|&byte| byte == b'\n')
        .map(|line| line.iter().copied().map(char::from).collect())
        .collect();
    assert_eq!(
        lines[0],
        "C¦MAYOR¦03¦2024015¦0000000001¦EUR¦CENTRAL DE PROCESO, ESPAÑA"
    );
    assert!(
        lines[1].starts_with("M¦0000000001¦2024015¦"),
        "{}",
        lines[1]
    );
    assert_eq!(
        file,
        Generator {
            seed: 1,
            movements: 2
        }
        .bytes()
        .unwrap()
    );
    assert_ne!(
        file,
        Generator {
            seed: 2,
            movements: 2
        }
        .bytes()
        .unwrap()
    );
    let empty = Generator {
        seed: 1,
        movements: 0,
    }
    .bytes()
    .unwrap();
    assert_eq!(read_extract(&empty, on(2)).unwrap().closing.movimientos, 0);
}

#[test]
fn lo_que_el_formato_no_puede_guardar_no_se_escribe() {
    let header = Header {
        fecha: 0,
        primer_numero: 1,
        moneda: "EUR".to_owned(),
        origen: String::new(),
    };
    let good = Movement {
        fecha: 0,
        fecha_valor: None,
        cuenta: 1,
        importe: 1,
        saldo: 1,
        clave: 1,
        concepto: String::new(),
        contrapartida: String::new(),
    };
    let mut writer = Writer::new(Vec::new(), &header).unwrap();
    assert_eq!(
        writer.note("antes de tiempo").unwrap_err().to_string(),
        "línea 2, campo «número»: una nota sin movimiento delante"
    );
    let bad: [(Movement, &str); 6] = [
        (
            Movement {
                importe: 100_000_000_000,
                ..good.clone()
            },
            "línea 2, campo «importe»: 100000000000 no cabe",
        ),
        (
            Movement {
                saldo: i64::MIN,
                ..good.clone()
            },
            "línea 2, campo «saldo»: -9223372036854775808 no cabe",
        ),
        (
            Movement {
                clave: 1000,
                ..good.clone()
            },
            "línea 2, campo «clave»: 1000 no cabe",
        ),
        (
            Movement {
                fecha: i32::MAX,
                ..good.clone()
            },
            "línea 2, campo «fecha»: 2147483647 no cabe",
        ),
        (
            Movement {
                concepto: "5 €".to_owned(),
                ..good.clone()
            },
            "línea 2, campo «concepto»: '€' no se puede escribir en Latin-1",
        ),
        (
            Movement {
                contrapartida: "x".repeat(71),
                ..good.clone()
            },
            "línea 2, campo «contrapartida»: pasa de 70 caracteres",
        ),
    ];
    for (movement, expected) in bad {
        assert_eq!(
            writer.movement(&movement).unwrap_err().to_string(),
            expected
        );
    }
    writer.movement(&good).unwrap();
    let (_, file) = writer.finish().unwrap();
    assert_eq!(
        read_back(&read_extract(&file, on(1)).unwrap()).0,
        [(1, good)]
    );
    let lower = Header {
        moneda: "eur".to_owned(),
        ..header
    };
    let error = Writer::new(Vec::new(), &lower).unwrap_err();
    assert!(matches!(error, MayorError::Format(error) if error.reason == Reason::Currency));
}
