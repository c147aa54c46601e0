//! The book's source: every page with its links rewritten, what it shows beside its pages, and what does not resolve.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::Ledger;
use crate::registry::Registry;
use crate::tidy::tree::Tree;

use super::pages::{self, Entry, Page};
use super::{claims, code, markdown, measured};

/// The book before mdBook, by path below its source directory.
#[derive(Debug)]
pub(super) struct Book {
    /// Markdown, ready for mdBook.
    pub(super) pages: BTreeMap<String, String>,
    /// Files of the repository shown as they are, by their path there and here: charts.
    pub(super) copies: BTreeSet<String>,
    /// Files and directories of the repository that pages lead to, and that are shown as code.
    pub(super) shown: BTreeSet<String>,
    /// Links that lead nowhere: `file:line: what`.
    pub(super) broken: Vec<String>,
    /// The same in pages of exercises that are not done, where what is to come may be linked already.
    pub(super) unfinished: Vec<String>,
}

impl Book {
    /// Returns the book of this repository; links to what is no page lead to `base`, or without it to pages of code inside the book.
    pub(super) fn of(
        tree: &Tree,
        registry: &Registry,
        ledger: &Ledger,
        base: Option<&str>,
    ) -> Self {
        let (mut pages, mut entries) = pages::copied(tree, registry, ledger);
        pages.push(claims::page(tree, registry, ledger));
        pages.extend(measured::pages(tree));
        add_linked(tree, &mut pages, &mut entries);

        let by_source: BTreeMap<&str, &Page> =
            pages.iter().map(|page| (page.of.as_str(), page)).collect();
        let titles: BTreeMap<&str, String> = pages
            .iter()
            .map(|page| (page.path.as_str(), page.title()))
            .collect();
        let summary = pages::summary(&entries, |path| {
            titles.get(path).cloned().unwrap_or_default()
        });
        let mut writer = Writer {
            tree,
            by_source,
            anchors: pages
                .iter()
                .map(|page| (page.path.as_str(), markdown::anchors(&page.text)))
                .collect(),
            base,
            book: Self {
                pages: BTreeMap::from([("SUMMARY.md".to_owned(), summary)]),
                copies: BTreeSet::new(),
                shown: BTreeSet::new(),
                broken: Vec::new(),
                unfinished: Vec::new(),
            },
        };
        for page in &pages {
            let text =
                markdown::with_links(&page.text, |link, line| writer.rewritten(page, link, line));
            writer.book.pages.insert(page.path.clone(), text);
        }
        writer.book
    }
}

/// Adds the documents that pages lead to and that are none yet: mdBook takes every `.md` for a page of its own.
fn add_linked(tree: &Tree, pages: &mut Vec<Page>, entries: &mut Vec<Entry>) {
    let mut next = 0;
    while next < pages.len() {
        let mut found = Vec::new();
        markdown::with_links(&pages[next].text, |link, _| {
            if let Some(Target::File { path, .. }) = target(pages[next].directory(), link) {
                found.push(path);
            }
            link.to_owned()
        });
        for path in found {
            if path.ends_with(".md") && !pages.iter().any(|page| page.of == path) {
                let place = format!("otros/{}", path.replace('/', "-").to_lowercase());
                if let Some(page) = Page::copy(tree, &path, place) {
                    entries.push(Entry::Page {
                        path: page.path.clone(),
                        depth: 0,
                        name: None,
                    });
                    pages.push(page);
                }
            }
        }
        next += 1;
    }
}

/// Where a link leads.
enum Target {
    /// Out of the repository.
    Elsewhere,
    /// To an anchor of its own page.
    Here(String),
    /// To a file or directory of the repository, and an anchor in it.
    File {
        path: String,
        anchor: Option<String>,
    },
}

/// Returns where `link` leads from `directory`, or `None` above the root.
fn target(directory: &str, link: &str) -> Option<Target> {
    if let Some(anchor) = link.strip_prefix('#') {
        return Some(Target::Here(anchor.to_owned()));
    }
    let scheme = link.split(['/', '#']).next().unwrap_or_default();
    if scheme.contains(':') || link.starts_with("//") {
        return Some(Target::Elsewhere);
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (link, None),
    };
    let mut parts: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(Target::File {
        path: parts.join("/"),
        anchor,
    })
}

