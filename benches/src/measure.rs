//! One process, timed and weighed with everything it starts.
//!
//! Each run is measured from a process of its own (`duelo medir`, this same program): there the kernel's accounting of
//! waited-for children (`getrusage`) belongs to that run alone, and being a *subreaper* makes orphans ours to wait for. Spark
//! needs it: the JVM outlives the Python that started it, and its CPU time would belong to nobody.
//!
//! * Wall time: a monotonic clock from just before the spawn to the end of the contestant's first process.
//! * CPU time: user + system of the whole tree, orphans included, once all of it has ended.
//! * Memory: see [`crate::proctree`].
//! * Disk: what the kernel charged the tree for as output (`ru_oublock`), at the moment a page is changed: a spill counts even if
//!   its file is gone before anything reaches the disk. Writes to a memory file system count nothing.

use crate::proctree::{INTERVAL, Tree};
use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// `getrusage` counts blocks of 512 bytes.
const BLOCKS_PER_KB: u64 = 2;

/// How long orphans may take to leave before they are killed.
const FAREWELL: Duration = Duration::from_secs(30);

/// What to run and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Program and arguments.
    pub command: Vec<OsString>,
    /// Where its standard output goes.
    pub stdout: PathBuf,
    /// Where its standard error goes.
    pub stderr: PathBuf,
    /// When it is killed.
    pub limit: Duration,
    /// How many CPUs it may use; all if `None`.
    pub cpus: Option<usize>,
    /// Resident memory of the tree at which it is killed, before the system kills something else; none if `None`.
    pub memory_kb: Option<u64>,
}

/// What one run took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Exit code, or `None` when a signal ended it.
    pub code: Option<i32>,
    /// Whether the time limit ended it.
    pub timed_out: bool,
    /// Whether the memory limit ended it.
    pub out_of_memory: bool,
    /// Seconds from spawn to the end of the first process.
    pub wall_s: f64,
    /// Seconds of CPU, user and system, of the tree.
    pub cpu_s: f64,
    /// Peak memory of the tree.
    pub peak_kb: u64,
    /// What the peak cannot exceed.
    pub peak_bound_kb: u64,
    /// What the tree made the system write to disks, files that were deleted again included.
    pub written_kb: u64,
    /// Processes seen.
    pub processes: usize,
    /// Most threads seen at once.
    pub threads: u64,
}

/// Runs the order in this process and waits for its whole tree.
///
/// The process must have no other children and should do nothing else: see [`supervised`].
///
/// # Errors
/// If the program cannot be started, or its output files cannot be created.
pub fn run(order: &Order) -> Result<Measurement> {
    adopt_orphans()?;
    if let Some(cpus) = order.cpus {
        pin_to(cpus)?;
    }
    let (program, arguments) = order
        .command
        .split_first()
        .context("an order needs a program")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command
        .stdout(create(&order.stdout)?)
        .stderr(create(&order.stderr)?);

    let start = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", program.to_string_lossy()))?;
    let sampler = Sampler::start(start + order.limit, order.memory_kb);
    let status = child.wait()?;
    let wall = start.elapsed();
    let Watched {
        tree,
        timed_out,
        out_of_memory,
    } = sampler.stop();
    wait_for_orphans();

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time() + usage.system_time();
    let largest_kb = u64::try_from(usage.max_rss()).unwrap_or(0)
        / if cfg!(target_os = "macos") { 1024 } else { 1 };
    Ok(Measurement {
        code: status.code(),
        timed_out,
        out_of_memory,
        wall_s: wall.as_secs_f64(),
        cpu_s: cpu.tv_sec() as f64 + cpu.tv_usec() as f64 / 1e6,
        peak_kb: tree.peak_kb().max(largest_kb),
        peak_bound_kb: tree.bound_kb().max(largest_kb),
        written_kb: u64::try_from(usage.block_writes()).unwrap_or(0) / BLOCKS_PER_KB,
        processes: tree.processes().max(1),
        threads: tree.threads(),
    })
}

/// Runs the order in a measuring process of its own, started from `runner`, the program that understands `medir`.
///
/// # Errors
/// If the measuring process fails; a contestant that fails is a [`Measurement`] with its code.
pub fn supervised(runner: &Path, order: &Order) -> Result<Measurement> {
    supervise(Command::new(runner), order)
}

