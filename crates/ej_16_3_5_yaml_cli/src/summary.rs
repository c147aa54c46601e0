//! The summary of a run: a line for people, stable keys for programs (`--json`).

use crate::input::Location;
use crate::output::Target;
use crate::pipeline::Pipeline;
use crate::types::spanish;
use crate::yaml::Formato;
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// What was read, what came out, and where it is.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    tuberia: String,
    en_seco: bool,
    entradas: Vec<Input>,
    salida: Output,
    filas: Option<u64>,
    columnas: Vec<Column>,
    avisos: Vec<String>,
    segundos: f64,
}

#[derive(Debug, Serialize)]
struct Input {
    nombre: String,
    ruta: String,
    formato: &'static str,
    archivos: Option<usize>,
    bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Output {
    ruta: String,
    formato: &'static str,
    archivos: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Column {
    nombre: String,
    tipo: String,
}

const fn name(format: Formato) -> &'static str {
    match format {
        Formato::Parquet => "parquet",
        Formato::Csv => "csv",
    }
}

impl Summary {
    pub(crate) fn new(file: &Path, pipeline: &Pipeline, target: &Target) -> Self {
        let mut avisos: Vec<String> = pipeline
            .unused
            .iter()
            .map(|name| format!("la entrada «{name}» no se usa"))
            .collect();
        let mut entradas = Vec::new();
        for (input, source) in &pipeline.sources {
            if source.format == Formato::Csv && matches!(source.location, Location::S3(_)) {
                avisos.push(format!(
                    "«{input}» es un CSV en S3: no se comprueba que todas las líneas tengan los mismos campos"
                ));
            }
            entradas.push(Input {
                nombre: input.clone(),
                ruta: source.location.to_string(),
                formato: name(source.format),
                archivos: source.files.as_ref().map(|f| f.paths.len()),
                bytes: source.files.as_ref().map(|f| f.bytes),
            });
        }
        let columnas = pipeline
            .frame
            .schema
            .iter()
            .map(|(name, dtype)| Column {
                nombre: name.to_string(),
                tipo: spanish(dtype),
            })
            .collect();
        Self {
            tuberia: file.display().to_string(),
            en_seco: true,
            entradas,
            salida: Output {
                ruta: target.shown(),
                formato: name(target.kind),
                archivos: None,
                bytes: None,
            },
            filas: None,
            columnas,
            avisos,
            segundos: 0.0,
        }
    }

    pub(crate) fn written(&mut self, rows: u64, (files, bytes): (Option<u64>, Option<u64>)) {
        self.en_seco = false;
        self.filas = Some(rows);
        self.salida.archivos = files;
        self.salida.bytes = bytes;
    }

    pub(crate) fn finish(&mut self, start: Instant) {
        self.segundos = (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    }

    pub(crate) fn json(&self) -> String {
        // Strings, numbers and lists: nothing of it can fail to be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(crate) fn warnings(&self) -> &[String] {
        &self.avisos
    }

    /// `12 345 filas en salida.parquet (1,2 MB, 0,8 s)`.
    pub(crate) fn line(&self) -> String {
        let rows = self.filas.unwrap_or(0);
        let plural = if rows == 1 { "fila" } else { "filas" };
        let size = self
            .salida
            .bytes
            .map_or(String::new(), |b| format!("{}, ", size(b)));
        let seconds = format!("{:.1}", self.segundos).replace('.', ",");
        format!(
            "{} {plural} en {} ({size}{seconds} s)",
            grouped(rows),
            self.salida.ruta
        )
    }

    /// One line per column of the result.
    pub(crate) fn columns(&self) -> String {
        self.columnas
            .iter()
            .map(|c| format!("{}: {}\n", c.nombre, c.tipo))
            .collect()
    }
}

/// Thousands apart, as Spanish writes them.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {}", UNITS[unit]).replace('.', ",")
    }
}
