//! The rounds: every contestant in turn, every output checked before its time counts.

mod run;

use crate::contestant::{Task, Tools};
use crate::input::{self, Input};
use crate::lane::{Lane, WarmRun, aa_pair, elect_twin, entry};
use crate::machine;
use crate::report::{self, State};
use crate::store::Store;
use crate::verify::Reference;
use crate::workload::{Contestant, Program, Warm, Workload};
use anyhow::Result;
use run::Ended;
use std::collections::BTreeMap;
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
    /// Resident memory at which a contestant is killed.
    pub memory_kb: Option<u64>,
    /// How warm queries are taken after the rounds; not at all if `None`.
    pub warm: Option<Warm>,
    /// Whose work is timed by parts, where it has any; everybody's if empty.
    pub parts: Vec<String>,
}

/// One place in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub contestant: usize,
    /// Whether it has had one in this round.
    pub again: bool,
}

/// The order of one round: everybody in turn, and the twin again half a round away, since who runs right behind itself finds its
/// program and its memory warm.
///
/// ```
/// use benches::race::round_order;
/// let order = |contestants, twin| -> Vec<_> {
///     round_order(contestants, twin).iter().map(|t| (t.contestant, t.again)).collect()
/// };
/// assert_eq!(order(4, Some(0)), [(0, false), (1, false), (2, false), (0, true), (3, false)]);
/// assert_eq!(order(3, Some(2)), [(0, false), (2, true), (1, false), (2, false)]);
/// assert_eq!(order(2, None), [(0, false), (1, false)]);
/// ```
pub fn round_order(contestants: usize, twin: Option<usize>) -> Vec<Turn> {
    let turn = |contestant, again| Turn { contestant, again };
    let mut order: Vec<_> = (0..contestants).map(|c| turn(c, false)).collect();
    if let Some(twin) = twin {
        order.insert((twin + contestants / 2) % contestants + 1, turn(twin, true));
    }
    order
}

/// What a contestant is told it may occupy where nobody knows how much there is.
const MEMORY_MB: u64 = 4096;

/// One query, as a program that is called once does it.
const ONCE: Warm = Warm {
    queries: 1,
    seconds: 0,
    processes: 1,
};

struct Race<'a> {
    tools: &'a Tools,
    workload: &'static Workload,
    input: &'a Input,
    reference: &'a Reference,
    rules: &'a Rules,
    store: Option<&'a Store>,
}

