//! The content hash, from rows that a test writes down itself. Defined in `benches/peers/CONTENIDO.md`.

use sha2::{Digest, Sha256};

/// A row as the content hash writes it. Each field is given as that page says its type is written (`10.50`, `2024-01-15`,
/// microseconds, …); `None` is null. Texts are escaped here.
///
/// ```
/// use ecommerce_testlake::delta::content;
///
/// assert_eq!(content::row([Some("2024-01-15"), None, Some("a\nb")]), "2024-01-15\u{1f}\\N\u{1f}a\\nb");
/// ```
pub fn row<'a>(fields: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let written = fields.into_iter().map(|field| match field {
        None => "\\N".to_owned(),
        Some(text) => text
            .replace('\\', "\\\\")
            .replace('\n', "\\n")
            .replace('\u{1f}', "\\x1f"),
    });
    written.collect::<Vec<_>>().join("\u{1f}")
}

/// The content hash of rows already written, in any order: sha256 in lower-case hex.
pub fn hash(rows: impl IntoIterator<Item = impl Into<String>>) -> String {
    let mut rows: Vec<String> = rows.into_iter().map(Into::into).collect();
    rows.sort();
    let digest = Sha256::digest(rows.join("\n"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_definition_has_the_hash_it_says() {
        let rows = [
            row([
                "2024-01-15",
                "sur",
                "10.50",
                "3",
                "3ff8000000000000",
                "1705276800000000",
            ]
            .map(Some)),
            row([
                Some("2024-01-15"),
                None,
                Some("0.00"),
                Some("-7"),
                Some("7ff8000000000000"),
                None,
            ]),
            row([
                "2024-01-15",
                "a\\b\nc",
                "0.07",
                "0",
                "8000000000000000",
                "-1",
            ]
            .map(Some)),
        ];
        assert_eq!(
            hash(rows),
            "05e8c6363c564f7a0ac8e9d281460972d11da75f3120551babb546382594d3ea"
        );
    }

    #[test]
    fn order_does_not_count_and_repetition_does() {
        assert_eq!(hash(["a", "b"]), hash(["b", "a"]));
        assert_ne!(hash(["a"]), hash(["a", "a"]));
        assert!(hash(Vec::<String>::new()).starts_with("e3b0c442"));
    }
}
