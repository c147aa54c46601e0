//! Small files of events.

use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory with `eventos.parquet` in it.
pub(crate) struct Carpeta {
    dir: TempDir,
}

impl Carpeta {
    /// An empty one.
    pub(crate) fn nueva() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// One that holds these events.
    pub(crate) fn con(mut eventos: DataFrame) -> Self {
        let carpeta = Self::nueva();
        escribir(&carpeta.dir.path().join("eventos.parquet"), &mut eventos);
        carpeta
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn ruta(&self, nombre: &str) -> String {
        self.dir.path().join(nombre).to_str().unwrap().to_owned()
    }

    pub(crate) fn eventos(&self) -> String {
        self.ruta("eventos.parquet")
    }
}

pub(crate) fn escribir(ruta: &Path, frame: &mut DataFrame) -> PathBuf {
    let file = File::create(ruta).unwrap();
    ParquetWriter::new(file).finish(frame).unwrap();
    ruta.to_owned()
}

/// Amounts whose sums are exact in any order, so that engines and threads can be compared by `==`.
pub(crate) fn pocos() -> DataFrame {
    df!(
        "region" => [Some("norte"), Some("sur"), None, Some("norte"), Some("norte"), Some("sur")],
        "monto" => [Some(10.5), Some(2.25), Some(3.0), Some(-1.0), Some(0.5), None],
        "user_id" => [Some("u1"), Some("u2"), Some("u3"), Some("u4"), None, Some("u5")],
        "pagina" => ["/pago"; 6],
    )
    .unwrap()
}

/// What the query gives for [`pocos`].
pub(crate) fn revenue_de_pocos() -> DataFrame {
    df!(
        "region" => [Some("norte"), None, Some("sur")],
        "revenue" => [11.0, 3.0, 2.25],
        "usuarios_unicos" => [2u32, 1, 1],
        "ticket_promedio" => [5.5, 3.0, 2.25],
    )
    .unwrap()
}
