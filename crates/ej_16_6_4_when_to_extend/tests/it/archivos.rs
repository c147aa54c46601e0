//! What is written is what is read, and nothing else is.

use std::num::NonZero;

use ej_16_6_4_when_to_extend::{
    Cabecera, ErrorMayor, Escritor, Extracto, Generador, Motivo, Movimiento, SIN_FECHA, Trabajo,
    leer, totales,
};
use proptest::prelude::*;

fn on(hilos: usize) -> Trabajo<'static> {
    Trabajo::default().con_hilos(NonZero::new(hilos).unwrap())
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

fn movement() -> impl Strategy<Value = Movimiento> {
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
                Movimiento {
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
type Rows = Vec<(Movimiento, Vec<String>)>;

fn rows() -> impl Strategy<Value = Rows> {
    prop::collection::vec((movement(), prop::collection::vec(text(200), 0..3)), 0..12)
}

fn header() -> impl Strategy<Value = Cabecera> {
    (day(), 1u64..9_000_000_000, "[A-Z]{3}", text(70)).prop_map(
        |(fecha, primer_numero, moneda, origen)| Cabecera {
            fecha,
            primer_numero,
            moneda,
            origen,
        },
    )
}

fn written(cabecera: &Cabecera, rows: &Rows) -> Vec<u8> {
    let mut writer = Escritor::new(Vec::new(), cabecera).unwrap();
    for (movement, notes) in rows {
        writer.movimiento(movement).unwrap();
        for note in notes {
            writer.nota(note).unwrap();
        }
    }
    writer.cerrar().unwrap().1
}

/// The movements of an extract, put together from its columns, with their numbers; and its notes.
fn read_back(extracto: &Extracto) -> (Numbered<Movimiento>, Numbered<String>) {
    let (mut movements, mut notes) = (Vec::new(), Vec::new());
    for lote in &extracto.lotes {
        let columns = &lote.movimientos;
        for row in 0..columns.numero.len() {
            let movement = Movimiento {
                fecha: columns.fecha[row],
                fecha_valor: Some(columns.fecha_valor[row]).filter(|&day| day != SIN_FECHA),
                cuenta: columns.cuenta[row] as u64,
                importe: columns.importe[row],
                saldo: columns.saldo[row],
                clave: columns.clave[row] as u16,
                concepto: columns.concepto.get(row).unwrap().to_owned(),
                contrapartida: columns.contrapartida.get(row).unwrap().to_owned(),
            };
            movements.push((columns.numero[row] as u64, movement));
        }
        for row in 0..lote.notas.numero.len() {
            notes.push((
                lote.notas.numero[row] as u64,
                lote.notas.texto.get(row).unwrap().to_owned(),
            ));
        }
    }
    (movements, notes)
}

proptest! {
    #[test]
    fn lo_que_se_escribe_se_lee_igual(cabecera in header(), rows in rows(), hilos in 1usize..3) {
        let file = written(&cabecera, &rows);
        let extracto = leer(&file, on(hilos)).unwrap();
        prop_assert_eq!(&extracto.cabecera, &cabecera);
        let (movements, notes) = read_back(&extracto);
        let expected: Vec<_> = (cabecera.primer_numero..).zip(rows.iter().map(|(movement, _)| movement.clone())).collect();
        prop_assert_eq!(movements, expected);
        let expected: Vec<_> = (cabecera.primer_numero..)
            .zip(&rows)
            .flat_map(|(number, (_, notes))| notes.iter().map(move |note| (number, note.clone())))
            .collect();
        prop_assert_eq!(notes, expected);
        prop_assert_eq!(totales(file.as_slice(), on(hilos)).unwrap().cierre, extracto.cierre);
    }

    #[test]
    fn bytes_al_azar_son_un_error_y_no_un_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(matches!(leer(&bytes, on(1)), Err(ErrorMayor::Formato(_))));
        prop_assert!(matches!(totales(bytes.as_slice(), on(2)), Err(ErrorMayor::Formato(_))));
    }
}

#[test]
fn un_solo_byte_cambiado_en_cualquier_sitio_es_un_error() {
    let file = Generador {
        semilla: 5,
        movimientos: 8,
    }
    .bytes()
    .unwrap();
    leer(&file, on(1)).unwrap();
    for at in 0..file.len() {
        for change in [0x01, 0x20, 0x80] {
            let mut damaged = file.clone();
            damaged[at] ^= change;
            assert!(
                matches!(leer(&damaged, on(1)), Err(ErrorMayor::Formato(_))),
                "byte {at} ^ {change:#x}"
            );
        }
    }
}

#[test]
fn cortado_en_cualquier_sitio_es_un_error() {
    let file = Generador {
        semilla: 6,
        movimientos: 8,
    }
    .bytes()
    .unwrap();
    for end in 0..file.len() {
        assert!(
            matches!(leer(&file[..end], on(1)), Err(ErrorMayor::Formato(_))),
            "{end} bytes"
        );
    }
}

#[test]
fn una_linea_de_mas_de_menos_o_cambiada_de_sitio_es_un_error() {
    let file = Generador {
        semilla: 7,
        movimientos: 12,
    }
    .bytes()
    .unwrap();
    let lines: Vec<&[u8]> = file.split_inclusive(|&byte| byte == b'\n').collect();
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert!(
            leer(&without.concat(), on(1)).is_err(),
            "sin la línea {}",
            at + 1
        );
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(
            leer(&twice.concat(), on(1)).is_err(),
            "la línea {} dos veces",
            at + 1
        );
        if at > 0 && lines[at] != lines[at - 1] {
            let mut swapped = lines.clone();
            swapped.swap(at - 1, at);
            assert!(
                leer(&swapped.concat(), on(1)).is_err(),
                "las líneas {at} y {}",
                at + 1
            );
        }
    }
}

