//! The drawings of a result: times as bars, memory or times over rows as lines. SVG text, no fonts and no raster needed.

use crate::growth;
use crate::report::Outcome;
use anyhow::{Context as _, Result, anyhow, ensure};
use clap::ValueEnum;
use ecommerce_cli::{comma, thousands};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// What to draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// Median wall time per contestant, with its spread.
    Tiempos,
    /// Peak memory by rows, one line per contestant.
    Memoria,
    /// Cold and warm times by rows, one line per contestant.
    Crecimiento,
}

pub(crate) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub(crate) const WIDTH: u32 = 860;
/// Of one line of small text.
const LABEL_HEIGHT: i32 = 15;
/// Okabe and Ito's colours, told apart by the colour-blind; the first, for the first contestant, stands out.
pub(crate) const COLOURS: [RGBColor; 7] = [
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
];
const BROWN: RGBColor = RGBColor(140, 86, 45);
const PURPLE: RGBColor = RGBColor(117, 78, 160);
pub(crate) const INK: RGBColor = RGBColor(40, 40, 40);
pub(crate) const PALE: RGBColor = RGBColor(120, 120, 120);

/// How a contestant is drawn, in bars and lines alike: those of one library share their colour, its second form is dashed.
const STYLES: [(&str, RGBColor, bool); 14] = [
    ("rust", COLOURS[0], false),
    ("rust-polars", COLOURS[0], false),
    ("rust-polars-streaming", COLOURS[0], true),
    ("polars-python", COLOURS[1], true),
    ("polars-python-memoria", COLOURS[1], false),
    ("pandas", COLOURS[2], false),
    ("pandas-columnas", COLOURS[2], true),
    ("duckdb", COLOURS[3], false),
    ("rust-datafusion", COLOURS[4], false),
    ("chdb", COLOURS[5], false),
    ("rust-nativo", INK, false),
    ("pyspark", BROWN, false),
    ("java-spark", BROWN, true),
    ("scala-spark", PURPLE, false),
];

/// An SVG document with the drawing: times of the last result, or memory or times over all of them.
///
/// # Errors
/// If no contestant has what is to be drawn.
pub fn draw(outcomes: &[Outcome], kind: Kind) -> Result<String> {
    let last = outcomes.last().context("el resultado está vacío")?;
    match kind {
        Kind::Tiempos => {
            let height = 118 + 52 * u32::try_from(last.contendientes.len())?;
            document(height, |canvas| times(canvas, last))
        }
        Kind::Memoria => document(480, |canvas| memory(canvas, outcomes)),
        Kind::Crecimiento => growth::draw(outcomes),
    }
}

