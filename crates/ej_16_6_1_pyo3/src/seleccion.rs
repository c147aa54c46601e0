//! Values by their rank, without sorting.
//!
//! Of a large column a sample says between which two values a wanted rank must lie, give or take: a bracket ([`crate::horquilla`]). One pass over the data
//! counts what lies below it and collects what lies inside, a few percent; the value is found among those. When a bracket misses, which the counts tell, the
//! column is copied and selected from.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::error::PercentilError;
use crate::horquilla::{Conteo, Horquilla, horquillas};

/// Up to here a copy and a selection take less time than the sample's sort.
const PEQUENA: usize = 1 << 15;
/// What a thread takes at once: half a megabyte, so that it can be stopped within a fraction of a millisecond.
pub(crate) const TRAMO: usize = 1 << 16;
/// A thread for fewer values than this would take longer to start than to count them.
const POR_HILO: usize = 1 << 18;

/// How the work is done; the result does not depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opciones<'a> {
    /// At most these threads; by default as many as the machine runs at once. They live as long as the call.
    pub hilos: Option<NonZeroUsize>,
    /// Once true, the call ends with [`PercentilError::Cancelado`] after the step it is in: a stretch of 65 536 values, or one selection on the copy.
    pub cancelar: Option<&'a AtomicBool>,
}

impl Opciones<'_> {
    pub(crate) fn seguir(&self) -> Result<(), PercentilError> {
        match self.cancelar {
            Some(cancelar) if cancelar.load(Ordering::Relaxed) => Err(PercentilError::Cancelado),
            _ => Ok(()),
        }
    }

    pub(crate) fn hilos_para(&self, n: usize) -> usize {
        let posibles = self
            .hilos
            .or_else(|| thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get);
        posibles.min(n.div_ceil(POR_HILO)).max(1)
    }
}

/// Returns the values that would have the `rangos`, sorted and all below `n`, if the `n` values of the chunks were sorted.
pub(crate) fn valores_de_rangos(
    trozos: &[&[f64]],
    n: usize,
    rangos: &[usize],
    opciones: &Opciones<'_>,
) -> Result<Vec<f64>, PercentilError> {
    opciones.seguir()?;
    if n > PEQUENA
        && let Some(horquillas) = horquillas(trozos, n, rangos)
        && let Some(valores) = por_horquillas(trozos, n, rangos, &horquillas, opciones)?
    {
        return Ok(valores);
    }
    sobre_una_copia(trozos, n, rangos, opciones)
}

/// Returns the values found in the brackets; `None` if one of them misses.
fn por_horquillas(
    trozos: &[&[f64]],
    n: usize,
    rangos: &[usize],
    horquillas: &[Horquilla],
    opciones: &Opciones<'_>,
) -> Result<Option<Vec<f64>>, PercentilError> {
    let mut conteo = Conteo::de(trozos, n, horquillas, opciones)?;
    if conteo.hay_nan() {
        // Someone else may have written over it since: then it is the copy that decides.
        return primer_nan(trozos)
            .map_or(Ok(None), |posicion| Err(PercentilError::Nan { posicion }));
    }
    let mut valores = Vec::with_capacity(rangos.len());
    for (horquilla, cuenta) in horquillas.iter().zip(conteo.cuentas()) {
        opciones.seguir()?;
        let suyos = &rangos[horquilla.rangos.clone()];
        if !cuenta.valores(horquilla, suyos, opciones, &mut valores)? {
            return Ok(None);
        }
    }
    Ok(Some(valores))
}

/// Returns the values, selected from a copy of the column.
fn sobre_una_copia(
    trozos: &[&[f64]],
    n: usize,
    rangos: &[usize],
    opciones: &Opciones<'_>,
) -> Result<Vec<f64>, PercentilError> {
    let mut copia = Vec::new();
    copia
        .try_reserve_exact(n)
        .map_err(|_| PercentilError::SinMemoria { valores: n })?;
    for tramo in trozos.iter().flat_map(|trozo| trozo.chunks(TRAMO)) {
        opciones.seguir()?;
        let antes = copia.len();
        copia.extend_from_slice(tramo);
        if let Some(dentro) = copia[antes..].iter().position(|x| x.is_nan()) {
            return Err(PercentilError::Nan {
                posicion: antes + dentro,
            });
        }
    }
    let mut valores = Vec::with_capacity(rangos.len());
    seleccionar(&mut copia, 0, rangos, opciones, &mut valores)?;
    Ok(valores)
}

/// Appends the values of the `rangos`, sorted, of `datos`, whose first rank is `primero`.
///
/// Recursive: the rank in the middle splits the data for those below and above it; as deep as the logarithm of their number.
pub(crate) fn seleccionar(
    datos: &mut [f64],
    primero: usize,
    rangos: &[usize],
    opciones: &Opciones<'_>,
    valores: &mut Vec<f64>,
) -> Result<(), PercentilError> {
    if rangos.is_empty() {
        return Ok(());
    }
    opciones.seguir()?;
    if rangos.len() > 8 && datos.len() <= TRAMO {
        datos.sort_unstable_by(f64::total_cmp);
        valores.extend(rangos.iter().map(|rango| datos[rango - primero]));
        return Ok(());
    }
    let medio = rangos.len() / 2;
    let rango = rangos[medio];
    let (debajo, valor, encima) = datos.select_nth_unstable_by(rango - primero, f64::total_cmp);
    let valor = *valor;
    seleccionar(debajo, primero, &rangos[..medio], opciones, valores)?;
    valores.push(valor);
    seleccionar(encima, rango + 1, &rangos[medio + 1..], opciones, valores)
}

fn primer_nan(trozos: &[&[f64]]) -> Option<usize> {
    trozos
        .iter()
        .flat_map(|trozo| trozo.iter())
        .position(|x| x.is_nan())
}
