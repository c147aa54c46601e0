//! The seeded generator: row *i* depends on (seed, *i*) alone, so any slice can be made by any thread in any order.

mod config;
mod defects;
mod distributions;
mod random;
mod reference;
mod row;
mod session;

use crate::{Clase, Dia, Fecha, Motivo, Zona};
use distributions::{DailyRhythm, WEEK, Zipf, lognormal};
use random::{Lane, Stream, mix, pick};
use row::{push_hex, push_padded};
use session::{BLOCK, FRAUD};
use std::ops::Range;

pub use config::{ConfigGenerador, GeneratorError};
pub use row::FilaGenerada;

/// Sales regions with their centre in degrees and their share of the customers.
pub const REGIONES: [(&str, (f64, f64), f64); 5] = [
    ("norte", (43.26, -2.93), 0.18),
    ("sur", (37.39, -5.98), 0.21),
    ("este", (39.47, -0.38), 0.24),
    ("oeste", (42.24, -8.72), 0.09),
    ("centro", (40.42, -3.70), 0.28),
];

const REGION_CUMULATIVE: [f64; 5] = [0.18, 0.39, 0.63, 0.72, 1.0];

const MENSAJES: [&str; 4] = [
    "HTTP 500 en el pago",
    "tiempo de espera agotado",
    "producto sin existencias",
    "sesión caducada",
];

/// Makes the rows of a [`ConfigGenerador`].
///
/// ```
/// use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
/// let generador = Generador::new(ConfigGenerador::new(42, "2024-01-15".parse()?, 1, 1_000))?;
/// let (mut a, mut b) = (FilaGenerada::new(), FilaGenerada::new());
/// generador.fill(999, &mut a); // any row first …
/// generador.fill(0, &mut b);
/// generador.fill(999, &mut b); // … or last: the same row
/// assert_eq!(format!("{:?}", a.as_fila()), format!("{:?}", b.as_fila()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Generador {
    config: ConfigGenerador,
    dias: Vec<Dia>,
    /// `starts[d]` is the first row of day `d`; one more entry ends the last day.
    starts: Vec<u64>,
    prices: Vec<f64>,
    users: Zipf,
    products: Zipf,
    rhythm: DailyRhythm,
}

impl Generador {
    /// Checks the configuration and prepares the tables: days and product prices.
    ///
    /// # Errors
    /// * [`GeneratorError::Zero`], [`GeneratorError::Share`], [`GeneratorError::Calendar`] as each says.
    pub fn new(config: ConfigGenerador) -> Result<Self, GeneratorError> {
        for (name, n) in [
            ("dias", u64::from(config.dias)),
            ("usuarios", config.usuarios),
            ("productos", config.productos),
        ] {
            if n == 0 {
                return Err(GeneratorError::Zero(name));
            }
        }
        if !(0.0..=0.5).contains(&config.defectos) {
            return Err(GeneratorError::Share(config.defectos));
        }
        let mut dias = Vec::new();
        let mut next = Some(config.desde);
        for _ in 0..config.dias {
            let fecha = next.ok_or(GeneratorError::Calendar)?;
            // The margin lets a defect move a row by three days and stay a possible instant.
            if fecha.days_since_epoch() < 7 || fecha.civil().year() >= 2099 {
                return Err(GeneratorError::Calendar);
            }
            dias.push(Dia::new(fecha, &Zona::utc())?);
            next = fecha.next();
        }
        let starts = split_by_week(&dias, config.filas);
        let prices = (0..config.productos)
            .map(|p| price(config.semilla, p))
            .collect();
        let users = Zipf::new(config.usuarios, 0.75);
        let products = Zipf::new(config.productos, 1.07);
        Ok(Self {
            config,
            dias,
            starts,
            prices,
            users,
            products,
            rhythm: DailyRhythm::new(),
        })
    }

    /// What it was made from.
    pub fn config(&self) -> &ConfigGenerador {
        &self.config
    }

