//! The rounds: data made once, processes in turn, answers compared.

use super::answers::{Session, difference};
use super::contestants::{CONTESTANTS, ENGINE, REFERENCE, VARIANTS};
use super::{Ablation, Contender, Duel, METHOD, Scale, Timed, short};
use crate::contestant::Tools;
use crate::machine::{self, Machine};
use crate::measure::{self, Order};
use crate::stats;
use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is asked of the duel.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Scale factors.
    pub scales: Vec<f64>,
    /// Names out of [`CONTESTANTS`].
    pub contestants: Vec<String>,
    /// Processes of each.
    pub rounds: usize,
    /// Repetitions of a query in a process.
    pub repetitions: usize,
    /// No repetition is begun after so many seconds of a query.
    pub seconds: f64,
    /// When a process is killed.
    pub limit: Duration,
    /// The scale of the ablation; none if `None`.
    pub ablation: Option<f64>,
}

/// One way to run the queries.
struct Way {
    name: String,
    options: Vec<(String, String)>,
    launcher: Result<Vec<OsString>, String>,
}

/// Does the duel; `saved` sees what there is after every scale.
///
/// # Errors
/// If a name is unknown, the data cannot be made, or a process cannot be started at all.
pub fn run(tools: &Tools, plan: &Plan, mut saved: impl FnMut(&Duel) -> Result<()>) -> Result<Duel> {
    ensure!(
        plan.rounds > 0 && plan.repetitions > 0,
        "hace falta al menos una ronda y una repetición"
    );
    let mut ways = Vec::new();
    for name in &plan.contestants {
        let Some((known, program)) = CONTESTANTS.iter().find(|(known, _)| known == name) else {
            let known: Vec<_> = CONTESTANTS.iter().map(|(known, _)| *known).collect();
            bail!("«{name}» no compite en tpch; sí: {}", known.join(", "));
        };
        ways.push(Way {
            name: (*known).to_owned(),
            options: Vec::new(),
            launcher: tools.launcher(program),
        });
    }
    let data = crate::input::cache(tools).join("tpch");
    std::fs::create_dir_all(&data)?;
    let reference = ways
        .iter()
        .find(|way| way.name == REFERENCE && way.launcher.is_ok())
        .or(ways.first())
        .context("no compite nadie")?;
    let mut duel = Duel {
        trabajo: "tpch".into(),
        fecha: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        maquina: Machine::current(&data),
        commit: machine::commit(&tools.root),
        metodo: METHOD.into(),
        rondas: plan.rounds,
        repeticiones: plan.repetitions,
        referencia: reference.name.clone(),
        escalas: Vec::new(),
        ajustes: None,
    };
    for scale in &plan.scales {
        let directory = prepare(tools, &data, *scale)?;
        let contendientes = rounds(tools, plan, &ways, &directory)?;
        duel.escalas.push(Scale {
            escala: *scale,
            bytes: size(&directory)?,
            contendientes,
        });
        saved(&duel)?;
    }
    if let Some(scale) = plan.ablation {
        let directory = prepare(tools, &data, scale)?;
        let variants = VARIANTS.map(|(name, options)| Way {
            name: name.to_owned(),
            options: options
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            launcher: tools.launcher(&ENGINE),
        });
        // Twelve ways: a warm-up and one repetition that counts, in each round.
        let fewer = Plan {
            repetitions: plan.repetitions.min(2),
            ..plan.clone()
        };
        duel.ajustes = Some(Ablation {
            escala: scale,
            variantes: rounds(tools, &fewer, &variants, &directory)?,
        });
        saved(&duel)?;
    }
    Ok(duel)
}

/// The data of a scale, made once and kept.
fn prepare(tools: &Tools, data: &Path, scale: f64) -> Result<PathBuf> {
    let directory = data.join(format!("sf{}", short(scale)));
    if directory.join("tpch.json").is_file() {
        return Ok(directory);
    }
    eprintln!("tpch: datos de escala {scale}…");
    let mut command = tools
        .launcher(&ENGINE)
        .map_err(|missing| anyhow::anyhow!(missing))?;
    command.extend([
        "generar".into(),
        "--escala".into(),
        scale.to_string().into(),
    ]);
    command.extend(["--salida".into(), directory.clone().into()]);
    let (program, arguments) = command.split_first().context("nada que ejecutar")?;
    let status = std::process::Command::new(program)
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .status()?;
    ensure!(
        status.success(),
        "motor-datafusion generar acabó con {status}"
    );
    Ok(directory)
}

fn size(directory: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|e| e == "parquet") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// What a way's processes have said so far.
#[derive(Default)]
struct Heard {
    sessions: Vec<Session>,
    peak_kb: u64,
    failure: Option<String>,
}

