//! Time by rows on logarithmic scales, one line per contestant, cold on the left and warm on the right.

use super::{Growth, Heat};
use crate::chart::{Canvas, INK, PALE, drawing, heading, millions, style, text};
use crate::report::Outcome;
use anyhow::{Result, ensure};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use std::ops::Range;

const WIDTH: u32 = 1040;
/// The place whose colour is for those that are not known.
const GREY: usize = 6;
/// Of the charts and what stands above them.
const HEIGHT: u32 = 524;
const TOP: i32 = 72;
/// Below the charts, at least.
const LEGEND: u32 = 96;
const LEGEND_ROW: u32 = 26;

/// An SVG document with both drawings and one legend.
///
/// # Errors
/// If there is no result, or none with warm queries.
pub fn draw(outcomes: &[Outcome]) -> Result<String> {
    let title = match outcomes.first().map(|o| o.trabajo.as_str()) {
        Some("etl-diario") => "El ETL de un día: segundos según las filas",
        _ => "Filtrar, agrupar y sumar: segundos según las filas",
    };
    draw_titled(outcomes, title)
}

/// The same under another title.
pub(crate) fn draw_titled(outcomes: &[Outcome], title: &str) -> Result<String> {
    let growth = Growth::of(outcomes)?;
    let lines = |heat| -> Vec<(&str, Vec<(f64, f64)>)> {
        growth
            .names()
            .into_iter()
            .map(|name| (name, points(&growth, heat, name)))
            .filter(|(_, points)| !points.is_empty())
            .collect()
    };
    let (cold, warm) = (lines(Heat::Frio), lines(Heat::Caliente));
    let all: Vec<(f64, f64)> = cold
        .iter()
        .chain(&warm)
        .flat_map(|(_, p)| p.iter().copied())
        .collect();
    ensure!(!all.is_empty(), "ningún contendiente tiene tiempos");
    let xs = widened(all.iter().map(|p| p.0), 1.6);
    let ys = widened(all.iter().map(|p| p.1), 1.5);

    let rows = u32::try_from(growth.names().len().div_ceil(3))?;
    let size = (WIDTH, HEIGHT + LEGEND.max((rows + 1) * LEGEND_ROW - 8));
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        let last = growth.sizes[growth.sizes.len() - 1];
        heading(
            &canvas,
            title,
            &format!(
                "medianas, escalas logarítmicas · {}, {} hilos",
                last.maquina.cpu, last.hilos
            ),
        )?;
        let below = HEIGHT as i32;
        let (charts, _) = canvas.split_vertically(below);
        let (left, right) = charts.split_horizontally(WIDTH as i32 / 2);
        let titles = [
            "en frío: el proceso entero",
            "en caliente: la consulta repetida",
        ];
        for ((area, title), lines) in [left, right].iter().zip(titles).zip([&cold, &warm]) {
            panel(area, title, lines, xs.clone(), ys.clone())?;
        }
        legend(&canvas, &growth.names(), below)?;
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

fn points(growth: &Growth<'_>, heat: Heat, name: &str) -> Vec<(f64, f64)> {
    let at = |outcome: &&Outcome| Some((outcome.filas as f64, heat.of(outcome, name)?));
    growth.sizes.iter().filter_map(at).collect()
}

fn panel(
    area: &Canvas<'_>,
    title: &str,
    lines: &[(&str, Vec<(f64, f64)>)],
    xs: Range<f64>,
    ys: Range<f64>,
) -> Result<()> {
    text(area, title, (70, TOP + 8), 15, INK, HPos::Left)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP + 24)
        .margin_right(16)
        .margin_left(6)
        .x_label_area_size(42)
        .y_label_area_size(62)
        .build_cartesian_2d(xs.log_scale(), ys.log_scale())
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .x_desc("filas")
        .x_label_formatter(&|x| millions(*x))
        .y_label_formatter(&|y| seconds(*y))
        .max_light_lines(1)
        .label_style(("sans-serif", 13).into_font().color(&INK))
        .light_line_style(RGBColor(244, 244, 244))
        .bold_line_style(RGBColor(222, 222, 222))
        .draw()
        .map_err(drawing)?;
    for (name, points) in lines {
        let (colour, dashed) = style(name, GREY);
        let points = points.iter().copied();
        if dashed {
            let dashes = DashedLineSeries::new(points.clone(), 7, 5, colour.stroke_width(2));
            chart.draw_series(dashes).map_err(drawing)?;
        } else {
            let line = LineSeries::new(points.clone(), colour.stroke_width(2));
            chart.draw_series(line).map_err(drawing)?;
        }
        let dots = points.map(|p| Circle::new(p, 3, colour.filled()));
        chart.draw_series(dots).map_err(drawing)?;
    }
    Ok(())
}

/// Three to a row, below both charts.
fn legend(canvas: &Canvas<'_>, names: &[&str], top: i32) -> Result<()> {
    for (index, name) in names.iter().enumerate() {
        let (column, row) = ((index % 3) as i32, (index / 3) as i32);
        let (x, y) = (80 + column * 310, top + 18 + row * 26);
        let (colour, dashed) = style(name, GREY);
        let pieces: &[(i32, i32)] = if dashed {
            &[(0, 12), (20, 32)]
        } else {
            &[(0, 32)]
        };
        for (from, to) in pieces {
            let piece = PathElement::new(vec![(x + from, y), (x + to, y)], colour.stroke_width(3));
            canvas.draw(&piece).map_err(drawing)?;
        }
        text(canvas, name, (x + 42, y), 14, INK, HPos::Left)?;
    }
    let note = "los de una misma biblioteca comparten color";
    text(canvas, note, (WIDTH as i32 - 20, 54), 12, PALE, HPos::Right)
}

/// Only powers of ten, so that labels do not touch.
fn seconds(value: f64) -> String {
    let exponent = value.log10().round();
    if (value / 10f64.powf(exponent) - 1.0).abs() > 1e-3 {
        return String::new();
    }
    if value < 0.999 {
        let milliseconds = value * 1e3;
        let digits = usize::from(milliseconds < 0.999);
        format!("{} ms", ecommerce_cli::comma(milliseconds, digits))
    } else {
        format!("{} s", ecommerce_cli::comma(value, 0))
    }
}

/// The range of the values, widened by a factor on both sides.
fn widened(values: impl Iterator<Item = f64>, factor: f64) -> Range<f64> {
    let (low, high) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(l, h), v| {
        (l.min(v), h.max(v))
    });
    low / factor..high * factor
}
