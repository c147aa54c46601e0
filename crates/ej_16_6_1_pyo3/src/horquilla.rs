//! Brackets: between which two values a rank must lie, and how many values are below, on and inside them.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::PercentilError;
use crate::seleccion::{Opciones, TRAMO, seleccionar};

/// Values in the sample. Its sort takes some 0.5 ms; a bracket then holds some 3 % of the data at most, around the median.
const MUESTRA: usize = 1 << 14;
/// Half a bracket's width, in standard deviations of a rank in the sample: it misses about once in ten thousand calls.
const SIGMAS: f64 = 4.0;
/// More brackets than this cost more, value by value, than a copy.
const MAXIMO: usize = 6;
/// What is counted while it is in the nearest cache.
const BLOQUE: usize = 1024;

/// Two values between which some wanted ranks should lie.
#[derive(Clone, Debug)]
pub(crate) struct Horquilla {
    desde: f64,
    hasta: f64,
    /// Which of the wanted ranks.
    pub(crate) rangos: Range<usize>,
}

/// Returns one bracket per group of near ranks; `None` if there are too many, or if the sample holds a NaN: the copy finds where.
pub(crate) fn horquillas(trozos: &[&[f64]], n: usize, rangos: &[usize]) -> Option<Vec<Horquilla>> {
    let muestra = muestra(trozos, n)?;
    let extremo = |posicion: f64, fuera: f64| {
        if posicion < 0.0 || posicion >= muestra.len() as f64 {
            fuera
        } else {
            muestra[posicion as usize]
        }
    };
    let mut todas: Vec<(f64, Horquilla)> = Vec::new();
    for (indice, &rango) in rangos.iter().enumerate() {
        let cuantil = rango as f64 / (n - 1) as f64;
        let centro = cuantil * (muestra.len() - 1) as f64;
        let margen = SIGMAS * (muestra.len() as f64 * cuantil * (1.0 - cuantil)).sqrt() + 2.0;
        let (izquierda, derecha) = ((centro - margen).floor(), (centro + margen).ceil());
        let hasta = extremo(derecha, f64::INFINITY);
        if let Some((fin, anterior)) = todas.last_mut()
            && izquierda <= *fin
        {
            if derecha > *fin {
                (*fin, anterior.hasta) = (derecha, hasta);
            }
            anterior.rangos.end = indice + 1;
            continue;
        }
        if todas.len() == MAXIMO {
            return None;
        }
        let horquilla = Horquilla {
            desde: extremo(izquierda, f64::NEG_INFINITY),
            hasta,
            rangos: indice..indice + 1,
        };
        todas.push((derecha, horquilla));
    }
    Some(todas.into_iter().map(|(_, horquilla)| horquilla).collect())
}

/// Returns one value of each of [`MUESTRA`] equal stretches, sorted; `None` if one is NaN.
///
/// Which one of its stretch is pseudo-random, so that no period in the data falls in step with the sample, and always the same, so that a call repeats.
pub(crate) fn muestra(trozos: &[&[f64]], n: usize) -> Option<Vec<f64>> {
    let mut muestra = Vec::with_capacity(MUESTRA);
    let (mut trozo, mut primero) = (0, 0);
    let mut azar = 0x9E37_79B9_7F4A_7C15_u64;
    let ancho = n / MUESTRA;
    for i in 0..MUESTRA {
        azar ^= azar << 13;
        azar ^= azar >> 7;
        azar ^= azar << 17;
        let posicion =
            i * ancho + i * (n % MUESTRA) / MUESTRA + (azar % ancho.max(1) as u64) as usize;
        while posicion - primero >= trozos[trozo].len() {
            primero += trozos[trozo].len();
            trozo += 1;
        }
        let valor = trozos[trozo][posicion - primero];
        if valor.is_nan() {
            return None;
        }
        muestra.push(valor);
    }
    muestra.sort_unstable_by(f64::total_cmp);
    Some(muestra)
}

/// What one pass found out about one bracket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuenta {
    /// Below the lower end.
    debajo: usize,
    /// Equal to the lower end.
    en_desde: usize,
    /// Equal to the upper end, if that is another.
    en_hasta: usize,
    /// The values strictly between both ends.
    dentro: Vec<f64>,
}

impl Cuenta {
    /// Appends the values of the `rangos`, sorted; returns whether all of them are in the bracket.
    pub(crate) fn valores(
        &mut self,
        horquilla: &Horquilla,
        rangos: &[usize],
        opciones: &Opciones<'_>,
        valores: &mut Vec<f64>,
    ) -> Result<bool, PercentilError> {
        let dentro = self.debajo + self.en_desde;
        let encima = dentro + self.dentro.len();
        let fin = encima + self.en_hasta;
        if rangos.first().is_some_and(|&rango| rango < self.debajo)
            || rangos.last().is_some_and(|&rango| rango >= fin)
        {
            return Ok(false);
        }
        let antes = rangos.partition_point(|&rango| rango < dentro);
        let despues = rangos.partition_point(|&rango| rango < encima);
        valores.extend(rangos[..antes].iter().map(|_| horquilla.desde));
        seleccionar(
            &mut self.dentro,
            dentro,
            &rangos[antes..despues],
            opciones,
            valores,
        )?;
        valores.extend(rangos[despues..].iter().map(|_| horquilla.hasta));
        Ok(true)
    }

