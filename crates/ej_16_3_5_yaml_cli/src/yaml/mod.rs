//! The YAML: its form, and every way of getting it wrong.

mod failure;
mod model;
mod place;
mod shapes;
mod steps;

pub use model::Tuberia;
pub(crate) use model::{
    Codificacion, Compresion, CsvEscritura, CsvLectura, Desiguales, Entrada, Formato, Parametro,
    Salida,
};
pub(crate) use place::{Lista, Mapa, Sitio};
pub(crate) use steps::{
    Agrupar, Conservar, Convertir, Deduplicar, Limitar, Muestrear, Paso, TipoUnion, Unir,
};

use crate::problem::{Class, Problem, from_io};
use std::io::Read as _;
use std::path::Path;

/// A pipeline is written by hand: a megabyte of it is something else.
const MAX_BYTES: u64 = 1 << 20;

impl Tuberia {
    /// The pipeline in this file.
    ///
    /// # Errors
    /// A [`Problem`] of class [`Class::Usage`] that names the file, and line and column where the YAML is to blame.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let usage = |message: String| Problem::new(Class::Usage, message);
        let file = std::fs::File::open(path)
            .map_err(|e| usage(from_io(path, "abrir la tubería", &e).to_string()))?;
        let kind = file
            .metadata()
            .map_err(|e| usage(from_io(path, "leer la tubería", &e).to_string()))?;
        if !kind.is_file() {
            return Err(usage(format!(
                "{} no es un archivo: la tubería es un archivo YAML",
                path.display()
            )));
        }
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| usage(from_io(path, "leer la tubería", &e).to_string()))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(usage(format!(
                "{} pasa de 1 MiB: no parece una tubería",
                path.display()
            )));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| usage(format!("{} no es texto UTF-8", path.display())))?;
        Self::parse(&text).map_err(|e| e.in_file(path))
    }

    /// The pipeline in this text.
    ///
    /// # Errors
    /// As [`Tuberia::read`], without the file's name.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let says_nothing =
            |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if text.lines().all(says_nothing) {
            return Err(Problem::new(
                Class::Usage,
                "la tubería está vacía: necesita al menos «entradas» y «salida» (ver --help)",
            ));
        }
        serde_saphyr::from_str_with_options(text, limits()).map_err(|e| failure::problem(&e))
    }
}

/// What a pipeline written by hand never needs: deep nesting, thousands of nodes, anchors that multiply.
fn limits() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 24,
            max_nodes: 20_000,
            max_events: 60_000,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 1,
            max_merge_keys: 100,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
        merge_keys: serde_saphyr::options::MergeKeyPolicy::Merge,
    }
}
