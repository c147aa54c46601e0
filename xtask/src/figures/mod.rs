//! The measured figures of a page. A comment of the page says which figure of which archive stands where; what stands below it is
//! made from that, by `cargo xtask tidy --arreglar`, and from another run by `cargo xtask medir`:
//!
//! ```text
//! <!-- medido: 2026-11-22-2c24g/final-cifras.json
//! | motor | 10 M |
//! |---|---:|
//! | `rust-nativo` | {caliente/rust-nativo/10M} |
//! -->
//! | motor | 10 M |
//! |---|---:|
//! | `rust-nativo` | 174 ms |
//! <!-- fin de lo medido -->
//! ```
//!
//! Between braces stands a figure: a name of a `-cifras.json` (or of the `cifras` of another file), the id of a bench of `s16_N.json` (`id@gb_s` for a field other than
//! the median), or a path (`[filas=1000000]/contendientes[nombre=duckdb]/mediana_s`, `&` between two conditions); `other.json#…` for another file of the run.
//! Figures are divided, multiplied, added and subtracted from left to right (`a ÷ b`), and written after a comma: `tiempo` (of
//! seconds), `cifras` (three), `0` to `9` decimals, `+1` with its sign. `{{` is a brace.

mod formula;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::tidy::tree::Tree;

const START: &str = "<!-- medido: ";
const MIDDLE: &str = "-->";
const END: &str = "<!-- fin de lo medido -->";
const RUNS: &str = "docs/resultados/";

/// A template of a page and what was made of it.
struct Block<'a> {
    /// The line of its first mark, from 1.
    line: usize,
    run: &'a str,
    file: &'a str,
    template: Cow<'a, str>,
    /// Where in the page the first mark stands, and what was made.
    mark: std::ops::Range<usize>,
    made: std::ops::Range<usize>,
}

impl<'a> Block<'a> {
    /// The same block with the figures of another run, and links to its files.
    fn with_run(&self, run: &'a str) -> Self {
        let links = |run: &str| format!("{RUNS}{run}/");
        Self {
            run,
            template: self.template.replace(&links(self.run), &links(run)).into(),
            mark: self.mark.clone(),
            made: self.made.clone(),
            ..*self
        }
    }
}

