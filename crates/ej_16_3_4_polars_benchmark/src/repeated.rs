//! The same query several times in one process: what remains of its time once nothing is cold any more.

use crate::{BenchmarkError, Revenue};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// How often a query is run.
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
        done < self.times.get() && (done < 2 || in_time)
    }
}

/// A query's answer and the time of each repetition.
#[derive(Clone, Debug)]
pub struct Timed {
    /// The answer of the first; all others are the same but for the order of their additions.
    pub revenue: Revenue,
    /// Seconds of each, in order: from opening the file to the answer in memory.
    pub seconds: Vec<f64>,
}

/// Runs the query as often as asked, and checks that it says the same each time.
///
/// # Errors
/// * Those of the query.
/// * [`BenchmarkError::NotMoney`] if a total is none.
/// * [`BenchmarkError::Unsteady`] if a repetition differs from the first by more than the order of the additions explains.
///
/// ```
/// use ej_16_3_4_polars_benchmark::{Repetitions, Revenue, repeat};
/// let mut runs = 0;
/// let timed = repeat(Repetitions { times: 3.try_into()?, budget: None }, || { runs += 1; Ok(Revenue::default()) })?;
/// assert_eq!((runs, timed.seconds.len()), (3, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn repeat(
    repetitions: Repetitions,
    mut query: impl FnMut() -> Result<Revenue, BenchmarkError>,
) -> Result<Timed, BenchmarkError> {
    let mut timed = || {
        let start = Instant::now();
        let revenue = query()?;
        Ok::<_, BenchmarkError>((revenue, start.elapsed()))
    };
    let (revenue, mut spent) = timed()?;
    revenue.cents()?;
    let mut seconds = vec![spent.as_secs_f64()];
    while repetitions.go_on(seconds.len(), spent) {
        let (again, took) = timed()?;
        if !again.is_the_same_but_for_order(&revenue) {
            return Err(BenchmarkError::Unsteady {
                repetition: seconds.len() + 1,
            });
        }
        spent += took;
        seconds.push(took.as_secs_f64());
    }
    Ok(Timed { revenue, seconds })
}
