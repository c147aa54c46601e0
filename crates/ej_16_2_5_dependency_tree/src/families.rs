//! The boxes of the guide's drawing, and which packages belong to each.

use crate::graph::Package;

/// A box of the drawing: a project and its crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The workspace whose tree it is.
    Workspace,
    /// `polars` and its crates, but for the two that are boxes of their own.
    Polars,
    /// `deltalake`, its crates and its kernel.
    DeltaRs,
    /// `datafusion` and its crates.
    DataFusion,
    /// Polars' own Parquet, which grew out of parquet2.
    PolarsParquet,
    /// Polars' own Arrow, which grew out of arrow2.
    PolarsArrow,
    /// `parquet`, from the repository of arrow-rs.
    ParquetRs,
    /// `arrow` and its crates.
    ArrowRs,
    /// `object_store`.
    ObjectStore,
    /// `tokio` and its crates.
    Tokio,
}

impl Family {
    /// All boxes, from what is used least to what is used most.
    pub const ALL: [Self; 10] = [
        Self::Workspace,
        Self::Polars,
        Self::DeltaRs,
        Self::DataFusion,
        Self::PolarsParquet,
        Self::PolarsArrow,
        Self::ParquetRs,
        Self::ArrowRs,
        Self::ObjectStore,
        Self::Tokio,
    ];

    /// The three that the guide calls the ecosystem.
    pub const ENGINES: [Self; 3] = [Self::Polars, Self::DataFusion, Self::DeltaRs];

    /// Its name in the drawing.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workspace => "este workspace",
            Self::Polars => "Polars",
            Self::DeltaRs => "Delta-rs",
            Self::DataFusion => "DataFusion",
            Self::PolarsParquet => "polars-parquet",
            Self::PolarsArrow => "polars-arrow",
            Self::ParquetRs => "parquet-rs",
            Self::ArrowRs => "arrow-rs",
            Self::ObjectStore => "object_store",
            Self::Tokio => "tokio",
        }
    }

    /// The package that stands for it, which one depends on to use it.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Workspace => "",
            Self::Polars => "polars",
            Self::DeltaRs => "deltalake",
            Self::DataFusion => "datafusion",
            Self::PolarsParquet => "polars-parquet",
            Self::PolarsArrow => "polars-arrow",
            Self::ParquetRs => "parquet",
            Self::ArrowRs => "arrow",
            Self::ObjectStore => "object_store",
            Self::Tokio => "tokio",
        }
    }

    /// The box a package belongs to, if any.
    pub fn of(package: &Package) -> Option<Self> {
        if package.member {
            return Some(Self::Workspace);
        }
        Self::named(&package.name)
    }

    /// The box of a package of the registry, if it has one.
    pub fn named(name: &str) -> Option<Self> {
        let is = |crates: &str| {
            (name.strip_prefix(crates))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
        };
        Some(match name {
            "polars-parquet" | "polars-parquet-format" => Self::PolarsParquet,
            "polars-arrow" | "polars-arrow-format" => Self::PolarsArrow,
            _ if is("polars") => Self::Polars,
            // The kernel is published twice: by its project and, for delta-rs, by Buoyant Data.
            _ if is("deltalake") || is("delta_kernel") || is("buoyant_kernel") => Self::DeltaRs,
            _ if is("datafusion") => Self::DataFusion,
            _ if is("parquet") => Self::ParquetRs,
            _ if is("arrow") => Self::ArrowRs,
            _ if is("tokio") => Self::Tokio,
            "object_store" => Self::ObjectStore,
            _ => return None,
        })
    }

    /// The box this one is a part of: Polars' Arrow and Parquet rest on Polars' own foundations (`polars-error`,
    /// `polars-utils`), and an arrow back would only say so.
    pub(crate) const fn part_of(self) -> Option<Self> {
        match self {
            Self::PolarsArrow | Self::PolarsParquet => Some(Self::Polars),
            _ => None,
        }
    }
}