fn document(height: u32, paint: impl FnOnce(&Canvas<'_>) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        paint(&canvas)?;
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

fn times(canvas: &Canvas<'_>, outcome: &Outcome) -> Result<()> {
    let longest = outcome
        .contendientes
        .iter()
        .filter_map(|c| c.max_s)
        .fold(0.0, f64::max);
    ensure!(longest > 0.0, "ningún contendiente tiene tiempos");
    let (left, right) = (150, i32::try_from(WIDTH)? - 190);
    let x = |seconds: f64| left + (f64::from(right - left) * seconds / longest).round() as i32;
    let title = format!(
        "{} · {} filas: segundos del proceso entero",
        outcome.trabajo,
        thousands(outcome.filas)
    );
    heading(
        canvas,
        &title,
        &format!(
            "mediana y extremos, {} por contendiente · {}",
            runs(outcome),
            place(outcome)
        ),
    )?;
    let mut top = 84;
    for (index, c) in outcome.contendientes.iter().enumerate() {
        let middle = top + 15;
        text(canvas, &c.nombre, (left - 10, middle), 15, INK, HPos::Right)?;
        if let (Some(median), Some(min), Some(max)) = (c.mediana_s, c.min_s, c.max_s) {
            let bar = Rectangle::new(
                [(left, top), (x(median).max(left + 1), top + 30)],
                style(&c.nombre, index).0.filled(),
            );
            canvas.draw(&bar).map_err(drawing)?;
            let whisker = PathElement::new(
                vec![(x(min), middle), (x(max), middle)],
                INK.stroke_width(2),
            );
            canvas.draw(&whisker).map_err(drawing)?;
            let memory = c
                .pico_mb
                .map(|m| format!(" · {} MB", thousands(m)))
                .unwrap_or_default();
            text(
                canvas,
                &format!("{} s{memory}", comma(median, 2)),
                (x(max) + 10, middle),
                15,
                INK,
                HPos::Left,
            )?;
        } else {
            text(
                canvas,
                c.estado.word(),
                (left + 4, middle),
                15,
                PALE,
                HPos::Left,
            )?;
        }
        top += 52;
    }
    Ok(())
}

fn memory(canvas: &Canvas<'_>, outcomes: &[Outcome]) -> Result<()> {
    let names: Vec<&str> = outcomes[0]
        .contendientes
        .iter()
        .map(|c| c.nombre.as_str())
        .collect();
    let lines: Vec<Vec<(f64, f64)>> = names.iter().map(|name| peaks(outcomes, name)).collect();
    let points: Vec<_> = lines.iter().flatten().copied().collect();
    ensure!(
        !points.is_empty(),
        "ningún contendiente tiene memoria medida"
    );
    let (xs, ys) = (
        around(points.iter().map(|p| p.0), 1.15),
        around(points.iter().map(|p| p.1), 1.5),
    );

    let title = format!("{}: pico de memoria según las filas", outcomes[0].trabajo);
    heading(
        canvas,
        &title,
        &format!(
            "máximo de las corridas, escalas logarítmicas · {}",
            place(&outcomes[0])
        ),
    )?;
    let mut chart = ChartBuilder::on(canvas)
        .margin_top(72)
        .margin_right(150)
        .margin_bottom(14)
        .margin_left(10)
        .x_label_area_size(44)
        .y_label_area_size(70)
        .build_cartesian_2d(xs.log_scale(), ys.log_scale())
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .x_desc("filas")
        .y_desc("MB")
        .x_label_formatter(&|x| millions(*x))
        .y_label_formatter(&|y| round_label(*y))
        .max_light_lines(1)
        .label_style(("sans-serif", 13).into_font().color(&INK))
        .light_line_style(RGBColor(244, 244, 244))
        .bold_line_style(RGBColor(222, 222, 222))
        .draw()
        .map_err(drawing)?;
    let mut labels = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let (colour, dashed) = style(names[index], index);
        let (points, stroke) = (line.iter().copied(), colour.stroke_width(3));
        if dashed {
            let dashes = DashedLineSeries::new(points, 8, 6, stroke);
            chart.draw_series(dashes).map_err(drawing)?;
        } else {
            let solid = LineSeries::new(points, stroke);
            chart.draw_series(solid).map_err(drawing)?;
        }
        let dots = line.iter().map(|p| Circle::new(*p, 4, colour.filled()));
        chart.draw_series(dots).map_err(drawing)?;
        if let Some(end) = line.last() {
            let label = format!("{} · {} MB", names[index], thousands(end.1.round() as u64));
            labels.push((chart.backend_coord(end), label, colour));
        }
    }
    labels.sort_by_key(|((_, y), ..)| *y);
    let places: Vec<i32> = labels.iter().map(|((_, y), ..)| *y).collect();
    for (((x, _), label, colour), y) in labels.iter().zip(apart(&places, LABEL_HEIGHT)) {
        text(canvas, label, (x + 10, y), 13, *colour, HPos::Left)?;
    }
    Ok(())
}

/// Moves labels that would touch: those at `places`, sorted, each `height` below the one before it at least, the groups about
/// where they were.
fn apart(places: &[i32], height: i32) -> Vec<i32> {
    // Groups of labels that touch: how many, and the first one's place.
    let mut groups: Vec<(i32, i32)> = Vec::new();
    for place in places {
        let (mut count, mut first) = (1, *place);
        while let Some((before, start)) =
            groups.pop_if(|(before, start)| *start + *before * height > first)
        {
            // Both about the middle that they had together.
            first = (start * before + (first - before * height) * count) / (before + count);
            count += before;
        }
        groups.push((count, first));
    }
    let all = |(count, first): (i32, i32)| (0..count).map(move |n| first + n * height);
    groups.into_iter().flat_map(all).collect()
}

/// Rows and peak of a contestant, by rows; sizes where it has none are left out.
fn peaks(outcomes: &[Outcome], name: &str) -> Vec<(f64, f64)> {
    let mut line: Vec<_> = outcomes
        .iter()
        .filter_map(|o| {
            let entry = o.contendientes.iter().find(|c| c.nombre == name)?;
            Some((o.filas as f64, entry.pico_mb? as f64))
        })
        .collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    line
}

/// The colour of a contestant, and whether its line is dashed. One that is not known is drawn as the one whose name its own
/// begins with (`duckdb-flotante`), or else in the colour of its place.
pub(crate) fn style(name: &str, place: usize) -> (RGBColor, bool) {
    let begins = |known: &str| name.strip_prefix(known).is_some_and(|r| r.starts_with('-'));
    STYLES
        .iter()
        .find(|(known, ..)| *known == name)
        .or_else(|| {
            let related = STYLES.iter().filter(|(known, ..)| begins(known));
            related.max_by_key(|(known, ..)| known.len())
        })
        .map_or((COLOURS[place % 7], false), |(_, colour, dashed)| {
            (*colour, *dashed)
        })
}

/// Rows on the logarithmic axis: only 1, 2 and 5 of each decade, in millions, so that labels do not meet.
pub(crate) fn millions(rows: f64) -> String {
    let leading = rows / 10f64.powf(rows.log10().floor() + 1e-9);
    if ![1.0, 2.0, 5.0]
        .iter()
        .any(|d| (leading / d - 1.0).abs() < 1e-3)
    {
        return String::new();
    }
    if rows < 1e6 {
        thousands(rows.round() as u64)
    } else {
        format!("{} M", thousands((rows / 1e6).round() as u64))
    }
}

/// Labels of 1, 2 and 5 times a power of ten: on a logarithmic axis the others would touch.
fn round_label(value: f64) -> String {
    let text = thousands(value.round() as u64);
    if text.starts_with(['1', '2', '5']) {
        text
    } else {
        String::new()
    }
}

/// The range of the values, widened by a factor on both sides.
fn around(values: impl Iterator<Item = f64>, factor: f64) -> Range<f64> {
    let (low, high) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(l, h), v| {
        (l.min(v), h.max(v))
    });
    low / factor..high * factor
}

