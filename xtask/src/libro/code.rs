//! Files of the repository as pages of code with numbered lines, so that the book leads to tests and sources also offline.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::tidy::tree::Tree;

/// Longer texts are shown without colours: the browser would take seconds.
const COLOURED_UP_TO: usize = 200_000;

/// Returns where the page of a file, or of a directory, lies in the book.
pub(super) fn page_of(path: &str, is_file: bool) -> String {
    if is_file {
        format!("codigo/{path}.html")
    } else {
        format!("codigo/{path}/index.html")
    }
}

/// Returns every page, by its path in the book: what `shown` names, and what its directories hold.
pub(super) fn pages(tree: &Tree, shown: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut files: BTreeSet<&str> = BTreeSet::new();
    let mut made = Vec::new();
    for path in shown {
        if tree.has(path) {
            files.insert(path);
            continue;
        }
        let inside = format!("{path}/");
        let held: Vec<_> = tree
            .files()
            .map(|(file, _)| file)
            .filter(|file| file.starts_with(&inside))
            .collect();
        let mut list = String::from("<ul>\n");
        for file in &held {
            let name = escaped(&file[inside.len()..]);
            let _ = writeln!(list, "<li><a href=\"{name}.html\">{name}</a></li>");
        }
        list += "</ul>\n";
        made.push((
            page_of(path, false),
            document(path, &page_of(path, false), &list),
        ));
        files.extend(held);
    }
    for path in files {
        let place = page_of(path, true);
        let body = match tree.text(path) {
            Some(text) if !text.is_empty() => lines(path, text),
            _ => {
                let size = tree
                    .files()
                    .find(|(file, _)| *file == path)
                    .map_or(0, |(_, file)| file.size);
                format!("<p>{size} bytes que no son texto, o ninguno.</p>\n")
            }
        };
        made.push((place.clone(), document(path, &place, &body)));
    }
    made
}

fn lines(path: &str, text: &str) -> String {
    let mut numbers = String::new();
    for number in 1..=text.lines().count() {
        let _ = writeln!(
            numbers,
            "<a id=\"L{number}\" href=\"#L{number}\">{number}</a>"
        );
    }
    let class = match language(path) {
        Some(language) if text.len() <= COLOURED_UP_TO => format!("language-{language}"),
        _ => "nohighlight".to_owned(),
    };
    format!(
        "<div class=\"archivo\"><pre class=\"numeros\">{numbers}</pre><pre><code class=\"{class}\">{}</code></pre></div>\n",
        escaped(text)
    )
}

/// What highlight.js calls the language of a file.
fn language(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "rs" => "rust",
        "py" | "pyi" => "python",
        "java" => "java",
        "scala" => "scala",
        "sql" => "sql",
        "json" => "json",
        "toml" => "ini",
        "yaml" | "yml" => "yaml",
        "xml" | "html" => "xml",
        "sh" => "bash",
        "c" | "h" => "c",
        _ => return None,
    })
}

fn document(path: &str, place: &str, body: &str) -> String {
    let root = "../".repeat(place.matches('/').count());
    let path = escaped(path);
    format!(
        "<!DOCTYPE html>\n<html lang=\"es\" class=\"light\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{path}</title>\n\
         <link rel=\"stylesheet\" href=\"{root}highlight.css\">\n<link rel=\"stylesheet\" href=\"{root}libro.css\">\n</head>\n\
         <body class=\"codigo\">\n<header><a href=\"{root}index.html\">El libro</a> <code>{path}</code></header>\n{body}\
         <script src=\"{root}highlight.js\"></script>\n\
         <script>document.querySelectorAll('code[class^=language]').forEach(hljs.highlightBlock);</script>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_line_to_go_to_and_a_directory_its_files() {
        let tree = Tree::of(&[
            ("a/src/x.rs", "fn f<T>() {}\nlet y = \"&\";\n"),
            ("a/src/y.bin", ""),
        ]);
        let made: std::collections::BTreeMap<_, _> =
            pages(&tree, &BTreeSet::from(["a/src".to_owned()]))
                .into_iter()
                .collect();
        let code = &made["codigo/a/src/x.rs.html"];
        assert!(code.contains("<a id=\"L2\" href=\"#L2\">2</a>"));
        assert!(code.contains("fn f&lt;T&gt;() {}\nlet y = &quot;&amp;&quot;;"));
        assert!(code.contains("language-rust") && code.contains("href=\"../../../index.html\""));
        assert!(made["codigo/a/src/index.html"].contains("<a href=\"x.rs.html\">x.rs</a>"));
        assert!(made["codigo/a/src/y.bin.html"].contains("0 bytes"));
    }
}
