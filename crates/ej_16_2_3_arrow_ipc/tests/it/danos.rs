//! Damaged input: an error, or a result that says nothing false about its damage; never a panic, never memory for a lie.

use crate::datos::{pequenos, todos_los_tipos};
use crate::mutador::mutar;
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow_ipc::reader::StreamReader;
use ecommerce_testkit::alloc;
use ej_16_2_3_arrow_ipc::checksum::{crc32, deserializar_con_suma, serializar_con_suma};
use ej_16_2_3_arrow_ipc::sample::SplitMix64;
use ej_16_2_3_arrow_ipc::{
    Compression, Dictionaries, IpcError, IpcFile, Limits, StreamBatches, WriteOptions,
    deserializar_arrow, serializar_arrow, write_file, write_stream,
};
use std::io::{self, Read};

pub(crate) type Leido = Result<Vec<RecordBatch>, IpcError>;

pub(crate) fn flujo(bytes: &[u8]) -> Leido {
    StreamBatches::from_slice(bytes, Limits::default())?.collect()
}

pub(crate) fn flujo_leido(bytes: &[u8]) -> Leido {
    StreamBatches::from_reader(bytes, Limits::default())?.collect()
}

pub(crate) fn flujo_compartido(bytes: &[u8]) -> Leido {
    StreamBatches::from_buffer(Buffer::from(bytes), Limits::default())?.collect()
}

pub(crate) fn archivo(bytes: &[u8]) -> Leido {
    IpcFile::from_buffer(Buffer::from(bytes), Limits::default())?
        .batches()
        .collect()
}

/// Streams and files to damage: every type, every codec, dictionaries that grow.
pub(crate) fn semillas() -> Vec<(bool, Vec<u8>)> {
    let todos = [todos_los_tipos()];
    let crecen = crate::diccionarios::crecientes();
    let mut seeds = Vec::new();
    for compression in [Compression::None, Compression::Lz4, Compression::Zstd] {
        let options = WriteOptions {
            compression,
            dictionaries: Dictionaries::Delta,
        };
        for batches in [&todos[..], &pequenos(2, 7), &crecen] {
            let (mut stream, mut file) = (Vec::new(), Vec::new());
            write_stream(&mut stream, batches, options).unwrap();
            write_file(&mut file, batches, options).unwrap();
            seeds.extend([(false, stream), (true, file)]);
        }
    }
    seeds
}

#[test]
fn un_flujo_cortado_en_cualquier_byte_es_un_error_por_los_tres_caminos() {
    let bytes = serializar_arrow(&pequenos(3, 5)).unwrap();
    assert_eq!(flujo(&bytes).unwrap().len(), 3);
    for end in 0..bytes.len() {
        for (camino, leido) in [
            flujo(&bytes[..end]),
            flujo_leido(&bytes[..end]),
            flujo_compartido(&bytes[..end]),
        ]
        .iter()
        .enumerate()
        {
            assert!(
                matches!(
                    leido,
                    Err(IpcError::Truncated { .. } | IpcError::Unfinished { .. })
                ),
                "camino {camino}, {end} de {} bytes: {leido:?}",
                bytes.len()
            );
        }
    }
}

