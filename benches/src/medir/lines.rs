//! Lines over sizes or levels, in the look of the duel's charts: direct labels that never cover a line nor each other.

use crate::chart::{COLOURS, Canvas, INK, PALE, WIDTH, drawing, heading, millions, text};
use anyhow::{Result, ensure};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// A drawing of lines.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// Under what conditions.
    pub subtitle: String,
    /// Under the axis.
    pub x_title: String,
    /// Above the axis.
    pub y_title: String,
    /// The places of the points.
    pub axis: Axis,
    /// How a value is written.
    pub value: fn(f64) -> String,
    /// The lines; a place on a [`Axis::Levels`] is its index.
    pub series: Vec<Line>,
    /// Values to compare with, drawn across.
    pub horizontals: Vec<Horizontal>,
    /// A place to point out.
    pub vertical: Option<Vertical>,
}

/// The horizontal axis.
#[derive(Clone, Debug)]
pub enum Axis {
    /// Numbers of rows, on a logarithmic scale.
    Sizes(Vec<f64>),
    /// Names, evenly apart.
    Levels(Vec<String>),
}

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its label.
    pub name: String,
    /// Places and values, by place.
    pub points: Vec<(f64, f64)>,
}

/// A value drawn across.
#[derive(Clone, Debug)]
pub struct Horizontal {
    /// Its label.
    pub name: String,
    /// The value.
    pub at: f64,
}

/// A place drawn from top to bottom.
#[derive(Clone, Debug)]
pub struct Vertical {
    /// Its label.
    pub name: String,
    /// The place.
    pub at: f64,
}

/// The name of the line that the others cannot pass: it is drawn dashed.
pub const CEILING: &str = "ancho de banda de lectura";

const HEIGHT: u32 = 500;
const LEFT: i32 = 66;
const RIGHT: i32 = 620;
const TOP: i32 = 112;
const BOTTOM: i32 = 440;
/// Between the baselines of two labels.
const LABEL_GAP: i32 = 17;

/// The drawing as an SVG document.
///
/// # Errors
/// If there is no point, or a value that a logarithmic scale cannot show.
pub fn draw(plot: &Plot) -> Result<String> {
    let values = || {
        let across = plot.horizontals.iter().map(|h| h.at);
        let points = plot.series.iter().flat_map(|s| &s.points).map(|p| p.1);
        points.chain(across)
    };
    ensure!(values().next().is_some(), "no hay nada que dibujar");
    ensure!(
        values().all(|v| v.is_finite() && v > 0.0),
        "hay un valor que no es positivo"
    );
    let low = values().fold(f64::MAX, f64::min) / 1.2;
    let high = values().fold(0.0, f64::max) * 1.2;
    let scale = Scale {
        axis: &plot.axis,
        low: low.log10(),
        high: high.log10(),
    };

    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        canvas.fill(&WHITE).map_err(drawing)?;
        heading(&canvas, &plot.title, &plot.subtitle)?;
        grid(&canvas, plot, &scale)?;
        let mut labels = Vec::new();
        for across in &plot.horizontals {
            let y = scale.y(across.at);
            dashes(&canvas, (LEFT, y), (RIGHT, y), INK)?;
            labels.push(Label {
                words: format!("{} · {}", across.name, (plot.value)(across.at)),
                from: (RIGHT, y),
                colour: INK,
                mark: None,
            });
        }
        for (index, line) in plot.series.iter().enumerate() {
            let colour = if line.name == CEILING {
                INK
            } else {
                COLOURS[index % COLOURS.len()]
            };
            let points: Vec<_> = line
                .points
                .iter()
                .map(|(x, y)| (scale.x(*x), scale.y(*y)))
                .collect();
            // Colours repeat after seven lines; then the points are squares.
            let mark = match index / COLOURS.len() {
                _ if line.name == CEILING => None,
                0 => Some(Mark::Circle),
                _ => Some(Mark::Square),
            };
            stroke(&canvas, &points, colour, mark)?;
            if let (Some(end), Some((_, value))) = (points.last(), line.points.last()) {
                labels.push(Label {
                    words: format!("{} · {}", line.name, (plot.value)(*value)),
                    from: *end,
                    colour,
                    mark,
                });
            }
        }
        point_out(&canvas, plot, &scale)?;
        label(&canvas, labels)?;
        canvas.present().map_err(drawing)?;
    }
    Ok(svg)
}

