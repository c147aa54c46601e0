//! `cargo xtask medir` without a section: every measurement of `docs/medidas.toml`, one after the other.
//!
//! A measurement writes into a directory of its own; its files reach the archive when all its orders went well and every
//! file is there. So an archive has whole measurements, and a series that is cut short goes on with `--continuar`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::checkout::Checkout;
use crate::figures;
use crate::place::Place;
use crate::tidy::tree::Tree;
use crate::{jars, process, rueda, venv};

/// Where the measurements are listed.
pub(crate) const PATH: &str = "docs/medidas.toml";
/// Where what they wrote is kept.
const RESULTS: &str = "docs/resultados";
/// What each archive says of the orders that filled it.
const DONE: &str = "ordenes.toml";

/// What of the series is asked.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Solo estas medidas: revenue,tpch
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "MEDIDA,…",
        conflicts_with = "seccion"
    )]
    solo: Vec<String>,
    /// Enseña las medidas, sus archivos y lo que tardaron la última vez, y no mide
    #[arg(long, conflicts_with = "seccion")]
    lista: bool,
    /// Se salta las que ya están en la carpeta: para seguir donde se quedó
    #[arg(long, conflicts_with = "seccion")]
    continuar: bool,
    /// Carpeta que se llena; `docs/resultados/HOY-MÁQUINA` si falta
    #[arg(long, value_name = "DIR", conflicts_with = "seccion")]
    carpeta: Option<PathBuf>,
    /// No mide: pone en las páginas las cifras y los gráficos que hay en la carpeta
    #[arg(long, conflicts_with_all = ["seccion", "solo", "lista", "continuar"])]
    paginas: bool,
}

/// The whole list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    #[serde(rename = "medida")]
    measurements: Vec<Measurement>,
    #[serde(rename = "a_mano", default)]
    by_hand: Vec<ByHand>,
}

/// Orders, and the files that they leave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measurement {
    id: String,
    ejercicios: Vec<String>,
    #[serde(default)]
    entornos: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    ordenes: Vec<String>,
    archivos: Vec<String>,
}

/// Files that no order makes alone, and how they came to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByHand {
    archivos: Vec<String>,
    como: String,
}

impl List {
    /// Reads the list.
    ///
    /// # Errors
    /// It is malformed, names a measurement or a file twice, or leaves one without orders, files or exercise.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let list: Self = toml::from_str(text)?;
        let ids: Vec<_> = list.measurements.iter().map(|m| &m.id).collect();
        ensure!(unique(&ids), "una medida está dos veces");
        let files: Vec<_> = list.files().collect();
        ensure!(unique(&files), "un archivo está en dos medidas");
        for m in &list.measurements {
            let whole = [&m.ordenes, &m.archivos, &m.ejercicios];
            ensure!(
                whole.iter().all(|part| !part.is_empty()),
                "a «{}» le faltan órdenes, archivos o ejercicios",
                m.id
            );
            for name in &m.entornos {
                environment(name)?;
            }
        }
        for hand in &list.by_hand {
            ensure!(
                !hand.como.is_empty(),
                "a {:?} le falta cómo se hace",
                hand.archivos
            );
        }
        Ok(list)
    }

    /// Every file that an archive may have, by its name.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let made = self.measurements.iter().flat_map(|m| &m.archivos);
        let by_hand = self.by_hand.iter().flat_map(|h| &h.archivos);
        made.chain(by_hand).map(String::as_str).chain([DONE])
    }

    /// Every exercise that a measurement belongs to.
    pub(crate) fn exercises(&self) -> impl Iterator<Item = &str> {
        let all = self.measurements.iter().flat_map(|m| &m.ejercicios);
        all.map(String::as_str)
    }

    /// Those asked for, in the order of the list.
    fn chosen(&self, only: &[String]) -> Result<Vec<&Measurement>> {
        let known = |id: &&String| self.measurements.iter().any(|m| m.id == **id);
        if let Some(unknown) = only.iter().find(|id| !known(id)) {
            bail!("no hay ninguna medida «{unknown}»: véase cargo xtask medir --lista");
        }
        let wanted = |m: &&Measurement| only.is_empty() || only.contains(&m.id);
        Ok(self.measurements.iter().filter(wanted).collect())
    }
}

fn unique<T: Ord>(values: &[T]) -> bool {
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn environment(name: &str) -> Result<venv::Name> {
    venv::Name::from_str(name, false).map_err(|_| anyhow::anyhow!("no hay ningún entorno «{name}»"))
}

/// What an archive says of itself.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Done {
    #[serde(rename = "medida", default)]
    measurements: Vec<DoneOne>,
}

