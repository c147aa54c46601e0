//! Dictionaries, lengths, levels and runs that stand for more than they are.

use super::{MIB, leer, rechazada};
use crate::artesania::{
    self as a, BYTE_ARRAY, Columna, DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, INT32, PLAIN,
    Pagina, RLE_DICTIONARY, archivo, delta_constante, texto_plano,
};
use ecommerce_arrow::ReadProblem;

#[test]
fn un_diccionario_de_dos_mil_millones_de_valores_en_diez_bytes() {
    let diccionario = Pagina::diccionario(i32::MAX, vec![0; 10]);
    let datos = Pagina::datos(1, RLE_DICTIONARY, vec![1, 2, 0]);
    let columna = Columna::nueva(BYTE_ARRAY, a::SIN, vec![diccionario, datos]);
    assert_eq!(
        rechazada(&archivo(1, &[columna])),
        "damaged: claims 2147483647 values in a dictionary of 10 bytes"
    );
}

#[test]
fn dos_mil_millones_de_longitudes_en_una_pagina_de_un_valor() {
    for codificacion in [DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY] {
        // The header of the lengths alone: block of 128, 4 miniblocks, 2^31 − 1 lengths, the first of which is 0.
        let cuerpo = vec![0x80, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0];
        let pagina = Pagina::datos(1, codificacion, cuerpo);
        let columna = Columna::nueva(BYTE_ARRAY, a::SIN, vec![pagina]);
        assert_eq!(
            rechazada(&archivo(1, &[columna])),
            "damaged: claims the lengths of 2147483647 texts in a page of 1"
        );
    }
}

/// One text of a mebibyte, and four thousand that share all of it: 4 GiB out of one.
#[test]
fn prefijos_que_se_despliegan_en_cuatro_gigas() {
    let n = 4_096;
    let mut prefijos = [a::varint(128), a::varint(4), a::varint(n), vec![0]].concat();
    // The first text shares nothing; the second a mebibyte, and so do the rest: one difference of 21 bits, then zeros in none.
    prefijos.extend([0, 21, 0, 0, 0]);
    let mut bloque = vec![0u8; 32 * 21 / 8];
    bloque[2] = 0x10;
    prefijos.extend(bloque);
    prefijos.extend([0, 0, 0, 0, 0].repeat((n as usize - 1 - 128).div_ceil(128)));
    let mut sufijos = [
        a::varint(128),
        a::varint(4),
        a::varint(n),
        a::varint((MIB as u64) << 1),
    ]
    .concat();
    // From a mebibyte to nothing, once.
    let minimo = a::varint(((MIB as u64) << 1) - 1);
    sufijos.extend(minimo);
    sufijos.extend([21, 21, 21, 21]);
    // Every difference but the first is 0, which is the smallest one and a mebibyte.
    let mut bits = vec![0u8; 128 * 21 / 8];
    for i in 1..128 {
        let lugar = i * 21 + 20;
        bits[lugar / 8] |= 1 << (lugar % 8);
    }
    sufijos.extend(bits);
    sufijos.extend([0, 0, 0, 0, 0].repeat((n as usize - 1 - 128).div_ceil(128)));
    let cuerpo = [prefijos, sufijos, vec![b'x'; MIB]].concat();
    let pagina = Pagina::datos(n as i32, DELTA_BYTE_ARRAY, cuerpo);
    let columna = Columna::nueva(BYTE_ARRAY, a::SIN, vec![pagina]);
    let (leido, pico) = leer(&archivo(n as i64, &[columna]));
    let error = leido.unwrap_err();
    assert!(
        matches!(
            error.problem,
            ReadProblem::TooLarge {
                what: "one batch",
                bytes: 4_294_967_296,
                ..
            }
        ),
        "{error}"
    );
    assert!(pico < 4 * MIB, "{pico}");
}

/// A text of a mebibyte in the dictionary and a run of a hundred thousand rows that name it: views of one text.
#[test]
fn cien_mil_filas_del_mismo_mega_se_leen_y_ocupan_un_mega() {
    let n = 100_000;
    let diccionario = Pagina::diccionario(1, texto_plano(&vec![b'x'; MIB]));
    let corrida = [vec![1], a::varint(n << 1), vec![0]].concat();
    let columna = Columna::nueva(
        BYTE_ARRAY,
        a::SIN,
        vec![
            diccionario,
            Pagina::datos(n as i32, RLE_DICTIONARY, corrida),
        ],
    );
    let (leido, pico) = leer(&archivo(n as i64, &[columna]));
    assert_eq!(leido.unwrap(), n as usize);
    assert!(pico < 4 * MIB, "{pico}");
}

/// A row of two thousand million values, in a run of ten bytes.
#[test]
fn una_fila_de_dos_mil_millones_de_valores() {
    let n = 1u64 << 24;
    // Repetition levels: a 0, then ones; definition levels: all 1; values: one index, as often.
    let repeticion = [vec![2, 0], a::varint((n - 1) << 1), vec![1]].concat();
    let definicion = [a::varint(n << 1), vec![1]].concat();
    let corrida = [vec![1], a::varint(n << 1), vec![0]].concat();
    let nivel = |bytes: Vec<u8>| [(bytes.len() as u32).to_le_bytes().to_vec(), bytes].concat();
    let cuerpo = [nivel(repeticion), nivel(definicion), corrida].concat();
    let mut columna = Columna::nueva(
        INT32,
        a::SIN,
        vec![
            Pagina::diccionario(1, 5i32.to_le_bytes().to_vec()),
            Pagina::datos(n as i32, RLE_DICTIONARY, cuerpo),
        ],
    );
    columna.repetida = true;
    assert!(rechazada(&archivo(1, &[columna])).starts_with("a row with the pages it is in takes"),);
}

#[test]
fn un_crc_que_no_cuadra_se_rechaza_y_uno_que_cuadra_no() {
    let enteros = [1i32, 2, 3].map(i32::to_le_bytes).concat();
    let crc = a::crc32(&enteros);
    for (crc, bien) in [(crc, true), (crc ^ 1, false)] {
        let pagina = Pagina {
            crc: Some(crc),
            ..Pagina::datos(3, PLAIN, enteros.clone())
        };
        let (leido, _) = leer(&archivo(3, &[Columna::nueva(INT32, a::SIN, vec![pagina])]));
        match leido {
            Ok(filas) => assert!(bien && filas == 3),
            Err(e) => assert!(
                !bien && e.to_string().contains("CRC checksum mismatch"),
                "{e}"
            ),
        }
    }
}

/// A page of texts whose lengths are real, constant and many: the honest case beside the bombs.
#[test]
fn longitudes_constantes_se_leen() {
    let n = 1_000;
    let cuerpo = [delta_constante(2, n), b"ab".repeat(n as usize)].concat();
    let pagina = Pagina::datos(n as i32, DELTA_LENGTH_BYTE_ARRAY, cuerpo);
    let columna = Columna::nueva(BYTE_ARRAY, a::SIN, vec![pagina]);
    assert_eq!(leer(&archivo(n as i64, &[columna])).0.unwrap(), n as usize);
}
