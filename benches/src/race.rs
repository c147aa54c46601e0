//! The rounds: every contestant in turn, every output checked before its time counts.

use crate::contestant::{Task, Tools};
use crate::input::{self, Input};
use crate::lane::{Lane, Said, aa_pair, elect_twin, entry, failure, version_of};
use crate::measure::{Order, supervised};
use crate::report::{self, Sample, State};
use crate::verify::Reference;
use crate::workload::{Contestant, Workload};
use crate::{machine, stats};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::time::Duration;

/// How a race is run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Rounds that count.
    pub rounds: usize,
    /// Rounds before them that do not.
    pub warm_up: usize,
    /// CPUs each contestant gets; all if `None`.
    pub cpus: Option<usize>,
    /// When a run is given up.
    pub limit: Duration,
    /// Which contestant runs twice per round; the first that is present if `None`.
    pub twin: Option<String>,
}

/// The order of one round: everybody in turn, then the twin again.
///
/// ```
/// use benches::race::round_order;
/// assert_eq!(round_order(3, Some(0)), [0, 1, 2, 0]);
/// assert_eq!(round_order(2, None), [0, 1]);
/// ```
pub fn round_order(contestants: usize, twin: Option<usize>) -> Vec<usize> {
    (0..contestants).chain(twin).collect()
}

struct Race<'a> {
    tools: &'a Tools,
    workload: &'static Workload,
    input: &'a Input,
    reference: &'a Reference,
    rules: &'a Rules,
}

/// Runs `contestants` on `input` and tells what came out.
///
/// # Errors
/// If the runner itself fails; a contestant that is absent, fails or differs is part of the result.
pub fn run(
    tools: &Tools,
    workload: &'static Workload,
    contestants: &[&'static Contestant],
    input: &Input,
    rules: &Rules,
) -> Result<report::Outcome> {
    let machine = machine::Machine::current(&tools.root);
    eprintln!("{}: referencia ({})…", workload.name, workload.reference);
    let reference = Reference::obtain(
        tools,
        workload,
        &input.directory,
        &input::cache(tools).join("referencias"),
    )?;
    input::warm(input)?;
    let race = Race {
        tools,
        workload,
        input,
        reference: &reference,
        rules,
    };

    let mut lanes: Vec<Lane> = contestants.iter().map(|c| race.enter(c)).collect();
    let mut twin = None;
    let mut twin_samples = Vec::new();
    for round in 0..rules.warm_up + rules.rounds {
        let counts = round >= rules.warm_up;
        let elected = elect_twin(&lanes, rules.twin.as_deref());
        if elected != twin {
            // The one so far dropped out: what it ran pairs with nothing.
            twin_samples.clear();
            twin = elected;
        }
        for (turn, index) in round_order(lanes.len(), twin).into_iter().enumerate() {
            let lane = &mut lanes[index];
            if lane.state != State::Ok {
                continue;
            }
            race.announce(round, lane.name);
            if let Some(sample) = race.turn(contestants[index], lane)?.filter(|_| counts) {
                let list = if turn < contestants.len() {
                    &mut lane.samples
                } else {
                    &mut twin_samples
                };
                list.push(sample);
            }
        }
    }

    let aa = twin.and_then(|index| aa_pair(&lanes[index], &twin_samples));
    Ok(report::Outcome {
        trabajo: workload.name.into(),
        filas: reference.rows,
        maquina: machine,
        contendientes: lanes.into_iter().map(entry).collect(),
        corridas: rules.rounds,
        calentamiento: rules.warm_up,
        hilos: rules
            .cpus
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        cache: "caliente: la entrada se lee entera una vez antes de la primera corrida".into(),
        entrada: report::InputNote {
            escritor: input.writer.clone(),
            archivos: input.files,
            mb: input.megabytes,
        },
        referencia: reference.hash.clone(),
        aa,
        metodo: report::METHOD.into(),
        commit: machine::commit(&tools.root),
        fecha: jiff::Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string(),
    })
}

impl Race<'_> {
    /// The contestant's lane, already left if it is not installed.
    fn enter(&self, contestant: &'static Contestant) -> Lane {
        let task = Task {
            day: self.workload.day,
            input: &self.input.directory,
            output: Path::new("TABLA"),
        };
        let command = self.tools.command(contestant, &task);
        let mut lane = Lane {
            name: contestant.name,
            state: State::Ok,
            detail: None,
            command: String::new(),
            version: None,
            hash: None,
            samples: Vec::new(),
        };
        match command {
            Ok(words) => {
                let words: Vec<_> = words.iter().map(|w| w.to_string_lossy()).collect();
                let given = self.input.directory.to_string_lossy();
                lane.command = self
                    .tools
                    .anonymous(&words.join(" ").replace(&*given, "ENTRADA"));
            }
            Err(missing) => lane.leave(State::Ausente, self.tools.anonymous(&missing)),
        }
        lane
    }

    /// One run: measured, its output compared and thrown away.
    fn turn(&self, contestant: &'static Contestant, lane: &mut Lane) -> Result<Option<Sample>> {
        let outputs = self.tools.target.join("duelo");
        std::fs::create_dir_all(&outputs)?;
        let directory = tempfile::Builder::new()
            .prefix(lane.name)
            .tempdir_in(&outputs)?;
        let output = directory.path().join("metricas");
        let task = Task {
            day: self.workload.day,
            input: &self.input.directory,
            output: &output,
        };
        let command = match self.tools.command(contestant, &task) {
            Ok(command) => command,
            Err(missing) => {
                lane.leave(State::Ausente, missing);
                return Ok(None);
            }
        };
        let order = Order {
            command,
            stdout: directory.path().join("stdout"),
            stderr: directory.path().join("stderr"),
            limit: self.rules.limit,
            cpus: self.rules.cpus,
        };
        let runner = std::env::current_exe().context("cannot find this program")?;
        let measured = supervised(&runner, &order)?;
        if measured.code != Some(0) {
            let said = std::fs::read_to_string(&order.stderr).unwrap_or_default();
            lane.leave(
                State::Error,
                self.tools.anonymous(&failure(&measured, &said)),
            );
            return Ok(None);
        }
        let verdict = self.reference.compare(self.tools, self.workload, &output)?;
        lane.hash = Some(verdict.hash);
        if let Some(difference) = verdict.difference {
            lane.leave(State::Distinto, difference);
            return Ok(None);
        }
        let said = Said::parse(&std::fs::read_to_string(&order.stdout).unwrap_or_default());
        if lane.version.is_none() {
            lane.version = said.version.or_else(|| version_of(&order));
        }
        Ok(Some(Sample {
            pared_s: stats::rounded(measured.wall_s),
            consulta_s: said.query_s.map(stats::rounded),
            cpu_s: stats::rounded(measured.cpu_s),
            pico_mb: measured.peak_kb.div_ceil(1024),
            pico_cota_mb: measured.peak_bound_kb.div_ceil(1024),
            procesos: measured.processes,
            hilos: measured.threads,
        }))
    }

    fn announce(&self, round: usize, name: &str) {
        match (round + 1).checked_sub(self.rules.warm_up) {
            None | Some(0) => eprintln!("calentamiento · {name}"),
            Some(number) => eprintln!("corrida {number}/{} · {name}", self.rules.rounds),
        }
    }
}
