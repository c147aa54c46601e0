//! What can be aggregated: a way to put two values together, and a value that changes nothing.

/// A monoid: [`sumar`](Agregable::sumar) puts two values together, [`identidad`](Agregable::identidad) changes nothing.
///
/// Two laws make it useful, and no compiler checks them:
///
/// 1. `identidad()` changes nothing, on either side.
/// 2. Grouping changes nothing: `(a + b) + c` is `a + (b + c)`.
///
/// With them a column may be cut anywhere, reduced in parts and put together again, which is what threads, row groups and
/// cluster nodes do; where order may change too, `a + b` must be `b + a` besides. `i64`, [`SumaCentavos`](crate::SumaCentavos),
/// [`Media`](crate::Media) over them, [`Minimo`](crate::Minimo) and [`Maximo`](crate::Maximo) keep the laws for all values (property tests);
/// `f64` keeps neither to the bit.
///
/// # Source
/// Guide 16.1.2.
pub trait Agregable {
    /// Both values together.
    fn sumar(&self, otro: &Self) -> Self;

    /// The value that changes nothing. It belongs to the type, not to a value: `f64::identidad()`.
    fn identidad() -> Self;
}

/// Floating-point addition, which rounds after every step and therefore depends on grouping.
///
/// ```
/// use ej_16_1_2_traits::Agregable;
/// let left = 0.1_f64.sumar(&0.2).sumar(&0.3);
/// let right = 0.1_f64.sumar(&0.2_f64.sumar(&0.3));
/// assert_eq!((left, right), (0.6000000000000001, 0.6));
/// ```
///
/// The guide's identity is `0.0`. To the bit it is none: `-0.0 + 0.0` is `0.0`. The neutral element of IEEE addition is `-0.0`,
/// from which the standard library's `sum` starts; the two compare equal.
impl Agregable for f64 {
    fn sumar(&self, otro: &Self) -> Self {
        self + otro
    }

    fn identidad() -> Self {
        0.0
    }
}

/// Addition modulo 2⁶⁴: total, associative, and the same in every build profile.
///
/// The guide's `self + otro` panics on overflow in a debug build and wraps in a release build. Of the ways to have one behaviour only
/// wrapping keeps the laws: a saturating or checked sum depends on grouping as soon as signs mix.
///
/// ```
/// use ej_16_1_2_traits::Agregable;
/// let saturating = [(i64::MAX.saturating_add(1)).saturating_add(-1), i64::MAX.saturating_add(1 - 1)];
/// assert_eq!(saturating, [i64::MAX - 1, i64::MAX]);
/// let wrapping = [i64::MAX.sumar(&1).sumar(&-1), i64::MAX.sumar(&1.sumar(&-1))];
/// assert_eq!(wrapping, [i64::MAX; 2]);
/// ```
///
/// A total that must not wrap unseen is not an `i64`: see [`SumaCentavos`](crate::SumaCentavos).
impl Agregable for i64 {
    fn sumar(&self, otro: &Self) -> Self {
        self.wrapping_add(*otro)
    }

    fn identidad() -> Self {
        0
    }
}

/// Counts: addition modulo 2⁶⁴, which no number of rows reaches.
impl Agregable for u64 {
    fn sumar(&self, otro: &Self) -> Self {
        self.wrapping_add(*otro)
    }

    fn identidad() -> Self {
        0
    }
}

/// Two aggregates in one pass, each on its own: a pair of monoids is a monoid.
impl<A: Agregable, B: Agregable> Agregable for (A, B) {
    fn sumar(&self, otro: &Self) -> Self {
        (self.0.sumar(&otro.0), self.1.sumar(&otro.1))
    }

    fn identidad() -> Self {
        (A::identidad(), B::identidad())
    }
}

/// All values together, left to right; the identity of none.
///
/// ```
/// use ej_16_1_2_traits::reducir;
/// assert_eq!(reducir(&[1.0, 2.0, 3.0, 4.0]), 10.0);
/// assert_eq!(reducir(&[10_i64, 20, 30]), 60);
/// assert_eq!(reducir::<i64>(&[]), 0);
/// ```
///
/// # Cost
/// One pass, no allocation. Compiled once for each `T`, so `sumar` is a direct call that can be inlined.
///
/// # Source
/// Guide 16.1.2. Its bound `Copy` is not needed, for nothing is copied out of the slice; [`reduce_all`] does without.
pub fn reducir<T: Agregable + Copy>(datos: &[T]) -> T {
    datos
        .iter()
        .fold(T::identidad(), |total, dato| total.sumar(dato))
}

/// All values together, in the order they come; the identity of none. Nothing is collected first.
///
/// ```
/// use ej_16_1_2_traits::{Media, SumaCentavos, TipoEvento, procesar, reduce_all};
/// use ecommerce_model::Centavos;
/// let eventos = [
///     TipoEvento::Compra { monto: 150.5, region: "norte".into() },
///     TipoEvento::Click { pagina: "/pago".into() },
///     TipoEvento::Compra { monto: 49.75, region: "sur".into() },
/// ];
/// let cents = eventos.into_iter().filter_map(procesar).map(Centavos::from_monto);
/// let ticket = reduce_all(cents.collect::<Result<Vec<_>, _>>()?.into_iter().map(Media::<SumaCentavos>::of));
/// assert_eq!((ticket.cuenta(), ticket.mean()), (2, Centavos::new(10_013))); // 100.125, half up
/// # Ok::<(), ecommerce_model::MoneyError>(())
/// ```
pub fn reduce_all<T: Agregable>(values: impl IntoIterator<Item = T>) -> T {
    values
        .into_iter()
        .fold(T::identidad(), |total, value| total.sumar(&value))
}
