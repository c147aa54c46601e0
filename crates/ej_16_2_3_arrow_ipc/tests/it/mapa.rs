//! A file as memory: what is touched, where the columns are, how long the map lives, and what kills it.

use crate::datos::{columna, pequenos};
use crate::{PROGRAMA, danos::Leido};
use arrow::array::{Array as _, ArrayRef, Decimal128Array, Float64Array, RecordBatch};
use arrow::buffer::Buffer;
use arrow_ipc::MetadataVersion;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use ecommerce_testkit::alloc;
use ej_16_2_3_arrow_ipc::sample::{Kind, sample_column};
use ej_16_2_3_arrow_ipc::{Compression, IpcError, IpcFile, Limits, WriteOptions, write_file};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

pub(crate) fn mapear(path: &Path) -> Result<IpcFile, IpcError> {
    // SAFETY: the files of these tests lie in temporary directories of their own, and a test that cuts one does so before it
    // touches the map again, or in a child process that is meant to die of it.
    unsafe { IpcFile::map(path, Limits::default()) }
}

fn escrito(dir: &Path, batches: &[RecordBatch], options: WriteOptions) -> PathBuf {
    let path = dir.join("lotes.arrow");
    write_file(File::create(&path).unwrap(), batches, options).unwrap();
    path
}

/// Every buffer of an array and of its children: where it is and how long.
fn buffers(column: &arrow::array::ArrayData) -> Vec<(usize, usize)> {
    let own = column
        .buffers()
        .iter()
        .map(|buffer| (buffer.as_ptr().addr(), buffer.len()));
    let nulls = column
        .nulls()
        .map(|nulls| (nulls.buffer().as_ptr().addr(), nulls.buffer().len()));
    own.chain(nulls)
        .chain(column.child_data().iter().flat_map(buffers))
        .filter(|(_, len)| *len > 0)
        .collect()
}

/// Where this process has the file mapped.
fn mapas(path: &Path) -> Vec<std::ops::Range<usize>> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let name = path.canonicalize().unwrap();
    let ranges = maps
        .lines()
        .filter(|line| line.ends_with(name.to_str().unwrap()));
    ranges
        .map(|line| {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            usize::from_str_radix(start, 16).unwrap()..usize::from_str_radix(end, 16).unwrap()
        })
        .collect()
}

#[test]
fn cada_columna_esta_dentro_del_mapa_y_lo_comprimido_no() {
    let dir = tempfile::tempdir().unwrap();
    for kind in Kind::ALL {
        let batch = sample_column(kind, 10, 50_000, 3);
        for (compression, inside) in [(Compression::None, true), (Compression::Zstd, false)] {
            let path = escrito(
                dir.path(),
                std::slice::from_ref(&batch),
                WriteOptions::default().compressed(compression),
            );
            let file = mapear(&path).unwrap();
            let (read, seen) = alloc::in_this_thread(|| file.batch(0).unwrap());
            let maps = mapas(&path);
            assert_eq!(maps.len(), 1);
            let places = buffers(&read.column(0).to_data());
            assert!(places.len() >= 2);
            let within = places
                .iter()
                .filter(|(at, len)| maps[0].contains(at) && at + len <= maps[0].end)
                .count();
            if inside {
                assert_eq!(within, places.len(), "{kind:?}");
                assert!(seen.bytes < 32 << 10, "{kind:?}: {seen:?}");
            } else {
                // What gains nothing by being compressed, such as eight names, is stored as it is.
                let stored: usize = places
                    .iter()
                    .filter(|(at, _)| maps[0].contains(at))
                    .map(|(_, len)| len)
                    .sum();
                let all: usize = places.iter().map(|(_, len)| len).sum();
                assert!(stored < all / 10, "{kind:?}: {stored} de {all}");
            }
            assert_eq!(read, batch);
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn el_mapa_vive_lo_que_viva_el_ultimo_trozo_de_una_columna() {
    let dir = tempfile::tempdir().unwrap();
    let batch = sample_column(Kind::Texto, 0, 10_000, 3);
    let path = escrito(
        dir.path(),
        std::slice::from_ref(&batch),
        WriteOptions::default(),
    );
    let file = mapear(&path).unwrap();
    let piece = file.batch(0).unwrap().column(0).slice(5_000, 10);
    drop(file);
    assert_eq!(mapas(&path).len(), 1);
    assert_eq!(piece.as_ref(), batch.column(0).slice(5_000, 10).as_ref());
    // Without its name the file is still there for whoever maps it.
    let gone = path.canonicalize().unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(piece.as_ref(), batch.column(0).slice(5_000, 10).as_ref());
    drop(piece);
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.contains(gone.to_str().unwrap()));
}

/// Decimals of 128 bits in a file aligned to 8 bytes, as pyarrow writes: one layout in two stands wrong for them.
#[test]
fn lo_que_no_esta_alineado_se_dice_en_un_mapa_y_se_copia_sin_el() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("decimales.arrow");
    let decimals: ArrayRef = Arc::new(
        Decimal128Array::from(vec![1, 2, 3])
            .with_precision_and_scale(18, 2)
            .unwrap(),
    );
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![0.5; 3]));
    let batch = RecordBatch::try_from_iter([
        ("f", numbers.clone()),
        ("d", decimals.clone()),
        ("g", numbers),
        ("e", decimals),
    ])
    .unwrap();
    let options = IpcWriteOptions::try_new(8, false, MetadataVersion::V5).unwrap();
    let mut writer =
        FileWriter::try_new_with_options(File::create(&path).unwrap(), &batch.schema(), options)
            .unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();

    let error = mapear(&path).unwrap().batch(0).unwrap_err();
    match error.cause() {
        IpcError::Misaligned {
            column,
            alignment: 16,
            ..
        } => assert!(["d", "e"].contains(&column.as_str())),
        other => panic!("{other:?}"),
    }
    assert!(error.to_string().contains("decimales.arrow"));
    assert_eq!(
        mapear(&path).unwrap().batch_columns(0, &[0, 2]).unwrap(),
        batch.project(&[0, 2]).unwrap(),
        "las demás columnas sí"
    );
    let copied: Leido = IpcFile::open(&path, Limits::default())
        .unwrap()
        .batches()
        .collect();
    assert_eq!(copied.unwrap(), [batch]);
}

