//! The guide's rules, each as an example that asserts. What they forbid does not compile, so it stands in
//! `tests/no_compila`, one file per error, with the compiler's message beside it.
//!
//! # Rule 1: every value has one owner
//! The owner is a variable, a field or an element; the heap block behind a `Vec` belongs to that `Vec` alone.
//! ```
//! let datos: Vec<f64> = vec![1.0, 2.0, 3.0, 4.0, 5.0];
//! let copia = datos.clone(); // a second owner needs a second value …
//! assert_eq!(datos, copia);
//! assert_ne!(datos.as_ptr(), copia.as_ptr()); // … with a block of its own
//! ```
//!
//! # Rule 2: when its owner goes out of scope, the value is dropped
//! There and then, on the same thread, in reverse order of declaration.
//! ```
//! use ej_16_1_1_ownership::DropLog;
//! let log = DropLog::new();
//! let _datos = log.probe("datos");
//! {
//!     let _primero = log.probe("primero");
//!     let _segundo = log.probe("segundo");
//!     assert_eq!(log.names(), [""; 0]);
//! }
//! assert_eq!(log.names(), ["segundo", "primero"]); // `datos` lives on
//! ```
//!
//! # Rule 3: a move hands the value over
//! The new variable owns the same heap block; the old one cannot be named any more (`usar_tras_mover.rs`, E0382).
//! ```
//! let datos = vec![1.0, 2.0, 3.0];
//! let block = datos.as_ptr();
//! let datos2 = datos;
//! assert_eq!(datos2.as_ptr(), block);
//! ```
//!
//! # Rule 4: a borrow lends the value and keeps its owner
//! ```
//! use ej_16_1_1_ownership::calcular_suma;
//! let datos2 = vec![1.0, 2.0, 3.0, 4.0, 5.0];
//! assert_eq!(calcular_suma(&datos2), 15.0);
//! let (one, other) = (&datos2, &datos2); // as many readers as one likes
//! assert_eq!(calcular_suma(one) + calcular_suma(other), 30.0);
//! drop(datos2); // still the owner, so it may also end it
//! ```
//!
//! # Rule 5: one `&mut`, and nobody else meanwhile
//! "Meanwhile" lasts until the last use of the borrow, not until the end of the block; a second `&mut` within is E0499, a
//! reader is E0502 (`dos_prestamos_mutables.rs`, `leer_mientras_se_modifica.rs`).
//! ```
//! use ej_16_1_1_ownership::escalar;
//! let mut mis_datos = vec![1.0, 2.0, 3.0];
//! let first = &mut mis_datos;
//! escalar(first, 2.0);
//! let second = &mut mis_datos; // `first` is not used again, so its borrow has ended
//! escalar(second, 0.5);
//! escalar(second, 2.0);
//! assert_eq!(mis_datos, [2.0, 4.0, 6.0]);
//!
//! let (left, right) = mis_datos.split_at_mut(1); // two at once, when they provably do not overlap
//! std::mem::swap(&mut left[0], &mut right[1]);
//! assert_eq!(mis_datos, [6.0, 4.0, 2.0]);
//! ```
//!
//! # What follows for data
//! The three guarantees that the guide draws from the rules. No two threads modify the same data: each gets a part.
//! ```
//! use ej_16_1_1_ownership::escalar;
//! let mut north = vec![1.0, 2.0];
//! let mut south = vec![3.0];
//! std::thread::scope(|threads| {
//!     threads.spawn(|| escalar(&mut north, 2.0)); // the same vector twice: `dos_hilos_con_mut.rs`, E0499
//!     threads.spawn(|| escalar(&mut south, 10.0));
//! });
//! assert_eq!((north, south), (vec![2.0, 4.0], vec![30.0]));
//! ```
//! Memory is freed at the end of the scope, which may be long after the last use: `drop` says it earlier.
//! ```
//! use ej_16_1_1_ownership::DropLog;
//! let log = DropLog::new();
//! let raw = log.probe("raw");
//! assert_eq!(raw.name(), "raw"); // its last use
//! assert_eq!(log.count(), 0); //   and yet it lives
//! drop(raw);
//! assert_eq!(log.names(), ["raw"]);
//! ```
//! No use after free, no double free: both are moves out of a value that somebody else still names
//! (`usar_tras_liberar.rs`, E0505; `liberar_dos_veces.rs`, E0382). At run time a value is dropped exactly once.
//! ```
//! use ej_16_1_1_ownership::DropLog;
//! let log = DropLog::new();
//! let mut owners = vec![log.probe("uno")];
//! let moved = owners.pop();
//! drop(owners);
//! assert_eq!(log.count(), 0);
//! drop(moved);
//! assert_eq!(log.count(), 1);
//! ```

/// The sum of the amounts, left to right.
///
/// Of nothing it is `-0.0`, the neutral element of IEEE addition, which the standard library starts from; it compares equal to `0.0`.
/// ```
/// use ej_16_1_1_ownership::calcular_suma;
/// assert_eq!(calcular_suma(&vec![1.5, 2.5]), 4.0);
/// assert!(calcular_suma(&vec![]) == 0.0 && calcular_suma(&vec![]).is_sign_negative());
/// ```
///
/// # Cost
/// Borrows: no allocation, no copy.
///
/// # Source
/// Guide 16.1.1. Its `&Vec<f64>` accepts vectors alone; `&[f64]` would take arrays and parts of vectors too, at no cost.
#[expect(
    clippy::ptr_arg,
    reason = "the guide's signature, which its readers look for"
)]
pub fn calcular_suma(v: &Vec<f64>) -> f64 {
    v.iter().sum()
}

/// Nothing: multiplies every amount by `factor`, in place.
///
/// # Cost
/// Borrows exclusively: no allocation, no copy, the same heap block before and after.
///
/// # Source
/// Guide 16.1.1; `&mut [f64]` would do, since the length does not change.
#[expect(
    clippy::ptr_arg,
    reason = "the guide's signature, which its readers look for"
)]
pub fn escalar(v: &mut Vec<f64>, factor: f64) {
    v.iter_mut().for_each(|monto| *monto *= factor);
}
