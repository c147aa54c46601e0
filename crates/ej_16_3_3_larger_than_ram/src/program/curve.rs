//! `curva`: the same operations over growing inputs, each in a process of its own, and what they came to.

use super::arguments::{Curve, Motor, Operacion, Process};
use super::chart;
use super::failure::{Failure, MEMORY, one_line};
use super::process::{Report, supervise};
use super::watch::watch;
use ej_16_3_3_larger_than_ram::{Beside, Generation, Input, escribir_clientes, generar};
use polars::prelude::{DataFrame, ParquetReader, SerReader as _};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// All that was measured.
#[derive(Serialize)]
pub(crate) struct Measured {
    ejercicio: &'static str,
    hilos: u32,
    ancho: usize,
    filas_por_grupo: usize,
    entradas: Vec<Size>,
    corridas: Vec<Run>,
    /// The largest input again, under the limit.
    limite: Option<Limited>,
}

#[derive(Serialize)]
struct Size {
    filas: u64,
    bytes_archivo: u64,
    bytes_decodificados: u64,
}

/// One child.
#[derive(Clone, Serialize)]
pub(crate) struct Run {
    /// Operation and engine, as the drawing calls them.
    pub(crate) serie: String,
    pub(crate) filas: u64,
    pub(crate) bytes_decodificados: u64,
    /// `bien`, or why not.
    pub(crate) resultado: String,
    pub(crate) segundos: Option<f64>,
    pub(crate) pico_residente: Option<u64>,
    pub(crate) pico_anonimo: Option<u64>,
}

#[derive(Serialize)]
struct Limited {
    mib: u64,
    veces: u64,
    corridas: Vec<Run>,
}

/// What runs over every input, in the order of the drawing.
const SERIES: [(&str, Operacion, Motor); 7] = [
    ("agregar, streaming", Operacion::Agregar, Motor::Streaming),
    ("agregar, en memoria", Operacion::Agregar, Motor::Memoria),
    ("unir, streaming", Operacion::Unir, Motor::Streaming),
    ("unir, en memoria", Operacion::Unir, Motor::Memoria),
    ("ordenar, streaming", Operacion::Ordenar, Motor::Streaming),
    ("ordenar, en memoria", Operacion::Ordenar, Motor::Memoria),
    (
        "ordenar por tramos",
        Operacion::OrdenarPorTramos,
        Motor::Streaming,
    ),
];
const PANDAS: &str = "agregar, pandas por trozos";

pub(crate) fn run(args: &Curve) -> Result<(), Failure> {
    let place = match &args.directorio {
        Some(directory) => tempfile::tempdir_in(directory),
        None => tempfile::tempdir(),
    };
    let place = place.map_err(Failure::storage)?;
    let mut sizes = args.filas.clone();
    sizes.sort_unstable();
    sizes.dedup();
    let mut measured = Measured {
        ejercicio: "16.3.3",
        hilos: args.hilos,
        ancho: args.ancho,
        filas_por_grupo: args.filas_por_grupo,
        entradas: Vec::new(),
        corridas: Vec::new(),
        limite: None,
    };
    for (at, rows) in sizes.iter().enumerate() {
        let files = Files::generate(args, *rows, place.path())?;
        measured.entradas.push(Size {
            filas: *rows,
            bytes_archivo: files.input.file_bytes,
            bytes_decodificados: files.input.decoded_bytes,
        });
        measured.corridas.extend(files.series(args, None)?);
        if at + 1 == sizes.len() {
            let mib = ((files.input.decoded_bytes / args.parte) >> 20).max(1);
            measured.limite = Some(Limited {
                mib,
                veces: args.parte,
                corridas: files.series(args, Some(mib))?,
            });
        }
        files.remove();
    }
    let text = serde_json::to_string_pretty(&measured).map_err(Failure::storage)? + "\n";
    write(&args.json, &text)?;
    let svg = chart::draw(&measured.corridas).map_err(|e| Failure::storage(format!("{e:#}")))?;
    write(&args.svg, &svg)
}

/// The text, whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let beside = Beside::of(path).map_err(Failure::storage)?;
    fs::write(beside.path(), text).map_err(Failure::storage)?;
    beside.publish().map_err(Failure::storage)
}

/// The files of one size.
struct Files {
    input: Input,
    customers: PathBuf,
    output: PathBuf,
}

