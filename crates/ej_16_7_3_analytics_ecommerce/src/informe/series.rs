//! Days gathered into as many columns as a chart can show: days, ISO weeks, months or years.

use jiff::{ToSpan, civil::Date};

use super::{
    formato,
    resumen::{Resumen, acumula, dias_entre},
    suma::Suma,
};

/// More columns than this and the next coarser grain is taken.
const COLUMNAS_MAX: i128 = 124;

/// What one column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grano {
    Dia,
    Semana,
    Mes,
    Anio,
}

impl Grano {
    /// The finest grain with which `desde..=hasta` fits in a chart.
    fn para(desde: Date, hasta: Date) -> Self {
        let dias = dias_entre(desde, hasta) + 1;
        [(Self::Dia, 1), (Self::Semana, 7), (Self::Mes, 30)]
            .into_iter()
            .find(|(_, largo)| dias / largo <= COLUMNAS_MAX)
            .map_or(Self::Anio, |(grano, _)| grano)
    }

    /// First day of the column that holds `fecha`.
    fn inicio(self, fecha: Date) -> Date {
        match self {
            Self::Dia => fecha,
            Self::Semana => {
                fecha.saturating_sub(i32::from(fecha.weekday().to_monday_zero_offset()).days())
            }
            Self::Mes => fecha.first_of_month(),
            Self::Anio => fecha.first_of_year(),
        }
    }

    /// First day of the next column.
    fn siguiente(self, inicio: Date) -> Date {
        match self {
            Self::Dia => inicio.saturating_add(1.day()),
            Self::Semana => inicio.saturating_add(1.week()),
            Self::Mes => inicio.saturating_add(1.month()),
            Self::Anio => inicio.saturating_add(1.year()),
        }
    }

    /// `día`, `semana`, `mes` or `año`.
    pub(super) fn nombre(self) -> &'static str {
        match self {
            Self::Dia => "día",
            Self::Semana => "semana",
            Self::Mes => "mes",
            Self::Anio => "año",
        }
    }

    /// Label under the axis.
    pub(super) fn rotulo(self, inicio: Date) -> String {
        match self {
            Self::Dia => format!("{} {}", inicio.day(), formato::mes_corto(inicio)),
            Self::Semana => {
                format!(
                    "{} {} {:02}",
                    inicio.day(),
                    formato::mes_corto(inicio),
                    inicio.year().rem_euclid(100)
                )
            }
            Self::Mes => format!("{} {}", formato::mes_corto(inicio), inicio.year()),
            Self::Anio => inicio.year().to_string(),
        }
    }
}

/// One column of a chart.
#[derive(Debug)]
pub(super) struct Columna {
    pub(super) inicio: Date,
    /// Last day, inside the period.
    pub(super) fin: Date,
    /// Days with rows.
    pub(super) dias: i128,
    /// Calendar days inside the period.
    pub(super) calendario: i128,
    /// No day of the week, month or year is missing, at the ends of the period either.
    pub(super) completa: bool,
    pub(super) total: Suma,
    /// Sum over days of the distinct buyers of the day.
    pub(super) compradores_dia: i128,
    /// Revenue by series.
    pub(super) revenue: Vec<i128>,
}

impl Columna {
    /// What the column covers, for its tooltip.
    pub(super) fn titulo(&self, grano: Grano) -> String {
        match grano {
            Grano::Dia => formato::fecha_larga(self.inicio),
            Grano::Mes => formato::mes_largo(self.inicio),
            Grano::Anio => self.inicio.year().to_string(),
            Grano::Semana => formato::intervalo(self.inicio, self.fin),
        }
    }
}

/// Every column from the first day to the last, the empty ones too.
pub(super) fn columnas(resumen: &Resumen<'_>) -> (Grano, Vec<Columna>) {
    let Some((desde, hasta)) = resumen.periodo() else {
        return (Grano::Dia, Vec::new());
    };
    let grano = Grano::para(desde, hasta);
    let mut columnas = Vec::new();
    let mut inicio = grano.inicio(desde);
    loop {
        let siguiente = grano.siguiente(inicio);
        let (primero, fin) = (
            inicio.max(desde),
            siguiente.saturating_sub(1.day()).max(inicio).min(hasta),
        );
        let mut columna = Columna {
            inicio: primero,
            fin,
            dias: 0,
            calendario: dias_entre(primero, fin) + 1,
            completa: false,
            total: Suma::default(),
            compradores_dia: 0,
            revenue: vec![0; resumen.series.len()],
        };
        for (_, dia) in resumen.dias.range(primero..=fin) {
            columna.dias += 1;
            columna.total.mas(&dia.total);
            columna.compradores_dia = columna.compradores_dia.saturating_add(dia.compradores_dia);
            acumula(&mut columna.revenue, &dia.revenue);
        }
        columna.completa = columna.dias >= dias_entre(inicio, siguiente);
        columnas.push(columna);
        if siguiente > hasta || siguiente <= inicio {
            return (grano, columnas);
        }
        inicio = siguiente;
    }
}

/// The runs of days without rows inside the period.
pub(super) fn huecos(resumen: &Resumen<'_>) -> Vec<(Date, Date)> {
    let fechas = resumen.dias.keys();
    fechas
        .clone()
        .zip(fechas.skip(1))
        .filter(|(a, b)| dias_entre(**a, **b) > 1)
        .map(|(a, b)| (a.saturating_add(1.day()), b.saturating_sub(1.day())))
        .collect()
}
