//! The guide's program on object_store 0.13, over any store.
//!
//! Three of its lines changed since: `get`, `put` and their like moved to the trait [`ObjectStoreExt`], `put` takes a
//! [`PutPayload`], and `next` is a method of `StreamExt`, which it never imported. As the guide writes them they do not compile:
//!
//! ```compile_fail
//! # async fn guia(s3: object_store::aws::AmazonS3) -> object_store::Result<()> {
//! use object_store::{ObjectStore, ObjectStoreExt, path::Path};
//! let contenido = bytes::Bytes::from("hola mundo");
//! s3.put(&Path::from("resultados/test.txt"), contenido).await?; // expected `PutPayload`, found `Bytes`
//! # Ok(()) }
//! ```
//!
//! ```compile_fail
//! # async fn guia(s3: object_store::aws::AmazonS3) -> object_store::Result<()> {
//! use object_store::{ObjectStore, path::Path};
//! let ruta = Path::from("datos/ventas/2024/01/parte.parquet");
//! let bytes = s3.get(&ruta).await?.bytes().await?; // `get` is a method of `ObjectStoreExt`
//! # Ok(()) }
//! ```
//!
//! ```compile_fail
//! # async fn guia(s3: object_store::aws::AmazonS3) -> object_store::Result<()> {
//! use object_store::{ObjectStore, path::Path};
//! let mut lista = s3.list(Some(&Path::from("datos/ventas/")));
//! while let Some(objeto) = lista.next().await.transpose()? {} // `next` is a method of `StreamExt`
//! # Ok(()) }
//! ```
//!
//! With what was missing, the same lines do:
//!
//! ```
//! # async fn guia(s3: object_store::aws::AmazonS3) -> object_store::Result<()> {
//! use futures::StreamExt;
//! use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path};
//! let contenido = bytes::Bytes::from("hola mundo");
//! s3.put(&Path::from("resultados/test.txt"), PutPayload::from(contenido)).await?;
//! let ruta = Path::from("datos/ventas/2024/01/parte.parquet");
//! let bytes = s3.get(&ruta).await?.bytes().await?;
//! let mut lista = s3.list(Some(&Path::from("datos/ventas/")));
//! while let Some(objeto) = lista.next().await.transpose()? {}
//! # Ok(()) }
//! ```

use futures::StreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::io::Write;

/// Lists `datos/ventas/`, downloads one file of it and uploads `resultados/test.txt`, telling `out` about it in the guide's
/// words. The guide's `main`, with the store for an argument: it chose S3, and the same lines serve a disk.
///
/// # Errors
/// What the store says, and what writing to `out` does.
///
/// # Source
/// Guide, exercise 16.2.4.
pub async fn recorrer_almacen(
    store: &dyn ObjectStore,
    mut out: impl Write,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut found = store.list(Some(&Path::from("datos/ventas/")));
    while let Some(object) = found.next().await.transpose()? {
        writeln!(out, "Objeto: {} ({} bytes)", object.location, object.size)?;
    }
    let part = Path::from("datos/ventas/2024/01/parte.parquet");
    let bytes = store.get(&part).await?.bytes().await?;
    writeln!(out, "Descargado: {} bytes", bytes.len())?;
    let greeting = PutPayload::from_static(b"hola mundo");
    store
        .put(&Path::from("resultados/test.txt"), greeting)
        .await?;
    Ok(())
}
