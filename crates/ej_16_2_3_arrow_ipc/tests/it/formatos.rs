//! Both formats, three codecs, every type: what is written is what is read.

use crate::danos::{archivo, flujo, flujo_compartido, flujo_leido};
use crate::datos::{columna, pequenos, todos_los_tipos};
use arrow::array::{
    Array, ArrayRef, AsArray as _, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::Float64Type;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use ej_16_2_3_arrow_ipc::exchange::{Summary, events};
use ej_16_2_3_arrow_ipc::json::{deserializar_json, serializar_json};
use ej_16_2_3_arrow_ipc::{
    Compression, IpcError, IpcFile, Limits, WriteOptions, serializar_arrow, write_file,
    write_file_beside, write_stream,
};
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::Arc;

const CODECS: [Compression; 3] = [Compression::None, Compression::Lz4, Compression::Zstd];

fn escritos(batches: &[RecordBatch], compression: Compression) -> (Vec<u8>, Vec<u8>) {
    let options = WriteOptions::default().compressed(compression);
    let (mut stream, mut file) = (Vec::new(), Vec::new());
    write_stream(&mut stream, batches, options).unwrap();
    write_file(&mut file, batches, options).unwrap();
    (stream, file)
}

#[test]
fn cada_tipo_de_arrow_va_y_vuelve_en_los_dos_formatos_con_los_tres_codecs() {
    let batches = [
        todos_los_tipos(),
        todos_los_tipos().slice(1, 3),
        todos_los_tipos().slice(4, 1),
    ];
    for compression in CODECS {
        let (stream, file) = escritos(&batches, compression);
        for (how, read) in [
            flujo(&stream),
            flujo_leido(&stream),
            flujo_compartido(&stream),
            archivo(&file),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(read.unwrap(), batches, "{compression:?}, camino {how}");
        }
    }
}

/// arrow-ipc 59.3 writes an empty column of runs with a run that ends at 0, which neither it nor anybody can read.
#[test]
fn un_lote_vacio_va_y_vuelve_salvo_con_columnas_de_corridas() {
    let empty = todos_los_tipos().slice(0, 0);
    let runs = empty.schema().index_of("corridas").unwrap();
    let others: Vec<_> = (0..empty.num_columns()).filter(|at| *at != runs).collect();
    let readable = [empty.project(&others).unwrap()];
    for compression in CODECS {
        let (stream, file) = escritos(&readable, compression);
        assert_eq!(flujo(&stream).unwrap(), readable);
        assert_eq!(archivo(&file).unwrap(), readable);
    }
    let (stream, _) = escritos(&[empty], Compression::None);
    assert!(matches!(flujo(&stream), Err(IpcError::Invalid { .. })));
    assert!(
        StreamReader::try_new(stream.as_slice(), None)
            .unwrap()
            .next()
            .unwrap()
            .is_err()
    );
}

#[test]
fn lo_escrito_lo_lee_arrow_ipc_y_lo_de_arrow_ipc_se_lee_aqui() {
    let batches = [todos_los_tipos()];
    for compression in CODECS {
        let (stream, file) = escritos(&batches, compression);
        let read: Result<Vec<_>, _> = StreamReader::try_new(stream.as_slice(), None)
            .unwrap()
            .collect();
        assert_eq!(read.unwrap(), batches);
        let read: Result<Vec<_>, _> = FileReader::try_new(Cursor::new(file), None)
            .unwrap()
            .collect();
        assert_eq!(read.unwrap(), batches);
    }
    let mut bytes = Vec::new();
    let options = IpcWriteOptions::try_new(8, false, arrow_ipc::MetadataVersion::V4).unwrap();
    let mut writer =
        StreamWriter::try_new_with_options(&mut bytes, &pequenos(1, 3)[0].schema(), options)
            .unwrap();
    writer.write(&pequenos(1, 3)[0]).unwrap();
    writer.finish().unwrap();
    assert_eq!(
        flujo(&bytes).unwrap(),
        pequenos(1, 3),
        "metadatos V4, alineado a 8"
    );
}

#[test]
fn un_mensaje_sin_marca_de_continuacion_es_de_antes_de_2019_y_se_dice() {
    let mut bytes = Vec::new();
    let options = IpcWriteOptions::try_new(8, true, arrow_ipc::MetadataVersion::V4).unwrap();
    let mut writer =
        StreamWriter::try_new_with_options(&mut bytes, &pequenos(1, 3)[0].schema(), options)
            .unwrap();
    writer.finish().unwrap();
    let error = flujo(&bytes).unwrap_err();
    assert!(
        matches!(&error, IpcError::Unsupported { what, .. } if what.contains("0.15")),
        "{error}"
    );
}

#[test]
fn un_archivo_da_sus_lotes_en_cualquier_orden_y_por_columnas() {
    let batches = pequenos(4, 5);
    let (_, bytes) = escritos(&batches, Compression::None);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lotes.arrow");
    std::fs::write(&path, &bytes).unwrap();
    let file = IpcFile::open(&path, Limits::default()).unwrap();
    assert_eq!((file.len(), file.schema()), (4, batches[0].schema()));
    for index in [3, 0, 2, 1] {
        assert_eq!(file.batch(index).unwrap(), batches[index]);
    }
    assert_eq!(
        file.batch_columns(1, &[2, 0]).unwrap(),
        batches[1].project(&[2, 0]).unwrap()
    );
    assert!(matches!(
        file.batch_columns(1, &[3]),
        Err(IpcError::InFile { .. })
    ));
    match file.batch(4) {
        Err(IpcError::InFile {
            path: named,
            source,
        }) => {
            assert_eq!(named, path);
            assert!(matches!(
                *source,
                IpcError::NoSuchBatch {
                    index: 4,
                    batches: 4
                }
            ));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn un_flujo_no_es_un_archivo_ni_un_archivo_un_flujo_y_un_fifo_no_se_espera() {
    let (stream, file) = escritos(&pequenos(1, 3), Compression::None);
    assert!(matches!(archivo(&stream), Err(IpcError::Malformed { .. })));
    assert!(matches!(flujo(&file), Err(IpcError::Unsupported { .. })));
    assert!(matches!(
        flujo(&[]),
        Err(IpcError::Unfinished { messages: 0 })
    ));
    assert!(matches!(archivo(&[]), Err(IpcError::Truncated { .. })));
    for odd in ["/dev/zero", "/proc/self", "/no/hay/tal"] {
        let error = IpcFile::open(odd.as_ref(), Limits::default()).unwrap_err();
        assert!(error.to_string().contains(odd), "{error}");
    }
}

#[test]
fn el_archivo_de_al_lado_se_cambia_entero_o_queda_el_viejo() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lotes.arrow");
    write_file_beside(&path, &pequenos(1, 3), WriteOptions::default()).unwrap();
    let before = std::fs::read(&path).unwrap();
    let old = IpcFile::open(&path, Limits::default()).unwrap();
    let mixed = [
        pequenos(1, 3).remove(0),
        columna("otra", Arc::new(Int64Array::from(vec![1]))),
    ];
    assert!(write_file_beside(&path, &mixed, WriteOptions::default()).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    write_file_beside(&path, &pequenos(2, 3), WriteOptions::default()).unwrap();
    assert_eq!(
        old.batches().collect::<Result<Vec<_>, _>>().unwrap(),
        pequenos(1, 3),
        "quien tenía el viejo sigue con el viejo"
    );
    let new = IpcFile::open(&path, Limits::default()).unwrap();
    assert_eq!(new.len(), 2);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn los_eventos_del_modelo_van_y_vuelven_por_ipc_y_por_json() {
    let batches = events(7, 3_000, 3).unwrap();
    for compression in CODECS {
        let (stream, file) = escritos(&batches, compression);
        assert_eq!(flujo(&stream).unwrap(), batches);
        assert_eq!(archivo(&file).unwrap(), batches);
    }
    let summary = Summary::of(&batches).unwrap();
    assert_eq!((summary.batches, summary.rows), (3, 3_000));
    assert_ne!(summary, Summary::of(&events(8, 3_000, 3).unwrap()).unwrap());
    assert_eq!(
        Summary::of(&[]).unwrap().to_string(),
        "0 lotes, 0 filas, suma 00000000"
    );

    let json = serializar_json(&batches[..1]).unwrap();
    let read = deserializar_json(&json, batches[0].schema(), 10_000).unwrap();
    assert_eq!(read[0].num_rows(), 1_000);
    for (wanted, found) in batches[0].columns().iter().zip(read[0].columns()) {
        match wanted.as_primitive_opt::<Float64Type>() {
            // JSON has no NaN: an amount that is none comes back as null.
            Some(numbers) => {
                let finite: Float64Array = numbers
                    .iter()
                    .map(|number| number.filter(|number| number.is_finite()))
                    .collect();
                assert_eq!(found.as_primitive::<Float64Type>(), &finite);
            }
            None => assert_eq!(wanted, found),
        }
    }
}

#[test]
fn un_nan_sobrevive_en_ipc_y_no_tiene_json() {
    let values = [Some(f64::NAN), Some(f64::INFINITY), Some(-0.0), None];
    let batch = columna("v", Arc::new(Float64Array::from(values.to_vec())));
    let bytes = serializar_arrow(std::slice::from_ref(&batch)).unwrap();
    let read = flujo(&bytes).unwrap();
    let bits = |batch: &RecordBatch| {
        batch.column(0).to_data().buffers()[0]
            .typed_data::<u64>()
            .to_vec()
    };
    assert_eq!(bits(&read[0]), bits(&batch));
    let json = serializar_json(&[batch]).unwrap();
    assert_eq!(
        std::str::from_utf8(&json).unwrap(),
        "{\"v\":null}\n{\"v\":null}\n{\"v\":-0.0}\n{\"v\":null}\n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn cualquier_lote_cortado_donde_sea_va_y_vuelve(
        rows in prop::collection::vec((any::<Option<i64>>(), any::<Option<String>>()), 0..80),
        cut in 0_usize..80,
        codec in 0_usize..3,
    ) {
        let numbers: Int64Array = rows.iter().map(|(number, _)| *number).collect();
        let texts: StringArray = rows.iter().map(|(_, text)| text.as_deref()).collect();
        let whole = RecordBatch::try_from_iter_with_nullable([
            ("n", Arc::new(numbers) as ArrayRef, true),
            ("t", Arc::new(texts) as ArrayRef, true),
        ]).unwrap();
        let cut = cut.min(rows.len());
        let batches = [whole.slice(0, cut), whole.slice(cut, rows.len() - cut)];
        let (stream, file) = escritos(&batches, CODECS[codec]);
        prop_assert_eq!(flujo(&stream).unwrap(), &batches);
        prop_assert_eq!(archivo(&file).unwrap(), &batches);
    }
}