struct Scale<'a> {
    axis: &'a Axis,
    /// Decimal logarithms of the ends of the vertical axis.
    low: f64,
    high: f64,
}

impl Scale<'_> {
    fn y(&self, value: f64) -> i32 {
        let share = (value.log10() - self.low) / (self.high - self.low);
        BOTTOM - (share * f64::from(BOTTOM - TOP)).round() as i32
    }

    fn x(&self, place: f64) -> i32 {
        let margin = 24.0;
        let share = match self.axis {
            Axis::Sizes(sizes) => {
                let least = sizes.iter().copied().fold(f64::MAX, f64::min).log10();
                let most = sizes.iter().copied().fold(1.0, f64::max).log10();
                part(place.log10(), least, most)
            }
            Axis::Levels(names) => part(place, 0.0, names.len().saturating_sub(1) as f64),
        };
        let width = f64::from(RIGHT - LEFT) - 2.0 * margin;
        (f64::from(LEFT) + margin + share * width).round() as i32
    }
}

/// Where `value` lies between two ends; in the middle if they are one.
fn part(value: f64, low: f64, high: f64) -> f64 {
    if high > low {
        (value - low) / (high - low)
    } else {
        0.5
    }
}

fn grid(canvas: &Canvas<'_>, plot: &Plot, scale: &Scale<'_>) -> Result<()> {
    let faint = RGBColor(232, 232, 232);
    // 1, 2 and 5 of each decade where their labels do not meet, else the decades alone.
    let decade_height = f64::from(BOTTOM - TOP) / (scale.high - scale.low);
    let many = decade_height < 70.0;
    for decade in scale.low.floor() as i32..=scale.high.ceil() as i32 {
        for leading in [1.0, 2.0, 5.0] {
            let value = leading * 10_f64.powi(decade);
            if !(scale.low..=scale.high).contains(&value.log10()) || (many && leading > 1.0) {
                continue;
            }
            let y = scale.y(value);
            rule(canvas, (LEFT, y), (RIGHT, y), faint)?;
            text(
                canvas,
                &(plot.value)(value),
                (LEFT - 8, y),
                13,
                INK,
                HPos::Right,
            )?;
        }
    }
    let places: Vec<(f64, String)> = match &plot.axis {
        Axis::Sizes(sizes) => sizes.iter().map(|n| (*n, millions(*n))).collect(),
        Axis::Levels(names) => names
            .iter()
            .enumerate()
            .map(|(i, name)| (i as f64, name.clone()))
            .collect(),
    };
    for (place, name) in places {
        let x = scale.x(place);
        rule(canvas, (x, TOP), (x, BOTTOM), faint)?;
        text(canvas, &name, (x, BOTTOM + 16), 13, INK, HPos::Center)?;
    }
    rule(canvas, (LEFT, BOTTOM), (RIGHT, BOTTOM), PALE)?;
    rule(canvas, (LEFT, TOP), (LEFT, BOTTOM), PALE)?;
    let middle = (LEFT + RIGHT) / 2;
    text(
        canvas,
        &plot.x_title,
        (middle, BOTTOM + 40),
        13,
        INK,
        HPos::Center,
    )?;
    text(canvas, &plot.y_title, (20, TOP - 30), 13, INK, HPos::Left)
}

/// How the points of a line look; without one the line is dashed.
#[derive(Clone, Copy)]
enum Mark {
    Circle,
    Square,
}

fn stroke(
    canvas: &Canvas<'_>,
    points: &[(i32, i32)],
    colour: RGBColor,
    mark: Option<Mark>,
) -> Result<()> {
    let Some(mark) = mark else {
        for pair in points.windows(2) {
            dashes(canvas, pair[0], pair[1], colour)?;
        }
        // One point alone is a short line across its place.
        if let [(x, y)] = points {
            dashes(canvas, (x - 40, *y), (x + 40, *y), colour)?;
        }
        return Ok(());
    };
    let path = PathElement::new(points.to_vec(), colour.stroke_width(3));
    canvas.draw(&path).map_err(drawing)?;
    points
        .iter()
        .try_for_each(|point| dot(canvas, *point, colour, mark))
}

fn dot(canvas: &Canvas<'_>, at: (i32, i32), colour: RGBColor, mark: Mark) -> Result<()> {
    let (x, y) = at;
    let drawn = match mark {
        Mark::Circle => canvas.draw(&Circle::new(at, 4, colour.filled())),
        Mark::Square => {
            let corners = [(x - 5, y - 5), (x + 5, y + 5)];
            canvas.draw(&Rectangle::new(corners, colour.filled()))
        }
    };
    drawn.map_err(drawing)
}

