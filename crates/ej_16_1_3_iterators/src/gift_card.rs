//! Where a `for` reads better: state that changes, an error that ends the work, and an end that is no error.
//!
//! A gift card pays purchases in order until one costs more than it holds. Both functions do the same; read one after the other.

use ecommerce_model::{Centavos, MoneyError};
use std::error::Error;
use std::fmt;
use std::ops::ControlFlow::{Break, Continue};

/// What a gift card paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pago {
    /// Purchases that the card paid whole.
    pub completas: usize,
    /// What the card still holds.
    pub saldo: Centavos,
    /// What is left to pay of the purchase that emptied it.
    pub pendiente: Centavos,
}

/// An amount that no card can pay, with its position from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MontoInvalido {
    /// It is no amount of money.
    NoEsDinero {
        /// Its position.
        posicion: usize,
        /// Why.
        causa: MoneyError,
    },
    /// It is below zero.
    Negativo {
        /// Its position.
        posicion: usize,
    },
}

impl fmt::Display for MontoInvalido {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEsDinero { posicion, .. } => {
                write!(f, "purchase {posicion} has no valid amount")
            }
            Self::Negativo { posicion } => write!(f, "purchase {posicion} has a negative amount"),
        }
    }
}

impl Error for MontoInvalido {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoEsDinero { causa, .. } => Some(causa),
            Self::Negativo { .. } => None,
        }
    }
}

fn precio(posicion: usize, monto: f64) -> Result<Centavos, MontoInvalido> {
    let precio = Centavos::from_monto(monto)
        .map_err(|causa| MontoInvalido::NoEsDinero { posicion, causa })?;
    if precio < Centavos::ZERO {
        return Err(MontoInvalido::Negativo { posicion });
    }
    Ok(precio)
}

/// `a − b` of two amounts that are not negative, `b` the smaller: a difference that always fits.
fn resta(a: Centavos, b: Centavos) -> Centavos {
    Centavos::new(a.get() - b.get()).unwrap_or(Centavos::ZERO)
}

/// What a card with `saldo` pays of the purchases, in order, by a `for` loop. A negative balance pays nothing.
///
/// ```
/// use ecommerce_model::Centavos;
/// use ej_16_1_3_iterators::pagar_con_for;
/// let saldo = Centavos::from_monto(50.0)?;
/// let pago = pagar_con_for(&[20.0, 25.5, 10.0, 1.0], saldo)?;
/// assert_eq!((pago.completas, pago.saldo.get(), pago.pendiente.get()), (2, 0, 550));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Units
/// `montos` in units of currency, each rounded to cents as [`Centavos::from_monto`] does.
///
/// # Errors
/// * [`MontoInvalido::NoEsDinero`] if a purchase before the end is NaN, infinite or beyond `Decimal(18, 2)`.
/// * [`MontoInvalido::Negativo`] if one is below zero.
///
/// What comes after the purchase that empties the card is not looked at.
pub fn pagar_con_for(montos: &[f64], saldo: Centavos) -> Result<Pago, MontoInvalido> {
    let mut saldo = saldo.max(Centavos::ZERO);
    for (posicion, &monto) in montos.iter().enumerate() {
        let precio = precio(posicion, monto)?;
        if precio > saldo {
            return Ok(Pago {
                completas: posicion,
                saldo: Centavos::ZERO,
                pendiente: resta(precio, saldo),
            });
        }
        saldo = resta(saldo, precio);
    }
    Ok(Pago {
        completas: montos.len(),
        saldo,
        pendiente: Centavos::ZERO,
    })
}

/// The same by `try_fold`: `?` and `return` belong to the closure now, so both ways out travel inside one value.
///
/// # Errors
/// As [`pagar_con_for`].
pub fn pagar_con_iteradores(montos: &[f64], saldo: Centavos) -> Result<Pago, MontoInvalido> {
    let fin = montos.iter().enumerate().try_fold(
        saldo.max(Centavos::ZERO),
        |saldo, (posicion, &monto)| match precio(posicion, monto) {
            Err(invalido) => Break(Err(invalido)),
            Ok(precio) if precio > saldo => Break(Ok(Pago {
                completas: posicion,
                saldo: Centavos::ZERO,
                pendiente: resta(precio, saldo),
            })),
            Ok(precio) => Continue(resta(saldo, precio)),
        },
    );
    match fin {
        Break(resultado) => resultado,
        Continue(saldo) => Ok(Pago {
            completas: montos.len(),
            saldo,
            pendiente: Centavos::ZERO,
        }),
    }
}
