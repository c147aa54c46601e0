//! Case a: the daily batch on data of several sizes, and what that says about 500 GB, if it says anything.

use ecommerce_arrow::{Format, Layout, WriteError, write_days};
use ecommerce_model::{ConfigGenerador, Fecha, Generador, GeneratorError, Zona};
use ecommerce_pipeline::{DayJob, Location, LocationError, PipelineError, StorageOptions, run_day};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// One size, measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Rows of the day.
    pub rows: u64,
    /// Bytes of its Parquet files.
    pub bytes: u64,
    /// From opening the files to the last commit.
    pub seconds: f64,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// No events could be generated.
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    /// They could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A path is no location.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// The day failed.
    #[error(transparent)]
    Pipeline(#[from] Box<PipelineError>),
    /// Fewer than three sizes: a line through two points always fits.
    #[error("a growth needs at least three different sizes")]
    TooFew,
    /// The time does not grow with the bytes in a line, so it cannot be prolonged.
    #[error(
        "the measured times are up to {off:.0} % off a straight line, more than {allowed:.0} %"
    )]
    NotLinear {
        /// The largest distance from the line, in percent of what was measured.
        off: f64,
        /// What is taken for noise.
        allowed: f64,
    },
    /// A day would be larger than any that was measured: the line is known to be one up to there.
    #[error("a day would have {day} bytes, and the largest one measured has {largest}")]
    DayTooLarge {
        /// Bytes of a day.
        day: u64,
        /// Bytes of the largest day measured.
        largest: u64,
    },
}

/// Distance from the line up to which the growth is called linear, as a share of what was measured.
const NOISE: f64 = 0.15;

/// Makes `rows` events of one day below `directory`, runs the daily batch over them and returns how long that took.
///
/// # Errors
/// * [`BatchError`] if the events cannot be made or the day fails.
pub async fn measure(rows: u64, threads: usize, directory: &Path) -> Result<Measured, BatchError> {
    let fecha: Fecha = "2024-01-15".parse().map_err(GeneratorError::Date)?;
    let events = directory.join(format!("eventos-{rows}"));
    let generator = Generador::new(ConfigGenerador::new(42, fecha, 1, rows))?;
    let layout = Layout {
        root: events.clone(),
        format: Format::Parquet,
        rows_per_file: 1_000_000,
        threads,
    };
    let written = write_days(&generator, &layout, &|_, _| ())?;
    let job = DayJob {
        fecha,
        zona: Zona::utc(),
        entrada: Location::local(&events)?,
        salida: Location::local(&directory.join(format!("metricas-{rows}")))?,
        options: StorageOptions::default(),
        tolerant: false,
        durable: false,
        threads,
        limits: Default::default(),
        engine: None,
    };
    let begun = Instant::now();
    run_day(&job, &()).await.map_err(Box::new)?;
    Ok(Measured {
        rows,
        bytes: written.bytes,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// A straight line through what was measured: seconds = fixed + per byte × bytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// Seconds that a day costs whatever its size; never below zero.
    pub fixed: f64,
    /// Seconds per byte, by least squares over all sizes.
    pub per_byte: f64,
    /// The same by the cheapest and the dearest step between two neighbouring sizes.
    pub steps: (f64, f64),
    /// The largest distance from the line, as a share of what was measured.
    pub off: f64,
    /// Bytes of the largest day measured.
    pub largest: u64,
}

impl Growth {
    /// The line through `measured`.
    ///
    /// # Errors
    /// * [`BatchError::TooFew`] for fewer than three different sizes.
    /// * [`BatchError::NotLinear`] if a point lies farther from it than noise explains.
    pub fn of(measured: &[Measured]) -> Result<Self, BatchError> {
        let mut points: Vec<(f64, f64)> = measured
            .iter()
            .map(|point| (point.bytes as f64, point.seconds))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|a, b| a.0 == b.0);
        if points.len() < 3 {
            return Err(BatchError::TooFew);
        }
        let count = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (mean_bytes, mean_seconds) = (mean(|p| p.0), mean(|p| p.1));
        let squares: f64 = points.iter().map(|p| (p.0 - mean_bytes).powi(2)).sum();
        let products: f64 = points
            .iter()
            .map(|p| (p.0 - mean_bytes) * (p.1 - mean_seconds))
            .sum();
        let per_byte = products / squares;
        let intercept = mean_seconds - per_byte * mean_bytes;
        let distance = |p: &(f64, f64)| ((intercept + per_byte * p.0 - p.1) / p.1).abs();
        let off = points.iter().map(distance).fold(0.0, f64::max);
        if off > NOISE {
            return Err(BatchError::NotLinear {
                off: off * 100.0,
                allowed: NOISE * 100.0,
            });
        }
        let steps = points
            .windows(2)
            .map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0));
        let steps = steps.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), step| {
            (low.min(step), high.max(step))
        });
        Ok(Self {
            fixed: intercept.max(0.0),
            per_byte,
            steps,
            off,
            largest: measured.iter().map(|point| point.bytes).max().unwrap_or(0),
        })
    }

    /// The fewest days over which `bytes` can be spread without one being larger than what was measured.
    pub fn fewest_days(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.largest.max(1))
    }

    /// What `bytes` spread evenly over `days` days cost on this machine, one day after another: the line, and the
    /// same with the cheapest and the dearest step.
    ///
    /// # Errors
    /// * [`BatchError::DayTooLarge`] if a day is larger than any that was measured: more days are a sum, larger ones a guess.
    pub fn project(&self, bytes: u64, days: u64) -> Result<(Duration, [Duration; 2]), BatchError> {
        let day = bytes.div_ceil(days.max(1));
        if day > self.largest {
            return Err(BatchError::DayTooLarge {
                day,
                largest: self.largest,
            });
        }
        let total = |per_byte: f64| {
            let seconds = self.fixed * days as f64 + per_byte.max(0.0) * bytes as f64;
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
        };
        Ok((
            total(self.per_byte),
            [total(self.steps.0), total(self.steps.1)],
        ))
    }
}