#[test]
fn un_archivo_cortado_en_cualquier_byte_es_un_error() {
    let mut bytes = Vec::new();
    write_file(&mut bytes, &pequenos(2, 5), WriteOptions::default()).unwrap();
    assert_eq!(archivo(&bytes).unwrap().len(), 2);
    for end in 0..bytes.len() {
        assert!(
            archivo(&bytes[..end]).is_err(),
            "{end} de {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn cortado_entre_dos_mensajes_dice_cuantos_llegaron() {
    let batches = pequenos(3, 5);
    let whole = serializar_arrow(&batches).unwrap();
    let first = serializar_arrow(&batches[..1]).unwrap();
    // The end marker takes eight bytes; without it, one batch is a prefix of three.
    let cut = first.len() - 8;
    assert_eq!(whole[..cut], first[..cut]);
    let leido = flujo(&whole[..cut]);
    // Schema, dictionary, batch.
    assert!(
        matches!(leido, Err(IpcError::Unfinished { messages: 3 })),
        "{leido:?}"
    );
    let arrow: Vec<_> = StreamReader::try_new(&whole[..cut], None)
        .unwrap()
        .collect();
    assert!(
        arrow.len() == 1 && arrow[0].is_ok(),
        "el lector de arrow-ipc no nota que faltan dos lotes"
    );
}

/// Which bit flips go unnoticed without a checksum, exactly: those that leave a valid stream with another value.
#[test]
fn un_bit_cambiado_es_un_error_o_lo_mismo_u_otro_valor_y_nunca_un_panic() {
    let batches = pequenos(1, 3);
    let mut bytes = serializar_arrow(&batches).unwrap();
    let (mut errors, mut equal, mut other) = (0, 0, 0);
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        match flujo(&bytes) {
            Err(_) => errors += 1,
            Ok(read) if read == batches => equal += 1,
            Ok(_) => other += 1,
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    // Each bit of three 64-bit numbers gives another number, and most of the rest are letters and names: IPC has no checksum.
    assert_eq!(
        (bytes.len() * 8, errors, equal, other),
        (9_792, 5_137, 4_183, 472)
    );
}

#[test]
fn con_suma_todo_bit_cambiado_y_todo_corte_es_un_error() {
    let batches = pequenos(1, 3);
    let mut bytes = serializar_con_suma(&batches).unwrap();
    assert_eq!(deserializar_con_suma(&bytes).unwrap(), batches);
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        let leido = deserializar_con_suma(&bytes);
        assert!(
            matches!(
                leido,
                Err(IpcError::Checksum { .. } | IpcError::NoChecksum { .. })
            ),
            "bit {bit}: {leido:?}"
        );
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    for end in 0..bytes.len() {
        assert!(deserializar_con_suma(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn la_suma_es_el_crc32_de_siempre_y_los_lectores_de_ipc_no_la_notan() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    let batches = pequenos(2, 3);
    let bytes = serializar_con_suma(&batches).unwrap();
    let arrow: Result<Vec<_>, _> = StreamReader::try_new(bytes.as_slice(), None)
        .unwrap()
        .collect();
    assert_eq!(arrow.unwrap(), batches);
}

#[test]
fn dos_flujos_seguidos_no_pasan_por_uno() {
    let one = serializar_arrow(&pequenos(1, 3)).unwrap();
    let two = [one.clone(), one.clone()].concat();
    match deserializar_arrow(&two) {
        Err(IpcError::TrailingBytes { at, bytes }) => {
            assert_eq!((at, bytes), (one.len() as u64, one.len() as u64))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn dos_mil_mutaciones_dan_error_o_lotes_y_ninguna_pasa_de_64_mib() {
    let (errors, whole) = mutaciones(2_000, 42);
    println!("{errors} errores, {whole} leídas");
    assert!(errors > 1_000, "{errors}");
}

/// How many of `n` mutations were errors and how many could be read; it fails on a panic and on memory beyond the bound.
pub(crate) fn mutaciones(n: u64, seed: u64) -> (u64, u64) {
    let mut random = SplitMix64::new(seed);
    let seeds = semillas();
    let (mut errors, mut whole) = (0, 0);
    for case in 0..n {
        let (is_file, bytes) = &seeds[random.below(seeds.len() as u64) as usize];
        let damaged = mutar(bytes, &mut random);
        let read: &[fn(&[u8]) -> Leido] = if *is_file {
            &[archivo]
        } else {
            &[flujo, flujo_leido, flujo_compartido]
        };
        let mut outcomes = Vec::new();
        for read in read {
            let (read, seen) = alloc::in_this_thread(|| read(&damaged));
            assert!(seen.peak < 64 << 20, "caso {case}: {seen:?}");
            outcomes.push(read);
        }
        // Three ways to read the same bytes: the same batches, or no batches, by all of them.
        for other in &outcomes[1..] {
            assert_eq!(
                other.is_ok(),
                outcomes[0].is_ok(),
                "caso {case}: {outcomes:?}"
            );
        }
        match &outcomes[0] {
            Ok(batches) => {
                whole += 1;
                // What was accepted must be fit for use: printing reads every value.
                arrow::util::pretty::pretty_format_batches(batches)
                    .map(|table| table.to_string().len())
                    .ok();
            }
            Err(_) => errors += 1,
        }
    }
    (errors, whole)
}

/// What the outline is checked for: the same bytes, given to arrow-ipc alone.
#[test]
fn arrow_ipc_entra_en_panico_donde_este_lector_da_un_error() {
    let bytes = serializar_arrow(&pequenos(1, 3)).unwrap();
    let panics = |damaged: &[u8]| {
        let damaged = damaged.to_vec();
        std::panic::catch_unwind(move || StreamReader::try_new(damaged.as_slice(), None).is_ok())
            .is_err()
    };
    let schema = 8..8 + u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let mut found = 0;
    // Every seventh bit: each panic writes a backtrace, where those are on.
    for bit in (schema.start * 8..schema.end * 8).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        if panics(&damaged) {
            found += 1;
            let read = flujo(&damaged);
            assert!(
                matches!(read, Err(IpcError::Malformed { .. })),
                "bit {bit}: {read:?}"
            );
        }
    }
    assert!(
        found > 5,
        "{found}: si ya no entra en pánico, la página tiene que decirlo"
    );
}

/// A reader that gives one byte at a time, interrupted now and then, and fails at its end.
struct Goteo<'a>(&'a [u8], bool);

impl Read for Goteo<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match self.0.split_first() {
            Some((byte, rest)) => {
                out[0] = *byte;
                self.0 = rest;
                Ok(1)
            }
            None => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }
}

#[test]
fn un_lector_que_gotea_da_lo_mismo_y_su_fallo_no_es_un_final() {
    let batches = pequenos(2, 3);
    let bytes = serializar_arrow(&batches).unwrap();
    let read: Leido = StreamBatches::from_reader(Goteo(&bytes, false), Limits::default())
        .unwrap()
        .collect();
    assert_eq!(read.unwrap(), batches);
    let cut = &bytes[..bytes.len() - 8];
    let read: Leido = StreamBatches::from_reader(Goteo(cut, false), Limits::default())
        .unwrap()
        .collect();
    match read {
        Err(IpcError::Io { source, .. }) => {
            assert_eq!(source.kind(), io::ErrorKind::ConnectionReset)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn tras_un_error_el_flujo_termina() {
    let mut bytes = serializar_arrow(&pequenos(3, 5)).unwrap();
    bytes.truncate(bytes.len() / 2);
    let mut stream = StreamBatches::from_slice(&bytes, Limits::default()).unwrap();
    while let Some(Ok(_)) = stream.next() {}
    assert!(stream.next().is_none());
}
