//! The finished book: every relative link and every anchor in its HTML leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// What of a page matters here.
#[derive(Debug, Default, PartialEq)]
struct Marks {
    ids: BTreeSet<String>,
    /// What `href` and `src` say.
    links: BTreeSet<String>,
}

/// Returns the links of the pages below `root` that lead nowhere, as `page: link: why`, and how many links there are.
///
/// # Errors
/// A file cannot be read.
pub(super) fn check(root: &Path) -> Result<(Vec<String>, usize)> {
    let mut files = BTreeSet::new();
    list(root, "", &mut files)?;
    let mut pages = BTreeMap::new();
    for path in files.iter().filter(|path| path.ends_with(".html")) {
        let text = fs::read_to_string(root.join(path))
            .with_context(|| format!("no se puede leer {path}"))?;
        pages.insert(path.as_str(), marks(&text));
    }
    let (mut broken, mut count) = (Vec::new(), 0);
    for (page, marks) in &pages {
        for link in &marks.links {
            count += 1;
            if let Err(why) = resolve(page, link, &files, &pages) {
                broken.push(format!("{page}: {link}: {why}"));
            }
        }
    }
    Ok((broken, count))
}

fn list(root: &Path, inside: &str, files: &mut BTreeSet<String>) -> Result<()> {
    let directory = root.join(inside);
    let entries = fs::read_dir(&directory)
        .with_context(|| format!("no se puede leer {}", directory.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match inside {
            "" => name,
            inside => format!("{inside}/{name}"),
        };
        if entry.file_type()?.is_dir() {
            list(root, &path, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

fn resolve(
    page: &str,
    link: &str,
    files: &BTreeSet<String>,
    pages: &BTreeMap<&str, Marks>,
) -> Result<(), String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or_default();
    if path
        .split('/')
        .next()
        .is_some_and(|start| start.contains(':'))
        || path.starts_with("//")
    {
        return Ok(());
    }
    if path.starts_with('/') {
        return Err("empieza por / y no se abre desde un archivo".to_owned());
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    if !path.is_empty() {
        parts.pop();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or("sale del libro")?;
                }
                part => parts.push(part),
            }
        }
    }
    let target = decoded(&parts.join("/"));
    if !files.contains(&target) {
        return Err("no existe".to_owned());
    }
    let anchor = decoded(anchor);
    let known = |marks: &Marks| marks.ids.contains(&anchor);
    if anchor.is_empty() || pages.get(target.as_str()).is_some_and(known) {
        Ok(())
    } else {
        Err("no tiene esa ancla".to_owned())
    }
}

/// The ids and links of a page; what scripts and comments say is neither.
fn marks(html: &str) -> Marks {
    let mut marks = Marks::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name = rest
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let end = attributes(&rest[name.len()..], &mut marks) + name.len();
        rest = &rest[end..];
        if name == "script" || name == "style" {
            let close = format!("</{name}");
            rest = rest.find(&close).map_or("", |at| &rest[at..]);
        }
    }
    marks
}

/// Collects a tag's attributes and returns how many bytes they take, up to the `>`.
fn attributes(text: &str, marks: &mut Marks) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let Some(stop) = rest.find(['>', '=']) else {
            return text.len();
        };
        if rest[stop..].starts_with('>') {
            return at + stop;
        }
        let name = rest[..stop]
            .split_whitespace()
            .next_back()
            .unwrap_or_default();
        let value = &rest[stop + 1..];
        let (value, length) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = &value[1..];
                let end = inside.find(quote).unwrap_or(inside.len());
                (&inside[..end], (end + 2).min(value.len()))
            }
            _ => {
                let end = value
                    .find(|c: char| c.is_whitespace() || c == '>')
                    .unwrap_or(value.len());
                (&value[..end], end)
            }
        };
        let value = value.replace("&amp;", "&").replace("&quot;", "\"");
        match name {
            "id" => drop(marks.ids.insert(value)),
            "href" | "src" if !value.is_empty() => drop(marks.links.insert(value)),
            _ => {}
        }
        at += stop + 1 + length;
    }
}

/// Undoes `%C3%B1`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(files: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        check(root.path()).unwrap().0
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let page = "<h1 id='uno'>x</h1><a class=y href=\"b/c.html#a%C3%B1o\">z</a><a href=#uno></a><img alt=\"a > b\" src=\"d.svg\">\
                    <a href=\"https://no.hay/nada#x\"></a><script>let a = '<a href=\"nada\">';</script><!-- <a href=\"nada\"> -->";
        let other =
            "<p id=\"año\"><a href=\"../a.html#uno\"></a><a href=\"?q=1&amp;r=2#año\"></a></p>";
        assert_eq!(
            broken(&[("a.html", page), ("b/c.html", other), ("d.svg", "")]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_missing_file_a_missing_anchor_and_a_way_out_are_found() {
        let page = "<a href=\"no.html\"></a><a href=\"b.html#no\"></a><a href=\"#no\"></a><a href=\"../a.html\"></a><img src=\"/x.svg\">";
        let found = broken(&[("a.html", page), ("b.html", "<p id=\"si\">")]);
        assert_eq!(
            found,
            [
                "a.html: #no: no tiene esa ancla",
                "a.html: ../a.html: sale del libro",
                "a.html: /x.svg: empieza por / y no se abre desde un archivo",
                "a.html: b.html#no: no tiene esa ancla",
                "a.html: no.html: no existe",
            ]
        );
    }
}
