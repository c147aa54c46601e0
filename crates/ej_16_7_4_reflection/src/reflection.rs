//! The rows: what the guide claims of Rust, and what is so.

use crate::Evidence;
use serde::Deserialize;
use std::fmt;

/// What the evidence says of a claim. One of what Rust has *not* done is confirmed where it is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so.
    Confirmada,
    /// It is so, with a limit that the note names.
    Matizada,
    /// It was so.
    Caducada,
    /// It is not so.
    Refutada,
    /// A prediction, an opinion, or nothing public to check; the note says what can be seen today.
    NoComprobable,
}

impl Verdict {
    /// Every verdict, from the one that agrees to the one that cannot tell.
    pub const ALL: [Self; 5] = [
        Self::Confirmada,
        Self::Matizada,
        Self::Caducada,
        Self::Refutada,
        Self::NoComprobable,
    ];
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Confirmada => "confirmada",
            Self::Matizada => "matizada",
            Self::Caducada => "caducada",
            Self::Refutada => "refutada",
            Self::NoComprobable => "no comprobable",
        })
    }
}

/// Which of the guide's lists a claim stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// What Rust has achieved: the guide's ✓.
    Logro,
    /// What it has not, yet: its ✗.
    Pendiente,
    /// What it will be in 2030.
    Prediccion,
    /// What the questions take for granted.
    Premisa,
}

impl List {
    /// Every list, in the guide's order.
    pub const ALL: [Self; 4] = [
        Self::Logro,
        Self::Pendiente,
        Self::Prediccion,
        Self::Premisa,
    ];
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its row in the ledger, `16.7.4-01`.
    pub id: String,
    /// Where it stands.
    #[serde(rename = "lista")]
    pub list: List,
    /// The claim, in a few words of the guide.
    #[serde(rename = "texto")]
    pub text: String,
    /// What the evidence says.
    #[serde(rename = "veredicto")]
    pub verdict: Verdict,
    /// What the reader should know instead.
    #[serde(rename = "nota")]
    pub note: String,
    /// What proves it; may be empty only if nothing can.
    #[serde(rename = "evidencia")]
    pub evidence: Vec<Evidence>,
}

/// All the rows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reflection {
    /// By id, list after list.
    #[serde(rename = "afirmacion")]
    pub claims: Vec<Claim>,
}

/// Why a text is no reflection.
#[derive(Debug, thiserror::Error)]
pub enum ReflectionError {
    /// It is not TOML of this form: an unknown verdict or key, a missing field.
    #[error("the reflection cannot be read")]
    Toml(#[from] toml::de::Error),
    /// An id is not `16.7.4-NN`, or does not follow the one before it.
    #[error("row {0}: the ids must be 16.7.4-01, 16.7.4-02 …")]
    Id(String),
    /// A row of one list stands behind one of a later list.
    #[error("row {0} stands behind a row of a later list")]
    Order(String),
    /// A text that must say something is blank.
    #[error("row {row}: `{field}` is blank")]
    Blank {
        /// The row.
        row: String,
        /// The key.
        field: &'static str,
    },
    /// A verdict that claims knowledge without a proof.
    #[error("row {0} has no evidence")]
    NoEvidence(String),
    /// A source that nobody could open.
    #[error("row {row}: `{address}` is no address")]
    Address {
        /// The row.
        row: String,
        /// What stands there.
        address: String,
    },
}

/// The rows of this exercise.
///
/// # Errors
/// None that input can cause: the text is part of the program and a test reads it.
pub fn reflection() -> Result<Reflection, ReflectionError> {
    Reflection::parse(include_str!("reflexion.toml"))
}

impl Reflection {
    /// The rows in `text`, if every one is whole.
    ///
    /// # Errors
    /// * [`ReflectionError::Toml`] if it cannot be read.
    /// * [`ReflectionError::Id`], [`Order`](ReflectionError::Order), [`Blank`](ReflectionError::Blank),
    ///   [`NoEvidence`](ReflectionError::NoEvidence), [`Address`](ReflectionError::Address) for the first row that each names.
    pub fn parse(text: &str) -> Result<Self, ReflectionError> {
        let reflection: Self = toml::from_str(text)?;
        let mut list = List::Logro;
        for (index, claim) in reflection.claims.iter().enumerate() {
            if claim.id != format!("16.7.4-{:02}", index + 1) {
                return Err(ReflectionError::Id(claim.id.clone()));
            }
            if claim.list < list {
                return Err(ReflectionError::Order(claim.id.clone()));
            }
            list = claim.list;
            claim.check()?;
        }
        Ok(reflection)
    }

    /// The claims of one list.
    pub fn of(&self, list: List) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.list == list)
    }

    /// How many claims have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        let claims = self.claims.iter();
        claims.filter(|claim| claim.verdict == verdict).count()
    }
}

impl Claim {
    fn check(&self) -> Result<(), ReflectionError> {
        let says = |field, text: &str| {
            if text.trim().is_empty() {
                let row = self.id.clone();
                return Err(ReflectionError::Blank { row, field });
            }
            Ok(())
        };
        says("texto", &self.text)?;
        says("nota", &self.note)?;
        if self.evidence.is_empty() && self.verdict != Verdict::NoComprobable {
            return Err(ReflectionError::NoEvidence(self.id.clone()));
        }
        for proof in &self.evidence {
            says("dice", proof.says())?;
            if let Evidence::Source { fuente, .. } = proof
                && !is_address(fuente)
            {
                return Err(ReflectionError::Address {
                    row: self.id.clone(),
                    address: fuente.clone(),
                });
            }
        }
        Ok(())
    }
}

/// An https address with a host; whether it answers, only a reader can tell.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let host = rest.and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
        && !text.contains(char::is_whitespace)
}
