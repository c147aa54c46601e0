//! What runs outside: the generator, the sessions, and the few words about the machine.

use anyhow::{Context as _, Result, bail, ensure};
use ej_16_4_3_comet::Session;
use ej_16_4_3_comet::workload::Job;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The interpreters and the scripts.
pub(super) struct Environment {
    pub(super) root: PathBuf,
    python: PathBuf,
    python_comet: PathBuf,
}

impl Environment {
    /// The interpreters that `cargo xtask venv` names, from the environment.
    pub(super) fn discover() -> Result<Self> {
        let named = |variable: &str, venv: &str| -> Result<PathBuf> {
            let given = std::env::var_os(variable).filter(|v| !v.is_empty());
            let hint = format!("falta {variable}: export {variable}=$(cargo xtask venv {venv})");
            Ok(given.with_context(|| hint)?.into())
        };
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest
            .ancestors()
            .nth(2)
            .context("the crate stands outside the workspace")?;
        Ok(Self {
            root: root.to_owned(),
            python: named("ECOMMERCE_PYTHON", "python")?,
            python_comet: named("ECOMMERCE_PYTHON_COMET", "comet")?,
        })
    }

    fn script(&self, name: &str) -> PathBuf {
        self.root.join("benches/peers").join(name)
    }

    /// The tables in `directory`, made beside it and moved there whole when it is not there yet.
    pub(super) fn make_data(
        &self,
        directory: &Path,
        sales: u64,
        customers: u64,
        scale: f64,
    ) -> Result<()> {
        if directory.is_dir() {
            return Ok(());
        }
        let making = directory.with_extension("haciendo");
        if making.exists() {
            std::fs::remove_dir_all(&making)
                .with_context(|| format!("no se puede borrar {}", making.display()))?;
        }
        eprintln!("datos: {sales} ventas, {customers} clientes, TPC-H a escala {scale} …");
        let done = Command::new(&self.python)
            .arg(self.script("comet_datos.py"))
            .arg("--salida")
            .arg(&making)
            .args([
                "--ventas",
                &sales.to_string(),
                "--clientes",
                &customers.to_string(),
            ])
            .args(["--sf", &scale.to_string()])
            .status()
            .context("no arranca el intérprete de ECOMMERCE_PYTHON")?;
        ensure!(done.success(), "comet_datos.py salió con {done}");
        std::fs::rename(&making, directory).context("no se pueden dejar los datos en su sitio")
    }

    /// One session: a process of its own, given up after `limit_s` seconds.
    pub(super) fn session(&self, job: &Job, limit_s: u64) -> Result<Session> {
        let work = std::env::temp_dir().join(format!("comet-{}", std::process::id()));
        std::fs::create_dir_all(&work)?;
        let result = self.session_in(&work, job, limit_s);
        std::fs::remove_dir_all(&work).context("no se puede borrar la carpeta de trabajo")?;
        result
    }

    fn session_in(&self, work: &Path, job: &Job, limit_s: u64) -> Result<Session> {
        let (asked, told, words) = (
            work.join("trabajo.json"),
            work.join("sesion.json"),
            work.join("stderr"),
        );
        std::fs::write(&asked, serde_json::to_vec(job)?)?;
        let mut child = Command::new(&self.python_comet)
            .arg(self.script("comet_spark.py"))
            .arg("--trabajo")
            .arg(&asked)
            .arg("--salida")
            .arg(&told)
            .current_dir(work)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&words)?)
            .spawn()
            .context("no arranca el intérprete de ECOMMERCE_PYTHON_COMET")?;
        let status = wait(&mut child, Duration::from_secs(limit_s))?;
        if !status.is_some_and(|s| s.success()) {
            let said = std::fs::read_to_string(&words).unwrap_or_default();
            let lines: Vec<_> = said.lines().filter(|l| !l.trim().is_empty()).collect();
            let last = lines[lines.len().saturating_sub(8)..].join("\n");
            let how = status.map_or("pasó el límite de tiempo".to_owned(), |s| {
                format!("salió con {s}")
            });
            bail!("comet_spark.py {how}:\n{last}");
        }
        Ok(Session::read(&told)?)
    }
}

/// How the child ended; `None` when it was killed for its time. The JVM ends when the process that opened it does.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<std::process::ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The time of day in UTC, as results write it.
pub(super) fn now() -> Result<String> {
    let said = Command::new("date")
        .args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .context("no arranca date")?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// The commit that is checked out, if this is a checkout.
pub(super) fn commit(root: &Path) -> Option<String> {
    let said = Command::new("git")
        .current_dir(root)
        .args(["rev-parse", "HEAD"])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    said.status.success().then_some(text)
}

/// Processor, cores and memory, as far as `/proc` tells.
pub(super) fn machine() -> String {
    let line = |file: &str, key: &str| -> Option<String> {
        let text = std::fs::read_to_string(file).ok()?;
        let found = text.lines().find(|line| line.starts_with(key))?;
        Some(found.split_once(':')?.1.trim().to_owned())
    };
    let cpu = line("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = line("/proc/meminfo", "MemTotal")
        .and_then(|m| m.split_whitespace().next()?.parse::<f64>().ok());
    let memory = memory.map_or(String::new(), |kb| {
        format!(", {:.1} GiB", kb / 1024.0 / 1024.0).replace('.', ",")
    });
    format!("{cpu}, {cores} núcleos{memory}")
}

/// A plan without this machine's directories: of `file:/…/ventas.parquet` the last name stays.
pub(super) fn without_paths(plan: &str) -> String {
    let mut out = String::with_capacity(plan.len());
    let mut rest = plan;
    while let Some(at) = rest.find("file:/") {
        let (before, path) = rest.split_at(at);
        out.push_str(before);
        let end = path.find([']', ',', ' ', '\n', ')']).unwrap_or(path.len());
        out.push_str(path[..end].rsplit('/').next().unwrap_or_default());
        rest = &path[end..];
    }
    out.push_str(rest);
    out
}
