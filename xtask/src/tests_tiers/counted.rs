//! Running a test runner: its output passes through, and its own summary lines are counted on the way.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::count::Count;
use crate::process;

/// A runner of tests: how its summary reads, and what its exit codes mean.
#[derive(Clone, Copy)]
pub(super) enum Runner {
    Cargo,
    Pytest,
}

/// pytest's exit code when no test was selected.
const PYTEST_NONE: i32 = 5;

impl Runner {
    /// Runs the command and returns what it counted, and a note when something other than a test failed.
    ///
    /// A runner that fails without a failed test (it does not compile, or a test process died) counts as one failure.
    ///
    /// # Errors
    /// The command cannot be started, or its output cannot be read.
    pub(super) fn run(self, command: &mut Command) -> Result<(Count, String)> {
        println!("\n$ {}", process::shown(command));
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("no se puede ejecutar `{}`", process::shown(command)))?;
        let mut count = Count::default();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = String::from_utf8_lossy(&line?).into_owned();
                match self {
                    Self::Cargo => count.add_cargo_line(&line),
                    Self::Pytest => count.add_pytest_line(&line),
                }
                println!("{line}");
            }
        }
        let status = child.wait()?;
        let nothing_selected = matches!(self, Self::Pytest) && status.code() == Some(PYTEST_NONE);
        if status.success() || nothing_selected || count.failed > 0 {
            return Ok((count, String::new()));
        }
        count.failed = 1;
        Ok((count, format!("no compila o murió: {status}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(runner: Runner, script: &str) -> (Count, String) {
        runner.run(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn the_results_of_every_test_binary_are_added() {
        let script = "echo 'test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out'; \
                      echo 'test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out'; exit 101";
        let expected = Count {
            passed: 7,
            failed: 3,
            skipped: 1,
        };
        assert_eq!(sh(Runner::Cargo, script), (expected, String::new()));
    }

    #[test]
    fn a_build_that_breaks_counts_as_one_failure_and_says_so() {
        let (count, note) = sh(Runner::Cargo, "exit 101");
        assert_eq!(count.failed, 1);
        assert!(note.starts_with("no compila o murió"), "{note}");
    }

    #[test]
    fn output_that_is_no_utf8_does_not_stop_the_count() {
        let script = "printf '\\377\\n'; echo 'test result: ok. 1 passed; 0 failed; 0 ignored'";
        assert_eq!(sh(Runner::Cargo, script).0.passed, 1);
    }

    #[test]
    fn pytest_without_a_selected_test_is_no_failure() {
        assert_eq!(
            sh(Runner::Pytest, "echo '4 deselected in 0.01s'; exit 5").0,
            Count::default()
        );
        assert_eq!(
            sh(Runner::Pytest, "echo '1 error in 0.01s'; exit 2")
                .0
                .failed,
            1
        );
        assert_eq!(sh(Runner::Pytest, "exit 1").0.failed, 1);
    }
}
