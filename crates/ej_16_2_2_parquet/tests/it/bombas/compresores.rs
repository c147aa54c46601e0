//! Pages that a codec makes larger than they say, or than anybody allows.

use super::{MIB, leer, rechazada};
use crate::artesania::{self as a, Columna, INT32, PLAIN, Pagina, archivo};
use crate::ceros;
use ecommerce_arrow::ReadProblem;

/// What each codec makes of a page that claims 64 KiB and is 2 MiB of zeros.
#[test]
fn una_pagina_que_se_infla_mas_de_lo_que_dice_se_rechaza_con_cualquier_compresor() {
    let (real, dicho) = (2 * MIB, 64 << 10);
    let ajustado = 512 << 10;
    let casos = [
        ("gzip", a::GZIP, ceros::gzip(real), ajustado),
        ("snappy", a::SNAPPY, ceros::snappy(real), ajustado),
        ("lz4", a::LZ4_RAW, ceros::lz4(real), ajustado),
        ("zstd", a::ZSTD, ceros::zstd(real), ajustado),
        // The old framing does not keep to the size; such a page is tried only where LZ4's best ratio stays below the limit,
        // and its decoder has buffers of the frame's block size, 4 MiB, of its own.
        ("lz4 antiguo", a::LZ4, ceros::lz4_frame(real), 12 * MIB),
    ];
    for (nombre, codec, cuerpo, memoria) in casos {
        // Honest, it is read: the bomb is a good page but for what its header says.
        let honesta = Pagina {
            descomprimida: real as i32,
            ..Pagina::datos((real / 4) as i32, PLAIN, cuerpo.clone())
        };
        let filas = (real / 4) as i64;
        let buena = archivo(filas, &[Columna::nueva(INT32, codec, vec![honesta])]);
        assert_eq!(leer(&buena).0.unwrap() as i64, filas, "{nombre}");

        let bomba = Pagina {
            descomprimida: dicho,
            ..Pagina::datos(dicho / 4, PLAIN, cuerpo)
        };
        let bytes = archivo(
            i64::from(dicho / 4),
            &[Columna::nueva(INT32, codec, vec![bomba])],
        );
        let (leido, pico) = leer(&bytes);
        let error = leido.unwrap_err();
        assert!(
            matches!(error.problem, ReadProblem::Damaged(_)),
            "{nombre}: {error}"
        );
        assert!(pico < memoria, "{nombre}: {pico}");
    }
}

/// Beyond the ratio that keeps the old LZ4 framing bounded, it is not tried at all.
#[test]
fn un_lz4_antiguo_que_podria_pasar_el_limite_no_se_intenta() {
    let pagina = Pagina {
        descomprimida: 64 << 10,
        ..Pagina::datos(16 << 10, PLAIN, ceros::lz4_frame(64 * MIB))
    };
    let (leido, pico) = leer(&archivo(
        16 << 10,
        &[Columna::nueva(INT32, a::LZ4, vec![pagina])],
    ));
    assert!(matches!(
        leido.unwrap_err().problem,
        ReadProblem::Damaged(_)
    ));
    assert!(pico < MIB, "{pico}");
}

#[test]
fn una_pagina_que_dice_mas_que_el_limite_se_rechaza_antes_de_descomprimirla() {
    let codecs = [a::GZIP, a::SNAPPY, a::LZ4_RAW, a::LZ4, a::ZSTD];
    for codec in codecs {
        let pagina = Pagina {
            descomprimida: i32::MAX,
            ..Pagina::datos(1, PLAIN, vec![0; 20])
        };
        let bytes = archivo(1, &[Columna::nueva(INT32, codec, vec![pagina])]);
        assert_eq!(
            rechazada(&bytes),
            "a page takes 2147483647 bytes, more than the 4194304 allowed"
        );
    }
}

#[test]
fn brotli_no_se_lee_porque_no_hay_como_acotarlo() {
    let pagina = Pagina::datos(1, PLAIN, vec![0; 20]);
    let bytes = archivo(1, &[Columna::nueva(INT32, a::BROTLI, vec![pagina])]);
    assert_eq!(
        rechazada(&bytes),
        "damaged: compressed with brotli, which does not say how much its pages become"
    );
}

/// Each page below its limit, all of them together above the batch's: no row can be read without all.
#[test]
fn muchas_columnas_de_una_pagina_grande_no_suman_sin_limite() {
    let columnas: Vec<Columna> = (0..12)
        .map(|_| {
            let cuerpo = ceros::zstd(4 * MIB);
            let pagina = Pagina {
                descomprimida: (4 * MIB) as i32,
                ..Pagina::datos(MIB as i32, PLAIN, cuerpo)
            };
            Columna::nueva(INT32, a::ZSTD, vec![pagina])
        })
        .collect();
    let bytes = archivo(MIB as i64, &columnas);
    assert!(bytes.len() < 4_096, "{}", bytes.len());
    assert_eq!(
        rechazada(&bytes),
        "a row with the pages it is in takes 100663344 bytes, more than the 16777216 allowed"
    );
}
