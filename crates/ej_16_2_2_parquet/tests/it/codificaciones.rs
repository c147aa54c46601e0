//! Every encoding under every codec: the same rows back, and the encoding that was asked for really in the file.

use crate::bases::eventos;
use ecommerce_arrow::{Limits, SafeParquet};
use ej_16_2_2_parquet::encodings::{Codec, Measurement, Scheme, measure, memory, properties};
use ej_16_2_2_parquet::{ParquetFileError, escribir_flujo, leer_parquet};
use parquet::basic::Encoding;
use std::collections::BTreeMap;

#[test]
fn las_treinta_y_seis_combinaciones_devuelven_las_mismas_filas() {
    let dir = tempfile::tempdir().unwrap();
    let lote = eventos(1_500);
    let esperado = crate::celdas::de(std::slice::from_ref(&lote));
    for scheme in Scheme::ALL {
        for codec in Codec::ALL {
            let ruta = dir.path().join("x.parquet");
            let propiedades = properties(&lote.schema(), scheme, codec).unwrap();
            let lotes = [Ok::<_, ParquetFileError>(lote.clone())];
            escribir_flujo(lote.schema(), lotes, &ruta, propiedades).unwrap();
            let leidos = leer_parquet(ruta.to_str().unwrap())
                .unwrap()
                .collect::<Result<Vec<_>, _>>()
                .unwrap();
            assert!(crate::celdas::de(&leidos) == esperado, "{scheme} {codec}");
        }
    }
}

/// The encodings of the data pages, by column.
fn en_el_archivo(scheme: Scheme) -> BTreeMap<String, Vec<Encoding>> {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("x.parquet");
    let lote = eventos(3_000);
    let propiedades = properties(&lote.schema(), scheme, Codec::Snappy).unwrap();
    let lotes = [Ok::<_, ParquetFileError>(lote.clone())];
    escribir_flujo(lote.schema(), lotes, &ruta, propiedades).unwrap();
    let archivo = SafeParquet::open(&ruta, "x", &Limits::default()).unwrap();
    let grupo = archivo.metadata().row_group(0);
    grupo
        .columns()
        .iter()
        .map(|c| {
            let datos = c.page_encoding_stats_mask().unwrap().encodings().collect();
            (c.column_path().string(), datos)
        })
        .collect()
}

#[test]
fn cada_columna_lleva_la_codificacion_pedida() {
    let de = |scheme: Scheme, columna: &str| en_el_archivo(scheme)[columna].clone();
    assert_eq!(de(Scheme::Plain, "region"), [Encoding::PLAIN]);
    assert_eq!(de(Scheme::Dictionary, "region"), [Encoding::RLE_DICTIONARY]);
    assert_eq!(
        de(Scheme::DeltaBinaryPacked, "timestamp"),
        [Encoding::DELTA_BINARY_PACKED]
    );
    assert_eq!(de(Scheme::DeltaBinaryPacked, "region"), [Encoding::PLAIN]);
    assert_eq!(
        de(Scheme::DeltaByteArray, "evento_id"),
        [Encoding::DELTA_BYTE_ARRAY]
    );
    assert_eq!(de(Scheme::DeltaByteArray, "monto"), [Encoding::PLAIN]);
    assert_eq!(
        de(Scheme::ByteStreamSplit, "monto"),
        [Encoding::BYTE_STREAM_SPLIT]
    );
    assert_eq!(
        de(Scheme::ByteStreamSplit, "timestamp"),
        [Encoding::BYTE_STREAM_SPLIT]
    );
    assert_eq!(de(Scheme::ByColumn, "region"), [Encoding::RLE_DICTIONARY]);
    assert_eq!(
        de(Scheme::ByColumn, "timestamp"),
        [Encoding::DELTA_BINARY_PACKED]
    );
}

#[test]
fn los_tamanos_van_como_dice_la_pagina() {
    let dir = tempfile::tempdir().unwrap();
    let lotes = [eventos(20_000)];
    let bytes = |scheme, codec| measure(&lotes, scheme, codec, 1, dir.path()).unwrap().bytes;
    let plano = bytes(Scheme::Plain, Codec::None);
    // Without a codec, what the encoding saves by itself: together, more than half.
    assert!(bytes(Scheme::Dictionary, Codec::None) < plano);
    assert!(bytes(Scheme::DeltaByteArray, Codec::None) < plano);
    assert!(bytes(Scheme::DeltaBinaryPacked, Codec::None) < plano);
    assert!(bytes(Scheme::ByColumn, Codec::None) * 2 < plano);
    // Bytes by place are as many as before: it is the codec that profits.
    let separados = bytes(Scheme::ByteStreamSplit, Codec::None);
    assert!(
        separados.abs_diff(plano) < plano / 100,
        "{separados} {plano}"
    );
    assert!(bytes(Scheme::ByteStreamSplit, Codec::Snappy) < bytes(Scheme::Plain, Codec::Snappy));
    // By column is the smallest for the codecs that only find repetitions …
    for codec in [Codec::None, Codec::Snappy, Codec::Lz4] {
        let mejor = Scheme::ALL
            .into_iter()
            .min_by_key(|scheme| bytes(*scheme, codec));
        assert_eq!(mejor, Some(Scheme::ByColumn), "{codec}");
    }
    // … and Zstandard all but levels the encodings, and finds more in plain values than in indices of a dictionary.
    let con_zstd = Scheme::ALL.map(|scheme| bytes(scheme, Codec::Zstd(3)));
    let (menor, mayor) = (
        con_zstd.iter().min().unwrap(),
        con_zstd.iter().max().unwrap(),
    );
    assert!(mayor * 100 < menor * 120, "{con_zstd:?}");
    assert!(bytes(Scheme::Plain, Codec::Zstd(9)) < bytes(Scheme::Dictionary, Codec::Zstd(9)));
}

#[test]
fn medir_cuenta_los_bytes_del_archivo_y_tarda_algo() {
    let dir = tempfile::tempdir().unwrap();
    let lotes = [eventos(500)];
    let medida = measure(&lotes, Scheme::Plain, Codec::Snappy, 2, dir.path()).unwrap();
    let archivo = dir.path().join("medida.parquet").metadata().unwrap().len();
    let Measurement {
        bytes,
        write_s,
        read_s,
        ..
    } = medida;
    assert_eq!(bytes, archivo);
    assert!(write_s > 0.0 && write_s.is_finite() && read_s > 0.0 && read_s.is_finite());
    assert!(memory(&lotes) > 500 * 8 * 4);
    assert!(matches!(
        measure(&[], Scheme::Plain, Codec::Snappy, 1, dir.path()),
        Err(ParquetFileError::NoBatches { .. })
    ));
}
