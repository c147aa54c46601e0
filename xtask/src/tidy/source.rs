//! A reader of Rust text that knows just enough for the rules: code, comments, literals and what is test-only.

/// One line of a Rust file.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The code, without comments and with the insides of literals blanked.
    pub(crate) code: String,
    /// The text after `//` or inside `/* */`.
    pub(crate) comment: String,
    /// The line belongs to an item under `#[cfg(test)]`.
    pub(crate) in_test: bool,
}

/// A Rust file.
pub(crate) struct Source {
    pub(crate) lines: Vec<Line>,
    /// Modules that are declared under `#[cfg(test)]` and stand in a file of their own.
    pub(crate) test_modules: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    LineComment,
    BlockComment(u32),
    Text,
    RawText(usize),
}

impl Source {
    /// Reads a Rust file.
    pub(crate) fn scan(text: &str) -> Self {
        let mut lines = split(text);
        let test_modules = mark_tests(&mut lines);
        Self {
            lines,
            test_modules,
        }
    }

    /// Returns whether a comment that starts with `tag` and says something stands directly above the statement that
    /// contains line `index`.
    pub(crate) fn is_justified(&self, index: usize, tag: &str) -> bool {
        let mut seen_comment = false;
        for line in self.lines[..index].iter().rev() {
            let code = line.code.trim();
            let comment = line.comment.trim();
            if code.is_empty() && !comment.is_empty() {
                seen_comment = true;
                if comment
                    .strip_prefix(tag)
                    .is_some_and(|rest| !rest.trim().is_empty())
                {
                    return true;
                }
            } else if seen_comment || code.is_empty() || code.ends_with([';', '{', '}', ',']) {
                return false;
            }
        }
        false
    }
}

/// Separates code from comments, line by line.
fn split(text: &str) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    let mut state = State::Code;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\n' {
            if state == State::LineComment {
                state = State::Code;
            }
            lines.push(Line::default());
            continue;
        }
        let Some(line) = lines.last_mut() else { break };
        match state {
            State::Code => match char {
                '/' if chars.next_if_eq(&'/').is_some() => state = State::LineComment,
                '/' if chars.next_if_eq(&'*').is_some() => state = State::BlockComment(1),
                '"' => {
                    state = raw_hashes(&line.code).map_or(State::Text, State::RawText);
                    line.code.push('"');
                }
                '\'' => {
                    line.code.push('\'');
                    skip_char_literal(&mut chars);
                }
                _ => line.code.push(char),
            },
            State::LineComment => line.comment.push(char),
            State::BlockComment(depth) => match char {
                '*' if chars.next_if_eq(&'/').is_some() => {
                    state = if depth == 1 {
                        State::Code
                    } else {
                        State::BlockComment(depth - 1)
                    };
                }
                '/' if chars.next_if_eq(&'*').is_some() => state = State::BlockComment(depth + 1),
                _ => line.comment.push(char),
            },
            State::Text => match char {
                '\\' => {
                    // An escaped line end still ends the line.
                    chars.next_if(|next| *next != '\n');
                }
                '"' => {
                    line.code.push('"');
                    state = State::Code;
                }
                _ => {}
            },
            State::RawText(hashes) => {
                let closes = char == '"' && (0..hashes).all(|_| chars.next_if_eq(&'#').is_some());
                if closes {
                    line.code.push('"');
                    state = State::Code;
                }
            }
        }
    }
    lines
}

/// Returns how many `#` a raw string that opens after `code` has, or `None` when it is no raw string.
fn raw_hashes(code: &str) -> Option<usize> {
    let prefix = code.trim_end_matches('#');
    let before = prefix.strip_suffix('r')?;
    let glued = before
        .chars()
        .last()
        .is_some_and(|last| last.is_alphanumeric() || last == '_');
    let byte_or_c = before.ends_with(['b', 'c']);
    (!glued || byte_or_c).then_some(code.len() - prefix.len())
}

/// Skips the rest of a character literal after its opening quote; a lifetime is left as it is.
fn skip_char_literal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next_if_eq(&'\\').is_some() {
        chars.next();
        while chars
            .next_if(|next| *next != '\'' && *next != '\n')
            .is_some()
        {}
        chars.next_if_eq(&'\'');
        return;
    }
    let mut ahead = chars.clone();
    if ahead.next().is_some_and(|char| char != '\n') && ahead.next() == Some('\'') {
        *chars = ahead;
    }
}

/// Marks the items under `#[cfg(test)]` and returns the modules among them that stand in another file.
fn mark_tests(lines: &mut [Line]) -> Vec<String> {
    let mut modules = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let code = lines[index].code.trim();
        if code.starts_with("#![cfg(test)]") {
            lines.iter_mut().for_each(|line| line.in_test = true);
            return modules;
        }
        if !(code.starts_with("#[cfg(test)]") || code.starts_with("#[cfg(all(test")) {
            index += 1;
            continue;
        }
        let (end, item) = item_end(lines, index);
        modules.extend(
            item.trim_end_matches(';')
                .trim()
                .rsplit_once("mod ")
                .map(|(_, name)| name.trim().to_owned())
                .filter(|_| item.ends_with(';')),
        );
        lines[index..=end]
            .iter_mut()
            .for_each(|line| line.in_test = true);
        index = end + 1;
    }
    modules
}

/// Returns the last line of the item that starts with an attribute on line `start`, and its text up to its body.
fn item_end(lines: &[Line], start: usize) -> (usize, String) {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    let mut head = String::new();
    for (index, line) in lines.iter().enumerate().skip(start) {
        for char in line.code.chars() {
            if braces == 0 {
                head.push(char);
            }
            match char {
                '(' | '[' => brackets += 1,
                ')' | ']' => brackets -= 1,
                '{' => braces += 1,
                '}' => {
                    braces -= 1;
                    if braces == 0 && brackets == 0 {
                        return (index, head);
                    }
                }
                ';' if braces == 0 && brackets == 0 => return (index, head),
                _ => {}
            }
        }
        head.push(' ');
    }
    (lines.len() - 1, head.trim_end().to_owned())
}

#[cfg(test)]
mod tests;