/// Something wrong with a page: where, and what.
pub(crate) struct Wrong {
    pub(crate) page: String,
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// Every page whose figures are not those of the archive that it names.
pub(crate) fn wrong(tree: &Tree) -> Vec<Wrong> {
    let mut archives = Archives::of(tree);
    let mut found = Vec::new();
    for (page, text) in pages(tree) {
        let mut add = |line, what| {
            found.push(Wrong {
                page: page.to_owned(),
                line,
                what,
            });
        };
        match blocks(text) {
            Err((line, what)) => add(line, what.to_owned()),
            Ok(blocks) => {
                for block in blocks {
                    match archives.filled(&block) {
                        Err(error) => add(block.line, format!("{error:#}").replace('\n', " ")),
                        Ok(made) if made != text[block.made.clone()] => add(
                            block.line,
                            "no son las cifras de su archivo: `cargo xtask tidy --arreglar`".into(),
                        ),
                        Ok(_) => {}
                    }
                }
            }
        }
    }
    found
}

/// Writes the figures that differ, of blocks that are well formed, and returns the pages that changed.
///
/// With a run, blocks whose files it has are of that run from then on, and so are the drawings between paragraphs.
///
/// # Errors
/// A page cannot be written.
pub(crate) fn fill(tree: &Tree, root: &Path, run: Option<&str>) -> Result<Vec<String>> {
    let mut archives = Archives::of(tree);
    let mut changed = Vec::new();
    for (page, text) in pages(tree) {
        let Ok(blocks) = blocks(text) else { continue };
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for block in blocks {
            let moved = run.map(|run| block.with_run(run));
            let made = moved
                .into_iter()
                .chain([block])
                .find_map(|block| Some((archives.filled(&block).ok()?, block)));
            if let Some((made, block)) = made {
                out += &text[copied..block.mark.start];
                out += &format!(
                    "{START}{}/{}\n{}{MIDDLE}\n{made}",
                    block.run, block.file, block.template
                );
                copied = block.made.end;
            }
        }
        out += &text[copied..];
        if let Some(run) = run {
            out = with_drawings_of(&out, run, tree);
        }
        if out != text {
            let path = root.join(page);
            fs::write(&path, out)
                .with_context(|| format!("no se puede escribir {}", path.display()))?;
            changed.push(page.to_owned());
        }
    }
    Ok(changed)
}

/// What may have figures: every page, but not what a run wrote.
fn pages(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.texts(".md")
        .filter(|(path, _)| !path.starts_with(RUNS))
}

/// The drawings that `run` has, in place of those of other runs.
fn with_drawings_of(text: &str, run: &str, tree: &Tree) -> String {
    let line = |line: &str| {
        let (before, after) = line.split_once(RUNS)?;
        let (_, file) = after.split_once('/')?;
        let name = file.split_once(')')?.0;
        let is_drawing = line.starts_with("![") && tree.has(&format!("{RUNS}{run}/{name}"));
        is_drawing.then(|| format!("{before}{RUNS}{run}/{file}"))
    };
    let lines = text.split_inclusive('\n');
    lines
        .map(|l| line(l).unwrap_or_else(|| l.to_owned()))
        .collect()
}

/// The blocks of a page, in order.
fn blocks(text: &str) -> Result<Vec<Block<'_>>, (usize, &'static str)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, usize, &str)> = None;
    let mut middle = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let (start, end, content) = (at, at + line.len(), line.trim_end());
        at = end;
        if let Some(source) = content.strip_prefix(START) {
            if open.is_some() {
                return Err((
                    number + 1,
                    "empieza otra tabla medida sin que acabe la anterior",
                ));
            }
            open = Some((number + 1, start, end, source));
        } else if content == MIDDLE && open.is_some() && middle.is_none() {
            middle = Some((start, end));
        } else if content == END {
            let (Some((line, first, template, source)), Some((stop, made))) =
                (open.take(), middle.take())
            else {
                return Err((number + 1, "acaba una tabla medida que no empezó"));
            };
            let Some((run, file)) = source.split_once('/') else {
                return Err((line, "falta la corrida: <!-- medido: CORRIDA/ARCHIVO"));
            };
            found.push(Block {
                line,
                run,
                file,
                template: text[template..stop].into(),
                mark: first..template,
                made: made..start,
            });
        }
    }
    match open {
        Some((line, ..)) => Err((line, "esta tabla medida no acaba")),
        None => Ok(found),
    }
}

/// The JSON of the runs, each read once.
struct Archives<'a> {
    tree: &'a Tree,
    read: BTreeMap<String, Value>,
}

impl<'a> Archives<'a> {
    fn of(tree: &'a Tree) -> Self {
        Self {
            tree,
            read: BTreeMap::new(),
        }
    }

