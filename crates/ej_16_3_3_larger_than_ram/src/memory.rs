//! The memory of a process: a limit that it cannot pass, and what it came to.

use nix::sys::resource::{Resource, setrlimit};
use std::io;
use std::path::Path;

/// Refuses this process more than `bytes` of private writable memory: heap and stacks of threads, not mapped files.
///
/// `RLIMIT_DATA` needs no privilege, unlike a control group; and unlike `RLIMIT_AS` it does not count what is only mapped:
/// the program, the input that the Parquet reader maps, the reserves of the allocator. An allocation past it is refused, and
/// Rust then aborts the process.
///
/// # Errors
/// * That of the system: a limit above the one already in force.
pub fn limit_data(bytes: u64) -> io::Result<()> {
    setrlimit(Resource::RLIMIT_DATA, bytes, bytes).map_err(io::Error::from)
}

/// What a process has come to, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Peak {
    /// Resident memory at its highest: anonymous and mapped files.
    pub resident: u64,
    /// Anonymous resident memory at the highest moment that was looked at.
    pub anonymous: u64,
    /// What `RLIMIT_DATA` counts, at the highest moment that was looked at.
    pub data: u64,
    /// What `RLIMIT_AS` counts, at its highest.
    pub mapped: u64,
}

impl Peak {
    /// Looks at a process once more; a process that is gone changes nothing.
    pub fn look(&mut self, process: u32) {
        self.read(&Path::new("/proc").join(process.to_string()).join("status"));
    }

    /// Looks at this process.
    pub fn look_at_self(&mut self) {
        self.read(Path::new("/proc/self/status"));
    }

    fn read(&mut self, status: &Path) {
        let text = std::fs::read_to_string(status).unwrap_or_default();
        for (line, highest) in [
            ("VmHWM:", &mut self.resident),
            ("RssAnon:", &mut self.anonymous),
            ("VmData:", &mut self.data),
            ("VmPeak:", &mut self.mapped),
        ] {
            *highest = (*highest).max(bytes(&text, line).unwrap_or(0));
        }
    }
}

/// A line of `/proc/…/status`, which counts in kibibytes.
fn bytes(status: &str, line: &str) -> Option<u64> {
    let value = status.lines().find_map(|l| l.strip_prefix(line))?;
    let kibibytes: u64 = value.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}
