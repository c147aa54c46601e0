//! Counting test results from what the runners say themselves.

use std::fmt;
use std::ops::Add;

/// How many tests passed, failed and were not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Count {
    /// Adds a line of `cargo test`: `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
    pub(super) fn add_cargo_line(&mut self, line: &str) {
        if let Some((_, results)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        {
            self.add_pairs(results.split("; "));
        }
    }

    /// Adds pytest's last line: `2 failed, 3 passed, 1 skipped in 0.12s`, with or without its frame of `=`.
    pub(super) fn add_pytest_line(&mut self, line: &str) {
        if let Some((results, _)) = line.trim_matches(['=', ' ']).rsplit_once(" in ") {
            let parts: Vec<_> = results.split(", ").collect();
            if parts.iter().all(|part| pair(part).is_some()) {
                self.add_pairs(parts.into_iter());
            }
        }
    }

    fn add_pairs<'a>(&mut self, pairs: impl Iterator<Item = &'a str>) {
        for (number, word) in pairs.filter_map(pair) {
            match word {
                "passed" => self.passed += number,
                "failed" | "error" | "errors" => self.failed += number,
                "ignored" | "skipped" => self.skipped += number,
                _ => {}
            }
        }
    }
}

/// Returns the number and the word of `3 passed`.
fn pair(text: &str) -> Option<(usize, &str)> {
    let (number, word) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, word))
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(out, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(line: &str, add: fn(&mut Count, &str)) -> Count {
        let mut count = Count::default();
        add(&mut count, line);
        count
    }

    #[test]
    fn cargo_lines_are_read_and_other_lines_are_not() {
        let line = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s";
        assert_eq!(
            after(line, Count::add_cargo_line),
            Count {
                passed: 5,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(
            after("test a ... ok", Count::add_cargo_line),
            Count::default()
        );
    }

    #[test]
    fn pytest_lines_are_read_with_and_without_frame() {
        assert_eq!(
            after(
                "===== 1 failed, 3 passed, 2 skipped in 0.12s =====",
                Count::add_pytest_line
            ),
            Count {
                passed: 3,
                failed: 1,
                skipped: 2
            }
        );
        assert_eq!(
            after("4 passed, 1 error in 1.00s", Count::add_pytest_line),
            Count {
                passed: 4,
                failed: 1,
                skipped: 0
            }
        );
        assert_eq!(
            after(
                "3 passed, 2 warnings in 70.1s (0:01:10)",
                Count::add_pytest_line
            )
            .passed,
            3
        );
        assert_eq!(
            after("the 3 passed in time", Count::add_pytest_line),
            Count::default()
        );
    }

    #[test]
    fn the_last_line_names_what_was_skipped_only_when_something_was() {
        assert_eq!(
            Count {
                passed: 3,
                failed: 0,
                skipped: 0
            }
            .to_string(),
            "3 passed, 0 failed"
        );
        assert_eq!(
            Count {
                passed: 3,
                failed: 1,
                skipped: 2
            }
            .to_string(),
            "3 passed, 1 failed, 2 skipped"
        );
    }
}
