//! The pages of the measured runs: what each has, its charts and its data.

use std::fmt::Write as _;

use crate::tidy::tree::Tree;

use super::markdown;
use super::pages::{self, Page, RUNS, runs};

/// Returns the list of runs and one page for each.
pub(super) fn pages(tree: &Tree) -> Vec<Page> {
    let mut list = String::from(
        "# Resultados medidos\n\nCada cifra de una página sale de una de estas corridas. Qué hay en sus archivos y cómo se midió: \
         [el formato](docs/resultados/README.md). Para medir en tu máquina: `just medir`.\n\n",
    );
    let mut made = Vec::new();
    for run in runs(tree) {
        let _ = writeln!(list, "- [{run}]({RUNS}/{run})");
        made.push(Page {
            path: pages::of_run(&run),
            of: format!("{RUNS}/{run}"),
            text: of_run(tree, &run),
            made: true,
            unfinished: false,
        });
    }
    made.push(Page {
        path: pages::of_runs().to_owned(),
        of: RUNS.to_owned(),
        text: list,
        made: true,
        unfinished: false,
    });
    made
}

fn of_run(tree: &Tree, run: &str) -> String {
    let inside = format!("{RUNS}/{run}/");
    let files: Vec<_> = tree
        .files()
        .map(|(path, _)| path)
        .filter(|path| path.starts_with(&inside))
        .collect();
    let with = |ending: &'static str| files.iter().filter(move |path| path.ends_with(ending));

    let mut text = format!("# La corrida {run}\n\n");
    if with(".md").next().is_some() {
        text += "## Tablas\n\n";
        for path in with(".md") {
            let title = tree.text(path).and_then(markdown::title);
            let _ = writeln!(text, "- [{}]({path})", title.as_deref().unwrap_or(path));
        }
    }
    if with(".svg").next().is_some() {
        text += "\n## Gráficos\n\n";
        for path in with(".svg") {
            let name = &path[inside.len()..];
            let title = tree.text(path).and_then(drawn_title);
            let _ = writeln!(text, "![{}]({path})\n", title.as_deref().unwrap_or(name));
        }
    }
    text += "\n## Datos\n\n";
    for path in files
        .iter()
        .filter(|path| !path.ends_with(".md") && !path.ends_with(".svg"))
    {
        let _ = writeln!(text, "- [`{}`]({path})", &path[inside.len()..]);
    }
    let machine = format!("{inside}maquina.json");
    if let Some(machine) = tree.text(&machine) {
        let _ = writeln!(text, "\n## La máquina\n\n```json\n{}\n```", machine.trim());
    }
    text
}

/// The first words in a drawing, which our charts use for their title.
fn drawn_title(svg: &str) -> Option<String> {
    let after = svg.split_once("<text")?.1.split_once('>')?.1;
    let words = after.split_once('<')?.0.trim();
    (!words.is_empty()).then(|| words.replace(['[', ']'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_shows_tables_charts_data_and_machine() {
        let tree = Tree::of(&[
            ("docs/resultados/README.md", "# R"),
            ("docs/resultados/2026-01-01-a/x.md", "# Tabla X"),
            (
                "docs/resultados/2026-01-01-a/x.svg",
                "<svg><text y=\"1\">\nGráfico X\n</text></svg>",
            ),
            ("docs/resultados/2026-01-01-a/maquina.json", "{\"a\": 1}\n"),
            ("docs/resultados/2026-02-01-a/y.json", "{}"),
        ]);
        let made = pages(&tree);
        let paths: Vec<_> = made.iter().map(|page| page.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "resultados/2026-02-01-a/index.md",
                "resultados/2026-01-01-a/index.md",
                "resultados/index.md"
            ]
        );
        for expected in [
            "- [Tabla X](docs/resultados/2026-01-01-a/x.md)",
            "![Gráfico X](docs/resultados/2026-01-01-a/x.svg)",
            "- [`maquina.json`](docs/resultados/2026-01-01-a/maquina.json)",
            "```json\n{\"a\": 1}\n```",
        ] {
            assert!(
                made[1].text.contains(expected),
                "falta {expected}\n{}",
                made[1].text
            );
        }
    }
}
