//! Numbers, dates and foreign text as a Spanish reader expects them.

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

/// No-break space, between a number and its unit.
const NBSP: char = '\u{a0}';

/// Longest piece of foreign text that is shown, in characters.
const TEXTO_MAX: usize = 40;

/// `1234567` → `1.234.567`.
pub(super) fn entero(n: i128) -> String {
    let cifras = n.unsigned_abs().to_string();
    let mut texto = String::with_capacity(cifras.len() * 4 / 3 + 1);
    if n < 0 {
        texto.push('\u{2212}');
    }
    for (i, c) in cifras.chars().enumerate() {
        if i > 0 && (cifras.len() - i).is_multiple_of(3) {
            texto.push('.');
        }
        texto.push(c);
    }
    texto
}

/// Integer part and cents of an amount: `("1.234.567", "89")`.
pub(super) fn partes(centavos: i128) -> (String, String) {
    let mut unidades = entero(centavos / 100);
    if centavos < 0 && centavos > -100 {
        unidades.insert(0, '\u{2212}');
    }
    (unidades, format!("{:02}", (centavos % 100).abs()))
}

/// A count with its noun: `1 día`, `1.860 días`.
pub(super) fn cuantos(n: usize, uno: &str, varios: &str) -> String {
    format!(
        "{}{NBSP}{}",
        entero(n as i128),
        if n == 1 { uno } else { varios }
    )
}

/// `123456789` cents → `1.234.567,89`.
pub(super) fn dinero(centavos: i128) -> String {
    let (unidades, decimales) = partes(centavos);
    format!("{unidades},{decimales}")
}

/// `num ÷ den` rounded half away from zero, or `None` if `den` is zero or the result does not fit.
pub(super) fn cociente(num: i128, den: i128) -> Option<i128> {
    let (num, den) = if den < 0 {
        (num.checked_neg()?, den.checked_neg()?)
    } else {
        (num, den)
    };
    let doble = num.checked_mul(2)?;
    let medio = if num < 0 {
        doble.checked_sub(den)?
    } else {
        doble.checked_add(den)?
    };
    medio.checked_div(den.checked_mul(2)?)
}

/// `num ÷ den` as a percentage with one decimal, `—` if there is nothing to divide by.
pub(super) fn porcentaje(num: i128, den: i128) -> String {
    match num.checked_mul(1000).and_then(|n| cociente(n, den)) {
        Some(decimas) => format!("{}{NBSP}%", con_decima(decimas)),
        None => "—".into(),
    }
}

/// The relative change from `antes` to `ahora`: in tenths of a percent, `None` if `antes` is zero.
pub(super) fn cambio(ahora: i128, antes: i128) -> Option<i128> {
    cociente(ahora.checked_sub(antes)?.checked_mul(1000)?, antes)
}

/// A change with its sign: `+3,2 %`, `−12,0 %`; from ten times on as a factor, `×11,5`; `—` for none.
pub(super) fn cambio_texto(decimas: Option<i128>) -> String {
    match decimas {
        None => "—".into(),
        Some(d) if d >= 9000 => {
            let factor = cociente(d.saturating_add(1000), 100).unwrap_or(d);
            format!("×{}", con_decima(factor))
        }
        Some(d) if d > 0 => format!("+{}{NBSP}%", con_decima(d)),
        Some(d) => format!("{}{NBSP}%", con_decima(d)),
    }
}

fn con_decima(decimas: i128) -> String {
    let signo = if decimas < 0 { "\u{2212}" } else { "" };
    let absoluto = i128::try_from(decimas.unsigned_abs()).unwrap_or(i128::MAX);
    format!("{signo}{},{}", entero(absoluto / 10), absoluto % 10)
}

/// An amount of currency units in few characters: `12,3 M`. For headlines whose exact figure stands beside.
pub(super) fn compacto(centavos: i128) -> String {
    let (divisor, unidad) = match centavos.unsigned_abs() / 100 {
        u if u >= 1_000_000_000_000 => (100_000_000_000_000, "billones"),
        u if u >= 1_000_000_000 => (100_000_000_000, "mil\u{a0}M"),
        u if u >= 1_000_000 => (100_000_000, "M"),
        _ => return dinero(centavos),
    };
    let centesimas = centavos
        .checked_mul(100)
        .and_then(|c| cociente(c, divisor))
        .unwrap_or(i128::MAX);
    format!("{}{NBSP}{unidad}", dinero(centesimas))
}

