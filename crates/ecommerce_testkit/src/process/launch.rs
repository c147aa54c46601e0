//! From a description to a running process: limits, group, captured output.

use super::sys::{self, Pid};
use super::{Child, ChildError, ptrace};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A process that was started and is not waited for yet.
#[derive(Debug)]
pub(super) struct Launched {
    pub(super) pid: Pid,
    pub(super) started: Instant,
    /// What the kernel's account of the child's peak begins with: the spawner's own.
    pub(super) rss_floor: u64,
    pub(super) output: Output,
}

/// The files that receive standard output and error.
#[derive(Debug)]
pub(super) struct Output {
    stdout: tempfile::NamedTempFile,
    stderr: tempfile::NamedTempFile,
}

impl Output {
    fn new() -> io::Result<Self> {
        Ok(Self {
            stdout: tempfile::NamedTempFile::new()?,
            stderr: tempfile::NamedTempFile::new()?,
        })
    }

    /// Bytes of standard output so far.
    pub(super) fn stdout_len(&self) -> u64 {
        self.stdout
            .as_file()
            .metadata()
            .map_or(0, |found| found.len())
    }

    /// All of both.
    pub(super) fn read(mut self) -> Result<(Vec<u8>, Vec<u8>), ChildError> {
        Ok((
            whole(self.stdout.as_file_mut(), "stdout")?,
            whole(self.stderr.as_file_mut(), "stderr")?,
        ))
    }
}

fn whole(file: &mut File, stream: &'static str) -> Result<Vec<u8>, ChildError> {
    let mut bytes = Vec::new();
    file.rewind()
        .and_then(|()| file.read_to_end(&mut bytes))
        .map_err(|source| ChildError::Capture { stream, source })?;
    Ok(bytes)
}

/// Starts `child`; with `traced` it stops right after it was executed, traced by the calling thread.
pub(super) fn launch(child: &Child, traced: bool) -> Result<Launched, ChildError> {
    let capture = |source| ChildError::Capture {
        stream: "stdout",
        source,
    };
    let output = Output::new().map_err(capture)?;
    let mut command = Command::new(&child.program);
    command
        .args(&child.args)
        .process_group(0)
        .stdin(input(child)?);
    // Opened anew: a duplicate would share its offset with the reader.
    command
        .stdout(output.stdout.reopen().map_err(capture)?)
        .stderr(output.stderr.reopen().map_err(capture)?);
    if child.clear_env {
        command.env_clear();
    }
    for (key, value) in &child.envs {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    if let Some(dir) = &child.dir {
        command.current_dir(dir);
    }
    let limits = child.limits.clone();
    // SAFETY: between fork and exec the closure makes only system calls (setrlimit, signal, ptrace) on values that exist already;
    // it neither allocates nor takes a lock. An error is a code, which needs no memory either.
    unsafe {
        command.pre_exec(move || {
            limits
                .iter()
                .try_for_each(|&(resource, value)| sys::set_limit(resource, value))?;
            sys::heed_interrupts()?;
            if traced { ptrace::trace_me() } else { Ok(()) }
        });
    }
    let rss_floor = sys::high_water_mark(std::process::id() as Pid).unwrap_or(0);
    let started = Instant::now();
    let spawned = command.spawn().map_err(|source| ChildError::Start {
        program: child.program.clone(),
        source,
    })?;
    Ok(Launched {
        pid: spawned.id() as Pid,
        started,
        rss_floor,
        output,
    })
}

fn input(child: &Child) -> Result<Stdio, ChildError> {
    let Some(bytes) = &child.stdin else {
        return Ok(Stdio::null());
    };
    let file = tempfile::tempfile().and_then(|mut file| {
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(file)
    });
    Ok(file
        .map_err(|source| ChildError::Capture {
            stream: "stdin",
            source,
        })?
        .into())
}