fn rounds(tools: &Tools, plan: &Plan, ways: &[Way], data: &Path) -> Result<Vec<Contender>> {
    let scratch = tempfile::tempdir()?;
    let runner = std::env::current_exe()?;
    let mut heard: Vec<Heard> = ways.iter().map(|_| Heard::default()).collect();
    for round in 0..plan.rounds {
        for (way, heard) in ways.iter().zip(&mut heard) {
            let launcher = match &way.launcher {
                Ok(launcher) => launcher,
                Err(missing) => {
                    heard.failure = Some(tools.anonymous(missing));
                    continue;
                }
            };
            // Whoever ran over the time or the memory once will again.
            if heard.failure.is_some() {
                continue;
            }
            let size = data.file_name().unwrap_or_default().display();
            eprintln!("tpch: {size}, {}, ronda {}", way.name, round + 1);
            let file = scratch.path().join("respuesta.json");
            let _ = std::fs::remove_file(&file);
            let order = Order {
                command: command(launcher, way, plan, data, &file),
                stdout: scratch.path().join("stdout"),
                stderr: scratch.path().join("stderr"),
                limit: plan.limit,
                cpus: None,
                memory_kb: machine::available_kb().map(|free| free / 10 * 9),
            };
            let measured = measure::supervised(&runner, &order)?;
            heard.peak_kb = heard.peak_kb.max(measured.peak_kb);
            if measured.timed_out || measured.out_of_memory {
                let what = if measured.timed_out {
                    "el tiempo"
                } else {
                    "la memoria"
                };
                heard.failure = Some(format!("se acabó {what}"));
                continue;
            }
            // A contestant that leaves with an error may have answered the other queries.
            match std::fs::read_to_string(&file).map(|text| serde_json::from_str(&text)) {
                Ok(Ok(session)) => heard.sessions.push(session),
                _ => {
                    let said = std::fs::read_to_string(&order.stderr).unwrap_or_default();
                    let line = said.lines().last().unwrap_or("sin respuesta");
                    heard.failure = Some(tools.anonymous(line));
                }
            }
        }
    }
    let reference = ways
        .iter()
        .zip(&heard)
        .find(|(way, heard)| way.name == REFERENCE && !heard.sessions.is_empty())
        .or(ways.iter().zip(&heard).next())
        .and_then(|(_, heard)| heard.sessions.first().cloned());
    Ok(ways
        .iter()
        .zip(heard)
        .map(|(way, heard)| contender(way, heard, reference.as_ref()))
        .collect())
}

fn command(
    launcher: &[OsString],
    way: &Way,
    plan: &Plan,
    data: &Path,
    file: &Path,
) -> Vec<OsString> {
    let mut command = launcher.to_vec();
    // The binary has other orders beside this one; a script has no other.
    if command.len() == 1 {
        command.push("tpch".into());
    }
    command.extend(["--datos".into(), data.into(), "--json".into(), file.into()]);
    command.extend(["--repeticiones".into(), plan.repetitions.to_string().into()]);
    command.extend(["--segundos".into(), plan.seconds.to_string().into()]);
    for (key, value) in &way.options {
        command.extend(["--opcion".into(), format!("{key}={value}").into()]);
    }
    command
}

fn contender(way: &Way, heard: Heard, reference: Option<&Session>) -> Contender {
    let opened: Vec<f64> = heard.sessions.iter().map(|s| s.apertura_s).collect();
    Contender {
        nombre: way.name.clone(),
        opciones: way.options.iter().cloned().collect::<BTreeMap<_, _>>(),
        version: heard.sessions.first().map(|s| s.version.clone()),
        apertura_s: stats::median(&opened).map(stats::fine),
        pico_mb: (heard.peak_kb > 0).then_some(heard.peak_kb / 1024),
        consultas: (1..=22)
            .filter_map(|query| timed(query, &heard.sessions, reference))
            .collect(),
        fallo: heard.failure,
    }
}

fn timed(query: u8, sessions: &[Session], reference: Option<&Session>) -> Option<Timed> {
    let answers: Vec<_> = sessions
        .iter()
        .filter_map(|s| s.consultas.iter().find(|c| c.consulta == query))
        .collect();
    let first = answers.first()?;
    let mut found = Timed {
        consulta: query,
        mediana_s: None,
        min_s: None,
        max_s: None,
        muestras: 0,
        filas: None,
        problema: answers.iter().find_map(|a| a.error.clone()),
    };
    if found.problema.is_some() {
        return Some(found);
    }
    found.filas = Some(first.resultado.len());
    let right = reference.and_then(|s| {
        let answer = s.consultas.iter().find(|c| c.consulta == query)?;
        answer.error.is_none().then_some(&answer.resultado)
    });
    if let Some(right) = right {
        found.problema = answers
            .iter()
            .find_map(|a| difference(query, &a.resultado, right))
            .map(|what| format!("otra respuesta: {what}"));
        if found.problema.is_some() {
            return Some(found);
        }
    }
    let times: Vec<f64> = answers
        .iter()
        .flat_map(|a| &a.segundos[usize::from(a.segundos.len() > 1)..])
        .copied()
        .collect();
    found.muestras = times.len();
    found.mediana_s = stats::median(&times).map(stats::fine);
    found.min_s = stats::min(&times);
    found.max_s = stats::max(&times);
    Some(found)
}