const DIAS: [&str; 7] = [
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
];
const MESES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Full name of the day of the week.
pub(super) fn dia_semana(fecha: Date) -> &'static str {
    DIAS[usize::from(fecha.weekday().to_monday_zero_offset().unsigned_abs()) % 7]
}

/// First three letters of the month.
pub(super) fn mes_corto(fecha: Date) -> &'static str {
    MESES[usize::from(fecha.month().unsigned_abs() + 11) % 12]
        .get(..3)
        .unwrap_or_default()
}

/// `junio de 2027`.
pub(super) fn mes_largo(fecha: Date) -> String {
    format!(
        "{} de {}",
        MESES[usize::from(fecha.month().unsigned_abs() + 11) % 12],
        fecha.year()
    )
}

/// `lunes 14 de junio de 2027`.
pub(super) fn fecha_larga(fecha: Date) -> String {
    format!(
        "{} {} de {}",
        dia_semana(fecha),
        fecha.day(),
        mes_largo(fecha)
    )
}

/// `lun 14 jun 2027`.
pub(super) fn fecha_corta(fecha: Date) -> String {
    let dia: String = dia_semana(fecha).chars().take(3).collect();
    format!(
        "{dia} {} {} {}",
        fecha.day(),
        mes_corto(fecha),
        fecha.year()
    )
}

/// `14–20 jun 2027`, naming month and year twice only where they differ.
pub(super) fn intervalo(desde: Date, hasta: Date) -> String {
    let fin = format!("{} {} {}", hasta.day(), mes_corto(hasta), hasta.year());
    if desde == hasta {
        fin
    } else if (desde.year(), desde.month()) == (hasta.year(), hasta.month()) {
        format!("{}–{fin}", desde.day())
    } else if desde.year() == hasta.year() {
        format!("{} {} – {fin}", desde.day(), mes_corto(desde))
    } else {
        format!(
            "{} {} {} – {fin}",
            desde.day(),
            mes_corto(desde),
            desde.year()
        )
    }
}

/// Whether the day is a Saturday or a Sunday.
pub(super) fn fin_de_semana(fecha: Date) -> bool {
    matches!(fecha.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Foreign text made safe to show: no control or bidirectional-override characters, and at most [`TEXTO_MAX`]
/// characters, cut in the middle so that names that differ at the end stay apart. Escaping is left to `maud`.
pub(super) fn texto(crudo: &str) -> String {
    texto_hasta(crudo, TEXTO_MAX)
}

/// [`texto`] with another limit.
pub(super) fn texto_hasta(crudo: &str, limite: usize) -> String {
    let limpio = |c: char| match c {
        '\u{200e}'
        | '\u{200f}'
        | '\u{61c}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => None,
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some(' '),
        c if u32::from(c) & 0xfffe == 0xfffe => Some('\u{fffd}'),
        c => Some(c),
    };
    let total = crudo.chars().count();
    let visible: String = if total <= limite {
        crudo.chars().filter_map(limpio).collect()
    } else {
        let cola = limite / 3;
        let inicio = crudo.chars().take(limite - cola - 1).filter_map(limpio);
        let fin = crudo.chars().skip(total - cola).filter_map(limpio);
        inicio.chain(std::iter::once('…')).chain(fin).collect()
    };
    if visible.trim().is_empty() {
        "(en blanco)".into()
    } else {
        visible
    }
}

/// Safe text as an isolated run of HTML, so that a right-to-left name does not reorder the numbers beside it.
pub(super) fn bdi(crudo: &str) -> Markup {
    let visible = texto(crudo);
    html! { bdi title=[(visible.chars().count() > 16).then_some(&visible)] { (visible) } }
}

/// Safe text isolated by characters, for places that hold text only, such as an SVG `<title>`.
pub(super) fn aislado(crudo: &str) -> String {
    format!("\u{2068}{}\u{2069}", texto(crudo))
}
