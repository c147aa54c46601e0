//! Week on week: ISO weeks, each against the calendar week before it.

use maud::{Markup, html};

use super::{
    ejes::{MEDIO, MEDIO_ESTRECHO, Marco, px},
    formato,
    resumen::{Resumen, Semana},
    tablas,
};

/// Relative change of a week against the one before, in tenths of a percent; `None` without one or if it sold nothing.
pub(super) fn cambio(resumen: &Resumen<'_>, semana: &Semana) -> Option<i128> {
    let anterior = resumen.semanas.get(semana.anterior?)?;
    formato::cambio(semana.total.revenue, anterior.total.revenue)
}

/// CSS class of a week's change: grey if one of the two weeks lacks days, for then the sign says little.
pub(super) fn tono(resumen: &Resumen<'_>, semana: &Semana) -> &'static str {
    let anterior = semana.anterior.and_then(|i| resumen.semanas.get(i));
    if semana.completa() && anterior.is_some_and(Semana::completa) {
        signo(cambio(resumen, semana))
    } else {
        "igual"
    }
}

/// CSS class by the sign of a change.
pub(super) fn signo(decimas: Option<i128>) -> &'static str {
    match decimas {
        Some(d) if d > 0 => "sube",
        Some(d) if d < 0 => "baja",
        _ => "igual",
    }
}

/// The section with chart and table.
pub(super) fn seccion(resumen: &Resumen<'_>) -> Markup {
    let titulo = "Semana contra semana";
    html! {
        section id="semanas" {
            h2 { (titulo) }
            p class="nota" {
                "Revenue por semana ISO (de lunes a domingo) y su cambio frente a la semana anterior. "
                @if resumen.semanas.iter().any(|s| !s.completa()) {
                    span class="leyenda-nota" { span class="muestra parcial" {} "parcial: menos de siete días con datos; su cambio, en gris" }
                }
            }
            @for (marco, ultimas) in [(MEDIO, 8), (MEDIO_ESTRECHO, 6)] {
                @let desde = resumen.semanas.len().saturating_sub(ultimas);
                @let visibles = resumen.semanas.get(desde..).unwrap_or_default();
                (marco.svg("g-semanas", titulo, &descripcion(resumen, visibles), &dibujo(&marco, resumen, visibles)))
            }
            (tablas::semanal(resumen))
        }
    }
}

fn descripcion(resumen: &Resumen<'_>, semanas: &[Semana]) -> String {
    let mut texto = format!("Las últimas {} semanas.", semanas.len());
    if let Some(s) = semanas.last() {
        let cambio = formato::cambio_texto(cambio(resumen, s));
        texto += &format!(
            " La última, {}: {}, cambio {cambio}.",
            s.nombre(),
            formato::dinero(s.total.revenue)
        );
    }
    texto
}

fn dibujo(marco: &Marco, resumen: &Resumen<'_>, semanas: &[Semana]) -> Markup {
    let escala = marco.escala(semanas.iter().map(|s| s.total.revenue).max().unwrap_or(0));
    let Some((primera, ultima)) = semanas.first().zip(semanas.last()) else {
        return html! {};
    };
    let huecos = super::resumen::dias_entre(primera.lunes, ultima.lunes) / 7 + 1;
    let en_calendario = huecos <= 2 * semanas.len() as i128;
    let lugares = if en_calendario {
        huecos
    } else {
        semanas.len() as i128
    };
    let paso = marco.util() / (lugares.max(1) as f64);
    let ancho = (paso * 0.62).min(56.0);
    let sitio = |i: usize, s: &Semana| {
        let lugar = if en_calendario {
            super::resumen::dias_entre(primera.lunes, s.lunes) / 7
        } else {
            i as i128
        };
        marco.izquierda + paso * (lugar as f64 + 0.5)
    };
    html! {
        (escala.dibuja(marco.izquierda, marco.ancho - 4.0))
        @for (i, s) in semanas.iter().enumerate() {
            @let x = sitio(i, s);
            @let y = escala.base() - escala.altura(s.total.revenue);
            @let cambio = cambio(resumen, s);
            g class="col" {
                title { (globo(s, cambio)) }
                rect class="toque" x=(px(x - paso / 2.0)) y="0" width=(px(paso)) height=(px(marco.alto)) {}
                rect class=(if s.completa() { "f0" } else { "f0 parcial" }) x=(px(x - ancho / 2.0)) y=(px(y))
                    width=(px(ancho)) height=(px(escala.base() - y)) rx="1.5" {}
                @if paso >= 36.0 || i + 1 == semanas.len() {
                    text class={ "cambio " (tono(resumen, s)) } x=(px(x)) y=(px(y - 6.0)) text-anchor="middle" { (formato::cambio_texto(cambio)) }
                    text class="eje" x=(px(x)) y=(px(marco.alto - 24.0)) text-anchor="middle" { "S" (format!("{:02}", s.numero)) }
                    text class="eje suave" x=(px(x)) y=(px(marco.alto - 10.0)) text-anchor="middle" {
                        (s.lunes.day()) " " (formato::mes_corto(s.lunes))
                    }
                }
            }
        }
    }
}

fn globo(s: &Semana, cambio: Option<i128>) -> String {
    format!(
        "{} ({})\nRevenue: {}\nCambio: {}\n{} de 7 días con datos",
        s.nombre(),
        formato::intervalo(s.lunes, s.domingo()),
        formato::dinero(s.total.revenue),
        formato::cambio_texto(cambio),
        s.dias
    )
}
