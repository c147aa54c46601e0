//! The numbers behind the charts, as tables that open on demand, and the two lists: products and quarantine.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{
    MotivoCuarentena, ProductoVendido,
    dias::nombre_html,
    embudo::barra,
    formato,
    resumen::{Dia, Resumen, acumula, dias_entre},
    semanas::{cambio, tono},
    suma::Suma,
};

/// Days in the table; older ones are added up in one row. Six years.
const DIAS_MAX: usize = 2_200;
/// Rows of the lists that stand open, and of the same lists in full.
const LISTA: usize = 12;
const LISTA_MAX: usize = 100;

/// Day by day, the latest first.
pub(super) fn diaria(resumen: &Resumen<'_>) -> Markup {
    let mut viejos = Dia {
        revenue: vec![0; resumen.series.len()],
        ..Dia::default()
    };
    for (_, dia) in resumen.dias.iter().rev().skip(DIAS_MAX) {
        viejos.total.mas(&dia.total);
        viejos.compradores_dia = viejos.compradores_dia.saturating_add(dia.compradores_dia);
        acumula(&mut viejos.revenue, &dia.revenue);
    }
    let plegados = resumen.dias.len().saturating_sub(DIAS_MAX);
    let total = Dia {
        total: resumen.total.clone(),
        compradores_dia: resumen.compradores_dia,
        revenue: resumen.series.iter().map(|s| s.suma.revenue).collect(),
    };
    let posteriores = std::iter::once(None).chain(resumen.dias.keys().rev().map(|f| Some(*f)));
    html! {
        details {
            summary { "Tabla diaria (" (formato::cuantos(resumen.dias.len(), "día", "días")) ")" }
            div class="tabla alta" { table {
                thead { tr {
                    th scope="col" { "Fecha" } th scope="col" { "Revenue" } th scope="col" { "Transacc." } th scope="col" { "Ticket" }
                    th scope="col" { "Visitantes" } th scope="col" { "Carritos" } th scope="col" { "Compradores" sup { "2" } }
                    @for serie in &resumen.series { th scope="col" { (nombre_html(serie)) } }
                } }
                tbody {
                    @for ((fecha, dia), siguiente) in resumen.dias.iter().rev().zip(posteriores).take(DIAS_MAX) {
                        @if let Some(faltan) = siguiente.map(|s| dias_entre(*fecha, s) - 1).filter(|n| *n > 0) {
                            tr class="hueco" { td colspan=(7 + resumen.series.len()) { (sin_datos(*fecha, faltan)) } }
                        }
                        (fila_dia(&formato::fecha_corta(*fecha), dia))
                    }
                    @if plegados > 0 { (fila_dia(&formato::cuantos(plegados, "día anterior", "días anteriores"), &viejos)) }
                }
                tfoot { (fila_dia("Total", &total)) }
            } }
        }
    }
}

fn sin_datos(anterior: Date, faltan: i128) -> String {
    if faltan == 1 {
        return "1 día sin datos".into();
    }
    format!(
        "{} días sin datos después del {}",
        formato::entero(faltan),
        formato::fecha_corta(anterior)
    )
}

fn fila_dia(nombre: &str, dia: &Dia) -> Markup {
    let s: &Suma = &dia.total;
    html! {
        tr {
            th scope="row" { (nombre) }
            td { (formato::dinero(s.revenue)) } td { (formato::entero(s.transacciones)) } td { (s.ticket()) }
            td { (formato::entero(s.visitantes)) } td { (formato::entero(s.carritos)) } td { (formato::entero(dia.compradores_dia)) }
            @for centavos in &dia.revenue { td { (formato::dinero(*centavos)) } }
        }
    }
}

/// Week by week, the latest first.
pub(super) fn semanal(resumen: &Resumen<'_>) -> Markup {
    html! {
        details {
            summary { "Tabla semanal (" (formato::cuantos(resumen.semanas.len(), "semana", "semanas")) ")" }
            div class="tabla alta" { table {
                thead { tr {
                    th scope="col" { "Semana" } th scope="col" { "Del – al" } th scope="col" { "Días" } th scope="col" { "Revenue" }
                    th scope="col" { "Anterior" } th scope="col" { "Cambio" } th scope="col" { "Transacc." } th scope="col" { "Ticket" }
                } }
                tbody { @for s in resumen.semanas.iter().rev().take(DIAS_MAX) {
                    @let cambio = cambio(resumen, s);
                    @let anterior = s.anterior.and_then(|i| resumen.semanas.get(i));
                    tr {
                        th scope="row" { (s.nombre()) }
                        td { (formato::intervalo(s.lunes, s.domingo())) }
                        td { (s.dias) @if !s.completa() { " de 7" } }
                        td { (formato::dinero(s.total.revenue)) }
                        td { (anterior.map_or_else(|| "—".into(), |a| formato::dinero(a.total.revenue))) }
                        td class=(tono(resumen, s)) { (formato::cambio_texto(cambio)) }
                        td { (formato::entero(s.total.transacciones)) } td { (s.total.ticket()) }
                    }
                } }
            } }
        }
    }
}

/// One line of a list: its name, its figures and the one its bar shows.
struct Renglon {
    nombre: Markup,
    valor: i128,
    cifras: Vec<String>,
}

