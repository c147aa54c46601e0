//! The input of a race as an object of S3, on a server of this machine that ends with the race.

use crate::contestant::Tools;
use crate::input::Input;
use crate::workload::final_work::S3_SERVER;
use anyhow::{Context as _, Result, anyhow};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The bucket that the server makes.
const BUCKET: &str = "ventas";

/// A server with one object.
#[derive(Debug)]
pub struct Store {
    server: Child,
    /// The server leaves when this is closed.
    open: Option<ChildStdin>,
    object: PathBuf,
    variables: BTreeMap<String, String>,
}

impl Store {
    /// A running server that has the input's file.
    ///
    /// # Errors
    /// If the server is not built, or does not start.
    pub fn serve(tools: &Tools, input: &Input) -> Result<Self> {
        let program = tools
            .launcher(&S3_SERVER)
            .map_err(|missing| anyhow!("{missing}"))?
            .remove(0);
        let mut server = Command::new(program)
            .arg(&input.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("no arranca servidor_s3")?;
        let open = server.stdin.take();
        let said = server.stdout.take().context("servidor_s3 has no output")?;
        let mut store = Self {
            server,
            open,
            object: object(&input.path)?,
            variables: BTreeMap::new(),
        };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        store.variables = serde_json::from_str(&line).context("servidor_s3 no dijo dónde está")?;
        Ok(store)
    }

    /// What contestants are given for a path: `s3://…`.
    pub fn object(&self) -> &PathBuf {
        &self.object
    }

    /// How contestants reach the server, and what lets Spark speak S3.
    pub fn environment(&self, tools: &Tools) -> BTreeMap<String, String> {
        let mut all = self.variables.clone();
        let jars = tools.s3_jars().join("*");
        all.insert(
            "SPARK_DIST_CLASSPATH".into(),
            jars.to_string_lossy().into_owned(),
        );
        all
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.open.take();
        // It has nothing to say any more, and nothing else can be done about it.
        let _ = self.server.wait();
    }
}

fn object(file: &Path) -> Result<PathBuf> {
    let name = file.file_name().context("the input has no name")?;
    Ok(Path::new(&format!("s3://{BUCKET}")).join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_has_the_name_of_the_file() {
        let object = object(Path::new("/datos/revenue-10-s42/ventas.parquet")).unwrap();
        assert_eq!(object, Path::new("s3://ventas/ventas.parquet"));
    }
}
