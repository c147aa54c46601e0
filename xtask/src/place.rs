//! Where and when a run was, and the directory of its results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// When a run began, on which machine, of which commit. What cannot be found out says so.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) began: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) ram_gb: f64,
    pub(crate) system: String,
    pub(crate) commit: String,
    pub(crate) rustc: String,
}

impl Place {
    /// This machine, now.
    pub(crate) fn here(root: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let said = |command: &mut Command| {
            let output = process::output(command).ok();
            output.map_or_else(unknown, |text| text.trim().to_owned())
        };
        let git =
            |arguments: &[&str]| said(Command::new("git").arg("-C").arg(root).args(arguments));
        let changed = !git(&["status", "--porcelain", "--untracked-files=no"]).is_empty();
        let system = value_of(&read("/etc/os-release"), '=', "PRETTY_NAME");
        let kilobytes = value_of(&read("/proc/meminfo"), ':', "MemTotal")
            .and_then(|v| v.split_ascii_whitespace().next()?.parse::<f64>().ok());
        Self {
            began: said(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])),
            cpu: value_of(&read("/proc/cpuinfo"), ':', "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            ram_gb: kilobytes.map_or(0.0, |kb| (kb / 1_048_576.0 * 10.0).round() / 10.0),
            system: system.map_or_else(unknown, |name| name.trim_matches('"').to_owned()),
            commit: git(&["rev-parse", "HEAD"]) + if changed { "+cambios" } else { "" },
            rustc: said(Command::new("rustc").arg("--version")),
        }
    }

    /// The directory of its results, below that of all: `2026-11-22-2c24g`, named as `cargo xtask medir` names it.
    ///
    /// # Errors
    /// The clock did not say which day it is.
    pub(crate) fn directory(&self, results: &Path) -> Result<PathBuf> {
        let day = self.began.get(..10).context("no se sabe qué día es")?;
        Ok(results.join(format!("{day}-{}c{:.0}g", self.cores, self.ram_gb)))
    }
}

fn unknown() -> String {
    "desconocido".to_owned()
}

fn value_of(text: &str, separator: char, key: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_into_the_directory_of_its_day_and_machine() {
        let mut place = Place::here(Path::new(env!("CARGO_MANIFEST_DIR")));
        place.began = "2026-11-22T15:00:00Z".to_owned();
        (place.cores, place.ram_gb) = (2, 23.5);
        let directory = place.directory(Path::new("docs/resultados")).unwrap();
        assert_eq!(directory, Path::new("docs/resultados/2026-11-22-2c24g"));
    }

    #[test]
    fn values_are_found_by_their_name() {
        assert_eq!(
            value_of("a: 1\nmodel name\t: X y\n", ':', "model name"),
            Some("X y".to_owned())
        );
        assert_eq!(value_of("a: 1", ':', "b"), None);
    }
}
