//! A process group that is signalled only while it is ours.

use super::ptrace;
use super::sys::{self, Pid, Signal};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A process group by its leader, signalled only while the leader's number is its own.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) leader: Pid,
    /// Whether the leader is reaped: from then on its number may be another's and is not signalled.
    reaped: Mutex<bool>,
}

/// How a leader ended: its wait status, its peak of resident bytes, its time.
#[derive(Debug)]
pub(super) struct End {
    pub(super) status: i32,
    pub(super) peak_rss: u64,
    pub(super) wall: Duration,
}

impl Group {
    pub(super) fn of(leader: Pid) -> Self {
        Self {
            leader,
            reaped: Mutex::new(false),
        }
    }

    /// Sends to the whole group; `false` if the leader is reaped already.
    pub(super) fn signal(&self, signal: Signal) -> io::Result<bool> {
        let reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        if *reaped {
            return Ok(false);
        }
        sys::signal_group(self.leader, signal).map(|()| true)
    }

    /// Blocks until the leader ends, kills what is left of its group, then lets the number go.
    pub(super) fn watch(&self, started: Instant) -> io::Result<End> {
        sys::wait_for_end(self.leader)?;
        let wall = started.elapsed();
        let mut reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        let swept = sys::signal_group(self.leader, Signal::Kill);
        let (_, status, peak_rss) = sys::wait(self.leader, 0)?;
        *reaped = true;
        swept.map(|()| End {
            status,
            peak_rss,
            wall,
        })
    }

    /// The next change of a tracee of the calling thread, as wait4(2) tells it.
    pub(super) fn reap_next(&self) -> io::Result<(Pid, i32, u64)> {
        let changed = ptrace::next_change()?;
        let mut reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        let change = sys::wait(changed, libc::__WALL)?;
        *reaped |= changed == self.leader && !libc::WIFSTOPPED(change.1);
        Ok(change)
    }
}
