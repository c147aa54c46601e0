#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ending;
mod killing;
mod limits;
mod nivel_strace;
mod stepping;
mod strace_log;

use super::*;
use std::path::Path;
use std::time::{Duration, Instant};

/// A shell that runs `script`, for a minute at most.
fn shell(script: &str) -> Child {
    Child::new("sh")
        .args(["-c", script])
        .timeout(Duration::from_secs(60))
}

/// Whether `done` comes true within ten seconds.
fn soon(mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if done() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

/// Whether a process is gone, or dead and only waiting to be reaped by another.
fn is_gone(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"))
        .unwrap_or_default();
    status
        .rsplit_once(')')
        .is_none_or(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}