/// As [`supervised`], with these variables added to the program's environment.
///
/// # Errors
/// As [`supervised`].
pub fn supervised_with(
    runner: &Path,
    order: &Order,
    environment: &BTreeMap<String, String>,
) -> Result<Measurement> {
    let mut command = Command::new(runner);
    command.envs(environment);
    supervise(command, order)
}

/// As [`supervised`], with `directory` as the program's working directory; the order's files must be absolute.
///
/// # Errors
/// As [`supervised`].
pub fn supervised_in(runner: &Path, order: &Order, directory: &Path) -> Result<Measurement> {
    let mut command = Command::new(runner);
    command.current_dir(directory);
    supervise(command, order)
}

fn supervise(mut command: Command, order: &Order) -> Result<Measurement> {
    command
        .arg("medir")
        .arg("--stdout")
        .arg(&order.stdout)
        .arg("--stderr")
        .arg(&order.stderr);
    command
        .arg("--limite-s")
        .arg(order.limit.as_secs_f64().to_string());
    if let Some(cpus) = order.cpus {
        command.arg("--hilos").arg(cpus.to_string());
    }
    if let Some(kilobytes) = order.memory_kb {
        command.arg("--limite-kb").arg(kilobytes.to_string());
    }
    let output = command
        .arg("--")
        .args(&order.command)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("the measuring process did not report")
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("cannot create {}", path.display()))
}

#[cfg(target_os = "linux")]
fn adopt_orphans() -> Result<()> {
    nix::sys::prctl::set_child_subreaper(true).context("cannot become a subreaper")
}

#[cfg(not(target_os = "linux"))]
fn adopt_orphans() -> Result<()> {
    Ok(())
}

/// Leaves this process, and so its children, the first `cpus` of the CPUs it has.
#[cfg(target_os = "linux")]
fn pin_to(cpus: usize) -> Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let chosen = (0..CpuSet::count())
        .filter(|cpu| allowed.is_set(*cpu).unwrap_or(false))
        .take(cpus);
    let mut set = CpuSet::new();
    let mut granted = 0;
    for cpu in chosen {
        set.set(cpu)?;
        granted += 1;
    }
    ensure!(
        granted == cpus,
        "{cpus} CPUs were asked for and {granted} are there"
    );
    Ok(sched_setaffinity(Pid::from_raw(0), &set)?)
}

#[cfg(not(target_os = "linux"))]
fn pin_to(_cpus: usize) -> Result<()> {
    anyhow::bail!("limiting the CPUs needs Linux")
}

/// Reaps whatever the contestant left behind, so that its CPU time is accounted; kills it when it does not leave.
fn wait_for_orphans() {
    let deadline = Instant::now() + FAREWELL;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {
                if Instant::now() > deadline {
                    kill_tree();
                }
                std::thread::sleep(INTERVAL);
            }
            Ok(_) => {}
            Err(_) => return, // no children are left
        }
    }
}

fn kill_tree() {
    for pid in crate::proctree::descendants(std::process::id()) {
        if let Ok(pid) = i32::try_from(pid) {
            // It may have ended by itself meanwhile.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// What the sampler saw and did.
#[derive(Default)]
struct Watched {
    tree: Tree,
    timed_out: bool,
    out_of_memory: bool,
}

/// The thread that weighs the tree and ends it when its time is up or it has grown too large.
struct Sampler {
    stop: Sender<()>,
    thread: JoinHandle<Watched>,
}

impl Sampler {
    fn start(deadline: Instant, memory_kb: Option<u64>) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut seen = Watched::default();
            loop {
                seen.tree.sample(std::process::id());
                let too_large = memory_kb.is_some_and(|limit| seen.tree.resident_kb() > limit);
                let too_late = Instant::now() > deadline;
                if (too_large || too_late) && !seen.timed_out && !seen.out_of_memory {
                    seen.out_of_memory = too_large;
                    seen.timed_out = !too_large;
                    kill_tree();
                }
                if !matches!(
                    stopped.recv_timeout(INTERVAL),
                    Err(RecvTimeoutError::Timeout)
                ) {
                    return seen;
                }
            }
        });
        Self { stop, thread }
    }

    fn stop(self) -> Watched {
        // The thread only ends by itself if it panicked: then there is no tree to report.
        let _ = self.stop.send(());
        self.thread.join().unwrap_or_default()
    }
}