#[test]
fn el_generador_da_siempre_los_mismos_bytes() {
    let file = Generador {
        semilla: 1,
        movimientos: 2,
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
        Generador {
            semilla: 1,
            movimientos: 2
        }
        .bytes()
        .unwrap()
    );
    assert_ne!(
        file,
        Generador {
            semilla: 2,
            movimientos: 2
        }
        .bytes()
        .unwrap()
    );
    let empty = Generador {
        semilla: 1,
        movimientos: 0,
    }
    .bytes()
    .unwrap();
    assert_eq!(leer(&empty, on(2)).unwrap().cierre.movimientos, 0);
}

#[test]
fn lo_que_el_formato_no_puede_guardar_no_se_escribe() {
    let cabecera = Cabecera {
        fecha: 0,
        primer_numero: 1,
        moneda: "EUR".to_owned(),
        origen: String::new(),
    };
    let good = Movimiento {
        fecha: 0,
        fecha_valor: None,
        cuenta: 1,
        importe: 1,
        saldo: 1,
        clave: 1,
        concepto: String::new(),
        contrapartida: String::new(),
    };
    let mut writer = Escritor::new(Vec::new(), &cabecera).unwrap();
    assert_eq!(
        writer.nota("antes de tiempo").unwrap_err().to_string(),
        "línea 2, campo «número»: una nota sin movimiento delante"
    );
    let bad: [(Movimiento, &str); 6] = [
        (
            Movimiento {
                importe: 100_000_000_000,
                ..good.clone()
            },
            "línea 2, campo «importe»: 100000000000 no cabe",
        ),
        (
            Movimiento {
                saldo: i64::MIN,
                ..good.clone()
            },
            "línea 2, campo «saldo»: -9223372036854775808 no cabe",
        ),
        (
            Movimiento {
                clave: 1000,
                ..good.clone()
            },
            "línea 2, campo «clave»: 1000 no cabe",
        ),
        (
            Movimiento {
                fecha: i32::MAX,
                ..good.clone()
            },
            "línea 2, campo «fecha»: 2147483647 no cabe",
        ),
        (
            Movimiento {
                concepto: "5 €".to_owned(),
                ..good.clone()
            },
            "línea 2, campo «concepto»: '€' no se puede escribir en Latin-1",
        ),
        (
            Movimiento {
                contrapartida: "x".repeat(71),
                ..good.clone()
            },
            "línea 2, campo «contrapartida»: pasa de 70 caracteres",
        ),
    ];
    for (movement, expected) in bad {
        assert_eq!(
            writer.movimiento(&movement).unwrap_err().to_string(),
            expected
        );
    }
    writer.movimiento(&good).unwrap();
    let (_, file) = writer.cerrar().unwrap();
    assert_eq!(read_back(&leer(&file, on(1)).unwrap()).0, [(1, good)]);
    let lower = Cabecera {
        moneda: "eur".to_owned(),
        ..cabecera
    };
    let error = Escritor::new(Vec::new(), &lower).unwrap_err();
    assert!(matches!(error, ErrorMayor::Formato(error) if error.motivo == Motivo::Moneda));
}
