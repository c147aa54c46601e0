//! From a contestant to the command that runs it, or to what is missing for it.

use crate::workload::{Contestant, Program};
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the workspace and its tools are.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Root of the workspace.
    pub root: PathBuf,
    /// Where cargo builds, and where environments, jars and outputs live.
    pub target: PathBuf,
    /// The binary to use as `analytics-ecommerce` instead of the one in `target`, or a directory to look for binaries in.
    pub binary: Option<PathBuf>,
    /// Interpreter of the Python tier.
    pub python: Option<PathBuf>,
    /// Interpreter with PySpark.
    pub python_spark: Option<PathBuf>,
}

impl Tools {
    /// The tools of the workspace this program was built in, with the interpreters of `ECOMMERCE_PYTHON` and
    /// `ECOMMERCE_PYTHON_SPARK`, or those that `cargo xtask test` installs.
    pub fn discover(binary: Option<PathBuf>) -> Self {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().unwrap_or(&manifest).to_owned();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let python = interpreter("ECOMMERCE_PYTHON", &root, "python", "requirements.txt");
        let python_spark = interpreter(
            "ECOMMERCE_PYTHON_SPARK",
            &root,
            "spark",
            "requirements-spark.txt",
        );
        Self {
            root,
            target,
            binary,
            python,
            python_spark,
        }
    }

    /// The directory of the contestants' files.
    pub fn peers(&self) -> PathBuf {
        self.root.join("benches/peers")
    }

    /// What Spark lacks to read S3.
    pub fn s3_jars(&self) -> PathBuf {
        std::env::var_os("ECOMMERCE_SPARK_S3_JARS")
            .filter(|v| !v.is_empty())
            .map_or_else(|| self.root.join("target/jars/spark-s3"), PathBuf::from)
    }

    /// The first word of the program's command line and what follows it before the arguments proper.
    ///
    /// # Errors
    /// What is missing, in Spanish, with the command that brings it.
    pub fn launcher(&self, program: &Program) -> Result<Vec<OsString>, String> {
        match *program {
            Program::Native { binary, build } => {
                self.native(binary, build).map(|path| vec![path.into()])
            }
            Program::Python { script, modules } => {
                let python = self
                    .python
                    .as_deref()
                    .ok_or("falta ECOMMERCE_PYTHON: cargo xtask test lo instala")?;
                self.script(python, script, modules)
            }
            Program::Spark { script } => {
                let python = self.python_with_spark()?;
                self.delta_jars()?;
                self.script(python, script, &["pyspark"])
            }
            Program::Jvm { class, delta } => {
                let python = self.python_with_spark()?;
                let jar = std::env::var_os("ECOMMERCE_JVM_JAR")
                    .filter(|v| !v.is_empty())
                    .map_or_else(|| self.target.join("jvm/final.jar"), PathBuf::from);
                if !jar.is_file() {
                    return Err(
                        "no está target/jvm/final.jar: cargo xtask duelo lo compila con javac"
                            .into(),
                    );
                }
                let submit = spark_home(python)?.join("bin/spark-submit");
                let mut command: Vec<OsString> = vec![submit.into()];
                if delta {
                    let memory = std::env::var_os("ECOMMERCE_SPARK_MEMORIA").unwrap_or("4g".into());
                    command.extend([
                        "--driver-memory".into(),
                        memory,
                        "--driver-java-options".into(),
                        "-XX:+UseParallelGC".into(),
                        "--driver-class-path".into(),
                        self.delta_jars()?.join("*").into(),
                    ]);
                }
                command.extend(["--class".into(), class.into(), jar.into()]);
                Ok(command)
            }
        }
    }

    /// The jars with which Spark writes Delta Lake.
    fn delta_jars(&self) -> Result<PathBuf, String> {
        let jars = std::env::var_os("ECOMMERCE_SPARK_JARS")
            .map_or(self.root.join("target/jars/spark"), PathBuf::from);
        if jars.is_dir() {
            Ok(jars)
        } else {
            Err("faltan los jars: mvn -q -f benches/peers/jars-spark.xml dependency:copy-dependencies".into())
        }
    }

    fn python_with_spark(&self) -> Result<&Path, String> {
        let python = self
            .python_spark
            .as_deref()
            .ok_or("falta ECOMMERCE_PYTHON_SPARK: cargo xtask test lo instala")?;
        if !runs(Command::new("java").arg("-version")) {
            return Err("no hay java en el PATH".into());
        }
        Ok(python)
    }

