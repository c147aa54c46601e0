//! The system calls that the standard library does not offer, each as a safe function with one contract.

use std::io;
use std::process::ExitStatus;

/// A process id, as the system counts them.
pub(super) type Pid = libc::pid_t;

/// What can be sent to a child's process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: what Ctrl-C sends.
    Interrupt,
    /// SIGTERM: what a service manager sends first.
    Terminate,
    /// SIGKILL: nobody can catch it; the nearest thing to power loss for a process.
    Kill,
}

impl Signal {
    /// Its number.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Interrupt => libc::SIGINT,
            Self::Terminate => libc::SIGTERM,
            Self::Kill => libc::SIGKILL,
        }
    }
}

/// A limit of the kernel on one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    AddressSpace,
    Data,
    OpenFiles,
    FileSize,
}

/// Sets soft and hard limit of the calling process. Async-signal-safe: one system call, no allocation, no lock.
pub(super) fn set_limit(resource: Resource, value: u64) -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: value,
        rlim_max: value,
    };
    let resource = match resource {
        Resource::AddressSpace => libc::RLIMIT_AS,
        Resource::Data => libc::RLIMIT_DATA,
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::FileSize => libc::RLIMIT_FSIZE,
    };
    // SAFETY: the pointer is to a live, initialised struct of the type that the call reads.
    checked(unsafe { libc::setrlimit(resource, &raw const limit) }).map(drop)
}

/// Lets an interrupt end the calling process again: a shell's background jobs ignore it, and so would all that they start.
/// Async-signal-safe, like [`set_limit`].
pub(super) fn heed_interrupts() -> io::Result<()> {
    // SAFETY: the default action runs no code of ours.
    if unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) } == libc::SIG_ERR {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Sends `signal` to every process of the group that `leader` leads; a group that is gone already is no error.
///
/// The caller must know that `leader` is not reaped yet, or its number may be another's.
pub(super) fn signal_group(leader: Pid, signal: Signal) -> io::Result<()> {
    // SAFETY: no memory is passed; a number that is no group is answered with ESRCH.
    match checked(unsafe { libc::kill(-leader, signal.number()) }) {
        Err(gone) if gone.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        sent => sent.map(drop),
    }
}

/// Blocks until `pid`, a child of this process, has ended, and leaves it unreaped: its number stays its own.
pub(super) fn wait_for_end(pid: Pid) -> io::Result<()> {
    peek(libc::P_PID, pid, libc::WEXITED).map(drop)
}

/// Blocks as waitid(2) does until a process has changed, says which, and leaves the change to be reaped.
pub(super) fn peek(kind: libc::idtype_t, id: Pid, options: i32) -> io::Result<Pid> {
    // SAFETY: all-zero bytes are a valid siginfo_t, a plain C struct that the call fills.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to that live struct; the rest are plain numbers.
    retried(|| unsafe {
        libc::waitid(
            kind,
            id as libc::id_t,
            &raw mut info,
            options | libc::WNOWAIT,
        )
    })?;
    // SAFETY: waitid succeeded and blocks, so it filled the part of the union that holds the process id.
    Ok(unsafe { info.si_pid() })
}

/// Waits as wait4(2) does: the process that changed, how, and (once it ended) the peak of its resident bytes.
pub(super) fn wait(pid: Pid, options: i32) -> io::Result<(Pid, i32, u64)> {
    let mut status = 0;
    // SAFETY: all-zero bytes are a valid rusage, a plain C struct that the call fills.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live variables of the types that the call writes.
    let changed =
        retried(|| unsafe { libc::wait4(pid, &raw mut status, options, &raw mut usage) })?;
    Ok((changed, status, usage.ru_maxrss as u64 * 1024))
}

/// The code or the signal of a wait status that says the process has ended.
pub(super) fn ending(status: i32) -> (Option<i32>, Option<i32>) {
    use std::os::unix::process::ExitStatusExt;
    let status = ExitStatus::from_raw(status);
    (status.code(), status.signal())
}

/// The high-water mark of a living process's resident bytes since it was executed; `None` once it has ended.
pub(super) fn high_water_mark(pid: Pid) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix("kB")?;
    Some(kib.trim().parse::<u64>().ok()? * 1024)
}

pub(super) fn checked(returned: libc::c_int) -> io::Result<libc::c_int> {
    if returned < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(returned)
    }
}

fn retried(mut call: impl FnMut() -> libc::c_int) -> io::Result<libc::c_int> {
    loop {
        match checked(call()) {
            Err(interrupted) if interrupted.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