fn point_out(canvas: &Canvas<'_>, plot: &Plot, scale: &Scale<'_>) -> Result<()> {
    let Some(vertical) = &plot.vertical else {
        return Ok(());
    };
    let x = scale.x(vertical.at);
    dashes(canvas, (x, TOP), (x, BOTTOM), PALE)?;
    // Above the plot, where no line is; kept clear of both ends by half its usual length.
    let at = x.clamp(LEFT + 150, RIGHT - 150);
    text(
        canvas,
        &vertical.name,
        (at, TOP - 10),
        13,
        INK,
        HPos::Center,
    )
}

/// What stands at the right end of a line.
struct Label {
    words: String,
    from: (i32, i32),
    colour: RGBColor,
    mark: Option<Mark>,
}

fn label(canvas: &Canvas<'_>, mut labels: Vec<Label>) -> Result<()> {
    labels.sort_by_key(|l| l.from.1);
    let wanted: Vec<i32> = labels.iter().map(|l| l.from.1).collect();
    let heights = apart(&wanted, LABEL_GAP, BOTTOM);
    for (label, y) in labels.iter().zip(heights) {
        let x = RIGHT + 26;
        rule(canvas, label.from, (x - 4, y), label.colour.mix(0.45))?;
        if let Some(mark) = label.mark {
            dot(canvas, (x, y), label.colour, mark)?;
        }
        text(
            canvas,
            &label.words,
            (x + 10, y),
            13,
            label.colour,
            HPos::Left,
        )?;
    }
    Ok(())
}

/// Heights near the wanted ones (ascending), at least `gap` apart and none below `bottom` while there is room above.
fn apart(wanted: &[i32], gap: i32, bottom: i32) -> Vec<i32> {
    let mut heights = wanted.to_vec();
    // Down from the top, then up from the bottom, and the middle of both: a group stays around where it wants to be.
    for i in 1..heights.len() {
        heights[i] = heights[i].max(heights[i - 1] + gap);
    }
    let mut up = wanted.to_vec();
    for i in (0..up.len().saturating_sub(1)).rev() {
        up[i] = up[i].min(up[i + 1] - gap);
    }
    for (down, up) in heights.iter_mut().zip(up) {
        *down = i32::midpoint(*down, up);
    }
    for i in 1..heights.len() {
        heights[i] = heights[i].max(heights[i - 1] + gap);
    }
    let overflow = heights.last().map_or(0, |last| (last - bottom).max(0));
    if overflow > 0 {
        for i in (0..heights.len()).rev() {
            let limit = heights.get(i + 1).map_or(bottom, |next| next - gap);
            heights[i] = heights[i].min(limit);
        }
    }
    heights
}

fn rule(canvas: &Canvas<'_>, from: (i32, i32), to: (i32, i32), colour: impl Color) -> Result<()> {
    let path = PathElement::new(vec![from, to], colour.stroke_width(1));
    canvas.draw(&path).map_err(drawing)
}

fn dashes(canvas: &Canvas<'_>, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Result<()> {
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = dx.hypot(dy);
    let at = |along: f64| {
        let share = (along / length).min(1.0);
        (
            from.0 + (dx * share).round() as i32,
            from.1 + (dy * share).round() as i32,
        )
    };
    let mut along = 0.0;
    while along < length {
        let path = PathElement::new(vec![at(along), at(along + 6.0)], colour.stroke_width(2));
        canvas.draw(&path).map_err(drawing)?;
        along += 11.0;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order_and_stay_above_the_bottom() {
        for wanted in [
            vec![],
            vec![100],
            vec![100, 100, 100],
            vec![100, 105, 300, 310, 439, 440],
            vec![430, 431, 432, 440],
        ] {
            let heights = apart(&wanted, 17, 440);
            assert_eq!(heights.len(), wanted.len());
            assert!(heights.windows(2).all(|w| w[1] - w[0] >= 17), "{heights:?}");
            assert!(heights.iter().all(|y| *y <= 440), "{heights:?}");
        }
        assert_eq!(apart(&[100, 100, 100], 17, 440), [83, 100, 117]);
    }

    #[test]
    fn labels_that_are_far_apart_stay_where_they_are() {
        assert_eq!(apart(&[120, 200, 300], 17, 440), [120, 200, 300]);
    }
}
