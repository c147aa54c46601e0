//! One contestant through a race: what it says, what became of it, and what is written down in the end.

use crate::measure::{Measurement, Order};
use crate::report::{AaPair, Entry, Sample, State, WarmEntry};
use crate::stats;
use serde_json::Value;
use std::collections::BTreeMap;

/// One contestant while the race goes on.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    pub(crate) detail: Option<String>,
    pub(crate) command: String,
    pub(crate) version: Option<String>,
    pub(crate) hash: Option<String>,
    /// How far its answers lay from the reference at most.
    pub(crate) deviation: Option<u64>,
    pub(crate) samples: Vec<Sample>,
    /// How far it got before it ran out of memory.
    pub(crate) last_peak_mb: Option<u64>,
    /// Its warm processes.
    pub(crate) warm: Vec<WarmRun>,
    /// Seconds of each part of its work, from a process that timed nothing else.
    pub(crate) parts: BTreeMap<String, f64>,
}

/// What a process that repeated its query took.
#[derive(Clone, Debug)]
pub(crate) struct WarmRun {
    /// Seconds of each query, the first and cold one included.
    pub(crate) queries: Vec<f64>,
    pub(crate) peak_mb: u64,
}

impl Lane {
    pub(crate) fn leave(&mut self, state: State, detail: String) {
        self.state = state;
        self.detail = Some(detail);
        // The time of a wrong answer is no time.
        self.samples.clear();
    }
}

/// What a contestant says of itself: the last JSON object of its standard output.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
    pub(crate) query_s: Option<f64>,
    /// Seconds of every repetition, where it repeats.
    pub(crate) queries_s: Vec<f64>,
    pub(crate) version: Option<String>,
    /// Seconds of each part, where the query has several.
    pub(crate) parts_s: BTreeMap<String, f64>,
    /// Seconds until the engine could be asked anything, where that is told.
    pub(crate) session_s: Option<f64>,
}

impl Said {
    pub(crate) fn parse(stdout: &str) -> Self {
        let whole = serde_json::from_str::<Value>(stdout).ok();
        let line = || {
            stdout.lines().rev().find_map(|l| {
                serde_json::from_str::<Value>(l)
                    .ok()
                    .filter(Value::is_object)
            })
        };
        let Some(value) = whole.or_else(line) else {
            return Self::default();
        };
        // `segundos` is what the summary of analytics-ecommerce calls the same thing.
        let seconds = ["consulta_s", "segundos"]
            .iter()
            .find_map(|key| value.get(key)?.as_f64());
        let repeated = value.get("consultas_s").and_then(Value::as_array);
        let repeated = repeated.map(|list| list.iter().filter_map(Value::as_f64).collect());
        let parts = value.get("partes_s").and_then(Value::as_object);
        let parts = parts.map(|all| {
            let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_f64()?));
            all.iter().filter_map(number).collect()
        });
        Self {
            query_s: seconds,
            queries_s: repeated.unwrap_or_default(),
            parts_s: parts.unwrap_or_default(),
            session_s: value.get("sesion_s").and_then(Value::as_f64),
            version: value
                .get("version")
                .and_then(Value::as_str)
                .map(str::to_owned),
        }
    }
}