struct Writer<'a> {
    tree: &'a Tree,
    by_source: BTreeMap<&'a str, &'a Page>,
    anchors: BTreeMap<&'a str, BTreeSet<String>>,
    base: Option<&'a str>,
    book: Book,
}

impl Writer<'_> {
    fn rewritten(&mut self, page: &Page, link: &str, line: usize) -> String {
        match self.resolved(page, link) {
            Ok(link) => link,
            Err(why) => {
                // A copied page may have lines that its file has not.
                let (place, line) = match page.made {
                    true => (&page.path, line),
                    false => (&page.of, self.tree.line_of(&page.of, link)),
                };
                let what = format!("{place}:{line}: `{link}`: {why}");
                if page.unfinished {
                    self.book.unfinished.push(what);
                    return "#".to_owned();
                }
                self.book.broken.push(what);
                link.to_owned()
            }
        }
    }

    fn resolved(&mut self, page: &Page, link: &str) -> Result<String, String> {
        let (path, anchor) = match target(page.directory(), link) {
            None => return Err("sale del repositorio".to_owned()),
            Some(Target::Elsewhere) => return Ok(link.to_owned()),
            Some(Target::Here(anchor)) => {
                self.has_anchor(&page.path, &anchor)?;
                return Ok(link.to_owned());
            }
            Some(Target::File { path, anchor }) => (path, anchor),
        };
        let fragment = anchor
            .as_ref()
            .map_or_else(String::new, |anchor| format!("#{anchor}"));
        let from = page
            .path
            .rsplit_once('/')
            .map_or("", |(directory, _)| directory);

        if let Some(other) = self.by_source.get(path.as_str()) {
            if let Some(anchor) = &anchor {
                self.has_anchor(&other.path, anchor)?;
            }
            return Ok(format!("{}{fragment}", relative(from, &other.path)));
        }
        let is_file = self.tree.has(&path);
        let inside = format!("{path}/");
        if !is_file && !self.tree.files().any(|(file, _)| file.starts_with(&inside)) {
            return Err("no existe".to_owned());
        }
        if is_picture(&path) {
            let link = relative(from, &path);
            self.book.copies.insert(path);
            return Ok(link);
        }
        Ok(match self.base {
            Some(base) => format!("{}/{path}{fragment}", base.trim_end_matches('/')),
            None => {
                let link = relative(from, &code::page_of(&path, is_file));
                self.book.shown.insert(path);
                format!("{link}{fragment}")
            }
        })
    }

    fn has_anchor(&self, page: &str, anchor: &str) -> Result<(), String> {
        let known = self
            .anchors
            .get(page)
            .is_some_and(|known| known.contains(anchor));
        known
            .then_some(())
            .ok_or_else(|| format!("la página no tiene el ancla #{anchor}"))
    }
}

