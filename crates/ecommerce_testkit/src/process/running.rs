//! A child while it runs: watched by two threads, signalled as a group, reaped once.

use super::group::{End, Group};
use super::launch::{Launched, Output};
use super::sys::{self, Signal};
use super::{ChildError, Finished, Trigger};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often a running child is looked at.
const GLANCE: Duration = Duration::from_millis(2);

/// A child that was started. Dropping it kills its group.
#[derive(Debug)]
pub struct Running {
    group: Arc<Group>,
    started: Instant,
    timeout: Duration,
    output: Option<Output>,
    ended: Receiver<io::Result<End>>,
}

impl Running {
    pub(super) fn start(launched: Launched, timeout: Duration) -> Result<Self, ChildError> {
        let Launched {
            pid,
            started,
            rss_floor,
            output,
        } = launched;
        let group = Arc::new(Group::of(pid));
        let (tell, ended) = channel();
        let (stop_sampling, sampling) = channel::<()>();
        let sampled = Arc::new(AtomicU64::new(sys::high_water_mark(pid).unwrap_or(0)));
        let samples = Arc::clone(&sampled);
        thread::spawn(move || {
            while matches!(
                sampling.recv_timeout(GLANCE),
                Err(RecvTimeoutError::Timeout)
            ) {
                samples.fetch_max(sys::high_water_mark(pid).unwrap_or(0), Ordering::Relaxed);
            }
        });
        let watched = Arc::clone(&group);
        thread::spawn(move || {
            let end = watched.watch(started).map(|mut end| {
                let sampled = sampled.load(Ordering::Relaxed);
                if end.peak_rss <= rss_floor && sampled > 0 {
                    end.peak_rss = sampled;
                }
                end
            });
            drop(stop_sampling);
            // Nobody listens any more when the handle was dropped.
            let _ = tell.send(end);
        });
        Ok(Self {
            group,
            started,
            timeout,
            output: Some(output),
            ended,
        })
    }

    /// Its process id, also its group's.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.group.leader as u32
    }

    /// Sends a signal to its group; `false` when it had ended before.
    ///
    /// # Errors
    /// [`ChildError::Observe`] if the system refuses.
    pub fn signal(&self, signal: Signal) -> Result<bool, ChildError> {
        self.group
            .signal(signal)
            .map_err(|source| ChildError::Observe {
                action: "signalled",
                source,
            })
    }

    /// Kills it when `trigger` comes true and returns how it ended: `signal == Some(9)` and not `timed_out` means that the
    /// kill landed, an exit code that it ended first.
    ///
    /// # Errors
    /// As [`Running::wait`].
    pub fn kill_when(self, trigger: &Trigger) -> Result<Finished, ChildError> {
        self.signal_when(Signal::Kill, trigger)
    }

    /// Kills it that long after its start: [`Running::kill_when`] with [`Trigger::After`].
    ///
    /// # Errors
    /// As [`Running::wait`].
    pub fn kill_after(self, time: Duration) -> Result<Finished, ChildError> {
        self.kill_when(&Trigger::After(time))
    }

    /// Signals it when `trigger` comes true, then waits for its end.
    ///
    /// # Errors
    /// As [`Running::wait`].
    pub fn signal_when(
        mut self,
        signal: Signal,
        trigger: &Trigger,
    ) -> Result<Finished, ChildError> {
        let deadline = self.started + self.timeout;
        while Instant::now() < deadline {
            if trigger.is_due(self.started, self.output.as_ref()) {
                self.signal(signal)?;
                break;
            }
            let pause = match trigger {
                Trigger::After(time) => {
                    (self.started + *time).saturating_duration_since(Instant::now())
                }
                _ => Duration::from_micros(200),
            };
            match self
                .ended
                .recv_timeout(pause.min(deadline.saturating_duration_since(Instant::now())))
            {
                Ok(end) => return self.finish(end, false),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.wait()
    }

    /// Waits for its end; when its time is over, its group is killed and the result says `timed_out`.
    ///
    /// # Errors
    /// - [`ChildError::Observe`] if the system refuses to wait
    /// - [`ChildError::Capture`] if its output cannot be read back
    pub fn wait(mut self) -> Result<Finished, ChildError> {
        let left = (self.started + self.timeout).saturating_duration_since(Instant::now());
        match self.ended.recv_timeout(left) {
            Ok(end) => self.finish(end, false),
            Err(_) => {
                let late = self.signal(Signal::Kill)?;
                let end = self
                    .ended
                    .recv()
                    .unwrap_or_else(|gone| Err(io::Error::other(gone)));
                self.finish(end, late)
            }
        }
    }

    fn finish(&mut self, end: io::Result<End>, timed_out: bool) -> Result<Finished, ChildError> {
        let End {
            status,
            peak_rss,
            wall,
        } = end.map_err(|source| ChildError::Observe {
            action: "waited for",
            source,
        })?;
        let (code, signal) = sys::ending(status);
        let (stdout, stderr) = self
            .output
            .take()
            .map_or_else(|| Ok(Default::default()), Output::read)?;
        Ok(Finished {
            code,
            signal,
            timed_out: timed_out && signal == Some(libc::SIGKILL),
            stdout,
            stderr,
            peak_rss,
            wall,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Best effort: a child that ended is left alone, and a refusal cannot be reported from here.
        let _ = self.group.signal(Signal::Kill);
    }
}
