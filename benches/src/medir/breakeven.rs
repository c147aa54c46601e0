//! From which size on a variant beats another: where parallel work starts to pay for itself.

use ecommerce_cli::thousands;
use serde::{Deserialize, Serialize};

/// Ratios this close to 1 are a tie.
const TIE: f64 = 0.05;

/// How one variant stands against another as sizes grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in docs/resultados/README.md"
)]
pub struct BreakEven {
    pub id: String,
    pub frente_a: String,
    pub desde: Option<u64>,
    pub nota: String,
}

/// The break-even of `id` against `base`, from sizes and speed-ups (time of the base ÷ time of the variant), ascending.
///
/// At the largest size it must win by 5 %: less is a tie, whose crossings are noise. The break-even is the size from which the variant is faster at *every* larger size measured, interpolated on logarithmic scales between
/// the last size at which it loses and the first of those at which it wins.
///
/// ```
/// use benches::medir::breakeven::break_even;
/// let half_then_double = [(10_000.0, 0.5), (1_000_000.0, 2.0)];
/// assert_eq!(break_even("a", "b", &half_then_double).desde, Some(100_000));
/// ```
pub fn break_even(id: &str, base: &str, speedups: &[(f64, f64)]) -> BreakEven {
    let losses = speedups.iter().rposition(|(_, ratio)| *ratio < 1.0);
    let (from, note) = match (losses, speedups) {
        (_, []) => (None, "sin medidas".to_owned()),
        (_, [.., (_, ratio)]) if (ratio - 1.0).abs() < TIE => (
            None,
            "empata en el mayor tamaño medido: menos de un 5 %".to_owned(),
        ),
        (_, [.., (_, ratio)]) if *ratio < 1.0 => {
            (None, "no gana en el mayor tamaño medido".to_owned())
        }
        (None, [(least, _), ..]) => (
            None,
            format!("gana ya en el menor tamaño medido, {}", size(*least)),
        ),
        (Some(last), points) => {
            let ((x0, y0), (x1, y1)) = (points[last], points[last + 1]);
            let share = if y1 > y0 {
                -y0.ln() / (y1.ln() - y0.ln())
            } else {
                1.0
            };
            let at = (x0.ln() + share * (x1.ln() - x0.ln())).exp();
            (
                Some(two_digits(at)),
                format!("interpolado entre {} y {}", size(x0), size(x1)),
            )
        }
    };
    BreakEven {
        id: id.to_owned(),
        frente_a: base.to_owned(),
        desde: from,
        nota: note,
    }
}

fn size(value: f64) -> String {
    thousands(value.round() as u64)
}

/// Two significant digits: between sizes a decade apart nobody knows more.
fn two_digits(value: f64) -> u64 {
    let unit = 10_f64.powi(value.log10().floor() as i32 - 1).max(1.0);
    ((value / unit).round() * unit) as u64
}
