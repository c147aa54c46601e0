//! Which files of the repository are pages of the book, and in what order they are read.

use crate::ledger::{self, Ledger};
use crate::registry::{self, Exercise, Registry, State};
use crate::tidy::tree::Tree;

use super::markdown;

/// The sections of the chapter, as the guide names them.
const SECTIONS: [&str; 7] = [
    "Rust para Data Engineers: el Ownership en Contexto",
    "Apache Arrow en Rust: la Base del Ecosistema",
    "Polars en Rust: Cuando Necesitas Más que la API Python",
    "DataFusion: SQL Embebido en tu Aplicación Rust",
    "Delta-rs: el Lakehouse Sin JVM",
    "Extender Python con Rust: PyO3 y Maturin",
    "Cuándo Rust en Data Engineering",
];

/// Where the measured runs lie.
pub(super) const RUNS: &str = "docs/resultados";

/// A page: what it says, and from where in the repository its links lead.
#[derive(Debug)]
pub(super) struct Page {
    /// In the book: `ejercicios/16.4.2.md`.
    pub(super) path: String,
    /// What of the repository it shows, so that links to it lead here; a directory for a page that lists one.
    pub(super) of: String,
    pub(super) text: String,
    /// The text is made here and its links are written from the root.
    pub(super) made: bool,
    /// It is an exercise's that is not done: what it links to may not exist yet.
    pub(super) unfinished: bool,
}

impl Page {
    /// The page that shows the file `of` as it is.
    pub(super) fn copy(tree: &Tree, of: &str, path: impl Into<String>) -> Option<Self> {
        Some(Self {
            path: path.into(),
            of: of.to_owned(),
            text: tree.text(of)?.to_owned(),
            made: false,
            unfinished: false,
        })
    }

    /// Returns the directory that its links start from.
    pub(super) fn directory(&self) -> &str {
        match self.of.rsplit_once('/') {
            Some((directory, _)) if !self.made => directory,
            _ => "",
        }
    }

    pub(super) fn title(&self) -> String {
        markdown::title(&self.text).unwrap_or_else(|| self.of.clone())
    }
}

/// An entry of the table of contents.
pub(super) enum Entry {
    /// A heading between pages.
    Part(String),
    /// The page at this path, so deep, under this name or its own title.
    Page {
        path: String,
        depth: usize,
        name: Option<String>,
    },
    /// An exercise that has no page yet.
    Pending(String),
}

/// Returns the pages that are files of the repository, and the table of contents with the made ones in their place.
pub(super) fn copied(tree: &Tree, registry: &Registry, ledger: &Ledger) -> (Vec<Page>, Vec<Entry>) {
    let (mut pages, mut entries) = (Vec::new(), Vec::new());
    let mut add =
        |page: Option<Page>, entries: &mut Vec<Entry>, depth: usize, name: Option<String>| {
            if let Some(page) = page {
                entries.push(Entry::Page {
                    path: page.path.clone(),
                    depth,
                    name,
                });
                pages.push(page);
            }
        };
    add(
        Page::copy(tree, "README.es.md", "index.md"),
        &mut entries,
        0,
        None,
    );
    for (index, name) in SECTIONS.iter().enumerate() {
        let number = format!("16.{}", index + 1);
        entries.push(Entry::Part(format!("{number} {name}")));
        for exercise in &registry.exercises {
            if exercise.id.starts_with(&format!("{number}.")) {
                let name = format!("{} — {}", exercise.id, exercise.titulo);
                match exercise_page(tree, exercise, ledger) {
                    Some(page) => add(Some(page), &mut entries, 0, Some(name)),
                    None => entries.push(Entry::Pending(name)),
                }
            }
        }
    }

    entries.push(Entry::Part("Lo que se afirma y lo que se mide".to_owned()));
    entries.push(Entry::Page {
        path: of_ledger().to_owned(),
        depth: 0,
        name: None,
    });
    add(
        Page::copy(tree, "docs/versiones.md", "versiones.md"),
        &mut entries,
        0,
        None,
    );
    entries.push(Entry::Page {
        path: of_runs().to_owned(),
        depth: 0,
        name: None,
    });
    add(
        Page::copy(tree, "docs/resultados/README.md", "resultados/formato.md"),
        &mut entries,
        1,
        Some("Qué hay en una corrida".to_owned()),
    );
    for run in runs(tree) {
        entries.push(Entry::Page {
            path: of_run(&run),
            depth: 1,
            name: None,
        });
        let inside = format!("{RUNS}/{run}/");
        let reports = tree
            .texts(".md")
            .filter(|(path, _)| path.starts_with(&inside));
        for (path, _) in reports {
            let name = &path[inside.len()..];
            let page = Page::copy(tree, path, format!("resultados/{run}/{name}"));
            add(page, &mut entries, 2, None);
        }
    }

    entries.push(Entry::Part("Referencia".to_owned()));
    let documents = tree.texts(".md").map(|(path, _)| path).filter(|path| {
        path.strip_prefix("docs/")
            .is_some_and(|name| !name.contains('/') && name != "versiones.md")
    });
    for path in documents {
        let name = path["docs/".len()..].to_lowercase();
        add(Page::copy(tree, path, name), &mut entries, 0, None);
    }
    add(
        Page::copy(tree, "README.md", "english.md"),
        &mut entries,
        0,
        Some("English".to_owned()),
    );
    (pages, entries)
}

