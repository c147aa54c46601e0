//! A gigabyte mapped: what of it is brought into memory, and when.

use crate::PROGRAMA;
use crate::mapa::mapear;
use arrow::array::{ArrayRef, AsArray as _, Float64Array, RecordBatch};
use arrow::datatypes::Float64Type;
use ecommerce_testkit::alloc;
use ecommerce_testkit::process::Child;
use ej_16_2_3_arrow_ipc::residency::resident_bytes;
use ej_16_2_3_arrow_ipc::{WriteOptions, write_file};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A file in which runs of zeros are holes: a gigabyte that takes no disk.
struct Disperso(File);

impl Write for Disperso {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        static ZEROS: [u8; 1 << 20] = [0; 1 << 20];
        let len = bytes.len().min(ZEROS.len());
        if len >= 4096 && bytes[..len] == ZEROS[..len] {
            self.0.seek(SeekFrom::Current(len as i64))?;
            return Ok(len);
        }
        self.0.write_all(&bytes[..len.min(4096)])?;
        Ok(len.min(4096))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Batches of two columns of numbers, 64 MiB each batch.
const LOTES: usize = 16;
const FILAS: usize = 4 << 20;

/// A gigabyte of zeros in sixteen batches.
fn un_gigabyte(dir: &Path) -> PathBuf {
    let path = dir.join("gigabyte.arrow");
    let numbers = Arc::new(Float64Array::from(vec![0.0; FILAS])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("a", numbers.clone()), ("b", numbers)]).unwrap();
    let batches = vec![batch; LOTES];
    write_file(
        Disperso(File::create(&path).unwrap()),
        &batches,
        WriteOptions::default(),
    )
    .unwrap();
    let meta = fs::metadata(&path).unwrap();
    assert!(meta.len() > 1 << 30);
    assert!(
        meta.blocks() * 512 < 1 << 20,
        "{} bytes en disco",
        meta.blocks() * 512
    );
    path
}

#[test]
fn abrir_un_gigabyte_no_toca_sus_datos() {
    let dir = tempfile::tempdir().unwrap();
    let path = un_gigabyte(dir.path());
    let (file, seen) = alloc::in_this_thread(|| mapear(&path).unwrap());
    let opened = resident_bytes(&path).unwrap();
    assert!(
        (1..=256 << 10).contains(&opened),
        "{opened} residentes al abrir"
    );
    assert!(seen.bytes < 64 << 10, "{seen:?}");

    let (batches, seen) =
        alloc::in_this_thread(|| file.batches().collect::<Result<Vec<_>, _>>().unwrap());
    let decoded = resident_bytes(&path).unwrap();
    assert_eq!(
        batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
        LOTES * FILAS
    );
    // A page of metadata per batch, and at most 64 KiB that the kernel maps around each.
    assert!(
        decoded <= opened + (LOTES as u64) * (64 << 10),
        "{decoded} residentes con todos los lotes"
    );
    assert!(seen.bytes < 256 << 10, "{seen:?}");

    let column = batches[7].column(1).as_primitive::<Float64Type>().values();
    assert_eq!(column.iter().sum::<f64>(), 0.0);
    let touched = resident_bytes(&path).unwrap();
    assert!(
        touched >= decoded + 8 * FILAS as u64 - (128 << 10),
        "sumar una columna sí la trae: {touched}"
    );
    assert!(
        touched <= decoded + 8 * FILAS as u64 + (128 << 10),
        "y solo esa: {touched}"
    );
}

#[test]
fn un_proceso_hijo_dice_lo_mismo_con_menos_memoria_que_el_archivo() {
    let dir = tempfile::tempdir().unwrap();
    let path = un_gigabyte(dir.path());
    let mapped = Child::new(PROGRAMA)
        .args(["leer", "--archivo"])
        .arg(&path)
        .limit_data(256 << 20)
        .run()
        .unwrap();
    assert_ne!(
        mapped.code,
        Some(0),
        "copiando, un gigabyte no cabe en 256 MiB"
    );
    let mut child = Command::new(PROGRAMA)
        .arg("mapa")
        .arg(&path)
        .arg("--esperar")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for step in ["abierto: ", "lotes: "] {
        let line = said.next().unwrap().unwrap();
        let resident: u64 = line
            .strip_prefix(step)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(resident < 2 << 20, "{line}");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    assert!(peak < 64 << 10, "{peak} kB");
    child.kill().unwrap();
    child.wait().unwrap();
}
