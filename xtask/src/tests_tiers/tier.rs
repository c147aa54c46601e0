//! The tiers of tests that need more than cargo.

use clap::ValueEnum;

/// A tier, by the runtime it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Tier {
    /// Un entorno de Python con los pares
    Python,
    /// El corpus de archivos dañados
    Corpus,
    /// Java y PySpark
    Jvm,
    /// Varios procesos en esta máquina
    Cluster,
    /// strace, con el que se inyectan fallos del sistema
    Strace,
    /// Minutos u horas: solo con --largo
    Largo,
}

impl Tier {
    /// Every tier, in the order they run.
    pub(super) const ALL: [Self; 6] = [
        Self::Python,
        Self::Corpus,
        Self::Jvm,
        Self::Cluster,
        Self::Strace,
        Self::Largo,
    ];

    /// Returns the tier's name, as typed after `--exigir`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Corpus => "corpus",
            Self::Jvm => "jvm",
            Self::Cluster => "cluster",
            Self::Strace => "strace",
            Self::Largo => "largo",
        }
    }

    /// Returns what stands in the path of the tier's tests, and in that of no other.
    pub(super) fn filter(self) -> &'static str {
        match self {
            Self::Python => "nivel_python::",
            Self::Corpus => "nivel_corpus::",
            Self::Jvm => "nivel_jvm::",
            Self::Cluster => "nivel_cluster::",
            Self::Strace => "nivel_strace::",
            Self::Largo => "largo::",
        }
    }

    /// Returns the pytest marker expression of the tier, where tests in Python belong to it.
    pub(super) fn marker(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("not jvm"),
            Self::Jvm => Some("jvm"),
            _ => None,
        }
    }

    /// Returns the tier of the test with this path. A long test is long whatever else it needs.
    pub(super) fn of(test: &str) -> Option<Self> {
        [Self::Largo]
            .into_iter()
            .chain(Self::ALL)
            .find(|tier| test.contains(tier.filter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_says_the_tier() {
        assert_eq!(Tier::of("it::nivel_python::cuadra"), Some(Tier::Python));
        assert_eq!(Tier::of("nivel_jvm::lee"), Some(Tier::Jvm));
        assert_eq!(Tier::of("it::otra"), None);
    }

    #[test]
    fn a_long_test_is_long_also_inside_another_tier() {
        assert_eq!(Tier::of("nivel_python::largo::mata"), Some(Tier::Largo));
    }
}
