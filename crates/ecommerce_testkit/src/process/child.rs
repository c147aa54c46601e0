//! What to run and under which limits.

use super::launch::{Launched, launch};
use super::sys::Resource;
use super::{ChildError, Finished, Running};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A program with its arguments, environment, input and limits. A value: cloned, it can be run any number of times.
///
/// It runs in a process group of its own. Whatever of that group still lives when the program ends is killed, so a test
/// leaves nothing behind; its output goes to unnamed files, so it can neither block on a full pipe nor hold a reader.
#[derive(Debug, Clone)]
pub struct Child {
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) envs: Vec<(OsString, Option<OsString>)>,
    pub(super) clear_env: bool,
    pub(super) dir: Option<PathBuf>,
    pub(super) limits: Vec<(Resource, u64)>,
    pub(super) timeout: Duration,
    pub(super) stdin: Option<Vec<u8>>,
}

impl Child {
    /// A child that runs `program` (looked up in `PATH` unless it has a slash) with this process's environment, an
    /// empty standard input, no limits, and two minutes of time.
    #[must_use]
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().to_path_buf(),
            args: Vec::new(),
            envs: Vec::new(),
            clear_env: false,
            dir: None,
            limits: Vec::new(),
            timeout: Duration::from_secs(120),
            stdin: None,
        }
    }

    /// One argument more.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Several arguments more.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs
            .push((key.as_ref().to_owned(), Some(value.as_ref().to_owned())));
        self
    }

    /// Sets several variables: what `storage_options()` of the S3 server returns, for instance.
    #[must_use]
    pub fn envs(
        self,
        vars: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Self {
        vars.into_iter()
            .fold(self, |child, (key, value)| child.env(key, value))
    }

    /// Takes a variable out of its environment.
    #[must_use]
    pub fn env_remove(mut self, key: impl AsRef<OsStr>) -> Self {
        self.envs.push((key.as_ref().to_owned(), None));
        self
    }

    /// Starts from an empty environment; variables set before are forgotten, those set after count.
    #[must_use]
    pub fn env_clear(mut self) -> Self {
        self.clear_env = true;
        self.envs.clear();
        self
    }

    /// Runs it in `dir`.
    #[must_use]
    pub fn current_dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_path_buf());
        self
    }

    /// Limits its address space (RLIMIT_AS): all that it maps, also what it never touches, such as the stacks of threads
    /// and mapped files. Allocation past it fails; nothing is killed.
    #[must_use]
    pub fn limit_memory(self, bytes: u64) -> Self {
        self.limit(Resource::AddressSpace, bytes)
    }

    /// Limits its private writable memory (RLIMIT_DATA): heap and stacks of threads, not mapped files. Nearer to what it uses
    /// than the address space; the peak itself is [`Finished::peak_rss`].
    #[must_use]
    pub fn limit_data(self, bytes: u64) -> Self {
        self.limit(Resource::Data, bytes)
    }

    /// Limits its open files (RLIMIT_NOFILE), the three standard ones included: `ulimit -n`.
    #[must_use]
    pub fn limit_files(self, files: u64) -> Self {
        self.limit(Resource::OpenFiles, files)
    }

    /// Limits the length of any file that it writes (RLIMIT_FSIZE), captured output included. Past it a write fails with EFBIG,
    /// if the program ignores SIGXFSZ, or the signal ends it.
    #[must_use]
    pub fn limit_file_size(self, bytes: u64) -> Self {
        self.limit(Resource::FileSize, bytes)
    }

    /// The time after which its whole group is killed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The bytes that it reads from standard input.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    fn limit(mut self, resource: Resource, value: u64) -> Self {
        self.limits.push((resource, value));
        self
    }

    /// The same child as an argument of another program: `wrapper wrapper_args… program args…`.
    pub(super) fn wrapped(&self, wrapper: impl Into<PathBuf>, wrapper_args: Vec<OsString>) -> Self {
        let mut wrapped = self.clone();
        wrapped.program = wrapper.into();
        wrapped.args = wrapper_args;
        wrapped.args.push(self.program.clone().into_os_string());
        wrapped.args.extend(self.args.iter().cloned());
        wrapped
    }

    pub(super) fn launch(&self, traced: bool) -> Result<Launched, ChildError> {
        launch(self, traced)
    }

    /// Runs it to its end, or to the end of its time.
    ///
    /// # Errors
    /// - [`ChildError::Start`] if the program cannot be executed or a limit cannot be set
    /// - [`ChildError::Capture`] if its input or output files cannot be made or read
    /// - [`ChildError::Observe`] if the system refuses to wait for it
    pub fn run(&self) -> Result<Finished, ChildError> {
        self.spawn()?.wait()
    }

    /// Starts it and returns at once. The value kills the group when it is dropped.
    ///
    /// # Errors
    /// As [`Child::run`].
    pub fn spawn(&self) -> Result<Running, ChildError> {
        Running::start(self.launch(false)?, self.timeout)
    }
}
