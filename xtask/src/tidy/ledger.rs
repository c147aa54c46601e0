//! The ledger of claims against the tests, the benches and the registry.

use super::Violation;
use super::source::Source;
use super::tree::Tree;
use crate::ledger::{Claim, Ledger, PATH};
use crate::registry::{self, Registry, State};

fn at(tree: &Tree, claim: &Claim, what: impl Into<String>) -> Violation {
    Violation::new(
        PATH,
        tree.line_of(PATH, &format!("id = \"{}\"", claim.id)),
        what,
    )
}

/// Finds rows with a bad id, out of order, or without what their verdict needs.
pub(super) fn claims_are_well_formed(tree: &Tree, ledger: &Ledger) -> Vec<Violation> {
    let mistakes = ledger.mistakes().into_iter();
    mistakes
        .map(|(id, what)| {
            Violation::new(
                PATH,
                tree.line_of(PATH, &format!("id = \"{id}\"")),
                format!("{id}: {what}"),
            )
        })
        .collect()
}

/// Finds evidence that does not exist: tests, benches, and sources without a word.
pub(super) fn evidence_exists(tree: &Tree, ledger: &Ledger) -> Vec<Violation> {
    let mut found = Vec::new();
    for claim in &ledger.claims {
        let evidence = &claim.evidencia;
        if let Some(Err(what)) = evidence.test.as_deref().map(|test| test_exists(tree, test)) {
            found.push(at(tree, claim, format!("{}: {what}", claim.id)));
        }
        if let Some(bench) = evidence.bench.as_deref() {
            let known = !bench.is_empty()
                && tree.files().any(|(path, file)| {
                    path.starts_with("benches/")
                        && std::str::from_utf8(&file.content).is_ok_and(|text| text.contains(bench))
                });
            if !known {
                found.push(at(
                    tree,
                    claim,
                    format!(
                        "{}: ningún archivo de benches/ contiene el id `{bench}`",
                        claim.id
                    ),
                ));
            }
        }
        if evidence
            .fuente
            .as_deref()
            .is_some_and(|source| source.trim().is_empty())
        {
            found.push(at(
                tree,
                claim,
                format!("{}: la fuente está vacía", claim.id),
            ));
        }
        for file in evidence.fuente.iter().flat_map(|source| own_files(source)) {
            if !tree.has(file) {
                let what = format!(
                    "{}: no existe {file}: sin la corrida no hay veredicto",
                    claim.id
                );
                found.push(at(tree, claim, what));
            }
        }
    }
    found
}

/// Files of this repository that a source names.
fn own_files(source: &str) -> impl Iterator<Item = &str> {
    source
        .split_whitespace()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| word.starts_with("docs/") && word.contains('.'))
}

/// Checks that `path/of/file.rs::a::b::name` names a file with a function `name`; Python tests are found by `def name`.
fn test_exists(tree: &Tree, test: &str) -> Result<(), String> {
    let Some((path, name)) = test.split_once("::") else {
        return Err(format!(
            "el test `{test}` no tiene la forma ruta/archivo.rs::nombre"
        ));
    };
    let name = name.rsplit("::").next().unwrap_or(name);
    let text = tree.text(path).ok_or_else(|| format!("no existe {path}"))?;
    let defines = |line: &str, keyword: &str| {
        line.split_once(&format!("{keyword} {name}"))
            .is_some_and(|(_, rest)| {
                !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
            })
    };
    let known = if path.ends_with(".rs") {
        Source::scan(text)
            .lines
            .iter()
            .any(|line| defines(&line.code, "fn"))
    } else {
        text.lines().any(|line| defines(line, "def"))
    };
    if known {
        Ok(())
    } else {
        Err(format!("{path} no define el test `{name}`"))
    }
}

