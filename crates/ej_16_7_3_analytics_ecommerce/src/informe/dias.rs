//! Revenue by day and region: stacked columns, with what has no data hatched.

use maud::{Markup, html};

use super::{
    ejes::{ANCHO, ESTRECHO, Marco, px},
    formato,
    resumen::{Resumen, Serie},
    series::{Columna, Grano, columnas},
    tablas,
};

/// The section with chart, legend and table.
pub(super) fn seccion(resumen: &Resumen<'_>) -> Markup {
    let (grano, columnas) = columnas(resumen);
    let maximo = columnas
        .iter()
        .max_by_key(|c| c.total.revenue)
        .filter(|c| c.total.revenue > 0);
    let incompletas = grano != Grano::Dia && columnas.iter().any(|c| c.dias > 0 && !c.completa);
    let sin_datos = resumen.dias_calendario() - resumen.dias.len() as i128;
    let titulo = format!("Revenue por {} y región", grano.nombre());
    let descripcion = match maximo {
        Some(m) => format!(
            "Columnas apiladas, {} en total. El máximo, {}, corresponde a {}. Días sin datos: {sin_datos}.",
            columnas.len(),
            formato::dinero(m.total.revenue),
            m.titulo(grano)
        ),
        None => "No hay ventas en el período.".into(),
    };
    html! {
        section id="dias" {
            h2 { (titulo) }
            p class="nota" {
                @if grano != Grano::Dia { "El período es largo: cada columna suma " (articulo(grano)) ". El detalle diario está en la tabla. " }
                @if let Some(m) = maximo { "Máximo: " strong { (formato::dinero(m.total.revenue)) } ", " (m.titulo(grano)) ". " }
                @else { "No hay ventas en el período. " }
                @if sin_datos > 0 { span class="leyenda-nota" { span class="muestra trama" {} "sin datos" } }
                @if incompletas { span class="leyenda-nota" { span class="punto" { "●" } " faltan días en la columna" } }
            }
            (leyenda(&resumen.series, resumen.total.revenue))
            @for marco in [ANCHO, ESTRECHO] {
                (marco.svg("g-dias", &titulo, &descripcion, &dibujo(&marco, resumen, grano, &columnas)))
            }
            (tablas::diaria(resumen))
        }
    }
}

fn articulo(grano: Grano) -> &'static str {
    match grano {
        Grano::Dia => "un día",
        Grano::Semana => "una semana ISO",
        Grano::Mes => "un mes",
        Grano::Anio => "un año",
    }
}

/// Name of a series as plain text.
pub(super) fn nombre(serie: &Serie<'_>) -> String {
    match serie.region {
        Some(region) => formato::aislado(region),
        None => format!(
            "otras {}",
            formato::cuantos(serie.regiones, "región", "regiones")
        ),
    }
}

/// Name of a series as HTML.
pub(super) fn nombre_html(serie: &Serie<'_>) -> Markup {
    match serie.region {
        Some(region) => formato::bdi(region),
        None => html! { em { "otras " (formato::cuantos(serie.regiones, "región", "regiones")) } },
    }
}