fn is_picture(path: &str) -> bool {
    [".svg", ".png", ".jpg"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// Returns the way from the directory `from` to the file `to`, both below the same root.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<_> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<_> = to.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; from.len() - shared];
    parts.extend(&to[shared..]);
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::Checkout;
    use crate::{ledger, registry};

    const REGISTRY: &str = "[[ejercicio]]\nid = \"16.1.1\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = 1\nrestricciones = 0\n\
                            crate = \"ej_16_1_1_x\"\nnivel = \"std\"\nestado = \"hecho\"\n";

    fn book(page: &str, base: Option<&str>) -> Book {
        book_with(page, base, REGISTRY)
    }

    fn book_with(page: &str, base: Option<&str>, registry: &str) -> Book {
        let tree = Tree::of(&[
            (
                "README.es.md",
                "# Portada\n[uno](crates/ej_16_1_1_x/README.md#dos)",
            ),
            ("crates/ej_16_1_1_x/README.md", page),
            ("crates/ej_16_1_1_x/src/lib.rs", "fn f() {}"),
            ("docs/ARCHITECTURE.md", "# Arquitectura"),
            ("docs/afirmaciones.toml", ""),
            ("docs/resultados/README.md", "# R"),
            ("docs/resultados/r/a.svg", "<svg/>"),
            ("benches/CONTENIDO.md", "# C\n[x](../docs/ARCHITECTURE.md)"),
        ]);
        let registry = Registry::parse(registry).unwrap();
        Book::of(&tree, &registry, &Ledger::parse("").unwrap(), base)
    }

    const PAGE: &str = "# Ejercicio\n\n## Dos\n[a](src/lib.rs#L1) [b](../../docs/ARCHITECTURE.md) [c](#dos) [d](https://x.y/z.md)\n\
                        ![e](../../docs/resultados/r/a.svg) [f](../../docs/afirmaciones.toml) [g](src/) [h](../../benches/CONTENIDO.md)\n\
                        [i](../../docs/resultados/r)\n";

    #[test]
    fn links_lead_to_pages_of_the_book_charts_and_code() {
        let book = book(PAGE, None);
        assert_eq!(book.broken, Vec::<String>::new());
        let page = &book.pages["ejercicios/16.1.1.md"];
        for link in [
            "[a](../codigo/crates/ej_16_1_1_x/src/lib.rs.html#L1)",
            "[b](../architecture.md)",
            "[c](#dos)",
            "[d](https://x.y/z.md)",
            "![e](../docs/resultados/r/a.svg)",
            "[f](../afirmaciones.md)",
            "[g](../codigo/crates/ej_16_1_1_x/src/index.html)",
            "[h](../otros/benches-contenido.md)",
            "[i](../resultados/r/index.md)",
        ] {
            assert!(page.contains(link), "falta {link}\n{page}");
        }
        assert!(book.pages["index.md"].contains("(ejercicios/16.1.1.md#dos)"));
        assert!(book.pages["otros/benches-contenido.md"].contains("(../architecture.md)"));
        assert!(book.copies.contains("docs/resultados/r/a.svg"));
        let summary = &book.pages["SUMMARY.md"];
        assert!(
            summary.contains("- [16.1.1 — T](<ejercicios/16.1.1.md>)"),
            "{summary}"
        );
        assert!(
            summary.contains("(<otros/benches-contenido.md>)"),
            "{summary}"
        );
    }

    #[test]
    fn code_may_lie_at_an_address() {
        let page = &book(PAGE, Some("https://h/r/blob/main/")).pages["ejercicios/16.1.1.md"];
        assert!(page.contains("[a](https://h/r/blob/main/crates/ej_16_1_1_x/src/lib.rs#L1)"));
    }

    #[test]
    fn what_leads_nowhere_is_named_with_file_and_line() {
        let page = "# E\n\n## Dos\n[a](src/no.rs) [b](#tres)\n[c](../../docs/ARCHITECTURE.md#x) [d](../../../e)\n";
        let broken = book(page, None).broken;
        for (line, what) in [
            (":4: `src/no.rs`", "no existe"),
            (":4: `#tres`", "ancla"),
            (":5: `../../docs/ARCHITECTURE.md#x`", "ancla"),
            (":5: `../../../e`", "sale"),
        ] {
            assert!(
                broken
                    .iter()
                    .any(|broken| broken.contains(line) && broken.contains(what)),
                "{line} {broken:?}"
            );
        }
    }

    #[test]
    fn a_page_in_progress_may_name_what_is_to_come() {
        let registry = REGISTRY.replace("hecho", "pendiente");
        let book = book_with("# E\n## Dos\n[a](src/no.rs)\n", None, &registry);
        assert_eq!(book.broken, Vec::<String>::new());
        assert_eq!(book.unfinished.len(), 1);
        assert!(book.pages["ejercicios/16.1.1.md"].contains("[a](#)"));
    }

    #[test]
    fn a_way_leaves_what_is_not_shared() {
        assert_eq!(relative("", "a/b.md"), "a/b.md");
        assert_eq!(relative("a/b", "a/c/d.md"), "../c/d.md");
        assert_eq!(relative("a", "a/b.md"), "b.md");
    }

    #[test]
    fn every_link_of_this_repository_leads_somewhere() {
        let tree = Tree::load(Checkout::locate().unwrap().root()).unwrap();
        let registry = Registry::parse(tree.text(registry::PATH).unwrap()).unwrap();
        let ledger = Ledger::parse(tree.text(ledger::PATH).unwrap()).unwrap();
        let book = Book::of(&tree, &registry, &ledger, None);
        assert_eq!(book.broken, Vec::<String>::new());
    }
}
