//! An S3 server on this machine that holds one file, for `duelo … --s3`: `servidor_s3 VENTAS.parquet`.
//!
//! Prints one line of JSON, the variables under which clients find it, and leaves when its standard input is closed.
#![forbid(unsafe_code)]

use ecommerce_testlake::S3Server;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

const BUCKET: &str = "ventas";

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
    let object = server.path_of(BUCKET, name);
    // The same bytes on the disk and in its cache; a copy where another file system is in between.
    if std::fs::hard_link(&file, &object).is_err() {
        std::fs::copy(&file, &object)?;
    }
    let options = serde_json::to_string(&server.storage_options())?;
    writeln!(io::stdout(), "{options}")?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
