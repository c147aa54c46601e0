//! The guide's two functions: ours beside a form of theirs, where theirs loses rows or panics.

use crate::datos::{columna, pequenos};
use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use ej_16_2_3_arrow_ipc::{IpcError, deserializar_arrow, serializar_arrow};
use std::io::Cursor;
use std::sync::Arc;

/// Guide 16.2.3: an error is a batch that is not there.
fn deserializar_como_la_guia(bytes: &[u8]) -> Vec<RecordBatch> {
    let lector = StreamReader::try_new(Cursor::new(bytes), None).expect("lector");
    lector.filter_map(|b| b.ok()).collect()
}

/// Guide 16.2.3: the first batch gives the schema, whatever the others have.
fn serializar_como_la_guia(batches: &[RecordBatch]) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut buffer = Vec::new();
    let mut escritor = StreamWriter::try_new(&mut buffer, &schema).expect("escritor");
    for batch in batches {
        escritor.write(batch).expect("lote");
    }
    escritor.finish().expect("final");
    buffer
}

fn filas(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn lo_serializado_se_deserializa_igual_y_tambien_a_la_manera_de_la_guia() {
    let batches = pequenos(3, 1_000);
    let bytes = serializar_arrow(&batches).unwrap();
    assert_eq!(deserializar_arrow(&bytes).unwrap(), batches);
    assert_eq!(bytes, serializar_como_la_guia(&batches));
    assert_eq!(deserializar_como_la_guia(&bytes), batches);
}

#[test]
fn de_un_flujo_truncado_la_guia_pierde_filas_en_silencio_y_aqui_es_un_error() {
    let bytes = serializar_arrow(&pequenos(10, 1_000)).unwrap();
    let cut = &bytes[..bytes.len() * 6 / 10];
    let kept = filas(&deserializar_como_la_guia(cut));
    assert!(kept > 0 && kept < 10_000, "{kept}");
    assert!(matches!(
        deserializar_arrow(cut),
        Err(IpcError::Truncated { .. })
    ));
    println!("la guía da {kept} de 10000 filas");
}

#[test]
fn un_lote_danado_en_medio_tambien_desaparece_en_la_guia() {
    let batches: Vec<_> = (0..3)
        .map(|i| {
            columna(
                "t",
                Arc::new(StringArray::from(vec![format!("lote-{i}"); 100])),
            )
        })
        .collect();
    let mut bytes = serializar_arrow(&batches).unwrap();
    let at = bytes
        .windows(6)
        .position(|window| window == b"lote-1")
        .unwrap();
    bytes[at] = 0xff;
    assert_eq!(
        deserializar_como_la_guia(&bytes),
        [batches[0].clone(), batches[2].clone()]
    );
    match deserializar_arrow(&bytes) {
        Err(IpcError::Invalid { message: 2, source }) => {
            assert!(source.to_string().contains("UTF8"), "{source}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn una_lista_vacia_es_un_error_y_en_la_guia_un_panic() {
    assert!(matches!(serializar_arrow(&[]), Err(IpcError::NoBatches)));
    assert!(std::panic::catch_unwind(|| serializar_como_la_guia(&[])).is_err());
}

#[test]
fn un_lote_de_otro_esquema_se_nombra_y_en_la_guia_se_lee_como_numeros_que_nadie_escribio() {
    let numbers = columna("v", Arc::new(Int64Array::from(vec![1, 2, 3])));
    let texts = columna("v", Arc::new(StringArray::from(vec!["x"])));
    match serializar_arrow(&[numbers.clone(), texts.clone()]) {
        Err(IpcError::SchemaMismatch {
            batch: 1,
            difference,
        }) => {
            assert!(
                difference.contains("Int64") && difference.contains("Utf8"),
                "{difference}"
            );
        }
        other => panic!("{other:?}"),
    }
    let bytes = serializar_como_la_guia(&[numbers.clone(), texts]);
    assert!(deserializar_arrow(&bytes).is_err());
    // The text's offsets, 0 and 1, read as one 64-bit number.
    let invented = columna("v", Arc::new(Int64Array::from(vec![1_i64 << 32])));
    assert_eq!(
        deserializar_como_la_guia(&bytes),
        [numbers.clone(), invented]
    );

    let two = columna("v", numbers.column(0).clone());
    let two = RecordBatch::try_from_iter_with_nullable([
        ("v", two.column(0).clone(), true),
        ("w", two.column(0).clone(), true),
    ])
    .unwrap();
    let error = serializar_arrow(&[numbers, two]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "batch 1 does not fit the stream's schema: 1 columns became 2"
    );
}

#[test]
fn de_un_flujo_que_no_empieza_la_guia_entra_en_panico() {
    let bytes = serializar_arrow(&pequenos(1, 3)).unwrap();
    let cut = bytes[..20].to_vec();
    assert!(matches!(
        deserializar_arrow(&cut),
        Err(IpcError::Truncated { message: 0, .. })
    ));
    assert!(std::panic::catch_unwind(move || deserializar_como_la_guia(&cut)).is_err());
}
