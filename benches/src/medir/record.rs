//! What is written of a run: `s16_1.json`.

use crate::medir::breakeven::BreakEven;
use crate::medir::results::Measured;
use crate::medir::run::Run;
use serde::{Deserialize, Serialize};

/// How the numbers of every record were taken.
pub const METHOD: &str = "criterion: cada muestra es el tiempo medio de una tanda de iteraciones; mediana de las muestras, su \
intervalo de confianza por remuestreo, y la mediana de las desviaciones absolutas (mad); ns por iteración, GB = 10⁹ bytes; los \
casos de un grupo se miden uno tras otro, así que entre ellos se comparan razones y no diferencias menores que su intervalo";

/// A section's results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in docs/resultados/README.md"
)]
pub struct Record {
    #[serde(flatten)]
    pub corrida: Run,
    pub metodo: String,
    pub umbrales: Vec<BreakEven>,
    pub resultados: Vec<Measured>,
}

impl Record {
    /// The results under `group` by variant, in the order of their appearance: for each, its points (last part of the id, result).
    pub fn variants(&self, group: &str) -> Vec<(&str, Vec<(&str, &Measured)>)> {
        let mut variants: Vec<(&str, Vec<(&str, &Measured)>)> = Vec::new();
        for result in &self.resultados {
            let parts = result.id.strip_prefix(group).and_then(|rest| {
                let (variant, point) = rest.strip_prefix('/')?.split_once('/')?;
                Some((variant, point))
            });
            let Some((variant, point)) = parts else {
                continue;
            };
            match variants.iter_mut().find(|(name, _)| *name == variant) {
                Some((_, points)) => points.push((point, result)),
                None => variants.push((variant, vec![(point, result)])),
            }
        }
        variants
    }

    /// Sizes and speed-ups over `base` of every variant of `group` whose points are sizes; the base itself is left out.
    pub fn speedups(&self, group: &str, base: &str) -> Vec<(&str, Vec<(f64, f64)>)> {
        let variants = self.variants(group);
        let Some((_, bases)) = variants.iter().find(|(name, _)| *name == base) else {
            return Vec::new();
        };
        let of = |(point, result): &(&str, &Measured)| {
            let (_, reference) = bases.iter().find(|(size, _)| size == point)?;
            let rows: f64 = point.parse().ok()?;
            Some((rows, reference.mediana_ns / result.mediana_ns))
        };
        variants
            .iter()
            .filter(|(name, _)| *name != base)
            .map(|(name, points)| (*name, points.iter().filter_map(of).collect()))
            .collect()
    }
}