/// Runs `contestants` on `input`, which they read from `store` if there is one, and tells what came out.
///
/// # Errors
/// If the runner itself fails; a contestant that is absent, fails or differs is part of the result.
pub fn run(
    tools: &Tools,
    workload: &'static Workload,
    contestants: &[&'static Contestant],
    input: &Input,
    rules: &Rules,
    store: Option<&Store>,
) -> Result<report::Outcome> {
    let machine = machine::Machine::current(&tools.root);
    eprintln!("{}: referencia ({})…", workload.name, workload.reference);
    let reference = Reference::obtain(
        tools,
        workload,
        input,
        &input::cache(tools).join("referencias"),
    )?;
    input::warm(input)?;
    let race = Race {
        tools,
        workload,
        input,
        reference: &reference,
        rules,
        store,
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
        for turn in round_order(lanes.len(), twin) {
            let lane = &mut lanes[turn.contestant];
            if lane.state != State::Ok {
                continue;
            }
            race.announce(round, lane.name);
            match race.turn(contestants[turn.contestant], lane, ONCE, false)? {
                Ended::Well { sample, .. } if counts => {
                    let list = if turn.again {
                        &mut twin_samples
                    } else {
                        &mut lane.samples
                    };
                    list.push(sample);
                }
                Ended::Well { .. } => {}
                Ended::Badly {
                    state,
                    detail,
                    peak_mb,
                } => {
                    lane.last_peak_mb = peak_mb.filter(|_| state == State::SinMemoria);
                    lane.leave(state, detail);
                }
            }
        }
    }
    let twin_warm = match rules.warm.filter(|warm| warm.queries > 1) {
        Some(warm) => race.warm(&mut lanes, contestants, warm, twin)?,
        None => Vec::new(),
    };
    if let Some(warm) = rules.warm.filter(|_| workload.parts) {
        race.parts(&mut lanes, contestants, warm)?;
    }

    let aa = twin.and_then(|index| aa_pair(&lanes[index], &twin_samples, &twin_warm));
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
        limite_mb: rules.memory_kb.map(|kb| kb / 1024),
        cache: "caliente: la entrada se lee entera una vez antes de la primera corrida".into(),
        almacen: store.map(|_| "s3".into()),
        entrada: report::InputNote {
            escritor: input.writer.clone(),
            archivos: input.files,
            mb: input.megabytes,
            decodificado_mb: input.decoded_mb,
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
    fn task<'b>(&'b self, output: &'b Path, queries: Warm, parts: bool) -> Task<'b> {
        Task {
            day: self.workload.day().unwrap_or_default(),
            input: self.store.map_or(&self.input.path, |s| s.object()),
            output,
            queries: queries.queries,
            seconds: queries.seconds,
            memory_mb: self.rules.memory_kb.map_or(MEMORY_MB, |kb| kb / 1024),
            parts,
        }
    }

    /// What contestants find in their environment beside what is there.
    fn environment(&self) -> BTreeMap<String, String> {
        self.store
            .map(|s| s.environment(self.tools))
            .unwrap_or_default()
    }

    /// Why the contestant cannot read the store, if so.
    fn kept_out(&self, contestant: &Contestant) -> Option<String> {
        self.store?;
        let known = self.workload.s3.unwrap_or_default().iter();
        let known = known.filter(|(name, _)| *name == contestant.name);
        let needs_jars = matches!(
            contestant.program,
            Program::Spark { .. } | Program::Jvm { .. }
        );
        let lacks_jars = needs_jars && !self.tools.s3_jars().is_dir();
        let jars = lacks_jars.then_some(
            "faltan los jars de S3: mvn -q -f benches/peers/jars-spark-s3.xml dependency:copy-dependencies",
        );
        known
            .map(|(_, why)| *why)
            .next()
            .or(jars)
            .map(str::to_owned)
    }

    /// The contestant's lane, already left if it is not installed.
    fn enter(&self, contestant: &'static Contestant) -> Lane {
        let task = self.task(Path::new("TABLA"), ONCE, false);
        let command = match self.kept_out(contestant) {
            Some(why) => Err(why),
            None => self.tools.command(contestant, &task),
        };
        let mut lane = Lane {
            name: contestant.name,
            state: State::Ok,
            detail: None,
            command: String::new(),
            version: None,
            hash: None,
            deviation: None,
            samples: Vec::new(),
            last_peak_mb: None,
            warm: Vec::new(),
            parts: BTreeMap::new(),
        };
        match command {
            Ok(words) => {
                let words: Vec<_> = words.iter().map(|w| w.to_string_lossy()).collect();
                let given = task.input.to_string_lossy();
                lane.command = self
                    .tools
                    .anonymous(&words.join(" ").replace(&*given, "ENTRADA"));
            }
            Err(missing) => lane.leave(State::Ausente, self.tools.anonymous(&missing)),
        }
        lane
    }

    /// Processes that repeat their query, everybody in turn; gives those of the twin's second turn.
    ///
    /// A contestant that fails here keeps what it did before, and says so.
    fn warm(
        &self,
        lanes: &mut [Lane],
        contestants: &[&'static Contestant],
        warm: Warm,
        twin: Option<usize>,
    ) -> Result<Vec<WarmRun>> {
        let mut again = Vec::new();
        for process in 1..=warm.processes {
            for turn in round_order(lanes.len(), twin) {
                let lane = &mut lanes[turn.contestant];
                if lane.state != State::Ok || lane.detail.is_some() {
                    continue;
                }
                eprintln!("en caliente {process}/{} · {}", warm.processes, lane.name);
                match self.turn(contestants[turn.contestant], lane, warm, false)? {
                    Ended::Well { sample, queries } => {
                        let run = WarmRun {
                            queries,
                            peak_mb: sample.pico_mb,
                        };
                        if turn.again {
                            again.push(run);
                        } else {
                            lane.warm.push(run);
                        }
                    }
                    Ended::Badly { detail, .. } => {
                        lane.detail = Some(format!("en caliente: {detail}"));
                    }
                }
            }
        }
        Ok(again)
    }

    /// One process of each that times the parts of its work; what it says of them is all that is kept.
    fn parts(
        &self,
        lanes: &mut [Lane],
        contestants: &[&'static Contestant],
        queries: Warm,
    ) -> Result<()> {
        for (lane, contestant) in lanes.iter_mut().zip(contestants) {
            let chosen =
                self.rules.parts.is_empty() || self.rules.parts.iter().any(|n| n == lane.name);
            if !chosen || lane.state != State::Ok || lane.detail.is_some() {
                continue;
            }
            eprintln!("por partes · {}", lane.name);
            match self.turn(contestant, lane, queries, true)? {
                Ended::Well { sample, .. } => lane.parts = sample.partes_s,
                Ended::Badly { detail, .. } => {
                    lane.detail = Some(format!("por partes: {detail}"));
                }
            }
        }
        Ok(())
    }

    fn announce(&self, round: usize, name: &str) {
        match (round + 1).checked_sub(self.rules.warm_up) {
            None | Some(0) => eprintln!("calentamiento · {name}"),
            Some(number) => eprintln!("corrida {number}/{} · {name}", self.rules.rounds),
        }
    }
}
