//! One end of an exchange goes away before its time.

use crate::PROGRAMA;
use crate::procesos::{emisor, enviados};
use arrow::array::RecordBatch;
use ecommerce_testkit::process::Child;
use ej_16_2_3_arrow_ipc::{IpcError, Limits, StreamBatches, serializar_arrow};
use std::io::{Cursor, Read as _};
use std::process::Stdio;

/// Kills a sender that has sent `bytes` and waits, and gives what its receiver had and got.
fn muerto_tras(bytes: usize) -> (Vec<RecordBatch>, IpcError) {
    let mut child = emisor()
        .args(["--tuberia", "--detener-tras", &bytes.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // All that the child will ever send has arrived before it is killed: the end is where it is meant to be.
    let mut output = child.stdout.take().unwrap();
    let mut arrived = vec![0; bytes];
    output.read_exact(&mut arrived).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let mut stream =
        StreamBatches::from_reader(Cursor::new(arrived).chain(output), Limits::default()).unwrap();
    let mut read = Vec::new();
    loop {
        match stream.next() {
            Some(Ok(batch)) => read.push(batch),
            Some(Err(error)) => return (read, error),
            None => panic!("un emisor muerto no es un final"),
        }
    }
}

#[test]
fn un_emisor_muerto_en_medio_de_un_mensaje_da_un_error_claro() {
    let whole = serializar_arrow(&enviados()).unwrap().len();
    let (read, error) = muerto_tras(whole / 2);
    assert!(!read.is_empty() && read.len() < 6);
    assert_eq!(read, enviados()[..read.len()]);
    match error {
        IpcError::Truncated {
            message,
            needed,
            found,
        } => {
            assert_eq!(message, 1 + read.len() as u64);
            assert!(found < needed);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn un_emisor_muerto_entre_dos_mensajes_tampoco_pasa_por_terminado() {
    let two = serializar_arrow(&enviados()[..2]).unwrap().len() - 8;
    let (read, error) = muerto_tras(two);
    assert_eq!(read, enviados()[..2]);
    assert!(
        matches!(error, IpcError::Unfinished { messages: 3 }),
        "{error:?}"
    );
}

#[test]
fn el_receptor_lo_dice_en_una_linea_y_sale_con_3() {
    let bytes = serializar_arrow(&enviados()).unwrap();
    let two = serializar_arrow(&enviados()[..2]).unwrap().len() - 8;
    let run = |bytes: &[u8]| {
        Child::new(PROGRAMA)
            .args(["receptor", "--tuberia"])
            .stdin(bytes)
            .run()
            .unwrap()
    };
    let between = run(&bytes[..two]);
    assert_eq!(between.code, Some(3));
    assert_eq!(
        between.stderr_text(),
        "error: el emisor terminó sin cerrar el flujo, tras 3 mensajes enteros\n"
    );
    let within = run(&bytes[..two + 100]);
    assert!(
        within
            .stderr_text()
            .starts_with("error: el mensaje 3 está cortado: hacían falta "),
        "{within:?}"
    );
    assert!(
        between.stdout.is_empty() && within.stdout.is_empty(),
        "de un flujo a medias no se dice un resultado"
    );
}

#[test]
fn un_receptor_que_se_va_da_al_emisor_un_error_y_no_un_panic() {
    let mut child = emisor()
        .args(["--tuberia", "--detener-tras", "1000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no se pudo escribir")
    );
}