fn exercise_page(tree: &Tree, exercise: &Exercise, ledger: &Ledger) -> Option<Page> {
    let of = format!("crates/{}/README.md", exercise.package);
    let mut page = Page::copy(tree, &of, format!("ejercicios/{}.md", exercise.id))?;
    let card = card(tree, exercise, ledger);
    let at = page.text.find('\n').map_or(page.text.len(), |at| at + 1);
    page.text.insert_str(at, &card);
    page.unfinished = exercise.estado == State::Pendiente;
    Some(page)
}

/// Where the code, the tests, the benches and the claims of an exercise are, as a line below its title.
fn card(tree: &Tree, exercise: &Exercise, ledger: &Ledger) -> String {
    let Exercise { id, package, .. } = exercise;
    let mut parts = vec![
        format!("código [`crates/{package}`](src/lib.rs)"),
        format!("pruebas `just ej {id}`"),
    ];
    if let Some(bench) = bench_of(tree, id) {
        parts.push(format!("bancos `just bench --bench {bench} -- {id}`"));
    }
    if let Some(report) = report_of(tree, id) {
        parts.push(format!("[lo medido](../../{report})"));
    }
    let claims = ledger.claims.iter();
    let count = claims.filter(|claim| claim.ejercicio == *id).count();
    if count > 0 {
        parts.push(format!(
            "[{count} afirmaciones](../../{}#{id})",
            ledger::PATH
        ));
    }
    if exercise.estado == State::Pendiente {
        parts.push("**en obras**".to_owned());
    }
    format!("\n> {}\n", parts.join(" · "))
}

/// Returns the criterion bench that measures an exercise: one with an id that starts with its number.
pub(crate) fn bench_of(tree: &Tree, id: &str) -> Option<String> {
    let section = id.rsplit_once('.')?.0;
    let bench = format!("s{}", section.replace('.', "_"));
    let inside = format!("benches/benches/{bench}/");
    let needle = format!("\"{id}/");
    tree.texts(".rs")
        .any(|(path, text)| path.starts_with(&inside) && text.contains(&needle))
        .then_some(bench)
}

/// Returns the newest report of a section's benches that has figures of this exercise.
pub(crate) fn report_of(tree: &Tree, id: &str) -> Option<String> {
    let section = id.rsplit_once('.')?.0;
    let name = format!("/s{}.md", section.replace('.', "_"));
    let needle = format!("\n## {id}/");
    tree.texts(".md")
        .filter(|(path, text)| {
            path.starts_with(RUNS) && path.ends_with(&name) && text.contains(&needle)
        })
        .map(|(path, _)| path.to_owned())
        .max()
}

/// The names of the runs, the newest first.
pub(super) fn runs(tree: &Tree) -> Vec<String> {
    let mut names: Vec<_> = tree
        .files()
        .filter_map(|(path, _)| path.strip_prefix(RUNS)?.strip_prefix('/')?.split_once('/'))
        .map(|(run, _)| run.to_owned())
        .collect();
    names.dedup();
    names.reverse();
    names
}

pub(super) fn of_ledger() -> &'static str {
    "afirmaciones.md"
}

pub(super) fn of_runs() -> &'static str {
    "resultados/index.md"
}

pub(super) fn of_run(run: &str) -> String {
    format!("resultados/{run}/index.md")
}

/// Returns `SUMMARY.md`, from which mdBook takes the order of the pages.
pub(super) fn summary(entries: &[Entry], title: impl Fn(&str) -> String) -> String {
    let mut text = String::from("# Contenido\n");
    let mut in_part = false;
    for entry in entries {
        text += &match entry {
            Entry::Part(name) => {
                in_part = true;
                format!("\n# {}\n\n", escaped(name))
            }
            Entry::Page { path, depth, name } => {
                let name = name.clone().unwrap_or_else(|| title(path));
                let link = format!("[{}](<{path}>)\n", escaped(&name));
                if in_part {
                    format!("{}- {link}", "  ".repeat(*depth))
                } else {
                    format!("\n{link}")
                }
            }
            Entry::Pending(name) => format!("- [{}]()\n", escaped(name)),
        };
    }
    text
}

fn escaped(words: &str) -> String {
    words.replace('[', "\\[").replace(']', "\\]")
}

/// Returns what the book calls the place of a claim: `16.4.2 — title`.
pub(super) fn place_name(registry: &Registry, place: &str) -> String {
    match (place, registry.find(place)) {
        ("16.0", _) => "16.0 — La apertura: el modelo mental".to_owned(),
        ("16.R", _) => "16.R — El resumen del capítulo".to_owned(),
        (_, Some(exercise)) => format!("{place} — {}", exercise.titulo),
        (_, None) => format!("{place} (no está en {})", registry::PATH),
    }
}
