//! Rayon: the guide's parallel chain, and the form whose result does not depend on who did the work.

use crate::suma_iter;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Elements per block of [`suma_rayon_por_bloques`]: 512 KiB, which a common L2 holds, and far more work than a task costs.
pub const BLOQUE: usize = 65_536;

/// A Rayon pool of its own: what runs inside its `install` uses these threads and no others.
///
/// ```
/// use ej_16_1_3_iterators::{grupo_de_hilos, suma_rayon};
/// let dos = grupo_de_hilos(2)?;
/// assert_eq!(dos.install(|| suma_rayon(&[1.0, 5.0, 7.0], 4.0)), 24.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With 0 the number is Rayon's default, that of its global pool: `RAYON_NUM_THREADS`, or one per logical CPU.
///
/// # Errors
/// * [`ThreadPoolBuildError`] if the system starts no more threads.
pub fn grupo_de_hilos(hilos: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(hilos).build()
}

/// The sum of `x × 2` over every `x > umbral` on the threads of the current Rayon pool.
///
/// **The last digits may differ from run to run.** Rayon splits where a thread is free, every split puts a bracket into
/// the sum, and float addition is not associative. With integers, or floats whose sums are exact, it is [`suma_iter`]'s value.
///
/// ```
/// use ej_16_1_3_iterators::{suma_iter, suma_rayon};
/// let datos: Vec<f64> = (1..=10_000).map(f64::from).collect(); // integers: every order gives the same
/// assert_eq!(suma_rayon(&datos, 5_000.0), suma_iter(&datos, 5_000.0));
/// ```
///
/// # Special values
/// As [`crate::suma_for`]: which values pass does not depend on the order.
///
/// # Cost
/// One pass, shared by the pool's threads. Called from outside the pool it wakes a thread and waits: microseconds that a
/// short slice does not earn back.
///
/// # Source
/// Guide, exercise 16.1.3, `resultado_paralelo`; `ParallelIterator::sum` of rayon 1.12 for the order.
pub fn suma_rayon(datos: &[f64], umbral: f64) -> f64 {
    datos
        .par_iter()
        .filter(|&&x| x > umbral)
        .map(|&x| x * 2.0)
        .sum()
}

/// The same sum with brackets that only the length decides: the same bits with any number of threads.
///
/// Blocks of [`BLOQUE`] elements are summed in parallel, and their sums are added in order. Another block size is another
/// bracketing, hence possibly another last digit; up to one block it is [`suma_iter`]'s result.
///
/// # Special values
/// As [`crate::suma_for`].
///
/// # Cost
/// As [`suma_rayon`], and one `f64` per block.
pub fn suma_rayon_por_bloques(datos: &[f64], umbral: f64) -> f64 {
    let sumas: Vec<f64> = datos
        .par_chunks(BLOQUE)
        .map(|bloque| suma_iter(bloque, umbral))
        .collect();
    sumas.iter().sum()
}