/// A native contestant may leave its version to `--version`.
pub(crate) fn version_of(order: &Order) -> Option<String> {
    let output = std::process::Command::new(order.command.first()?)
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// Code with which programs of this workspace say that there was no memory.
const NO_MEMORY: i32 = 6;

/// What a run that did not end well makes of its contestant.
pub(crate) fn failed_state(measured: &Measurement) -> State {
    if measured.out_of_memory || measured.code == Some(NO_MEMORY) {
        State::SinMemoria
    } else {
        State::Error
    }
}

pub(crate) fn failure(measured: &Measurement, stderr: &str) -> String {
    let how = match measured.code {
        _ if measured.timed_out => "pasó el límite de tiempo".to_owned(),
        _ if measured.out_of_memory => format!(
            "pasó el límite de memoria: tenía {} MB cuando se le mató",
            measured.peak_kb.div_ceil(1024)
        ),
        Some(code) => format!("salió con {code}"),
        None => "lo terminó una señal".to_owned(),
    };
    let lines: Vec<_> = stderr.lines().filter(|l| !l.trim().is_empty()).collect();
    format!(
        "{how}\n{}",
        lines[lines.len().saturating_sub(8)..].join("\n")
    )
    .trim()
    .to_owned()
}

/// Who runs twice in the next round: the one asked for, or the first still in the race.
pub(crate) fn elect_twin(lanes: &[Lane], asked: Option<&str>) -> Option<usize> {
    lanes
        .iter()
        .position(|l| l.state == State::Ok && asked.is_none_or(|name| l.name == name))
}

pub(crate) fn aa_pair(lane: &Lane, again: &[Sample], again_warm: &[WarmRun]) -> Option<AaPair> {
    let median =
        |samples: &[Sample]| stats::median(&samples.iter().map(|s| s.pared_s).collect::<Vec<_>>());
    let (first, second) = (median(&lane.samples)?, median(again)?);
    Some(AaPair {
        nombre: lane.name.into(),
        mediana_a_s: stats::rounded(first),
        mediana_b_s: stats::rounded(second),
        razon: stats::rounded(second / first),
        muestras_b: again.to_vec(),
        razon_caliente: warm_median(again_warm)
            .zip(warm_median(&lane.warm))
            .map(|(second, first)| stats::rounded(second / first)),
    })
}

/// Every query but the first of each process.
fn warm_queries(runs: &[WarmRun]) -> Vec<f64> {
    runs.iter()
        .flat_map(|run| run.queries.iter().skip(1).copied())
        .collect()
}

fn warm_median(runs: &[WarmRun]) -> Option<f64> {
    stats::median(&warm_queries(runs))
}

fn warm_entry(runs: &[WarmRun]) -> Option<WarmEntry> {
    let queries = warm_queries(runs);
    let firsts: Vec<f64> = runs
        .iter()
        .filter_map(|run| run.queries.first().copied())
        .collect();
    Some(WarmEntry {
        mediana_s: stats::fine(stats::median(&queries)?),
        min_s: stats::fine(stats::min(&queries)?),
        max_s: stats::fine(stats::max(&queries)?),
        primera_s: stats::median(&firsts).map(stats::fine),
        pico_mb: runs.iter().map(|run| run.peak_mb).max()?,
        procesos: runs
            .iter()
            .map(|run| run.queries.iter().map(|s| stats::fine(*s)).collect())
            .collect(),
    })
}

pub(crate) fn entry(lane: Lane) -> Entry {
    let of = |pick: fn(&Sample) -> f64| lane.samples.iter().map(pick).collect::<Vec<_>>();
    let walls = of(|s| s.pared_s);
    let queries: Vec<f64> = lane.samples.iter().filter_map(|s| s.consulta_s).collect();
    let middle = |values: &[f64]| stats::median(values).map(stats::rounded);
    // What is not the query: interpreter, libraries, writing the answer, leaving. Only told beside warm queries.
    let around = lane.samples.iter();
    let around: Vec<f64> = around
        .filter_map(|s| Some(s.pared_s - s.consulta_s?))
        .collect();
    let warm = warm_entry(&lane.warm);
    let sessions: Vec<f64> = lane.samples.iter().filter_map(|s| s.sesion_s).collect();
    Entry {
        nombre: lane.name.into(),
        estado: lane.state,
        mediana_s: middle(&walls),
        consulta_s: middle(&queries),
        min_s: stats::min(&walls),
        max_s: stats::max(&walls),
        cpu_s: middle(&of(|s| s.cpu_s)),
        pico_mb: lane
            .samples
            .iter()
            .map(|s| s.pico_mb)
            .max()
            .or(lane.last_peak_mb),
        hash: lane.hash,
        desviacion: lane.deviation,
        version: lane.version,
        detalle: lane.detail,
        comando: lane.command,
        arranque_s: warm.as_ref().and_then(|_| middle(&around)),
        caliente: warm,
        escrito_mb: lane.samples.iter().filter_map(|s| s.escrito_mb).max(),
        partes_s: if lane.parts.is_empty() {
            parts(&lane.samples)
        } else {
            lane.parts
        },
        sesion_s: middle(&sessions),
        muestras: lane.samples,
    }
}

/// The median of every part, over the runs that have it.
fn parts(samples: &[Sample]) -> BTreeMap<String, f64> {
    let names = samples.iter().flat_map(|s| s.partes_s.keys());
    let median = |name: &String| {
        let values: Vec<f64> = samples
            .iter()
            .filter_map(|s| s.partes_s.get(name).copied())
            .collect();
        Some((name.clone(), stats::rounded(stats::median(&values)?)))
    };
    names.filter_map(median).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_object_printed_is_what_a_contestant_says() {
        let said = Said {
            query_s: Some(1.5),
            queries_s: vec![],
            version: Some("x 1".into()),
            ..Said::default()
        };
        assert_eq!(
            Said::parse(
                "{\"consulta_s\": 9}\nnoise\n{\"consulta_s\": 1.5, \"version\": \"x 1\"}\n"
            ),
            said
        );
        assert_eq!(
            Said::parse("{\n  \"segundos\": 1.5,\n  \"version\": \"x 1\"\n}\n"),
            said
        );
        assert_eq!(Said::parse("nothing\n3\n"), Said::default());
        let repeated = Said::parse("{\"consulta_s\": 1.5, \"consultas_s\": [1.5, 0.5]}");
        assert_eq!(repeated.queries_s, [1.5, 0.5]);
    }

    #[test]
    fn the_first_query_of_a_process_is_not_a_warm_one() {
        let run = |queries: &[f64], peak_mb| WarmRun {
            queries: queries.to_vec(),
            peak_mb,
        };
        let runs = [run(&[9.0, 2.0, 3.0], 10), run(&[7.0, 4.0], 12)];
        let entry = warm_entry(&runs).unwrap();
        assert_eq!(
            (entry.mediana_s, entry.min_s, entry.max_s, entry.pico_mb),
            (3.0, 2.0, 4.0, 12)
        );
        assert_eq!(entry.primera_s, Some(8.0));
        assert_eq!(warm_entry(&[run(&[9.0], 1)]), None);
    }

    #[test]
    fn a_failure_tells_how_it_ended_and_its_last_words() {
        let run = Measurement {
            code: Some(3),
            timed_out: false,
            out_of_memory: false,
            wall_s: 1.0,
            cpu_s: 1.0,
            peak_kb: 1,
            peak_bound_kb: 1,
            written_kb: 0,
            processes: 1,
            threads: 1,
        };
        assert_eq!(failure(&run, "a\n\nb\n"), "salió con 3\na\nb");
        assert_eq!(
            failure(
                &Measurement {
                    code: None,
                    ..run.clone()
                },
                ""
            ),
            "lo terminó una señal"
        );
        assert_eq!(
            failure(
                &Measurement {
                    code: None,
                    timed_out: true,
                    ..run.clone()
                },
                ""
            ),
            "pasó el límite de tiempo"
        );
        let too_large = Measurement {
            code: None,
            out_of_memory: true,
            peak_kb: 2048,
            ..run.clone()
        };
        assert_eq!(
            failure(&too_large, ""),
            "pasó el límite de memoria: tenía 2 MB cuando se le mató"
        );
        let said_so = Measurement {
            code: Some(6),
            ..run.clone()
        };
        assert_eq!(
            [&run, &too_large, &said_so].map(failed_state),
            [State::Error, State::SinMemoria, State::SinMemoria]
        );
    }
}