fn runs(outcome: &Outcome) -> String {
    if outcome.corridas == 1 {
        "1 corrida".into()
    } else {
        format!("{} corridas", outcome.corridas)
    }
}

fn place(outcome: &Outcome) -> String {
    format!("{}, {} hilos", outcome.maquina.cpu, outcome.hilos)
}

pub(crate) fn heading(canvas: &Canvas<'_>, title: &str, subtitle: &str) -> Result<()> {
    text(canvas, title, (20, 28), 19, INK, HPos::Left)?;
    text(canvas, subtitle, (20, 54), 13, PALE, HPos::Left)
}

pub(crate) fn text(
    canvas: &Canvas<'_>,
    words: &str,
    at: (i32, i32),
    size: u32,
    colour: RGBColor,
    side: HPos,
) -> Result<()> {
    let style = ("sans-serif", size)
        .into_font()
        .color(&colour)
        .pos(Pos::new(side, VPos::Center));
    canvas
        .draw(&Text::new(words.to_owned(), at, style))
        .map_err(drawing)
}

/// The errors of a drawing borrow from it, so they are told rather than kept.
pub(crate) fn drawing(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("no se puede dibujar: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_touch_make_room_for_each_other_and_others_stay() {
        assert_eq!(apart(&[], 15), Vec::<i32>::new());
        assert_eq!(apart(&[10, 40, 55], 15), [10, 40, 55]);
        assert_eq!(apart(&[100, 101], 15), [93, 108]);
        for places in [&[0, 1, 2, 3, 50][..], &[5, 5, 5, 60, 61], &[10, 24, 30, 44]] {
            let moved = apart(places, 15);
            assert_eq!(moved.len(), places.len());
            assert!(moved.windows(2).all(|w| w[1] - w[0] >= 15), "{moved:?}");
        }
    }
}
