//! One run of a contestant: started, measured, its output compared and thrown away.

use super::Race;
use crate::lane::{Lane, Said, failed_state, failure, version_of};
use crate::measure::{Measurement, Order, supervised_with};
use crate::report::{Sample, State};
use crate::stats;
use crate::workload::{Contestant, Warm};
use anyhow::{Context as _, Result};

/// How a run ended.
pub(super) enum Ended {
    /// With the right answer.
    Well { sample: Sample, queries: Vec<f64> },
    /// In any other way.
    Badly {
        state: State,
        detail: String,
        peak_mb: Option<u64>,
    },
}

impl Race<'_> {
    /// One run: measured, its output compared and thrown away.
    pub(super) fn turn(
        &self,
        contestant: &'static Contestant,
        lane: &mut Lane,
        queries: Warm,
        parts: bool,
    ) -> Result<Ended> {
        let outputs = self.tools.target.join("duelo");
        std::fs::create_dir_all(&outputs)?;
        let directory = tempfile::Builder::new()
            .prefix(lane.name)
            .tempdir_in(&outputs)?;
        let output = directory.path().join("metricas");
        let badly = |state, detail, peak_mb| Ended::Badly {
            state,
            detail,
            peak_mb,
        };
        let task = self.task(&output, queries, parts);
        let command = match self.tools.command(contestant, &task) {
            Ok(command) => command,
            Err(missing) => return Ok(badly(State::Ausente, missing, None)),
        };
        let order = Order {
            command,
            stdout: directory.path().join("stdout"),
            stderr: directory.path().join("stderr"),
            limit: self.rules.limit,
            cpus: self.rules.cpus,
            memory_kb: self.rules.memory_kb,
        };
        let runner = std::env::current_exe().context("cannot find this program")?;
        let measured = supervised_with(&runner, &order, &self.environment())?;
        if measured.code != Some(0) {
            let said = std::fs::read_to_string(&order.stderr).unwrap_or_default();
            let detail = self.tools.anonymous(&failure(&measured, &said));
            let peak_mb = measured.peak_kb.div_ceil(1024);
            return Ok(badly(failed_state(&measured), detail, Some(peak_mb)));
        }
        let verdict = self.reference.compare(self.tools, self.workload, &output)?;
        lane.hash = Some(verdict.hash);
        lane.deviation = lane.deviation.max(verdict.deviation);
        if let Some(difference) = verdict.difference {
            return Ok(badly(State::Distinto, difference, None));
        }
        let said = Said::parse(&std::fs::read_to_string(&order.stdout).unwrap_or_default());
        let sample = sample(&measured, &said);
        if lane.version.is_none() {
            lane.version = said.version.or_else(|| version_of(&order));
        }
        Ok(Ended::Well {
            sample,
            queries: said.queries_s,
        })
    }
}

fn sample(measured: &Measurement, said: &Said) -> Sample {
    Sample {
        pared_s: stats::rounded(measured.wall_s),
        consulta_s: said.query_s.map(stats::rounded),
        cpu_s: stats::rounded(measured.cpu_s),
        pico_mb: measured.peak_kb.div_ceil(1024),
        pico_cota_mb: measured.peak_bound_kb.div_ceil(1024),
        procesos: measured.processes,
        hilos: measured.threads,
        escrito_mb: Some(measured.written_kb / 1024),
        partes_s: said.parts_s.clone(),
        sesion_s: said.session_s,
    }
}
