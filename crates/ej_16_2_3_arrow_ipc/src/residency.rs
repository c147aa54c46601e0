//! How much of a mapped file is in memory, as the kernel counts it.

use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

/// Bytes of the file at `path` that this process has touched through its maps.
///
/// # Source
/// `/proc/self/smaps` (proc_pid_smaps(5)), field `Rss` of every mapping of that file. The kernel maps up to 16 pages around
/// a fault that are in its cache (`fault_around_bytes`, 64 KiB), so this is an upper bound of what was touched.
///
/// # Errors
/// If `/proc` cannot be read: this is Linux.
pub fn resident_bytes(path: &Path) -> io::Result<u64> {
    let path = path.canonicalize()?;
    let name = path.to_string_lossy();
    let mut inside = false;
    let mut total = 0;
    for line in BufReader::new(std::fs::File::open("/proc/self/smaps")?).lines() {
        let line = line?;
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            // A header is `from-to perms offset dev inode path`; every other line is `Field: value kB`.
            Some(first) if !first.ends_with(':') => inside = line.ends_with(name.as_ref()),
            Some("Rss:") if inside => {
                let kilobytes = words.next().and_then(|word| word.parse::<u64>().ok());
                total += kilobytes.unwrap_or(0) * 1024;
            }
            _ => {}
        }
    }
    Ok(total)
}
