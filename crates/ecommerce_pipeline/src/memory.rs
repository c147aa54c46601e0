//! The memory this process may have, so that a day too large for it ends with an error and not with an abort.

use crate::error::PipelineError;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Looks at the process's memory now and then, and stops the day before a limit is reached.
///
/// An allocation that the system refuses aborts a Rust program, wherever it happens. So the limits that Linux tells of
/// (`RLIMIT_DATA`, `RLIMIT_AS`, the control group's) are compared with what the process holds, between batches; elsewhere
/// there is nothing to compare and the guard does nothing.
///
/// # Cost
/// One read of `/proc/self/status` every 8 batches, and none at all without a limit.
pub struct MemoryGuard {
    bounds: Vec<Bound>,
    calls: AtomicU32,
}

/// A line of `/proc/self/status`, and the bytes it may come to.
struct Bound {
    line: &'static str,
    limit: u64,
}

impl MemoryGuard {
    const EVERY: u32 = 8;
    /// What is kept free: a merge of partial results, and the commits, need it after the last look.
    const RESERVE: u64 = 128 << 20;
    /// With less than this, not even the engines start.
    const LEAST: u64 = 104 << 20;

    /// The limits of this process.
    pub fn of_this_process() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let limits = read("/proc/self/limits");
        let mut bounds = Vec::new();
        for (name, line) in [
            ("Max data size", "VmData:"),
            ("Max address space", "VmSize:"),
        ] {
            bounds.extend(soft_limit(&limits, name).map(|limit| Bound { line, limit }));
        }
        bounds.extend(group_limit(&read("/proc/self/cgroup")).map(|limit| Bound {
            line: "VmRSS:",
            limit,
        }));
        Self {
            bounds,
            calls: AtomicU32::new(0),
        }
    }

    /// Looks at the memory, one call in eight.
    ///
    /// # Errors
    /// * [`PipelineError::OutOfMemory`] if little is left.
    pub fn check(&self) -> Result<(), PipelineError> {
        if self.bounds.is_empty()
            || !self
                .calls
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(Self::EVERY)
        {
            return Ok(());
        }
        self.check_now()
    }

    /// Looks at the memory.
    ///
    /// # Errors
    /// * [`PipelineError::OutOfMemory`] if little is left.
    pub(crate) fn check_now(&self) -> Result<(), PipelineError> {
        self.check_status(&fs::read_to_string("/proc/self/status").unwrap_or_default())
    }

    fn check_status(&self, status: &str) -> Result<(), PipelineError> {
        for Bound { line, limit } in &self.bounds {
            let used = kilobytes(status, line).unwrap_or(0);
            if used.saturating_add(Self::RESERVE.min(limit / 3)) > *limit || *limit < Self::LEAST {
                return Err(PipelineError::OutOfMemory {
                    used,
                    limit: *limit,
                });
            }
        }
        Ok(())
    }
}

/// Descriptors that a run needs beside those of its reading threads, and for each of them.
const DESCRIPTORS: (u64, u64) = (16, 8);

/// How many of the wanted threads the limit of open files has room for.
///
/// Some engines panic where a descriptor is refused, so it is not left to them to find out.
///
/// # Errors
/// * [`PipelineError::Io`] if it has room for none.
pub(crate) fn threads_with_files(wanted: usize) -> Result<usize, PipelineError> {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    soft_limit(&limits, "Max open files").map_or(Ok(wanted), |limit| threads_of(limit, wanted))
}

fn threads_of(limit: u64, wanted: usize) -> Result<usize, PipelineError> {
    const EMFILE: i32 = 24;
    let (base, each) = DESCRIPTORS;
    match usize::try_from(limit.saturating_sub(base) / each).unwrap_or(usize::MAX) {
        0 => Err(PipelineError::Io {
            path: format!("ulimit -n {limit}").into(),
            source: std::io::Error::from_raw_os_error(EMFILE),
        }),
        room => Ok(wanted.min(room)),
    }
}

/// The soft limit in bytes of a line of `/proc/self/limits`, `None` if unlimited.
fn soft_limit(limits: &str, name: &str) -> Option<u64> {
    let line = limits.lines().find_map(|l| l.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The control group's limit in bytes, or that of the nearest group above it that has one.
fn group_limit(membership: &str) -> Option<u64> {
    let path = membership.lines().find_map(|l| l.strip_prefix("0::"))?;
    let root = Path::new("/sys/fs/cgroup");
    let group = root.join(path.trim_start_matches('/'));
    group
        .ancestors()
        .take_while(|directory| directory.starts_with(root))
        .filter_map(|directory| fs::read_to_string(directory.join("memory.max")).ok())
        .filter_map(|text| text.trim().parse().ok())
        .min()
}

fn kilobytes(status: &str, line: &str) -> Option<u64> {
    let value = status.lines().find_map(|l| l.strip_prefix(line))?;
    let kilobytes: u64 = value.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_linux_writes_them() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max data size             536870912            unlimited            bytes     \n\
                      Max address space         unlimited            unlimited            bytes     \n";
        assert_eq!(soft_limit(limits, "Max data size"), Some(512 << 20));
        assert_eq!(soft_limit(limits, "Max address space"), None);
        assert_eq!(
            kilobytes("VmPeak:\t 9 kB\nVmData:\t  2048 kB\n", "VmData:"),
            Some(2 << 20)
        );
        assert_eq!(group_limit("0::/no/such/group\n"), group_limit("0::/\n"));
    }

    #[test]
    fn few_descriptors_mean_fewer_threads_and_too_few_an_error() {
        assert_eq!(threads_of(1_024, 8).unwrap(), 8);
        assert_eq!(threads_of(64, 8).unwrap(), 6);
        assert_eq!(threads_of(24, 8).unwrap(), 1);
        let error = threads_of(23, 8).unwrap_err();
        assert_eq!(error.class(), crate::ErrorClass::Resource);
    }

    #[test]
    fn the_day_stops_while_128_mib_are_left() {
        let guard = |limit| MemoryGuard {
            bounds: vec![Bound {
                line: "VmData:",
                limit,
            }],
            calls: AtomicU32::new(0),
        };
        let status = "VmData:\t 409600 kB\n";
        assert!(guard(600 << 20).check_status(status).is_ok());
        assert!(matches!(
            guard(512 << 20).check_status(status),
            Err(PipelineError::OutOfMemory { used, limit }) if used == 400 << 20 && limit == 512 << 20
        ));
    }
}
