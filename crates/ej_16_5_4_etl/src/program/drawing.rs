//! Lines over two logarithmic axes, as SVG text.

use super::{comma, thousands};
use std::fmt::Write as _;

/// A line with its name.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 60.0;
/// Room that the name of a line takes.
const NAME_HEIGHT: f64 = 15.0;
/// Okabe and Ito's colours, told apart by the colour-blind.
const COLOURS: [&str; 4] = ["#D55E00", "#0072B2", "#009E73", "#CC79A7"];

/// The drawing. Both axes are logarithmic, so that a line eight times as high as another leaves room for it.
pub(super) fn lines(title: &str, note: &str, x_name: &str, y_name: &str, all: &[Line]) -> String {
    let points = || all.iter().flat_map(|l| &l.points);
    let (low, high) = points().fold((f64::MAX, 1.0_f64), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let low = low.clamp(1.0, high);
    let positive = || points().map(|p| p.1).filter(|v| *v > 0.0);
    let top = positive().fold(f64::MIN_POSITIVE, f64::max);
    let bottom = positive().fold(top, f64::min);
    let x = |v: f64| {
        let share = (v.max(1.0) / low).ln() / (high / low).ln().max(f64::MIN_POSITIVE);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    };
    let y = |v: f64| {
        let share = (v.max(bottom) / bottom).ln() / (top / bottom).ln().max(f64::MIN_POSITIVE);
        HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    };
    let heights = round_values(bottom, top);
    let mut out = format!(
        "<svg width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#FFFFFF\"/>\n"
    );
    for value in &heights {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" y1=\"{0:.1}\" x2=\"{1}\" y2=\"{0:.1}\" stroke=\"#E6E6E6\"/>",
            y(*value),
            WIDTH - RIGHT
        );
    }
    let mut text = |x: f64, y: f64, size: u8, anchor: &str, colour: &str, words: &str| {
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            escaped(words)
        );
    };
    text(20.0, 28.0, 16, "start", "#282828", title);
    text(20.0, 48.0, 11, "start", "#787878", note);
    text(20.0, 66.0, 11, "start", "#282828", y_name);
    text(
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 14.0,
        11,
        "middle",
        "#282828",
        x_name,
    );
    for value in &heights {
        let digits = if *value < 1.0 { 1 } else { 0 };
        let name = comma(*value, digits);
        text(LEFT - 8.0, y(*value) + 4.0, 11, "end", "#787878", &name);
    }
    let mut marks: Vec<u64> = points().map(|p| p.0 as u64).collect();
    marks.sort_unstable();
    marks.dedup();
    let mut last = f64::MIN;
    for mark in marks {
        // Names that would touch are left out.
        if x(mark as f64) - last > 38.0 {
            last = x(mark as f64);
            text(
                last,
                HEIGHT - BOTTOM + 18.0,
                11,
                "middle",
                "#787878",
                &thousands(mark),
            );
        }
    }
    let mut ends: Vec<_> = all
        .iter()
        .zip(COLOURS.iter().cycle())
        .filter_map(|(line, colour)| Some((line.points.last()?, colour, &line.name)))
        .collect();
    // From the bottom up, each name clear of the one below it: lines may well end at the same height.
    ends.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
    let mut below = f64::INFINITY;
    for ((px, py), colour, name) in ends {
        below = (y(*py) + 4.0).min(below - NAME_HEIGHT);
        text(x(*px) + 10.0, below, 12, "start", colour, name);
    }
    for (line, colour) in all.iter().zip(COLOURS.iter().cycle()) {
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(px, py)| format!("{:.1},{:.1}", x(*px), y(*py)))
            .collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
    }
    out.push_str("</svg>\n");
    out
}

/// 1, 2 and 5 times the powers of ten from `low` to `high`.
fn round_values(low: f64, high: f64) -> Vec<f64> {
    (-1..9)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|n| n * 10_f64.powi(power)))
        .filter(|value| (low..=high).contains(value))
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
