//! Every lint that is allowed says why.

use super::Violation;
use super::source::Source;
use super::tree::Tree;

const OPENINGS: [&str; 4] = ["#[allow(", "#![allow(", "#[expect(", "#![expect("];

/// Finds `#[allow(…)]` and `#[expect(…)]` without `reason = "…"`.
pub(super) fn allowed_lints_have_a_reason(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(".rs") {
        let source = Source::scan(text);
        for (index, line) in source.lines.iter().enumerate() {
            let Some(start) = OPENINGS
                .iter()
                .filter_map(|opening| line.code.find(opening))
                .min()
            else {
                continue;
            };
            let rest = source.lines[index + 1..]
                .iter()
                .map(|line| line.code.as_str());
            if !says_why(std::iter::once(&line.code[start..]).chain(rest)) {
                found.push(Violation::new(
                    path,
                    index + 1,
                    "un lint se permite sin motivo: añade `reason = \"…\"`",
                ));
            }
        }
    }
    found
}

/// Returns whether the attribute that starts the code has a reason before it ends.
fn says_why<'a>(code: impl Iterator<Item = &'a str>) -> bool {
    let mut attribute = String::new();
    let mut depth = 0_i32;
    for char in code.flat_map(|line| line.chars().chain([' '])) {
        attribute.push(char);
        match char {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            break;
        }
    }
    attribute
        .split(|char: char| !(char.is_alphanumeric() || char == '_'))
        .any(|word| word == "reason")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_on_the_same_or_on_a_later_line_passes() {
        let text = "#[allow(dead_code, reason = \"x\")]\nfn a() {}\n#![expect(\n    clippy::y,\n    reason = \"z\"\n)]\n// #[allow(dead_code)]\n";
        assert_eq!(
            allowed_lints_have_a_reason(&Tree::of(&[("a.rs", text)])),
            []
        );
    }

    #[test]
    fn a_missing_reason_is_found_and_the_next_attributes_does_not_count() {
        let text = "fn a() {}\n#[allow(dead_code)]\n#[expect(x, reason = \"y\")]\nfn b() {}\n";
        let lines: Vec<_> = allowed_lints_have_a_reason(&Tree::of(&[("a.rs", text)]))
            .into_iter()
            .map(|found| found.line)
            .collect();
        assert_eq!(lines, [2]);
    }
}
