//! As much Markdown as the book needs: where links stand and which anchors headings make. Code is left alone.

use std::collections::BTreeSet;

/// Returns `text` with every link's destination replaced by what `change` makes of it and its line, counted from 1.
pub(super) fn with_links(text: &str, mut change: impl FnMut(&str, usize) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, end) in destinations(text) {
        let line = text[..start].matches('\n').count() + 1;
        out += &text[copied..start];
        out += &change(&text[start..end], line);
        copied = end;
    }
    out + &text[copied..]
}

/// Where the destinations of links, images and reference definitions stand, in order.
fn destinations(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, end) in outside_fences(text) {
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            if rest.starts_with('`') {
                at += code_span(rest);
            } else if let Some(escaped) = rest.strip_prefix('\\') {
                at += 1 + escaped.chars().next().map_or(0, char::len_utf8);
            } else if let Some(inside) = rest.strip_prefix("](") {
                found.extend(destination(inside).map(|(a, b)| (at + 2 + a, at + 2 + b)));
                at += 2;
            } else {
                if at == start || text[..at].ends_with('\n') {
                    found.extend(definition(rest).map(|(a, b)| (at + a, at + b)));
                }
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    found
}

/// The stretches of `text` outside code fences.
fn outside_fences(text: &str) -> Vec<(usize, usize)> {
    let (mut found, mut fence, mut start, mut at) = (Vec::new(), None, 0, 0);
    for line in text.split_inclusive('\n') {
        let mark = fence_mark(line);
        match (fence, mark) {
            (None, Some(mark)) => {
                found.push((start, at));
                fence = Some(mark);
            }
            // A fence ends with a mark as long as its own, or longer, and nothing after it.
            (Some(open), Some(mark))
                if mark.starts_with(open)
                    && line.trim().trim_start_matches(&open[..1]).is_empty() =>
            {
                start = at + line.len();
                fence = None;
            }
            _ => {}
        }
        at += line.len();
    }
    if fence.is_none() {
        found.push((start, at));
    }
    found
}

/// The backticks or tildes that a fence's line starts with.
fn fence_mark(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("> ");
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3).then(|| &line[..length])
}

/// The bytes of the code span that `text` starts with, or of its backticks when nothing closes them in this paragraph.
fn code_span(text: &str) -> usize {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let paragraph = text.find("\n\n").unwrap_or(text.len());
    let mut at = ticks;
    while let Some(next) = text[at..paragraph.max(at)].find('`') {
        at += next;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += run;
        if run == ticks {
            return at;
        }
    }
    ticks
}

/// The destination in what follows `](`, which may be in angle brackets and may have balanced parentheses and a title.
fn destination(inside: &str) -> Option<(usize, usize)> {
    if let Some(angle) = inside.strip_prefix('<') {
        return angle.find('>').map(|end| (1, 1 + end));
    }
    let mut depth = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((0, at)),
            ')' => depth -= 1,
            c if c.is_whitespace() => return Some((0, at)),
            _ => {}
        }
    }
    None
}

/// The destination of the reference definition that `line` starts with: `[name]: destination`.
fn definition(line: &str) -> Option<(usize, usize)> {
    let line = line.lines().next()?;
    if !line.starts_with('[') || line.starts_with("[^") {
        return None;
    }
    let colon = line.find("]: ")? + 3;
    let start = colon + (line[colon..].len() - line[colon..].trim_start().len());
    let length = line[start..]
        .find(char::is_whitespace)
        .unwrap_or(line.len() - start);
    (length > 0).then_some((start, start + length))
}

/// Returns the first heading of `text`, without marks.
pub(super) fn title(text: &str) -> Option<String> {
    headings(text).into_iter().next().map(|(words, _)| words)
}

/// Returns the anchors of `text`: of its headings, as mdBook and GitHub make them, and of `<a id="…">`.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (words, id) in headings(text) {
        let base = id.unwrap_or_else(|| slug(&words));
        let mut candidate = base.clone();
        let mut again = 0;
        while !found.insert(candidate) {
            again += 1;
            candidate = format!("{base}-{again}");
        }
    }
    for after in text.split("<a id=\"").skip(1) {
        found.extend(after.split('"').next().map(str::to_owned));
    }
    found
}

/// Every heading: its words, and the id that `{#id}` gives it.
fn headings(text: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for (start, end) in outside_fences(text) {
        for line in text[start..end].lines() {
            let words = line.trim_start_matches('#');
            let level = line.len() - words.len();
            if !(1..=6).contains(&level) || !words.starts_with(' ') {
                continue;
            }
            let (words, id) = match words.split_once("{#") {
                Some((words, id)) => (words, id.split('}').next().map(str::to_owned)),
                None => (words, None),
            };
            found.push((plain(words), id));
        }
    }
    found
}

/// `[text](link)` and `` `code` `` as they are read.
fn plain(words: &str) -> String {
    let mut text = words.trim().replace(['`', '*'], "");
    while let Some(close) = text.find("](") {
        let (Some(open), Some(end)) = (text[..close].rfind('['), text[close..].find(')')) else {
            break;
        };
        text = format!(
            "{}{}{}",
            &text[..open],
            &text[open + 1..close],
            &text[close + end + 1..]
        );
    }
    text
}

fn slug(words: &str) -> String {
    words
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        with_links(text, |link, line| {
            found.push((link.to_owned(), line));
            link.to_owned()
        });
        found
    }

    #[test]
    fn links_images_and_definitions_are_found_with_their_line() {
        let text = "[a](b.md#c) y ![d](e.svg \"título\")\n\n[`f(x)[0]`](<g h>)\n[i]: j.md\n[k](l_(m)) n\\[0\\](o)\n";
        let expected = [
            ("b.md#c", 1),
            ("e.svg", 1),
            ("g h", 3),
            ("j.md", 4),
            ("l_(m)", 5),
        ];
        assert_eq!(
            links(text),
            expected.map(|(link, line)| (link.to_owned(), line))
        );
    }

    #[test]
    fn code_has_no_links() {
        let text = "`[a](b)` ``c`[d](e)`` f`\n\n```rust\nlet x = y[0](z);\n```\n~~~~\n```\n[g](h)\n~~~~\n[i](j)\n";
        assert_eq!(links(text), [("j".to_owned(), 10)]);
    }

    #[test]
    fn only_destinations_change() {
        let text = "ñ [a](b) `[c](b)` [d](b \"b\") fin";
        assert_eq!(
            with_links(text, |link, _| format!("../{link}")),
            "ñ [a](../b) `[c](b)` [d](../b \"b\") fin"
        );
    }

    #[test]
    fn anchors_are_those_of_mdbook() {
        let text = "# ¿Qué es `arrow_ipc`?\n## [Uno](x) — dos\n## Uno — dos\n```\n# no\n```\n### Con id {#16.1.1}\n| <a id=\"16.1.1-01\"></a> |\n";
        let expected = [
            "qué-es-arrow_ipc",
            "uno--dos",
            "uno--dos-1",
            "16.1.1",
            "16.1.1-01",
        ];
        assert_eq!(anchors(text), expected.map(str::to_owned).into());
        assert_eq!(title(text).as_deref(), Some("¿Qué es arrow_ipc?"));
    }
}
