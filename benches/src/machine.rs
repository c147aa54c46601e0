//! On what, and from which commit, the numbers were made.

use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;

/// The machine of a run. What cannot be found out says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// CPUs this process may use.
    pub nucleos: usize,
    /// Memory in GiB.
    pub ram_gb: f64,
    /// Operating system and its kernel.
    pub sistema: String,
    /// File system under the input and the outputs.
    pub disco: String,
    /// Load average of the minute before the run: what else the machine was doing.
    pub carga: Option<f64>,
}

const UNKNOWN: &str = "desconocido";

impl Machine {
    /// This machine, with the file system that holds `directory`.
    pub fn current(directory: &Path) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let kernel = read("/proc/sys/kernel/osrelease");
        let system = value_of(&read("/etc/os-release"), '=', "PRETTY_NAME")
            .unwrap_or(std::env::consts::OS.into());
        let kilobytes = value_of(&read("/proc/meminfo"), ':', "MemTotal")
            .and_then(|v| v.split_ascii_whitespace().next()?.parse::<f64>().ok());
        Self {
            cpu: value_of(&read("/proc/cpuinfo"), ':', "model name").unwrap_or(UNKNOWN.into()),
            nucleos: std::thread::available_parallelism().map_or(1, usize::from),
            ram_gb: kilobytes.map_or(0.0, |kb| (kb / 1_048_576.0 * 10.0).round() / 10.0),
            sistema: format!("{} ({})", system.trim_matches('"'), kernel.trim()),
            disco: file_system(&read("/proc/self/mounts"), directory).unwrap_or(UNKNOWN.into()),
            carga: read("/proc/loadavg")
                .split(' ')
                .next()
                .and_then(|load| load.parse().ok()),
        }
    }
}

/// Memory that programs may take before others suffer, in KiB; `None` where the system does not tell.
pub fn available_kb() -> Option<u64> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let value = value_of(&meminfo, ':', "MemAvailable")?;
    value.split_ascii_whitespace().next()?.parse().ok()
}

/// The commit checked out in `root`, with `+cambios` when the tree differs from it; `None` outside git.
pub fn commit(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(arguments)
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let head = git(&["rev-parse", "HEAD"])?;
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|s| !s.is_empty());
    Some(if changed {
        format!("{head}+cambios")
    } else {
        head
    })
}

fn value_of(text: &str, separator: char, key: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.split_once(separator));
    lines
        .map(|(k, v)| (k.trim(), v.trim()))
        .find(|(k, _)| *k == key)
        .map(|(_, v)| v.to_owned())
}

/// The type of the longest mount point above `directory`.
fn file_system(mounts: &str, directory: &Path) -> Option<String> {
    let directory = directory.canonicalize().ok()?;
    let mounted = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let above = mounted.filter(|(point, _)| directory.starts_with(point));
    // The last of equals is the one mounted on top.
    above
        .max_by_key(|(point, _)| point.len())
        .map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_point_above_a_directory_is_its_file_system() {
        let mounts = "dev / ext4 rw 0 0\nproc /proc proc rw 0 0\nt /nowhere tmpfs rw 0 0\n";
        assert_eq!(file_system(mounts, Path::new("/")), Some("ext4".into()));
    }

    #[test]
    fn values_are_found_by_their_key() {
        assert_eq!(
            value_of("model name\t: A B: C\nx : y", ':', "model name"),
            Some("A B: C".into())
        );
        assert_eq!(value_of("PRETTY_NAME=\"L\"", '=', "NAME"), None);
    }
}
