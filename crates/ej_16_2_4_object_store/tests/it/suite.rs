//! What every store must do alike.

use super::lago::{MIB, bytes};
use bytes::Bytes;
use ej_16_2_4_object_store::{Created, Object, Parts, StoreError, Stores, Uploaded, copy};
use futures::{StreamExt, TryStreamExt, stream};
use std::io;

/// Runs the whole suite under a base URL, which nothing else uses.
pub(crate) async fn pasa(stores: &Stores, base: &str) {
    let objeto = |clave: &str| stores.open(&format!("{base}/{clave}")).unwrap();
    escribe_y_lee(&objeto("uno.txt")).await;
    lee_rangos(&objeto("rangos.bin")).await;
    lista(stores, &format!("{base}/listado")).await;
    nombra_claves_raras(stores, &format!("{base}/raras")).await;
    no_encuentra(&objeto("falta")).await;
    crea(&objeto("creado")).await;
    sube_por_partes(&objeto("grande.bin")).await;
    no_cambia_a_medias(&objeto("reemplazado.bin")).await;
    copia(&objeto("grande.bin"), &objeto("copia/de/grande.bin")).await;
}

async fn escribe_y_lee(objeto: &Object) {
    objeto.put("hola mundo").await.unwrap();
    assert_eq!(objeto.get().await.unwrap(), "hola mundo");
    let antes = objeto.head().await.unwrap();
    assert_eq!(antes.size, 10);
    objeto.put("adiós, mundo").await.unwrap();
    let despues = objeto.head().await.unwrap();
    assert_eq!(despues.size, 13);
    assert_ne!(antes.e_tag, despues.e_tag, "another version");
    objeto.put(Bytes::new()).await.unwrap();
    assert_eq!(objeto.get().await.unwrap(), "");
}

async fn lee_rangos(objeto: &Object) {
    let todo = bytes(1000, 1);
    objeto.put(todo.clone()).await.unwrap();
    assert_eq!(objeto.get_range(10..20).await.unwrap(), todo[10..20]);
    assert_eq!(objeto.get_range(0..1000).await.unwrap(), todo);
    assert_eq!(objeto.get_range(7..7).await.unwrap(), "");
    for range in [990..1001, 1000..1001, 5000..6000] {
        let error = objeto.get_range(range.clone()).await.unwrap_err();
        let expected = StoreError::OutOfRange {
            place: objeto.place().clone(),
            range,
            size: 1000,
        };
        assert_eq!(error, expected);
    }
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is asked for")]
    let al_reves = objeto.get_range(20..10).await.unwrap_err();
    assert!(
        matches!(al_reves, StoreError::OutOfRange { size: 1000, .. }),
        "{al_reves}"
    );
}

async fn claves(stores: &Stores, url: &str) -> Vec<(String, u64)> {
    let found = stores.open(url).unwrap().list();
    let mut found: Vec<_> = found
        .map_ok(|listed| (listed.place.to_string(), listed.size))
        .try_collect()
        .await
        .unwrap();
    found.sort();
    found
}

async fn lista(stores: &Stores, base: &str) {
    assert_eq!(claves(stores, base).await, []);
    for (clave, contenido) in [("a/b/1", "x"), ("a/b/2", "xx"), ("a/bc", "xxx"), ("z", "")] {
        let objeto = stores.open(&format!("{base}/{clave}")).unwrap();
        objeto.put(contenido).await.unwrap();
    }
    let todos = claves(stores, base).await;
    let esperados = [("a/b/1", 1), ("a/b/2", 2), ("a/bc", 3), ("z", 0)];
    assert_eq!(
        todos,
        esperados.map(|(clave, n)| (format!("{base}/{clave}"), n))
    );
    // By segments: neither `a/bc` nor `a/b` itself.
    assert_eq!(claves(stores, &format!("{base}/a/b")).await, todos[..2]);
    assert_eq!(claves(stores, &format!("{base}/a/b/1")).await, []);
}

async fn nombra_claves_raras(stores: &Stores, base: &str) {
    let raras = [
        "año nuevo/ñ y ü.txt",
        "100%25 seguro",
        "a=1/b=2/c+d&e",
        "emoji 🦀",
        "comillas \"'`$(x)",
        "..oculto",
        "fin.",
        "pregunta%3F y almohadilla%23",
    ];
    for (i, clave) in raras.iter().enumerate() {
        let objeto = stores.open(&format!("{base}/{clave}")).unwrap();
        objeto.put(i.to_string()).await.unwrap();
        assert_eq!(objeto.get().await.unwrap(), i.to_string(), "{clave}");
    }
    let mut esperadas: Vec<_> = raras
        .iter()
        .map(|clave| (format!("{base}/{clave}"), 1))
        .collect();
    esperadas.sort();
    // Listed under URLs that lead back to them.
    assert_eq!(claves(stores, base).await, esperadas);
}

