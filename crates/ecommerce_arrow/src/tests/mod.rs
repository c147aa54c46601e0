mod damage;
mod files;
#[cfg(feature = "polars")]
mod polars;

use crate::{EventFile, Format, Layout, Limits, ReadError, write_days};
use arrow::array::RecordBatch;
use ecommerce_model::{ConfigGenerador, Generador};
use std::path::{Path, PathBuf};

fn generador(filas: u64) -> Generador {
    Generador::new(ConfigGenerador::new(
        42,
        "2024-01-15".parse().unwrap(),
        1,
        filas,
    ))
    .unwrap()
}

fn layout(root: &Path, format: Format, threads: usize) -> Layout {
    Layout {
        root: root.to_owned(),
        format,
        rows_per_file: 3_000,
        threads,
    }
}

/// One day of `filas` rows in parts of 3,000.
fn day(root: &Path, format: Format, filas: u64) -> Vec<PathBuf> {
    write_days(&generador(filas), &layout(root, format, 2), &|_, _| {}).unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("fecha=2024-01-15"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Result<Vec<RecordBatch>, ReadError> {
    let limits = Limits {
        batch_rows: 1_000,
        ..Limits::default()
    };
    let name = path.file_name().unwrap().to_string_lossy();
    let file = EventFile::open(
        path,
        &name,
        Format::of(path).unwrap(),
        crate::Columns::All,
        &limits,
    )?;
    let mut batches = Vec::new();
    for chunk in file.chunks() {
        for item in file.scan(chunk, crate::Columns::All, &limits)? {
            batches.push(item?.1);
        }
    }
    Ok(batches)
}
