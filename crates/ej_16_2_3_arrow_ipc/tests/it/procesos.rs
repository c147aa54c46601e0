//! Two real processes: over a pipe, a Unix socket and a shared file; and one of them killed in mid-stream.

use crate::PROGRAMA;
use arrow::array::RecordBatch;
use ecommerce_testkit::process::Child;
use ej_16_2_3_arrow_ipc::exchange::{Summary, events, receive};
use ej_16_2_3_arrow_ipc::{
    Compression, Limits, StreamBatches, WriteOptions, serializar_arrow, write_stream,
};
use std::fs;
use std::io::{BufReader, Write};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

const FILAS: u64 = 6_000;
const LOTES: u64 = 6;

pub(crate) fn enviados() -> Vec<RecordBatch> {
    events(5, FILAS, LOTES).unwrap()
}

pub(crate) fn emisor() -> Command {
    let mut command = Command::new(PROGRAMA);
    command
        .args([
            "emisor",
            "--filas",
            "6000",
            "--lotes",
            "6",
            "--semilla",
            "5",
        ])
        .stderr(Stdio::piped());
    command
}

fn esperado() -> String {
    format!("recibido: {}\n", Summary::of(&enviados()).unwrap())
}

#[test]
fn por_una_tuberia_del_hijo_al_padre() {
    for codec in [None, Some("lz4"), Some("zstd")] {
        let mut command = emisor();
        command.arg("--tuberia");
        if let Some(codec) = codec {
            command.args(["--compresion", codec]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let read = receive(child.stdout.take().unwrap()).unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(read, enviados(), "{codec:?}");
    }
}

#[test]
fn por_una_tuberia_del_padre_al_hijo() {
    let bytes = serializar_arrow(&enviados()).unwrap();
    let run = Child::new(PROGRAMA)
        .args(["receptor", "--tuberia"])
        .stdin(bytes)
        .run()
        .unwrap();
    assert_eq!(
        (run.code, run.stdout_text()),
        (Some(0), esperado()),
        "{run:?}"
    );
}

#[test]
fn de_un_hijo_a_otro_por_una_tuberia() {
    let mut sender = emisor()
        .arg("--tuberia")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let receiver = Command::new(PROGRAMA)
        .args(["receptor", "--tuberia"])
        .stdin(sender.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(sender.wait().unwrap().success());
    assert_eq!(String::from_utf8(receiver.stdout).unwrap(), esperado());
}

#[test]
fn por_un_socket_de_unix_en_los_dos_sentidos() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("flujo.sock");
    let listener = UnixListener::bind(&path).unwrap();

    let mut sender = emisor().arg("--socket").arg(&path).spawn().unwrap();
    let read = receive(listener.accept().unwrap().0).unwrap();
    assert!(sender.wait().unwrap().success());
    assert_eq!(read, enviados());

    let receiver = Command::new(PROGRAMA)
        .args(["receptor", "--socket"])
        .arg(&path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let connection = listener.accept().unwrap().0;
    write_stream(
        &connection,
        &enviados(),
        WriteOptions::default().compressed(Compression::Lz4),
    )
    .unwrap();
    let output = receiver.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), esperado());
}

/// Two streams through one connection: the reader of the first takes not a byte of the second.
#[test]
fn dos_flujos_por_una_misma_conexion() {
    let (first, second) = (events(1, 100, 2).unwrap(), events(2, 50, 1).unwrap());
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let writer = std::thread::spawn(move || {
        for batches in [events(1, 100, 2).unwrap(), events(2, 50, 1).unwrap()] {
            write_stream(&theirs, &batches, WriteOptions::default()).unwrap();
        }
    });
    let mut input = BufReader::new(ours);
    for wanted in [first, second] {
        let read: Result<Vec<_>, _> = StreamBatches::from_reader(&mut input, Limits::default())
            .unwrap()
            .collect();
        assert_eq!(read.unwrap(), wanted);
    }
    writer.join().unwrap();
}

#[test]
fn por_un_archivo_compartido_copiado_y_mapeado() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("compartido.arrow");
    assert!(
        emisor()
            .arg("--archivo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    for how in ["--archivo", "--mapa"] {
        let output = Command::new(PROGRAMA)
            .args(["receptor", how])
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            esperado(),
            "{how}"
        );
    }
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        1,
        "no queda ningún archivo a medias"
    );
}

#[test]
fn las_ordenes_mal_escritas_salen_con_2_y_la_ayuda_con_0() {
    for wrong in [
        &["emisor"][..],
        &["receptor", "--tuberia", "--mapa", "x"],
        &["leer"],
        &["mapa"],
        &["otra"],
        &["emisor", "--tuberia", "--filas", "x"],
    ] {
        let run = Child::new(PROGRAMA).args(wrong).run().unwrap();
        assert_eq!(run.code, Some(2), "{wrong:?}");
        assert!(run.stderr_text().starts_with("error: "), "{run:?}");
    }
    let help = Child::new(PROGRAMA).arg("--help").run().unwrap();
    assert!(help.success() && help.stdout_text().contains("--esperar"));
    let missing = Child::new(PROGRAMA)
        .args(["leer", "--flujo", "/no/hay/tal"])
        .run()
        .unwrap();
    assert_eq!(missing.code, Some(3));
    assert!(missing.stderr_text().contains("/no/hay/tal"));
}

/// One bit of the body's length: arrow-ipc's reader, which the guide uses, asks for a petabyte and takes the process with it.
#[test]
fn un_bit_de_una_longitud_aborta_el_lector_de_arrow_ipc_y_aqui_es_una_linea() {
    let mut bytes = serializar_arrow(&enviados()[..1]).unwrap();
    let schema = 8 + u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let metadata = schema + 8
        ..schema
            + 8
            + u32::from_le_bytes(bytes[schema + 4..schema + 8].try_into().unwrap()) as usize;
    let body = (bytes.len() - 8 - metadata.end) as u64;
    let at = metadata
        .clone()
        .find(|at| bytes[*at..at + 8] == body.to_le_bytes())
        .unwrap();
    bytes[at + 6] ^= 4;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("absurdo.arrows");
    fs::File::create(&path).unwrap().write_all(&bytes).unwrap();

    let theirs = Child::new(PROGRAMA)
        .args(["leer", "--como-la-guia"])
        .arg(&path)
        .run()
        .unwrap();
    assert!(theirs.crashed(), "{theirs:?}");
    let ours = Child::new(PROGRAMA)
        .args(["leer", "--flujo"])
        .arg(&path)
        .limit_data(64 << 20)
        .run()
        .unwrap();
    assert_eq!(ours.code, Some(3));
    assert!(
        ours.stderr_text()
            .contains("absurdo.arrows: dice medir más de lo que se admite"),
        "{ours:?}"
    );
}