    /// The whole command of a contestant.
    ///
    /// # Errors
    /// Those of [`launcher`](Self::launcher).
    pub fn command(
        &self,
        contestant: &Contestant,
        task: &Task<'_>,
    ) -> Result<Vec<OsString>, String> {
        let mut command = self.launcher(&contestant.program)?;
        command.extend(contestant.arguments.iter().map(|a| match *a {
            "{fecha}" => task.day.into(),
            "{entrada}" => task.input.into(),
            "{salida}" => task.output.into(),
            "{repeticiones}" => task.queries.to_string().into(),
            "{segundos}" => task.seconds.to_string().into(),
            "{memoria_mb}" => task.memory_mb.to_string().into(),
            "{partes}" => u8::from(task.parts).to_string().into(),
            literal => literal.into(),
        }));
        Ok(command)
    }

    /// `text` with this machine's directories replaced by what they are, for results that others read.
    pub fn anonymous(&self, text: &str) -> String {
        let mut out = text.to_owned();
        let known = [
            (self.python.as_deref().and_then(Path::to_str), "python"),
            (
                self.python_spark.as_deref().and_then(Path::to_str),
                "python",
            ),
            (self.target.to_str(), "target"),
            (self.root.to_str(), "."),
        ];
        for (path, name) in known {
            if let Some(path) = path.filter(|p| !p.is_empty()) {
                out = out.replace(path, name);
            }
        }
        out
    }

    fn native(&self, binary: &str, build: &str) -> Result<PathBuf, String> {
        let file = format!("{binary}{}", std::env::consts::EXE_SUFFIX);
        let named = self.binary.iter().map(|given| {
            if given.is_dir() {
                given.join(&file)
            } else {
                given.clone()
            }
        });
        // The first is where `cargo xtask dist` leaves it.
        let built = ["x86_64-unknown-linux-gnu/dist", "dist", "release"]
            .iter()
            .map(|profile| self.target.join(profile).join(&file));
        let mut candidates = named.chain(built);
        // A path given by hand is taken or refused, never silently replaced.
        let found = if self.binary.is_some() {
            candidates.next()
        } else {
            candidates.find(|p| p.is_file())
        };
        found
            .filter(|p| p.is_file())
            .ok_or_else(|| format!("no está {binary}: {build} (o --binario RUTA)"))
    }

    fn script(
        &self,
        python: &Path,
        script: &str,
        modules: &[&str],
    ) -> Result<Vec<OsString>, String> {
        let path = self.peers().join(script);
        if !path.is_file() {
            return Err(format!("no está benches/peers/{script}"));
        }
        for module in modules {
            if !runs(Command::new(python).args(["-c", &format!("import {module}")])) {
                return Err(format!("{} no puede importar {module}", python.display()));
            }
        }
        Ok(vec![python.into(), path.into()])
    }
}

/// What a run is about.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The day, `YYYY-MM-DD`; empty where the input has none.
    pub day: &'a str,
    /// Directory with `fecha=…/`, or the file.
    pub input: &'a Path,
    /// Where the answer goes.
    pub output: &'a Path,
    /// How often the query is done, where the contestant can repeat it.
    pub queries: usize,
    /// When no further one is begun.
    pub seconds: u32,
    /// What the whole process may occupy, in MB, for those that can be told.
    pub memory_mb: u64,
    /// Whether the parts of the work are timed instead of the whole.
    pub parts: bool,
}

/// Where PySpark lies in the environment of this interpreter.
fn spark_home(python: &Path) -> Result<PathBuf, String> {
    let missing = || format!("{} no puede importar pyspark", python.display());
    let said = Command::new(python)
        .args(["-c", "import pyspark; print(pyspark.__path__[0])"])
        .stdin(Stdio::null())
        .output()
        .map_err(|_| missing())?;
    let path = String::from_utf8(said.stdout).map_err(|_| missing())?;
    match path.trim() {
        "" => Err(missing()),
        path => Ok(path.into()),
    }
}

fn runs(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// The interpreter that `variable` names, or the one of the environment that goes with these requirements.
fn interpreter(variable: &str, root: &Path, name: &str, requirements: &str) -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(variable).filter(|v| !v.is_empty()) {
        return Some(given.into());
    }
    let text = std::fs::read(root.join("benches/peers").join(requirements)).ok()?;
    let digest = Sha256::digest(text)
        .iter()
        .take(6)
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    let python = root.join(format!("target/venvs/{name}-{digest}/bin/python"));
    python.is_file().then_some(python)
}
