//! The lists as Markdown tables, with links that work from this crate's page.

use crate::{Evidence, List, Reflection};
use std::fmt::Write as _;

impl List {
    /// The heading of its table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Logro => "Lo que Rust ha logrado (✓)",
            Self::Pendiente => "Lo que no ha logrado todavía (✗)",
            Self::Prediccion => "La predicción (2024-2030)",
            Self::Premisa => "Lo que las preguntas dan por hecho",
        }
    }
}

impl Reflection {
    /// The claims of one list.
    pub fn table(&self, list: List) -> String {
        let mut out =
            String::from("| la guía dice | veredicto | lo que es | prueba |\n|---|---|---|---|\n");
        for claim in self.of(list) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "| {} | **{}** | {} | {} |",
                claim.text,
                claim.verdict,
                claim.note,
                proofs(&claim.evidence)
            );
        }
        out
    }
}

fn proofs(evidence: &[Evidence]) -> String {
    if evidence.is_empty() {
        return "–".to_owned();
    }
    let each = evidence.iter().map(|proof| match proof {
        Evidence::Test { .. } => format!("[`{}`](../../{})", proof.says(), proof.place()),
        Evidence::Run { .. } => format!("[{}](../../{})", proof.says(), proof.place()),
        Evidence::Source { .. } => format!("[{}]({})", proof.says(), proof.place()),
    });
    each.collect::<Vec<_>>().join(" · ")
}
