//! For the page.

use super::grid::{Cell, Grid};
use crate::tree::{Answer, DecisionTree, Language, Leaf, Target, Verdict};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const WIDTH: f64 = 226.0;
const ACROSS: f64 = 58.0;
const DOWN: f64 = 36.0;
const MARGIN: f64 = 18.0;
const LEGEND: f64 = 30.0;
/// Height of a line, and what fits in one, of the words of the guide and of today's.
const GUIDE: (f64, usize) = (17.0, 25);
const TODAY: (f64, usize) = (15.0, 32);
const PADDING: f64 = 10.0;

/// What stands in a box.
struct Text {
    /// Of the guide, line by line.
    guide: Vec<String>,
    /// Of the measurements, line by line.
    today: Vec<String>,
}

impl Text {
    fn height(&self) -> f64 {
        let today = match self.today.len() {
            0 => 0.0,
            lines => 7.0 + lines as f64 * TODAY.0,
        };
        2.0 * PADDING + self.guide.len() as f64 * GUIDE.0 + today
    }
}

/// The tree as an SVG picture: "sí" to the right, "no" down.
///
/// What several ways lead to is drawn at the end of each; the first time with what the measurements say.
pub fn svg(tree: &DecisionTree) -> String {
    let grid = Grid::of(tree);
    let mut seen = BTreeSet::new();
    let texts: Vec<Text> = (grid.cells.iter())
        .map(|cell| match cell.what {
            Target::Node(node) => Text {
                guide: lines(&tree.questions[tree.nodes[node].question].short, GUIDE.1),
                today: Vec::new(),
            },
            Target::Leaf(leaf) if seen.insert(leaf) => {
                let leaf = &tree.leaves[leaf];
                Text {
                    guide: lines(&leaf.guide, GUIDE.1),
                    today: lines(&format!("{}: {}", leaf.verdict, leaf.short), TODAY.1),
                }
            }
            Target::Leaf(leaf) => Text {
                guide: lines(&tree.leaves[leaf].guide, GUIDE.1),
                today: Vec::new(),
            },
        })
        .collect();

    let rows = grid
        .cells
        .iter()
        .map(|cell| cell.row + 1)
        .max()
        .unwrap_or(0);
    let columns = (grid.cells.iter().map(|cell| cell.column + 1).max()).unwrap_or(0);
    let mut heights = vec![0.0_f64; rows];
    for (cell, text) in grid.cells.iter().zip(&texts) {
        heights[cell.row] = heights[cell.row].max(text.height());
    }
    let left = |cell: &Cell| MARGIN + cell.column as f64 * (WIDTH + ACROSS);
    let top = |cell: &Cell| {
        let above = &heights[..cell.row];
        MARGIN + above.iter().sum::<f64>() + cell.row as f64 * DOWN
    };
    let width = 2.0 * MARGIN + columns as f64 * (WIDTH + ACROSS) - ACROSS;
    let bottom = MARGIN + heights.iter().sum::<f64>() + rows.saturating_sub(1) as f64 * DOWN;
    let height = bottom + LEGEND + MARGIN;

    let mut out = String::new();
    let _ = writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13">
<title>Cuándo Rust: el árbol de decisión de la guía, con lo que dicen hoy las mediciones</title>
<defs><marker id="punta" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#666"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>"##
    );
    for arrow in &grid.arrows {
        let (from, to) = (&grid.cells[arrow.from], &grid.cells[arrow.to]);
        // To the right at the height of the question's middle; down at the left, past what the other answer leads to.
        let (d, x, y) = match arrow.answer {
            Answer::Yes => {
                let y = top(from) + texts[arrow.from].height().min(texts[arrow.to].height()) / 2.0;
                let start = left(from) + WIDTH;
                let d = format!("M{start:.1} {y:.1}H{:.1}", left(to) - 1.0);
                (d, start + ACROSS / 2.0 - 4.0, y - 5.0)
            }
            Answer::No => {
                let x = left(from) + 34.0;
                let start = top(from) + texts[arrow.from].height();
                let d = format!("M{x:.1} {start:.1}V{:.1}", top(to) - 1.0);
                (d, x + 16.0, top(to) - DOWN / 2.0 + 5.0)
            }
        };
        let _ = writeln!(
            out,
            r##"<path d="{d}" fill="none" stroke="#666" stroke-width="1.4" marker-end="url(#punta)"/><text x="{x:.1}" y="{y:.1}" text-anchor="middle" font-size="12" font-weight="600" fill="#555">{}</text>"##,
            arrow.answer
        );
    }
    for (cell, text) in grid.cells.iter().zip(&texts) {
        let leaf = match cell.what {
            Target::Node(_) => None,
            Target::Leaf(leaf) => Some(&tree.leaves[leaf]),
        };
        draw_box(&mut out, left(cell), top(cell), text, leaf);
    }
    legend(&mut out, bottom + LEGEND);
    out.push_str("</svg>\n");
    out
}