impl Files {
    fn generate(args: &Curve, rows: u64, place: &Path) -> Result<Self, Failure> {
        let what = Generation {
            rows,
            width: args.ancho,
            rows_per_group: args.filas_por_grupo,
            seed: 42,
        };
        let (events, customers) = (
            place.join("eventos.parquet"),
            place.join("clientes.parquet"),
        );
        generar(what, &events)?;
        escribir_clientes(what, &customers)?;
        Ok(Self {
            input: Input::open(&events)?,
            customers,
            output: place.join("resultado.parquet"),
        })
    }

    fn remove(&self) {
        for file in [&self.input.path, &self.customers, &self.output] {
            // They go with their directory at the latest.
            let _ = fs::remove_file(file);
        }
    }

    /// Every series over these files; the answers of the aggregations must be one.
    fn series(&self, args: &Curve, limite: Option<u64>) -> Result<Vec<Run>, Failure> {
        let mut runs = Vec::new();
        let mut answer: Option<DataFrame> = None;
        for (name, operacion, motor) in SERIES {
            let order = Process {
                operacion,
                motor,
                entrada: self.input.path.clone(),
                salida: self.output.clone(),
                con: (operacion == Operacion::Unir).then(|| self.customers.clone()),
                clave: "user_id".into(),
                adivinar: false,
                limite,
                hilos: Some(args.hilos),
                tramo: 24,
                json: false,
                aislado: None,
            };
            let run = match supervise(&order) {
                Ok(report) => {
                    if operacion == Operacion::Agregar {
                        self.same(&mut answer, name)?;
                    }
                    self.done(name, &report)
                }
                Err(failure) if failure.code == MEMORY => self.failed(name, failure.line),
                Err(failure) => return Err(failure),
            };
            tell(&run);
            runs.push(run);
        }
        if let (Some(python), Some(script)) = (&args.python, &args.pandas) {
            // pandas sets no limit of its own; it is measured without.
            if limite.is_none() {
                let run = self.pandas(python, script)?;
                self.same(&mut answer, PANDAS)?;
                tell(&run);
                runs.push(run);
            }
        }
        Ok(runs)
    }

    fn done(&self, name: &str, report: &Report) -> Run {
        Run {
            serie: name.to_owned(),
            filas: self.input.rows,
            bytes_decodificados: self.input.decoded_bytes,
            resultado: "bien".into(),
            segundos: Some(report.segundos),
            pico_residente: Some(report.pico_residente),
            pico_anonimo: Some(report.pico_anonimo),
        }
    }

    fn failed(&self, name: &str, why: String) -> Run {
        Run {
            serie: name.to_owned(),
            filas: self.input.rows,
            bytes_decodificados: self.input.decoded_bytes,
            resultado: why,
            segundos: None,
            pico_residente: None,
            pico_anonimo: None,
        }
    }

    fn pandas(&self, python: &Path, script: &Path) -> Result<Run, Failure> {
        #[derive(Deserialize)]
        struct Said {
            segundos: f64,
        }
        let watched = watch(
            Command::new(python)
                .arg(script)
                .arg("--entrada")
                .arg(&self.input.path)
                .arg("--salida")
                .arg(&self.output),
        )
        .map_err(|e| Failure::storage(format!("{}: {e}", python.display())))?;
        let said: Said = serde_json::from_str(&watched.stdout)
            .map_err(|_| Failure::storage(format!("pandas: {}", one_line(&watched.stderr))))?;
        Ok(Run {
            serie: PANDAS.into(),
            filas: self.input.rows,
            bytes_decodificados: self.input.decoded_bytes,
            resultado: "bien".into(),
            segundos: Some(said.segundos),
            pico_residente: Some(watched.peak.resident),
            pico_anonimo: Some(watched.peak.anonymous),
        })
    }

    /// Whether the output is what the others gave; the first is taken.
    fn same(&self, answer: &mut Option<DataFrame>, name: &str) -> Result<(), Failure> {
        let read = || ParquetReader::new(File::open(&self.output)?).finish();
        let found = read().map_err(|e| Failure::polars(name, &e))?;
        match answer {
            None => *answer = Some(found),
            Some(first) if first.equals_missing(&found) => {}
            Some(first) => {
                let what = format!("{name}: otro resultado\n{found}\n{first}");
                return Err(Failure::storage(what));
            }
        }
        Ok(())
    }
}

fn tell(run: &Run) {
    let took = match (run.segundos, run.pico_residente) {
        (Some(seconds), Some(peak)) => format!("{seconds:.2} s, {} MiB", peak >> 20),
        _ => run.resultado.clone(),
    };
    println!("{:>9} filas · {:<27} {took}", run.filas, run.serie);
}
