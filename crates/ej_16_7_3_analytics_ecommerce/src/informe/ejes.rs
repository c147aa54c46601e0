//! Scale and labels of the charts. Here money is floating point: it only places ink.

use maud::{Markup, html};

/// A vertical axis from zero, in currency units.
pub(super) struct Escala {
    tope: f64,
    paso: f64,
    y0: f64,
    alto: f64,
}

impl Escala {
    /// An axis that holds `maximo` cents between `y0` (top) and `y0 + alto` (zero), with about four round steps.
    pub(super) fn nueva(maximo: i128, y0: f64, alto: f64) -> Self {
        let maximo = (maximo.max(0) as f64 / 100.0).max(0.01);
        let crudo = maximo / 4.0;
        let potencia = 10f64.powf(crudo.log10().floor());
        let paso = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|m| m * potencia)
            .into_iter()
            .find(|p| *p >= crudo * 0.999);
        let paso = paso.unwrap_or(crudo);
        Self {
            tope: (maximo / paso).ceil() * paso,
            paso,
            y0,
            alto,
        }
    }

    /// Height in pixels of an amount; negative amounts have none.
    pub(super) fn altura(&self, centavos: i128) -> f64 {
        (centavos.max(0) as f64 / 100.0 / self.tope * self.alto).min(self.alto)
    }

    /// The pixel row of zero.
    pub(super) fn base(&self) -> f64 {
        self.y0 + self.alto
    }

    /// Horizontal rules with their labels, from `x0` to `x1`.
    pub(super) fn dibuja(&self, x0: f64, x1: f64) -> Markup {
        let pasos = (self.tope / self.paso).round().clamp(1.0, 10.0) as u32;
        html! {
            @for i in 0..=pasos {
                @let valor = f64::from(i) * self.paso;
                @let y = px(self.base() - valor / self.tope * self.alto);
                line class=(if i == 0 { "base" } else { "regla" }) x1=(px(x0)) x2=(px(x1)) y1=(y) y2=(y) {}
                text class="eje" x=(px(x0 - 6.0)) y=(y) dy="0.32em" text-anchor="end" { (self.rotulo(valor)) }
            }
        }
    }

    fn rotulo(&self, valor: f64) -> String {
        if valor == 0.0 {
            return "0".into();
        }
        let unidades = [
            (1e12, "\u{a0}bill."),
            (1e9, "\u{a0}mil\u{a0}M"),
            (1e6, "\u{a0}M"),
            (1e3, "\u{a0}mil"),
        ];
        let (divisor, unidad) = unidades
            .into_iter()
            .find(|(d, _)| self.tope >= *d)
            .unwrap_or((1.0, ""));
        let paso = self.paso / divisor;
        let decimales = (0..3).find(|d| {
            let escalado = paso * 10f64.powi(*d);
            (escalado - escalado.round()).abs() < 1e-6
        });
        let decimales = usize::try_from(decimales.unwrap_or(2)).unwrap_or(2);
        let texto = format!("{:.*}", decimales, valor / divisor);
        let (enteros, resto) = texto.split_once('.').unwrap_or((&texto, ""));
        let enteros = enteros
            .parse()
            .map(super::formato::entero)
            .unwrap_or_else(|_| enteros.into());
        let coma = if resto.is_empty() { "" } else { "," };
        format!("{enteros}{coma}{resto}{unidad}")
    }
}

/// A coordinate with one decimal, without a trailing `.0`.
pub(super) fn px(v: f64) -> String {
    let texto = format!("{v:.1}");
    match texto.strip_suffix(".0") {
        Some(entero) => entero.into(),
        None => texto,
    }
}

/// Frame of a chart: its size and the margins that the axes need, in pixels.
pub(super) struct Marco {
    pub(super) clase: &'static str,
    pub(super) ancho: f64,
    pub(super) alto: f64,
    pub(super) izquierda: f64,
    pub(super) arriba: f64,
    pub(super) abajo: f64,
}

/// For screens and paper.
pub(super) const ANCHO: Marco = Marco {
    clase: "ancho",
    ancho: 1080.0,
    alto: 300.0,
    izquierda: 68.0,
    arriba: 12.0,
    abajo: 26.0,
};
/// For phones: the same chart drawn anew, so that its letters stay legible.
pub(super) const ESTRECHO: Marco = Marco {
    clase: "estrecho",
    ancho: 400.0,
    alto: 260.0,
    izquierda: 62.0,
    arriba: 12.0,
    abajo: 26.0,
};
/// For half a page.
pub(super) const MEDIO: Marco = Marco {
    clase: "ancho",
    ancho: 560.0,
    alto: 300.0,
    izquierda: 68.0,
    arriba: 22.0,
    abajo: 40.0,
};

/// [`MEDIO`] for phones.
pub(super) const MEDIO_ESTRECHO: Marco = Marco {
    arriba: 22.0,
    abajo: 40.0,
    ..ESTRECHO
};

impl Marco {
    /// Width of the plot.
    pub(super) fn util(&self) -> f64 {
        self.ancho - self.izquierda - 4.0
    }

    /// The axis for amounts up to `maximo` cents.
    pub(super) fn escala(&self, maximo: i128) -> Escala {
        Escala::nueva(maximo, self.arriba, self.alto - self.arriba - self.abajo)
    }

    /// The accessible picture: `<svg role="img">` with title and description around what is drawn.
    pub(super) fn svg(&self, id: &str, titulo: &str, descripcion: &str, dibujo: &Markup) -> Markup {
        let (t, d) = (
            format!("{id}-{}-t", self.clase),
            format!("{id}-{}-d", self.clase),
        );
        html! {
            svg class=(self.clase) viewBox=(format!("0 0 {} {}", self.ancho, self.alto)) role="img"
                aria-labelledby=(t) aria-describedby=(d) {
                title id=(t) { (titulo) }
                desc id=(d) { (descripcion) }
                (dibujo)
            }
        }
    }
}
