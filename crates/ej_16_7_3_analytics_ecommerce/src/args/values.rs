//! Values with a form of their own, and what is said of those without it.

use ecommerce_model::{Fecha, Zona};

pub(super) fn fecha(text: &str) -> Result<Fecha, String> {
    text.parse()
        .map_err(|_| "no es una fecha del calendario con la forma YYYY-MM-DD".to_owned())
}

pub(super) fn zona(text: &str) -> Result<Zona, String> {
    text.parse()
        .map_err(|_| "no es una zona horaria IANA, como Europe/Madrid o UTC".to_owned())
}

pub(super) fn instante(text: &str) -> Result<i64, String> {
    ecommerce_model::parse_instant_micros(text)
        .ok_or_else(|| "no es un instante RFC 3339, como 2024-01-15T12:00:00Z".to_owned())
}

pub(super) fn dias(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|d: &f64| (0.0..=36_500.0).contains(d))
        .ok_or_else(|| "no es un número de días entre 0 y 36500".to_owned())
}

pub(super) fn opcion(text: &str) -> Result<(String, String), String> {
    let (k, v) = text
        .split_once('=')
        .ok_or_else(|| "debe tener la forma clave=valor".to_owned())?;
    Ok((k.trim().to_owned(), v.to_owned()))
}
