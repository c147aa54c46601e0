//! What came out, and how it is told.

use crate::duelo::contestants::Contestant;
use crate::duelo::inputs::Answer;
use serde_json::{Value, json};
use std::process::Command;

/// A contestant's results so far.
pub(crate) struct Outcome {
    contestant: Contestant,
    reference: Answer,
    state: State,
    version: String,
    /// All of them, by process.
    seconds: Vec<Vec<f64>>,
}

#[derive(Clone, PartialEq, Debug)]
enum State {
    Ok,
    /// Something of it is not installed.
    Ausente(String),
    /// Its answer is another one: it has no times.
    Distinto(String),
    Error(String),
}

impl Outcome {
    pub(crate) fn new(contestant: Contestant, reference: &Answer) -> Self {
        Self {
            contestant,
            reference: *reference,
            state: State::Ok,
            version: String::new(),
            seconds: Vec::new(),
        }
    }

    /// Starts it once more, unless it is out.
    pub(crate) fn round(&mut self, input: &str, repetitions: usize) {
        if self.state != State::Ok {
            return;
        }
        match self.contestant.command(input, repetitions) {
            Err(missing) => self.state = State::Ausente(missing),
            Ok(command) => match self.answer(command) {
                Ok(seconds) => self.seconds.push(seconds),
                Err(state) => {
                    self.state = state;
                    self.seconds.clear();
                }
            },
        }
    }

    fn answer(&mut self, mut command: Command) -> Result<Vec<f64>, State> {
        let output = command
            .output()
            .map_err(|error| State::Error(error.to_string()))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let missing = stderr.lines().find(|line| line.contains("No module named"));
            let last = stderr.lines().rfind(|line| !line.trim().is_empty());
            return Err(match missing {
                Some(line) => State::Ausente(line.trim().to_owned()),
                None => State::Error(last.unwrap_or("sin mensaje").trim().to_owned()),
            });
        }
        let stdout = String::from_utf8_lossy(&output.stdout);
        // Spark may say something before.
        let line = stdout.lines().rfind(|line| line.starts_with('{'));
        let said: Value = line
            .and_then(|line| serde_json::from_str(line).ok())
            .ok_or_else(|| State::Error("no respondió una línea de JSON".to_owned()))?;
        let number = |key: &str| said[key].as_f64().unwrap_or(f64::NAN);
        let answer = Answer {
            filas: said["filas"].as_u64().unwrap_or(0),
            suma_km: number("suma_km"),
            maximo_km: number("maximo_km"),
        };
        if !answer.agrees(&self.reference) {
            return Err(State::Distinto(format!(
                "{answer:?}, y no {:?}",
                self.reference
            )));
        }
        self.version = said["version"].as_str().unwrap_or_default().to_owned();
        let seconds = said["segundos"].as_array().into_iter().flatten();
        let seconds: Vec<f64> = seconds.filter_map(Value::as_f64).collect();
        if seconds.is_empty() {
            return Err(State::Error("no dijo ningún tiempo".to_owned()));
        }
        Ok(seconds)
    }

    /// Absent is not unsound; a different answer or a failure is.
    pub(crate) fn is_sound(&self) -> bool {
        matches!(self.state, State::Ok | State::Ausente(_))
    }

    /// The repetitions but for each process's first, which also warms up; that one if there is no other.
    fn warm(&self) -> Vec<f64> {
        let of = |process: &Vec<f64>| match process.split_first() {
            Some((_, rest)) if !rest.is_empty() => rest.to_vec(),
            _ => process.clone(),
        };
        self.seconds.iter().flat_map(of).collect()
    }

    fn median(&self) -> Option<f64> {
        let mut warm = self.warm();
        warm.sort_by(f64::total_cmp);
        let (low, high) = (
            warm.get(warm.len().checked_sub(1)? / 2)?,
            warm.get(warm.len() / 2)?,
        );
        Some((low + high) / 2.0)
    }

    pub(crate) fn line(&self) -> String {
        let last = self.seconds.last();
        format!("{} {:?} {last:?}", self.contestant.name, self.state)
    }
}

