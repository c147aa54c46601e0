//! rustc on programs of a few lines, with a library that the running test was built with: what does not compile, and why.
//!
//! trybuild does as much by compiling all dependencies again, which for an engine takes minutes; here nothing is built anew.

use crate::temp::{self, TempDir};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// A compiler that knows one library.
#[derive(Debug)]
pub struct Compiler {
    dir: TempDir,
    dependencies: PathBuf,
    name: &'static str,
    library: PathBuf,
}

impl Compiler {
    /// The compiler, and the newest build of the crate `name` beside the running test with which `witness` compiles: one with fewer
    /// features, built for another crate, may lie there too.
    ///
    /// # Errors
    /// * No build of it lies there, or none compiles the witness: what the compiler said of each.
    /// * The directory cannot be read, the temporary one not be made, or rustc not be started.
    pub fn with(name: &'static str, witness: &str) -> io::Result<Self> {
        let test = std::env::current_exe()?;
        let dependencies = test.parent().unwrap_or(Path::new("")).to_owned();
        let mut refusals = Vec::new();
        for library in newest_first(&dependencies, name)? {
            let compiler = Self {
                dir: temp::dir()?,
                dependencies: dependencies.clone(),
                name,
                library,
            };
            match compiler.compile(witness)? {
                Ok(()) => return Ok(compiler),
                Err(said) => refusals.push(said),
            }
        }
        let said = refusals.join("\n");
        Err(io::Error::other(format!(
            "no {name} in {} compiles the witness\n{said}",
            dependencies.display()
        )))
    }

    /// Nothing if the program compiles, what the compiler says if not.
    ///
    /// # Errors
    /// The program cannot be written, or rustc not be started.
    pub fn compile(&self, program: &str) -> io::Result<Result<(), String>> {
        let source = self.dir.path().join("program.rs");
        fs::write(&source, program)?;
        let ran = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"))
            .args(["--edition=2024", "--emit=metadata", "--color=never"])
            .arg("-Awarnings")
            .arg("-L")
            .arg(format!("dependency={}", self.dependencies.display()))
            .arg("--extern")
            .arg(format!("{}={}", self.name, self.library.display()))
            .arg("--out-dir")
            .arg(self.dir.path())
            .arg(&source)
            .output()?;
        if ran.status.success() {
            return Ok(Ok(()));
        }
        Ok(Err(String::from_utf8_lossy(&ran.stderr).into_owned()))
    }

    /// Code and first line of each error of a program; none if it compiles.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub fn errors(&self, program: &str) -> io::Result<Vec<String>> {
        let said = self.compile(program)?.err().unwrap_or_default();
        let is_error = |line: &&str| line.starts_with("error[");
        Ok(said.lines().filter(is_error).map(str::to_owned).collect())
    }
}

fn newest_first(dependencies: &Path, name: &str) -> io::Result<Vec<PathBuf>> {
    let prefix = format!("lib{name}-");
    let mut built: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(dependencies)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with(&prefix) && file.ends_with(".rlib") {
            built.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    built.sort_by(|a, b| b.cmp(a));
    Ok(built.into_iter().map(|(_, path)| path).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test should panic")]
mod tests {
    use super::*;

    const WITNESS: &str = "fn main() { let _ = tempfile::Builder::new(); }";

    #[test]
    fn a_program_compiles_or_says_why_not() {
        let compiler = Compiler::with("tempfile", WITNESS).unwrap();
        assert_eq!(compiler.compile(WITNESS).unwrap(), Ok(()));
        let wrong =
            "fn main() { let _: u8 = tempfile::Builder::new(); let _ = tempfile::nothing(); }";
        assert_eq!(
            compiler.errors(wrong).unwrap(),
            [
                "error[E0425]: cannot find function `nothing` in crate `tempfile`",
                "error[E0308]: mismatched types"
            ]
        );
        assert!(compiler.errors(WITNESS).unwrap().is_empty());
    }

    #[test]
    fn a_library_that_is_not_there_or_does_not_do_is_an_error() {
        let absent = Compiler::with("nothing_of_the_kind", WITNESS).unwrap_err();
        assert!(absent.to_string().contains("no nothing_of_the_kind in "));
        let lacking = Compiler::with("tempfile", "fn main() { tempfile::nothing() }").unwrap_err();
        assert!(lacking.to_string().contains("error[E0425]"), "{lacking}");
    }
}
