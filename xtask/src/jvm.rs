//! The Java and Scala programs of `benches/peers/jvm/`, compiled once into one jar against the jars of PySpark, which bring Spark,
//! Scala's library and its compiler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;
use crate::data::sha256;
use crate::process;

/// The variable under which tests and duels find the jar.
pub(crate) const VARIABLE: &str = "ECOMMERCE_JVM_JAR";
const SOURCES: &str = "benches/peers/jvm";

/// Returns the jar, made first when a source or the Spark it is compiled against has changed.
///
/// # Errors
/// A source, javac or jar is missing, or a program does not compile.
pub(crate) fn ensure(checkout: &Checkout, python: &Path) -> Result<PathBuf> {
    let (java, scala) = sources(&checkout.root().join(SOURCES))?;
    let spark = spark_home(python)?;
    let mut all = spark.to_string_lossy().into_owned().into_bytes();
    for source in java.iter().chain(&scala) {
        all.extend(fs::read(source)?);
    }
    let dir = checkout.target().join("jvm");
    let (jar, done) = (dir.join("final.jar"), dir.join("final.sha256"));
    let wanted = sha256(&all);
    if jar.is_file() && fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return Ok(jar);
    }
    eprintln!("Compilando {SOURCES} …");
    fs::create_dir_all(&dir)?;
    // Made aside: two callers at once make the same jar twice and neither sees half of it.
    let aside = dir.join(format!("aparte-{}", std::process::id()));
    let made = compile(&java, &scala, &spark, &aside)
        .and_then(|made| fs::rename(made, &jar).context("no se puede guardar final.jar"));
    // What is left there is of no use to anyone.
    let _ = fs::remove_dir_all(&aside);
    made?;
    fs::write(&done, wanted)?;
    Ok(jar)
}

/// Compiles both languages in `aside`, Java first, of which Scala's program is a subclass; gives the jar.
fn compile(java: &[PathBuf], scala: &[PathBuf], spark: &Path, aside: &Path) -> Result<PathBuf> {
    let classes = aside.join("clases");
    fs::create_dir_all(&classes)?;
    let jars = spark.join("jars/*");
    let mut javac = Command::new("javac");
    javac
        .args(["-encoding", "UTF-8", "-nowarn", "-cp"])
        .arg(&jars)
        .arg("-d")
        .arg(&classes)
        .args(java);
    process::output(&mut javac).context("javac no pudo compilar (¿está instalado un JDK 17?)")?;
    let mut path = jars.clone().into_os_string();
    path.push(":");
    path.push(&classes);
    let mut scalac = Command::new("java");
    scalac
        .arg("-cp")
        .arg(&jars)
        .args(["scala.tools.nsc.Main", "-usejavacp", "-nobootcp", "-cp"])
        .arg(path)
        .arg("-d")
        .arg(&classes)
        .args(scala);
    process::output(&mut scalac).context("el compilador de Scala no pudo compilar")?;
    let made = aside.join("final.jar");
    let mut pack = Command::new("jar");
    pack.args(["--create", "--file"])
        .arg(&made)
        .arg("-C")
        .arg(&classes)
        .arg(".");
    process::output(&mut pack).context("jar no pudo juntar las clases")?;
    Ok(made)
}

/// The Java files and the Scala files, sorted.
fn sources(dir: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut found: Vec<_> = fs::read_dir(dir)
        .with_context(|| format!("falta {SOURCES}"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    found.sort();
    let of = |extension: &str| {
        let is = |path: &&PathBuf| path.extension().is_some_and(|e| e == extension);
        found.iter().filter(is).cloned().collect::<Vec<_>>()
    };
    let (java, scala) = (of("java"), of("scala"));
    ensure!(
        !java.is_empty() && !scala.is_empty(),
        "en {SOURCES} no hay programas de los dos lenguajes"
    );
    Ok((java, scala))
}

/// Where PySpark lies in the environment of this interpreter.
fn spark_home(python: &Path) -> Result<PathBuf> {
    let mut ask = Command::new(python);
    ask.args(["-c", "import pyspark; print(pyspark.__path__[0])"]);
    let said = process::output(&mut ask).context("el entorno de Spark no tiene pyspark")?;
    let home = PathBuf::from(said.trim());
    ensure!(home.join("jars").is_dir(), "PySpark no trae sus jars");
    Ok(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_must_be_there() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("B.java"), "").unwrap();
        fs::write(dir.path().join("A.java"), "").unwrap();
        assert!(sources(dir.path()).is_err());
        fs::write(dir.path().join("C.scala"), "").unwrap();
        let (java, scala) = sources(dir.path()).unwrap();
        let names = |paths: &[PathBuf]| -> Vec<_> {
            let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
            paths.iter().map(name).collect()
        };
        assert_eq!(names(&java), ["A.java", "B.java"]);
        assert_eq!(names(&scala), ["C.scala"]);
    }

    #[test]
    fn missing_sources_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = sources(&dir.path().join("no")).unwrap_err();
        assert!(error.to_string().contains(SOURCES));
    }
}
