//! `cargo xtask libro`: the book, from the pages that stand beside the code, the ledger and the measured runs.
//!
//! Nothing is written twice: [`Book`] takes the repository's files as they are, rewrites their links and adds what can be
//! made from data. The links are checked before mdBook sees them, and its HTML after.

mod book;
mod claims;
mod code;
mod html;
mod markdown;
mod mdbook;
mod measured;
mod pages;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::checkout::Checkout;
use crate::ledger::{self, Ledger};
use crate::registry::{self, Registry};
use crate::tidy::tree::Tree;
use book::Book;
pub(crate) use pages::{bench_of, report_of};

/// What `cargo xtask libro` is asked.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Solo comprueba que los enlaces y anclas de las páginas llevan a alguna parte; no necesita mdBook
    #[arg(long)]
    comprobar: bool,
    /// Dirección del repositorio a la que llevan los enlaces a código; sin ella, el libro lo lleva dentro
    #[arg(long, value_name = "URL", conflicts_with = "comprobar")]
    base: Option<String>,
}

/// Writes the book's source to `target/libro`, builds it there and checks every link before and after.
///
/// # Errors
/// A file of the repository is missing or malformed, a file cannot be written, or mdBook fails.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let tree = Tree::load(checkout.root())?;
    let text = |path| tree.text(path).with_context(|| format!("falta {path}"));
    let registry = Registry::parse(text(registry::PATH)?)?;
    let ledger = Ledger::parse(text(ledger::PATH)?)?;
    let book = Book::of(&tree, &registry, &ledger, options.base.as_deref());
    for link in &book.unfinished {
        println!("en obras: {link}");
    }
    if !book.broken.is_empty() {
        return Ok(refused(&book.broken, "enlaces rotos en las páginas"));
    }
    if options.comprobar {
        println!("libro: {} páginas, sin enlaces rotos", book.pages.len() - 1);
        return Ok(ExitCode::SUCCESS);
    }

    let directory = checkout.target().join("libro");
    write(checkout, &tree, &book, &directory)?;
    let made = mdbook::build(checkout, &directory)?;
    let pages = book.pages.keys().map(String::as_str);
    mdbook::translate(&made, pages.filter(|path| *path != "SUMMARY.md"))?;
    let (broken, links) = html::check(&made)?;
    if !broken.is_empty() {
        return Ok(refused(&broken, "enlaces rotos en el libro"));
    }
    println!(
        "libro: {} páginas y {links} enlaces, todos llevan a alguna parte\n{}",
        book.pages.len() - 1,
        made.join("index.html").display()
    );
    Ok(ExitCode::SUCCESS)
}

fn refused(broken: &[String], what: &str) -> ExitCode {
    for link in broken {
        println!("{link}");
    }
    println!("libro: {} {what}", broken.len());
    ExitCode::FAILURE
}

/// Writes the whole source anew: what is no longer in the book must not be in its HTML.
fn write(checkout: &Checkout, tree: &Tree, book: &Book, directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .with_context(|| format!("no se puede borrar {}", directory.display()))?;
    }
    put(&directory.join("book.toml"), mdbook::CONFIGURATION)?;
    put(&directory.join("libro.css"), mdbook::STYLE)?;
    let source = directory.join("src");
    for (path, text) in &book.pages {
        put(&source.join(path), text)?;
    }
    for (path, text) in code::pages(tree, &book.shown) {
        put(&source.join(path), &text)?;
    }
    for path in &book.copies {
        let content = fs::read(checkout.root().join(path))
            .with_context(|| format!("no se puede leer {path}"))?;
        put(&source.join(path), content)?;
    }
    Ok(())
}

fn put(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)
            .with_context(|| format!("no se puede crear {}", directory.display()))?;
    }
    fs::write(path, content).with_context(|| format!("no se puede escribir {}", path.display()))
}
