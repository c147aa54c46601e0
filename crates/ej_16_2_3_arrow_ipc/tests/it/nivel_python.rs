//! Rust and pyarrow, both ways: over files, through maps, over a pipe and a socket. Each side builds the table by itself and compares.

use crate::diccionarios::crecientes;
use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, ListArray,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::concat_batches;
use arrow::datatypes::Int32Type;
use ecommerce_testkit::process::{Child, Finished};
use ej_16_2_3_arrow_ipc::checksum::serializar_con_suma;
use ej_16_2_3_arrow_ipc::exchange::{events, receive};
use ej_16_2_3_arrow_ipc::{
    Compression, Dictionaries, IpcError, IpcFile, Limits, StreamBatches, WriteOptions,
    serializar_arrow, write_file, write_stream,
};
use std::fs::{self, File};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const FILAS: i64 = 1_000;

/// The table of `tests/python/intercambio.py`, from the same formula.
fn tabla(start: i64, stop: i64) -> RecordBatch {
    let rows = || start..stop;
    let regions: ArrayRef = Arc::new(StringArray::from(vec!["norte", "sur", "este"]));
    let keys: Int32Array = rows().map(|i| (i % 3) as i32).collect();
    let lists =
        rows().map(|i| (i % 2 != 0).then(|| vec![Some(i as i32), None, Some(i as i32 + 1)]));
    let columns: [(&str, ArrayRef); 7] = [
        ("numero", Arc::new(Int64Array::from_iter_values(rows()))),
        (
            "precio",
            Arc::new(
                rows()
                    .map(|i| (i % 7 != 0).then_some(i as f64 * 0.5))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "texto",
            Arc::new(
                rows()
                    .map(|i| (i % 3 != 0).then(|| format!("ñ{i}")))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "region",
            Arc::new(DictionaryArray::<Int32Type>::try_new(keys, regions).unwrap()),
        ),
        (
            "lista",
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists)),
        ),
        (
            "instante",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values(rows().map(|i| i * 1_000_000))
                    .with_timezone("UTC"),
            ),
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from_iter_values(rows().map(i128::from))
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .unwrap()
}

fn lotes() -> Vec<RecordBatch> {
    vec![tabla(0, 400), tabla(400, FILAS)]
}

fn juntos(batches: &[RecordBatch]) -> RecordBatch {
    concat_batches(&batches[0].schema(), batches).unwrap()
}

fn python(arguments: &[&str]) -> Child {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/intercambio.py");
    Child::new(interpreter)
        .arg(script)
        .args(arguments)
        .timeout(Duration::from_secs(60))
}

fn dicho(run: &Finished) -> String {
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout_text()
}

const CODECS: [(&str, Compression); 3] = [
    ("ninguno", Compression::None),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

#[test]
#[ignore = "tier python: cargo xtask test"]
fn pyarrow_lee_lo_escrito_celda_a_celda_tambien_por_un_mapa() {
    let dir = tempfile::tempdir().unwrap();
    for (name, compression) in CODECS {
        let options = WriteOptions::default().compressed(compression);
        let (stream, file) = (dir.path().join("a.arrows"), dir.path().join("a.arrow"));
        write_stream(File::create(&stream).unwrap(), &lotes(), options).unwrap();
        write_file(File::create(&file).unwrap(), &lotes(), options).unwrap();
        for (kind, path) in [("flujo", &stream), ("archivo", &file)] {
            let run = python(&["comprobar", kind, path.to_str().unwrap(), "1000"])
                .run()
                .unwrap();
            assert_eq!(dicho(&run), "1000 filas iguales\n", "{name}");
        }
        if compression == Compression::None {
            let run = python(&["mapa", file.to_str().unwrap(), "1000"])
                .run()
                .unwrap();
            assert_eq!(dicho(&run), "1000 filas iguales\n");
        }
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn lo_de_pyarrow_se_lee_celda_a_celda_tambien_por_un_mapa() {
    let dir = tempfile::tempdir().unwrap();
    for (codec, _) in CODECS {
        let (stream, file) = (dir.path().join("p.arrows"), dir.path().join("p.arrow"));
        dicho(
            &python(&["escribir", "flujo", stream.to_str().unwrap(), "1000", codec])
                .run()
                .unwrap(),
        );
        dicho(
            &python(&["escribir", "archivo", file.to_str().unwrap(), "1000", codec])
                .run()
                .unwrap(),
        );
        let read = receive(File::open(&stream).unwrap()).unwrap();
        assert_eq!((read.len(), juntos(&read)), (3, tabla(0, FILAS)), "{codec}");

        let copied = IpcFile::open(&file, Limits::default())
            .unwrap()
            .batches()
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        assert_eq!(juntos(&copied), tabla(0, FILAS), "{codec}");
        // SAFETY: the file is this test's own; pyarrow has closed it.
        let mapped = unsafe { IpcFile::map(&file, Limits::default()) }.unwrap();
        let others = [0, 1, 2, 3, 4, 5];
        let read: Vec<_> = (0..3)
            .map(|index| mapped.batch_columns(index, &others).unwrap())
            .collect();
        assert_eq!(
            juntos(&read),
            tabla(0, FILAS).project(&others).unwrap(),
            "{codec}"
        );
        // pyarrow aligns to 8 bytes, and a column of 128-bit decimals may stand askew: the map says so, and the copy above does not mind.
        match mapped.batches().collect::<Result<Vec<_>, _>>() {
            Ok(read) => assert_eq!(juntos(&read), tabla(0, FILAS)),
            Err(error) => assert!(
                matches!(error.cause(), IpcError::Misaligned { column, .. } if column == "decimal"),
                "{error}"
            ),
        }
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_diccionarios_que_crecen_se_entienden_en_los_dos_sentidos() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("crecen.arrows");
    let options = WriteOptions {
        dictionaries: Dictionaries::Delta,
        ..WriteOptions::default()
    };
    write_stream(File::create(&path).unwrap(), &crecientes(), options).unwrap();
    let said = dicho(&python(&["regiones", path.to_str().unwrap()]).run().unwrap());
    assert_eq!(
        said.trim(),
        "['norte', 'sur', 'norte', 'este', 'norte', 'oeste']"
    );

    dicho(&python(&["crecer", path.to_str().unwrap()]).run().unwrap());
    let read = receive(File::open(&path).unwrap()).unwrap();
    assert_eq!(read, crecientes());
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn por_una_tuberia_a_pyarrow_y_de_vuelta_y_por_un_socket_desde_pyarrow() {
    for batches in [lotes(), events(3, 2_000, 4).unwrap()] {
        let run = python(&["tuberia"])
            .stdin(serializar_arrow(&batches).unwrap())
            .run()
            .unwrap();
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(receive(run.stdout.as_slice()).unwrap(), batches);
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("py.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/intercambio.py");
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let mut child = Command::new(interpreter)
        .arg(script)
        .arg("socket")
        .arg(&path)
        .arg("1000")
        .spawn()
        .unwrap();
    let read = receive(listener.accept().unwrap().0).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(juntos(&read), tabla(0, FILAS));
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn pyarrow_no_nota_la_suma_del_final() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("suma.arrows");
    fs::write(&path, serializar_con_suma(&lotes()).unwrap()).unwrap();
    let run = python(&["comprobar", "flujo", path.to_str().unwrap(), "1000"])
        .run()
        .unwrap();
    assert_eq!(dicho(&run), "1000 filas iguales\n");
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_flujo_de_pyarrow_cortado_es_un_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("corto.arrows");
    dicho(
        &python(&[
            "escribir",
            "flujo",
            path.to_str().unwrap(),
            "1000",
            "ninguno",
        ])
        .run()
        .unwrap(),
    );
    let bytes = fs::read(&path).unwrap();
    for end in (0..bytes.len())
        .step_by(97)
        .chain([bytes.len() - 8, bytes.len() - 1])
    {
        let read = StreamBatches::from_slice(&bytes[..end], Limits::default())
            .and_then(|stream| stream.collect::<Result<Vec<_>, _>>());
        assert!(
            matches!(
                read,
                Err(IpcError::Truncated { .. } | IpcError::Unfinished { .. })
            ),
            "{end}"
        );
    }
}
