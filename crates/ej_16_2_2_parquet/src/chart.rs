//! The table as a drawing: a bar per combination, as long as its file, with its speeds beside it.

use crate::table::{decimal, speed};
use ej_16_2_2_parquet::encodings::{Codec, Measurement};
use std::fmt::Write as _;

const WIDTH: u32 = 860;
const LEFT: u32 = 150;
const LONGEST: f64 = 430.0;
const BAR: u32 = 15;
const GAP: u32 = 14;
const TOP: u32 = 66;

/// Okabe and Ito's colours, told apart by the colour-blind: one per codec.
const COLOURS: [(Codec, &str); 6] = [
    (Codec::None, "#5a5a5a"),
    (Codec::Snappy, "#d55e00"),
    (Codec::Lz4, "#e69f00"),
    (Codec::Zstd(1), "#56b4e9"),
    (Codec::Zstd(3), "#0072b2"),
    (Codec::Zstd(9), "#009e73"),
];

/// An SVG document; rows of one encoding stand together.
pub(crate) fn svg(rows: &[Measurement], memory: u64, events: u64) -> String {
    let largest = rows.iter().map(|row| row.bytes).max().unwrap_or(1).max(1);
    let mut body = String::new();
    let mut y = TOP;
    let mut previous = None;
    for row in rows {
        if previous != Some(row.scheme) {
            if previous.is_some() {
                y += GAP;
            }
            previous = Some(row.scheme);
            text(
                &mut body,
                8,
                y + 12,
                "start",
                "#282828",
                &row.scheme.to_string(),
            );
        }
        let colour = COLOURS
            .iter()
            .find(|(codec, _)| *codec == row.codec)
            .map_or("#5a5a5a", |(_, colour)| colour);
        let length = row.bytes as f64 / largest as f64 * LONGEST;
        // Writing to a String cannot fail.
        let _ = writeln!(
            body,
            "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" fill=\"{colour}\"/>",
            BAR - 3
        );
        let told = format!(
            "{} · {} MB · {} / {} MB/s",
            row.codec,
            decimal(row.bytes as f64 / 1e6),
            speed(memory, row.write_s).round(),
            speed(memory, row.read_s).round()
        );
        text(
            &mut body,
            LEFT + length as u32 + 6,
            y + 10,
            "start",
            "#787878",
            &told,
        );
        y += BAR;
    }
    let height = y + GAP;
    let title = format!("{events} eventos en Parquet: tamaño por codificación y compresor");
    let note = format!(
        "a la derecha, escritura / lectura en MB/s de los {} MB que ocupan en memoria",
        decimal(memory as f64 / 1e6)
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    let _ = writeln!(
        svg,
        "<text x=\"8\" y=\"24\" font-size=\"16\" fill=\"#282828\">{title}</text>"
    );
    text(&mut svg, 8, 44, "start", "#787878", &note);
    svg.push_str(&body);
    svg.push_str("</svg>\n");
    svg
}

fn text(svg: &mut String, x: u32, y: u32, anchor: &str, colour: &str, what: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{what}</text>"
    );
}
