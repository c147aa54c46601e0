//! Killed before the n-th step: system calls of a set, counted over all threads and processes of the child.

use super::calls::{self, Known};
use super::group::Group;
use super::launch::Launched;
use super::ptrace::{self, Entry};
use super::sys::{self, Pid, Signal};
use super::{Child, ChildError, Finished};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A system call that was counted: its name and the paths among its arguments, as the program wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name, as in the manual.
    pub name: &'static str,
    /// Its path arguments in order; empty for calls on open files.
    pub paths: Vec<PathBuf>,
}

/// How a run under [`Steps`] went.
#[derive(Debug)]
pub struct Stepped {
    /// How the child ended.
    pub finished: Finished,
    /// The counted calls in the order they were entered; the last is the one never made, when the kill landed.
    pub calls: Vec<Call>,
    /// Whether the kill landed: the n-th call was about to be made.
    pub landed: bool,
}

/// The steps of a program at which it is killed, one per run.
///
/// strace counts `when=N` for each thread and each call by itself, so with a pool of threads its N-th step may never
/// come; here one counter serves all. The kill comes on entering the call, which is therefore not made.
///
/// ```no_run
/// use ecommerce_testkit::process::{Child, Steps};
///
/// let child = Child::new("analytics-ecommerce").args(["--fecha", "2024-01-01"]);
/// let steps = Steps::namespace().under("/tmp/lake");
/// let whole = steps.count(&child)?;
/// for n in 1..=whole.calls.len() {
///     let run = steps.kill_at(n, &child)?;
///     assert!(run.landed, "step {n} of {:?} was not reached", whole.calls);
///     // … the table is exactly the old or the new one …
/// }
/// # Ok::<(), ecommerce_testkit::process::ChildError>(())
/// ```
///
/// # Cost
/// Two stops per system call of the child, of any kind: some ten microseconds each.
#[derive(Debug, Clone)]
pub struct Steps {
    calls: Vec<&'static Known>,
    under: Option<PathBuf>,
}

impl Steps {
    /// The calls with these names. A name of an older pair that this machine lacks (`rename` where there is only
    /// `renameat`) counts nothing.
    ///
    /// # Errors
    /// [`ChildError::UnknownCall`] if a name is not among those that can be counted.
    pub fn of(names: &[&str]) -> Result<Self, ChildError> {
        let calls = calls::named(names)?;
        Ok(Self { calls, under: None })
    }

    /// All that changes which files there are: rename, link, unlink, mkdir and rmdir in all their forms.
    #[must_use]
    pub fn namespace() -> Self {
        Self {
            calls: calls::namespace(),
            under: None,
        }
    }

    /// Counts only calls one of whose path arguments begins with `dir`, as the program wrote it.
    #[must_use]
    pub fn under(mut self, dir: impl AsRef<Path>) -> Self {
        self.under = Some(dir.as_ref().to_path_buf());
        self
    }

    /// Runs `child` whole and counts.
    ///
    /// # Errors
    /// As [`Child::run`], and [`ChildError::Observe`] where the system does not let a process trace its own child.
    pub fn count(&self, child: &Child) -> Result<Stepped, ChildError> {
        self.run(child, None)
    }

    /// Runs `child` and kills its group before the `n`-th counted call, `n` from 1.
    ///
    /// # Errors
    /// As [`Steps::count`].
    pub fn kill_at(&self, n: usize, child: &Child) -> Result<Stepped, ChildError> {
        self.run(child, Some(n))
    }

    fn run(&self, child: &Child, kill_at: Option<usize>) -> Result<Stepped, ChildError> {
        let broken = || ChildError::Observe {
            action: "traced",
            source: io::Error::other("the tracing thread panicked"),
        };
        thread::scope(|scope| {
            scope
                .spawn(|| self.trace(child, kill_at))
                .join()
                .unwrap_or_else(|_| Err(broken()))
        })
    }

    /// On a thread of its own, because a tracee belongs to a thread and its leftovers end with it.
    fn trace(&self, child: &Child, kill_at: Option<usize>) -> Result<Stepped, ChildError> {
        let Launched {
            pid,
            started,
            output,
            ..
        } = child.launch(true)?;
        let group = Arc::new(Group::of(pid));
        let late = kill_late(Arc::clone(&group), child.timeout);
        let mut calls = Vec::new();
        let followed = ptrace::follow(&group, |entry| match self.counted(entry) {
            Some(call) => {
                calls.push(call);
                kill_at != Some(calls.len())
            }
            None => true,
        });
        let wall = started.elapsed();
        let timed_out = late();
        let (status, peak_rss) = followed.map_err(|source| ChildError::Observe {
            action: "traced",
            source,
        })?;
        let (code, signal) = sys::ending(status);
        let (stdout, stderr) = output.read()?;
        let finished = Finished {
            code,
            signal,
            timed_out,
            stdout,
            stderr,
            peak_rss,
            wall,
        };
        let landed = kill_at == Some(calls.len()) && signal == Some(libc::SIGKILL);
        Ok(Stepped {
            finished,
            calls,
            landed,
        })
    }

    fn counted(&self, entry: Entry) -> Option<Call> {
        let known = self
            .calls
            .iter()
            .find(|known| known.number == entry.number)?;
        let paths: Vec<PathBuf> = known
            .paths
            .iter()
            .map(|&at| text_at(entry.thread, entry.args[at]))
            .collect();
        let inside = self
            .under
            .as_ref()
            .is_none_or(|dir| paths.iter().any(|path| path.starts_with(dir)));
        inside.then_some(Call {
            name: known.name,
            paths,
        })
    }
}

/// Kills the group when its time is over; the returned function stops the clock and says whether it rang.
fn kill_late(group: Arc<Group>, timeout: Duration) -> impl FnOnce() -> bool {
    let (stop, stopped) = channel::<()>();
    let clock = thread::spawn(move || {
        let late = matches!(
            stopped.recv_timeout(timeout),
            Err(RecvTimeoutError::Timeout)
        );
        late && group.signal(Signal::Kill).unwrap_or(false)
    });
    move || {
        drop(stop);
        clock.join().unwrap_or(false)
    }
}

/// The text that ends with NUL at an address of a stopped thread; empty if it cannot be read.
fn text_at(thread: Pid, address: u64) -> PathBuf {
    let mut text = vec![0u8; libc::PATH_MAX as usize];
    let read = File::open(format!("/proc/{thread}/mem"))
        .and_then(|memory| memory.read_at(&mut text, address))
        .unwrap_or(0);
    text.truncate(text[..read].iter().position(|byte| *byte == 0).unwrap_or(0));
    PathBuf::from(OsString::from_vec(text))
}