    /// Counts a block; returns whether it has a NaN.
    fn contar(
        &mut self,
        bloque: &[f64],
        horquilla: &Horquilla,
        hueco: &mut [f64; BLOQUE],
    ) -> Result<bool, PercentilError> {
        let Horquilla { desde, hasta, .. } = *horquilla;
        // No branch depends on a value: the compiler makes vector comparisons of it.
        let debajo: u64 = bloque.iter().map(|&x| u64::from(x < desde)).sum();
        self.debajo += debajo as usize;

        // Most groups of eight lie outside, value by value: one branch for each group. A NaN is not outside.
        let mut visto = Visto::default();
        let (grupos, resto) = bloque.as_chunks::<8>();
        for grupo in grupos {
            let fuera = grupo
                .iter()
                .fold(true, |todos, &x| todos & ((x < desde) | (x > hasta)));
            if !fuera {
                visto.mirar(grupo, horquilla, hueco);
            }
        }
        visto.mirar(resto, horquilla, hueco);
        self.en_desde += visto.en_desde;
        self.en_hasta += visto.en_hasta;
        extender(&mut self.dentro, &hueco[..visto.dentro])?;
        Ok(visto.nan)
    }

    fn sumar(&mut self, otra: Self) -> Result<(), PercentilError> {
        self.debajo += otra.debajo;
        self.en_desde += otra.en_desde;
        self.en_hasta += otra.en_hasta;
        if self.dentro.is_empty() {
            self.dentro = otra.dentro;
            return Ok(());
        }
        extender(&mut self.dentro, &otra.dentro)
    }
}

fn extender(valores: &mut Vec<f64>, mas: &[f64]) -> Result<(), PercentilError> {
    valores
        .try_reserve(mas.len())
        .map_err(|_| PercentilError::SinMemoria {
            valores: valores.len() + mas.len(),
        })?;
    valores.extend_from_slice(mas);
    Ok(())
}

/// What of a block is not outside.
#[derive(Default)]
struct Visto {
    en_desde: usize,
    en_hasta: usize,
    dentro: usize,
    nan: bool,
}

impl Visto {
    /// Looks at each value; those strictly inside are written to `hueco`, one after the other.
    fn mirar(&mut self, valores: &[f64], horquilla: &Horquilla, hueco: &mut [f64; BLOQUE]) {
        let Horquilla { desde, hasta, .. } = *horquilla;
        for &x in valores {
            hueco[self.dentro] = x;
            self.dentro += usize::from((x > desde) & (x < hasta));
            self.en_desde += usize::from(x == desde);
            // Ends that are one value are counted once.
            self.en_hasta += usize::from((x == hasta) & (desde != hasta));
            self.nan |= x.is_nan();
        }
    }
}

/// What one pass found out about all brackets.
#[derive(Clone, Debug)]
pub(crate) struct Conteo {
    cuentas: Vec<Cuenta>,
    nan: bool,
}

impl Conteo {
    /// Returns what one pass over the data finds out.
    ///
    /// The threads are of this call alone: a pool that outlives it would not survive a fork, and Python's `multiprocessing` forks.
    pub(crate) fn de(
        trozos: &[&[f64]],
        n: usize,
        horquillas: &[Horquilla],
        opciones: &Opciones<'_>,
    ) -> Result<Self, PercentilError> {
        let tramos: Vec<&[f64]> = trozos
            .iter()
            .flat_map(|trozo| trozo.chunks(TRAMO))
            .collect();
        let siguiente = AtomicUsize::new(0);
        let contar = || -> Result<Self, PercentilError> {
            let mut suyo = Self {
                cuentas: vec![Cuenta::default(); horquillas.len()],
                nan: false,
            };
            while let Some(tramo) = tramos.get(siguiente.fetch_add(1, Ordering::Relaxed)) {
                opciones.seguir()?;
                suyo.contar(tramo, horquillas)?;
            }
            Ok(suyo)
        };
        thread::scope(|ambito| {
            let otros: Vec<_> = (1..opciones.hilos_para(n))
                // A thread that cannot be had is not missed: the others take its stretches.
                .filter_map(|_| thread::Builder::new().spawn_scoped(ambito, contar).ok())
                .collect();
            let mut total = contar()?;
            for otro in otros {
                let suyo = otro.join().unwrap_or(Err(PercentilError::Cancelado))?;
                total.sumar(suyo)?;
            }
            Ok(total)
        })
    }

    pub(crate) fn hay_nan(&self) -> bool {
        self.nan
    }

    pub(crate) fn cuentas(&mut self) -> impl Iterator<Item = &mut Cuenta> {
        self.cuentas.iter_mut()
    }

    fn contar(&mut self, tramo: &[f64], horquillas: &[Horquilla]) -> Result<(), PercentilError> {
        let mut hueco = [0.0; BLOQUE];
        for bloque in tramo.chunks(BLOQUE) {
            for (cuenta, horquilla) in self.cuentas.iter_mut().zip(horquillas) {
                self.nan |= cuenta.contar(bloque, horquilla, &mut hueco)?;
            }
        }
        Ok(())
    }

    fn sumar(&mut self, otro: Self) -> Result<(), PercentilError> {
        self.nan |= otro.nan;
        for (cuenta, suya) in self.cuentas.iter_mut().zip(otro.cuentas) {
            cuenta.sumar(suya)?;
        }
        Ok(())
    }
}
