//! The table of regions: what each sells, how it converts and where it is heading.

use maud::{Markup, html};

use super::{
    dias::nombre_html,
    embudo::barra,
    formato,
    resumen::Resumen,
    semanas::signo,
    series::{Columna, columnas},
};

/// Rows of the full list before its tail is folded into one.
const FILAS_MAX: usize = 100;

/// The section with the table and, if some regions are drawn together, the list of all.
pub(super) fn seccion(resumen: &Resumen<'_>) -> Markup {
    let (_, columnas) = columnas(resumen);
    let maximo = resumen
        .series
        .iter()
        .map(|s| s.suma.revenue)
        .max()
        .unwrap_or(0);
    let comparable = resumen.semana_comparable();
    html! {
        section id="regiones" {
            h2 { "Regiones" }
            p class="nota" {
                (formato::cuantos(resumen.regiones.len(), "región", "regiones, de mayor a menor revenue")) "."
                @if let Some((semana, anterior)) = comparable {
                    " El cambio compara " (semana.nombre()) " con " (anterior.nombre())
                    @if !(semana.completa() && anterior.completa()) { " (semanas parciales)" }
                    "."
                }
            }
            div class="tabla" { table class="regiones" {
                thead { tr {
                    th scope="col" { "Región" } th scope="col" class="grafica" { "Evolución" } th scope="col" { "Revenue" }
                    th scope="col" class="grafica" { "Proporción" } th scope="col" { "%" } th scope="col" { "Cambio sem." }
                    th scope="col" { "Transacc." } th scope="col" { "Ticket" } th scope="col" { "Premium" } th scope="col" { "Conversión" }
                } }
                tbody { @for (i, serie) in resumen.series.iter().enumerate() {
                    @let s = &serie.suma;
                    @let parte = formato::porcentaje(s.revenue, resumen.total.revenue);
                    @let cambio = comparable.and_then(|(ahora, antes)| formato::cambio(*ahora.revenue.get(i)?, *antes.revenue.get(i)?));
                    tr {
                        th scope="row" { span class={ "muestra f" (i) } {} (nombre_html(serie)) }
                        td class="grafica" { (chispa(&columnas, i, |c| c.revenue.get(i).copied())) }
                        td { (formato::dinero(s.revenue)) }
                        td class="grafica" { (barra(s.revenue, maximo, i, &format!("{parte} del revenue"))) }
                        td { (parte) }
                        td class=(signo(cambio)) { (formato::cambio_texto(cambio)) }
                        td { (formato::entero(s.transacciones)) }
                        td { (s.ticket()) }
                        td { (formato::porcentaje(s.premium, s.revenue)) }
                        td { (s.conversion()) }
                    }
                } }
            } }
            @if resumen.regiones.len() > resumen.series.len() { (todas(resumen)) }
        }
    }
}

/// A line of a few pixels, broken where there is no data; nothing if there are not two points to join.
pub(super) fn chispa(
    columnas: &[Columna],
    color: usize,
    valor: impl Fn(&Columna) -> Option<i128>,
) -> Markup {
    let valores: Vec<_> = columnas
        .iter()
        .map(|c| valor(c).filter(|_| c.dias > 0))
        .collect();
    if valores.iter().flatten().count() < 2 {
        return html! {};
    }
    let maximo = valores.iter().flatten().copied().max().unwrap_or(0).max(1) as f64;
    let paso = 118.0 / columnas.len().saturating_sub(1).max(1) as f64;
    let mut trazo = String::new();
    let mut seguido = false;
    for (i, v) in valores.into_iter().enumerate() {
        if let Some(v) = v {
            let (x, y) = (
                1.0 + paso * i as f64,
                23.0 - v.max(0) as f64 / maximo * 21.0,
            );
            let orden = if seguido { 'L' } else { 'M' };
            trazo += &format!("{orden}{x:.1} {y:.1}");
            if !seguido {
                trazo += "h0";
            }
        }
        seguido = v.is_some();
    }
    html! {
        svg class="chispa" viewBox="0 0 120 24" preserveAspectRatio="none" aria-hidden="true" { path class={ "l" (color) } d=(trazo) {} }
    }
}

fn todas(resumen: &Resumen<'_>) -> Markup {
    let (vistas, resto) = resumen
        .regiones
        .split_at(FILAS_MAX.min(resumen.regiones.len()));
    let fila = |nombre: Markup, s: &super::suma::Suma| {
        html! {
            tr {
                th scope="row" { (nombre) }
                td { (formato::dinero(s.revenue)) } td { (formato::porcentaje(s.revenue, resumen.total.revenue)) }
                td { (formato::entero(s.transacciones)) } td { (s.ticket()) } td { (s.conversion()) }
            }
        }
    };
    let mut demas = super::suma::Suma::default();
    resto.iter().for_each(|(_, s)| demas.mas(s));
    html! {
        details {
            summary { "Todas las regiones (" (formato::entero(resumen.regiones.len() as i128)) ")" }
            div class="tabla alta" { table {
                thead { tr {
                    th scope="col" { "Región" } th scope="col" { "Revenue" } th scope="col" { "%" }
                    th scope="col" { "Transacciones" } th scope="col" { "Ticket" } th scope="col" { "Conversión" }
                } }
                tbody {
                    @for (region, suma) in vistas { (fila(formato::bdi(region), suma)) }
                    @if !resto.is_empty() { (fila(html! { em { "otras " (formato::entero(resto.len() as i128)) } }, &demas)) }
                }
                tfoot { (fila(html! { "Total" }, &resumen.total)) }
            } }
        }
    }
}