/// Finds claims of unknown exercises, and finished exercises without a claim.
pub(super) fn claims_belong_to_exercises(
    tree: &Tree,
    ledger: &Ledger,
    registry: &Registry,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for claim in &ledger.claims {
        if claim.ejercicio != "16.0"
            && claim.ejercicio != "16.R"
            && registry.find(&claim.ejercicio).is_none()
        {
            found.push(at(
                tree,
                claim,
                format!("{}: no hay ejercicio {}", claim.id, claim.ejercicio),
            ));
        }
    }
    for exercise in registry
        .exercises
        .iter()
        .filter(|exercise| exercise.estado == State::Hecho)
    {
        if !ledger
            .claims
            .iter()
            .any(|claim| claim.ejercicio == exercise.id)
        {
            let line = tree.line_of(registry::PATH, &format!("id = \"{}\"", exercise.id));
            found.push(Violation::new(
                registry::PATH,
                line,
                format!(
                    "{} está hecho y no tiene ninguna afirmación en {PATH}",
                    exercise.id
                ),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(evidence: &str) -> Ledger {
        let text = format!(
            "[[afirmacion]]\nid = \"16.1.1-01\"\nejercicio = \"16.1.1\"\nafirmacion = \"a\"\nveredicto = \"confirmada\"\nevidencia = {{ {evidence} }}\n"
        );
        Ledger::parse(&text).unwrap()
    }

    fn tree() -> Tree {
        Tree::of(&[
            (
                "crates/x/tests/it.rs",
                "mod a {\n    #[test]\n    fn suma_bien() {}\n}\n// fn comentada() {}\n",
            ),
            (
                "benches/peers/tests/test_x.py",
                "def test_total():\n    pass\n",
            ),
            ("benches/benches/uno.rs", "group(\"16.1.1/suma\")"),
            ("docs/resultados/r/a.md", "# a"),
        ])
    }

    #[test]
    fn tests_benches_and_sources_that_exist_pass() {
        for evidence in [
            "test = \"crates/x/tests/it.rs::suma_bien\"",
            "test = \"crates/x/tests/it.rs::a::suma_bien\"",
            "test = \"benches/peers/tests/test_x.py::test_total\"",
            "bench = \"16.1.1/suma\"",
            "fuente = \"libro, p. 3\"",
            "fuente = \"docs/resultados/r/a.md: la tabla, y docs/resultados/r/a.md.\"",
        ] {
            assert_eq!(
                evidence_exists(&tree(), &ledger(evidence)),
                [],
                "{evidence}"
            );
        }
    }

    #[test]
    fn evidence_that_does_not_exist_is_found() {
        for evidence in [
            "test = \"crates/x/tests/it.rs\"",
            "test = \"crates/x/tests/no.rs::suma_bien\"",
            "test = \"crates/x/tests/it.rs::suma\"",
            "test = \"crates/x/tests/it.rs::comentada\"",
            "bench = \"16.1.1/resta\"",
            "fuente = \" \"",
            "fuente = \"docs/resultados/r/b.json; y algo más\"",
        ] {
            assert_eq!(
                evidence_exists(&tree(), &ledger(evidence)).len(),
                1,
                "{evidence}"
            );
        }
    }

    #[test]
    fn claims_and_finished_exercises_need_each_other() {
        let row = "[[ejercicio]]\nid = \"16.1.2\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = 1\nrestricciones = 0\ncrate = \"c\"\nnivel = \"std\"\nestado = \"hecho\"\n";
        let registry = Registry::parse(row).unwrap();
        assert_eq!(
            claims_belong_to_exercises(&tree(), &ledger("fuente = \"x\""), &registry).len(),
            2
        );
        let registry = Registry::parse(&row.replace("16.1.2", "16.1.1")).unwrap();
        assert_eq!(
            claims_belong_to_exercises(&tree(), &ledger("fuente = \"x\""), &registry),
            []
        );
    }

    #[test]
    fn a_malformed_row_points_at_its_line() {
        let tree = Tree::of(&[(PATH, "\nid = \"16.1.1-01\"\n")]);
        let mut ledger = ledger("fuente = \"x\"");
        ledger.claims[0].ejercicio = "16.1.2".to_owned();
        assert_eq!(claims_are_well_formed(&tree, &ledger)[0].line, 2);
    }
}
