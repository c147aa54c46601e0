//! The funnel: visitors → carts → buyers → sales.

use maud::{Markup, html};

use super::{dias::nombre_html, formato, resumen::Resumen, suma::Suma};

/// Name, unit and value of each step.
fn pasos(s: &Suma) -> [(&'static str, &'static str, i128); 4] {
    [
        ("Visitantes-día", "personas", s.visitantes),
        ("Agregados al carrito", "eventos", s.carritos),
        ("Compradores-día", "personas", s.compradores),
        ("Transacciones", "compras", s.transacciones),
    ]
}

/// The section with bars and table.
pub(super) fn seccion(resumen: &Resumen<'_>) -> Markup {
    let pasos = pasos(&resumen.total);
    let visitantes = resumen.total.visitantes;
    let maximo = pasos.iter().map(|p| p.2).max().unwrap_or(0).max(1);
    html! {
        section id="embudo" {
            h2 { "Embudo" }
            p class="nota" { "De la visita a la compra, en todo el período; el porcentaje es sobre los visitantes-día." sup { "1" } }
            ol class="embudo" {
                @for (nombre, unidad, valor) in &pasos {
                    li {
                        span class="paso" { (nombre) " " small { (unidad) } }
                        span class="valor" { (formato::entero(*valor)) }
                        (barra(*valor, maximo, 0, &format!("{nombre}: {} {unidad}", formato::entero(*valor))))
                        span class="parte" { (formato::porcentaje(*valor, visitantes)) }
                    }
                }
            }
            @if visitantes == 0 { p class="aviso" { "No hay visitantes identificados en el período: sin ellos no hay tasa de conversión." } }
            @else {
                p class="clave" { "Conversión " strong { (resumen.total.conversion()) } span { "compradores-día ÷ visitantes-día" } }
            }
            (tabla(resumen))
        }
    }
}

/// A horizontal bar that fills its cell in proportion, readable by assistive technology.
pub(super) fn barra(valor: i128, maximo: i128, color: usize, titulo: &str) -> Markup {
    let milesimas = (valor.max(0) as f64 / maximo.max(1) as f64 * 1000.0).min(1000.0);
    html! {
        svg class="barra" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" {
            title { (titulo) }
            rect class="cauce" width="1000" height="10" {}
            rect class={ "f" (color) } width=(super::ejes::px(milesimas)) height="10" {}
        }
    }
}

fn tabla(resumen: &Resumen<'_>) -> Markup {
    html! {
        details {
            summary { "Embudo por región" }
            div class="tabla" { table {
                thead { tr {
                    th scope="col" { "Región" } th scope="col" { "Visitantes-día" } th scope="col" { "Clicks" } th scope="col" { "Carritos" }
                    th scope="col" { "Compradores-día" } th scope="col" { "Transacciones" } th scope="col" { "Conversión" }
                } }
                tbody { @for serie in &resumen.series { (fila(&nombre_html(serie), &serie.suma)) } }
                tfoot { (fila(&html! { "Total" }, &resumen.total)) }
            } }
        }
    }
}

fn fila(nombre: &Markup, s: &Suma) -> Markup {
    html! {
        tr {
            th scope="row" { (nombre) }
            @for n in [s.visitantes, s.clicks, s.carritos, s.compradores, s.transacciones] { td { (formato::entero(n)) } }
            td { (s.conversion()) }
        }
    }
}
