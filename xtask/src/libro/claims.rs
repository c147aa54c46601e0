//! The page of the ledger: every claim with its verdict and the way to its evidence, counted by verdict on top.

use std::fmt::Write as _;

use crate::ledger::{self, Claim, Evidence, Ledger, Verdict};
use crate::registry::Registry;
use crate::tidy::tree::Tree;

use super::pages::{self, Page, place_name};

/// Every verdict, with its name in the ledger and what it says to the reader.
const VERDICTS: [(Verdict, &str, &str); 5] = [
    (
        Verdict::Confirmada,
        "confirmada",
        "es así, y la evidencia lo muestra",
    ),
    (
        Verdict::Matizada,
        "matizada",
        "es así con un límite, que dice la nota",
    ),
    (Verdict::Caducada, "caducada", "fue así y ya no lo es"),
    (Verdict::Refutada, "refutada", "no es así"),
    (
        Verdict::NoComprobable,
        "no comprobable",
        "una opinión o una predicción; la nota dice por qué",
    ),
];

fn name(verdict: Verdict) -> &'static str {
    VERDICTS
        .iter()
        .find(|(known, ..)| *known == verdict)
        .map_or("", |(_, name, _)| name)
}

/// Returns the ledger's page.
pub(super) fn page(tree: &Tree, registry: &Registry, ledger: &Ledger) -> Page {
    let mut text = format!(
        "# Libro de afirmaciones\n\nLo que dice el capítulo 16 de la guía, frase a frase: {} afirmaciones, cada una con su veredicto y lo que lo \
         prueba. Se escribe en [`{}`]({}); `cargo xtask tidy` comprueba que cada prueba existe.\n\n",
        ledger.claims.len(),
        ledger::PATH,
        ledger::PATH,
    );
    text += "| veredicto | afirmaciones | quiere decir |\n|---|---:|---|\n";
    for (verdict, name, meaning) in VERDICTS {
        let count = count(&ledger.claims, verdict);
        let _ = writeln!(text, "| {} | {count} | {meaning} |", mark(verdict, name));
    }
    let _ = writeln!(text, "| | **{}** | |\n", ledger.claims.len());
    text += &lists(ledger);
    text += &by_place(tree, registry, ledger);
    Page {
        path: pages::of_ledger().to_owned(),
        of: ledger::PATH.to_owned(),
        text,
        made: true,
        unfinished: false,
    }
}

fn count(claims: &[Claim], verdict: Verdict) -> usize {
    claims
        .iter()
        .filter(|claim| claim.veredicto == verdict)
        .count()
}

fn mark(verdict: Verdict, words: &str) -> String {
    let class = match verdict {
        Verdict::Confirmada => "confirmada",
        Verdict::Matizada => "matizada",
        Verdict::Caducada => "caducada",
        Verdict::Refutada => "refutada",
        Verdict::NoComprobable => "no-comprobable",
    };
    format!("<span class=\"veredicto {class}\">{words}</span>")
}

/// What was not simply confirmed, by verdict, for the reader who looks for what is wrong in the guide.
fn lists(ledger: &Ledger) -> String {
    let mut text = String::from("## Las que no se confirman tal cual\n\n");
    for (verdict, name, _) in VERDICTS.into_iter().skip(1) {
        let ids: Vec<_> = ledger
            .claims
            .iter()
            .filter(|claim| claim.veredicto == verdict)
            .map(|claim| format!("[{0}](#{0})", claim.id))
            .collect();
        if !ids.is_empty() {
            let _ = writeln!(
                text,
                "<details><summary>{} ({})</summary>\n\n{}\n\n</details>\n",
                mark(verdict, name),
                ids.len(),
                ids.join(" · ")
            );
        }
    }
    text
}

fn by_place(tree: &Tree, registry: &Registry, ledger: &Ledger) -> String {
    let mut text = String::new();
    let mut claims = ledger.claims.as_slice();
    while let Some(first) = claims.first() {
        let place = &first.ejercicio;
        let until = claims
            .iter()
            .position(|claim| claim.ejercicio != *place)
            .unwrap_or(claims.len());
        let (here, rest) = claims.split_at(until);
        claims = rest;
        let _ = writeln!(
            text,
            "## {} {{#{place}}}\n",
            markdown(tree, &place_name(registry, place))
        );
        let mut told: Vec<_> = VERDICTS
            .into_iter()
            .filter_map(|(verdict, name, _)| match count(here, verdict) {
                0 => None,
                1 => Some(format!("1 {name}")),
                count => Some(format!("{count} {name}s")),
            })
            .collect();
        if let Some(exercise) = registry.find(place) {
            let readme = format!("crates/{}/README.md", exercise.package);
            if tree.has(&readme) {
                told.insert(0, format!("[la página]({readme})"));
            }
        }
        let _ = writeln!(text, "{}\n", told.join(" · "));
        text += "<div class=\"afirmaciones\">\n\n| | afirmación de la guía, y qué saber en su lugar | veredicto | evidencia |\n|---|---|---|---|\n";
        for claim in here {
            text += &row(tree, claim);
        }
        text += "\n</div>\n\n";
    }
    text
}

fn row(tree: &Tree, claim: &Claim) -> String {
    let id = &claim.id;
    let number = id
        .rsplit_once('-')
        .map_or(id.as_str(), |(_, number)| number);
    let mut words = format!("**{}**", markdown(tree, claim.afirmacion.trim()));
    if !claim.nota.trim().is_empty() {
        let _ = write!(words, "<br>{}", markdown(tree, claim.nota.trim()));
    }
    format!(
        "| <a id=\"{id}\"></a>[{number}](#{id}) | {words} | {} | {} |\n",
        mark(claim.veredicto, name(claim.veredicto)),
        evidence(tree, &claim.evidencia)
    )
}

