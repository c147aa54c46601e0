//! One contestant through a race: what it says, what became of it, and what is written down in the end.

use crate::measure::{Measurement, Order};
use crate::report::{AaPair, Entry, Sample, State};
use crate::stats;
use serde_json::Value;

/// One contestant while the race goes on.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    pub(crate) detail: Option<String>,
    pub(crate) command: String,
    pub(crate) version: Option<String>,
    pub(crate) hash: Option<String>,
    pub(crate) samples: Vec<Sample>,
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
    pub(crate) version: Option<String>,
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
        Self {
            query_s: seconds,
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

pub(crate) fn failure(measured: &Measurement, stderr: &str) -> String {
    let how = match measured.code {
        _ if measured.timed_out => "pasó el límite de tiempo".to_owned(),
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

pub(crate) fn aa_pair(lane: &Lane, again: &[Sample]) -> Option<AaPair> {
    let median =
        |samples: &[Sample]| stats::median(&samples.iter().map(|s| s.pared_s).collect::<Vec<_>>());
    let (first, second) = (median(&lane.samples)?, median(again)?);
    Some(AaPair {
        nombre: lane.name.into(),
        mediana_a_s: stats::rounded(first),
        mediana_b_s: stats::rounded(second),
        razon: stats::rounded(second / first),
        muestras_b: again.to_vec(),
    })
}

pub(crate) fn entry(lane: Lane) -> Entry {
    let of = |pick: fn(&Sample) -> f64| lane.samples.iter().map(pick).collect::<Vec<_>>();
    let walls = of(|s| s.pared_s);
    let queries: Vec<f64> = lane.samples.iter().filter_map(|s| s.consulta_s).collect();
    let middle = |values: &[f64]| stats::median(values).map(stats::rounded);
    Entry {
        nombre: lane.name.into(),
        estado: lane.state,
        mediana_s: middle(&walls),
        consulta_s: middle(&queries),
        min_s: stats::min(&walls),
        max_s: stats::max(&walls),
        cpu_s: middle(&of(|s| s.cpu_s)),
        pico_mb: lane.samples.iter().map(|s| s.pico_mb).max(),
        hash: lane.hash,
        version: lane.version,
        detalle: lane.detail,
        comando: lane.command,
        muestras: lane.samples,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_object_printed_is_what_a_contestant_says() {
        let said = Said {
            query_s: Some(1.5),
            version: Some("x 1".into()),
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
    }

    #[test]
    fn a_failure_tells_how_it_ended_and_its_last_words() {
        let run = Measurement {
            code: Some(3),
            timed_out: false,
            wall_s: 1.0,
            cpu_s: 1.0,
            peak_kb: 1,
            peak_bound_kb: 1,
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
                    ..run
                },
                ""
            ),
            "pasó el límite de tiempo"
        );
    }
}
