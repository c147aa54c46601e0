//! Restriction 2: how large the same data is as IPC and as JSON. Sizes do not depend on the machine, so here they stand exactly.

use ej_16_2_3_arrow_ipc::json::{deserializar_json, serializar_json};
use ej_16_2_3_arrow_ipc::sample::{Kind, sample_column};
use ej_16_2_3_arrow_ipc::{Compression, WriteOptions, serializar_arrow, write_stream};

const FILAS: usize = 1_000_000;

fn bytes_ipc(kind: Kind, nulls: u64, compression: Compression) -> usize {
    let mut bytes = Vec::new();
    let batch = [sample_column(kind, nulls, FILAS, 42)];
    write_stream(
        &mut bytes,
        &batch,
        WriteOptions::default().compressed(compression),
    )
    .unwrap();
    bytes.len()
}

/// What a stream of one batch of one column takes beside its values, which are 64 bytes here.
fn marco(kind: Kind) -> usize {
    serializar_arrow(&[sample_column(kind, 0, 8, 42)])
        .unwrap()
        .len()
        - 64
}

#[test]
fn un_numero_ocupa_ocho_bytes_en_ipc_y_su_nulo_un_bit_mas() {
    for kind in [Kind::F64, Kind::I64] {
        let frame = marco(kind);
        assert_eq!(frame, 328);
        assert_eq!(bytes_ipc(kind, 0, Compression::None), 8 * FILAS + frame);
        let bitmap = (FILAS / 8).next_multiple_of(64);
        for nulls in [10, 90] {
            let bytes = bytes_ipc(kind, nulls, Compression::None);
            assert_eq!(
                bytes,
                8 * FILAS + bitmap + frame,
                "el hueco de un nulo también ocupa"
            );
        }
    }
}

#[test]
fn la_misma_columna_ocupa_mas_en_json_y_mucho_mas_si_es_corta_o_nula() {
    // {"v":1234.56} and a line end: fourteen characters, of which the number has seven; {"v":null} takes eleven.
    let wanted = [
        (Kind::F64, 0, 8_000_328, 13_789_315),
        (Kind::F64, 90, 8_125_384, 11_278_349),
        (Kind::I64, 0, 8_000_328, 23_000_000),
        (Kind::Texto, 0, 17_501_256, 22_500_802),
        (Kind::Diccionario, 0, 4_000_712, 14_373_808),
    ];
    for (kind, nulls, ipc, json) in wanted {
        let batch = [sample_column(kind, nulls, FILAS, 42)];
        let found = (
            serializar_arrow(&batch).unwrap().len(),
            serializar_json(&batch).unwrap().len(),
        );
        assert_eq!(found, (ipc, json), "{kind:?}, {nulls} % de nulos");
    }
}

#[test]
fn el_json_de_un_millon_de_filas_vuelve_a_ser_el_mismo_lote() {
    let batch = sample_column(Kind::F64, 10, FILAS, 42);
    let json = serializar_json(std::slice::from_ref(&batch)).unwrap();
    assert_eq!(
        deserializar_json(&json, batch.schema(), FILAS).unwrap(),
        [batch]
    );
}

#[test]
fn con_muchos_nulos_o_muchos_repetidos_manda_el_codec() {
    let sizes = |kind, nulls| {
        [Compression::None, Compression::Lz4, Compression::Zstd].map(|c| bytes_ipc(kind, nulls, c))
    };
    let [plain, lz4, zstd] = sizes(Kind::F64, 90);
    assert!(zstd < lz4 && lz4 < plain / 3, "{plain} {lz4} {zstd}");
    let [plain, lz4, zstd] = sizes(Kind::Diccionario, 0);
    assert!(zstd < plain / 5 && lz4 < plain / 2, "{plain} {lz4} {zstd}");
}