fn draw_box(out: &mut String, x: f64, y: f64, text: &Text, leaf: Option<&Leaf>) {
    let (fill, border) = leaf.map_or(("#f4f4f4", "#777777"), |leaf| colours(leaf.language));
    let radius = if leaf.is_some() { 4 } else { 18 };
    let dashes = if leaf.is_some() && text.today.is_empty() {
        r#" stroke-dasharray="5 4""#
    } else {
        ""
    };
    let _ = write!(
        out,
        r##"<g><rect x="{x:.1}" y="{y:.1}" width="{WIDTH}" height="{:.1}" rx="{radius}" fill="{fill}" stroke="{border}" stroke-width="1.4"{dashes}/>"##,
        text.height()
    );
    let mut baseline = y + PADDING + 12.5;
    let weight = if leaf.is_some() { "600" } else { "400" };
    for line in &text.guide {
        let _ = write!(
            out,
            r##"<text x="{:.1}" y="{baseline:.1}" text-anchor="middle" font-weight="{weight}" fill="#1a1a1a">{}</text>"##,
            x + WIDTH / 2.0,
            escaped(line)
        );
        baseline += GUIDE.0;
    }
    if let Some(leaf) = leaf.filter(|_| !text.today.is_empty()) {
        let ink = ink(leaf.verdict);
        let rule = baseline - 9.0;
        let _ = write!(
            out,
            r##"<path d="M{:.1} {rule:.1}h{:.1}" stroke="{border}" stroke-width="0.7"/>"##,
            x + 12.0,
            WIDTH - 24.0
        );
        baseline += 6.0;
        for line in &text.today {
            let _ = write!(
                out,
                r##"<text x="{:.1}" y="{baseline:.1}" text-anchor="middle" font-size="11.5" fill="{ink}">{}</text>"##,
                x + WIDTH / 2.0,
                escaped(line)
            );
            baseline += TODAY.0;
        }
    }
    out.push_str("</g>\n");
}

/// Fill and border of a recommendation.
const fn colours(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Rust => ("#fde8d3", "#b8651b"),
        Language::Python => ("#dbe9fb", "#2c66b3"),
        Language::Jvm => ("#ddf1de", "#3a7d44"),
        Language::Cualquiera => ("#eee8f6", "#6d4c9f"),
    }
}

const fn ink(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmada => "#24582d",
        Verdict::Matizada => "#7a4400",
        Verdict::Caducada | Verdict::Refutada => "#9b1c1c",
    }
}

fn legend(out: &mut String, y: f64) {
    let kinds = [
        (Language::Rust, "se escribe Rust"),
        (Language::Python, "Python"),
        (Language::Jvm, "la JVM"),
        (Language::Cualquiera, "lo que ya se escribe"),
    ];
    let mut x = MARGIN;
    for (language, words) in kinds {
        let (fill, border) = colours(language);
        let _ = writeln!(
            out,
            r##"<rect x="{x:.0}" y="{:.0}" width="14" height="14" rx="3" fill="{fill}" stroke="{border}"/><text x="{:.0}" y="{y:.0}" font-size="12" fill="#333">{words}</text>"##,
            y - 11.5,
            x + 20.0
        );
        x += 44.0 + 7.0 * words.chars().count() as f64;
    }
    let _ = writeln!(
        out,
        r##"<text x="{x:.0}" y="{y:.0}" font-size="12" fill="#333">Arriba, lo que dice la guía; bajo la raya, lo medido. Discontinua: la misma hoja otra vez.</text>"##
    );
}

/// `text` in lines of at most `width` characters, cut between words and behind slashes; a longer word has a line of its own.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive([' ', '/']) {
        let line = lines.len() - 1;
        let length = |text: &str| text.trim_end().chars().count();
        if !lines[line].is_empty() && length(&format!("{}{word}", lines[line])) > width {
            lines.push(word.to_owned());
        } else {
            lines[line].push_str(word);
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
