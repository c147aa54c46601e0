//! `cargo xtask tidy`: the rules of the repository, one function each.
//!
//! A rule is a pure function of the [`Tree`] (and, where it needs them, the registry or the ledger) to [`Violation`]s;
//! so each has a unit test with a tree that passes and one that does not.

mod attributes;
mod deny;
mod exercises;
mod files;
mod ledger;
mod lock;
mod manifests;
mod measured;
mod pages;
mod panics;
mod readme;
mod source;
pub(crate) mod tree;
mod unsafe_code;
mod versions;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::figures;
use crate::ledger::{self as claims, Ledger};
use crate::registry::{self, Registry};
use tree::Tree;

/// A rule that a file breaks: where, what, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    file: String,
    line: usize,
    what: String,
}

impl Violation {
    /// A violation at `line`, counted from 1.
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Runs every rule, prints what breaks one, and says how many.
///
/// # Errors
/// git cannot list the files.
pub(crate) fn run(checkout: &Checkout, repair: bool, with_deny: bool) -> Result<ExitCode> {
    let mut tree = Tree::load(checkout.root())?;
    if repair && !figures::fill(&tree, checkout.root(), None)?.is_empty() {
        tree = Tree::load(checkout.root())?;
    }
    let mut violations = Vec::new();
    let registry = parsed(&tree, registry::PATH, Registry::parse, &mut violations);
    let ledger = parsed(&tree, claims::PATH, Ledger::parse, &mut violations);

    if let Some(registry) = &registry {
        if repair && readme::repair(&tree, registry, checkout.root())? {
            tree = Tree::load(checkout.root())?;
        }
        violations.extend(exercises::registry_is_well_formed(&tree, registry));
        violations.extend(exercises::crates_match_the_registry(&tree, registry));
        violations.extend(pages::pages_are_whole(&tree, registry));
        violations.extend(manifests::exercises_stand_alone(&tree, registry));
        violations.extend(readme::tables_match_the_registry(&tree, registry));
        violations.extend(measured::results_have_their_orders(&tree, registry));
    }
    if let Some(ledger) = &ledger {
        violations.extend(ledger::claims_are_well_formed(&tree, ledger));
        violations.extend(ledger::evidence_exists(&tree, ledger));
        if let Some(registry) = &registry {
            violations.extend(ledger::claims_belong_to_exercises(&tree, ledger, registry));
        }
    }
    violations.extend(measured::pages_say_what_was_measured(&tree));
    violations.extend(manifests::versions_stand_in_the_root(&tree));
    violations.extend(lock::pinned_crates_occur_once(&tree));
    violations.extend(versions::versions_are_ours(&tree));
    violations.extend(panics::nothing_panics_outside_tests(&tree));
    violations.extend(unsafe_code::unsafe_is_forbidden_or_justified(&tree));
    violations.extend(attributes::allowed_lints_have_a_reason(&tree));
    violations.extend(files::files_are_small(&tree));
    violations.extend(files::no_pending_snapshots(&tree));
    violations.extend(files::no_machine_paths(&tree));
    violations.extend(files::data_has_its_hash(&tree));

    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    let deny = if with_deny {
        deny::check(checkout)?
    } else {
        deny::Outcome::NotRun("se pidió --sin-deny".into())
    };
    println!("{}", summary(violations.len(), &deny));
    let clean = violations.is_empty() && deny.is_acceptable(crate::tests_tiers::in_ci());
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn summary(violations: usize, deny: &deny::Outcome) -> String {
    match violations {
        0 => format!("tidy: todo en orden · {deny}"),
        1 => format!("tidy: 1 regla incumplida · {deny}"),
        more => format!("tidy: {more} reglas incumplidas · {deny}"),
    }
}

/// Parses the file at `path`, or reports that it is missing or malformed.
fn parsed<T>(
    tree: &Tree,
    path: &str,
    parse: fn(&str) -> Result<T>,
    violations: &mut Vec<Violation>,
) -> Option<T> {
    let Some(text) = tree.text(path) else {
        violations.push(Violation::new(path, 1, "falta este archivo"));
        return None;
    };
    match parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let words = format!("{error:#}")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            violations.push(Violation::new(path, 1, words));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_says_file_line_and_what() {
        assert_eq!(
            Violation::new("a/b.rs", 7, "qué").to_string(),
            "a/b.rs:7: qué"
        );
    }

    #[test]
    fn a_missing_or_malformed_file_is_a_violation() {
        let tree = Tree::of(&[(registry::PATH, "esto no es = = TOML")]);
        let mut violations = Vec::new();
        assert!(parsed(&tree, registry::PATH, Registry::parse, &mut violations).is_none());
        assert!(parsed(&tree, claims::PATH, Ledger::parse, &mut violations).is_none());
        assert_eq!(violations.len(), 2);
    }
}