/// One measurement as it was made.
#[derive(Debug, Deserialize, Serialize)]
struct DoneOne {
    id: String,
    fecha: String,
    segundos: u64,
    commit: String,
    cpu: String,
    nucleos: usize,
    ram_gb: f64,
    sistema: String,
    rustc: String,
    ordenes: Vec<String>,
    archivos: Vec<String>,
}

impl Done {
    fn of(directory: &Path) -> Result<Self> {
        let file = directory.join(DONE);
        match fs::read_to_string(&file) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("{} está mal", file.display()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(e).with_context(|| format!("no se puede leer {}", file.display())),
        }
    }

    fn has(&self, id: &str) -> bool {
        self.measurements.iter().any(|done| done.id == id)
    }

    fn save(&self, directory: &Path) -> Result<()> {
        let text = toml::to_string(self)?;
        let waiting = directory.join(format!(".{DONE}"));
        fs::write(&waiting, text)
            .and_then(|()| fs::rename(&waiting, directory.join(DONE)))
            .with_context(|| format!("no se puede escribir {DONE} en {}", directory.display()))
    }
}

/// Puts the figures and drawings of an archive into the pages; of one elsewhere than the others, nothing.
fn fill_pages(checkout: &Checkout, archive: &Path) -> Result<()> {
    let results = checkout.root().join(RESULTS).canonicalize();
    let (Ok(results), Ok(archive)) = (results, archive.canonicalize()) else {
        return Ok(());
    };
    let run = archive.file_name().and_then(|name| name.to_str());
    let Some(run) = run.filter(|_| archive.parent() == Some(&results)) else {
        eprintln!(
            "las páginas quedan como estaban: {} no está en {RESULTS}",
            archive.display()
        );
        return Ok(());
    };
    let tree = Tree::load(checkout.root())?;
    for page in figures::fill(&tree, checkout.root(), Some(run))? {
        eprintln!("{page}: con las tablas y los gráficos de {run}");
    }
    Ok(())
}

/// Measures everything that was asked for; what fails is told at the end and keeps nothing else from running.
///
/// # Errors
/// The list is malformed, something asked for is measured already, or the archive cannot be written.
pub(crate) fn run(checkout: &Checkout, options: &Options, replace: bool) -> Result<ExitCode> {
    let text = fs::read_to_string(checkout.root().join(PATH))
        .with_context(|| format!("no se puede leer {PATH}"))?;
    let list = List::parse(&text).with_context(|| format!("{PATH} está mal"))?;
    let chosen = list.chosen(&options.solo)?;
    let results = checkout.root().join(RESULTS);
    if options.lista {
        print!("{}", table(&chosen, &last(&results)?));
        return Ok(ExitCode::SUCCESS);
    }
    let place = Place::here(checkout.root());
    let archive = match &options.carpeta {
        Some(given) => given.clone(),
        None => place.directory(&results)?,
    };
    if options.paginas {
        fill_pages(checkout, &archive)?;
        return Ok(ExitCode::SUCCESS);
    }
    let before = Done::of(&archive)?;
    let (old, new): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|m| before.has(&m.id));
    let todo = match (options.continuar, replace) {
        (true, _) => new,
        (false, true) => [old, new].concat(),
        (false, false) => {
            let names: Vec<_> = old.iter().map(|m| m.id.as_str()).collect();
            ensure!(
                names.is_empty(),
                "{} ya tiene {}: --continuar las salta, --reemplazar las repite",
                archive.display(),
                names.join(", ")
            );
            new
        }
    };

    let mut failed = Vec::new();
    for (number, measurement) in todo.iter().enumerate() {
        eprintln!("\n[{}/{}] {} …", number + 1, todo.len(), measurement.id);
        let began = Instant::now();
        match measurement.make(checkout, &archive) {
            Ok(seconds) => eprintln!(
                "[{}/{}] {}: {}",
                number + 1,
                todo.len(),
                measurement.id,
                spoken(seconds)
            ),
            Err(error) => {
                let after = spoken(began.elapsed().as_secs());
                eprintln!("NO MEDIDO: {}, tras {after}: {error:#}", measurement.id);
                failed.push(measurement.id.as_str());
            }
        }
    }
    eprintln!(
        "\n{} medidas en {}",
        todo.len() - failed.len(),
        archive.display()
    );
    // What was measured is kept whatever becomes of the pages.
    if let Err(error) = fill_pages(checkout, &archive) {
        eprintln!("las páginas quedan como estaban: {error:#}");
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "faltan: {}. Con --continuar se miden solo esas",
        failed.join(", ")
    );
    Ok(ExitCode::FAILURE)
}

