//! The pages of the exercises: their sections in order, and as many answers and restrictions as the guide asks.

use super::Violation;
use super::tree::Tree;
use crate::registry::{Exercise, Registry, State};

const ANSWERS: &str = "Respuestas";
const RESTRICTIONS: &str = "Restricciones";

/// The sections of a page, in order, below its title.
const SECTIONS: [&str; 7] = [
    "Qué se aprende",
    "Mapa",
    "Ejemplo",
    ANSWERS,
    RESTRICTIONS,
    "Diferencias con la guía",
    "Ejecutar",
];

/// Finds pages with a section missing, unknown or out of order, with too few or too many numbered paragraphs, or with a figure that
/// nobody measured.
///
/// The page of a pending exercise may be unfinished: only what it has is checked.
pub(super) fn pages_are_whole(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let mut found = Vec::new();
    for exercise in &registry.exercises {
        let path = format!("crates/{}/README.md", exercise.package);
        if let Some(text) = tree.text(&path) {
            found.extend(check(exercise, &path, text));
        }
    }
    found
}

/// A line of the page outside code fences, numbered from 1.
type Numbered<'a> = (usize, &'a str);

fn check(exercise: &Exercise, path: &str, text: &str) -> Vec<Violation> {
    let lines = prose(text);
    let whole = exercise.estado == State::Hecho;
    let mut found = Vec::new();

    let title = format!("# Ejercicio {} — {}", exercise.id, exercise.titulo);
    let first = lines.iter().find(|(_, line)| line.starts_with("# "));
    if first.map(|(_, line)| plain(line)) != Some(title.clone()) {
        found.push(Violation::new(
            path,
            first.map_or(1, |(line, _)| *line),
            format!("el título debe ser `{title}`"),
        ));
    }

    if let Some((line, _)) = text
        .lines()
        .enumerate()
        .find(|(_, line)| whole && line.contains("{{"))
    {
        found.push(Violation::new(
            path,
            line + 1,
            "una cifra por medir ({{…}}) en una página hecha",
        ));
    }

    let sections: Vec<Numbered<'_>> = lines
        .iter()
        .filter_map(|(line, text)| Some((*line, text.strip_prefix("## ")?.trim())))
        .collect();
    let wanted: Vec<_> = SECTIONS
        .into_iter()
        .filter(|section| asked_for(exercise, section) > 0)
        .collect();
    let mut next = 0;
    for (line, section) in &sections {
        match wanted.iter().position(|wanted| wanted == section) {
            None => found.push(Violation::new(path, *line, format!("sección `{section}` que no está en {wanted:?}; usa `###` dentro de una de ellas"))),
            Some(at) if at < next => found.push(Violation::new(path, *line, format!("sección `{section}` repetida o fuera de orden; el orden es {wanted:?}"))),
            Some(at) => next = at + 1,
        }
    }
    for missing in wanted
        .iter()
        .filter(|wanted| whole && !sections.iter().any(|(_, section)| section == *wanted))
    {
        found.push(Violation::new(
            path,
            1,
            format!("falta la sección `## {missing}`"),
        ));
    }

    for (at, (start, section)) in sections.iter().enumerate() {
        let end = sections.get(at + 1).map_or(usize::MAX, |(line, _)| *line);
        let asked = asked_for(exercise, section);
        let is_numbered = *section == ANSWERS || *section == RESTRICTIONS;
        if is_numbered && asked > 0 && whole {
            let numbers: Vec<_> = lines
                .iter()
                .filter(|(line, _)| line > start && *line < end)
                .filter_map(|(_, text)| number(text))
                .collect();
            if numbers != (1..=asked).collect::<Vec<_>>() {
                let what = format!(
                    "`{section}` tiene los números {numbers:?} y la guía pide 1 a {asked}: empieza cada uno con `**1. …**`"
                );
                found.push(Violation::new(path, *start, what));
            }
        }
    }
    found
}

/// Returns how many numbered paragraphs the guide asks of a section; 1 for a section that every page has.
fn asked_for(exercise: &Exercise, section: &str) -> usize {
    match section {
        ANSWERS => exercise.preguntas,
        RESTRICTIONS => exercise.restricciones,
        _ => 1,
    }
}

/// Returns the lines outside code fences.
fn prose(text: &str) -> Vec<Numbered<'_>> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((index + 1, line));
        }
    }
    lines
}