fn leyenda(series: &[Serie<'_>], total: i128) -> Markup {
    html! {
        ul class="leyenda" {
            @for (i, serie) in series.iter().enumerate() {
                li { span class={ "muestra f" (i) } {} (nombre_html(serie)) " " small { (formato::porcentaje(serie.suma.revenue, total)) } }
            }
        }
    }
}

fn dibujo(marco: &Marco, resumen: &Resumen<'_>, grano: Grano, columnas: &[Columna]) -> Markup {
    let escala = marco.escala(columnas.iter().map(|c| c.total.revenue).max().unwrap_or(0));
    let paso = marco.util() / columnas.len().max(1) as f64;
    let ancho = (paso * 0.82).min(64.0);
    let x = |i: usize| marco.izquierda + paso * i as f64;
    let alto = escala.base() - marco.arriba;
    html! {
        @if grano == Grano::Dia {
            @for (i, _) in columnas.iter().enumerate().filter(|(_, c)| formato::fin_de_semana(c.inicio)) {
                rect class="finde" x=(px(x(i))) y=(px(marco.arriba)) width=(px(paso)) height=(px(alto)) {}
            }
        }
        (escala.dibuja(marco.izquierda, marco.ancho - 4.0))
        @for (desde, hasta) in vacias(columnas) {
            g class="col" {
                title { (vacio(columnas, desde, hasta)) }
                rect class="trama" x=(px(x(desde))) y=(px(marco.arriba)) width=(px(paso * (hasta - desde + 1) as f64)) height=(px(alto)) {}
            }
        }
        @for (i, columna) in columnas.iter().enumerate().filter(|(_, c)| c.dias > 0) {
            g class="col" {
                title { (globo(resumen, grano, columna)) }
                rect class="toque" x=(px(x(i))) y=(px(marco.arriba)) width=(px(paso)) height=(px(alto)) {}
                @for (s, y, h) in apiladas(columna, |c| escala.altura(c), escala.base()) {
                    rect class={ "f" (s) } x=(px(x(i) + (paso - ancho) / 2.0)) y=(px(y)) width=(px(ancho)) height=(px(h)) {}
                }
                @if grano != Grano::Dia && !columna.completa {
                    circle class="punto" cx=(px(x(i) + paso / 2.0)) cy=(px(escala.base() + 4.5)) r="1.8" {}
                }
            }
        }
        @for i in rotulados(marco, grano, columnas) {
            text class="eje" x=(px(x(i) + paso / 2.0)) y=(px(marco.alto - 8.0)) text-anchor="middle" {
                (grano.rotulo(columnas[i].inicio))
            }
        }
    }
}

/// Series, top and height of each piece of a column, the largest region at the bottom.
fn apiladas(columna: &Columna, altura: impl Fn(i128) -> f64, base: f64) -> Vec<(usize, f64, f64)> {
    let mut y = base;
    let mut piezas = Vec::new();
    for (s, centavos) in columna.revenue.iter().enumerate() {
        let h = altura(*centavos);
        y -= h;
        if h >= 0.05 {
            piezas.push((s, y, h));
        }
    }
    piezas
}

/// Runs of columns without any data.
fn vacias(columnas: &[Columna]) -> Vec<(usize, usize)> {
    let mut tramos: Vec<(usize, usize)> = Vec::new();
    for (i, _) in columnas.iter().enumerate().filter(|(_, c)| c.dias == 0) {
        match tramos.last_mut() {
            Some(tramo) if tramo.1 + 1 == i => tramo.1 = i,
            _ => tramos.push((i, i)),
        }
    }
    tramos
}

fn vacio(columnas: &[Columna], desde: usize, hasta: usize) -> String {
    format!(
        "Sin datos: {}",
        formato::intervalo(columnas[desde].inicio, columnas[hasta].fin)
    )
}

fn globo(resumen: &Resumen<'_>, grano: Grano, columna: &Columna) -> String {
    let mut texto = columna.titulo(grano);
    if grano != Grano::Dia {
        texto += &format!(
            "\n{} de {} días con datos",
            columna.dias, columna.calendario
        );
    }
    let ventas = formato::entero(columna.total.transacciones);
    texto += &format!(
        "\nTotal: {} en {ventas} transacciones",
        formato::dinero(columna.total.revenue)
    );
    for (serie, centavos) in resumen.series.iter().zip(&columna.revenue) {
        let parte = formato::porcentaje(*centavos, columna.total.revenue);
        texto += &format!(
            "\n{}: {} ({parte})",
            nombre(serie),
            formato::dinero(*centavos)
        );
    }
    texto
}

/// The columns whose label fits: evenly apart, on Mondays or Januaries where that is what recurs.
fn rotulados(marco: &Marco, grano: Grano, columnas: &[Columna]) -> Vec<usize> {
    let caben = (marco.util() / 66.0).floor().max(1.0) as usize;
    let minimo = columnas.len().div_ceil(caben).max(1);
    let (cada, ancla): (usize, fn(&Columna) -> bool) = match grano {
        Grano::Dia if minimo > 3 => (minimo.next_multiple_of(7), |c| {
            c.inicio.weekday() == jiff::civil::Weekday::Monday
        }),
        Grano::Mes => (
            [1, 2, 3, 6]
                .into_iter()
                .find(|c| *c >= minimo)
                .unwrap_or(minimo.next_multiple_of(12)),
            |c| c.inicio.month() == 1,
        ),
        _ => (minimo, |_| true),
    };
    let primero = columnas.iter().position(ancla).unwrap_or(0) % cada;
    (primero..columnas.len()).step_by(cada).collect()
}