impl Measurement {
    /// Runs the orders, moves the files into the archive and notes it there; returns how many seconds the orders took.
    fn make(&self, checkout: &Checkout, archive: &Path) -> Result<u64> {
        let stage = checkout
            .target()
            .join("medir")
            .join(format!("serie-{}", self.id));
        if stage.exists() {
            fs::remove_dir_all(&stage)
                .with_context(|| format!("no se puede borrar {}", stage.display()))?;
        }
        fs::create_dir_all(&stage)
            .with_context(|| format!("no se puede crear {}", stage.display()))?;
        let words = Words::prepare(checkout, &stage, self)?;
        let place = Place::here(checkout.root());
        let began = Instant::now();
        for order in &self.ordenes {
            let (mut command, shown) = words.command(checkout, order, &self.variables)?;
            eprintln!("$ {shown}");
            let ended = process::status(&mut command)?;
            ensure!(ended.success(), "`{shown}` falló ({ended})");
        }
        let seconds = began.elapsed().as_secs();
        self.keep(&stage, archive)?;
        let mut done = Done::of(archive)?;
        done.measurements.retain(|other| other.id != self.id);
        done.measurements.push(DoneOne {
            id: self.id.clone(),
            fecha: place.began,
            segundos: seconds,
            commit: place.commit,
            cpu: place.cpu,
            nucleos: place.cores,
            ram_gb: place.ram_gb,
            sistema: place.system,
            rustc: place.rustc,
            ordenes: self.ordenes.clone(),
            archivos: self.archivos.clone(),
        });
        done.save(archive)?;
        fs::remove_dir_all(&stage)
            .with_context(|| format!("no se puede borrar {}", stage.display()))?;
        Ok(seconds)
    }

    /// Copies every file from below `stage` into the archive, if all are there.
    fn keep(&self, stage: &Path, archive: &Path) -> Result<()> {
        let mut found = BTreeMap::new();
        files_below(stage, &mut found)?;
        let missing: Vec<_> = self
            .archivos
            .iter()
            .filter(|f| !found.contains_key(*f))
            .collect();
        ensure!(missing.is_empty(), "sus órdenes no dejaron {missing:?}");
        fs::create_dir_all(archive)
            .with_context(|| format!("no se puede crear {}", archive.display()))?;
        for file in &self.archivos {
            let Some(from) = found.get(file) else {
                continue;
            };
            let waiting = archive.join(format!(".{file}"));
            fs::copy(from, &waiting)
                .and_then(|_| fs::rename(&waiting, archive.join(file)))
                .with_context(|| format!("no se puede archivar {file}"))?;
        }
        Ok(())
    }
}

/// The files below a directory, by their names.
fn files_below(directory: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let entries = fs::read_dir(directory)
        .with_context(|| format!("no se puede leer {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, found)?;
        } else if let Some(name) = path.file_name().and_then(|n| n.to_str()) {
            found.insert(name.to_owned(), path);
        }
    }
    Ok(())
}

