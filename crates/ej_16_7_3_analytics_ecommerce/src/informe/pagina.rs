//! The page as a whole: head, header, sections in reading order, and the colophon that says where it all comes from.

use jiff::{Timestamp, tz::TimeZone};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    DatosInforme, dias, embudo, estilo::ESTILO, formato, regiones, resumen::Resumen, semanas,
    tablas, titulares,
};

/// The only thing the page may load is its own style: no script, font, image or connection.
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The document.
pub(super) fn pagina(datos: &DatosInforme) -> Markup {
    let resumen = Resumen::nuevo(datos);
    let titulo = formato::texto_hasta(&datos.titulo, 120);
    html! {
        (DOCTYPE)
        html lang="es" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(CSP);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "analytics-ecommerce " (env!("CARGO_PKG_VERSION")) };
                title { (titulo) }
                style { (PreEscaped(ESTILO)) }
            }
            body {
                (tramas())
                (encabezado(datos, &resumen, &titulo))
                main {
                    @if resumen.dias.is_empty() { (vacio(datos)) } @else { (cuerpo(datos, &resumen)) }
                }
                (colofon(datos, &resumen))
            }
        }
    }
}

fn encabezado(datos: &DatosInforme, resumen: &Resumen<'_>, titulo: &str) -> Markup {
    html! {
        header {
            div {
                h1 { bdi { (titulo) } }
                @if let Some((desde, hasta)) = resumen.periodo() {
                    p class="periodo" {
                        @if desde == hasta { (formato::fecha_larga(desde)) }
                        @else { "Del " (formato::fecha_larga(desde)) " al " (formato::fecha_larga(hasta)) }
                    }
                } @else { p class="periodo" { "Sin días procesados" } }
            }
            p class="sello" {
                "Generado el " (instante(datos.generado))
                @for tabla in datos.tablas.iter().take(1) {
                    span { code { (formato::bdi(&tabla.nombre)) } " " (version(tabla.version)) }
                }
            }
        }
    }
}

fn cuerpo(datos: &DatosInforme, resumen: &Resumen<'_>) -> Markup {
    html! {
        (titulares::tarjetas(datos, resumen))
        (dias::seccion(resumen))
        div class="dos" { (semanas::seccion(resumen)) (embudo::seccion(resumen)) }
        (regiones::seccion(resumen))
        div class="dos" { (tablas::productos(&datos.productos)) (tablas::cuarentena(&datos.cuarentena)) }
    }
}

fn vacio(datos: &DatosInforme) -> Markup {
    html! {
        section class="nada" {
            h2 { "No hay métricas que mostrar" }
            p { "La tabla no tiene ninguna fila en el período pedido. Procesa al menos un día y vuelve a generar el informe:" }
            pre { "analytics-ecommerce --fecha AAAA-MM-DD --entrada DIR --salida TABLA\nanalytics-ecommerce reporte --tabla TABLA --salida informe.html" }
        }
        @if !datos.cuarentena.is_empty() { (tablas::cuarentena(&datos.cuarentena)) }
    }
}

fn colofon(datos: &DatosInforme, resumen: &Resumen<'_>) -> Markup {
    html! {
        footer {
            section {
                h2 { "Procedencia" }
                @if datos.tablas.is_empty() { p { "No se indicaron tablas." } }
                @else { div class="tabla" { table {
                    thead { tr { th scope="col" { "Tabla" } th scope="col" { "Versión" } th scope="col" { "Ruta" } } }
                    tbody { @for t in &datos.tablas { tr {
                        th scope="row" { code { (formato::bdi(&t.nombre)) } } td { (version(t.version)) }
                        td class="ruta" { code { bdi { (formato::texto_hasta(&t.ruta, 160)) } } }
                    } } }
                } } }
                ul {
                    @if let Some(cuando) = datos.ultimo_proceso { li { "Último proceso: " (instante(cuando)) "." } }
                    @if !datos.versiones_pipeline.is_empty() {
                        li { "Versiones del pipeline: "
                            @for (i, v) in datos.versiones_pipeline.iter().take(8).enumerate() { @if i > 0 { ", " } code { (formato::bdi(v)) } }
                            @if datos.versiones_pipeline.len() > 8 { " y otras" } "."
                        }
                    }
                    @if !datos.productos.is_empty() && !resumen.dias.is_empty() { li { (cuadre(datos, resumen)) } }
                }
            }
            section {
                h2 { "Cómo leerlo" }
                ol class="notas" {
                    li { "Visitantes y compradores se cuentan sin repetir dentro de cada día y región, y aquí se suman: quien vuelve otro día, o visita dos regiones, cuenta cada vez. Por eso se llaman visitantes-día y compradores-día; no son personas distintas del período." }
                    li { "Compradores distintos de cada día en todas las regiones juntas, sumados por día; puede ser menor que la suma por regiones." }
                    li { "Los importes son exactos al centavo y no llevan moneda: son los del campo " code { "monto" } ". El cambio semanal es nulo (—) si falta la semana anterior o no vendió nada. Un día sin datos se muestra como hueco, nunca se interpola." }
                }
            }
        }
    }
}

/// Whether products and regions add up to the same cents.
fn cuadre(datos: &DatosInforme, resumen: &Resumen<'_>) -> Markup {
    let productos = datos
        .productos
        .iter()
        .fold(0i128, |s, p| s.saturating_add(p.revenue_centavos));
    html! {
        @if productos == resumen.total.revenue { "El revenue por producto y por región cuadra al centavo: " (formato::dinero(productos)) "." }
        @else {
            strong class="baja" { "El revenue por producto (" (formato::dinero(productos)) ") no cuadra con el de regiones (" (formato::dinero(resumen.total.revenue)) ")." }
        }
    }
}

fn version(version: Option<u64>) -> Markup {
    html! { @match version { Some(v) => { "v" (formato::entero(v.into())) } None => "no existe" } }
}

/// `martes 15 de junio de 2027, 10:32 UTC`.
fn instante(cuando: Timestamp) -> String {
    let local = cuando.to_zoned(TimeZone::UTC).datetime();
    format!(
        "{}, {:02}:{:02} UTC",
        formato::fecha_larga(local.date()),
        local.hour(),
        local.minute()
    )
}

/// The hatching of what has no data, defined once for every chart.
fn tramas() -> Markup {
    html! {
        svg class="definiciones" aria-hidden="true" { defs {
            pattern id="trama" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="6" height="6" class="trama-fondo" {} rect width="1.6" height="6" class="trama-raya" {}
            }
            pattern id="parcial" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="6" height="6" class="parcial-fondo" {} rect width="2.6" height="6" class="f0" {}
            }
        } }
    }
}
