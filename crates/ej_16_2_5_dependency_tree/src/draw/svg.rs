//! For the page.

use super::layout::layout;
use crate::families::Family;
use crate::tree::{Kind, Tree};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const BOX: (f64, f64) = (160.0, 46.0);
const GAP: f64 = 26.0;
const STEP: f64 = 92.0;
const MARGIN: f64 = 20.0;
const LEGEND: f64 = 64.0;
const DASHES: &str = r#" stroke-dasharray="5 4""#;

/// Fill and border of a box: what is Polars', what is of the arrow-rs world, what both share, and the rest.
const fn colours(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Workspace => ("#f2f2f2", "#6b6b6b"),
        Family::Polars | Family::PolarsArrow | Family::PolarsParquet => ("#dbe9fb", "#2c66b3"),
        Family::DataFusion | Family::DeltaRs | Family::ArrowRs | Family::ParquetRs => {
            ("#fde8d3", "#b8651b")
        }
        Family::ObjectStore | Family::Tokio => ("#ddf1de", "#3a7d44"),
    }
}

/// The tree as an SVG picture: an arrow means "depends on"; those that a longer way implies are left out.
///
/// Each box and arrow carries its names as data attributes, by which [`svg_facts`] reads the picture again. Nothing else
/// is said, so that a picture with the same facts is the same picture.
pub fn svg(tree: &Tree) -> String {
    let place = |family| tree.boxes.iter().position(|b| b.family == family);
    let drawn: Vec<_> = tree.drawn().collect();
    let ends: Vec<(usize, usize)> = (drawn.iter())
        .filter_map(|arrow| Some((place(arrow.from)?, place(arrow.to)?)))
        .collect();
    let mut laid = layout(tree.boxes.len(), &ends, BOX.0, GAP);
    spread(&mut laid.arrows, &ends);
    let depth = laid
        .boxes
        .iter()
        .map(|(_, layer)| layer + 1)
        .max()
        .unwrap_or(0);
    let top = |layer: usize| MARGIN + layer as f64 * STEP;
    let width = laid.width + 2.0 * MARGIN;
    let height = top(depth.saturating_sub(1)) + BOX.1 + LEGEND + MARGIN;

    let mut out = String::new();
    let _ = writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img" font-family="system-ui, sans-serif" font-size="14">
<title>Dependencias de Polars, DataFusion y Delta-rs en este workspace</title>
<defs><marker id="punta" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>"##
    );
    for (arrow, points) in drawn.iter().zip(&laid.arrows) {
        let dashes = if arrow.kind == Kind::Optional {
            DASHES
        } else {
            ""
        };
        let _ = writeln!(
            out,
            r##"<path class="flecha" data-desde="{}" data-hasta="{}" data-clase="{}" d="{}" fill="none" stroke="#555" stroke-width="1.4"{dashes} marker-end="url(#punta)"/>"##,
            arrow.from.name(),
            arrow.to.name(),
            if arrow.kind == Kind::Optional {
                "opcional"
            } else {
                "compilada"
            },
            curve(points, top)
        );
    }
    for (b, (x, layer)) in tree.boxes.iter().zip(&laid.boxes) {
        let (fill, border) = colours(b.family);
        let (centre, y) = (MARGIN + x, top(*layer));
        let dashes = if b.crates == 0 { DASHES } else { "" };
        let middle = if b.crates == 0 { y + 20.0 } else { y + 28.0 };
        let _ = write!(
            out,
            r##"<g class="caja" data-rotulo="{label}"><rect x="{:.1}" y="{y:.1}" width="{}" height="{}" rx="7" fill="{fill}" stroke="{border}" stroke-width="1.4"{dashes}/><text x="{centre:.1}" y="{middle:.1}" text-anchor="middle" font-weight="600" fill="#1a1a1a">{label}</text>"##,
            centre - BOX.0 / 2.0,
            BOX.0,
            BOX.1,
            label = b.label(),
        );
        if b.crates == 0 {
            let _ = write!(
                out,
                r##"<text x="{centre:.1}" y="{:.1}" text-anchor="middle" font-size="12" fill="#444">sin compilar</text>"##,
                y + 37.0
            );
        }
        out.push_str("</g>\n");
    }
    legend(&mut out, height - LEGEND + 6.0);
    out.push_str("</svg>\n");
    out
}

