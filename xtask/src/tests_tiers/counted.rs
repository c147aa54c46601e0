//! Running a test runner: its output passes through, and its own summary lines are counted on the way.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, IsTerminal, Read};
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
    /// Runs the command and returns what it counted, and a note that names what failed.
    ///
    /// A runner that fails without a failed test (it does not compile, or a test process died) counts as one failure.
    ///
    /// # Errors
    /// The command cannot be started, or its output cannot be read.
    pub(super) fn run(self, command: &mut Command) -> Result<(Count, String)> {
        println!("\n$ {}", process::shown(command));
        if std::io::stderr().is_terminal() {
            // It would ask its own standard error, which is a pipe.
            command.env("CARGO_TERM_COLOR", "always");
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("no se puede ejecutar `{}`", process::shown(command)))?;
        let errors = child
            .stderr
            .take()
            .map(|stderr| std::thread::spawn(move || targets(stderr)));
        let mut count = Count::default();
        let mut failed = Vec::new();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = String::from_utf8_lossy(&line?).into_owned();
                match self {
                    Self::Cargo => count.add_cargo_line(&line),
                    Self::Pytest => count.add_pytest_line(&line),
                }
                failed.extend(self.failed_test(&line).map(str::to_owned));
                println!("{line}");
            }
        }
        let status = child.wait()?;
        if let Some(errors) = errors {
            failed.extend(errors.join().unwrap_or_default());
        }
        let nothing_selected = matches!(self, Self::Pytest) && status.code() == Some(PYTEST_NONE);
        if status.success() || nothing_selected {
            return Ok((count, String::new()));
        }
        if count.failed == 0 {
            count.failed = 1;
            failed.insert(0, format!("no compila o murió: {status}"));
        }
        Ok((count, failed.join(", ")))
    }

    /// Returns the name of the test that this line says has failed.
    fn failed_test(self, line: &str) -> Option<&str> {
        match self {
            Self::Cargo => line.strip_prefix("test ")?.strip_suffix(" ... FAILED"),
            Self::Pytest => line.strip_prefix("FAILED ")?.split(" - ").next(),
        }
    }
}

/// How many of a dead process's last lines are told with its signal.
const LAST_WORDS: usize = 3;

/// Passes the runner's standard error on, and returns the targets that cargo says have failed, how their processes ended and, of
/// one that a signal killed, its last words: a stack that overflowed says so there, and nowhere else.
fn targets(stderr: impl Read) -> Vec<String> {
    let mut found = Vec::new();
    let mut words: VecDeque<String> = VecDeque::new();
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        eprintln!("{line}");
        let said = line.trim();
        if let Some((_, rest)) = line.split_once("to rerun pass `") {
            found.extend(rest.split('`').next().map(str::to_owned));
        } else if line.contains("process didn't exit successfully")
            && let Some((_, how)) = line.rsplit_once('(')
        {
            found.extend(how.split(')').next().map(str::to_owned));
            if how.starts_with("signal") {
                found.extend(words.drain(..));
            }
        } else if said.starts_with("Running ") {
            words.clear();
        } else if !said.is_empty() && said != "Caused by:" {
            words.extend([said.to_owned()]);
            if words.len() > LAST_WORDS {
                words.pop_front();
            }
        }
    }
    found
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
    fn what_failed_is_named() {
        let script = "echo 'test a::b ... ok'; echo 'test a::c ... FAILED'; \
                      echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; \
                      echo 'error: test failed, to rerun pass `-p a --lib`' >&2; exit 101";
        assert_eq!(sh(Runner::Cargo, script).1, "a::c, -p a --lib");
        let script = "echo 'FAILED tests/test_a.py::test_b - assert 1 == 2'; echo '1 failed in 0.01s'; exit 1";
        assert_eq!(sh(Runner::Pytest, script).1, "tests/test_a.py::test_b");
    }

    #[test]
    fn a_test_process_that_died_is_named_with_its_signal_and_its_last_words() {
        let script = "echo 'running 2 tests'; echo 'noise of another' >&2; \
                      echo '     Running tests/it.rs (target/debug/deps/it)' >&2; \
                      echo 'thread '\\''a::b'\\'' has overflowed its stack' >&2; \
                      echo 'fatal runtime error: stack overflow, aborting' >&2; echo 'error: test failed, to rerun pass `-p a --test it`' >&2; \
                      echo '  process didn'\\''t exit successfully: `it` (signal: 6, SIGABRT: process abort signal)' >&2; exit 101";
        let (count, note) = sh(Runner::Cargo, script);
        assert_eq!(count.failed, 1);
        assert!(
            note.ends_with(
                "-p a --test it, signal: 6, SIGABRT: process abort signal, thread 'a::b' has overflowed its stack, \
                 fatal runtime error: stack overflow, aborting"
            ),
            "{note}"
        );
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
