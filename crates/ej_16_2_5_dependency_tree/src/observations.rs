//! What the guide says about its tree, and what the graph says.

use crate::families::Family;
use crate::graph::{Graph, Package};
use std::fmt;

/// How a claim fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is so.
    Confirmada,
    /// It is so within a limit.
    Matizada,
    /// It is not so.
    Refutada,
    /// This graph cannot say.
    NoComprobable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirmada => "confirmada",
            Self::Matizada => "matizada",
            Self::Refutada => "refutada",
            Self::NoComprobable => "no comprobable con estos datos",
        })
    }
}

/// One end asked for the other: the way between them, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Where it starts.
    pub from: Family,
    /// Where it should end.
    pub to: Family,
    /// Package by package; empty if no way leads there.
    pub path: Vec<String>,
}

impl Proof {
    fn of(graph: &Graph, from: Family, to: Family) -> Self {
        let into = |package: &Package| Family::of(package) == Some(to);
        let path = graph.path(from.package(), into).unwrap_or_default();
        Self {
            from,
            to,
            path: path.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Whether there is a way.
    pub fn holds(&self) -> bool {
        !self.path.is_empty()
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.holds() {
            f.write_str(&self.path.join(" → "))
        } else {
            write!(f, "{} no llega a {}", self.from.name(), self.to.name())
        }
    }
}

/// A claim of the guide with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The claim, as the guide words or draws it.
    pub claim: &'static str,
    /// What the graph says.
    pub verdict: Verdict,
    /// In one sentence, why.
    pub because: String,
    /// The ways that prove it.
    pub proofs: Vec<Proof>,
}

/// The five *Observaciones* of the guide and the three arrows of its drawing, judged by the graph.
///
/// # Source
/// Exercise 16.2.5 of the guide.
pub fn observations(graph: &Graph) -> Vec<Observation> {
    vec![
        all_use(
            graph,
            "Todos usan arrow-rs como la capa de datos en memoria",
            Family::ArrowRs,
        ),
        all_use(
            graph,
            "Todos usan parquet-rs para el formato de archivo",
            Family::ParquetRs,
        ),
        all_use(
            graph,
            "Todos usan object_store para acceder a S3/GCS/Azure",
            Family::ObjectStore,
        ),
        engine_inside_polars(graph),
        datafusion_inside_delta(graph),
        drawn(
            graph,
            "En el dibujo, arrow-rs se apoya en parquet-rs",
            Family::ArrowRs,
            Family::ParquetRs,
        ),
        drawn(
            graph,
            "En el dibujo, parquet-rs se apoya en object_store",
            Family::ParquetRs,
            Family::ObjectStore,
        ),
        drawn(
            graph,
            "En el dibujo, object_store se apoya en tokio",
            Family::ObjectStore,
            Family::Tokio,
        ),
    ]
}

fn all_use(graph: &Graph, claim: &'static str, what: Family) -> Observation {
    let proofs = Family::ENGINES.map(|engine| Proof::of(graph, engine, what));
    let mut parts = Vec::new();
    let mut verdict = Verdict::Confirmada;
    let with: Vec<&str> = (proofs.iter())
        .filter(|proof| proof.holds())
        .map(|proof| proof.from.name())
        .collect();
    if !with.is_empty() && with.len() < proofs.len() {
        parts.push(format!("{} sí", with.join(" y ")));
    }
    for proof in proofs.iter().filter(|proof| !proof.holds()) {
        let engine = proof.from.name();
        let offered = declaring(graph, proof.from, what);
        if !offered.is_empty() {
            let offered = offered.join(", ");
            parts.push(format!(
                "{engine} solo si se le pide: es opcional en {offered}"
            ));
            if verdict == Verdict::Confirmada {
                verdict = Verdict::Matizada;
            }
        } else {
            parts.push(format!("{engine} no{}", own(graph, proof.from, what)));
            verdict = Verdict::Refutada;
        }
    }
    let because = if parts.is_empty() {
        format!("los tres llegan a {}", what.name())
    } else {
        parts.join("; ")
    };
    Observation {
        claim,
        verdict,
        because,
        proofs: proofs.into(),
    }
}

/// The compiled crates of the engine that declare an optional dependency on the box.
fn declaring(graph: &Graph, engine: Family, what: Family) -> Vec<&str> {
    let crates = graph
        .packages()
        .iter()
        .filter(|package| Family::of(package) == Some(engine));
    let offering = crates.filter(|package| {
        (package.optional.iter().flatten()).any(|name| Family::named(name) == Some(what))
    });
    let mut names: Vec<&str> = offering.map(|package| package.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// What Polars has in its place, in words.
fn own(graph: &Graph, engine: Family, what: Family) -> String {
    let own = match (engine, what) {
        (Family::Polars, Family::ArrowRs) => Family::PolarsArrow,
        (Family::Polars, Family::ParquetRs) => Family::PolarsParquet,
        _ => return String::new(),
    };
    let compiled = graph
        .path(engine.package(), |p| p.name == own.package())
        .is_some();
    match (compiled, declaring(graph, engine, own).is_empty()) {
        (true, _) => format!(": tiene {}", own.package()),
        (false, false) => format!(": tiene {}, opcional", own.package()),
        (false, true) => String::new(),
    }
}

fn engine_inside_polars(graph: &Graph) -> Observation {
    let proof = Proof::of(graph, Family::Polars, Family::DataFusion);
    let polars: Vec<&Package> = (graph.packages().iter())
        .filter(|package| {
            matches!(
                Family::of(package),
                Some(Family::Polars | Family::PolarsArrow | Family::PolarsParquet)
            )
        })
        .collect();
    let read = polars.iter().all(|package| package.optional.is_some());
    let offered = declaring(graph, Family::Polars, Family::DataFusion);
    let (verdict, because) = if proof.holds() {
        (
            Verdict::Confirmada,
            "Polars depende de DataFusion".to_owned(),
        )
    } else if !offered.is_empty() {
        let offered = offered.join(", ");
        (Verdict::Confirmada, format!("es opcional en {offered}"))
    } else if read {
        let crates = polars.len();
        let because =
            format!("ni siquiera es opcional en ninguno de los {crates} crates de Polars");
        (Verdict::Refutada, because)
    } else {
        let because = "Cargo.lock no dice qué dependencias opcionales hay sin usar";
        (Verdict::NoComprobable, because.to_owned())
    };
    Observation {
        claim: "DataFusion puede usarse como motor de queries en Polars (opcional)",
        verdict,
        because,
        proofs: vec![proof],
    }
}

fn datafusion_inside_delta(graph: &Graph) -> Observation {
    let proof = Proof::of(graph, Family::DeltaRs, Family::DataFusion);
    let offered = declaring(graph, Family::DeltaRs, Family::DataFusion).join(", ");
    let (verdict, because) = match (proof.holds(), offered.is_empty()) {
        (true, true) => (
            Verdict::Confirmada,
            "Delta-rs depende de DataFusion".to_owned(),
        ),
        (true, false) => (
            Verdict::Confirmada,
            format!("es opcional en {offered}, y aquí está activado"),
        ),
        (false, false) => (
            Verdict::Matizada,
            format!("es opcional en {offered}, y aquí no está activado"),
        ),
        (false, true) => (
            Verdict::Refutada,
            "Delta-rs no depende de DataFusion".to_owned(),
        ),
    };
    Observation {
        claim: "Delta-rs usa DataFusion para queries sobre tablas Delta",
        verdict,
        because,
        proofs: vec![proof],
    }
}

fn drawn(graph: &Graph, claim: &'static str, upper: Family, lower: Family) -> Observation {
    let down = Proof::of(graph, upper, lower);
    let up = Proof::of(graph, lower, upper);
    let (verdict, because, proofs) = match (down.holds(), up.holds()) {
        (true, _) => (
            Verdict::Confirmada,
            format!("{} depende de {}", upper.name(), lower.name()),
            vec![down],
        ),
        (false, true) => (
            Verdict::Refutada,
            format!("es al revés: {} depende de {}", lower.name(), upper.name()),
            vec![down, up],
        ),
        (false, false) => (
            Verdict::Refutada,
            "ninguno depende del otro".to_owned(),
            vec![down, up],
        ),
    };
    Observation {
        claim,
        verdict,
        because,
        proofs,
    }
}
