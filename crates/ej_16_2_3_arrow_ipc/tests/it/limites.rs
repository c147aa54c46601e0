//! What an input claims about its own size: covered by bytes, or refused before it costs anything.

use crate::danos::{Leido, archivo, flujo, flujo_leido};
use crate::datos::{columna, pequenos};
use crate::mutador::{ABSURDOS, overwrite};
use arrow::array::Int64Array;
use ecommerce_testkit::alloc;
use ej_16_2_3_arrow_ipc::{
    Claim, Compression, IpcError, Limits, StreamBatches, WriteOptions, serializar_arrow,
    write_file, write_stream,
};
use std::sync::Arc;

/// Every word of a stream and of a file overwritten with every absurd number: what a claim may cost is a bound, whatever it says.
#[test]
fn ningun_numero_absurdo_reserva_memoria_ni_entra_en_panico() {
    let mut stream = Vec::new();
    write_stream(
        &mut stream,
        &pequenos(1, 3),
        WriteOptions::default().compressed(Compression::Zstd),
    )
    .unwrap();
    let mut file = Vec::new();
    write_file(&mut file, &pequenos(1, 3), WriteOptions::default()).unwrap();
    let mut cases = 0;
    for (bytes, read) in [(stream, flujo_leido as fn(&[u8]) -> Leido), (file, archivo)] {
        for at in (0..bytes.len()).step_by(4) {
            for absurd in ABSURDOS {
                for width in [4, 8] {
                    let mut damaged = bytes.clone();
                    overwrite(&mut damaged, at, &absurd.to_le_bytes()[..width]);
                    let (_, seen) = alloc::in_this_thread(|| read(&damaged).is_ok());
                    assert!(seen.peak < 64 << 20, "{absurd} en {at}: {seen:?}");
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 5_000, "{cases}");
}

#[test]
fn un_cuerpo_que_dice_medir_cuatro_gigas_solo_cuesta_lo_que_llega() {
    let bytes = serializar_arrow(&pequenos(1, 3)).unwrap();
    // The last message is the batch; its metadata holds the length of its body, a number that stands nowhere else.
    let mut frames = StreamBatches::from_slice(&bytes, Limits::default()).unwrap();
    frames.next().unwrap().unwrap();
    let body = 4_i64 << 30;
    let mut refused = 0;
    for at in (0..bytes.len() - 8).step_by(8) {
        let mut damaged = bytes.clone();
        overwrite(&mut damaged, at, &body.to_le_bytes());
        let (read, seen) = alloc::in_this_thread(|| flujo_leido(&damaged));
        if let Err(IpcError::Truncated { needed, found, .. }) = read
            && needed == body as u64
        {
            refused += 1;
            assert!(found < bytes.len() as u64);
            assert!(seen.peak < (16 << 20) + (64 << 10), "{seen:?}");
        }
    }
    assert!(refused >= 1);
}

#[test]
fn los_limites_se_dicen_por_su_nombre() {
    let bytes = serializar_arrow(&pequenos(1, 100)).unwrap();
    let read = |limits| {
        StreamBatches::from_slice(&bytes, limits)
            .and_then(|stream| stream.collect::<Result<Vec<_>, _>>())
    };
    let cases = [
        (
            Limits {
                metadata: 8,
                ..Limits::default()
            },
            Claim::Metadata,
        ),
        (
            Limits {
                body: 64,
                ..Limits::default()
            },
            Claim::Body,
        ),
        (
            Limits {
                rows: 99,
                ..Limits::default()
            },
            Claim::Rows,
        ),
        (
            Limits {
                fields: 2,
                ..Limits::default()
            },
            Claim::Fields,
        ),
        (
            Limits {
                dictionaries: 7,
                ..Limits::default()
            },
            Claim::Dictionaries,
        ),
    ];
    for (limits, wanted) in cases {
        match read(limits) {
            Err(IpcError::TooLarge {
                what,
                claimed,
                bound,
                ..
            }) => {
                assert_eq!(what, wanted);
                assert!(claimed > bound);
            }
            other => panic!("{wanted:?}: {other:?}"),
        }
    }
}

/// Zeros compress a thousand times and more: what they become is bounded before it is allocated.
#[test]
fn una_bomba_comprimida_se_rechaza_antes_de_reservar() {
    let zeros = columna("ceros", Arc::new(Int64Array::from(vec![0; 1 << 20])));
    for compression in [Compression::Lz4, Compression::Zstd] {
        let mut bytes = Vec::new();
        write_stream(
            &mut bytes,
            std::slice::from_ref(&zeros),
            WriteOptions::default().compressed(compression),
        )
        .unwrap();
        assert!(bytes.len() < 64 << 10, "{}", bytes.len());
        let tight = Limits {
            decompressed: 1 << 20,
            ..Limits::default()
        };
        let (read, seen) = alloc::in_this_thread(|| {
            StreamBatches::from_slice(&bytes, tight)
                .unwrap()
                .next()
                .unwrap()
        });
        assert!(
            matches!(read, Err(IpcError::TooLarge { what: Claim::Decompressed, claimed, .. }) if claimed == 8 << 20),
            "{read:?}"
        );
        assert!(seen.peak < 256 << 10, "{compression:?}: {seen:?}");
        assert_eq!(flujo(&bytes).unwrap(), std::slice::from_ref(&zeros));
    }
}