#[test]
fn truncado_tras_abrir_es_un_error_en_el_mapa_y_en_la_copia() {
    let dir = tempfile::tempdir().unwrap();
    let batches = pequenos(2, 5_000);
    let path = escrito(dir.path(), &batches, WriteOptions::default());
    let (mapped, copied) = (
        mapear(&path).unwrap(),
        IpcFile::open(&path, Limits::default()).unwrap(),
    );
    assert_eq!(mapped.batch(1).unwrap(), batches[1]);
    let len = fs::metadata(&path).unwrap().len();
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(len / 2)
        .unwrap();
    for file in [mapped, copied] {
        match file.batch(1).unwrap_err().cause() {
            IpcError::Shrunk { expected, found } => assert_eq!((*expected, *found), (len, len / 2)),
            other => panic!("{other:?}"),
        }
    }
}

/// A child maps the file and decodes its batches; the file is cut; the child touches a page that is no more.
#[test]
fn truncar_bajo_el_mapa_mata_con_sigbus_y_el_lector_que_copia_no_se_entera() {
    const SIGBUS: i32 = 7;
    let dir = tempfile::tempdir().unwrap();
    let batch = sample_column(Kind::F64, 0, 500_000, 3);
    let path = escrito(
        dir.path(),
        std::slice::from_ref(&batch),
        WriteOptions::default(),
    );
    let copied = IpcFile::open(&path, Limits::default())
        .unwrap()
        .batch(0)
        .unwrap();

    let mut child = Command::new(PROGRAMA)
        .arg("mapa")
        .arg(&path)
        .arg("--esperar")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().starts_with("abierto"));
    assert!(said.next().unwrap().unwrap().starts_with("lotes"));
    File::create(&path).unwrap();
    drop(child.stdin.take());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(SIGBUS), "{status}");
    assert_eq!(copied, batch);
}

#[test]
fn un_archivo_vacio_o_que_no_es_un_archivo_no_se_mapea() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vacio.arrow");
    File::create(&path).unwrap();
    assert!(matches!(
        mapear(&path).unwrap_err().cause(),
        IpcError::Truncated { .. }
    ));
    assert!(matches!(
        mapear(dir.path()).unwrap_err().cause(),
        IpcError::Unsupported { .. }
    ));
    assert!(matches!(
        mapear(&dir.path().join("no")).unwrap_err().cause(),
        IpcError::Io { .. }
    ));
}

/// Damage in a map is an error just as in a copy: nothing is taken on trust because it is mapped.
#[test]
fn un_mapa_danado_es_un_error() {
    let texts = columna(
        "t",
        Arc::new(arrow::array::StringArray::from(vec!["lote-1"; 100])),
    );
    let mut bytes = Vec::new();
    write_file(&mut bytes, &[texts], WriteOptions::default()).unwrap();
    let at = bytes
        .windows(6)
        .position(|window| window == b"lote-1")
        .unwrap();
    bytes[at] = 0xff;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mal.arrow");
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(
        mapear(&path).unwrap().batch(0).unwrap_err().cause(),
        IpcError::Invalid { .. }
    ));
    let shared: Leido = IpcFile::from_buffer(Buffer::from_vec(bytes), Limits::default())
        .unwrap()
        .batches()
        .collect();
    assert!(matches!(shared, Err(IpcError::Invalid { .. })));
}
