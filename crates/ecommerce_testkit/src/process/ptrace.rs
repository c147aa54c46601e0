//! The few requests of ptrace(2) that [`Steps`](super::Steps) needs, as safe functions on one event loop.
//!
//! A tracee belongs to the thread that started it, so launching and following happen on one thread, and that thread waits
//! for its own tracees only: children of other tests in the same process are never taken away.

use super::group::Group;
use super::sys::{self, Pid, Signal, checked};
use std::collections::HashSet;
use std::io;

const OPTIONS: i32 = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACEEXEC
    // What is still alive when the tracing thread ends, ends with it.
    | libc::PTRACE_O_EXITKILL;
const SYSCALL_STOP: i32 = libc::SIGTRAP | 0x80;

/// A system call that a tracee is about to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) thread: Pid,
    pub(super) number: i64,
    pub(super) args: [u64; 6],
}

/// Asks to be traced by the thread that forked. For use between fork and exec: one system call.
pub(super) fn trace_me() -> io::Result<()> {
    request(libc::PTRACE_TRACEME, 0, 0)
}

/// Follows the group's leader and all it starts until the leader ends: its wait status and peak resident bytes.
/// `goes_on` is asked before every system call; at its first `false` the group is killed and that call is never made.
pub(super) fn follow(
    group: &Group,
    mut goes_on: impl FnMut(Entry) -> bool,
) -> io::Result<(i32, u64)> {
    let mut known = HashSet::new();
    let mut killed = false;
    loop {
        let (thread, status, peak_rss) = group.reap_next()?;
        if !libc::WIFSTOPPED(status) {
            if thread == group.leader {
                return Ok((status, peak_rss));
            }
            continue;
        }
        let first = known.insert(thread);
        let deliver = match libc::WSTOPSIG(status) {
            SYSCALL_STOP if !killed => {
                killed = entry(thread)?.is_some_and(|entry| !goes_on(entry));
                if killed {
                    group.signal(Signal::Kill)?;
                }
                0
            }
            libc::SIGTRAP if first && thread == group.leader => {
                gone_is_fine(request(libc::PTRACE_SETOPTIONS, thread, OPTIONS as usize))?;
                0
            }
            // A new tracee begins with a SIGSTOP that is the tracer's own.
            libc::SIGSTOP if first => 0,
            SYSCALL_STOP | libc::SIGTRAP => 0,
            signal => signal,
        };
        // A killed tracee is not resumed: the kernel ends it where it stands, before its call.
        if !killed {
            gone_is_fine(request(libc::PTRACE_SYSCALL, thread, deliver as usize))?;
        }
    }
}

/// The call that a thread stopped before; `None` when it stopped after one, or was killed meanwhile.
fn entry(thread: Pid) -> io::Result<Option<Entry>> {
    // SAFETY: all-zero bytes are a valid ptrace_syscall_info, a plain C struct that the request fills.
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    let size = size_of::<libc::ptrace_syscall_info>();
    // SAFETY: the request writes at most `size` bytes to the live struct that the pointer names.
    let told = unsafe { libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, thread, size, &raw mut info) };
    if told < 0 {
        return gone_is_fine(Err(io::Error::last_os_error())).map(|()| None);
    }
    if info.op != libc::PTRACE_SYSCALL_INFO_ENTRY {
        return Ok(None);
    }
    // SAFETY: `op` says that the kernel filled `entry` of the union.
    let call = unsafe { info.u.entry };
    Ok(Some(Entry {
        thread,
        number: call.nr as i64,
        args: call.args,
    }))
}

fn request(request: libc::c_uint, thread: Pid, data: usize) -> io::Result<()> {
    // SAFETY: the requests made through here (TRACEME, SETOPTIONS, SYSCALL) read `data` as a number and write no memory.
    let answered = unsafe {
        libc::ptrace(
            request,
            thread,
            std::ptr::null_mut::<libc::c_void>(),
            data as *mut libc::c_void,
        )
    };
    checked(answered as libc::c_int).map(drop)
}

/// A tracee may be killed at any moment; its end is reported by the next wait.
fn gone_is_fine(answer: io::Result<()>) -> io::Result<()> {
    match answer {
        Err(gone) if gone.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        other => other,
    }
}

/// Blocks until a tracee or child of the calling thread changes state and says which, leaving the change to be reaped.
pub(super) fn next_change() -> io::Result<Pid> {
    sys::peek(
        libc::P_ALL,
        0,
        libc::WEXITED | libc::WSTOPPED | libc::__WALL | libc::__WNOTHREAD,
    )
}
