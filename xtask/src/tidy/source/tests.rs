use super::*;

fn code(text: &str) -> Vec<String> {
    Source::scan(text)
        .lines
        .into_iter()
        .map(|line| line.code.trim().to_owned())
        .collect()
}

#[test]
fn comments_and_the_insides_of_literals_are_no_code() {
    assert_eq!(
        code(r#"let a = "x.unwrap() // no"; // sí .unwrap()"#),
        [r#"let a = "";"#]
    );
    assert_eq!(code("a /* .unwrap() /* más */ aún */ b"), ["a  b"]);
    assert_eq!(
        code("let r = r#\"uno \" .unwrap()\n dos\"# + c;"),
        ["let r = r#\"", "\" + c;"]
    );
    assert_eq!(
        code(r#"let b = br"\"; x.unwrap()"#),
        [r#"let b = br""; x.unwrap()"#]
    );
}

#[test]
fn quotes_of_characters_and_lifetimes_do_not_open_a_text() {
    assert_eq!(
        code("match c { '\"' => f(), '\\'' => g(), '\\u{1F600}' => h() }"),
        ["match c { ' => f(), ' => g(), ' => h() }"]
    );
    assert_eq!(
        code("fn f<'a>(x: &'a str) -> &'a str { x }"),
        ["fn f<'a>(x: &'a str) -> &'a str { x }"]
    );
}

#[test]
fn an_escaped_line_end_keeps_the_count_of_lines() {
    assert_eq!(
        code("let a = \"uno \\\n dos\";\nb();"),
        ["let a = \"", "\";", "b();"]
    );
}

#[test]
fn items_under_cfg_test_are_marked_to_their_end() {
    let source = Source::scan(
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { if x { } }\n}\nfn c() {}\n",
    );
    let marked: Vec<_> = source.lines.iter().map(|line| line.in_test).collect();
    assert_eq!(marked, [false, true, true, true, true, false, false]);
}

#[test]
fn a_test_module_in_another_file_is_named() {
    let source = Source::scan("#[cfg(test)]\n#[path = \"x;y\"]\nmod fixtures;\nfn c() {}\n");
    assert_eq!(source.test_modules, ["fixtures"]);
    assert!(!source.lines[3].in_test);
}

#[test]
fn a_test_only_import_is_no_module() {
    let source = Source::scan("#[cfg(test)]\nuse a::{b, c};\nfn d() {}\n");
    assert!(source.test_modules.is_empty());
    assert!(source.lines[1].in_test && !source.lines[2].in_test);
}

#[test]
fn a_whole_file_may_be_test_only() {
    assert!(
        Source::scan("#![cfg(test)]\nfn a() {}")
            .lines
            .iter()
            .all(|line| line.in_test)
    );
}

#[test]
fn a_reason_counts_above_the_statement_and_above_the_line() {
    let above = Source::scan(
        "a();\n// PANIC: nunca vacío,\n// por la línea anterior\nlet x = y\n    .first()\n    .expect(\"\");",
    );
    assert!(above.is_justified(5, "PANIC:"));
    let inside = Source::scan("let x = y\n    // PANIC: nunca vacío\n    .expect(\"\");");
    assert!(inside.is_justified(2, "PANIC:"));
}

#[test]
fn a_reason_of_another_statement_or_without_words_does_not_count() {
    assert!(!Source::scan("// PANIC: de a\na();\nx.unwrap();").is_justified(2, "PANIC:"));
    assert!(!Source::scan("// PANIC:\nx.unwrap();").is_justified(1, "PANIC:"));
    assert!(!Source::scan("// PANIC: lejos\n\nx.unwrap();").is_justified(2, "PANIC:"));
}