/// What the words in braces stand for, and the variables of the environments.
struct Words {
    values: BTreeMap<String, PathBuf>,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Words {
    /// Makes the environments ready.
    fn prepare(checkout: &Checkout, stage: &Path, measurement: &Measurement) -> Result<Self> {
        let mut values = BTreeMap::from([
            ("salida".to_owned(), stage.to_owned()),
            ("target".to_owned(), checkout.target().to_owned()),
        ]);
        let mut variables = Vec::new();
        for word in &measurement.entornos {
            let name = environment(word)?;
            let interpreter = if name == venv::Name::Rueda {
                let wheel = rueda::ensure(checkout)?;
                variables.push((rueda::VARIABLE, wheel.wheel));
                wheel.interpreter
            } else {
                venv::ensure(checkout, name)?
            };
            if let Ok(set) = jars::Set::of(name) {
                variables.push((set.variable, jars::ensure(checkout, set)?));
            }
            values.insert(word.clone(), interpreter.clone());
            variables.push((name.variable(), interpreter));
        }
        Ok(Self { values, variables })
    }

    /// Puts the values into a text.
    fn fill(&self, text: &str) -> Result<String> {
        let mut filled = text.to_owned();
        for (word, path) in &self.values {
            let path = path.to_str().context("una ruta que no es texto")?;
            filled = filled.replace(&format!("{{{word}}}"), path);
        }
        ensure!(!filled.contains('{'), "«{text}» pide algo que nadie da");
        Ok(filled)
    }

    /// The order as a process, and as a person would type it.
    fn command(
        &self,
        checkout: &Checkout,
        order: &str,
        more: &BTreeMap<String, String>,
    ) -> Result<(Command, String)> {
        let (order, into) = match order.split_once(" > ") {
            Some((order, file)) => (order, Some(self.fill(file.trim())?)),
            None => (order, None),
        };
        let words: Vec<_> = order
            .split_whitespace()
            .map(|w| self.fill(w))
            .collect::<Result<_>>()?;
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let (mut command, rest) = match words.as_slice() {
            // This very program: cargo would wait for itself to be built.
            ["cargo", "xtask", rest @ ..] => {
                let own = std::env::current_exe().context("no se sabe qué programa es este")?;
                (process::without_package(Command::new(own)), rest)
            }
            ["cargo", rest @ ..] => (process::cargo(), rest),
            [program, rest @ ..] => (process::without_package(Command::new(program)), rest),
            [] => bail!("una orden vacía"),
        };
        command.current_dir(checkout.root()).args(rest);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        for (name, value) in more {
            command.env(name, self.fill(value)?);
        }
        if let Some(file) = into {
            let made = File::create(&file).with_context(|| format!("no se puede crear {file}"))?;
            command.stdout(made);
        }
        Ok((command, words.join(" ")))
    }
}

/// Seconds of each measurement, by the newest archive that has it.
fn last(results: &Path) -> Result<BTreeMap<String, u64>> {
    let mut archives: Vec<_> = fs::read_dir(results)
        .with_context(|| format!("no se puede leer {}", results.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    archives.sort();
    let mut seconds = BTreeMap::new();
    for archive in archives {
        let done = Done::of(&archive)?.measurements;
        seconds.extend(done.into_iter().map(|d| (d.id, d.segundos)));
    }
    Ok(seconds)
}

fn table(chosen: &[&Measurement], last: &BTreeMap<String, u64>) -> String {
    let mut text = String::new();
    for m in chosen {
        let took = last
            .get(&m.id)
            .map_or_else(|| "?".to_owned(), |s| spoken(*s));
        text += &format!("{:<16} {:<10} {}\n", m.id, took, m.ejercicios.join(", "));
        for order in &m.ordenes {
            text += &format!("    {order}\n");
        }
    }
    text
}

fn spoken(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s} s"),
        (m, s) => format!("{m} min {s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout whose list has these measurements.
    fn checkout(list: &str) -> (tempfile::TempDir, Checkout) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(RESULTS)).unwrap();
        fs::write(root.path().join(PATH), list).unwrap();
        let checkout = Checkout::at(root.path());
        (root, checkout)
    }

    const TWO: &str = r#"
[[medida]]
id = "uno"
ejercicios = ["16.1.1"]
ordenes = ["mkdir {salida}/dentro", "echo hola > {salida}/dentro/uno.json"]
archivos = ["uno.json"]

[[medida]]
id = "dos"
ejercicios = ["16.1.2"]
ordenes = ["cp no-existe {salida}/dos.json"]
archivos = ["dos.json"]
"#;

    fn into(archive: &Path) -> Options {
        Options {
            carpeta: Some(archive.to_owned()),
            ..Options::default()
        }
    }

    fn failed(code: ExitCode) -> bool {
        format!("{code:?}") == format!("{:?}", ExitCode::FAILURE)
    }

    #[test]
    fn what_went_well_is_archived_and_what_failed_leaves_nothing() {
        let (root, checkout) = checkout(TWO);
        let archive = root.path().join("archivo");
        assert!(failed(run(&checkout, &into(&archive), false).unwrap()));
        assert_eq!(
            fs::read_to_string(archive.join("uno.json")).unwrap(),
            "hola\n"
        );
        assert!(!archive.join("dos.json").exists());
        let done = Done::of(&archive).unwrap();
        assert!(done.has("uno") && !done.has("dos"));
        assert_eq!(done.measurements[0].ordenes.len(), 2);
        assert!(!root.path().join("target/medir/serie-uno").exists());
    }

    #[test]
    fn a_series_goes_on_where_it_stopped_and_repeats_nothing_unasked() {
        let (root, checkout) = checkout(TWO);
        let archive = root.path().join("archivo");
        let _ = run(&checkout, &into(&archive), false).unwrap();
        let again = run(&checkout, &into(&archive), false).unwrap_err();
        assert!(format!("{again:#}").contains("ya tiene uno"), "{again:#}");
        fs::write(root.path().join("no-existe"), "2").unwrap();
        fs::write(archive.join("uno.json"), "de antes").unwrap();
        let go_on = Options {
            continuar: true,
            ..into(&archive)
        };
        assert!(!failed(run(&checkout, &go_on, false).unwrap()));
        assert_eq!(
            fs::read_to_string(archive.join("uno.json")).unwrap(),
            "de antes"
        );
        assert_eq!(fs::read_to_string(archive.join("dos.json")).unwrap(), "2");
        // Replaced when it is asked for.
        let only = Options {
            solo: vec!["uno".into()],
            ..into(&archive)
        };
        assert!(!failed(run(&checkout, &only, true).unwrap()));
        assert_eq!(
            fs::read_to_string(archive.join("uno.json")).unwrap(),
            "hola\n"
        );
        assert_eq!(Done::of(&archive).unwrap().measurements.len(), 2);
    }

    #[test]
    fn orders_that_leave_no_file_are_no_measurement() {
        let list = TWO.replace("cp no-existe {salida}/dos.json", "true");
        let (root, checkout) = checkout(&list);
        let archive = root.path().join("archivo");
        let only = Options {
            solo: vec!["dos".into()],
            ..into(&archive)
        };
        assert!(failed(run(&checkout, &only, false).unwrap()));
        assert!(!archive.exists());
    }

    #[test]
    fn a_list_that_contradicts_itself_is_refused() {
        let ok = TWO.to_owned();
        assert!(List::parse(&ok).is_ok());
        for (from, to, why) in [
            ("id = \"dos\"", "id = \"uno\"", "una medida está dos veces"),
            ("[\"dos.json\"]", "[\"uno.json\"]", "un archivo está en dos"),
            ("[\"dos.json\"]", "[]", "le faltan"),
            (
                "id = \"dos\"",
                "id = \"dos\"\nentornos = [\"perl\"]",
                "perl",
            ),
            ("id = \"dos\"", "id = \"dos\"\nsegundos = 3", "segundos"),
        ] {
            let error = List::parse(&ok.replace(from, to)).unwrap_err();
            assert!(format!("{error:#}").contains(why), "{error:#}");
        }
        let (_root, checkout) = checkout(TWO);
        let unknown = Options {
            solo: vec!["tres".into()],
            ..Options::default()
        };
        let error = run(&checkout, &unknown, false).unwrap_err();
        assert!(format!("{error:#}").contains("«tres»"));
    }

    #[test]
    fn a_word_in_braces_that_nobody_gives_is_an_error() {
        let list = TWO.replace("{salida}/dentro/uno.json", "{lugar}/uno.json");
        let (root, checkout) = checkout(&list);
        let archive = root.path().join("archivo");
        assert!(failed(run(&checkout, &into(&archive), false).unwrap()));
        assert!(!archive.exists());
    }

    #[test]
    fn the_pages_get_the_figures_of_the_archive() {
        const PAGE: &str =
            "<!-- medido: otra/uno.json\nHay {[0]}.\n-->\nHay 6.\n<!-- fin de lo medido -->\n";
        let list = TWO.replace("echo hola", "echo [7]");
        let (root, checkout) = checkout(&list);
        let mut git = Command::new("git");
        process::output(git.arg("-C").arg(root.path()).args(["init", "--quiet"])).unwrap();
        let page = root.path().join("README.md");
        for (directory, wanted) in [
            ("archivo", PAGE.to_owned()),
            (
                "docs/resultados/hoy",
                PAGE.replace('6', "7").replace("otra", "hoy"),
            ),
        ] {
            fs::write(&page, PAGE).unwrap();
            let archive = root.path().join(directory);
            let _ = run(&checkout, &into(&archive), false).unwrap();
            assert_eq!(fs::read_to_string(&page).unwrap(), wanted);
        }
        fs::write(&page, PAGE).unwrap();
        let again = Options {
            paginas: true,
            ..into(&root.path().join("docs/resultados/hoy"))
        };
        assert!(!failed(run(&checkout, &again, false).unwrap()));
        assert!(fs::read_to_string(&page).unwrap().contains("Hay 7."));
    }

    #[test]
    fn the_list_tells_what_each_took_last() {
        let (root, checkout) = checkout(TWO);
        let archive = root.path().join(RESULTS).join("2026-01-01-a");
        let _ = run(&checkout, &into(&archive), false).unwrap();
        let list = List::parse(TWO).unwrap();
        let told = table(
            &list.chosen(&[]).unwrap(),
            &last(&root.path().join(RESULTS)).unwrap(),
        );
        assert!(
            told.contains("uno              0 s        16.1.1\n"),
            "{told}"
        );
        assert!(
            told.contains("dos              ?          16.1.2\n"),
            "{told}"
        );
        assert_eq!(spoken(125), "2 min 5 s");
    }
}
