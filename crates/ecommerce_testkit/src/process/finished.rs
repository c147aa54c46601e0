//! What remains of a child that ended.

use std::fmt;
use std::time::Duration;

/// How a child ended and what it left behind.
#[derive(Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Whether it was killed because its time was over.
    pub timed_out: bool,
    /// All it wrote to standard output.
    pub stdout: Vec<u8>,
    /// All it wrote to standard error.
    pub stderr: Vec<u8>,
    /// The most memory it held resident, in bytes: it alone, or the largest of the children that it waited for.
    ///
    /// The kernel's own account, which begins at the size of the process that spawned it. Where the child stayed below that,
    /// the highest of samples taken every few milliseconds, which may miss a short peak; where it ended before the first
    /// sample, the spawner's size stands as an upper bound.
    pub peak_rss: u64,
    /// From its start to its end.
    pub wall: Duration,
}

impl Finished {
    /// Whether it exited with code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Whether it ended as no program of ours may: a panic (101), an abort or a fault (134, 139, or the signals
    /// themselves), a trap or an illegal instruction. A kill from outside is none of these.
    #[must_use]
    pub fn crashed(&self) -> bool {
        let faults = [
            libc::SIGABRT,
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGILL,
            libc::SIGFPE,
            libc::SIGTRAP,
            libc::SIGSYS,
        ];
        let by_code = self
            .code
            .is_some_and(|code| code == 101 || faults.iter().any(|fault| code == 128 + fault));
        by_code || self.signal.is_some_and(|signal| faults.contains(&signal))
    }

    /// Standard output as text, what is not UTF-8 replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text, what is not UTF-8 replaced.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// How often `needle` occurs in both outputs together: 0 is what a test of secrets asks for.
    ///
    /// # Panics
    /// If `needle` is empty.
    #[must_use]
    pub fn occurrences(&self, needle: impl AsRef<[u8]>) -> usize {
        let needle = needle.as_ref();
        assert!(!needle.is_empty(), "an empty needle occurs everywhere");
        [&self.stdout, &self.stderr]
            .iter()
            .map(|text| {
                text.windows(needle.len())
                    .filter(|part| *part == needle)
                    .count()
            })
            .sum()
    }
}

/// One line of how it ended, then the last part of both outputs: what an assertion's message needs.
impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match (self.timed_out, self.code, self.signal) {
            (true, ..) => "killed: out of time".to_owned(),
            (_, Some(code), _) => format!("exit code {code}"),
            (_, None, Some(signal)) => format!("signal {signal}"),
            (_, None, None) => "unknown end".to_owned(),
        };
        writeln!(
            f,
            "{end} after {:?}, peak {} KiB",
            self.wall,
            self.peak_rss / 1024
        )?;
        for (name, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let tail = &bytes[bytes.len().saturating_sub(4000)..];
            writeln!(
                f,
                "--- {name} ({} bytes)\n{}",
                bytes.len(),
                String::from_utf8_lossy(tail)
            )?;
        }
        Ok(())
    }
}
