//! The report as Markdown and as one HTML page: its style and its drawings are inside, and it may ask nobody for anything.

use super::sections::{Block, sections};
use super::{Duels, drawn, growth_of};
use crate::chart::{self, Kind};
use crate::report::Outcome;
use anyhow::Result;
use std::fmt::Write as _;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;margin:1rem 0;font-size:.9rem;display:block;overflow-x:auto}\
th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}\
th:first-child,td:first-child,td:nth-child(2),th:nth-child(2){text-align:left}figure{margin:1rem 0}svg{max-width:100%;height:auto}\
pre{overflow-x:auto;background:#f6f6f6;padding:.75rem;font-size:.8rem}summary{cursor:pointer}";

/// One HTML document with tables and drawings; no script, and no request is possible.
///
/// # Errors
/// If there is no result, or one of another work.
pub fn page(outcomes: &[Outcome]) -> Result<String> {
    let duels = Duels::of(outcomes)?;
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
<title>Benchmark final</title>\n<style>",
    );
    out += STYLE;
    out += "</style>\n</head>\n<body>\n";
    for block in sections(&duels) {
        html(&mut out, &block);
        if let Block::Heading(2, title) = &block {
            for (heading, _, set) in duels.sets() {
                if heading == title {
                    figures(&mut out, heading, set);
                }
            }
        }
    }
    out += "</body>\n</html>\n";
    Ok(out)
}

/// The drawings of a set that can be made of it.
fn figures(out: &mut String, heading: &str, set: &[&Outcome]) {
    let set_drawn = drawn(set);
    let title = format!("{heading}: segundos según las filas");
    let drawings = [
        growth_of(set, &title),
        chart::draw(&set_drawn, Kind::Tiempos),
        chart::draw(&set_drawn, Kind::Memoria),
    ];
    // Where nobody has a time, the table says why.
    for svg in drawings.into_iter().flatten() {
        let _ = writeln!(out, "<figure>{svg}</figure>");
    }
}

/// Writing to a String cannot fail.
macro_rules! line {
    ($out:expr, $($text:tt)*) => { let _ = writeln!($out, $($text)*); };
}

fn html(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, text) => {
            line!(out, "<h{level}>{}</h{level}>", escaped(text));
        }
        Block::Text(text) => {
            line!(out, "<p>{}</p>", escaped(text));
        }
        Block::Table { head, rows } => {
            let cells = |tag: &str, texts: &mut dyn Iterator<Item = &str>| {
                let cells = texts.map(|t| format!("<{tag}>{}</{tag}>", escaped(t)));
                cells.collect::<String>()
            };
            line!(
                out,
                "<table><thead><tr>{}</tr></thead><tbody>",
                cells("th", &mut head.iter().copied())
            );
            for row in rows {
                let row = cells("td", &mut row.iter().map(String::as_str));
                line!(out, "<tr>{row}</tr>");
            }
            line!(out, "</tbody></table>");
        }
        Block::Fold(title, lines) => {
            line!(
                out,
                "<details><summary>{}</summary><pre>{}</pre></details>",
                escaped(title),
                escaped(&lines.join("\n"))
            );
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The same blocks in Markdown, drawings and folds left out: those are files beside it.
pub(super) fn as_markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, text) => {
                line!(out, "{} {text}\n", "#".repeat(usize::from(*level)));
            }
            Block::Text(text) => {
                line!(out, "{text}\n");
            }
            Block::Table { head, rows } => {
                line!(out, "| {} |", head.join(" | "));
                line!(out, "|{}", "---|".repeat(head.len()));
                for row in rows {
                    line!(out, "| {} |", row.join(" | "));
                }
                line!(out, "");
            }
            Block::Fold(..) => {}
        }
    }
    out
}
