//! The two text files of a wheel's `.dist-info`: `WHEEL`, which says how it was made, and `METADATA`, which says what it is.

use serde::Serialize;

use crate::WheelError;

/// What a wheel says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// The distribution's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The program that made the wheel: `maturin (1.16.0)`.
    pub generator: Option<String>,
    /// Whether it says that it has no binaries.
    pub purelib: bool,
    /// Its tags, one by one.
    pub tags: Vec<String>,
    /// What it needs besides, as written.
    pub requires: Vec<String>,
    /// Which Pythons it admits.
    pub requires_python: Option<String>,
}

impl Metadata {
    /// Returns what the texts of `WHEEL` and `METADATA` say.
    ///
    /// # Errors
    /// - [`WheelError::Metadata`]: one of them is not UTF-8, `WHEEL` has no version 1 and no tag, or `METADATA` no name or version.
    pub fn parse(wheel: &[u8], metadata: &[u8]) -> Result<Self, WheelError> {
        let mut found = Self::default();
        let mut format = None;
        for (key, value) in headers("WHEEL", wheel)? {
            match key.as_str() {
                "wheel-version" => format = Some(value),
                "generator" => found.generator = Some(value),
                "root-is-purelib" => found.purelib = value.eq_ignore_ascii_case("true"),
                "tag" => found.tags.push(value),
                _ => {}
            }
        }
        match format {
            Some(version) if version.starts_with("1.") => {}
            Some(version) => return refuse("WHEEL", format!("es de la versión {version}, no 1.x")),
            None => return refuse("WHEEL", "no dice su versión".into()),
        }
        if found.tags.is_empty() {
            return refuse("WHEEL", "no dice para qué sistemas es".into());
        }
        for (key, value) in headers("METADATA", metadata)? {
            match key.as_str() {
                "name" => found.name = value,
                "version" => found.version = value,
                "requires-dist" => found.requires.push(value),
                "requires-python" => found.requires_python = Some(value),
                _ => {}
            }
        }
        if found.name.is_empty() || found.version.is_empty() {
            return refuse("METADATA", "no dice nombre y versión".into());
        }
        Ok(found)
    }
}

fn refuse<T>(member: &str, detail: String) -> Result<T, WheelError> {
    Err(WheelError::Metadata {
        member: member.into(),
        detail,
    })
}

/// Returns the lines `Key: value` before the first empty one, keys in lower case; lines that go on are left out.
fn headers(member: &str, text: &[u8]) -> Result<Vec<(String, String)>, WheelError> {
    let Ok(text) = std::str::from_utf8(text) else {
        return refuse(member, "no es UTF-8".into());
    };
    Ok(text
        .lines()
        // A line of blanks goes on with the text before it, as in a licence of several paragraphs.
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect())
}
