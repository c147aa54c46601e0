//! A writer as a process that one talks to.

use super::wire::{Command, Commit, Line};
use crate::error::FormatError;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a writer may stay silent: Spark needs ten seconds to start, under strace on a loaded machine minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running writer; it is killed when dropped.
pub(super) struct Party {
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    said: Receiver<String>,
}

impl Party {
    /// Starts a program and its arguments. What it says on standard error goes to ours.
    pub(super) fn start(
        name: &'static str,
        program: &[OsString],
        environment: &[(String, String)],
    ) -> Result<Self, FormatError> {
        let (first, arguments) = program
            .split_first()
            .ok_or_else(|| FormatError::program(name, "no se ha dicho qué programa"))?;
        let mut child = std::process::Command::new(first)
            .args(arguments)
            .envs(environment.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| FormatError::program(name, e))?;
        let input = child.stdin.take();
        let (tell, said) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if tell.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self {
            name,
            child,
            input,
            said,
        })
    }

    /// Waits until it is ready; returns the name it gives itself.
    pub(super) fn ready(&mut self) -> Result<String, FormatError> {
        match self.hear()? {
            Line::Listo { motor } => Ok(motor),
            other => Err(FormatError::program(
                self.name,
                format!("dijo {other:?} antes de estar listo"),
            )),
        }
    }

    pub(super) fn tell(&mut self, command: &Command) -> Result<(), FormatError> {
        let name = self.name;
        let input = self
            .input
            .as_mut()
            .ok_or_else(|| FormatError::program(name, "ya no escucha"))?;
        writeln!(input, "{command}")
            .and_then(|()| input.flush())
            .map_err(|e| FormatError::program(name, e))
    }

    /// Every commit it tells of until the command is done.
    pub(super) fn until_done(&mut self) -> Result<Vec<Commit>, FormatError> {
        let mut commits = Vec::new();
        loop {
            match self.hear()? {
                Line::Commit(commit) => commits.push(commit),
                Line::Fin => return Ok(commits),
                Line::Listo { .. } => {
                    return Err(FormatError::program(self.name, "volvió a empezar"));
                }
            }
        }
    }

    /// The one commit of a command that makes one.
    pub(super) fn single(&mut self) -> Result<Commit, FormatError> {
        let commits = self.until_done()?;
        let [commit] = commits.as_slice() else {
            let told = format!("se esperaba un commit y contó {}", commits.len());
            return Err(FormatError::program(self.name, told));
        };
        Ok(commit.clone())
    }

    fn hear(&mut self) -> Result<Line, FormatError> {
        let line = self.said.recv_timeout(PATIENCE).map_err(|_| {
            let state = match self.child.try_wait() {
                Ok(Some(status)) => format!("terminó antes de tiempo: {status}"),
                _ => format!("calla desde hace {} s", PATIENCE.as_secs()),
            };
            FormatError::program(self.name, state)
        })?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Asks it to end and waits for that.
    pub(super) fn end(mut self) -> Result<(), FormatError> {
        self.tell(&Command::End)?;
        drop(self.input.take());
        let status = self
            .child
            .wait()
            .map_err(|e| FormatError::program(self.name, e))?;
        if status.success() {
            Ok(())
        } else {
            Err(FormatError::program(self.name, status))
        }
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // It may end on its own in between; either way there is nobody left to tell.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
