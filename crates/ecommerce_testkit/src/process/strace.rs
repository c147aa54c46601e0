//! System calls that fail, or kill, on demand: strace's injection, and what its log says of it.

use super::strace_log::{self, Logged};
use super::{Child, ChildError, Finished};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Which of the matching calls is hit. strace counts **for each thread and each call by itself**: with a pool of threads the
/// third `rename` of the process need not be the third of any thread. To hit one step of a whole process: [`Steps`](super::Steps).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Every one.
    Always,
    /// The n-th alone, from 1.
    Nth(u16),
    /// The n-th and all after it.
    From(u16),
    /// The first n.
    UpTo(u16),
}

/// What a run under strace left behind.
#[derive(Debug)]
pub struct Traced {
    /// How the child ended.
    pub finished: Finished,
    /// Each traced call, in the order of the log.
    pub calls: Vec<Logged>,
    /// How many calls were hit: errors that were returned, or processes that were killed.
    pub landed: usize,
}

impl Traced {
    /// How many calls of that name were made.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.calls.iter().filter(|call| call.name == name).count()
    }
}

/// A run under strace: what is traced, what is injected, on which paths.
///
/// ```no_run
/// use ecommerce_testkit::process::{Child, Strace, When};
///
/// let child = Child::new("analytics-ecommerce").args(["--fecha", "2024-01-01"]);
/// let run = Strace::new()?.fail(&["fsync", "fdatasync"], "EIO", When::Always).run(&child)?;
/// assert!(run.landed > 0, "no call was hit: the test proves nothing");
/// assert_eq!(run.finished.code, Some(5));
/// # Ok::<(), ecommerce_testkit::process::ChildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Strace {
    program: PathBuf,
    traced: Vec<String>,
    injected: Vec<String>,
    paths: Vec<PathBuf>,
}

impl Strace {
    /// The strace of this machine.
    ///
    /// # Errors
    /// [`ChildError::StraceMissing`] if there is none in `PATH`.
    pub fn new() -> Result<Self, ChildError> {
        Self::found_in(std::env::var_os("PATH").unwrap_or_default())
    }

    pub(super) fn found_in(path: OsString) -> Result<Self, ChildError> {
        let program = std::env::split_paths(&path)
            .map(|dir| dir.join("strace"))
            .find(|file| file.is_file());
        let program = program.ok_or(ChildError::StraceMissing)?;
        Ok(Self {
            program,
            traced: Vec::new(),
            injected: Vec::new(),
            paths: Vec::new(),
        })
    }

    /// Traces these calls without hurting them: to count how often a file is synced, for instance.
    #[must_use]
    pub fn trace(mut self, calls: &[&str]) -> Self {
        self.traced
            .extend(calls.iter().map(|call| format!("?{call}")));
        self
    }

    /// Makes these calls return `error` (`EIO`, `EACCES`, `ENOSPC`, …) without being made.
    #[must_use]
    pub fn fail(self, calls: &[&str], error: &str, when: When) -> Self {
        self.inject(calls, &format!("error={error}"), when)
    }

    /// Kills the process on entering these calls.
    #[must_use]
    pub fn kill(self, calls: &[&str], when: When) -> Self {
        self.inject(calls, "signal=KILL", when)
    }

    /// Traces and injects only where a call names exactly this path, as the program wrote it, or works on a file opened by
    /// it: not what lies below a directory.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.paths.push(path.as_ref().to_path_buf());
        self
    }

    fn inject(mut self, calls: &[&str], what: &str, when: When) -> Self {
        let set = calls
            .iter()
            .map(|call| format!("?{call}"))
            .collect::<Vec<_>>()
            .join(",");
        let when = match when {
            When::Always => String::new(),
            When::Nth(n) => format!(":when={n}"),
            When::From(n) => format!(":when={n}+"),
            When::UpTo(n) => format!(":when=1..{n}"),
        };
        self.injected.push(format!("inject={set}:{what}{when}"));
        self.trace(calls)
    }

    /// Runs `child` under it, followed through all its threads and children.
    ///
    /// # Errors
    /// - [`ChildError::StraceRefused`] if strace did not start the program: no permission to trace, an unknown error name
    /// - [`ChildError::Capture`] if its log cannot be read
    /// - as [`Child::run`]
    pub fn run(&self, child: &Child) -> Result<Traced, ChildError> {
        let capture = |source| ChildError::Capture {
            stream: "strace log",
            source,
        };
        let log = tempfile::NamedTempFile::new().map_err(capture)?;
        let mut args: Vec<OsString> = ["-f", "-q", "-y", "-s", "256", "-o"]
            .map(OsString::from)
            .into();
        args.push(log.path().into());
        let traced = if self.traced.is_empty() {
            "none".to_owned()
        } else {
            self.traced.join(",")
        };
        for expression in
            std::iter::once(format!("trace={traced}")).chain(self.injected.iter().cloned())
        {
            args.extend(["-e".into(), expression.into()]);
        }
        for path in &self.paths {
            args.extend(["-P".into(), path.into()]);
        }
        args.push("--".into());
        let finished = child.wrapped(&self.program, args).run()?;
        let text = std::fs::read(log.path()).map_err(capture)?;
        let its_own = format!("{}: ", self.program.display());
        let refusal = finished
            .stderr_text()
            .lines()
            .find_map(|line| line.strip_prefix(&its_own).map(str::to_owned));
        if let (true, Some(why)) = (text.is_empty() && finished.code == Some(1), refusal) {
            return Err(ChildError::StraceRefused(why));
        }
        let (calls, killed) = strace_log::read(&String::from_utf8_lossy(&text));
        let kills = if self
            .injected
            .iter()
            .any(|rule| rule.contains("signal=KILL"))
            && !finished.timed_out
        {
            killed
        } else {
            0
        };
        let landed = calls.iter().filter(|call| call.injected).count() + kills.min(1);
        Ok(Traced {
            finished,
            calls,
            landed,
        })
    }
}