fn evidence(tree: &Tree, evidence: &Evidence) -> String {
    let mut parts = Vec::new();
    if let Some((file, name)) = evidence
        .test
        .as_deref()
        .and_then(|test| test.split_once("::"))
    {
        let last = name.rsplit("::").next().unwrap_or(name);
        let line = defined_at(tree, file, last);
        parts.push(format!("prueba [`{last}`]({file}#L{line})"));
    }
    if let Some(bench) = &evidence.bench {
        let place = measured_at(tree, bench);
        parts.push(match place {
            Some(place) => format!("medición [`{bench}`]({place})"),
            None => format!("banco `{bench}`"),
        });
    }
    if let Some(source) = &evidence.fuente {
        parts.push(format!("fuente: {}", markdown(tree, source)));
    }
    parts.join("<br>")
}

/// The line that defines a test, in Rust or in Python; 1 when none does, which `tidy` says.
fn defined_at(tree: &Tree, file: &str, name: &str) -> usize {
    let defines = |line: &str| {
        ["fn ", "def "].iter().any(|keyword| {
            line.trim_start()
                .split_once(&format!("{keyword}{name}"))
                .is_some_and(|(_, rest)| {
                    !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
                })
        })
    };
    let found = tree
        .text(file)
        .and_then(|text| text.lines().position(defines));
    found.map_or(1, |index| index + 1)
}

/// Where the figures of a bench stand: in the newest report that has its group; else where it is written.
fn measured_at(tree: &Tree, bench: &str) -> Option<String> {
    let group: String = bench.split('/').take(2).collect::<Vec<_>>().join("/");
    let heading = format!("\n## {group}\n");
    let report = tree
        .texts(".md")
        .filter(|(path, text)| path.starts_with(pages::RUNS) && text.contains(&heading))
        .map(|(path, _)| {
            let anchors = super::markdown::anchors(&heading);
            let anchor = anchors.into_iter().next().unwrap_or_default();
            format!("{path}#{anchor}")
        })
        .max();
    report.or_else(|| {
        tree.files()
            .find(|(path, file)| {
                path.starts_with("benches/")
                    && std::str::from_utf8(&file.content).is_ok_and(|text| text.contains(bench))
            })
            .map(|(path, _)| path.to_owned())
    })
}

/// Returns plain words as Markdown that shows them as they are, with links to addresses and to files of the repository.
fn markdown(tree: &Tree, words: &str) -> String {
    let mut code = false;
    let escaped = |word: &str, code: &mut bool| {
        let mut out = String::new();
        for c in word.chars() {
            match c {
                '`' => *code = !*code,
                '|' => out.push('\\'),
                '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '~' if !*code => out.push('\\'),
                _ => {}
            }
            out.push(c);
        }
        out
    };
    let mut out = Vec::new();
    for word in words.split_whitespace() {
        let bare = word
            .trim_start_matches(['(', '«'])
            .trim_end_matches(['.', ',', ';', ':', ')', '»']);
        let is_address = bare.starts_with("https://") || bare.starts_with("http://");
        let is_file = bare.contains('/') && tree.has(bare);
        out.push(if code || !(is_address || is_file) {
            escaped(word, &mut code)
        } else {
            let link = match is_address {
                true => format!("<{bare}>"),
                false => format!("[`{bare}`]({bare})"),
            };
            word.replacen(bare, &link, 1)
        });
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = r#"
[[afirmacion]]
id = "16.1.1-01"
ejercicio = "16.1.1"
afirmacion = "f(&mut x)[0] | `a_b` cuesta < 1"
veredicto = "confirmada"
evidencia = { test = "crates/x/tests/it/a.rs::m::va", bench = "16.1.1/pasar/mover" }
[[afirmacion]]
id = "16.1.1-02"
ejercicio = "16.1.1"
afirmacion = "b"
veredicto = "refutada"
evidencia = { fuente = "docs/resultados/r/s16_1.json: c; https://docs.rs/x." }
nota = "n"
"#;

    #[test]
    fn claims_are_counted_and_lead_to_test_and_run() {
        let tree = Tree::of(&[
            ("crates/x/tests/it/a.rs", "\nfn va_mas() {}\nfn va() {}\n"),
            ("docs/resultados/r/s16_1.json", "{}"),
            ("docs/resultados/r/s16_1.md", "# S\n\n## 16.1.1/pasar\n"),
        ]);
        let registry = Registry::parse("ejercicio = []").unwrap();
        let text = page(&tree, &registry, &Ledger::parse(LEDGER).unwrap()).text;
        for expected in [
            "2 afirmaciones",
            "<span class=\"veredicto confirmada\">confirmada</span> | 1 |",
            "<span class=\"veredicto caducada\">caducada</span> | 0 |",
            "[16.1.1-02](#16.1.1-02)",
            "<a id=\"16.1.1-01\"></a>",
            "**f(&mut x)\\[0\\] \\| `a_b` cuesta \\< 1**",
            "[`va`](crates/x/tests/it/a.rs#L3)",
            "[`16.1.1/pasar/mover`](docs/resultados/r/s16_1.md#1611pasar)",
            "[`docs/resultados/r/s16_1.json`](docs/resultados/r/s16_1.json): c; <https://docs.rs/x>.",
            "b**<br>n |",
        ] {
            assert!(text.contains(expected), "falta {expected}\n{text}");
        }
    }
}