/// Moves the ends of arrows that share a side of a box apart, in the order in which they come.
fn spread(arrows: &mut [Vec<(f64, usize)>], ends: &[(usize, usize)]) {
    const APART: f64 = 22.0;
    let boxes = ends
        .iter()
        .flat_map(|(from, to)| [*from, *to])
        .max()
        .map_or(0, |last| last + 1);
    for (b, leaving) in (0..boxes).flat_map(|b| [(b, true), (b, false)]) {
        let side = |n: &usize| {
            if leaving {
                ends[*n].0 == b
            } else {
                ends[*n].1 == b
            }
        };
        let mut here: Vec<usize> = (0..ends.len()).filter(side).collect();
        // Where each one goes next, seen from this side.
        let next = |n: usize| {
            let points = &arrows[n];
            if leaving {
                points[1].0
            } else {
                points[points.len() - 2].0
            }
        };
        here.sort_by(|a, b| next(*a).total_cmp(&next(*b)));
        let middle = (here.len() as f64 - 1.0) / 2.0;
        for (place, n) in here.into_iter().enumerate() {
            let end = if leaving {
                arrows[n].first_mut()
            } else {
                arrows[n].last_mut()
            };
            if let Some((x, _)) = end {
                *x += (place as f64 - middle) * APART;
            }
        }
    }
}

/// From the bottom of a box, straight through the bends, to the top of another; vertical at both ends.
fn curve(points: &[(f64, usize)], top: impl Fn(usize) -> f64) -> String {
    let mut d = String::new();
    let last = points.len().saturating_sub(1);
    let mut from = (0.0, 0.0);
    for (n, (x, layer)) in points.iter().enumerate() {
        let x = MARGIN + x;
        if n == 0 {
            from = (x, top(*layer) + BOX.1);
            let _ = write!(d, "M{:.1} {:.1}", from.0, from.1);
            continue;
        }
        let to = (
            x,
            if n == last {
                top(*layer) - 1.0
            } else {
                top(*layer)
            },
        );
        let middle = (from.1 + to.1) / 2.0;
        let _ = write!(
            d,
            "C{:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {:.1}",
            from.0, to.1
        );
        from = to;
        if n != last {
            // Past the boxes of a layer in between.
            from.1 += BOX.1;
            let _ = write!(d, "V{:.1}", from.1);
        }
    }
    d
}

fn legend(out: &mut String, y: f64) {
    let kinds = [
        (Family::Polars, "de Polars"),
        (Family::ArrowRs, "sobre arrow-rs"),
        (Family::Tokio, "compartido por los dos"),
    ];
    let mut x = MARGIN;
    for (family, words) in kinds {
        let (fill, border) = colours(family);
        let _ = writeln!(
            out,
            r##"<rect x="{x:.0}" y="{y:.0}" width="14" height="14" rx="3" fill="{fill}" stroke="{border}"/><text x="{:.0}" y="{:.0}" font-size="12" fill="#333">{words}</text>"##,
            x + 20.0,
            y + 12.0
        );
        x += 44.0 + 7.0 * words.chars().count() as f64;
    }
    let _ = writeln!(
        out,
        r##"<text x="{MARGIN:.0}" y="{:.0}" font-size="12" fill="#333">Flecha: depende de. Discontinua: opcional, aquí sin compilar. Faltan las que otras implican.</text>"##,
        y + 36.0
    );
}

/// What a picture states: its boxes' labels and its arrows, whatever their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Name and compatible version of each box.
    pub boxes: BTreeSet<String>,
    /// From, to and kind of each arrow.
    pub arrows: BTreeSet<[String; 3]>,
}

/// Reads the facts from a picture that [`svg`] drew.
pub fn svg_facts(picture: &str) -> Facts {
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    Facts {
        boxes: (picture.lines())
            .filter_map(|line| attribute(line, "data-rotulo"))
            .collect(),
        arrows: (picture.lines())
            .filter_map(|line| {
                let [from, to, kind] =
                    ["data-desde", "data-hasta", "data-clase"].map(|name| attribute(line, name));
                Some([from?, to?, kind?])
            })
            .collect(),
    }
}
