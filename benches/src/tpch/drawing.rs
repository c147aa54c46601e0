//! Seconds by query, one panel per scale, one mark per contender.

use super::{Contender, Duel, Scale};
use crate::chart::{COLOURS, Canvas, INK, PALE, drawing, heading, text};
use anyhow::{Context as _, Result, ensure};
use ecommerce_cli::comma;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

const WIDTH: u32 = 1040;
const PANEL: u32 = 290;
const TOP: u32 = 72;
const LEGEND: u32 = 44;

/// An SVG document with every scale of a result.
///
/// # Errors
/// If it has no times.
pub fn draw(duel: &Duel) -> Result<String> {
    let panels: Vec<&Scale> = duel
        .escalas
        .iter()
        .filter(|scale| seconds(scale).next().is_some())
        .collect();
    ensure!(!panels.is_empty(), "ningún contendiente tiene tiempos");
    let height = TOP + LEGEND + PANEL * u32::try_from(panels.len())?;
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        heading(
            &canvas,
            "TPC-H: segundos por consulta",
            &format!(
                "medianas, escala logarítmica; falta la marca donde el motor no hace la consulta · {}, {} hilos",
                duel.maquina.cpu, duel.maquina.nucleos
            ),
        )?;
        let names: Vec<&str> = panels[0]
            .contendientes
            .iter()
            .map(|c| c.nombre.as_str())
            .collect();
        legend(&canvas, &names)?;
        let (_, below) = canvas.split_vertically(TOP + LEGEND);
        for (area, scale) in below.split_evenly((panels.len(), 1)).iter().zip(&panels) {
            panel(area, scale)?;
        }
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

fn seconds(scale: &Scale) -> impl Iterator<Item = f64> + '_ {
    let timed = scale.contendientes.iter().flat_map(|c| &c.consultas);
    timed.filter_map(|t| t.mediana_s)
}

fn legend(canvas: &Canvas<'_>, names: &[&str]) -> Result<()> {
    let mut x = 80;
    let y = i32::try_from(TOP)? + 16;
    for (index, name) in names.iter().enumerate() {
        let dot = Circle::new((x, y), 5, COLOURS[index % 7].filled());
        canvas.draw(&dot).map_err(drawing)?;
        text(canvas, name, (x + 14, y), 14, INK, HPos::Left)?;
        x += 170;
    }
    Ok(())
}

fn panel(area: &Canvas<'_>, scale: &Scale) -> Result<()> {
    let low = seconds(scale).fold(f64::MAX, f64::min) / 1.5;
    let high = seconds(scale).fold(f64::MIN_POSITIVE, f64::max) * 1.5;
    let title = format!("escala {}", format!("{}", scale.escala).replace('.', ","));
    text(area, &title, (70, 12), 15, INK, HPos::Left)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(26)
        .margin_right(16)
        .margin_left(6)
        .x_label_area_size(40)
        .y_label_area_size(66)
        .build_cartesian_2d(0.3..22.7, (low..high).log_scale())
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .x_desc("consulta")
        .x_labels(23)
        .x_label_formatter(&|x| whole(*x))
        .y_label_formatter(&|y| label(*y))
        .max_light_lines(1)
        .label_style(("sans-serif", 13).into_font().color(&INK))
        .light_line_style(RGBColor(246, 246, 246))
        .bold_line_style(RGBColor(226, 226, 226))
        .draw()
        .map_err(drawing)?;
    for query in 1..=22u8 {
        let times: Vec<f64> = scale
            .contendientes
            .iter()
            .filter_map(|c| c.seconds(query))
            .collect();
        let (low, high) = times
            .iter()
            .fold((f64::MAX, 0.0_f64), |(l, h), t| (l.min(*t), h.max(*t)));
        if times.len() > 1 {
            let x = f64::from(query);
            let between = PathElement::new(vec![(x, low), (x, high)], PALE.stroke_width(1));
            chart
                .draw_series(std::iter::once(between))
                .map_err(drawing)?;
        }
    }
    for (index, contender) in scale.contendientes.iter().enumerate() {
        let dots = points(contender).map(|p| Circle::new(p, 5, COLOURS[index % 7].filled()));
        chart.draw_series(dots).map_err(drawing)?;
    }
    let plotted = seconds(scale).next();
    plotted.map(|_| ()).context("sin tiempos")
}

fn points(contender: &Contender) -> impl Iterator<Item = (f64, f64)> + '_ {
    (1..=22u8).filter_map(|q| Some((f64::from(q), contender.seconds(q)?)))
}

fn whole(x: f64) -> String {
    if (x - x.round()).abs() < 1e-6 && (1.0..=22.0).contains(&x) {
        format!("{x:.0}")
    } else {
        String::new()
    }
}

/// Only 1, 2 and 5 of each decade, so that labels do not touch.
fn label(value: f64) -> String {
    let leading = value / 10f64.powf(value.log10().floor() + 1e-9);
    let round = [1.0, 2.0, 5.0]
        .iter()
        .any(|d| (leading / d - 1.0).abs() < 1e-3);
    if !round {
        String::new()
    } else if value < 0.999 {
        format!("{} ms", comma(value * 1e3, usize::from(value < 0.001)))
    } else {
        format!("{} s", comma(value, 0))
    }
}
