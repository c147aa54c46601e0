//! A child process and the memory it comes to.

use ej_16_3_3_larger_than_ram::Peak;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// How a child ended.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) peak: Peak,
}

/// Between two looks at the child's memory. The resident peak is kept by the system and misses nothing but what comes after the
/// last look; anonymous memory is what was seen.
const EVERY: Duration = Duration::from_millis(4);

/// Runs a child to its end.
pub(crate) fn watch(command: &mut Command) -> io::Result<Watched> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stdout = scope.spawn(|| all(stdout));
        let stderr = scope.spawn(|| all(stderr));
        let mut peak = Peak::default();
        let status = loop {
            peak.look(child.id());
            match child.try_wait()? {
                Some(status) => break status,
                None => thread::sleep(EVERY),
            }
        };
        Ok(Watched {
            status,
            stdout: stdout.join().unwrap_or_default(),
            stderr: stderr.join().unwrap_or_default(),
            peak,
        })
    })
}

fn all(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What could be read before the pipe broke is all there is to report.
    let _ = from.map(|mut from| from.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}