    /// The days in order, each with its rows.
    pub fn dias(&self) -> impl ExactSizeIterator<Item = (Fecha, Range<u64>)> + '_ {
        self.dias
            .iter()
            .zip(self.starts.windows(2))
            .map(|(d, w)| (d.fecha(), w[0]..w[1]))
    }

    /// The rows of planted fraud, ascending: the labels that no row carries.
    ///
    /// # Cost
    /// One draw per eight rows.
    pub fn fraud_rows(&self) -> impl Iterator<Item = u64> + '_ {
        let blocks = self.config.filas.div_ceil(BLOCK);
        let is_fraud = |block: &u64| {
            session::pattern(&mut Stream::new(self.config.semilla, Lane::Block, *block)) == FRAUD
        };
        (0..blocks)
            .filter(is_fraud)
            .flat_map(|b| b * BLOCK..((b + 1) * BLOCK).min(self.config.filas))
    }

    /// Writes row `index` into `row`. Rows past the end belong to the last day's rhythm and are of no use.
    ///
    /// # Cost
    /// No allocation once the buffers of `row` have grown; about 100 ns.
    pub fn fill(&self, index: u64, row: &mut FilaGenerada) {
        let seed = self.config.semilla;
        let (block, position) = (index / BLOCK, index % BLOCK);
        let pattern = session::pattern(&mut Stream::new(seed, Lane::Block, block));
        let step = session::step_of(pattern, position);
        let visit = block * 2 + u64::from(step.visit);
        let fraud = pattern == FRAUD;

        row.park();
        row.fraud = fraud;
        row.set_clase(step.clase);
        row.evento_id.clear();
        push_hex(&mut row.evento_id, self.event_id(index));
        row.session_id.clear();
        push_hex(
            &mut row.session_id,
            mix(seed ^ 0x5E55_1071 ^ visit.wrapping_mul(0x9E37_79B9)),
        );

        let mut session = Stream::new(seed, Lane::Session, visit);
        let user = self.users.rank(session.unit());
        let anonymous = session.unit() < 0.3 && !session::buys(pattern, step.visit);
        let region = pick(
            &REGION_CUMULATIVE,
            Stream::new(seed, Lane::Customer, user).unit(),
        );
        row.region = Some(REGIONES[region].0);
        if !anonymous {
            let mut text = std::mem::take(&mut row.spare.user_id);
            text.clear();
            text.push('u');
            push_padded(&mut text, user, 7);
            row.user_id = Some(text);
        }

        let mut draws = Stream::new(seed, Lane::Row, index);
        let dia = self.place_in_time(index, &mut draws, row);
        self.fill_kind(step.clase, fraud, &mut draws, row);
        place_in_space(region, fraud, &mut draws, row);
        self.plant_defect(index, step.clase, dia, row);
    }

    /// The name of row `index`, unique by construction: a bijection of the index.
    fn event_id(&self, index: u64) -> u64 {
        mix(index ^ mix(self.config.semilla ^ Lane::EventId as u64))
    }

    fn place_in_time(&self, index: u64, draws: &mut Stream, row: &mut FilaGenerada) -> usize {
        let dia = self.starts[1..]
            .partition_point(|s| *s <= index)
            .min(self.dias.len() - 1);
        let (start, end) = (
            self.starts[dia],
            self.starts[dia + 1].max(self.starts[dia] + 1),
        );
        let share = ((index.saturating_sub(start)) as f64 + draws.unit()) / (end - start) as f64;
        let length = (self.dias[dia].end_micros() - self.dias[dia].start_micros()) as f64;
        let offset = (self.rhythm.time_at(share) * length).min(length - 1.0);
        row.timestamp = self.dias[dia].start_micros() + offset as i64;
        dia
    }

    fn fill_kind(&self, clase: Clase, fraud: bool, draws: &mut Stream, row: &mut FilaGenerada) {
        row.monto = None;
        row.mensaje = None;
        let product = self.products.rank(draws.unit());
        let mut page = std::mem::take(&mut row.spare.pagina);
        page.clear();
        match clase {
            Clase::Click => match draws.below(10) {
                0..2 => page.push_str("/inicio"),
                2..4 => page.push_str(reference::CATEGORIAS_RUTA[(product % 12) as usize]),
                _ => {
                    page.push_str("/producto/p");
                    push_padded(&mut page, product, 5);
                    self.set_product(product, row);
                }
            },
            Clase::AgregarCarrito => {
                page.push_str("/carrito");
                self.set_product(product, row);
            }
            Clase::Compra => {
                page.push_str("/pago");
                self.set_product(product, row);
                row.monto = Some(self.amount(product, fraud, draws));
            }
            Clase::Error => {
                page.push_str("/pago");
                row.mensaje = Some(MENSAJES[draws.below(4) as usize]);
            }
        }
        row.pagina = Some(page);
    }

    /// Units × list price, to the cent; a stolen card pays a test amount or one just below a round limit.
    fn amount(&self, product: u64, fraud: bool, draws: &mut Stream) -> f64 {
        if fraud {
            return [1.0, 499.99, 999.99, 1_999.99][draws.below(4) as usize];
        }
        let units = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0][draws.below(8) as usize];
        libm::round(self.prices[product as usize] * units * 100.0) / 100.0
    }

    fn set_product(&self, product: u64, row: &mut FilaGenerada) {
        let mut text = std::mem::take(&mut row.spare.producto_id);
        text.clear();
        text.push('p');
        push_padded(&mut text, product, 5);
        row.producto_id = Some(text);
    }

    fn plant_defect(&self, index: u64, clase: Clase, dia: usize, row: &mut FilaGenerada) {
        let mut draws = Stream::new(self.config.semilla, Lane::Defect, index);
        row.defect = defects::choose(&mut draws, clase, self.config.defectos).filter(|m| {
            // The first row of a block is the one that later duplicates repeat: it keeps its name.
            !index.is_multiple_of(BLOCK) || !matches!(m, Motivo::Duplicado | Motivo::FaltaEventoId)
        });
        if row.defect == Some(Motivo::Duplicado) {
            let back = (1 + draws.below(200)) * BLOCK;
            let original = (index - index % BLOCK).saturating_sub(back);
            if original < self.starts[dia] || index < back {
                row.defect = None;
            } else {
                defects::plant(row, Motivo::Duplicado, &mut draws, self.event_id(original));
            }
        } else if let Some(motivo) = row.defect {
            defects::plant(row, motivo, &mut draws, 0);
        }
    }
}

