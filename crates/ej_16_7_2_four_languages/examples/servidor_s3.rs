//! An S3 server on this machine that holds one file, for `duelo … --s3`: `servidor_s3 VENTAS.parquet`.
//!
//! Prints one line of JSON, the variables under which clients find it, and leaves when its standard input is closed.
#![forbid(unsafe_code)]

use ecommerce_testlake::S3Server;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

const BUCKET: &str = "ventas";

/// Puts the file there as a client does: of an object that it did not receive, the server would hash all bytes at every request.
fn upload(server: &S3Server, file: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let mut store = AmazonS3Builder::new().with_bucket_name(BUCKET);
    for (key, value) in server.storage_options() {
        store = store.with_config(key.to_lowercase().parse()?, value);
    }
    let store = Arc::new(store.build()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut object = BufWriter::new(store, name.into());
        let mut source = tokio::fs::File::open(file).await?;
        tokio::io::copy(&mut source, &mut object).await?;
        object.shutdown().await
    })?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let file: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("falta el archivo que se sirve")?
        .into();
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("no es un archivo")?;
    let server = S3Server::start()?;
    server.create_bucket(BUCKET)?;
    upload(&server, &file, name)?;
    let options = serde_json::to_string(&server.storage_options())?;
    writeln!(io::stdout(), "{options}")?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