    /// What the template makes with the figures of its run.
    fn filled(&mut self, block: &Block<'_>) -> Result<String> {
        let mut out = String::new();
        let mut rest = block.template.as_ref();
        while let Some(at) = rest.find('{') {
            out += &rest[..at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('{') {
                out.push('{');
                rest = after;
                continue;
            }
            let (formula, after) = rest.split_once('}').with_context(|| {
                format!("falta }} tras «{}»", rest.lines().next().unwrap_or(""))
            })?;
            ensure!(
                !formula.contains('\n'),
                "falta }} tras «{}»",
                first_line(formula)
            );
            out += &self
                .said(formula, block)
                .with_context(|| format!("{{{formula}}}"))?;
            rest = after;
        }
        Ok(out + rest)
    }

    fn said(&mut self, formula: &str, block: &Block<'_>) -> Result<String> {
        // Read before, because the formula borrows all of them.
        let named = formula.split([' ', '(']).filter_map(|t| t.split_once('#'));
        for file in named.map(|(file, _)| file).chain([block.file]) {
            let path = format!("{RUNS}{}/{file}", block.run);
            if !self.read.contains_key(&path) {
                let Some(text) = self.tree.text(&path) else {
                    bail!("falta {path}");
                };
                let json =
                    serde_json::from_str(text).with_context(|| format!("{path} está mal"))?;
                self.read.insert(path, json);
            }
        }
        formula::evaluated(formula, &mut |file| {
            let path = format!("{RUNS}{}/{}", block.run, file.unwrap_or(block.file));
            self.read
                .get(&path)
                .with_context(|| format!("falta {path}"))
        })
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Una página

<!-- medido: uno/final-cifras.json
| motor | 10 M |
|---|---:|
| [`a`](../../docs/resultados/uno/s.json) | {caliente/a} {{x}} |
| otro | {s.json#[0]/b, 1} MB |
-->
| motor | 10 M |
|---|---:|
| [`a`](../../docs/resultados/uno/s.json) | 1 s {x}} |
| otro | 2,5 MB |
<!-- fin de lo medido -->

![Un dibujo](../../docs/resultados/uno/a.svg)

Véanse [los datos](../../docs/resultados/uno/s.json).
";

    fn tree(page: &str) -> Tree {
        Tree::of(&[
            ("crates/ej/README.md", page),
            (
                "docs/resultados/uno/final-cifras.json",
                r#"{"16.7.2/caliente/a": "1 s"}"#,
            ),
            ("docs/resultados/uno/s.json", r#"[{"b": 2.5}]"#),
            ("docs/resultados/uno/a.svg", ""),
            (
                "docs/resultados/dos/final-cifras.json",
                r#"{"16.7.2/caliente/a": "9 s"}"#,
            ),
            ("docs/resultados/dos/s.json", r#"[{"b": 4.25}]"#),
            ("docs/resultados/dos/a.svg", ""),
            ("docs/resultados/dos/a.md", "<!-- medido: nada"),
        ])
    }

    fn said(page: &str) -> Vec<String> {
        let wrong = wrong(&tree(page)).into_iter();
        wrong.map(|w| format!("{}: {}", w.line, w.what)).collect()
    }

    fn filled(page: &str, run: Option<&str>) -> String {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("crates/ej/README.md");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, page).unwrap();
        fill(&tree(page), root.path(), run).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_page_with_the_figures_of_its_archive_passes_and_stays() {
        assert_eq!(said(PAGE), [""; 0]);
        assert_eq!(filled(PAGE, None), PAGE);
    }

    #[test]
    fn another_figure_is_found_and_mended() {
        let typed = PAGE.replace("1 s {x", "1,1 s {x");
        assert!(said(&typed)[0].starts_with("3: no son las cifras"));
        assert_eq!(filled(&typed, None), PAGE);
    }

    #[test]
    fn another_run_brings_its_figures_and_drawings_and_leaves_the_prose() {
        let moved = filled(PAGE, Some("dos"));
        assert!(moved.contains("<!-- medido: dos/final-cifras.json\n"));
        assert!(moved.contains(
            "| [`a`](../../docs/resultados/dos/s.json) | 9 s {x}} |\n| otro | 4,2 MB |\n<!-- fin"
        ));
        assert!(moved.contains("![Un dibujo](../../docs/resultados/dos/a.svg)\n"));
        assert!(moved.contains("[los datos](../../docs/resultados/uno/s.json)"));
        assert_eq!(filled(&moved, Some("uno")), PAGE);
        assert_eq!(filled(PAGE, Some("tres")), PAGE);
    }

    #[test]
    fn what_is_malformed_says_where_and_stays() {
        for (from, to, line) in [
            ("{caliente/a}", "{caliente/z}", "3: {caliente/z}: "),
            ("{caliente/a} {{x}}", "{caliente/a", "3: falta } tras "),
            (
                "uno/final-cifras",
                "cuatro/final-cifras",
                "3: {caliente/a}: falta docs/",
            ),
            (
                "<!-- medido: uno/final-cifras.json",
                "<!-- medido: uno",
                "3: falta la corrida",
            ),
            (
                "<!-- fin de lo medido -->\n",
                "",
                "3: esta tabla medida no acaba",
            ),
            (
                "| motor | 10 M |\n|---|---:|\n| [",
                "<!-- medido: a/b\n{",
                "4: empieza otra",
            ),
            (
                "<!-- medido: uno/final-cifras.json\n",
                "",
                "12: acaba una tabla",
            ),
        ] {
            let page = PAGE.replacen(from, to, 1);
            assert!(said(&page)[0].starts_with(line), "{:?}", said(&page));
            assert_eq!(filled(&page, None), page);
        }
    }
}
