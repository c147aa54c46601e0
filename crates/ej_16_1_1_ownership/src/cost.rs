//! What each way of passing data costs: the functions that the bench times and the tests count.
//!
//! None is inlined, so that the call, and with it the move, takes place.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// The same vector: moved in and moved out.
///
/// # Cost
/// Two copies of three words (pointer, capacity, length), whatever the vector holds. No allocation.
#[inline(never)]
pub fn hand_over(datos: Vec<f64>) -> Vec<f64> {
    datos
}

/// The same array: moved in and moved out, all of it, because there is no pointer to move instead.
///
/// # Cost
/// Up to two copies of 4096 bytes. No allocation.
#[inline(never)]
pub fn hand_over_array(datos: [f64; 512]) -> [f64; 512] {
    datos
}

/// The last amount, borrowed; `None` of nothing.
///
/// # Cost
/// Passes two words (pointer, length) and reads one amount.
#[inline(never)]
pub fn lend(datos: &[f64]) -> Option<&f64> {
    datos.last()
}

/// A second owner of the same data, on this thread only.
///
/// # Cost
/// One addition to a counter in memory, and one subtraction when it is dropped.
#[inline(never)]
pub fn share(datos: &Rc<Vec<f64>>) -> Rc<Vec<f64>> {
    Rc::clone(datos)
}

/// A second owner of the same data, on any thread.
///
/// # Cost
/// One atomic addition, and one atomic subtraction when it is dropped.
#[inline(never)]
pub fn share_across(datos: &Arc<Vec<f64>>) -> Arc<Vec<f64>> {
    Arc::clone(datos)
}

/// Nothing: adds `monto` to a total that the caller lends exclusively.
#[inline(never)]
pub fn add_borrowed(total: &mut f64, monto: f64) {
    *total += monto;
}

/// Nothing: adds `monto` to a total that others may want too.
///
/// # Cost
/// Two atomic operations when nobody else wants it; a wait when somebody does.
#[inline(never)]
pub fn add_locked(total: &Mutex<f64>, monto: f64) {
    *total.lock().unwrap_or_else(PoisonError::into_inner) += monto;
}

/// Rows in [`gather_masked`]'s table.
pub const TABLE_ROWS: usize = 1024;

/// The sum of `table[row]` over `rows`, or `None` if a row lies outside the table.
///
/// # Cost
/// One comparison and branch per row: the bounds check.
#[inline(never)]
pub fn gather(table: &[f64], rows: &[u32]) -> Option<f64> {
    let mut sum = 0.0;
    for row in rows {
        sum += table.get(*row as usize)?;
    }
    Some(sum)
}

/// The sum of `table[row mod 1024]` over `rows`.
///
/// The mask proves to the compiler that no row lies outside, so it leaves the check out: safe code without one.
#[inline(never)]
pub fn gather_masked(table: &[f64; TABLE_ROWS], rows: &[u32]) -> f64 {
    let mut sum = 0.0;
    for row in rows {
        sum += table[*row as usize & (TABLE_ROWS - 1)];
    }
    sum
}
