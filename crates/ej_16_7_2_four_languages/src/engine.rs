//! What an engine does, and how it is timed: as one piece of work, or in parts.

use crate::WorkError;
use crate::output::whole;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

/// An engine with its input and its question.
pub trait Engine {
    /// The answer in memory, as the engine has it.
    type Answer;

    /// Its name and version.
    fn version(&self) -> String;

    /// Decodes the columns that the work needs and drops them; the number of rows, or `None` where that cannot be done apart.
    ///
    /// # Errors
    /// What the engine says of the input.
    fn decode(&self) -> Result<Option<u64>, WorkError>;

    /// Reads, filters and aggregates: lazy engines do all of it at once.
    ///
    /// # Errors
    /// What the engine says of the input.
    fn aggregate(&self) -> Result<Self::Answer, WorkError>;

    /// Writes the answer as one Parquet file.
    ///
    /// # Errors
    /// [`WorkError::Output`].
    fn write(&self, answer: Self::Answer, path: &Path) -> Result<(), WorkError>;
}

/// How often the work is done.
#[derive(Clone, Copy, Debug)]
pub struct Repetitions {
    /// At most this often.
    pub times: NonZeroUsize,
    /// No further one is begun after this time, once there are two.
    pub budget: Option<Duration>,
}

impl Repetitions {
    /// Once.
    pub const ONCE: Self = Self {
        times: NonZeroUsize::MIN,
        budget: None,
    };

    /// Whether another one follows after `done` of them and `spent` time.
    fn go_on(&self, done: usize, spent: Duration) -> bool {
        let in_time = self.budget.is_none_or(|budget| spent < budget);
        done == 0 || done < self.times.get() && (done < 2 || in_time)
    }
}

/// Does the work as often as asked, each time from the input to the answer under its name; gives the seconds of each.
///
/// # Errors
/// Those of the engine; whatever was at `path` is still there then, or the answer of the repetition before.
pub fn work<E: Engine>(
    engine: &E,
    path: &Path,
    repetitions: Repetitions,
) -> Result<Vec<f64>, WorkError> {
    let (mut seconds, mut spent) = (Vec::new(), Duration::ZERO);
    while repetitions.go_on(seconds.len(), spent) {
        let start = Instant::now();
        let answer = engine.aggregate()?;
        whole(path, |temporary| engine.write(answer, temporary))?;
        let took = start.elapsed();
        spent += took;
        seconds.push(took.as_secs_f64());
    }
    Ok(seconds)
}

/// Does the parts of the work one after the other, as often as asked; gives the seconds of each part and repetition: `leer`,
/// `agregar` (which reads again), `escribir`.
///
/// # Errors
/// As [`work`].
pub fn parts<E: Engine>(
    engine: &E,
    path: &Path,
    repetitions: Repetitions,
) -> Result<BTreeMap<&'static str, Vec<f64>>, WorkError> {
    let mut parts: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let (mut done, mut spent) = (0, Duration::ZERO);
    while repetitions.go_on(done, spent) {
        let start = Instant::now();
        let mut last = start;
        let mut end = |part| {
            let now = Instant::now();
            parts
                .entry(part)
                .or_default()
                .push((now - last).as_secs_f64());
            last = now;
        };
        if engine.decode()?.is_some() {
            end("leer");
        }
        let answer = engine.aggregate()?;
        end("agregar");
        whole(path, |temporary| engine.write(answer, temporary))?;
        end("escribir");
        spent += start.elapsed();
        done += 1;
    }
    Ok(parts)
}
