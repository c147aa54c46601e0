//! Dictionaries that grow and change from batch to batch.

use crate::danos::flujo;
use crate::datos::columna;
use arrow::array::{
    Array as _, AsArray as _, DictionaryArray, Int32Array, RecordBatch, StringArray,
};
use arrow::datatypes::Int32Type;
use arrow_ipc::reader::FileReader;
use ej_16_2_3_arrow_ipc::{
    Dictionaries, IpcError, IpcFile, Limits, WriteOptions, write_file, write_stream,
};
use std::io::Cursor;
use std::sync::Arc;

const DELTA: WriteOptions = WriteOptions {
    compression: ej_16_2_3_arrow_ipc::Compression::None,
    dictionaries: Dictionaries::Delta,
};

fn con_valores(keys: &[i32], values: &[&str]) -> RecordBatch {
    let keys = Int32Array::from(keys.to_vec());
    let values = Arc::new(StringArray::from(values.to_vec()));
    columna(
        "region",
        Arc::new(DictionaryArray::<Int32Type>::try_new(keys, values).unwrap()),
    )
}

/// Two batches whose dictionaries are prefixes of one another.
pub(crate) fn crecientes() -> Vec<RecordBatch> {
    vec![
        con_valores(&[0, 1, 0], &["norte", "sur"]),
        con_valores(&[2, 0, 3], &["norte", "sur", "este", "oeste"]),
    ]
}

fn cambiantes() -> Vec<RecordBatch> {
    vec![
        con_valores(&[0, 1], &["norte", "sur"]),
        con_valores(&[0, 1], &["lunes", "martes"]),
    ]
}

fn textos(batch: &RecordBatch) -> Vec<String> {
    let column = batch.column(0).as_dictionary::<Int32Type>();
    let values = column.downcast_dict::<StringArray>().unwrap();
    values
        .into_iter()
        .map(|value| value.unwrap().to_owned())
        .collect()
}

fn valores(batch: &RecordBatch) -> usize {
    batch.column(0).as_dictionary::<Int32Type>().values().len()
}

#[test]
fn un_diccionario_que_crece_manda_solo_lo_nuevo_y_da_lo_mismo() {
    let batches = crecientes();
    let (mut delta, mut resend) = (Vec::new(), Vec::new());
    write_stream(&mut delta, &batches, DELTA).unwrap();
    write_stream(&mut resend, &batches, WriteOptions::default()).unwrap();
    assert!(
        !contiene(&delta[delta.len() / 2..], b"nortesur")
            && contiene(&resend[resend.len() / 2..], b"nortesur")
    );
    for bytes in [delta, resend] {
        let read = flujo(&bytes).unwrap();
        assert_eq!(
            read.iter().map(textos).collect::<Vec<_>>(),
            [
                vec!["norte", "sur", "norte"],
                vec!["este", "norte", "oeste"]
            ]
        );
        assert_eq!(
            read.iter().map(valores).collect::<Vec<_>>(),
            [2, 4],
            "el primer lote no cambia cuando el diccionario crece"
        );
    }
}

#[test]
fn un_diccionario_que_cambia_se_sustituye_en_el_flujo() {
    let mut bytes = Vec::new();
    write_stream(&mut bytes, &cambiantes(), DELTA).unwrap();
    let read = flujo(&bytes).unwrap();
    assert_eq!(
        read.iter().map(textos).collect::<Vec<_>>(),
        [["norte", "sur"], ["lunes", "martes"]]
    );
}

#[test]
fn en_un_archivo_un_diccionario_puede_crecer_pero_no_cambiar() {
    let mut bytes = Vec::new();
    write_file(&mut bytes, &crecientes(), DELTA).unwrap();
    let file = IpcFile::from_buffer(bytes.into(), Limits::default()).unwrap();
    // The footer lists dictionaries apart from batches, so every batch sees the dictionary as it ended.
    let read = file.batches().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(
        read.iter().map(textos).collect::<Vec<_>>(),
        [
            vec!["norte", "sur", "norte"],
            vec!["este", "norte", "oeste"]
        ]
    );
    assert_eq!(read.iter().map(valores).collect::<Vec<_>>(), [4, 4]);

    for (options, batches) in [
        (DELTA, cambiantes()),
        (WriteOptions::default(), crecientes()),
    ] {
        let error = write_file(&mut Vec::new(), &batches, options).unwrap_err();
        assert!(matches!(error, IpcError::Write(_)), "{error:?}");
        assert!(
            error.to_string().contains("Dictionary replacement"),
            "{error}"
        );
    }
}

/// A file whose second dictionary block pretends to be no delta: arrow-ipc replaces, and the first batch reads other regions.
#[test]
fn un_archivo_con_un_diccionario_sustituido_es_un_error_aqui_y_otros_datos_en_arrow_ipc() {
    let mut bytes = Vec::new();
    write_file(&mut bytes, &crecientes(), DELTA).unwrap();
    let mut found = 0;
    for at in 0..bytes.len() {
        // `isDelta` is one byte of the metadata: true where the second block says so.
        if bytes[at] != 1 {
            continue;
        }
        let mut damaged = bytes.clone();
        damaged[at] = 0;
        let read =
            IpcFile::from_buffer(damaged.clone().into(), Limits::default()).map(|file| file.len());
        if let Err(IpcError::Malformed { problem, .. }) = &read
            && problem.contains("a second time")
        {
            found += 1;
            let arrow = FileReader::try_new(Cursor::new(&damaged), None)
                .unwrap()
                .next()
                .unwrap();
            assert_ne!(textos(&arrow.unwrap()), ["norte", "sur", "norte"]);
        }
    }
    assert_eq!(found, 1);
}

#[test]
fn un_diccionario_al_que_solo_apuntan_nulos_puede_faltar() {
    let nulls: DictionaryArray<Int32Type> = vec![None::<&str>; 4].into_iter().collect();
    let batch = columna("region", Arc::new(nulls));
    let mut bytes = Vec::new();
    write_stream(
        &mut bytes,
        std::slice::from_ref(&batch),
        WriteOptions::default(),
    )
    .unwrap();
    let read = flujo(&bytes).unwrap();
    assert_eq!(read[0].column(0).null_count(), 4);
}

fn contiene(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|window| window == piece)
}
