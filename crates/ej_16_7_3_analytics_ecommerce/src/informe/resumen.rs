//! What the page says, computed once from the rows: totals, days, regions, weeks. All exact integers.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use super::{DatosInforme, suma::Suma};

/// Regions with a colour of their own; the rest are added up as one.
pub(super) const PROPIAS: usize = 8;

/// A region with a colour, or all the others together.
#[derive(Debug)]
pub(super) struct Serie<'a> {
    /// As stored; `None` for the others together.
    pub(super) region: Option<&'a str>,
    /// How many regions it stands for.
    pub(super) regiones: usize,
    pub(super) suma: Suma,
}

/// One day that has rows.
#[derive(Debug, Default)]
pub(super) struct Dia {
    pub(super) total: Suma,
    /// Distinct buyers of the whole day.
    pub(super) compradores_dia: i128,
    /// Revenue by series, in the order of [`Resumen::series`].
    pub(super) revenue: Vec<i128>,
}

/// An ISO week that has rows.
#[derive(Debug)]
pub(super) struct Semana {
    pub(super) lunes: Date,
    pub(super) anio: i16,
    pub(super) numero: i8,
    pub(super) total: Suma,
    pub(super) revenue: Vec<i128>,
    /// Days with rows, of seven.
    pub(super) dias: usize,
    /// Position of the calendar week before, if it has rows.
    pub(super) anterior: Option<usize>,
}

impl Semana {
    pub(super) fn completa(&self) -> bool {
        self.dias >= 7
    }

    pub(super) fn domingo(&self) -> Date {
        self.lunes.saturating_add(6.days())
    }

    pub(super) fn nombre(&self) -> String {
        format!("S{:02} · {}", self.numero, self.anio)
    }
}

/// The whole computation.
#[derive(Debug, Default)]
pub(super) struct Resumen<'a> {
    pub(super) total: Suma,
    /// Sum over days of the distinct buyers of the day.
    pub(super) compradores_dia: i128,
    pub(super) dias: BTreeMap<Date, Dia>,
    pub(super) semanas: Vec<Semana>,
    pub(super) series: Vec<Serie<'a>>,
    /// Every region with its sums, largest revenue first.
    pub(super) regiones: Vec<(&'a str, Suma)>,
}

impl<'a> Resumen<'a> {
    pub(super) fn nuevo(datos: &'a DatosInforme) -> Self {
        let mut por_region: BTreeMap<&str, Suma> = BTreeMap::new();
        for fila in &datos.dias {
            por_region.entry(&fila.region).or_default().fila(fila);
        }
        let mut regiones: Vec<_> = por_region.into_iter().collect();
        regiones.sort_by(|a, b| b.1.revenue.cmp(&a.1.revenue).then(a.0.cmp(b.0)));
        let series = series(&regiones);
        let indice: BTreeMap<&str, usize> = regiones
            .iter()
            .enumerate()
            .map(|(i, (r, _))| (*r, i.min(series.len() - 1)))
            .collect();

        let mut resumen = Self {
            series,
            regiones,
            ..Self::default()
        };
        for fila in &datos.dias {
            resumen.total.fila(fila);
            let dia = resumen.dias.entry(fila.fecha).or_insert_with(|| Dia {
                revenue: vec![0; resumen.series.len()],
                ..Dia::default()
            });
            dia.total.fila(fila);
            dia.compradores_dia = dia.compradores_dia.max(fila.usuarios_unicos_dia.into());
            if let Some(celda) = indice
                .get(fila.region.as_str())
                .and_then(|i| dia.revenue.get_mut(*i))
            {
                *celda = celda.saturating_add(fila.revenue_centavos);
            }
        }
        resumen.compradores_dia = resumen
            .dias
            .values()
            .fold(0i128, |s, d| s.saturating_add(d.compradores_dia));
        resumen.semanas = semanas(&resumen.dias);
        resumen
    }

    /// First and last day with rows.
    pub(super) fn periodo(&self) -> Option<(Date, Date)> {
        Some((
            *self.dias.first_key_value()?.0,
            *self.dias.last_key_value()?.0,
        ))
    }

    /// Days from the first to the last, both included.
    pub(super) fn dias_calendario(&self) -> i128 {
        self.periodo().map_or(0, |(a, b)| dias_entre(a, b) + 1)
    }

    /// The last week to be compared: complete, after a complete one; failing that, the last with one before it.
    pub(super) fn semana_comparable(&self) -> Option<(&Semana, &Semana)> {
        let pares = || {
            self.semanas
                .iter()
                .rev()
                .filter_map(|s| Some((s, self.semanas.get(s.anterior?)?)))
        };
        pares()
            .find(|(s, a)| s.completa() && a.completa())
            .or_else(|| pares().next())
    }
}

/// Calendar days from `a` to `b`.
pub(super) fn dias_entre(a: Date, b: Date) -> i128 {
    (b.duration_since(a).as_hours() / 24).into()
}

/// Adds one list of sums to another, position by position.
pub(super) fn acumula(destino: &mut [i128], origen: &[i128]) {
    for (d, o) in destino.iter_mut().zip(origen) {
        *d = d.saturating_add(*o);
    }
}

fn series<'a>(regiones: &[(&'a str, Suma)]) -> Vec<Serie<'a>> {
    let propias = if regiones.len() == PROPIAS + 1 {
        PROPIAS + 1
    } else {
        PROPIAS
    };
    let (grandes, chicas) = regiones.split_at(propias.min(regiones.len()));
    let mut series: Vec<_> = grandes
        .iter()
        .map(|(r, suma)| Serie {
            region: Some(*r),
            regiones: 1,
            suma: suma.clone(),
        })
        .collect();
    if !chicas.is_empty() {
        let mut suma = Suma::default();
        chicas.iter().for_each(|(_, s)| suma.mas(s));
        series.push(Serie {
            region: None,
            regiones: chicas.len(),
            suma,
        });
    }
    series
}

fn semanas(dias: &BTreeMap<Date, Dia>) -> Vec<Semana> {
    let mut semanas: Vec<Semana> = Vec::new();
    for (fecha, dia) in dias {
        let iso = fecha.iso_week_date();
        if semanas
            .last()
            .is_none_or(|s| (s.anio, s.numero) != (iso.year(), iso.week()))
        {
            let lunes =
                fecha.saturating_sub(i32::from(fecha.weekday().to_monday_zero_offset()).days());
            let anterior = semanas
                .last()
                .filter(|s| dias_entre(s.lunes, lunes) == 7)
                .map(|_| semanas.len() - 1);
            semanas.push(Semana {
                lunes,
                anio: iso.year(),
                numero: iso.week(),
                total: Suma::default(),
                revenue: vec![0; dia.revenue.len()],
                dias: 0,
                anterior,
            });
        }
        if let Some(semana) = semanas.last_mut() {
            semana.total.mas(&dia.total);
            acumula(&mut semana.revenue, &dia.revenue);
            semana.dias += 1;
        }
    }
    semanas
}