/// Top products by revenue.
pub(super) fn productos(productos: &[ProductoVendido]) -> Markup {
    let mut orden: Vec<&ProductoVendido> = productos.iter().collect();
    orden.sort_by(|a, b| {
        b.revenue_centavos
            .cmp(&a.revenue_centavos)
            .then_with(|| a.producto_id.cmp(&b.producto_id))
    });
    let total = orden
        .iter()
        .fold(0i128, |s, p| s.saturating_add(p.revenue_centavos));
    let renglon = |nombre, revenue: i128, ventas: i128| Renglon {
        nombre,
        valor: revenue,
        cifras: vec![
            formato::dinero(revenue),
            formato::porcentaje(revenue, total),
            formato::entero(ventas),
        ],
    };
    let renglones = plegar(
        &orden,
        |p| {
            let nombre = match &p.producto_id {
                Some(id) => formato::bdi(id),
                None => html! { em { "sin producto" } },
            };
            renglon(nombre, p.revenue_centavos, p.transacciones.into())
        },
        |resto| {
            let revenue = resto
                .iter()
                .fold(0i128, |s, p| s.saturating_add(p.revenue_centavos));
            let ventas = resto.iter().map(|p| i128::from(p.transacciones)).sum();
            renglon(
                html! { em { "otros " (formato::cuantos(resto.len(), "producto", "productos")) } },
                revenue,
                ventas,
            )
        },
    );
    html! {
        section id="productos" {
            h2 { "Productos principales" }
            @if productos.is_empty() { p class="vacio" { "No hay ventas por producto en el período." } }
            @else {
                p class="nota" { (formato::cuantos(productos.len(), "producto", "productos")) " con ventas, por revenue." }
                (lista(&["Producto", "Revenue", "%", "Transacc."], &renglones, 0, productos.len()))
            }
        }
    }
}

/// Quarantined rows by reason.
pub(super) fn cuarentena(motivos: &[MotivoCuarentena]) -> Markup {
    let mut orden: Vec<&MotivoCuarentena> = motivos.iter().collect();
    orden.sort_by(|a, b| b.filas.cmp(&a.filas).then_with(|| a.motivo.cmp(&b.motivo)));
    let total: i128 = orden.iter().map(|m| i128::from(m.filas)).sum();
    let renglon = |nombre, filas: i128| Renglon {
        nombre,
        valor: filas,
        cifras: vec![formato::entero(filas), formato::porcentaje(filas, total)],
    };
    let renglones = plegar(
        &orden,
        |m| renglon(motivo(&m.motivo), m.filas.into()),
        |resto| {
            let filas = resto.iter().map(|m| i128::from(m.filas)).sum();
            renglon(
                html! { em { "otros " (formato::cuantos(resto.len(), "motivo", "motivos")) } },
                filas,
            )
        },
    );
    html! {
        section id="cuarentena" {
            h2 { "Cuarentena por motivo" }
            @if total == 0 { p class="vacio" { "Ninguna fila en cuarentena: todo lo leído cumplió el contrato." } }
            @else {
                p class="nota" { (formato::entero(total)) (if total == 1 { " fila apartada; conserva" } else { " filas apartadas; cada una conserva" }) " su archivo, su posición y su motivo." }
                (lista(&["Motivo", "Filas", "%"], &renglones, 3, motivos.len()))
            }
        }
    }
}

/// A reason's name, which may break after its underscores only.
fn motivo(motivo: &str) -> Markup {
    html! { code { bdi { @for trozo in formato::texto(motivo).split_inclusive('_') { span class="trozo" { (trozo) } } } } }
}

/// The first [`LISTA_MAX`] lines and one for all the rest.
fn plegar<T>(
    orden: &[T],
    uno: impl Fn(&T) -> Renglon,
    resto: impl Fn(&[T]) -> Renglon,
) -> Vec<Renglon> {
    let (vistos, cola) = orden.split_at(LISTA_MAX.min(orden.len()));
    let mut renglones: Vec<_> = vistos.iter().map(uno).collect();
    if !cola.is_empty() {
        renglones.push(resto(cola));
    }
    renglones
}

fn lista(columnas: &[&str], renglones: &[Renglon], color: usize, cuantos: usize) -> Markup {
    let maximo = renglones
        .iter()
        .take(LISTA)
        .map(|r| r.valor)
        .max()
        .unwrap_or(0);
    let tabla = |renglones: &[Renglon], con_barra: bool| {
        html! {
            div class=(if con_barra { "tabla" } else { "tabla alta" }) { table class="lista" {
                thead { tr { @for (i, c) in columnas.iter().enumerate() {
                    th scope="col" { (c) }
                    @if i == 0 && con_barra { th scope="col" class="grafica" { span class="oculto" { "Proporción" } } }
                } } }
                tbody { @for r in renglones { tr {
                    th scope="row" { (r.nombre) }
                    @if con_barra { td class="grafica" { (barra(r.valor, maximo, color, &r.cifras.join(" · "))) } }
                    @for cifra in &r.cifras { td { (cifra) } }
                } } }
            } }
        }
    };
    html! {
        (tabla(renglones.get(..LISTA.min(renglones.len())).unwrap_or_default(), true))
        @if renglones.len() > LISTA { details { summary { "Lista completa (" (formato::entero(cuantos as i128)) ")" } (tabla(renglones, false)) } }
    }
}