fn place_in_space(region: usize, fraud: bool, draws: &mut Stream, row: &mut FilaGenerada) {
    let (u, v) = (draws.unit(), draws.unit());
    if draws.unit() < 0.4 {
        (row.lat, row.lon) = (None, None);
        return;
    }
    // Fraud comes from half a world away from where its customer lives.
    let (lat, lon) = if fraud {
        (-33.45, -70.67)
    } else {
        REGIONES[region].1
    };
    let degrees = |centre: f64, draw: f64| libm::round((centre + draw - 0.5) * 1e5) / 1e5;
    (row.lat, row.lon) = (Some(degrees(lat, u)), Some(degrees(lon, v)));
}

fn price(seed: u64, product: u64) -> f64 {
    let mut draws = Stream::new(seed, Lane::Product, product);
    let amount = lognormal(3.6, 1.15, draws.unit(), draws.unit()).clamp(0.5, 50_000.0);
    libm::round(amount * 100.0) / 100.0
}

/// First row of each day and the end of the last, by the weekly rhythm; exact in total.
fn split_by_week(dias: &[Dia], rows: u64) -> Vec<u64> {
    let weights: Vec<f64> = dias
        .iter()
        .map(|d| WEEK[usize::from(d.fecha().weekday())])
        .collect();
    let total: f64 = weights.iter().sum();
    let mut starts = vec![0];
    let mut passed = 0.0;
    for weight in weights {
        passed += weight;
        starts.push((rows as f64 * (passed / total)) as u64);
    }
    if let Some(last) = starts.last_mut() {
        *last = rows;
    }
    starts
}
