//! The table of encodings and codecs, for people and for programs.

use ej_16_2_2_parquet::encodings::Measurement;
use std::fmt::Write as _;

/// The lines above the table.
pub(crate) fn heading(rows: u64, memory: u64) -> String {
    format!(
        "{rows} eventos, {} MB en memoria; los MB/s son de datos en memoria\n\n\
         {:<20} {:<8} {:>12} {:>11} {:>16} {:>14}",
        decimal(memory as f64 / 1e6),
        "codificación",
        "compresor",
        "bytes",
        "bytes/fila",
        "escritura MB/s",
        "lectura MB/s",
    )
}

/// One line of the table.
pub(crate) fn line(row: &Measurement, memory: u64, rows: u64) -> String {
    format!(
        "{:<20} {:<9} {:>12} {:>11} {:>16} {:>14}",
        row.scheme,
        row.codec,
        row.bytes,
        decimal(row.bytes as f64 / rows as f64),
        decimal(speed(memory, row.write_s)),
        decimal(speed(memory, row.read_s)),
    )
}

/// The table as JSON, without the machine, which whoever keeps it adds.
pub(crate) fn json(rows: &[Measurement], memory: u64, events: u64, seed: u64) -> String {
    let mut text = format!(
        "{{\n  \"ejercicio\": \"16.2.2\",\n  \"filas\": {events},\n  \"semilla\": {seed},\n  \
         \"bytes_en_memoria\": {memory},\n  \"tabla\": [\n"
    );
    for (i, row) in rows.iter().enumerate() {
        let end = if i + 1 < rows.len() { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "    {{\"codificacion\": \"{}\", \"compresor\": \"{}\", \"bytes\": {}, \"escritura_s\": {:.6}, \
             \"lectura_s\": {:.6}, \"escritura_mb_s\": {:.1}, \"lectura_mb_s\": {:.1}}}{end}",
            row.scheme,
            row.codec,
            row.bytes,
            row.write_s,
            row.read_s,
            speed(memory, row.write_s),
            speed(memory, row.read_s),
        );
    }
    text.push_str("  ]\n}\n");
    text
}

/// Megabytes per second.
pub(crate) fn speed(bytes: u64, seconds: f64) -> f64 {
    bytes as f64 / 1e6 / seconds
}

/// One decimal, after a comma.
pub(crate) fn decimal(n: f64) -> String {
    format!("{n:.1}").replace('.', ",")
}
