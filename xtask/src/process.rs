//! Child processes: run one, keep its words for the error, and say in Spanish what went wrong.

use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// Returns the command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs `command` quietly and returns its standard output.
///
/// # Errors
/// It cannot be started, or it fails: then the error ends with the last lines it wrote.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("no se puede ejecutar `{}`", shown(command)))?;
    if !done.status.success() {
        let words = String::from_utf8_lossy(&done.stderr).into_owned();
        let words = if words.trim().is_empty() {
            String::from_utf8_lossy(&done.stdout).into_owned()
        } else {
            words
        };
        bail!(
            "`{}` falló ({}): {}",
            shown(command),
            done.status,
            last_lines(&words, 5)
        );
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Runs `command` on this terminal and returns how it ended.
///
/// # Errors
/// It cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .with_context(|| format!("no se puede ejecutar `{}`", shown(command)))
}

/// Returns the exit code that passes a child's end on.
pub(crate) fn passed_on(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Returns the cargo that runs this program, so that the toolchain does not change on the way.
///
/// What cargo told this program about its own package is taken out of the environment: build scripts of `ring` and
/// others watch `CARGO_MANIFEST_DIR` and `CARGO_PKG_*`, and would run again, and rebuild all that stands on them, each
/// time a build changes between `cargo test` and `cargo xtask test`.
pub(crate) fn cargo() -> Command {
    without_package(Command::new(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    ))
}

/// Returns `command` without what cargo told this program about its own package: see [`cargo`].
pub(crate) fn without_package(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_of_this_package(variable: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
        || matches!(
            variable,
            "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
        )
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_quotes_the_childs_last_words() {
        let error = output(Command::new("sh").args(["-c", "echo uno >&2; echo dos >&2; exit 3"]))
            .unwrap_err();
        let text = format!("{error:#}");
        assert!(
            text.contains("uno | dos") && text.contains("falló"),
            "{text}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = output(&mut Command::new("no-hay-tal-programa")).unwrap_err();
        assert!(format!("{error:#}").contains("no-hay-tal-programa"));
    }

    #[test]
    fn the_output_of_a_success_is_returned() {
        assert_eq!(
            output(Command::new("sh").args(["-c", "echo hola"])).unwrap(),
            "hola\n"
        );
    }
}
