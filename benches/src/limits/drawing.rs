//! Bars of time by contestant, one per limit, with peak and disk beside them; who did not finish says why.

use super::{Limited, competed};
use crate::chart::{COLOURS, Canvas, INK, PALE, WIDTH, drawing, heading, text};
use crate::report::{Entry, Outcome};
use anyhow::{Result, ensure};
use ecommerce_cli::{comma, thousands};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

const LEFT: i32 = 160;
/// Room at the right for what stands beside a bar.
const BESIDE: i32 = 300;
const TOP: i32 = 108;
const BAR: i32 = 22;
/// Between two contestants.
const GAP: i32 = 16;

/// An SVG document.
///
/// # Errors
/// If there is no result, one that is not of `motores`, or nobody finished.
pub fn draw(outcomes: &[Outcome]) -> Result<String> {
    let all = Limited::all(outcomes)?;
    let longest = all
        .iter()
        .flat_map(|limited| &limited.outcome.contendientes)
        .filter_map(|entry| entry.mediana_s)
        .fold(0.0, f64::max);
    ensure!(longest > 0.0, "ningún contendiente tiene tiempos");
    let mut names: Vec<&str> = Vec::new();
    for entry in all.iter().flat_map(|l| &l.outcome.contendientes) {
        if competed(entry) && !names.contains(&entry.nombre.as_str()) {
            names.push(&entry.nombre);
        }
    }
    let group = BAR * i32::try_from(all.len())? + GAP;
    let height = u32::try_from(TOP + group * i32::try_from(names.len())?)?;
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        let last = all[all.len() - 1].outcome;
        heading(
            &canvas,
            &format!(
                "Uniones, ventanas y distintos sobre {} ventas",
                thousands(last.filas)
            ),
            &format!(
                "segundos del proceso entero, mediana · {}, {} hilos",
                last.maquina.cpu, last.hilos
            ),
        )?;
        legend(&canvas, &all)?;
        for (row, name) in names.iter().enumerate() {
            let top = TOP + group * i32::try_from(row)?;
            text(
                &canvas,
                name,
                (LEFT - 10, top + group / 2 - GAP / 2),
                15,
                INK,
                HPos::Right,
            )?;
            for (index, limited) in all.iter().enumerate() {
                let entries = &limited.outcome.contendientes;
                if let Some(entry) = entries.iter().find(|entry| entry.nombre == **name) {
                    bar(
                        &canvas,
                        entry,
                        index,
                        top + BAR * i32::try_from(index)?,
                        longest,
                    )?;
                }
            }
        }
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

fn legend(canvas: &Canvas<'_>, all: &[Limited<'_>]) -> Result<()> {
    let mut x = LEFT;
    for (index, limited) in all.iter().enumerate() {
        let square = Rectangle::new([(x, 76), (x + 14, 90)], COLOURS[index % 7].filled());
        canvas.draw(&square).map_err(drawing)?;
        let words = format!(
            "{} MiB, datos × {}",
            thousands(limited.limit_mb),
            comma(limited.ratio(), 2)
        );
        text(canvas, &words, (x + 20, 84), 13, INK, HPos::Left)?;
        x += 230;
    }
    Ok(())
}

fn bar(canvas: &Canvas<'_>, entry: &Entry, index: usize, top: i32, longest: f64) -> Result<()> {
    let room = i32::try_from(WIDTH)? - BESIDE - LEFT;
    let middle = top + BAR / 2;
    let megabytes = |what: &str, value: Option<u64>| {
        value.map_or(String::new(), |mb| {
            format!(" · {what} {} MB", thousands(mb))
        })
    };
    let memory = megabytes("pico", entry.pico_mb);
    let Some(seconds) = entry.mediana_s else {
        let words = format!("{}{memory}", entry.estado.word());
        return text(canvas, &words, (LEFT + 4, middle), 13, PALE, HPos::Left);
    };
    let end = LEFT + (f64::from(room) * seconds / longest).round() as i32;
    let shape = [(LEFT, top + 1), (end.max(LEFT + 1), top + BAR - 2)];
    let drawn = Rectangle::new(shape, COLOURS[index % 7].filled());
    canvas.draw(&drawn).map_err(drawing)?;
    let disk = megabytes("disco", entry.escrito_mb);
    let words = format!("{} s{memory}{disk}", comma(seconds, 1));
    text(canvas, &words, (end + 8, middle), 13, INK, HPos::Left)
}
