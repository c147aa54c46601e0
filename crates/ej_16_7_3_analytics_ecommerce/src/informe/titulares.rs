//! The headline figures.

use maud::{Markup, html};

use super::{
    DatosInforme, formato,
    regiones::chispa,
    resumen::Resumen,
    semanas::{cambio, tono},
    series::{columnas, huecos},
};

/// The cards.
pub(super) fn tarjetas(datos: &DatosInforme, resumen: &Resumen<'_>) -> Markup {
    let s = &resumen.total;
    let (_, columnas) = columnas(resumen);
    let calendario = resumen.dias_calendario();
    let con_datos = resumen.dias.len() as i128;
    let huecos = huecos(resumen);
    let cuarentena: i128 = datos.cuarentena.iter().map(|m| i128::from(m.filas)).sum();
    let principal = datos
        .cuarentena
        .iter()
        .filter(|m| m.filas > 0)
        .max_by_key(|m| m.filas);
    let ticket = formato::cociente(s.revenue, s.transacciones);
    html! {
        div class="tarjetas" {
            (tarjeta("Revenue", &dinero(s.revenue), &html! {
                @match resumen.semana_comparable() {
                    Some((semana, anterior)) => {
                        @let c = cambio(resumen, semana);
                        span class=(tono(resumen, semana)) { (formato::cambio_texto(c)) } " " (format!("S{:02} vs. S{:02}", semana.numero, anterior.numero))
                    }
                    None => "sin semana anterior con que comparar",
                }
            }, &chispa(&columnas, 0, |c| Some(c.total.revenue))))
            (tarjeta("Transacciones", &html! { (formato::entero(s.transacciones)) }, &html! {
                (formato::entero(cociente_diario(s.transacciones, con_datos))) " por día con datos"
            }, &chispa(&columnas, 0, |c| Some(c.total.transacciones))))
            (tarjeta("Ticket promedio", &ticket.map_or_else(|| html! { "—" }, dinero), &html! { "revenue ÷ transacciones" },
                &chispa(&columnas, 0, |c| formato::cociente(c.total.revenue, c.total.transacciones))))
            (tarjeta("Premium", &html! { (formato::porcentaje(s.premium, s.revenue)) }, &html! {
                (formato::compacto(s.premium)) " en " (formato::entero(s.transacciones_premium)) " ventas de más de 1.000"
            }, &chispa(&columnas, 0, |c| Some(c.total.premium))))
            (tarjeta("Conversión", &html! { (s.conversion()) }, &html! {
                @if s.visitantes > 0 { (formato::entero(s.compradores)) " de " (formato::entero(s.visitantes)) " visitantes-día" sup { "1" } }
                @else { "sin visitantes identificados" }
            }, &chispa(&columnas, 0, |c| formato::cociente(c.total.compradores.saturating_mul(10_000), c.total.visitantes))))
            (tarjeta("Compradores-día", &html! { (formato::entero(resumen.compradores_dia)) }, &html! {
                (formato::entero(cociente_diario(resumen.compradores_dia, con_datos))) " por día con datos" sup { "2" }
            }, &chispa(&columnas, 0, |c| Some(c.compradores_dia))))
            (tarjeta("Días con datos", &html! { (formato::entero(con_datos)) small { " de " (formato::entero(calendario)) } }, &html! {
                @match huecos.as_slice() {
                    [] => "sin huecos en el período",
                    [(a, b)] => { "sin datos: " (formato::intervalo(*a, *b)) }
                    [.., (a, b)] => { (formato::entero(huecos.len() as i128)) " huecos; el último, " (formato::intervalo(*a, *b)) }
                }
            }, &html! {}))
            (tarjeta("En cuarentena", &html! { (formato::entero(cuarentena)) small { " filas" } }, &html! {
                @match principal {
                    Some(m) => { "sobre todo " code { (formato::bdi(&m.motivo)) } }
                    None => "todo cumplió el contrato",
                }
            }, &html! {}))
        }
    }
}

fn cociente_diario(n: i128, dias: i128) -> i128 {
    formato::cociente(n, dias).unwrap_or(0)
}

/// An amount in a card: cents small; in millions, with the exact figure below, where it would not fit.
fn dinero(centavos: i128) -> Markup {
    let (unidades, decimales) = formato::partes(centavos);
    html! {
        @if unidades.chars().count() > 11 {
            span title=(formato::dinero(centavos)) { (formato::compacto(centavos)) }
            span class="exacto" { (formato::dinero(centavos)) }
        } @else {
            (unidades) small { "," (decimales) }
        }
    }
}

fn tarjeta(nombre: &str, valor: &Markup, detalle: &Markup, grafico: &Markup) -> Markup {
    html! {
        div class="tarjeta" {
            h3 { (nombre) }
            (grafico)
            p class="cifra" { (valor) }
            p class="detalle" { (detalle) }
        }
    }
}
