//! mdBook itself: installed once, told what to do by `book.toml`, and its few English words put into Spanish.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::process;
use crate::tool::Tool;

const MDBOOK: Tool = Tool {
    name: "mdbook",
    version: "0.5.4",
    features: &["--no-default-features", "--features", "search"],
};

/// What the book looks like: no network, no typographic quotes in command lines, one file per page.
pub(super) const CONFIGURATION: &str = r#"[book]
title = "data-engineering-at-scale, en Rust"
language = "es"

[build]
build-dir = "html"
create-missing = false
use-default-preprocessors = false

[output.html]
default-theme = "light"
preferred-dark-theme = "navy"
smart-punctuation = false
definition-lists = false
admonitions = false
hash-files = false
no-section-label = true
sidebar-header-nav = false
additional-css = ["libro.css"]
input-404 = ""

[output.html.print]
enable = false

[output.html.playground]
runnable = false

[output.html.fold]
enable = true
level = 1

[output.html.search]
limit-results = 30
use-boolean-and = true
boost-title = 3
"#;

/// Tables as wide as they need, verdicts with a colour, and the pages of code.
pub(super) const STYLE: &str = include_str!("libro.css");

/// What mdBook says to its reader, in the order of its page, and in Spanish.
const WORDS: [(&str, &str); 21] = [
    (">Keyboard shortcuts<", ">Atajos de teclado<"),
    (
        "Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters",
        "<kbd>←</kbd> y <kbd>→</kbd>: página anterior y siguiente",
    ),
    (
        "Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book",
        "<kbd>S</kbd> o <kbd>/</kbd>: buscar en el libro",
    ),
    (
        "Press <kbd>?</kbd> to show this help",
        "<kbd>?</kbd>: esta ayuda",
    ),
    (
        "Press <kbd>Esc</kbd> to hide this help",
        "<kbd>Esc</kbd>: cerrarla",
    ),
    (
        "\"Toggle Table of Contents\"",
        "\"Mostrar u ocultar el índice\"",
    ),
    ("\"Table of contents\"", "\"Índice\""),
    ("\"Change theme\"", "\"Cambiar de tema\""),
    ("\"Themes\"", "\"Temas\""),
    (">Auto<", ">Automático<"),
    (">Light<", ">Claro<"),
    (">Rust</button>", ">Óxido</button>"),
    (">Coal<", ">Carbón<"),
    (">Navy<", ">Noche<"),
    (">Ayu<", ">Ayu<"),
    ("\"Search (`/`)\"", "\"Buscar (`/`)\""),
    ("\"Toggle Searchbar\"", "\"Mostrar u ocultar el buscador\""),
    ("\"Search this book ...\"", "\"Buscar en el libro …\""),
    ("\"Page navigation\"", "\"Entre páginas\""),
    ("\"Previous chapter\"", "\"Página anterior\""),
    ("\"Next chapter\"", "\"Página siguiente\""),
];

/// What its search says, with the term after it; the longest first, which ends in another.
const SEARCH_WORDS: [(&str, &str); 3] = [
    ("No search results for ", "Ningún resultado para "),
    (" search results for ", " resultados para "),
    (" search result for ", " resultado para "),
];

/// What the first and the last page have not.
const NOT_EVERYWHERE: [&str; 2] = ["\"Previous chapter\"", "\"Next chapter\""];

/// Builds the book whose `book.toml` lies in `directory`, and returns where its HTML lies.
///
/// # Errors
/// mdBook cannot be installed, or finds something wrong.
pub(super) fn build(checkout: &Checkout, directory: &Path) -> Result<PathBuf> {
    process::output(
        Command::new(MDBOOK.ensure(checkout)?)
            .arg("build")
            .arg(directory),
    )?;
    Ok(directory.join("html"))
}

/// Puts mdBook's own words into Spanish, in its search and on the pages `pages` below `root`.
///
/// # Errors
/// A file cannot be read or written, or mdBook no longer says one of them: then the lists above are old.
pub(super) fn translate<'a>(root: &Path, pages: impl Iterator<Item = &'a str>) -> Result<()> {
    rewrite(&root.join("searcher.js"), &SEARCH_WORDS)?;
    for page in pages {
        rewrite(&root.join(page).with_extension("html"), &WORDS)?;
    }
    Ok(())
}

fn rewrite(path: &Path, words: &[(&str, &str)]) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("no se puede leer {}", path.display()))?;
    let text = translated(text, words).with_context(|| format!("en {}", path.display()))?;
    fs::write(path, text).with_context(|| format!("no se puede escribir {}", path.display()))
}

fn translated(mut text: String, words: &[(&str, &str)]) -> Result<String> {
    for (english, spanish) in words {
        if !text.contains(english) && !NOT_EVERYWHERE.contains(english) {
            anyhow::bail!("mdBook ya no dice {english}: actualiza la traducción");
        }
        text = text.replace(english, spanish);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_words_are_translated_and_a_missing_one_is_an_error() {
        let page: String = WORDS.iter().map(|(english, _)| *english).collect();
        let spanish: String = WORDS.iter().map(|(_, spanish)| *spanish).collect();
        assert_eq!(translated(page.clone(), &WORDS).unwrap(), spanish);
        let error = translated(page.replace(">Light<", ""), &WORDS).unwrap_err();
        assert!(error.to_string().contains(">Light<"));
    }
}
