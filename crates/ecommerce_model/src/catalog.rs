//! Customers, products, sales and deliveries: the slowly changing half of the platform.

use crate::{Centavos, Fecha};

/// A registered customer.
#[derive(Clone, PartialEq, Debug)]
pub struct Cliente {
    /// `u0000042`, the `user_id` of events.
    pub user_id: String,
    /// Display name.
    pub nombre: String,
    /// Home region.
    pub region: String,
    /// `nuevo`, `habitual` or `premium`.
    pub segmento: &'static str,
    /// Day of registration.
    pub alta: Fecha,
}

/// A product of the catalogue.
#[derive(Clone, PartialEq, Debug)]
pub struct Producto {
    /// `p00042`, the `producto_id` of events.
    pub producto_id: String,
    /// Display name.
    pub nombre: String,
    /// Category, one of a dozen.
    pub categoria: &'static str,
    /// List price.
    pub precio: Centavos,
}

/// A sale as the guide's queries join it to customers (16.4.1).
#[derive(Clone, PartialEq, Debug)]
pub struct Venta {
    /// The event of the purchase.
    pub evento_id: String,
    /// Buyer.
    pub user_id: String,
    /// Product bought.
    pub producto_id: String,
    /// Amount paid.
    pub monto: Centavos,
    /// Region of the sale.
    pub region: String,
    /// Day of the sale.
    pub fecha: Fecha,
}

/// A delivery: where it left from and where it went, in degrees (guide 16.3.2).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Entrega {
    /// Latitude and longitude of the warehouse.
    pub origen: (f64, f64),
    /// Latitude and longitude of the customer.
    pub destino: (f64, f64),
}

impl Entrega {
    /// Great-circle distance in kilometres.
    pub fn distancia_km(&self) -> f64 {
        haversine_km(self.origen.0, self.origen.1, self.destino.0, self.destino.1)
    }
}

/// Radius of the sphere on which distances are taken, in km, as in the guide.
pub const RADIO_TIERRA_KM: f64 = 6371.0;

/// Great-circle distance in km between two points in degrees, on a sphere of 6371 km.
///
/// The argument of the square root is clamped to 1: near antipodes rounding pushes it above, and the naive
/// formula gives NaN there. NaN in, NaN out.
///
/// # Source
/// Guide 16.3.2 and 16.4.2, `haversine`.
///
/// ```
/// use ecommerce_model::haversine_km;
/// let madrid_buenos_aires = haversine_km(40.4168, -3.7038, -34.6037, -58.3816);
/// assert!((madrid_buenos_aires - 10_043.9).abs() < 5.0);
/// assert_eq!(haversine_km(10.0, 20.0, 10.0, 20.0), 0.0);
/// ```
pub fn haversine_km(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let (phi1, phi2) = (lat1.to_radians(), lat2.to_radians());
    let half_dphi = (phi2 - phi1) / 2.0;
    let half_dlambda = (lon2 - lon1).to_radians() / 2.0;
    let a = half_dphi.sin().powi(2) + phi1.cos() * phi2.cos() * half_dlambda.sin().powi(2);
    // `min` would turn NaN into 1, so the comparison is spelled out.
    let a = if a > 1.0 { 1.0 } else { a };
    2.0 * RADIO_TIERRA_KM * a.sqrt().asin()
}
