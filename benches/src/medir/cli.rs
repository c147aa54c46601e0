//! The two commands of `medir`: `abrir` before the benches run, `archivar` after.

use crate::contestant::Tools;
use crate::medir::figures;
use crate::medir::record::{METHOD, Record};
use crate::medir::results;
use crate::medir::run::{self, Run};
use crate::medir::table;
use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Archiva lo que midieron los bancos de criterion de una sección: véase `cargo xtask medir`.
#[derive(Parser, Debug)]
#[command(name = "medir")]
pub struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand, Debug)]
enum Order {
    /// Vacía la casa de criterion y apunta en ella máquina, commit y versiones
    Abrir(Place),
    /// Escribe JSON, tabla y gráficos en la carpeta de resultados
    Archivar(Archive),
}

#[derive(Args, Debug)]
struct Place {
    /// Sección del capítulo: 16.1
    seccion: String,
    /// Carpeta en la que criterion escribe (su CRITERION_HOME)
    #[arg(long, value_name = "DIR")]
    casa: PathBuf,
    /// Carpeta de los resultados; docs/resultados si falta
    #[arg(long, value_name = "DIR")]
    resultados: Option<PathBuf>,
    /// Sobrescribe los resultados de otra corrida del mismo día
    #[arg(long)]
    reemplazar: bool,
}

#[derive(Args, Debug)]
struct Archive {
    #[command(flatten)]
    place: Place,
    /// Para una casa que no abrió `medir abrir`: lo escrito antes de este instante no cuenta
    #[arg(long, value_name = "INSTANTE")]
    desde: Option<Timestamp>,
}

/// Does what the command line asks.
///
/// # Errors
/// What kept it from doing so: an unknown section, a house of somebody else, nothing measured, files that cannot be written.
pub fn run(arguments: Arguments) -> Result<()> {
    let tools = Tools::discover(None);
    match arguments.order {
        Order::Abrir(place) => {
            let run = Run::now(&place.seccion, &tools.root, tools.python.as_deref())?;
            vacant(&place, &tools.root, &run)?;
            run.open(&place.casa)
        }
        Order::Archivar(a) => {
            let run = match (Run::of(&a.place.casa)?, a.desde) {
                (Some(run), None) => run,
                // Nobody wrote down what stood there when it was measured: today's commit would be a guess.
                (None, Some(since)) => Run {
                    fecha: run::seconds(since),
                    commit: None,
                    ..Run::now(&a.place.seccion, &tools.root, tools.python.as_deref())?
                },
                (Some(_), Some(_)) => bail!(
                    "{} dice cuándo empezó su corrida: --desde sobra",
                    a.place.casa.display()
                ),
                (None, None) => bail!(
                    "{} no la abrió `medir abrir`: di con --desde desde cuándo cuenta lo que hay",
                    a.place.casa.display()
                ),
            };
            ensure!(
                run.seccion == a.place.seccion,
                "{} es una corrida de {}, no de {}",
                a.place.casa.display(),
                run.seccion,
                a.place.seccion
            );
            let directory = vacant(&a.place, &tools.root, &run)?;
            let written = archive(run, &a.place.casa, &directory)?;
            for line in written {
                println!("{line}");
            }
            Ok(())
        }
    }
}

/// The directory of the run's results, if no other run's stand there.
fn vacant(place: &Place, root: &Path, run: &Run) -> Result<PathBuf> {
    let results = place.resultados.clone();
    let results = results.unwrap_or_else(|| root.join("docs/resultados"));
    let directory = results.join(run.directory()?);
    let file = directory.join(format!("{}.json", run::name(&run.seccion)?));
    let other = std::fs::read_to_string(&file).is_ok_and(|text| {
        let recorded = serde_json::from_str::<Record>(&text);
        recorded.map_or(true, |record| record.corrida.fecha != run.fecha)
    });
    ensure!(
        !other || place.reemplazar,
        "{} es de otra corrida: --reemplazar la sobrescribe",
        file.display()
    );
    Ok(directory)
}

/// Writes the record, its table and its figures; returns what to tell.
///
/// # Errors
/// If nothing of the run is there, or a file cannot be read or written.
pub fn archive(run: Run, house: &Path, directory: &Path) -> Result<Vec<String>> {
    let name = run::name(&run.seccion)?;
    let found = results::read(house, &run.seccion, run.began()?)?;
    ensure!(
        !found.measured.is_empty(),
        "{} no tiene ningún resultado de {} posterior a {} ({} anteriores)",
        house.display(),
        run.seccion,
        run.fecha,
        found.stale.len()
    );
    let mut told = Vec::new();
    if !found.stale.is_empty() {
        told.push(format!(
            "no se archivan, son de antes: {}",
            found.stale.join(", ")
        ));
    }
    let mut record = Record {
        corrida: run,
        metodo: METHOD.to_owned(),
        umbrales: Vec::new(),
        resultados: found.measured,
    };
    record.umbrales = figures::break_evens(&record);

    std::fs::create_dir_all(directory)
        .with_context(|| format!("no se puede crear {}", directory.display()))?;
    let write = |file: &str, text: &str| -> Result<String> {
        let path = directory.join(file);
        std::fs::write(&path, text)
            .with_context(|| format!("no se puede escribir {}", path.display()))?;
        Ok(format!("escrito {}", path.display()))
    };
    let json = serde_json::to_string_pretty(&record)? + "\n";
    told.push(write(&format!("{name}.json"), &json)?);
    told.push(write(&format!("{name}.md"), &table::markdown(&record))?);
    for figure in figures::of(&record.corrida.seccion) {
        told.push(match figures::draw(figure, &record)? {
            Some(svg) => write(figure.file, &svg)?,
            None => format!("sin datos para {}", figure.file),
        });
    }
    for threshold in &record.umbrales {
        told.push(table::break_even_line(threshold));
    }
    Ok(told)
}