/// The keys are those of docs/resultados/README.md.
pub(crate) fn report(
    outcomes: &[Outcome],
    rows: usize,
    rounds: usize,
    repetitions: usize,
) -> Value {
    let contestants: Vec<Value> = outcomes.iter().map(entry).collect();
    json!({
        "trabajo": "udf",
        "fecha": told_by("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"]),
        "commit": told_by("git", &["rev-parse", "HEAD"]),
        "filas": rows,
        "rondas": rounds,
        "repeticiones": repetitions,
        "metodo": "segundos de la consulta, dichos por cada proceso; la primera de cada proceso no cuenta; los procesos se alternan",
        "maquina": machine(),
        "contendientes": contestants,
    })
}

fn entry(outcome: &Outcome) -> Value {
    let (state, detail) = match &outcome.state {
        State::Ok => ("ok", None),
        State::Ausente(why) => ("ausente", Some(why)),
        State::Distinto(why) => ("distinto", Some(why)),
        State::Error(why) => ("error", Some(why)),
    };
    let warm = outcome.warm();
    let least = warm.iter().copied().min_by(f64::total_cmp);
    let most = warm.iter().copied().max_by(f64::total_cmp);
    json!({
        "nombre": outcome.contestant.name,
        "que": outcome.contestant.what,
        "estado": state,
        "detalle": detail,
        "version": outcome.version,
        "mediana_s": outcome.median(),
        "min_s": least,
        "max_s": most,
        "procesos": outcome.seconds,
    })
}

/// What docs/resultados/README.md asks of a machine, as Linux tells it; null where it does not.
fn machine() -> Value {
    let field = |path: &str, key: &str| {
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        let (_, value) = line.split_once([':', '='])?;
        Some(value.trim().trim_matches('"').to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kibibytes = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next();
    let load = load.and_then(|load| load.parse::<f64>().ok());
    json!({
        "cpu": field("/proc/cpuinfo", "model name"),
        "nucleos": cores,
        "ram_gb": kibibytes.map(|kibibytes| (kibibytes / f64::from(1 << 20) * 10.0).round() / 10.0),
        "sistema": field("/etc/os-release", "PRETTY_NAME"),
        "carga": load,
    })
}

/// The first line that a program prints; null if it cannot be run.
fn told_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.to_owned();
    output.status.success().then_some(line)
}

/// The table, in the order of the times.
pub(crate) fn markdown(outcomes: &[Outcome], how: &str) -> String {
    let fastest = outcomes
        .iter()
        .filter_map(Outcome::median)
        .min_by(f64::total_cmp);
    let mut rows: Vec<&Outcome> = outcomes.iter().collect();
    rows.sort_by(|a, b| {
        let key = |outcome: &Outcome| outcome.median().unwrap_or(f64::INFINITY);
        key(a).total_cmp(&key(b))
    });
    let mut table = format!("# La distancia, por cada UDF\n\n{how}\n\n");
    table += "| contendiente | qué | mediana | mínimo–máximo | veces | versión |\n|---|---|---:|---:|---:|---|\n";
    for outcome in rows {
        let Contestant { name, what, .. } = &outcome.contestant;
        let (Some(median), Some(fastest)) = (outcome.median(), fastest) else {
            table += &format!(
                "| {name} | {what} | {} | – | – | – |\n",
                told(&outcome.state)
            );
            continue;
        };
        let warm = outcome.warm();
        let least = warm.iter().copied().fold(f64::INFINITY, f64::min);
        let most = warm.iter().copied().fold(0.0, f64::max);
        let times = decimal(median / fastest, 1);
        table += &format!(
            "| {name} | {what} | {} s | {}–{} s | {times} | {} |\n",
            decimal(median, 3),
            decimal(least, 3),
            decimal(most, 3),
            outcome.version
        );
    }
    table
}

fn told(state: &State) -> String {
    match state {
        State::Ok => "–".to_owned(),
        State::Ausente(why) => format!("ausente ({why})"),
        State::Distinto(_) => "distinto".to_owned(),
        State::Error(_) => "error".to_owned(),
    }
}

/// With a comma, as the rest of the pages.
fn decimal(number: f64, digits: usize) -> String {
    format!("{number:.digits$}").replace('.', ",")
}
