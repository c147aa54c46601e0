//! Customers, products and deliveries by number: the catalogue that the events refer to.

use super::distributions::lognormal;
use super::random::{Lane, Stream, pick};
use super::row::push_padded;
use super::{Generador, REGION_CUMULATIVE, REGIONES};
use crate::{Centavos, Cliente, Entrega, Producto};
use jiff::ToSpan as _;

pub(super) const CATEGORIAS: [&str; 12] = [
    "hogar",
    "moda",
    "deporte",
    "libros",
    "música",
    "juguetes",
    "jardín",
    "belleza",
    "electrónica",
    "alimentación",
    "mascotas",
    "oficina",
];

pub(super) const CATEGORIAS_RUTA: [&str; 12] = [
    "/categoria/hogar",
    "/categoria/moda",
    "/categoria/deporte",
    "/categoria/libros",
    "/categoria/musica",
    "/categoria/juguetes",
    "/categoria/jardin",
    "/categoria/belleza",
    "/categoria/electronica",
    "/categoria/alimentacion",
    "/categoria/mascotas",
    "/categoria/oficina",
];

const NOMBRES: [&str; 8] = [
    "Ana", "Luis", "Carmen", "Iván", "Lucía", "Pablo", "Marta", "Jorge",
];
const APELLIDOS: [&str; 8] = [
    "García", "Ruiz", "Ibáñez", "Núñez", "Sanz", "Vidal", "Peña", "Ortega",
];

impl Generador {
    /// Customer number `k`, whose `user_id` and region are those of the events.
    pub fn cliente(&self, k: u64) -> Cliente {
        let mut draws = Stream::new(self.config.semilla, Lane::Customer, k);
        let region = REGIONES[pick(&REGION_CUMULATIVE, draws.unit())]
            .0
            .to_owned();
        let mut user_id = String::from("u");
        push_padded(&mut user_id, k, 7);
        let nombre = format!(
            "{} {}",
            NOMBRES[draws.below(8) as usize],
            APELLIDOS[draws.below(8) as usize]
        );
        let segmento = ["nuevo", "habitual", "premium"][pick(&[0.5, 0.92, 1.0], draws.unit())];
        let before = i64::try_from(draws.below(1_500)).unwrap_or(0);
        let alta = self.config.desde.civil().saturating_sub(before.days());
        let alta =
            crate::Fecha::new(alta.year(), alta.month(), alta.day()).unwrap_or(self.config.desde);
        Cliente {
            user_id,
            nombre,
            region,
            segmento,
            alta,
        }
    }

    /// Product number `k`, whose `producto_id` and price are those of the events.
    pub fn producto(&self, k: u64) -> Producto {
        let mut producto_id = String::from("p");
        push_padded(&mut producto_id, k, 5);
        let categoria = CATEGORIAS[(k % 12) as usize];
        let precio =
            Centavos::from_monto(super::price(self.config.semilla, k)).unwrap_or(Centavos::ZERO);
        Producto {
            nombre: format!("{categoria} {k}"),
            producto_id,
            categoria,
            precio,
        }
    }

    /// Delivery number `k`: from one region's warehouse to a customer, mostly near.
    pub fn entrega(&self, k: u64) -> Entrega {
        let mut draws = Stream::new(self.config.semilla, Lane::Delivery, k);
        let origen = REGIONES[pick(&REGION_CUMULATIVE, draws.unit())].1;
        let km = lognormal(3.0, 1.0, draws.unit(), draws.unit()).min(900.0);
        let bearing = draws.unit() * core::f64::consts::TAU;
        let lat = (origen.0 + km / 111.2 * libm::cos(bearing)).clamp(-89.0, 89.0);
        let lon = origen.1 + km / 111.2 * libm::sin(bearing) / libm::cos(lat.to_radians());
        Entrega {
            origen,
            destino: (lat, lon),
        }
    }
}
