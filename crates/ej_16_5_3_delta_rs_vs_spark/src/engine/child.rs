//! An engine in a process of its own: one line of JSON asks, one answers.

use super::{Action, Answer, Engine, Who, first_line};
use crate::{Content, RunError};
use serde::Deserialize;
use serde_json::json;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long one answer may take: the first of Spark's starts the JVM, and a machine may be busy with something else.
const PATIENCE: Duration = Duration::from_secs(900);

/// Lines of standard error that are kept, to say why a child ended.
const LAST_WORDS: usize = 40;

/// An interpreter that runs one of the scripts of `python/`. It is started when it is first asked, and again after it died.
#[derive(Debug)]
pub struct ChildEngine {
    who: Who,
    interpreter: PathBuf,
    script: PathBuf,
    environment: Vec<(String, PathBuf)>,
    running: Option<Running>,
    starts: usize,
}

#[derive(Debug)]
struct Running {
    child: Child,
    asks: ChildStdin,
    answers: Receiver<std::io::Result<String>>,
    words: Arc<Mutex<VecDeque<String>>>,
}

#[derive(Deserialize)]
struct Said {
    contenido: Option<Content>,
    error: Option<String>,
    versiones: Option<Vec<(String, String)>>,
}

impl ChildEngine {
    /// Returns the engine `who` as `script` speaks for it, not started yet.
    pub fn new(who: Who, interpreter: impl Into<PathBuf>, script: impl Into<PathBuf>) -> Self {
        Self {
            who,
            interpreter: interpreter.into(),
            script: script.into(),
            environment: Vec::new(),
            running: None,
            starts: 0,
        }
    }

    /// Returns the same with a variable set for it.
    #[must_use]
    pub fn with(mut self, variable: &str, value: impl Into<PathBuf>) -> Self {
        self.environment.push((variable.to_owned(), value.into()));
        self
    }

    /// Returns how often its process was started: more than once means that a probe killed it.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.starts
    }

    fn start(&mut self) -> Result<&mut Running, RunError> {
        if self.running.is_none() {
            let broken = |source| RunError::Start {
                program: self.interpreter.clone(),
                source,
            };
            let mut child = Command::new(&self.interpreter)
                .arg(&self.script)
                .envs(self.environment.iter().map(|(k, v)| (k, v)))
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .map_err(broken)?;
            let (Some(asks), Some(out), Some(err)) =
                (child.stdin.take(), child.stdout.take(), child.stderr.take())
            else {
                return Err(broken(std::io::Error::other("a pipe is missing")));
            };
            let (tell, answers) = channel();
            thread::spawn(move || {
                for line in BufReader::new(out).lines() {
                    if tell.send(line).is_err() {
                        break;
                    }
                }
            });
            let words = Arc::new(Mutex::new(VecDeque::new()));
            let kept = Arc::clone(&words);
            thread::spawn(move || {
                for line in BufReader::new(err).lines().map_while(Result::ok) {
                    if let Ok(mut kept) = kept.lock() {
                        kept.push_back(line);
                        if kept.len() > LAST_WORDS {
                            kept.pop_front();
                        }
                    }
                }
            });
            self.starts += 1;
            self.running = Some(Running {
                child,
                asks,
                answers,
                words,
            });
        }
        self.running.as_mut().ok_or_else(|| RunError::Broken {
            who: self.who,
            said: "no arrancó".into(),
        })
    }

    /// `Err(words)` inside when the process ended instead of answering.
    fn exchange(&mut self, asked: &serde_json::Value) -> Result<Result<Said, String>, RunError> {
        let who = self.who;
        let running = self.start()?;
        let sent = writeln!(running.asks, "{asked}").and_then(|()| running.asks.flush());
        let heard = match sent {
            Ok(()) => running.answers.recv_timeout(PATIENCE),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        match heard {
            Ok(Ok(line)) => match serde_json::from_str(&line) {
                Ok(said) => Ok(Ok(said)),
                Err(source) => Err(RunError::Answer { who, line, source }),
            },
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(RunError::Silent {
                    who,
                    seconds: PATIENCE.as_secs(),
                    asked: asked.to_string(),
                })
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Ok(Err(self.end())),
        }
    }

    /// Ends the process, if it still runs, and returns how it ended and its last words.
    fn end(&mut self) -> String {
        let Some(mut running) = self.running.take() else {
            return String::new();
        };
        drop(running.asks);
        let mut ended = running.child.try_wait().ok().flatten();
        if ended.is_none() {
            // It closed its output and still runs, or it hangs: both are the end of it.
            let _ = running.child.kill();
            ended = running.child.wait().ok();
        }
        let how = ended.map_or_else(String::new, |status| status.to_string());
        let last = running.words.lock().ok().and_then(|words| {
            let told = words.iter().rev().find(|line| !line.trim().is_empty());
            told.cloned()
        });
        format!("{how}: {}", last.unwrap_or_default())
    }
}

impl Engine for ChildEngine {
    fn who(&self) -> Who {
        self.who
    }

    fn versions(&mut self) -> Result<Vec<(String, String)>, RunError> {
        let who = self.who;
        let broken = |said: String| RunError::Broken { who, said };
        let said = self
            .exchange(&json!({"accion": "versiones"}))?
            .map_err(broken)?;
        said.versiones
            .ok_or_else(|| broken(said.error.unwrap_or_else(|| "no dijo sus versiones".into())))
    }

    fn ask(&mut self, action: Action, key: &str, table: &Path) -> Result<Answer, RunError> {
        let asked = json!({"accion": action, "funcion": key, "tabla": table});
        Ok(match self.exchange(&asked)? {
            Ok(Said {
                error: Some(error), ..
            }) => Err(first_line(&error, table)),
            Ok(said) => Ok(said.contenido.map(Content::ordered)),
            Err(words) => Err(first_line(&format!("el proceso murió, {words}"), table)),
        })
    }
}

/// Closing its input ends a script in order, so Spark can stop; what does not end is killed.
impl Drop for ChildEngine {
    fn drop(&mut self) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        drop(running.asks);
        for _ in 0..200 {
            if matches!(running.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let _ = running.child.kill();
        let _ = running.child.wait();
    }
}
