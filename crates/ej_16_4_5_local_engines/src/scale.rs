//! What ten times more data change: a model with its assumptions as parameters, calibrated on the run.
//!
//! Three resources, each with its own law:
//!
//! * **Reading** grows with the bytes of the files that the query needs, at the speed of the disk.
//! * **Computing** grows with the decoded bytes, at a speed per core that the run measures.
//! * **Spilling** begins where the state of the operators that block (a sort, the groups of an aggregate, one side of a join) no longer
//!   fits into memory. Everything above it is written and read again, once per merge pass.
//!
//! Reading and computing overlap; spilling does not, since it is the disk's turn then. One machine, nothing else on it, uniform keys.

use crate::race::{Contestant, Race};
use thiserror::Error;

/// A machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Memory that the engine may use, in bytes.
    pub memory: f64,
    /// Cores.
    pub cores: f64,
    /// Bytes per second that the disk reads or writes.
    pub disk: f64,
}

impl Machine {
    /// The guide's: 32 GB and 16 cores; the disk is an assumption, an NVMe of 2 GB/s.
    pub const GUIDE: Self = Self {
        memory: 32e9,
        cores: 16.0,
        disk: 2e9,
    };
}

/// A workload, as large as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Bytes of the files.
    pub stored: f64,
    /// Of them, the part in columns and row groups that the query reads.
    pub read_share: f64,
    /// Decoded bytes per byte of the files.
    pub expansion: f64,
    /// State of the blocking operators per decoded byte. Above 1 where an operator keeps more than it reads.
    pub state_share: f64,
    /// How the state grows with the data: 1 for a sort or for keys that grow along, 0 for groups whose number stays.
    pub state_growth: f64,
}

impl Work {
    /// The same workload with `times` the data.
    #[must_use]
    pub fn times(self, times: f64) -> Self {
        Self {
            stored: self.stored * times,
            // The state grows by its own law: what of it does not grow weighs less per byte.
            state_share: self.state_share * times.powf(self.state_growth - 1.0),
            ..self
        }
    }

    /// Bytes that are read.
    pub fn read(&self) -> f64 {
        self.stored * self.read_share
    }

    /// Bytes once decoded.
    pub fn decoded(&self) -> f64 {
        self.read() * self.expansion
    }

    /// Bytes of the blocking operators' state.
    pub fn state(&self) -> f64 {
        self.decoded() * self.state_share
    }
}

/// What the run says of an engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Decoded bytes per second and core.
    pub per_core: f64,
    /// Part of the memory that it fills with state before it spills.
    pub memory_share: f64,
    /// Bytes of a run's block when runs are merged: memory divided by it is how many merge at once.
    pub block: f64,
}

/// Why there is no estimate.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum ModelError {
    /// A parameter that must be above zero is not, or is no number.
    #[error("`{0}` must be a number above zero")]
    NotPositive(&'static str),
    /// A part is not between 0 and 1.
    #[error("`{0}` must be between 0 and 1")]
    NotAPart(&'static str),
    /// There is no run to calibrate on: the engine did not finish with room enough.
    #[error("the engine has no time in the run with memory enough")]
    NoTime,
}

impl Calibration {
    /// The engine's own speed, from a race in which it had memory enough.
    ///
    /// # Errors
    /// - [`ModelError::NoTime`] when it did not finish there.
    pub fn of(race: &Race, engine: &Contestant) -> Result<Self, ModelError> {
        let seconds = engine
            .seconds()
            .filter(|s| *s > 0.0)
            .ok_or(ModelError::NoTime)?;
        let cores = race.hilos as f64;
        Ok(Self {
            per_core: race.entrada.decodificado_mb * 1e6 / seconds / cores,
            memory_share: 0.7,
            block: 1e6,
        })
    }
}

/// Seconds and bytes of a workload on a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Decoded data over memory.
    pub ratio: f64,
    /// Seconds that the disk needs to read.
    pub scan_s: f64,
    /// Seconds that the cores need.
    pub compute_s: f64,
    /// Bytes written because they did not fit.
    pub spilled: f64,
    /// How often they are written: 0 where everything fits.
    pub passes: u32,
    /// Seconds of writing them and reading them again.
    pub spill_s: f64,
}

impl Estimate {
    /// Seconds in all.
    pub fn seconds(&self) -> f64 {
        self.scan_s.max(self.compute_s) + self.spill_s
    }
}

/// What `work` takes on `machine` with an engine that spills.
///
/// # Errors
/// - [`ModelError::NotPositive`] or [`ModelError::NotAPart`] for a parameter that makes no sense.
pub fn estimate(
    work: &Work,
    machine: &Machine,
    engine: &Calibration,
) -> Result<Estimate, ModelError> {
    let above_zero = [
        (machine.memory, "memory"),
        (machine.cores, "cores"),
        (machine.disk, "disk"),
        (work.stored, "stored"),
        (work.expansion, "expansion"),
        (engine.per_core, "per_core"),
        (engine.block, "block"),
    ];
    if let Some((_, name)) = above_zero
        .iter()
        .find(|(v, _)| !(v.is_finite() && *v > 0.0))
    {
        return Err(ModelError::NotPositive(name));
    }
    let parts = [
        (work.read_share, "read_share"),
        (engine.memory_share, "memory_share"),
    ];
    if let Some((_, name)) = parts.iter().find(|(v, _)| !(*v > 0.0 && *v <= 1.0)) {
        return Err(ModelError::NotAPart(name));
    }
    if !(work.state_share.is_finite() && work.state_share >= 0.0) {
        return Err(ModelError::NotPositive("state_share"));
    }
    let room = machine.memory * engine.memory_share;
    let passes = merge_passes(work.state(), room, engine.block);
    // The first pass spills what does not fit; each further one rewrites the whole state.
    let spilled = match passes {
        0 => 0.0,
        n => (work.state() - room) + work.state() * f64::from(n - 1),
    };
    Ok(Estimate {
        ratio: work.decoded() / machine.memory,
        scan_s: work.read() / machine.disk,
        compute_s: work.decoded() / (engine.per_core * machine.cores),
        spilled,
        passes,
        spill_s: 2.0 * spilled / machine.disk,
    })
}

/// How often a state goes to disk before it is in order: runs as large as `room`, merged `room / block` at a time.
fn merge_passes(state: f64, room: f64, block: f64) -> u32 {
    if state <= room {
        return 0;
    }
    let fan_in = (room / block).floor().max(2.0);
    let (mut passes, mut reach) = (1, room * fan_in);
    while reach < state {
        passes += 1;
        reach *= fan_in;
    }
    passes
}

/// The same workload and ten times as much, side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The guide's 50 GB.
    pub now: Estimate,
    /// 500 GB.
    pub tenfold: Estimate,
    /// Machines like this one among which the tenfold state would fit into memory.
    pub machines: u64,
}

impl Outlook {
    /// Both estimates.
    ///
    /// # Errors
    /// As [`estimate`].
    pub fn of(work: &Work, machine: &Machine, engine: &Calibration) -> Result<Self, ModelError> {
        let larger = work.times(10.0);
        let room = machine.memory * engine.memory_share;
        Ok(Self {
            now: estimate(work, machine, engine)?,
            tenfold: estimate(&larger, machine, engine)?,
            machines: (larger.state() / room).ceil().max(1.0) as u64,
        })
    }

    /// How many times longer ten times the data take.
    pub fn growth(&self) -> f64 {
        self.tenfold.seconds() / self.now.seconds()
    }
}
