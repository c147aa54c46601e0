//! Sizes that no memory would hold.

use crate::copia::{LIMITE, copia_con_limite};
use crate::lago::{BUCKET, MIB, bytes, carpeta, lago, lago_con, paciencia, url_de};
use bytes::Bytes;
use ecommerce_testlake::{Fault, Rule};
use ej_16_2_4_object_store::{Parts, Patience, StoreError};
use futures::{Stream, TryStreamExt, stream};
use std::os::unix::fs::FileExt;

const CUATRO_GIB: u64 = 4 << 30;
/// Marks in a file that is otherwise empty: around the ends of parts, and at its own.
const LUGARES: [u64; 5] = [0, (8 << 20) - 4, (8 << 20) + 8, 3 << 30, CUATRO_GIB - 8];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "largo: cargo xtask test --largo"]
async fn cuatro_gib_de_disco_a_s3_y_de_s3_a_s3_en_48_mib_de_memoria() {
    let (lago, dir) = (lago(), carpeta());
    let origen = std::fs::File::create(dir.path().join("origen")).unwrap();
    origen.set_len(CUATRO_GIB).unwrap();
    for lugar in LUGARES {
        origen
            .write_all_at(&(lugar + 1).to_le_bytes(), lugar)
            .unwrap();
    }
    let (uno, dos) = (format!("s3://{BUCKET}/uno"), format!("s3://{BUCKET}/dos"));
    for (desde, hasta) in [
        (url_de(&dir.path().join("origen")), &uno),
        (uno.clone(), &dos),
    ] {
        let copiado = copia_con_limite(&lago.server, &desde, hasta, LIMITE);
        assert!(copiado.success(), "{copiado:?}");
        assert_eq!(
            copiado.stdout_text(),
            format!("{CUATRO_GIB} bytes en 512 partes: {hasta}\n")
        );
        // The kernel's figure; with the limit it cannot be much more than that.
        eprintln!(
            "{hasta}: pico de {} MiB en {:?}",
            copiado.peak_rss >> 20,
            copiado.wall
        );
    }
    let copia = std::fs::File::open(lago.server.path_of(BUCKET, "dos")).unwrap();
    assert_eq!(copia.metadata().unwrap().len(), CUATRO_GIB);
    for lugar in LUGARES {
        let mut leido = [0; 8];
        copia.read_exact_at(&mut leido, lugar).unwrap();
        assert_eq!(u64::from_le_bytes(leido), lugar + 1);
    }
    assert_eq!(lago.sin_terminar(), 0);
}

/// So many parts of 5 MiB, all of one allocation.
fn trozos(cuantos: usize) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let uno = Bytes::from(bytes(5 * MIB, 9));
    stream::iter((0..cuantos).map(move |_| Ok(uno.clone())))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "largo: cargo xtask test --largo"]
async fn dos_gib_en_410_partes_se_abortan_en_la_ultima_y_se_acaban_al_repetir() {
    let lago = lago_con(Patience {
        retries: 1,
        ..paciencia()
    });
    let objeto = lago.objeto("grande");
    lago.proxy
        .add(Rule::put(Fault::Answer(503)).query("partNumber=410"));
    let error = objeto
        .upload(trozos(410), Parts::new(0, 4))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert_eq!((lago.sin_terminar(), lago.existe("grande")), (0, false));
    lago.proxy.clear();
    let subido = objeto.upload(trozos(410), Parts::new(0, 4)).await.unwrap();
    assert_eq!((subido.bytes, subido.parts), (410 * 5 * MIB as u64, 410));
    assert_eq!(lago.sin_terminar(), 0);
    let (uno, mut vistos) = (bytes(5 * MIB, 9), 0);
    let mut leido = objeto.stream(Parts::new(0, 2));
    while let Some(trozo) = leido.try_next().await.unwrap() {
        assert!(trozo == uno);
        vistos += 1;
    }
    assert_eq!(vistos, 410);
}