/// Returns the heading without its links: `# [Ejercicio 1](x) — y` is `# Ejercicio 1 — y`.
fn plain(heading: &str) -> String {
    let mut text = heading.trim().to_owned();
    while let Some((before, after)) = text.split_once("](") {
        let (Some(open), Some((_, rest))) = (before.rfind('['), after.split_once(')')) else {
            break;
        };
        text = format!("{}{}{rest}", &before[..open], &before[open + 1..]);
    }
    text
}

/// Returns N when the line starts an answer or a restriction: `**N. …`, `**RN. …`, `### N. …` or the same quoted.
fn number(line: &str) -> Option<usize> {
    let line = line.trim_start_matches("> ");
    let rest = line
        .strip_prefix("**")
        .or_else(|| line.strip_prefix("### "))?;
    let rest = rest.strip_prefix('R').unwrap_or(rest);
    let (digits, _) = rest.split_once(". ").or_else(|| rest.split_once(".**"))?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Ejercicio 16.1.1 — T\n\n[guía](x)\n\n## Qué se aprende\n\n## Mapa\n\n## Ejemplo\n\n```rust\n## no\n```\n\n\
                        ## Respuestas\n\n**1. ¿A?** b\n\n**2. ¿C?** d\n\n## Restricciones\n\n**R1. E.** f\n\n## Diferencias con la guía\n\n## Ejecutar\n";

    fn found(state: &str, questions: usize, restrictions: usize, page: &str) -> Vec<String> {
        let text = format!(
            "[[ejercicio]]\nid = \"16.1.1\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = {questions}\nrestricciones = {restrictions}\n\
             crate = \"ej_16_1_1_x\"\nnivel = \"std\"\nestado = \"{state}\"\n"
        );
        let tree = Tree::of(&[("crates/ej_16_1_1_x/README.md", page)]);
        pages_are_whole(&tree, &Registry::parse(&text).unwrap())
            .into_iter()
            .map(|found| found.what)
            .collect()
    }

    #[test]
    fn a_whole_page_passes_also_with_a_linked_title() {
        assert!(found("hecho", 2, 1, PAGE).is_empty());
        assert!(
            found(
                "hecho",
                2,
                1,
                &PAGE.replace("Ejercicio 16.1.1", "[Ejercicio 16.1.1](x)")
            )
            .is_empty()
        );
    }

    #[test]
    fn a_page_has_no_section_for_what_the_guide_does_not_ask() {
        let page = PAGE.replace("## Restricciones\n\n**R1. E.** f\n\n", "");
        assert!(found("hecho", 2, 0, &page).is_empty());
        assert!(found("hecho", 2, 0, PAGE)[0].contains("Restricciones"));
    }

    #[test]
    fn a_missing_answer_and_a_number_twice_are_found() {
        assert!(found("hecho", 3, 1, PAGE)[0].contains("[1, 2]"));
        assert!(found("hecho", 2, 1, &PAGE.replace("**2.", "**1."))[0].contains("[1, 1]"));
    }

    #[test]
    fn a_wrong_title_and_sections_missing_unknown_or_out_of_order_are_found() {
        assert!(found("hecho", 2, 1, &PAGE.replace("— T", "— U"))[0].contains("título"));
        assert!(found("hecho", 2, 1, &PAGE.replace("## Mapa\n", ""))[0].contains("Mapa"));
        assert!(found("hecho", 2, 1, &(PAGE.to_owned() + "## Extra\n"))[0].contains("Extra"));
        assert!(
            found(
                "hecho",
                2,
                1,
                &PAGE
                    .replace("## Mapa", "## X")
                    .replace("## Ejemplo", "## Mapa")
                    .replace("## X", "## Ejemplo")
            )[0]
            .contains("orden")
        );
    }

    #[test]
    fn a_figure_that_was_not_measured_is_found_once_the_page_is_done() {
        let page = PAGE.replace("d\n", "{{16.1.1/suma}}\n");
        assert!(found("hecho", 2, 1, &page)[0].contains("cifra por medir"));
        assert!(found("pendiente", 2, 1, &page).is_empty());
    }

    #[test]
    fn a_pending_page_may_be_unfinished_but_not_disordered() {
        assert!(
            found(
                "pendiente",
                9,
                9,
                "# Ejercicio 16.1.1 — T\n\n## Mapa\n\n## Respuestas\n"
            )
            .is_empty()
        );
        assert!(
            !found(
                "pendiente",
                9,
                9,
                "# Ejercicio 16.1.1 — T\n\n## Respuestas\n\n## Mapa\n"
            )
            .is_empty()
        );
    }
}