async fn no_encuentra(objeto: &Object) {
    let falta = StoreError::NoObject {
        place: objeto.place().clone(),
    };
    assert_eq!(objeto.get().await.unwrap_err(), falta);
    assert_eq!(objeto.head().await.unwrap_err(), falta);
    assert_eq!(objeto.get_range(0..1).await.unwrap_err(), falta);
    let mut leido = objeto.stream(Parts::default());
    assert_eq!(leido.next().await, Some(Err(falta.clone())));
    objeto.delete().await.unwrap();
    objeto.put("x").await.unwrap();
    objeto.delete().await.unwrap();
    assert_eq!(objeto.get().await.unwrap_err(), falta);
    assert!(falta.to_string().starts_with(&objeto.place().to_string()));
}

async fn crea(objeto: &Object) {
    assert_eq!(objeto.create("primero").await.unwrap(), Created::Now);
    assert_eq!(objeto.create("segundo").await.unwrap(), Created::Already);
    assert_eq!(
        objeto.create("más largo que el primero").await.unwrap(),
        Created::Already
    );
    // The same bytes again: taken for one's own, whose answer was lost.
    assert_eq!(objeto.create("primero").await.unwrap(), Created::Confirmed);
    assert_eq!(objeto.get().await.unwrap(), "primero");
}

async fn sube_por_partes(objeto: &Object) {
    let parts = Parts::new(0, 2);
    let todo = bytes(2 * 5 * MIB + 1, 2);
    let en_trozos = |de: usize| {
        let trozos: Vec<_> = todo
            .chunks(de)
            .map(|trozo| Ok::<_, StoreError>(Bytes::copy_from_slice(trozo)))
            .collect();
        stream::iter(trozos)
    };
    let nada = stream::iter(Vec::<Result<Bytes, StoreError>>::new());
    let subido = objeto.upload(nada, parts).await.unwrap();
    assert_eq!(subido, Uploaded { bytes: 0, parts: 0 });
    assert_eq!(objeto.get().await.unwrap(), "");
    // Pieces that are no divisor of a part, then pieces larger than one.
    for trozo in [700_001, 7 * MIB] {
        let subido = objeto.upload(en_trozos(trozo), parts).await.unwrap();
        assert_eq!(
            subido,
            Uploaded {
                bytes: todo.len() as u64,
                parts: 3
            }
        );
        let leido: Vec<Bytes> = objeto.stream(parts).try_collect().await.unwrap();
        assert_eq!(
            leido.iter().map(Bytes::len).collect::<Vec<_>>(),
            [5 * MIB, 5 * MIB, 1]
        );
        assert!(leido.concat() == todo);
    }
    // A source that fails leaves what was there.
    let truncado = en_trozos(MIB)
        .take(8)
        .map(|trozo| trozo.map_err(|_| io::Error::other("nunca")));
    let truncado = truncado.chain(stream::iter([Err(io::Error::other("se acabó"))]));
    let error = objeto.upload(truncado, parts).await.unwrap_err();
    assert_eq!(error, StoreError::Source("se acabó".to_owned()));
    assert_eq!(objeto.head().await.unwrap().size, todo.len() as u64);
    let pedazo = objeto.stream_range(5 * MIB as u64 - 3..5 * MIB as u64 + 4, parts);
    let pedazo: Vec<Bytes> = pedazo.try_collect().await.unwrap();
    assert_eq!(pedazo.concat(), todo[5 * MIB - 3..5 * MIB + 4]);
}

async fn no_cambia_a_medias(objeto: &Object) {
    objeto.put(bytes(6 * MIB, 3)).await.unwrap();
    let mut leido = objeto.stream(Parts::new(0, 1));
    assert_eq!(leido.next().await.unwrap().unwrap().len(), 5 * MIB);
    // As long as the other, so that only its version tells.
    objeto.put(bytes(6 * MIB, 4)).await.unwrap();
    let cambiado = StoreError::Changed {
        place: objeto.place().clone(),
    };
    assert_eq!(leido.next().await, Some(Err(cambiado)));
}

async fn copia(desde: &Object, hasta: &Object) {
    let copiado = copy(desde, hasta, Parts::new(0, 2)).await.unwrap();
    assert_eq!((copiado.bytes, copiado.parts), (2 * 5 * MIB as u64 + 1, 3));
    assert!(desde.get().await.unwrap() == hasta.get().await.unwrap());
}
