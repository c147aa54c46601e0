//! Peak memory by input, a line per operation and engine.

use super::curve::Run;
use anyhow::{Result, anyhow, ensure};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SIZE: (u32, u32) = (900, 520);
const INK: RGBColor = RGBColor(40, 40, 40);
const PALE: RGBColor = RGBColor(120, 120, 120);
/// Okabe and Ito's colours, told apart by the colour-blind.
const COLOURS: [RGBColor; 8] = [
    RGBColor(213, 94, 0),
    RGBColor(230, 159, 0),
    RGBColor(0, 114, 178),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(90, 90, 90),
    RGBColor(204, 121, 167),
    RGBColor(160, 140, 0),
];
const MIB: f64 = 1_048_576.0;

/// An SVG document, both scales logarithmic, in MiB.
pub(crate) fn draw(runs: &[Run]) -> Result<String> {
    let mut names: Vec<&str> = Vec::new();
    for run in runs {
        if !names.contains(&run.serie.as_str()) {
            names.push(&run.serie);
        }
    }
    let line = |name: &str| -> Vec<(f64, f64)> {
        runs.iter()
            .filter(|run| run.serie == name)
            .filter_map(|run| {
                let peak = run.pico_residente? as f64;
                Some((run.bytes_decodificados as f64 / MIB, peak / MIB))
            })
            .collect()
    };
    let points: Vec<_> = names.iter().flat_map(|name| line(name)).collect();
    ensure!(!points.is_empty(), "nada que dibujar");
    let range = |of: fn(&(f64, f64)) -> f64| {
        let low = points.iter().map(of).fold(f64::MAX, f64::min);
        let high = points.iter().map(of).fold(1.0, f64::max);
        low / 1.3..high * 1.3
    };
    let (xs, ys) = (range(|p| p.0), range(|p| p.1));
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        let text = |words: String, at, size: u32, colour: &RGBColor| {
            let style = ("sans-serif", size).into_font().color(colour);
            let style = style.pos(Pos::new(HPos::Left, VPos::Center));
            canvas.draw(&Text::new(words, at, style)).map_err(drawing)
        };
        let title = "Pico de memoria residente según la entrada";
        text(title.into(), (20, 28), 19, &INK)?;
        let note = "un proceso por punto; MiB de la entrada sin comprimir y MiB residentes, escalas logarítmicas";
        text(note.into(), (20, 54), 13, &PALE)?;
        let mut chart = ChartBuilder::on(&canvas)
            .margin_top(72)
            .margin_right(250)
            .margin_bottom(14)
            .margin_left(10)
            .x_label_area_size(44)
            .y_label_area_size(70)
            .build_cartesian_2d(xs.log_scale().base(2.0), ys.log_scale().base(2.0))
            .map_err(drawing)?;
        chart
            .configure_mesh()
            .x_desc("entrada, MiB")
            .y_desc("pico, MiB")
            .x_label_formatter(&|x| power_of_two(*x))
            .y_label_formatter(&|y| power_of_two(*y))
            .max_light_lines(0)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .bold_line_style(RGBColor(222, 222, 222))
            .draw()
            .map_err(drawing)?;
        for (index, name) in names.iter().enumerate() {
            let (points, colour) = (line(name), COLOURS[index % COLOURS.len()]);
            let stroke = colour.stroke_width(3);
            chart
                .draw_series(LineSeries::new(points.iter().copied(), stroke))
                .map_err(drawing)?;
            let dots = points.iter().map(|p| Circle::new(*p, 4, colour.filled()));
            chart.draw_series(dots).map_err(drawing)?;
            let y = 96 + 26 * i32::try_from(index)?;
            let mark = PathElement::new(vec![(662, y), (682, y)], stroke);
            canvas.draw(&mark).map_err(drawing)?;
            let last = points.last().map_or(0.0, |p| p.1);
            text(format!("{name} · {last:.0} MiB"), (690, y), 13, &INK)?;
        }
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

/// Labels of the powers of two alone: on a logarithmic axis the others would touch.
fn power_of_two(mib: f64) -> String {
    let exponent = mib.log2();
    if (exponent - exponent.round()).abs() < 1e-6 && mib >= 1.0 {
        format!("{mib:.0}")
    } else {
        String::new()
    }
}

/// The errors of a drawing borrow from it, so they are told rather than kept.
fn drawing(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("no se puede dibujar: {error}")
}
